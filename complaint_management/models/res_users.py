from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        leaving = self.browse()
        if "active" in vals and not vals["active"]:
            leaving = self.filtered("active")
        result = super().write(vals)
        if leaving:
            self.env["complaint.routing"]._replace_leaving(leaving)
            self.env["complaint.approval"]._replace_unfit(leaving)
            self.env["complaint.follow.up"]._replace_leaving(leaving)
        return result
