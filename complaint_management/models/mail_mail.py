from odoo import models

#: The address is wrong; what else fails is the server's trouble, and passes.
UNDELIVERABLE = ("mail_email_invalid", "mail_email_missing")


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            reason = failure_reason or failure_type
            self._complaint_return_letters(reason)
            if failure_type in UNDELIVERABLE:
                messages = self.mail_message_id
                self.env["complaint.follow.up"]._return_mails(messages, reason)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )

    def _prepare_outgoing_body(self):
        """Give the complainant links of their own: in the mail that leaves only."""
        body = super()._prepare_outgoing_body()
        if self.model not in ("complaint.party", "complaint.letter"):
            return body
        # sudo: complaint.party, complaint.letter - as they are written to
        row = self.env[self.model].sudo().browse(self.res_id).exists()
        party = row.party_id if self.model == "complaint.letter" else row
        if not party or "/c/link/" not in body:
            return body
        # sudo: complaint.follow.up.attempt - which survey this mail is
        attempts = self.env["complaint.follow.up.attempt"].sudo()
        attempt = attempts.search([("message_id", "=", self.mail_message_id.id)])
        access = self.env["complaint.public.access"]
        return access._fill_links(body, party, attempt.follow_up_id[:1])

    def _complaint_return_letters(self, reason):
        """Tell the letters that went by these mails that they didn't arrive."""
        mails = self.filtered(lambda mail: mail.model == "complaint.letter")
        if mails:
            # sudo: complaint.letter - the mail server says so
            letters = self.env["complaint.letter"].sudo().browse(mails.mapped("res_id"))
            letters.exists()._set_undeliverable(reason)
