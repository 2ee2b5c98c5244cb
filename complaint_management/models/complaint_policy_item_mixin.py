from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.code import make_code


class ComplaintPolicyItemMixin(models.AbstractModel):
    """A row of a policy's configuration, named in policy files by a stable code."""

    _name = "complaint.policy.item.mixin"
    _description = "Complaint Policy Item"
    _inherit = ["complaint.policy.file.mixin"]
    _order = "sequence, id"
    _complaint_used_by = ()
    """``(model, field)`` pairs that make deleting a used row a refusal in words."""

    policy_id = fields.Many2one(
        "complaint.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Names this row in a policy file. It stays when the name changes.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _policy_code_uniq = models.Constraint(
        "UNIQUE(policy_id, code)", "This code is already used in the policy."
    )

    @api.depends("name")
    def _compute_code(self):
        for item in self:
            if not item.code:
                item.code = item._get_code_from_name()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for model, field in self._complaint_used_by:
            # sudo: any model - a row in use elsewhere is in use, visible or not
            records = self.env[model].sudo().with_context(active_test=False)
            used = records.search([(field, "in", self.ids)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "“%(name)s” is in use and can't be deleted. "
                        "Archive it instead: old cases keep it, new ones can't "
                        "choose it.",
                        name=used[field][:1].display_name,
                    )
                )

    def _get_code_from_name(self) -> str:
        """Return a code made of the Latin letters and digits of the English name."""
        name = self.with_context(lang="en_US").name or self.name or ""
        return make_code(name)
