from odoo import models

#: More than that is no list to tick on a phone.
MAX_LINES = 60
STATES = {"posted": "done", "cancel": "cancelled"}


class AccountMove(models.Model):
    """A customer invoice prints a code; a credit note may carry out a remedy."""

    _name = "account.move"
    _inherit = [
        "account.move",
        "complaint.feedback.mixin",
        "complaint.remedy.document.mixin",
    ]

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._complaint_tell_remedies()
        return posted

    def button_draft(self):
        """Let remedies follow the state."""
        result = super().button_draft()
        self._complaint_tell_remedies()
        return result

    def button_cancel(self):
        """Let remedies follow the state."""
        result = super().button_cancel()
        self._complaint_tell_remedies()
        return result

    def _complaint_tell_remedies(self):
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        if notes:
            notes._complaint_remedy_changed()

    # ------------------------------------------------------------
    # WHAT A CASE TAKES OVER
    # ------------------------------------------------------------

    def _complaint_has_code(self):
        sold = self.is_sale_document(include_receipts=True)
        return sold and self.state == "posted"

    def _complaint_get_employee(self):
        """Return the salesperson as an employee of the company, maybe nobody."""
        return self._complaint_find_employee(self.invoice_user_id)

    def _complaint_get_item_lines(self):
        lines = self.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        return lines.filtered(lambda line: line.display_type == "product")

    def _complaint_get_lines(self):
        return [
            (line.id, line.product_id.display_name or line.name.partition("\n")[0])
            for line in self._complaint_get_item_lines()[:MAX_LINES]
            if line.product_id or line.name
        ]

    def _complaint_get_goods(self, line_ids: list[int]) -> list[dict]:
        return [
            {"product_id": line.product_id.id, "quantity": line.quantity}
            for line in self._complaint_get_item_lines().filtered("product_id")
            if not line_ids or line.id in line_ids
        ]

    def _complaint_get_invoices(self):
        credited = self.move_type in ("out_invoice", "out_receipt")
        return self if credited and self.state == "posted" else self.browse()

    def _complaint_get_invoice_lines(self, line_ids):
        return self.invoice_line_ids.filtered(lambda line: line.id in line_ids)

    # ------------------------------------------------------------
    # REMEDIES
    # ------------------------------------------------------------

    def _complaint_get_remedy_state(self):
        return STATES.get(self.state, "open")

    def _complaint_get_remedy_reference(self):
        # Not its name with the reference, which may be a customer's.
        return self.name or self.display_name
