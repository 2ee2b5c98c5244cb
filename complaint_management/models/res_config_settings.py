from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_complaint_everybody = fields.Boolean(
        string="Every Employee Registers Complaints",
        group="base.group_user",
        implied_group="complaint_management.group_complaint_registrar",
    )
