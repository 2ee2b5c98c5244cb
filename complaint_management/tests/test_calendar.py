"""The prepared axis agrees with ``resource.calendar``, whatever the calendar."""

import random
from datetime import datetime, time, timedelta

import pytz

from odoo.fields import Command
from odoo.tests import tagged

from .engine_common import EngineCommon

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")
PERIODS = {"morning": (6, 12), "afternoon": (13, 20)}


@tagged("post_install", "-at_install")
class TestCalendar(EngineCommon):
    def _random_calendar(self, rand):
        """Return a calendar with random hours, lunch breaks, weeks, zone and leaves."""
        two_weeks = rand.random() < 0.4
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Random",
                "company_id": self.company.id,
                "tz": rand.choice(ZONES),
                "two_weeks_calendar": two_weeks,
                "attendance_ids": [
                    Command.clear(),
                    *self._random_lines(rand, two_weeks),
                ],
            }
        )
        for _number in range(rand.randint(0, 6)):
            start = datetime(2026, 1, 1) + timedelta(hours=rand.randint(0, 8000))
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Leave",
                    "calendar_id": rand.choice([calendar.id, False]),
                    "company_id": self.company.id,
                    "time_type": rand.choice(["leave", "leave", "other"]),
                    "date_from": start,
                    "date_to": start + timedelta(hours=rand.randint(1, 90)),
                }
            )
        return calendar

    def _random_lines(self, rand, two_weeks):
        lines = []
        for week in ("0", "1") if two_weeks else (False,):
            for day in range(7):
                for period, (first, last) in PERIODS.items():
                    if rand.random() < 0.3 + (day > 4) * 0.5:
                        continue
                    start = rand.randint(first * 4, last * 4 - 8) / 4
                    lines.append(
                        Command.create(
                            {
                                "name": period,
                                "dayofweek": str(day),
                                "week_type": week,
                                "day_period": period,
                                "hour_from": start,
                                "hour_to": rand.randint(int(start * 4) + 2, last * 4) / 4,
                            }
                        )
                    )
                if rand.random() < 0.3:
                    lines.append(
                        Command.create(
                            {
                                "name": "lunch",
                                "dayofweek": str(day),
                                "week_type": week,
                                "day_period": "lunch",
                                "hour_from": 12,
                                "hour_to": 13,
                            }
                        )
                    )
        return lines

    def _measure_by_odoo(self, calendar, start, end):
        intervals = calendar._work_intervals_batch(
            pytz.utc.localize(start),
            pytz.utc.localize(end),
            domain=[
                ("time_type", "=", "leave"),
                ("company_id", "in", [self.company.id, False]),
            ],
        )[False]
        return sum((b - a).total_seconds() for a, b, _meta in intervals)

    def test_agrees_with_odoo_on_random_calendars(self):
        rand = random.Random(20261122)
        for number in range(25):
            calendar = self._random_calendar(rand)
            axis = calendar._complaint_get_working_time(self.company, 2026)
            for _sample in range(8):
                start = datetime(2026, 1, 1) + timedelta(minutes=rand.randint(0, 400000))
                end = start + timedelta(minutes=rand.randint(1, 60000))
                with self.subTest(calendar=number, tz=calendar.tz, start=start, end=end):
                    self.assertAlmostEqual(
                        axis.measure(start, end),
                        self._measure_by_odoo(calendar, start, end),
                        delta=61,
                    )

    def test_plan_hours_agrees(self):
        rand = random.Random(42)
        for number in range(10):
            calendar = self._random_calendar(rand)
            axis = calendar._complaint_get_working_time(self.company, 2026)
            for _sample in range(4):
                hours = rand.randint(1, 60)
                start = datetime(2026, 1, 1) + timedelta(minutes=rand.randint(0, 400000))
                planned = calendar.plan_hours(
                    hours,
                    pytz.utc.localize(start),
                    compute_leaves=True,
                    domain=[
                        ("time_type", "=", "leave"),
                        ("company_id", "in", [self.company.id, False]),
                    ],
                )
                ours = axis.add_time(start, hours * 3600)
                with self.subTest(calendar=number, start=start, hours=hours):
                    if not planned:
                        self.assertFalse(ours)
                        continue
                    planned = planned.astimezone(pytz.utc).replace(tzinfo=None)
                    self.assertLess(abs(planned - ours), timedelta(seconds=62))

    # forgetting what was prepared

    def _is_open(self, *args):
        moment = self._local(*args)
        return self.policy._get_working_time(moment).is_open(moment)

    def test_a_changed_line_counts_at_once(self):
        self.assertTrue(self._is_open(2026, 11, 16, 9))
        self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "0" and line.hour_from < 12
        ).hour_from = 10
        self.assertFalse(self._is_open(2026, 11, 16, 9))

    def test_a_new_holiday_counts_at_once_and_so_does_its_end(self):
        self.assertTrue(self._is_open(2026, 11, 16, 9))
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": self._local(2026, 11, 16, 0),
                "date_to": self._local(2026, 11, 16, 23, 59, 59),
            }
        )
        self.assertFalse(self._is_open(2026, 11, 16, 9))
        leave.unlink()
        self.assertTrue(self._is_open(2026, 11, 16, 9))

    def test_one_persons_leave_moves_nothing(self):
        axis = self.policy._get_working_time(self.now)
        employee = self.handler.employee_ids
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "resource_id": employee.resource_id.id,
                "company_id": self.company.id,
                "date_from": self._local(2026, 11, 16, 0),
                "date_to": self._local(2026, 11, 16, 23, 59),
            }
        )
        self.assertIs(self.policy._get_working_time(self.now), axis)

    def test_make_up_days_with_the_hours_of_another_day(self):
        friday = self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == "4")
        friday.filtered(lambda line: line.hour_from > 12).unlink()
        self.assertFalse(self._is_open(2026, 11, 21, 9))
        day = self.env["complaint.calendar.exception"].create(
            {"name": "Make-up", "calendar_id": self.calendar.id, "date": "2026-11-21"}
        )
        self.assertTrue(self._is_open(2026, 11, 21, 15))
        day.like_weekday = "4"
        self.assertTrue(self._is_open(2026, 11, 21, 9))
        self.assertFalse(self._is_open(2026, 11, 21, 15))
        day.unlink()
        self.assertFalse(self._is_open(2026, 11, 21, 9))

    def test_make_up_day_within_a_holiday_is_worked(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "National Day",
                "company_id": self.company.id,
                "date_from": self._local(2026, 10, 1, 0),
                "date_to": self._local(2026, 10, 8, 23, 59, 59),
            }
        )
        self.env["complaint.calendar.exception"].create(
            {"name": "Make-up", "calendar_id": self.calendar.id, "date": "2026-10-08"}
        )
        self.assertFalse(self._is_open(2026, 10, 7, 9))
        self.assertTrue(self._is_open(2026, 10, 8, 9))

    def test_exceptions_count_in_the_calendars_own_zone(self):
        for tz in ("America/Los_Angeles", "Pacific/Auckland"):
            with self.subTest(tz=tz):
                self.calendar.tz = tz
                self.calendar.complaint_exception_ids = [
                    Command.clear(),
                    Command.create({"name": "Off", "date": "2026-11-18", "kind": "off"}),
                ]
                zone = pytz.timezone(tz)
                for day, is_open in ((17, True), (18, False), (19, True)):
                    noon = zone.localize(datetime.combine(datetime(2026, 11, day), time(14)))
                    moment = noon.astimezone(pytz.utc).replace(tzinfo=None)
                    axis = self.policy._get_working_time(moment)
                    self.assertEqual(axis.is_open(moment), is_open, day)

    def test_saturday_half_day(self):
        self.calendar.attendance_ids = [
            Command.create(
                {
                    "name": "Saturday",
                    "dayofweek": "5",
                    "hour_from": 8,
                    "hour_to": 12,
                    "day_period": "morning",
                }
            )
        ]
        self._create_rule("duty", 5)
        self.assertDue(self._clock(self._create_complaint()), 2026, 11, 21, 12)

    def test_new_year_goes_on(self):
        self._create_rule("duty", 40)
        case = self._create_complaint()
        self.assertDue(self._clock(case), 2027, 1, 11, 17)
