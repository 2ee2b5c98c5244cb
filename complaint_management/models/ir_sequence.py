from odoo import models


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()  # see complaint.policy.memory.mixin
        return result
