from collections import defaultdict

from odoo import api, fields, models

from ..tools.code import get_free_code, make_code


class ComplaintCodedMixin(models.AbstractModel):
    """A row of a policy file with a code of its own, made of what it is called."""

    _name = "complaint.coded.mixin"
    _description = "Row with a Code"
    _inherit = ["complaint.policy.file.mixin"]
    _order = "sequence, id"

    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Names this row in a policy file. It stays when the name changes.",
    )
    sequence = fields.Integer(default=10)

    @api.depends(lambda self: (self._rec_name or "name",))
    def _compute_code(self):
        given = defaultdict(set)
        for row in self.filtered(lambda row: not row.code):
            text = row[row._rec_name]
            if not text:
                row.code = False  # a form that is just being filled
                continue
            parent = row[row._policy_file_parent]
            taken = given[parent]
            if not taken:
                taken |= row._get_codes_taken(parent)
            english = row.with_context(lang="en_US")[row._rec_name]
            row.code = get_free_code(make_code(english or text), taken)
            taken.add(row.code)

    def _get_codes_taken(self, parent) -> set:
        """Return the codes that other rows of ``parent`` have."""
        # sudo: any row - a code that somebody can't see is taken too
        rows = self.sudo().with_context(active_test=False)
        domain = [(self._policy_file_parent, "=", parent._origin.id)]
        return set(rows.search_fetch(domain, ["code"]).mapped("code"))
