from odoo import api, models


class ComplaintCachedMixin(models.AbstractModel):
    """Rows that are kept in memory: a change of one forgets what is known of all."""

    _name = "complaint.cached.mixin"
    _description = "Kept in Memory"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
