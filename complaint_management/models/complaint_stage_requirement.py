from ast import literal_eval
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.code import get_free_code, make_code


class ComplaintStageRequirement(models.Model):
    """What must hold on a case before it enters a stage, and what to tell if not."""

    _name = "complaint.stage.requirement"
    _description = "Stage Requirement"
    _inherit = ["complaint.policy.file.mixin", "complaint.filter.mixin"]
    _order = "sequence, id"
    _rec_name = "message"
    _policy_file_section = "requirements"
    _policy_file_parent = "stage_id"

    stage_id = fields.Many2one(
        "complaint.stage", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(related="stage_id.policy_id")
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Names this row in a policy file. It stays when the text changes.",
    )
    sequence = fields.Integer(default=10)
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

    @api.depends("message")
    def _compute_code(self):
        given = defaultdict(set)
        for requirement in self.filtered(lambda row: not row.code):
            taken = given[requirement.stage_id]
            taken.update(
                filter(None, requirement.stage_id.requirement_ids.mapped("code"))
            )
            english = requirement.with_context(lang="en_US").message
            stem = make_code(english or requirement.message)
            requirement.code = get_free_code(stem, taken)
            taken.add(requirement.code)

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
