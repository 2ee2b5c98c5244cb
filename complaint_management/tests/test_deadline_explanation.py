"""The explanation of a deadline adds up to the figure of its rule."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestDeadlineExplanation(EngineCommon):
    def _explain(self, clock):
        return self.env["complaint.deadline.explanation"]._get_rows(clock)

    def _count(self, clock):
        return sum(row["counted"] for row in self._explain(clock))

    def _pause(self, case, start, end):
        with freeze_time(start):
            self._move_to(case, self.stage_waiting)
        with freeze_time(end):
            self._move_to(case, self.stage_handling)

    def test_working_hours_add_up(self):
        self._create_rule("duty", 20, "work_hours")
        case = self._create_accepted(received_at=self._local(2026, 11, 15, 22))
        clock = self._clock(case)
        self.assertEqual(self._count(clock), 20 * 3600)
        self._pause(case, self._local(2026, 11, 16, 11), self._local(2026, 11, 18, 20))
        self._pause(
            case, self._local(2026, 11, 19, 12, 30), self._local(2026, 11, 20, 9)
        )
        self.assertEqual(self._count(clock), 20 * 3600)

    def test_working_days_add_up(self):
        self._create_rule("duty", 5, "work_days", rounding="day")
        case = self._create_accepted()
        clock = self._clock(case)
        self.assertEqual(self._count(clock), 5)
        self._pause(case, self._local(2026, 11, 16, 11), self._local(2026, 11, 18, 9))
        self._pause(case, self._local(2026, 11, 20, 11), self._local(2026, 11, 23, 9))
        self.assertEqual(self._count(clock), 5)

    def test_extension_is_counted(self):
        self._create_rule("duty", 2, "work_days", extensions=1)
        case = self._create_accepted()
        clock = self._clock(case)
        self._extend(clock, self._local(2026, 11, 20, 17))
        self.assertEqual(self._count(clock), 4)
        self.assertIn("Parts are late", clock.explanation)

    def test_calendar_time(self):
        self._create_rule("duty", 3, "days")
        self.assertEqual(self._count(self._clock(self._create_complaint())), 3)

    def test_missing_calendar_is_said(self):
        self.policy.calendar_id = False
        self._create_rule("duty", 3, "work_days")
        clock = self._clock(self._create_complaint())
        self.assertIn("no working hours are set", clock.explanation)

    def test_times_are_the_reader_s(self):
        self._create_rule("duty", 10, "work_hours")
        clock = self._clock(self._create_complaint())
        here = clock.with_context(tz="Asia/Shanghai").explanation
        self.assertIn("11/17/26, 12:00", here)
        self.assertIn("Times are those of Asia/Shanghai", here)
        away = clock.with_context(tz="Europe/Berlin").explanation
        # 10:00 in Shanghai, where the working hours are
        self.assertIn("11/16/26, 3:00", away)
        self.assertNotIn("11/17/26, 12:00", away)
        self.assertIn("Europe/Berlin", away)
        self.assertIn("Asia/Shanghai", away)

    def test_names_are_escaped(self):
        self._create_rule("duty", 3, "days", extensions=1)
        clock = self._clock(self._create_accepted())
        self._extend(clock, self._local(2026, 11, 25, 17), "<script>x</script>")
        self.assertNotIn("<script>", clock.explanation)

    def test_holidays_are_left_out(self):
        self.calendar.complaint_exception_ids = [
            Command.create({"name": "Off", "date": "2026-11-17", "kind": "off"})
        ]
        self._create_rule("duty", 2, "work_days")
        rows = self._explain(self._clock(self._create_complaint()))
        days = [row["text"] for row in rows if row["counted"]]
        self.assertEqual(days, ["11/18/2026", "11/19/2026"])
