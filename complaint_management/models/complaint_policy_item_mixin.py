from collections import defaultdict

from odoo import api, fields, models

from ..tools.code import get_free_code, make_code


class ComplaintPolicyItemMixin(models.AbstractModel):
    """A row of a policy's configuration, named in policy files by a stable code."""

    _name = "complaint.policy.item.mixin"
    _description = "Complaint Policy Item"
    _inherit = ["complaint.used.mixin", "complaint.policy.file.mixin"]
    _order = "sequence, id"

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

    def _in_company_lang(self):
        """Return self in the language of the company: for texts kept on cases.

        Whoever causes an event, its row says the same.
        """
        lang = self.company_id.partner_id.lang
        return self.with_context(lang=lang) if lang else self

    @api.depends("name")
    def _compute_code(self):
        given = defaultdict(set)
        for item in self.filtered(lambda item: not item.code):
            if not item.name:
                item.code = False  # a form that is just being filled
                continue
            stem = item._get_code_from_name()
            taken = given[item.policy_id]
            if not taken:
                taken |= item._get_codes_taken()
            item.code = get_free_code(stem, taken)
            taken.add(item.code)

    def _get_codes_taken(self) -> set:
        """Return the codes that other rows of the policy have."""
        # sudo: any item - a code that somebody can't see is taken too
        items = self.sudo().with_context(active_test=False)
        rows = items.search_fetch([("policy_id", "=", self.policy_id.id)], ["code"])
        return set(rows.mapped("code"))

    def _get_code_from_name(self) -> str:
        """Return a code made of the Latin letters and digits of the English name."""
        name = self.with_context(lang="en_US").name or self.name or ""
        return make_code(name)

    @api.model
    def _remap_row(self, row, source, policy):
        """Point ``row`` at the rows of ``policy`` instead of those of ``source``.

        Rows correspond by their codes.

        :param row: a copied row of any model, ``policy`` itself included
        """
        for name in row._get_policy_references():
            comodel = row[name].browse()
            old = row[name].filtered(lambda item: item.policy_id == source)
            if old:
                codes = set(old.mapped("code"))
                row[name] = (row[name] - old) | comodel.search(
                    [("policy_id", "=", policy.id), ("code", "in", list(codes))]
                )
