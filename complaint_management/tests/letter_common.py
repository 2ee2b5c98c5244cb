from unittest.mock import patch

from odoo.fields import Command

from .common import ComplaintCommon


class LetterCommon(ComplaintCommon):
    """A policy that writes letters, and a case led by ``handler``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.writer = cls.env["complaint.letter.writer"]
        cls.letters = cls.env["complaint.letter"]
        cls.role_manager = cls._create_role(
            "manager", resolution="users", user_ids=[Command.set(cls.manager.ids)]
        )

    @classmethod
    def _create_boss_rule(cls, subject, **values):
        """Let such things need the manager's approval."""
        return cls._create_item(
            "complaint.approval.rule",
            f"boss_{subject}",
            subject=subject,
            role_id=cls.role_manager.id,
            **values,
        )

    @classmethod
    def _create_letter_template(cls, code="notice", **values):
        return cls._create_item(
            "complaint.letter.template",
            code,
            **{
                "subject": "About {{ object.complaint_id.name }}",
                "body_html": '<p>Dear <t t-out="object.addressee">Sir or Madam</t>,</p>'
                '<p>about <t t-out="object.complaint_id.subject"/></p>',
                **values,
            },
        )

    def _write(self, template, complaint, user=None, **values):
        """Return the letters that ``user`` (the handler) writes by hand."""
        wizard = self.env["complaint.letter.compose"].with_user(user or self.handler)
        known = self.letters.search([("complaint_id", "=", complaint.id)])
        wizard.create(
            {"complaint_id": complaint.id, "template_id": template.id, **values}
        ).action_write()
        return self.letters.search([("complaint_id", "=", complaint.id)]) - known

    def _serve(self, letters, step="served", how="registered", user=None, **values):
        wizard = self.env["complaint.letter.serve"].with_user(user or self.handler)
        return wizard.create(
            {
                "letter_ids": [Command.set(letters.ids)],
                "step": step,
                "how": how,
                "at": self.now,
                **values,
            }
        ).action_apply()

    def _send_waiting(self):
        """Let the scheduler make and send what waits."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *a, **kw: float("inf")):
            self.letters._cron_send()

    def _catch_events(self):
        """Let the events of the cases be collected in the returned list."""
        events = []
        cases = self.env.registry["complaint.complaint"]
        emit = cases._complaint_event

        def collect(records, event, source=None, at=None):
            events.append(event)
            return emit(records, event, source, at)

        self.patch(cases, "_complaint_event", collect)
        return events

    def _prepare_answer(self, complaint, user=None, **values):
        """Return an answer that ``user`` (the handler) begins to write."""
        answers = self.env["complaint.answer"].with_user(user or self.handler)
        return answers.create(
            {
                "complaint_id": complaint.id,
                "text": "<p>The pads were worn. We replaced them.</p>",
                "how": "call",
                **values,
            }
        )
