from datetime import date, datetime, timedelta

import pytz

from odoo import SUPERUSER_ID, models

from ..tools.working_time import WorkingTime


class ComplaintLocalTimeMixin(models.AbstractModel):
    """Days and open hours where a policy applies: of its company and calendar."""

    _name = "complaint.local.time.mixin"
    _description = "Local Time of a Complaint Policy"

    def _on_calendar(self, calendar):
        """Return this policy with the time of ``calendar``, if any, instead of its own.

        :param calendar: ``resource.calendar`` of one rule, maybe none
        """
        if not calendar:
            return self
        return self.with_context(complaint_calendar_id=calendar.id)

    def _get_calendar(self):
        """Return the working hours that count, see ``_on_calendar``."""
        own = self.env.context.get("complaint_calendar_id")
        # sudo: resource.calendar - the customer's clock runs on the office's hours,
        # and public and portal users can't read calendars
        return (
            self.env["resource.calendar"].sudo().browse(own) or self.sudo().calendar_id
        )

    def _get_tz(self) -> str:
        """Return the time zone in which this policy's days begin."""
        # sudo: complaint.policy - public and portal users can't read the company
        policy = self.sudo()
        # A day is asked for case by case: nothing here may cost a query each time.
        return (
            self._get_calendar().tz
            or policy.company_id.partner_id.tz
            or policy.env["res.users"].browse(SUPERUSER_ID).tz
            or "UTC"
        )

    def _get_local_day(self, moment: datetime) -> date:
        """Return the day that ``moment`` (naive UTC) is in the policy's time zone."""
        zone = pytz.timezone(self._get_tz())
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _get_working_time(self, moment: datetime) -> WorkingTime:
        """Return the open hours around ``moment``, prepared; empty without calendar."""
        calendar = self._get_calendar()
        if not calendar:
            return WorkingTime([], self._get_tz())
        return calendar._complaint_get_working_time(self.company_id, moment.year)

    def _get_arrival(self, moment: datetime) -> str:
        """Return whether ``moment`` is in working hours, after them or on a day off."""
        axis = self._get_working_time(moment)
        if not axis or axis.is_open(moment):
            return "working"
        return "after" if axis.is_working_day(axis.get_day(moment)) else "holiday"

    def _get_end_of_day(self, moment: datetime) -> datetime:
        """Return the last second of the local day of ``moment`` (both naive UTC)."""
        day = self._get_local_day(moment)
        zone = pytz.timezone(self._get_tz())
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
        end = zone.localize(midnight) - timedelta(seconds=1)
        return end.astimezone(pytz.utc).replace(tzinfo=None)
