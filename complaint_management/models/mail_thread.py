from odoo import api, models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Take note of letters that come back from the recipient's server."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict["bounced_message"]
        if message.model == "complaint.letter" and message_dict["bounced_email"]:
            # sudo: complaint.letter - the gateway says so
            letter = self.env["complaint.letter"].sudo().browse(message.res_id)
            reason = html2plaintext(message_dict.get("body") or "").strip()
            letter.exists()._set_undeliverable(reason)
        return result
