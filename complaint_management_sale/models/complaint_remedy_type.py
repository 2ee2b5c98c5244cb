from odoo import api, fields, models


class ComplaintRemedyType(models.Model):
    _inherit = "complaint.remedy.type"

    document_kind = fields.Selection(
        selection_add=[
            ("sale_replacement", "Replacement Order"),
            ("sale_discount", "Discount on an Order"),
        ],
        ondelete={"sale_replacement": "set null", "sale_discount": "set null"},
    )

    @api.model
    def _get_document_models(self):
        kinds = super()._get_document_models()
        return {
            **kinds,
            "sale_replacement": "sale.order",
            "sale_discount": "sale.order",
        }
