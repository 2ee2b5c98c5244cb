from odoo import fields, models

QUESTION_KINDS = [
    ("score", "Score from 1 to 5"),
    ("yes_no", "Yes or No"),
    ("text", "In Their Own Words"),
]


class ComplaintFollowUpQuestion(models.Model):
    """What a complainant is asked in a follow-up."""

    _name = "complaint.follow.up.question"
    _description = "Follow-up Question"
    _inherit = ["complaint.policy.item.mixin"]
    _complaint_used_by = [
        ("complaint.follow.up.rule", "question_ids"),
        ("complaint.follow.up.answer", "question_id"),
    ]

    name = fields.Char(string="Question", help="As it is read to the complainant.")
    kind = fields.Selection(QUESTION_KINDS, required=True, default="score")
    weight = fields.Integer(
        aggregator=None,
        default=1,
        help="How much it counts in the score. Words don't count; 0: not at all.",
    )

    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "A weight can't be negative."
    )
