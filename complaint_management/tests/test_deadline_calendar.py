"""A deadline rule may count on working hours of its own."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestDeadlineCalendar(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.duty = cls.env["resource.calendar"].create(
            {
                "name": "Duty Office",
                "tz": "Asia/Tokyo",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "On duty",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 21,
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )

    def _start(self, delay, unit, **values):
        rule = self._create_rule(
            "duty", delay, unit, calendar_id=self.duty.id, **values
        )
        return self._create_accepted().deadline_ids.filtered(
            lambda clock: clock.rule_id == rule
        )

    def test_own_working_hours(self):
        # 11:00 in Tokyo; ten hours are left of this day.
        self.assertDue(self._start(12, "work_hours"), 2026, 11, 17, 10)

    def test_own_working_days(self):
        self.assertDue(self._start(6, "work_days"), 2026, 11, 22, 20)

    def test_own_end_of_day(self):
        clock = self._start(1, "days", rounding="day")
        self.assertEqual(clock.due_at, self._local(2026, 11, 17, 22, 59, 59))

    def test_warning_and_rungs_count_on_them(self):
        clock = self._start(6, "work_days", warn_delay=2, warn_unit="work_days")
        self.assertEqual(clock.warn_at, self._local(2026, 11, 20, 20))
        rung = self._create_rung("late", clock.rule_id, 2, "work_hours")
        self.assertEqual(
            rung._get_moment(clock.due_at, clock._get_office()),
            self._local(2026, 11, 23, 10),
        )

    def test_pause(self):
        clock = self._start(12, "work_hours")
        case = clock.complaint_id
        with freeze_time(self._local(2026, 11, 16, 19)):
            self._move_to(case, self.stage_waiting)
        with freeze_time(self._local(2026, 11, 21, 9)):
            self._move_to(case, self.stage_handling)
        self.assertDue(clock, 2026, 11, 21, 12)

    def test_longest_extension(self):
        clock = self._start(1, "work_days", extensions=1, extension_max=5)
        with self.assertRaisesRegex(UserError, "at most"):
            self._extend(clock, self._local(2026, 11, 22, 20, 1))
        self._extend(clock, self._local(2026, 11, 22, 20))

    def test_clock_keeps_it(self):
        clock = self._start(6, "work_days")
        clock.rule_id.calendar_id = False
        self.assertEqual(clock.calendar_id, self.duty)
        self.assertIn("Working Hours", str(self.policy.message_ids.mapped("body")))
        wizard = self.env["complaint.deadline.apply"].create(
            {"policy_id": self.policy.id}
        )
        wizard.action_apply()
        self.assertFalse(clock.calendar_id)
        self.assertDue(clock, 2026, 11, 24, 17)

    def test_policy_s_hours_without(self):
        self._create_rule("plain", 6, "work_days")
        self.assertDue(self._create_complaint().deadline_ids, 2026, 11, 24, 17)

    def test_copy_for_another_company(self):
        self._create_rule("duty", 1, calendar_id=self.duty.id)
        self.assertEqual(self.policy.copy().deadline_rule_ids.calendar_id, self.duty)
        other = self.env["res.company"].create({"name": "Other"})
        copied = self.policy.copy({"company_id": other.id})
        self.assertFalse(copied.deadline_rule_ids.calendar_id)

    def test_check_of_the_policy(self):
        rule = self._create_rule("duty", 1, calendar_id=self.duty.id)
        check = self.env["complaint.policy.check"]
        self.assertFalse(
            [f for f in check._get_findings(self.policy) if f["record"] == rule]
        )
        self.duty.attendance_ids.unlink()
        texts = [
            f["text"] for f in check._get_findings(self.policy) if f["record"] == rule
        ]
        self.assertIn("Duty Office", texts[0])
