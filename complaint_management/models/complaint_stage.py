from odoo import fields, models

#: Where a case stands, whatever its policy calls the stage. Code tests phases,
#: never names or ids of stages.
PHASES = [
    ("received", "Received"),
    ("assessment", "Assessment"),
    ("handling", "Handling"),
    ("decision", "Decision"),
    ("answer", "Answer"),
    ("follow_up", "Follow-up"),
    ("closed", "Closed"),
    ("refused", "Not Accepted"),
]
CLOSED_PHASES = ("closed", "refused")


class ComplaintStage(models.Model):
    """A column of one policy's pipeline."""

    _name = "complaint.stage"
    _description = "Complaint Stage"
    _inherit = ["complaint.policy.item.mixin"]
    _complaint_used_by = [("complaint.complaint", "stage_id")]

    phase = fields.Selection(
        PHASES,
        required=True,
        default="handling",
        help="What this stage is in the overview of all policies and in public.",
    )
    pauses_clocks = fields.Boolean(
        help="Clocks that may pause stand still here: waiting for the complainant, an "
        "appraisal, a court.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(
        translate=True, help="What is to be done here: shown to staff on the case."
    )
    requirement_ids = fields.One2many(
        "complaint.stage.requirement", "stage_id", string="Needed to Enter", copy=True
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail to the Complainant",
        domain="[('model', '=', 'complaint.party')]",
        help="Sent to every complainant with an e-mail address on entering.",
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        domain="[('res_model', '=', 'complaint.complaint')]",
        help="Activities planned on entering.",
    )

    def _check_requirements(self, complaints):
        """Refuse ``complaints`` that lack something this stage needs.

        :raise UserError: naming every case and what it lacks
        """
        self.requirement_ids._check_complaints(complaints)
