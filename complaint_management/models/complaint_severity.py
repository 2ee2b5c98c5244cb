from odoo import fields, models


class ComplaintSeverity(models.Model):
    """How grave a case is: an ordered level of one policy, lightest first."""

    _name = "complaint.severity"
    _description = "Complaint Severity"
    _inherit = ["complaint.policy.item.mixin"]
    _policy_file_section = "severities"
    _complaint_used_by = [
        ("complaint.complaint", "severity_id"),
        ("complaint.severity.change", "from_id"),
        ("complaint.severity.change", "to_id"),
        ("complaint.category", "severity_id"),
        ("complaint.severity.rule", "severity_ids"),
        ("complaint.assignment.template", "severity_ids"),
        ("complaint.stage.requirement", "severity_ids"),
        ("complaint.deadline.rule", "severity_ids"),
        ("complaint.escalation.rule", "severity_ids"),
        ("complaint.round.rule", "severity_ids"),
        ("complaint.follow.up.rule", "severity_ids"),
        ("complaint.escalation.rule", "severity_id"),
        ("complaint.round.rule", "severity_id"),
        ("complaint.remedy.type", "severity_ids"),
        ("complaint.remedy.scale", "severity_ids"),
        ("complaint.approval.rule", "severity_ids"),
        ("complaint.letter.template", "severity_ids"),
        ("complaint.answer.requirement", "severity_ids"),
    ]

    color = fields.Integer(
        aggregator=None, help="Colour of the cards in the kanban view."
    )
    role_id = fields.Many2one(
        "complaint.role",
        string="Lead Role",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Leads cases of this severity whatever their category says. "
        "Empty: the category decides.",
    )
    rule_ids = fields.One2many(
        "complaint.severity.rule",
        "severity_id",
        string="Raised Automatically When",
        copy=True,
    )

    def _raise_complaints(self, complaints, rule=None, note=None):
        """Raise those of ``complaints`` that are less severe; never lower one.

        :param rule: ``complaint.severity.rule`` that demands it
        :param note: a person's reason
        """
        self.ensure_one()
        lower = complaints.filtered(lambda case: case.severity_level < self.sequence)
        lower.with_context(
            complaint_severity_rule=rule and rule.id, complaint_severity_note=note
        ).severity_id = self
