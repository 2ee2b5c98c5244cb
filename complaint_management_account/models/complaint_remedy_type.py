from odoo import api, fields, models


class ComplaintRemedyType(models.Model):
    _inherit = "complaint.remedy.type"

    document_kind = fields.Selection(
        selection_add=[("credit_note", "Credit Note")],
        ondelete={"credit_note": "set null"},
    )

    @api.model
    def _get_document_models(self):
        return {**super()._get_document_models(), "credit_note": "account.move"}
