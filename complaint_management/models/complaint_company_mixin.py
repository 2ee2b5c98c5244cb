from odoo import api, fields, models


class ComplaintCompanyMixin(models.AbstractModel):
    """A row of a policy that the engine makes in numbers: it belongs to a company."""

    _name = "complaint.company.mixin"
    _description = "Row of a Company"

    # Computed, not related: what the engine gives isn't worked out again for each row.
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )

    @api.depends("policy_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.policy_id.company_id
