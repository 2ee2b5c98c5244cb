from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintFollowUpCall(models.TransientModel):
    """The questionnaire of one follow-up, filled in while talking."""

    _name = "complaint.follow.up.call"
    _description = "Follow-up Call"
    _rec_name = "follow_up_id"

    follow_up_id = fields.Many2one("complaint.follow.up", required=True)
    complaint_id = fields.Many2one(
        related="follow_up_id.complaint_id", related_sudo=False
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    subject = fields.Char(related="follow_up_id.subject", related_sudo=False)
    closed_at = fields.Datetime(related="complaint_id.closed_at", related_sudo=False)
    close_note = fields.Text(related="complaint_id.close_note", related_sudo=False)
    attempt_count = fields.Integer(
        related="follow_up_id.attempt_count", related_sudo=False
    )
    contact_name = fields.Char(string="Complainant", compute="_compute_contact")
    contact_phone = fields.Char(string="Phone", compute="_compute_contact")
    line_ids = fields.One2many("complaint.follow.up.call.line", "call_id")
    satisfaction = fields.Selection(
        [("satisfied", "Satisfied"), ("dissatisfied", "Not Satisfied")],
        string="With How It Was Handled",
    )
    carried_out = fields.Selection(
        [("yes", "Carried Out"), ("no", "Not Carried Out")],
        string="What Was Promised",
    )
    reason_id = fields.Many2one(
        "complaint.reason",
        string="Why Not",
        domain="[('usage', '=', 'dissatisfied'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    no_further = fields.Boolean(
        string="No Further Complaint",
        help="The complainant leaves it at that: no further round begins.",
    )
    note = fields.Text(string="What the Complainant Says")
    result = fields.Selection(
        [
            ("no_answer", "No Answer"),
            ("later", "Asked to Call Later"),
            ("wrong", "Wrong Number"),
            ("refused", "Doesn't Want to Answer"),
        ],
        string="If Not Reached",
        default="no_answer",
    )

    @api.depends_context("uid")
    @api.depends("follow_up_id")
    def _compute_contact(self):
        for call in self:
            call.contact_name = call.follow_up_id.contact_name
            call.contact_phone = call.follow_up_id.contact_phone

    @api.model
    def _open(self, follow_up):
        """Return the questionnaire of ``follow_up``, with a line a question."""
        questions = follow_up.rule_id.question_ids.sorted("sequence")
        return self.create(
            {
                "follow_up_id": follow_up.id,
                "line_ids": [
                    Command.create({"question_id": question.id})
                    for question in questions
                ],
            }
        )

    def action_save(self):
        """Keep the answers.

        :raise UserError: nothing was answered, or no reason was given
        """
        self.ensure_one()
        self.follow_up_id._check_may_call()
        answers = {line.question_id.id: line.value for line in self.line_ids}
        if not any(answers.values()) and not self.satisfaction and not self.carried_out:
            raise UserError(
                self.env._(
                    "Nothing is answered yet. If nobody was reached, use “Note the "
                    "Attempt”."
                )
            )
        if self.satisfaction == "dissatisfied" and not self.reason_id:
            raise UserError(self.env._("Say why the complainant isn't satisfied."))
        self.follow_up_id._record_answers(
            {
                "answers": answers,
                "satisfaction": self.satisfaction,
                "carried_out": self.carried_out,
                "reason_id": self.reason_id.id,
                "no_further": self.no_further,
                "note": self.note,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_save_next(self):
        """Keep the answers and open the user's next call."""
        self.action_save()
        return self.env["complaint.follow.up"].action_next()

    def action_not_reached(self):
        """Note an attempt in vain and open the user's next call."""
        self.ensure_one()
        self.follow_up_id._check_may_call()
        self.follow_up_id._note_attempt(self.result or "no_answer", self.note)
        return self.env["complaint.follow.up"].action_next()
