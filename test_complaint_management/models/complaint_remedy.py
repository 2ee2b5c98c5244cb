from odoo import models


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    def _make_document_test(self):
        return self.env["test.complaint.document"].create(
            {
                "name": self._get_document_title(),
                "partner_id": self._get_document_partner().id,
                "company_id": self.company_id.id,
            }
        )
