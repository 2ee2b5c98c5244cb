from odoo import api, models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Bring replies to their cases; leave out what programs send to them."""
        intake = self.env["complaint.mail.intake"]
        bounce = message_dict.get("is_bounce")
        route = not bounce and intake._find_reply_route(message_dict)
        routes = (
            [route]
            if route
            else super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        )
        return intake._correct(message, message_dict, routes)

    def _message_parse_post_process(self, message, message_dict, routes):
        """Let nobody be a recipient of a case because a mail went to them too."""
        values = super()._message_parse_post_process(message, message_dict, routes)
        if any(route[0] == "complaint.complaint" for route in routes or ()):
            values["partner_ids"] = []
        return values

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
        self.env["complaint.follow.up"]._return_mails(
            message, html2plaintext(message_dict.get("body") or "").strip()
        )
        return result
