from datetime import datetime

from odoo import fields, models

from ..tools.delay import DELAY_UNITS, WORK_UNITS, add_calendar_delay

#: The calendar unit that stands in when a policy has no working time.
CALENDAR_UNITS = {
    **{unit: unit for unit, _label in DELAY_UNITS},
    "work_hours": "hours",
    "work_days": "days",
    "shift": "hours",
}


class ComplaintDelayMixin(models.AbstractModel):
    """So many units of calendar or working time."""

    _name = "complaint.delay.mixin"
    _description = "Complaint Delay"

    delay = fields.Integer(string="Within", aggregator=None, default=0)
    delay_unit = fields.Selection(
        DELAY_UNITS,
        string="Unit",
        default="work_days",
        required=True,
        help="Working days end at closing time, the first day doesn't count. End of "
        "shift: when those on duty go home, breaks passed over; when it is closed, of "
        "the next shift; open around the clock: at midnight.",
    )

    _delay_positive = models.Constraint(
        "CHECK(delay >= 0)", "A delay can't be negative."
    )

    def _get_delay_end(self, start: datetime, policy, count: int | None = None):
        """Return the moment this delay has passed since ``start``.

        A missing or empty working calendar never blocks a case: calendar time is
        used instead.

        :param start: naive UTC
        :param policy: ``complaint.policy`` whose calendar and time zone count
        :param count: another number of units than the delay's own
        :return: naive UTC
        """
        self.ensure_one()
        count = self.delay if count is None else count
        return get_delay_end(start, count, self.delay_unit, policy)

    def _get_delay_before(self, end: datetime, policy, count: int, unit: str):
        """Return the moment ``count`` units before ``end``, both naive UTC."""
        if unit in WORK_UNITS:
            axis = policy._get_working_time(end)
            if unit == "work_days":
                start = axis.subtract_days(end, count)
            else:
                start = axis.subtract_time(end, count * 3600)
            if start:
                return start
        return add_calendar_delay(end, -count, CALENDAR_UNITS[unit], policy._get_tz())


def get_delay_end(start: datetime, count: int, unit: str, policy) -> datetime:
    """Return the moment ``count`` units after ``start``; see the mixin."""
    end = None
    if unit in WORK_UNITS:
        axis = policy._get_working_time(start)
        if unit == "work_days":
            end = axis.add_days(start, count)
        elif unit == "work_hours":
            end = axis.add_time(start, count * 3600)
        else:
            end = axis.get_shift_end(start) or policy._get_end_of_day(start)
    return end or add_calendar_delay(
        start, count, CALENDAR_UNITS[unit], policy._get_tz()
    )


def get_resumed(
    moment: datetime, unit: str, policy, started_at: datetime, pause: tuple
) -> datetime:
    """Return ``moment`` moved by a pause, in the unit that is counted.

    Working hours go on with what was left. A working day is used up when the clock
    runs at its closing time; the day of the start never counts. Calendar units move
    by the length of the pause.

    :param started_at: when the clock began
    :param pause: when it was stopped and when it went on, both naive UTC
    """
    paused_at, resumed_at = pause
    if moment <= paused_at:
        return moment
    moved = None
    axis = policy._get_working_time(paused_at) if unit in WORK_UNITS else None
    if axis and unit == "work_days":
        lost = get_lost_days(axis, started_at, pause)
        moved = axis.move_days(moment, len(lost)) if lost else moment
    elif axis:
        moved = axis.add_time(resumed_at, axis.measure(paused_at, moment))
    return moved or moment + (resumed_at - paused_at)


def get_lost_days(axis, started_at: datetime, pause: tuple) -> list[datetime]:
    """Return the closing times of the working days that a pause took away."""
    first = axis.get_day(started_at)
    return [
        closing
        for closing in axis.get_closings(*pause)
        if axis.get_closing_day(closing) > first
    ]


def get_extended(moment: datetime, unit: str, policy, old: datetime, new: datetime):
    """Return ``moment`` moved by as much as an extension moved ``old`` to ``new``."""
    moved = None
    axis = policy._get_working_time(old) if unit in WORK_UNITS else None
    if axis and unit == "work_days":
        moved = axis.move_days(moment, len(axis.get_closings(old, new)))
    elif axis:
        moved = axis.add_time(moment, axis.measure(old, new))
    return moved or moment + (new - old)
