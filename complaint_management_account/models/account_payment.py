from odoo import models


class AccountPayment(models.Model):
    """The receipt of a payment prints a code."""

    _name = "account.payment"
    _inherit = ["account.payment", "complaint.feedback.mixin"]

    def _complaint_has_code(self):
        received = self.payment_type == "inbound" and self.partner_type == "customer"
        return received and self.state in ("in_process", "paid")

    def _complaint_get_invoices(self):
        return self.reconciled_invoice_ids.filtered(
            lambda move: move._complaint_get_invoices()
        )
