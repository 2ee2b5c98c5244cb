from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ComplaintStageRequirement(models.Model):
    """What must hold on a case before it enters a stage, and what to tell if not."""

    _name = "complaint.stage.requirement"
    _description = "Stage Requirement"
    _inherit = ["complaint.coded.mixin", "complaint.filter.mixin"]
    _rec_name = "message"
    _policy_file_section = "requirements"
    _policy_file_parent = "stage_id"

    stage_id = fields.Many2one(
        "complaint.stage", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(related="stage_id.policy_id")
    required_domain = fields.Char(
        string="Must Hold",
        required=True,
        default="[]",
        help="The case must match this to enter the stage.",
    )
    message = fields.Char(
        string="What Is Missing",
        required=True,
        translate=True,
        help="Told to whoever tries: say what has to be done first.",
    )

    _stage_code_uniq = models.Constraint(
        "UNIQUE(stage_id, code)", "This code is already used on the stage."
    )

    @api.constrains("required_domain")
    def _check_required_domain(self):
        complaints = self.env["complaint.complaint"]
        for requirement in self:
            try:
                Domain(literal_eval(requirement.required_domain)).validate(complaints)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("What must hold can't be read: %(error)s", error=error)
                ) from error

    def _get_missing(self, complaints) -> list:
        """Return ``(case, message)`` of each thing that one of the cases misses."""
        missing = []
        for requirement in self:
            concerned = requirement._filter_complaints(complaints)
            required = Domain(literal_eval(requirement.required_domain))
            failing = concerned - concerned.filtered_domain(required)
            missing += [(case, requirement.message) for case in failing]
        return missing
