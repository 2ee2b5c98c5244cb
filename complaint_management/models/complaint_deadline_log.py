from odoo import api, fields, models


class ComplaintDeadlineLog(models.Model):
    """What happened to a clock: evidence, and the explanation of its date."""

    _name = "complaint.deadline.log"
    _description = "Deadline History"
    _order = "at, id"

    deadline_id = fields.Many2one(
        "complaint.deadline", required=True, index=True, ondelete="cascade"
    )
    # Computed, not related: what the engine gives isn't worked out again for each row.
    complaint_id = fields.Many2one(
        "complaint.complaint",
        compute="_compute_complaint_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
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

    @api.depends("deadline_id.complaint_id")
    def _compute_complaint_id(self):
        for log in self:
            log.complaint_id = log.deadline_id.complaint_id
