from datetime import datetime

from odoo import fields, models

from ..tools.delay import DELAY_UNITS, WORK_UNITS, add_calendar_delay


class ComplaintDelayMixin(models.AbstractModel):
    """So many units of calendar or working time."""

    _name = "complaint.delay.mixin"
    _description = "Complaint Delay"

    delay = fields.Integer(string="Within", default=0)
    delay_unit = fields.Selection(DELAY_UNITS, default="work_days", required=True)

    _delay_positive = models.Constraint(
        "CHECK(delay >= 0)", "A delay can't be negative."
    )

    def _get_delay_end(self, start: datetime, policy) -> datetime:
        """Return the moment this delay has passed since ``start``.

        A missing or empty working calendar never blocks a case: calendar time is
        used instead.

        :param start: naive UTC
        :param policy: ``complaint.policy`` whose calendar and time zone count
        :return: naive UTC
        """
        self.ensure_one()
        tz = policy._get_tz()
        if self.delay_unit not in WORK_UNITS:
            return add_calendar_delay(start, self.delay, self.delay_unit, tz)
        end = self._get_working_delay_end(start, policy)
        if end:
            return end
        unit = "hours" if self.delay_unit == "work_hours" else "days"
        return add_calendar_delay(start, self.delay, unit, tz)

    def _get_working_delay_end(self, start: datetime, policy) -> datetime | None:
        """Return the end in the policy's working time, or None without any."""
        axis = policy._get_working_time(start)
        if self.delay_unit == "work_hours":
            return axis.add_time(start, self.delay * 3600)
        return axis.add_days(start, self.delay)
