from odoo import models

#: More than that is no list to tick on a phone.
MAX_LINES = 60


class SaleOrder(models.Model):
    """A quotation or order prints a code, and may carry out a remedy."""

    _name = "sale.order"
    _inherit = [
        "sale.order",
        "complaint.feedback.mixin",
        "complaint.remedy.document.mixin",
    ]

    def action_confirm(self):
        """Let remedies follow the state."""
        result = super().action_confirm()
        self._complaint_remedy_changed()
        return result

    def action_draft(self):
        """Let remedies follow the state."""
        result = super().action_draft()
        self._complaint_remedy_changed()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._complaint_remedy_changed()
        return result

    # ------------------------------------------------------------
    # WHAT A CASE TAKES OVER
    # ------------------------------------------------------------

    def _complaint_has_code(self):
        return self.state != "cancel"

    def _complaint_get_employee(self):
        """Return the salesperson as an employee of the company, maybe nobody."""
        return self._complaint_find_employee(self.user_id)

    def _complaint_get_item_lines(self):
        return self.order_line.filtered(
            lambda line: (
                line.product_id
                and not (line.display_type or line.is_downpayment)
                and line.product_uom_qty > 0
            )
        )

    def _complaint_get_lines(self):
        lines = self._complaint_get_item_lines()[:MAX_LINES]
        return [(line.id, line.product_id.display_name) for line in lines]

    def _complaint_get_goods(self, line_ids: list[int]) -> list[dict]:
        return [
            {"product_id": line.product_id.id, "quantity": line.product_uom_qty}
            for line in self._complaint_get_item_lines()
            if not line_ids or line.id in line_ids
        ]

    def _complaint_get_invoices(self):
        """Return what may be credited; see the add-on of accounting."""
        return self.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    def _complaint_get_invoice_lines(self, line_ids):
        """Return what invoiced these items; see the add-on of accounting."""
        ticked = self.order_line.filtered(lambda line: line.id in line_ids)
        return ticked.invoice_lines

    # ------------------------------------------------------------
    # REMEDIES
    # ------------------------------------------------------------

    def _complaint_takes_discount(self) -> bool:
        """Tell whether something can be taken off this order before it is invoiced."""
        return (
            self.state in ("draft", "sent", "sale")
            and not self.locked
            and self.invoice_status != "invoiced"
        )

    def _complaint_get_remedy_state(self):
        """Return ``done`` when it is confirmed, and delivered if it delivers goods."""
        if self.state == "cancel":
            return "cancelled"
        # Of the add-on that delivers orders, where it is installed.
        delivered = "delivery_status" not in self or self["delivery_status"] in (
            False,
            "full",
        )
        return "done" if self.state == "sale" and delivered else "open"

    def _complaint_get_remedy_reference(self):
        return self.name
