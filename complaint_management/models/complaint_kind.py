from odoo import fields, models


class ComplaintKind(models.Model):
    """What a case is, in the words of its policy: grievance, dispute, praise."""

    _name = "complaint.kind"
    _description = "Complaint Kind"
    _inherit = ["complaint.policy.item.mixin"]
    _complaint_used_by = [
        ("complaint.complaint", "kind_id"),
        ("complaint.severity.rule", "kind_ids"),
        ("complaint.assignment.template", "kind_ids"),
        ("complaint.stage.requirement", "kind_ids"),
        ("complaint.deadline.rule", "kind_ids"),
        ("complaint.escalation.rule", "kind_ids"),
        ("complaint.round.rule", "kind_ids"),
        ("complaint.follow.up.rule", "kind_ids"),
        ("complaint.feedback.point", "kind_id"),
        ("complaint.policy", "acceptance_kind_ids"),
        ("complaint.remedy.type", "kind_ids"),
        ("complaint.remedy.scale", "kind_ids"),
        ("complaint.approval.rule", "kind_ids"),
        ("complaint.letter.template", "kind_ids"),
        ("complaint.answer.requirement", "kind_ids"),
    ]

    nature = fields.Selection(
        [
            ("complaint", "Complaint"),
            ("suggestion", "Suggestion"),
            ("enquiry", "Enquiry"),
            ("tip_off", "Tip-off"),
            ("compliment", "Compliment"),
            ("event", "Internal Event"),
        ],
        required=True,
        default="complaint",
        help="What this kind is in statistics that compare several policies.",
    )
    confidential = fields.Boolean(
        help="Who complains stays with the complaint office, unless somebody "
        "decides otherwise on the case.",
    )
    on_public_form = fields.Boolean(
        default=True, help="Customers may choose it on the form behind a QR code."
    )
