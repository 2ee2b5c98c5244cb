"""Calendar arithmetic of the delays that rules are written in (no ORM)."""

from datetime import datetime

import pytz
from dateutil.relativedelta import relativedelta

#: Units of a delay. ``work_`` units are counted on a working calendar, the others
#: on the wall clock: a month is a calendar month, never 30 days of work. A shift ends
#: with the day's last open hours ("settled the same day"), not at the lunch break.
DELAY_UNITS = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("work_hours", "Working Hours"),
    ("work_days", "Working Days"),
    ("days", "Calendar Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
    ("shift", "End of Shift"),
]
WORK_UNITS = ("work_hours", "work_days", "shift")


def add_calendar_delay(start: datetime, count: int, unit: str, tz: str) -> datetime:
    """Return ``start`` plus ``count`` units of calendar time.

    Days, weeks and months keep the local hour across a change of daylight saving
    time; minutes and hours are real elapsed time.

    :param start: naive UTC
    :param count: number of units, may be negative
    :param unit: one of DELAY_UNITS that is no working unit
    :param tz: name of the time zone in which days begin
    :return: naive UTC
    """
    if unit in ("minutes", "hours"):
        return start + relativedelta(**{unit: count})
    zone = pytz.timezone(tz)
    local = pytz.utc.localize(start).astimezone(zone).replace(tzinfo=None)
    moved = local + relativedelta(**{unit: count})
    return zone.localize(moved).astimezone(pytz.utc).replace(tzinfo=None)
