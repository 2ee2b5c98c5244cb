from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env.registry.clear_cache()  # who stands in, see complaint.routing
        return users

    def write(self, vals):
        leaving = self.browse()
        if "active" in vals and not vals["active"]:
            leaving = self.filtered("active")
        result = super().write(vals)
        if "group_ids" in vals:
            for user in self:
                # Whether they are of the staff, see complaint.discreet.mixin.
                self.env.cr.cache.pop(("complaint_staff", user.id), None)
        if leaving:
            self.env["complaint.routing"]._replace_leaving(leaving)
            self.env["complaint.approval"]._replace_unfit(leaving)
            self.env["complaint.follow.up"]._replace_leaving(leaving)
        return result
