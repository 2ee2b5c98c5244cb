import logging

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def unlink(self):
        self.env.registry.clear_cache()  # see complaint.policy.memory.mixin
        return super().unlink()

    def _queue_complaint_mails(self, parties, **values):
        """Queue this mail to ``parties``; return the mails, none when it is broken.

        Whoever complains isn't turned away because a template is broken.

        :param values: of all the mails
        """
        try:
            return self.send_mail_batch(
                parties.ids, force_send=False, email_values=values
            )
        except UserError as error:
            # Odoo has logged where it broke.
            reason = str(error).partition("\n")[0]
            _logger.info("The mail “%s” isn't sent: %s", self.name, reason)
            return self.env["mail.mail"]

    def _get_complaint_note(self, sent: bool) -> str:
        """Return what a case notes of this mail."""
        if sent:
            return self.env._("Mail to the complainant: %s", self.name)
        return self.env._(
            "The mail “%s” to the complainant could not be written: its template is "
            "broken.",
            self.name,
        )
