from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    complaint_department_id = fields.Many2one(
        "hr.department",
        string="Department for Complaints",
        check_company=True,
        help="Complaints about deliveries of this warehouse or shop concern it, and "
        "about repairs there whose technician belongs to no department.",
    )
