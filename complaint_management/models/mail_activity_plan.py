from odoo import models


class MailActivityPlan(models.Model):
    _inherit = "mail.activity.plan"

    def unlink(self):
        self.env.registry.clear_cache()  # see complaint.policy.memory.mixin
        return super().unlink()
