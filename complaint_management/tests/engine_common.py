from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time

from .common import ComplaintCommon


class EngineCommon(ComplaintCommon):
    """Policies with clocks and ladders, and a scheduler that the test winds up.

    The calendar works 8-12 and 13-17 in Shanghai, Monday to Friday; ``now`` is a
    Monday, 10:00 there.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runner = cls.env["complaint.runner"]
        cls._silence_demo()
        cls.stage_waiting = cls._create_item(
            "complaint.stage",
            "waiting",
            phase="handling",
            pauses_clocks=True,
            sequence=25,
        )
        cls.role_boss = cls._create_role(
            "boss", resolution="users", user_ids=[Command.set(cls.manager.ids)]
        )

    @classmethod
    def _silence_demo(cls):
        """Leave nothing of the demo data to the scheduler: tests count what it does."""
        for name in cls.runner._get_models():
            rows = cls.env[name].search([("next_event_at", "!=", False)])
            rows.next_event_at = False
        cls.env["complaint.escalation"].search(
            [("notice_at", "!=", False), ("notified_at", "=", False)]
        ).notice_at = False

    @classmethod
    def _create_rule(cls, code, delay=3, unit="work_days", **values):
        """Return a deadline rule from the receipt to the closing."""
        return cls._create_item(
            "complaint.deadline.rule", code, delay=delay, delay_unit=unit, **values
        )

    @classmethod
    def _create_rung(
        cls, code, rule=None, delay=0, unit="minutes", role=None, **values
    ):
        """Return a rung after the deadline ``rule``, telling the boss."""
        return cls._create_item(
            "complaint.escalation.rule",
            code,
            **{
                "trigger": "deadline" if rule else "event",
                "deadline_rule_id": rule and rule.id,
                "delay": delay,
                "delay_unit": unit,
                "role_ids": [Command.set((role or cls.role_boss).ids)],
                **values,
            },
        )

    @staticmethod
    def _local(*args):
        """Return the naive UTC of a time in Shanghai."""
        return datetime(*args) - timedelta(hours=8)

    def _run(self):
        """Let the scheduler do what is due now."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *a, **kw: float("inf")):
            self.env.flush_all()
            self.runner._cron_run()
            self.env.flush_all()
        self.env.invalidate_all()

    @contextmanager
    def _at(self, moment):
        """Let it be ``moment`` (naive UTC), the scheduler having run."""
        with freeze_time(moment):
            self._run()
            yield

    def _move_to(self, complaint, stage):
        complaint.with_user(self.office).stage_id = stage

    def _clock(self, complaint, rule=None):
        """Return the clock of ``complaint``, of ``rule`` when there are several."""
        clocks = complaint.deadline_ids
        return clocks.filtered(lambda c: c.rule_id == rule) if rule else clocks

    def _extend(self, clock, due_at, reason="Parts are late", user=None):
        wizard = self.env["complaint.deadline.extend"].with_user(user or self.handler)
        return wizard.create(
            {"deadline_id": clock.id, "due_at": due_at, "reason": reason}
        ).action_extend()

    def _logged(self, clock, type_):
        return clock.log_ids.filtered(lambda log: log.type == type_)

    def assertDue(self, clock, *args):
        """Check when ``clock`` is due, given in Shanghai's time."""
        self.assertEqual(clock.due_at, self._local(*args))
