from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, *args, **kwargs):
        """Let remedies follow the returns that this completes."""
        moves = super()._action_done(*args, **kwargs)
        (self | moves).exists().picking_id._complaint_return_changed()
        return moves

    def _action_cancel(self):
        """Let remedies follow the returns that this cancels."""
        result = super()._action_cancel()
        self.picking_id._complaint_return_changed()
        return result
