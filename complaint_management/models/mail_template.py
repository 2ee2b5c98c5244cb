from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def unlink(self):
        self.env.registry.clear_cache()  # see complaint.policy.memory.mixin
        return super().unlink()
