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

    delay = fields.Integer(string="Within", default=0)
    delay_unit = fields.Selection(DELAY_UNITS, default="work_days", required=True)

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
            end = axis.get_shift_end(start)
    return end or add_calendar_delay(
        start, count, CALENDAR_UNITS[unit], policy._get_tz()
    )
