from odoo import api, fields, models


class ComplaintPolicyItemMixin(models.AbstractModel):
    """A row of a policy's configuration, named in policy files by a stable code."""

    _name = "complaint.policy.item.mixin"
    _description = "Complaint Policy Item"
    _inherit = ["complaint.used.mixin", "complaint.coded.mixin"]

    policy_id = fields.Many2one(
        "complaint.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)

    _policy_code_uniq = models.Constraint(
        "UNIQUE(policy_id, code)", "This code is already used in the policy."
    )

    def _in_company_lang(self):
        """Return self in the language of the company: for texts kept on cases.

        Whoever causes an event, its row says the same.
        """
        lang = self.env["res.partner"]._get_complaint_lang(self.company_id)
        return self.with_context(lang=lang) if lang else self

    @api.model
    def _remap_row(self, row, source, policy):
        """Point ``row`` at the rows of ``policy`` instead of those of ``source``.

        Rows correspond by their codes, reasons by what they are used for as well.

        :param row: a copied row of any model, ``policy`` itself included
        """
        for name in row._get_policy_references():
            comodel = row[name].browse()
            old = row[name].filtered(lambda item: item.policy_id == source)
            if old:
                keys = {item._get_copy_key(source) for item in old}
                same_code = comodel.search(
                    [("policy_id", "=", policy.id), ("code", "in", old.mapped("code"))]
                )
                row[name] = (row[name] - old) | same_code.filtered(
                    lambda item, keys=keys: item._get_copy_key(policy) in keys
                )
