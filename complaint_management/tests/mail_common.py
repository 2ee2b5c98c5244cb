from email.message import EmailMessage

from odoo.fields import Command

from odoo.addons.mail.tests.common import MailCase

from .common import ComplaintCommon

DOMAIN = "mail.dalian-motors.example"


class MailInCommon(ComplaintCommon, MailCase):
    """A policy with an address, and mails as they come in from a server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls._create_alias_domain(cls.company, DOMAIN)
        cls.policy.alias_name = "complaints"
        cls.address = f"complaints@{DOMAIN}"
        cls.number = 0

    @classmethod
    def _create_alias_domain(cls, company, name):
        domain = cls.env["mail.alias.domain"].create(
            {"name": name, "company_ids": [Command.link(company.id)]}
        )
        company.alias_domain_id = domain
        return domain

    def _make_mail(self, **values):
        """Return a mail as RFC 822 text, and its Message-Id.

        :param values: ``sender``, ``to``, ``subject``, ``text``, ``html``, ``cc``,
            ``date``, ``reply_to`` (a Message-Id), ``files``, ``headers``
        """
        type(self).number += 1
        mail = EmailMessage()
        id_ = f"<mail-{self.number}@example.com>"
        headers = {
            "Message-Id": id_,
            "From": values.get("sender", '"Wang Fang" <wang@example.com>'),
            "To": values.get("to", self.address),
            "Cc": values.get("cc"),
            "Subject": values.get("subject", "Brakes squeal"),
            "Date": values.get("date", "Mon, 16 Nov 2026 09:58:00 +0800"),
            "In-Reply-To": values.get("reply_to"),
            "References": values.get("reply_to"),
            **values.get("headers", {}),
        }
        for name, value in headers.items():
            if value:
                mail[name] = value
        mail.set_content(values.get("text", "The brakes squeal.\nStill."))
        if "html" in values:
            mail.add_alternative(values["html"], subtype="html")
        for name, content, type_ in values.get("files", ()):
            main, sub = type_.split("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return mail.as_bytes(), id_

    def _process(self, raw):
        """Let the gateway take a mail, as the system does it."""
        gateway = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        with self.mock_mail_gateway():
            gateway.message_process(None, raw)
        self.env.flush_all()
        self.env.invalidate_all()

    def _get_cases(self):
        return self.env["complaint.complaint"].search(
            [("policy_id", "=", self.policy.id)], order="id"
        )

    def _receive(self, **values):
        """Let a mail come in; return the new cases."""
        before = self._get_cases()
        self._process(self._make_mail(**values)[0])
        return self._get_cases() - before

    def _reply(self, complaint, **values):
        """Let a reply to the last message on ``complaint`` come in: no new case."""
        last = complaint.message_ids.filtered(lambda row: row.message_type == "email")
        values.setdefault("reply_to", last[:1].message_id)
        self.assertFalse(self._receive(**values))
        return complaint.message_ids[:1]

    def _get_reminders(self, complaint):
        type_ = self.env.ref("complaint_management.mail_activity_type_reply")
        return complaint.activity_ids.filtered(
            lambda row: row.activity_type_id == type_
        )
