from odoo import api, fields, models


class ComplaintCorrespondenceMixin(models.AbstractModel):
    """What a case shows of its points, answers and letters."""

    _name = "complaint.correspondence.mixin"
    _description = "Answered Complaint"

    point_ids = fields.One2many(
        "complaint.point", "complaint_id", string="Points of Complaint"
    )
    answer_ids = fields.One2many("complaint.answer", "complaint_id", readonly=True)
    letter_ids = fields.One2many("complaint.letter", "complaint_id", readonly=True)
    letter_count = fields.Integer(compute="_compute_letter_count")
    answered_at = fields.Datetime(
        string="Answered On",
        readonly=True,
        copy=False,
        help="When the last final answer was given.",
    )

    @api.depends("letter_ids.state")
    def _compute_letter_count(self):
        # The user's own: letters to somebody whom they may not know aren't counted.
        counts = dict(
            self.env["complaint.letter"]._read_group(
                [("complaint_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["complaint_id"],
                ["__count"],
            )
        )
        for case in self:
            case.letter_count = counts.get(case._origin, 0)

    def _get_missing_answers(self) -> list[tuple]:
        """Return the cases that may not close unanswered, with what they lack.

        Who withdrew is owed no answer, who wasn't accepted has had another letter.
        """
        owing = self.filtered(
            lambda case: (
                case.policy_id.close_needs_answer
                and case.outcome_id.outcome not in ("withdrawn", "not_accepted")
            )
        )
        if not owing:
            return []
        # sudo: complaint.answer - an answer that the user can't see counts
        given = self.env["complaint.answer"].sudo()
        answered = given.search(
            [
                ("complaint_id", "in", owing.ids),
                ("type", "=", "final"),
                ("state", "=", "given"),
            ]
        )
        rounds = answered.round_id
        return [
            (case, self.env._("a final answer (use “Answer” on the page of letters)."))
            for case in owing
            if case.round_id not in rounds
        ]

    def action_answer(self):
        """Open the answer that is being written, or begin one."""
        self.ensure_one()
        self.check_access("write")
        draft = self.answer_ids.filtered(lambda row: row.state == "draft")[:1]
        if not draft:
            closed = {"type": "result"} if self.is_closed else {}
            draft = draft.create({"complaint_id": self.id, **closed})
        return draft._get_records_action()

    def action_view_letters(self):
        """Open the letters of the case that the user may read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_letter_action"
        )
        action["domain"] = [("complaint_id", "=", self.id)]
        action["context"] = {"default_complaint_id": self.id}
        return action
