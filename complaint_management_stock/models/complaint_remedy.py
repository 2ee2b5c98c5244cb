from odoo import models
from odoo.exceptions import UserError


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    def _make_document_return(self) -> dict:
        """Return the window in which the return of the delivery is made.

        What was ticked stands in it; how many come back, whoever makes it knows.

        :raise UserError: the case leads to no delivery that could come back
        """
        deliveries = self._get_returnable_deliveries()
        if not deliveries:
            raise UserError(
                self.env._(
                    "The case leads to no delivery that could come back. Make the "
                    "return from the delivery, and note its number here as the proof."
                )
            )
        if len(deliveries) > 1:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Which Delivery Comes Back?"),
                "res_model": "stock.picking",
                "views": [[False, "list"], [False, "form"]],
                "domain": [("id", "in", deliveries.ids)],
                "context": self._with_document_context(),
            }
        return deliveries._complaint_open_return(self)

    def _get_returnable_deliveries(self):
        """Return the finished deliveries that the case is about, with own rights.

        :raise AccessError: the user may not read what the case is about
        """
        origin = self.complaint_id._get_origin_document()
        if origin._name == "stock.picking":
            deliveries = origin
        # Orders of the shop and of the till know theirs.
        elif "picking_ids" in origin._fields:
            deliveries = origin.picking_ids
        else:
            deliveries = self.env["stock.picking"]
        deliveries.check_access("read")
        return deliveries.filtered(
            lambda row: row._complaint_is_delivery() and row._can_return()
        )
