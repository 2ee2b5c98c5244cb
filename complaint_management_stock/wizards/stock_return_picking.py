from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _create_return(self):
        picking = super()._create_return()
        remedies = self.env["complaint.remedy"]
        remedy = remedies._get_from_document_context()
        # sudo: complaint.remedy - a return of the return carries out nothing
        if remedy and not remedy.sudo()._get_document():
            picking._complaint_choose_lots(remedy)
            remedy._link_document(picking)
        return picking
