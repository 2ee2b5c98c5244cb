from odoo import api, fields, models

from .complaint_follow_up_question import QUESTION_KINDS

SCORES = ("1", "2", "3", "4", "5")


class ComplaintFollowUpAnswer(models.Model):
    """What a complainant said to one question, as it was asked then."""

    _name = "complaint.follow.up.answer"
    _description = "Follow-up Answer"
    _order = "follow_up_id, id"

    follow_up_id = fields.Many2one(
        "complaint.follow.up", required=True, index=True, ondelete="cascade"
    )
    complaint_id = fields.Many2one(related="follow_up_id.complaint_id", store=True)
    question_id = fields.Many2one(
        "complaint.follow.up.question", required=True, ondelete="restrict", index=True
    )
    name = fields.Char(string="Question as Asked", required=True)
    kind = fields.Selection(QUESTION_KINDS, required=True)
    weight = fields.Integer()
    value = fields.Char(
        string="Raw Answer", help="1 to 5, yes or no, or the complainant's words."
    )
    answer = fields.Char(compute="_compute_answer")
    points = fields.Integer(compute="_compute_points", store=True, aggregator="avg")

    @api.depends("value", "kind")
    def _compute_answer(self):
        words = {"yes": self.env._("Yes"), "no": self.env._("No")}
        for answer in self:
            if answer.kind == "score" and answer.value:
                answer.answer = f"{answer.value} / 5"
            else:
                answer.answer = words.get(answer.value, answer.value)

    @api.depends("value", "kind")
    def _compute_points(self):
        for answer in self:
            answer.points = answer._get_points(answer.kind, answer.value) or 0

    @api.model
    def _get_points(self, kind: str, value) -> int | None:
        """Return what an answer is worth of 100, None when it doesn't count."""
        if kind == "score" and str(value) in SCORES:
            return (int(value) - 1) * 25
        if kind == "yes_no" and value in ("yes", "no"):
            return 100 if value == "yes" else 0
        return None

    @api.model
    def _get_score(self, rows: list[dict]) -> int | None:
        """Return the weighted score of 100 of answers, None when none of them counts.

        :param rows: values of answers: kind, weight and value
        """
        total = weights = 0
        for row in rows:
            points = self._get_points(row["kind"], row["value"])
            if points is not None:
                total += points * row["weight"]
                weights += row["weight"]
        return round(total / weights) if weights else None
