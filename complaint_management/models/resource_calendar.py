from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models, tools

from ..tools.working_time import WorkingTime

#: Years that an axis covers after the year it is asked for.
YEARS_AHEAD = 4


class ResourceCalendar(models.Model):
    """Working hours on which clocks run, with the days that are made up for."""

    _name = "resource.calendar"
    _inherit = ["resource.calendar", "complaint.cached.mixin"]

    complaint_exception_ids = fields.One2many(
        "complaint.calendar.exception",
        "calendar_id",
        string="Make-up Working Days",
        groups="base.group_user",
    )

    @tools.ormcache("self.id", "company.id", "year")
    def _complaint_get_working_time(self, company, year: int) -> WorkingTime:
        """Return the open hours from a year before ``year`` on, without days off.

        :param company: ``res.company`` whose public days off count, beside those of
            no company; other companies' days off never do
        """
        self.ensure_one()
        if self.flexible_hours:
            return WorkingTime([], self.tz)
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [company.id, False]),
        ]
        intervals = self._work_intervals_batch(
            pytz.utc.localize(datetime(year - 1, 1, 1)),
            pytz.utc.localize(datetime(year + YEARS_AHEAD + 1, 1, 1)),
            domain=leaves,
        )[False]
        exceptions = {day.date: day for day in self.complaint_exception_ids}
        spans = [
            span[:2] for span in intervals if span[0].date() not in exceptions
        ] + self._complaint_get_worked_spans(exceptions.values())
        return WorkingTime(
            [
                tuple(end.astimezone(pytz.utc).replace(tzinfo=None) for end in span)
                for span in spans
            ],
            self.tz,
        )

    def _complaint_get_worked_spans(self, exceptions) -> list:
        """Return the open hours of make-up days, holidays or not, as (start, end)."""
        zone = pytz.timezone(self.tz)
        spans = []
        for day in exceptions:
            lines = self.attendance_ids.filtered(
                lambda line, day=day: (
                    line.dayofweek == day.like_weekday
                    and line.day_period != "lunch"
                    and not line.display_type
                    and (not self.two_weeks_calendar or line.week_type == "0")
                )
            )
            midnight = datetime.combine(day.date, time.min)
            spans += [
                tuple(
                    zone.localize(midnight + timedelta(hours=hour))
                    for hour in (line.hour_from, line.hour_to)
                )
                for line in lines
                if day.kind == "work"
            ]
        return spans
