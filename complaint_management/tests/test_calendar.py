"""The prepared axis agrees with ``resource.calendar``, whatever the calendar."""

from datetime import datetime, time, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .engine_common import EngineCommon

#: Half an hour of daylight saving, a quarter of an hour off the hour, and so on.
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
)
#: Days are around the changes of daylight saving time in half of the samples.
CHANGES = (datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2026, 10, 25))
MINUTES = st.integers(0, 364 * 1440)
MOMENTS = st.one_of(
    MINUTES.map(lambda minutes: datetime(2026, 1, 1) + timedelta(minutes=minutes)),
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from(CHANGES),
        st.integers(-2880, 2880),
    ),
)


@st.composite
def hours(draw, first, last):
    """Return the open hours of one half of a day, in quarters of an hour."""
    start = draw(st.integers(first * 4, last * 4 - 1))
    return start / 4, draw(st.integers(start + 1, last * 4)) / 4


#: A day: off, a half day, or two halves with or without a lunch line between.
DAYS = st.one_of(
    st.just([]),
    hours(0, 12).map(lambda span: [("morning", span)]),
    hours(13, 24).map(lambda span: [("afternoon", span)]),
    st.tuples(hours(0, 12), hours(13, 24), st.booleans()).map(
        lambda parts: [
            ("morning", parts[0]),
            *([("lunch", (12, 13))] if parts[2] else []),
            ("afternoon", parts[1]),
        ]
    ),
)
LEAVES = st.lists(
    st.fixed_dictionaries(
        {
            "date_from": MOMENTS,
            "minutes": st.integers(1, 6 * 1440),
            "time_type": st.sampled_from(["leave", "leave", "other"]),
            "everywhere": st.booleans(),
        }
    ),
    max_size=5,
)
CALENDARS = st.fixed_dictionaries(
    {
        "tz": st.sampled_from(ZONES),
        "weeks": st.lists(
            st.lists(DAYS, min_size=7, max_size=7), min_size=1, max_size=2
        ),
        "leaves": LEAVES,
    }
)
PERIODS = st.lists(st.tuples(MOMENTS, st.integers(1, 60000)), min_size=3, max_size=6)
RANDOM = settings(
    max_examples=20,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@tagged("post_install", "-at_install")
class TestCalendar(EngineCommon):
    def _create_calendar(self, drawn):
        """Return a calendar with the hours, weeks, zone and leaves that were drawn."""
        weeks = drawn["weeks"]
        lines = [
            Command.create(
                {
                    "name": period,
                    "dayofweek": str(day),
                    "week_type": str(week) if len(weeks) > 1 else False,
                    "day_period": period,
                    "hour_from": span[0],
                    "hour_to": span[1],
                }
            )
            for week, days in enumerate(weeks)
            for day, spans in enumerate(days)
            for period, span in spans
        ]
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Random",
                "company_id": self.company.id,
                "tz": drawn["tz"],
                "two_weeks_calendar": len(weeks) > 1,
                "attendance_ids": [Command.clear(), *lines],
            }
        )
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Leave",
                    "calendar_id": not leave["everywhere"] and calendar.id,
                    "company_id": self.company.id,
                    "time_type": leave["time_type"],
                    "date_from": leave["date_from"],
                    "date_to": leave["date_from"] + timedelta(minutes=leave["minutes"]),
                }
                for leave in drawn["leaves"]
            ]
        )
        return calendar

    def _undo(self, check, *args):
        """Run ``check`` and take back what it has created."""
        savepoint = self.cr.savepoint(flush=True)
        try:
            check(*args)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.registry.clear_cache()

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

    def _check_agrees(self, drawn, periods):
        calendar = self._create_calendar(drawn)
        axis = calendar._complaint_get_working_time(self.company, 2026)
        for start, minutes in periods:
            end = start + timedelta(minutes=minutes)
            self.assertAlmostEqual(
                axis.measure(start, end),
                self._measure_by_odoo(calendar, start, end),
                delta=61,
            )

    def _check_plans(self, drawn, periods):
        calendar = self._create_calendar(drawn)
        axis = calendar._complaint_get_working_time(self.company, 2026)
        for start, minutes in periods:
            count = minutes % 60 + 1
            planned = calendar.plan_hours(
                count,
                pytz.utc.localize(start),
                compute_leaves=True,
                domain=[
                    ("time_type", "=", "leave"),
                    ("company_id", "in", [self.company.id, False]),
                ],
            )
            ours = axis.add_time(start, count * 3600)
            if not axis:
                self.assertFalse(ours)
            elif planned:
                planned = planned.astimezone(pytz.utc).replace(tzinfo=None)
                # A day ends at 23:59:59.999999: the last hour may end a day later.
                between = axis.measure(min(planned, ours), max(planned, ours))
                self.assertLess(between, 62)

    @RANDOM
    @given(CALENDARS, PERIODS)
    def test_agrees_with_odoo_on_random_calendars(self, drawn, periods):
        self._undo(self._check_agrees, drawn, periods)

    @settings(RANDOM, max_examples=10)
    @given(CALENDARS, PERIODS)
    def test_plan_hours_agrees(self, drawn, periods):
        self._undo(self._check_plans, drawn, periods)

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
        friday = self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "4"
        )
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
                    Command.create(
                        {"name": "Off", "date": "2026-11-18", "kind": "off"}
                    ),
                ]
                zone = pytz.timezone(tz)
                for day, is_open in ((17, True), (18, False), (19, True)):
                    noon = zone.localize(
                        datetime.combine(datetime(2026, 11, day), time(14))
                    )
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
