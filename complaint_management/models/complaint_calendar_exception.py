from odoo import fields, models


class ComplaintCalendarException(models.Model):
    """A day that doesn't follow the week: a make-up working day (调休), or a day off.

    Public days off that the whole company takes are better kept as Odoo's own public
    holidays; this model says what those can't: that a Saturday is worked.
    """

    _name = "complaint.calendar.exception"
    _description = "Make-up Working Day"
    _inherit = ["complaint.cached.mixin"]
    _order = "date"
    _rec_name = "name"

    name = fields.Char(required=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company.resource_calendar_id,
    )
    date = fields.Date(required=True)
    kind = fields.Selection(
        [("work", "Worked"), ("off", "Day Off")], required=True, default="work"
    )
    like_weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Hours as On",
        default="0",
        help="A worked day has the hours of this day of the week.",
    )

    _date_uniq = models.Constraint(
        "UNIQUE(calendar_id, date)", "This day has an exception already."
    )
