"""The open hours of a calendar as one axis, on which time is added and measured.

Built once for some years and cached (``models/resource_calendar.py``); a due date is
then two bisects, where ``resource.calendar.plan_hours`` asks the database for every
fortnight. No ORM here, so that the rules are tested without a database.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from itertools import accumulate

import pytz

_EPOCH = datetime(1970, 1, 1)


_DAY = 86400
#: A longer pause on the same day is the time between two shifts.
_BREAK = 4 * 3600
#: A day off that ends at 23:59 doesn't leave a minute of work.
_SLIVER = 60


def _seconds(moment: datetime) -> int:
    # A day of a calendar ends at 23:59:59.999999.
    return round((moment - _EPOCH).total_seconds())


def _moment(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _join(spans) -> list[list[int]]:
    """Return ``spans`` in seconds, in order, each gap kept."""
    joined: list[list[int]] = []
    for start, end in sorted((_seconds(a), _seconds(b)) for a, b in spans):
        if start + _SLIVER >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


class WorkingTime:
    """Open hours between two moments, all in naive UTC."""

    def __init__(self, spans: list[tuple[datetime, datetime]], tz: str):
        """Prepare the axis.

        :param spans: open hours, each (start, end); may touch or overlap
        :param tz: name of the time zone in which days begin
        """
        self.zone = pytz.timezone(tz)
        joined = _join(spans)
        self._starts = [start for start, _end in joined]
        self._ends = [end for _start, end in joined]
        lengths = [end - start for start, end in joined]
        self._totals = [0, *accumulate(lengths)]
        closings = self._compute_closings(joined)
        self._days = sorted(closings)
        self._closings = [closings[day] for day in self._days]

    def _compute_closings(self, joined) -> dict[date, int]:
        """Return when each working day closes."""
        closings = {}
        for start, end in joined:
            # A span over midnight is work of every day that it touches.
            last = self.get_day(_moment(end - 1))
            day = self.get_day(_moment(start))
            while day < last:
                closings[day] = self._get_midnight(day + timedelta(days=1))
                day += timedelta(days=1)
            closings[last] = end
        return closings

    def __bool__(self):
        return bool(self._starts)

    def get_day(self, moment: datetime) -> date:
        """Return the local day that ``moment`` is in."""
        return pytz.utc.localize(moment).astimezone(self.zone).date()

    def is_open(self, moment: datetime) -> bool:
        """Tell whether ``moment`` is in open hours; a closing moment is not."""
        index = bisect_right(self._starts, _seconds(moment)) - 1
        return index >= 0 and _seconds(moment) < self._ends[index]

    def is_working_day(self, day: date) -> bool:
        """Tell whether there are open hours on the local ``day``."""
        index = bisect_left(self._days, day)
        return index < len(self._days) and self._days[index] == day

    def measure(self, start: datetime, end: datetime) -> int:
        """Return the seconds of open time from ``start`` to ``end``, not before it."""
        return max(self._position(_seconds(end)) - self._position(_seconds(start)), 0)

    def add_time(self, start: datetime, seconds: int) -> datetime | None:
        """Return the first moment with ``seconds`` of open time since ``start``.

        It lies in open hours, or at their end: eight hours from opening end at
        closing time, not at the next opening. Nothing to wait for ends at ``start``,
        or at the next opening when it is closed then.

        :return: None when the axis ends before
        """
        goal = self._position(_seconds(start)) + seconds
        if not seconds:
            index = bisect_right(self._ends, _seconds(start))
            if index == len(self._ends):
                return None
            return max(start, _moment(self._starts[index]))
        index = bisect_left(self._totals, goal) - 1
        if index >= len(self._starts):
            return None
        return _moment(self._starts[index] + goal - self._totals[index])

    def add_days(self, start: datetime, count: int) -> datetime | None:
        """Return the end of the ``count``-th working day after the day of ``start``.

        The day of ``start`` doesn't count, as the law counts working days; 0 is the
        end of that day, or of the next working day.

        :return: None when the axis ends before
        """
        first = self.get_day(start)
        if count:
            index = bisect_right(self._days, first) + count - 1
        else:
            index = bisect_left(self._days, first)
        return _moment(self._closings[index]) if index < len(self._days) else None

    def subtract_time(self, end: datetime, seconds: int) -> datetime | None:
        """Return the last moment from which ``seconds`` of open time lead to ``end``.

        :return: None when the axis begins after
        """
        goal = self._position(_seconds(end)) - seconds
        index = bisect_right(self._totals, goal) - 1
        if goal < 0 or index >= len(self._starts):
            return None
        return _moment(self._starts[index] + goal - self._totals[index])

    def subtract_days(self, end: datetime, count: int) -> datetime | None:
        """Return the end of the ``count``-th working day before the day of ``end``."""
        index = bisect_left(self._days, self.get_day(end)) - count
        return _moment(self._closings[index]) if index >= 0 else None

    def get_shift_end(self, moment: datetime) -> datetime | None:
        """Return when the shift around ``moment``, or the next one, ends.

        A shift is the open hours that begin on one day, breaks passed over: it ends
        with the last of them, not at lunch, and a night shift the next morning. Open
        around the clock it ends at midnight.

        :return: None when the axis ends before
        """
        index = bisect_right(self._ends, _seconds(moment))
        if index == len(self._ends):
            return None
        start = _moment(self._starts[index])
        if self._ends[index] - self._starts[index] > _DAY:
            return self.get_closing(self.get_day(max(moment, start)))
        while self._is_break(index, self.get_day(start)):
            index += 1
        return _moment(self._ends[index])

    def _is_break(self, index: int, day: date) -> bool:
        """Tell whether span ``index`` is followed by a mere break of a shift."""
        if index + 1 == len(self._starts):
            return False
        begin = self._starts[index + 1]
        short = begin - self._ends[index] <= _BREAK
        return short and self.get_day(_moment(begin)) == day

    def get_closing(self, day: date) -> datetime | None:
        """Return when the local ``day``, or the next working day, closes."""
        index = bisect_left(self._days, day)
        return _moment(self._closings[index]) if index < len(self._days) else None

    def get_closing_from(self, moment: datetime) -> datetime | None:
        """Return the first closing time that is not before ``moment``."""
        index = bisect_left(self._closings, _seconds(moment))
        return _moment(self._closings[index]) if index < len(self._closings) else None

    def get_closings(self, start: datetime, end: datetime) -> list[datetime]:
        """Return the closing times after ``start``, up to ``end``."""
        first = bisect_right(self._closings, _seconds(start))
        last = bisect_right(self._closings, _seconds(end))
        return [_moment(closing) for closing in self._closings[first:last]]

    def get_closing_day(self, closing: datetime) -> date:
        """Return the local day that a closing time ends; at midnight the day before."""
        return self.get_day(closing - timedelta(seconds=1))

    def move_days(self, closing: datetime, count: int) -> datetime | None:
        """Return the closing time ``count`` working days after the last by ``closing``.

        :return: None when the axis ends before
        """
        index = bisect_right(self._closings, _seconds(closing)) - 1 + count
        if not 0 <= index < len(self._closings):
            return None
        return _moment(self._closings[index])

    def get_spans(self, start: datetime, end: datetime) -> list[tuple]:
        """Return the open hours from ``start`` to ``end`` as (start, end) pairs."""
        first, last = _seconds(start), _seconds(end)
        index = bisect_right(self._ends, first)
        spans = []
        while index < len(self._starts) and self._starts[index] < last:
            spans.append(
                (
                    _moment(max(self._starts[index], first)),
                    _moment(min(self._ends[index], last)),
                )
            )
            index += 1
        return spans

    def _position(self, seconds: int) -> int:
        """Return the open seconds from the beginning of the axis."""
        index = bisect_right(self._starts, seconds) - 1
        if index < 0:
            return 0
        return (
            self._totals[index]
            + min(seconds, self._ends[index])
            - (self._starts[index])
        )

    def _get_midnight(self, day: date) -> int:
        local = self.zone.localize(datetime(day.year, day.month, day.day))
        return _seconds(local.astimezone(pytz.utc).replace(tzinfo=None))
