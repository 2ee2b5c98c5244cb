from odoo import fields, models


class ComplaintDeadlineLog(models.Model):
    """What happened to a clock: evidence, and the explanation of its date."""

    _name = "complaint.deadline.log"
    _description = "Deadline History"
    _order = "at, id"

    deadline_id = fields.Many2one(
        "complaint.deadline", required=True, index=True, ondelete="cascade"
    )
    complaint_id = fields.Many2one(
        related="deadline_id.complaint_id", store=True, precompute=True, index=True
    )
    type = fields.Selection(
        [
            ("started", "Started"),
            ("paused", "Paused"),
            ("resumed", "Resumed"),
            ("extended", "Extended"),
            ("agreed", "Date Agreed"),
            ("changed", "Other Rule Applies"),
            ("applied", "Rules Applied Anew"),
            ("warned", "Warned"),
            ("missed", "Missed"),
            ("lapsed", "Lapsed"),
            ("reached", "Reached"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
    )
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    old_due_at = fields.Datetime(string="Due Before")
    due_at = fields.Datetime(string="Due")
    note = fields.Char()
