from datetime import datetime

import pytz
from dateutil.relativedelta import relativedelta

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

    def _get_working_delay_end(self, start: datetime, policy) -> datetime | bool:
        """Return the end in the policy's working time, or False without any."""
        # sudo: resource.calendar - the customer's clock runs on the office's hours
        calendar = policy.sudo().calendar_id
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [policy.company_id.id, False]),
        ]
        if self.delay_unit == "work_hours":
            return calendar and calendar.plan_hours(
                self.delay, start, compute_leaves=True, domain=leaves
            )
        # The day of arrival does not count: count from the next local midnight.
        zone = pytz.timezone(policy._get_tz())
        local = pytz.utc.localize(start).astimezone(zone).replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        first = zone.localize(midnight + relativedelta(days=1))
        end = calendar and calendar.plan_days(
            self.delay, first, compute_leaves=True, domain=leaves
        )
        return end and end.astimezone(pytz.utc).replace(tzinfo=None)
