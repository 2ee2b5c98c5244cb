"""The axis alone, against hand-made cases and random ones; no database needed."""

from datetime import date, datetime, timedelta
from statistics import median
from time import perf_counter

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.working_time import WorkingTime

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"


def utc(tz, *args):
    """Return the naive UTC of a local time."""
    local = pytz.timezone(tz).localize(datetime(*args))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def weeks(tz, count, hours=((8, 12), (13, 17)), first=date(2026, 1, 5), days=5):
    """Return the open hours of ``count`` weeks from the Monday ``first``."""
    return [
        tuple(utc(tz, day.year, day.month, day.day, hour) for hour in span)
        for week in range(count)
        for weekday in range(days)
        for day in [first + timedelta(weeks=week, days=weekday)]
        for span in hours
    ]


OFFICE = WorkingTime(weeks(SHANGHAI, 60), SHANGHAI)
MOMENTS = st.datetimes(datetime(2026, 1, 5), datetime(2026, 9, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
SECONDS = st.integers(1, 400 * 3600)


@tagged("post_install", "-at_install")
class TestWorkingTime(BaseCase):
    def test_lunch_is_no_work(self):
        start = utc(SHANGHAI, 2026, 1, 5, 11)
        self.assertEqual(
            OFFICE.add_time(start, 2 * 3600), utc(SHANGHAI, 2026, 1, 5, 14)
        )

    def test_a_day_ends_at_closing_time(self):
        start = utc(SHANGHAI, 2026, 1, 5, 8)
        self.assertEqual(
            OFFICE.add_time(start, 8 * 3600), utc(SHANGHAI, 2026, 1, 5, 17)
        )

    def test_nothing_to_wait_for(self):
        opening = utc(SHANGHAI, 2026, 1, 5, 8)
        self.assertEqual(OFFICE.add_time(utc(SHANGHAI, 2026, 1, 5, 3), 0), opening)
        self.assertEqual(OFFICE.add_time(opening, 0), opening)

    def test_weekend_is_skipped(self):
        friday = utc(SHANGHAI, 2026, 1, 9, 16)
        self.assertEqual(
            OFFICE.add_time(friday, 2 * 3600), utc(SHANGHAI, 2026, 1, 12, 9)
        )

    def test_the_day_of_receipt_does_not_count(self):
        monday = utc(SHANGHAI, 2026, 1, 5, 9)
        self.assertEqual(OFFICE.add_days(monday, 3), utc(SHANGHAI, 2026, 1, 8, 17))
        saturday = utc(SHANGHAI, 2026, 1, 10, 9)
        self.assertEqual(OFFICE.add_days(saturday, 1), utc(SHANGHAI, 2026, 1, 12, 17))

    def test_same_day(self):
        self.assertEqual(
            OFFICE.add_days(utc(SHANGHAI, 2026, 1, 5, 9), 0),
            utc(SHANGHAI, 2026, 1, 5, 17),
        )
        self.assertEqual(
            OFFICE.add_days(utc(SHANGHAI, 2026, 1, 10, 9), 0),
            utc(SHANGHAI, 2026, 1, 12, 17),
        )

    def test_daylight_saving_keeps_the_hour(self):
        # 25 October 2026 has 25 hours in Berlin, 29 March has 23.
        for first, monday in (
            (date(2026, 10, 19), (2026, 10, 26)),
            (date(2026, 3, 23), (2026, 3, 30)),
        ):
            axis = WorkingTime(weeks(BERLIN, 2, first=first), BERLIN)
            friday = datetime.combine(first + timedelta(days=4), datetime.min.time())
            start = utc(BERLIN, friday.year, friday.month, friday.day, 16)
            self.assertEqual(axis.add_time(start, 7200), utc(BERLIN, *monday, 9))

    def test_round_the_clock(self):
        spans = [
            (
                datetime(2026, 1, 1) + timedelta(days=day),
                datetime(2026, 1, 2) + timedelta(days=day),
            )
            for day in range(30)
        ]
        axis = WorkingTime(spans, SHANGHAI)
        start = datetime(2026, 1, 3, 20, 30)
        self.assertEqual(axis.add_time(start, 7200), start + timedelta(hours=2))
        self.assertEqual(axis.add_days(start, 1), utc(SHANGHAI, 2026, 1, 6))

    def test_night_shift_is_work_of_both_days(self):
        axis = WorkingTime(
            [(utc(SHANGHAI, 2026, 1, 5, 22), utc(SHANGHAI, 2026, 1, 6, 6))], SHANGHAI
        )
        self.assertTrue(axis.is_working_day(date(2026, 1, 5)))
        self.assertTrue(axis.is_working_day(date(2026, 1, 6)))
        self.assertEqual(
            axis.add_days(utc(SHANGHAI, 2026, 1, 5, 23), 0), utc(SHANGHAI, 2026, 1, 6)
        )

    def test_a_shift_ends_after_its_breaks(self):
        closing = utc(SHANGHAI, 2026, 1, 5, 17)
        for moment in ((2026, 1, 5, 9), (2026, 1, 5, 12, 30), (2026, 1, 5, 16, 59)):
            self.assertEqual(OFFICE.get_shift_end(utc(SHANGHAI, *moment)), closing)
        evening = utc(SHANGHAI, 2026, 1, 9, 20)
        self.assertEqual(OFFICE.get_shift_end(evening), utc(SHANGHAI, 2026, 1, 12, 17))
        self.assertIsNone(OFFICE.get_shift_end(utc(SHANGHAI, 2030, 1, 1)))

    def test_a_night_shift_ends_in_the_morning(self):
        axis = WorkingTime(
            [
                span
                for day in range(5, 9)
                for span in (
                    (utc(SHANGHAI, 2026, 1, day, 8), utc(SHANGHAI, 2026, 1, day, 12)),
                    (
                        utc(SHANGHAI, 2026, 1, day, 22),
                        utc(SHANGHAI, 2026, 1, day + 1, 2),
                    ),
                    (
                        utc(SHANGHAI, 2026, 1, day + 1, 3),
                        utc(SHANGHAI, 2026, 1, day + 1, 6),
                    ),
                )
            ],
            SHANGHAI,
        )
        noon = utc(SHANGHAI, 2026, 1, 5, 12)
        self.assertEqual(axis.get_shift_end(noon - timedelta(hours=1)), noon)
        for hour in (13, 23):
            self.assertEqual(
                axis.get_shift_end(utc(SHANGHAI, 2026, 1, 5, hour)),
                utc(SHANGHAI, 2026, 1, 6, 2),
            )

    def test_a_shift_of_a_house_that_never_closes_ends_at_midnight(self):
        axis = WorkingTime([(datetime(2026, 1, 1), datetime(2026, 2, 1))], SHANGHAI)
        self.assertEqual(
            axis.get_shift_end(utc(SHANGHAI, 2026, 1, 5, 9)),
            utc(SHANGHAI, 2026, 1, 6),
        )

    def test_a_date_costs_next_to_nothing(self):
        """One due date on the prepared axis: at most 50 µs; 100 µs with its warning."""
        starts = [utc(SHANGHAI, 2026, 1, 5) + timedelta(hours=n) for n in range(500)]

        def warn(start):
            OFFICE.subtract_days(OFFICE.add_days(start, 6), 1)

        for limit, compute in (
            (50, lambda start: OFFICE.add_days(start, 6)),
            (50, lambda start: OFFICE.add_time(start, 48 * 3600)),
            (100, warn),
        ):
            costs = []
            for start in starts:
                before = perf_counter()
                compute(start)
                costs.append(perf_counter() - before)
            self.assertLessEqual(median(costs) * 10**6, limit)

    def test_beyond_the_axis(self):
        self.assertIsNone(OFFICE.add_time(utc(SHANGHAI, 2030, 1, 1), 1))
        self.assertIsNone(OFFICE.add_days(utc(SHANGHAI, 2030, 1, 1), 1))
        empty = WorkingTime([], SHANGHAI)
        self.assertFalse(empty)
        self.assertIsNone(empty.add_time(utc(SHANGHAI, 2026, 1, 1), 60))
        self.assertIsNone(empty.add_days(utc(SHANGHAI, 2026, 1, 1), 1))
        self.assertEqual(empty.measure(datetime(2026, 1, 1), datetime(2026, 2, 1)), 0)

    def test_overlapping_and_touching_spans_count_once(self):
        axis = WorkingTime(
            [
                (datetime(2026, 1, 5, 0), datetime(2026, 1, 5, 3)),
                (datetime(2026, 1, 5, 2), datetime(2026, 1, 5, 4)),
                (datetime(2026, 1, 5, 4), datetime(2026, 1, 5, 5)),
            ],
            "UTC",
        )
        self.assertEqual(
            axis.measure(datetime(2026, 1, 5), datetime(2026, 1, 6)), 5 * 3600
        )

    @settings(max_examples=500, deadline=None)
    @given(MOMENTS, SECONDS)
    def test_measuring_gives_back_what_was_added(self, start, seconds):
        end = OFFICE.add_time(start, seconds)
        self.assertEqual(OFFICE.measure(start, end), seconds)

    @settings(max_examples=500, deadline=None)
    @given(MOMENTS, SECONDS)
    def test_the_end_lies_in_working_time(self, start, seconds):
        end = OFFICE.add_time(start, seconds)
        self.assertTrue(OFFICE.is_open(end - timedelta(seconds=1)))

    @settings(max_examples=300, deadline=None)
    @given(MOMENTS, MOMENTS, SECONDS, SECONDS)
    def test_monotone(self, one, other, less, more):
        one, other = sorted((one, other))
        less, more = sorted((less, more))
        self.assertLessEqual(OFFICE.add_time(one, less), OFFICE.add_time(other, less))
        self.assertLessEqual(OFFICE.add_time(one, less), OFFICE.add_time(one, more))

    @settings(max_examples=300, deadline=None)
    @given(MOMENTS, SECONDS, SECONDS)
    def test_splitting_by_a_pause_commutes(self, start, first, second):
        middle = OFFICE.add_time(start, first)
        self.assertEqual(
            OFFICE.add_time(middle, second), OFFICE.add_time(start, first + second)
        )

    @settings(max_examples=300, deadline=None)
    @given(MOMENTS, st.integers(1, 60), st.integers(1, 60))
    def test_days_add_up(self, start, first, second):
        middle = OFFICE.add_days(start, first)
        self.assertEqual(
            OFFICE.add_days(middle - timedelta(seconds=1), second),
            OFFICE.add_days(start, first + second),
        )
