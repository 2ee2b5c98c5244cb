from odoo import fields, models


class ComplaintFollowUpCallLine(models.TransientModel):
    """One question of a questionnaire, with what was answered."""

    _name = "complaint.follow.up.call.line"
    _description = "Follow-up Call Question"

    call_id = fields.Many2one(
        "complaint.follow.up.call", required=True, ondelete="cascade"
    )
    question_id = fields.Many2one("complaint.follow.up.question", required=True)
    name = fields.Char(related="question_id.name", string="What Is Asked")
    kind = fields.Selection(related="question_id.kind")
    value = fields.Char()
