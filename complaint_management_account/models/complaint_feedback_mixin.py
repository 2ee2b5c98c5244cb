from odoo import models


class ComplaintFeedbackMixin(models.AbstractModel):
    _inherit = "complaint.feedback.mixin"

    def _complaint_get_invoices(self):
        """Return the posted customer invoices of this document, that may be credited.

        A host whose documents are invoiced overrides it.
        """
        return self.env["account.move"]

    def _complaint_get_invoice_lines(self, line_ids: list[int]):
        """Return what invoiced these items, to be credited alone.

        :param line_ids: ids out of ``_complaint_get_lines``
        """
        return self.env["account.move.line"]
