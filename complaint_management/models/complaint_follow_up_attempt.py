from odoo import fields, models


class ComplaintFollowUpAttempt(models.Model):
    """Evidence of one attempt to reach a complainant."""

    _name = "complaint.follow.up.attempt"
    _description = "Follow-up Attempt"
    _order = "at, id"
    _rec_name = "result"

    follow_up_id = fields.Many2one(
        "complaint.follow.up", required=True, index=True, ondelete="cascade"
    )
    complaint_id = fields.Many2one(related="follow_up_id.complaint_id", store=True)
    at = fields.Datetime(string="When", default=fields.Datetime.now, required=True)
    user_id = fields.Many2one(
        "res.users", string="Who", default=lambda self: self.env.uid
    )
    result = fields.Selection(
        [
            ("answered", "Answered"),
            ("mailed", "Mailed"),
            ("no_answer", "No Answer"),
            ("later", "Asked to Call Later"),
            ("wrong", "Wrong Number"),
            ("refused", "Doesn't Want to Answer"),
        ],
        required=True,
        default="no_answer",
    )
    note = fields.Char()
    # Whom a mail went to is known to who may read the party.
    message_id = fields.Many2one(
        "mail.message",
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
