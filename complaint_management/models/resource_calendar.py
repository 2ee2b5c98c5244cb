from datetime import datetime

import pytz

from odoo import api, models, tools

from ..tools.working_time import WorkingTime

#: Years that an axis covers after the year it is asked for.
YEARS_AHEAD = 4


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

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
        spans = [
            tuple(end.astimezone(pytz.utc).replace(tzinfo=None) for end in span[:2])
            for span in intervals
        ]
        return WorkingTime(spans, self.tz)
