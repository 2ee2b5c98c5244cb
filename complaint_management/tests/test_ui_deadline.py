from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestDeadlineUi(HttpCase, EngineCommon):
    """A late case from the first look to the call for help, in Chromium."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chief = cls._create_role(
            "chief", resolution="users", user_ids=[Command.set(cls.office.ids)]
        )
        cls.reply = cls._create_rule("first_reply", 30, "minutes")
        cls.reply.name = "First reply"
        cls.answer = cls._create_rule(
            "full_answer",
            7,
            "work_days",
            promised=True,
            extensions=1,
            extension_role_id=cls.role_boss.id,
        )
        cls.answer.name = "Full answer"
        cls.rung = cls._create_rung("help", role=chief, trigger="manual")
        cls.rung.name = "Help of the Chief"
        cls.case = cls._create_accepted(
            subject="Brakes squeal",
            received_at=fields.Datetime.now() - timedelta(hours=2),
        )

    def test_late_explain_extend_approve_escalate(self):
        clock = self._clock(self.case, self.answer)
        self.start_tour("/odoo", "complaint_deadline_extend", login="handler")
        approval = self.case.approval_ids
        self.assertEqual(
            (approval.state, approval.reason), ("pending", "Parts are late")
        )
        self.assertLess(clock.due_at.year, 2040)
        self.start_tour("/odoo", "complaint_deadline_approve", login="manager")
        self.assertEqual(approval.state, "approved")
        self.assertEqual(clock.due_at.year, 2040)
        self.start_tour("/odoo", "complaint_deadline_escalate", login="handler")
        fired = self.case.escalation_ids.filtered(lambda e: e.rule_id == self.rung)
        self.assertEqual(
            (fired.note, fired.user_id), ("The press is here", self.office)
        )
