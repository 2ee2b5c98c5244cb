from odoo import models


class ResourceCalendarAttendance(models.Model):
    """Working hours, of which the prepared axes are made."""

    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "complaint.cached.mixin"]
