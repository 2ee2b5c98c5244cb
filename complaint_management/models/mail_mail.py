from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            self._complaint_return_letters(failure_reason or failure_type)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )

    def _complaint_return_letters(self, reason):
        """Tell the letters that went by these mails that they didn't arrive."""
        mails = self.filtered(lambda mail: mail.model == "complaint.letter")
        if mails:
            # sudo: complaint.letter - the mail server says so
            letters = self.env["complaint.letter"].sudo().browse(mails.mapped("res_id"))
            letters.exists()._set_undeliverable(reason)
