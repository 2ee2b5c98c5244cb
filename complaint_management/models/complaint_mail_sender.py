from odoo import api, models

from ..tools.mail_text import is_forged

#: Names the servers whose word on a sender counts; empty: nobody's.
AUTHSERV = "complaint_management.mail_authserv"


class ComplaintMailSender(models.AbstractModel):
    """Whether a mail comes from whom it says, as the receiving server found out.

    What doesn't is taken in all the same, and acts in nobody's name: it is no word of a
    contact, a complainant or one of the staff.
    """

    _name = "complaint.mail.sender"
    _description = "Sender of a Mail"

    @api.model
    def _note(self, message, message_dict):
        """Keep in mind whether the sender of ``message`` is verified.

        :param message: the ``email.message.EmailMessage``
        :param message_dict: as ``mail.thread.message_parse`` returns it
        """
        # sudo: ir.config_parameter - the gateway has no rights of its own
        servers = self.env["ir.config_parameter"].sudo().get_param(AUTHSERV) or ""
        servers = servers.replace(",", " ").lower().split()
        if servers and is_forged(message, servers):
            self._get_marks().add(message_dict["message_id"])

    def _get_marks(self) -> set:
        """Return the ids of the unverified mails of this transaction."""
        return self.env.cr.precommit.data.setdefault("complaint.mail.sender", set())

    @api.model
    def _is_unverified(self, msg_dict) -> bool:
        """Tell whether a mail that comes in isn't from whom it says."""
        return msg_dict.get("message_id") in self._get_marks()

    @api.model
    def _disown(self, msg_dict):
        """Let a mail be nobody's word: noted for the staff, who are told why."""
        self._get_marks().add(msg_dict.get("message_id"))  # for its other routes
        warning = self.env._(
            "The sender isn't verified: the mail may come from somebody else."
        )
        body = self.env["complaint.feedback.intake"]._make_html(warning)
        msg_dict.update(
            author_id=False,
            is_internal=True,
            parent_id=False,
            body=body + (msg_dict.get("body") or ""),
        )
