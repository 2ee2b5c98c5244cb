from odoo import api, fields, models

from ..tools.events import FORUMS

#: What is known of the complainant's opinion of an answer.
SATISFACTION = [
    ("unknown", "Not Asked Yet"),
    ("satisfied", "Satisfied"),
    ("dissatisfied", "Not Satisfied"),
    ("no_answer", "No Answer"),
]
#: How the complainant was asked.
SATISFACTION_VIA = [
    ("call", "Call"),
    ("visit", "Visit"),
    ("letter", "Letter or Mail"),
    ("page", "Public Page"),
    ("mail", "Survey by Mail"),
]
#: Stages in which something is there that one may be satisfied with.
ANSWERED_PHASES = ("answer", "follow_up", "closed", "refused")


class ComplaintRound(models.Model):
    """One pass through the handling of a case; a new cause begins the next one.

    It keeps what the complainant thinks of its answer, and where it was handled: in
    the house, or by a body outside.
    """

    _name = "complaint.round"
    _description = "Complaint Round"
    _inherit = ["complaint.row.mixin"]
    _order = "number"
    _rec_name = "number"

    policy_id = fields.Many2one(index=True)
    category_id = fields.Many2one(related="complaint_id.category_id")
    number = fields.Integer(required=True, default=1, aggregator="max")
    rule_id = fields.Many2one(
        "complaint.round.rule", readonly=True, ondelete="restrict", index=True
    )
    cause_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', 'in', ('reopen', 'dissatisfied'))]",
        ondelete="restrict",
        help="Empty: the first round.",
    )
    note = fields.Text(string="Why It Began")
    started_at = fields.Datetime(default=fields.Datetime.now, required=True)
    started_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    ended_at = fields.Datetime()
    ended_by_id = fields.Many2one("res.users")
    outcome_id = fields.Many2one(
        "complaint.reason", domain="[('usage', '=', 'close')]", ondelete="restrict"
    )
    close_note = fields.Text(string="How It Ended")
    # what the complainant says
    answered_at = fields.Datetime(help="When the answer of this round was given.")
    satisfaction = fields.Selection(SATISFACTION, required=True, default="unknown")
    satisfaction_asked_at = fields.Datetime(string="Asked")
    satisfaction_at = fields.Datetime(string="Stated", index="btree_not_null")
    satisfaction_via = fields.Selection(SATISFACTION_VIA, string="How Asked")
    satisfaction_by_id = fields.Many2one("res.users", string="Noted By")
    satisfaction_note = fields.Text(string="What the Complainant Said")
    dissatisfaction_id = fields.Many2one(
        "complaint.reason",
        string="Why Not Satisfied",
        domain="[('usage', '=', 'dissatisfied')]",
        ondelete="restrict",
        index="btree_not_null",
    )
    no_further = fields.Boolean(
        string="No Further Complaint",
        help="The complainant declares that they have no further complaint about it.",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Answered By",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        help="Led the case when the complainant was asked.",
    )
    handler_id = fields.Many2one("res.users", string="Handler Then")
    stated_count = fields.Integer(
        string="Asked and Answered",
        compute="_compute_counts",
        store=True,
        precompute=True,
    )
    satisfied_count = fields.Integer(
        string="Complainant Satisfied",
        compute="_compute_counts",
        store=True,
        precompute=True,
    )
    # outside
    forum = fields.Selection(FORUMS, required=True, default="internal", index=True)
    forum_partner_id = fields.Many2one("res.partner", string="Outside Body")
    forum_reference = fields.Char(string="Case Number There")
    filed_on = fields.Date()
    decided_on = fields.Date()
    forum_outcome = fields.Text(string="What Was Decided")

    _number_uniq = models.Constraint(
        "UNIQUE(complaint_id, number)", "This round exists already."
    )

    @api.depends("satisfaction_at")
    def _compute_department_id(self):
        for round_ in self.filtered("satisfaction_at"):
            department = round_.department_id or round_.complaint_id.department_id
            round_.department_id = department

    @api.depends("satisfaction")
    def _compute_counts(self):
        for round_ in self:
            satisfied = round_.satisfaction == "satisfied"
            round_.satisfied_count = satisfied
            round_.stated_count = satisfied or round_.satisfaction == "dissatisfied"

    @api.depends("number", "complaint_id.name", "forum")
    def _compute_display_name(self):
        labels = dict(self._fields["forum"]._description_selection(self.env))
        for round_ in self:
            outside = round_.forum != "internal" and labels.get(round_.forum)
            parts = (round_.complaint_id.name, str(round_.number), outside)
            round_.display_name = " · ".join(filter(None, parts))

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: when it was answered."""
        answered = event == "answered" or (
            event == "stage_entered" and source.phase in ("answer", "follow_up")
        )
        if answered:
            # sudo: complaint.round - rows of evidence are made by the case only
            rounds = complaints.sudo().round_id
            rounds.filtered(lambda row: not row.answered_at).write(
                {"answered_at": at or fields.Datetime.now()}
            )

    @api.model
    def _start(self, complaints, **values):
        """Begin the next round of each case; earlier rounds stay as they were.

        :param values: cause and note of the round
        """
        # sudo: complaint.round - rows of evidence are made by the case only
        return self.sudo().create(
            [
                {
                    "complaint_id": complaint.id,
                    "number": complaint.round_id.number + 1,
                    **values,
                }
                for complaint in complaints
            ]
        )

    @api.model
    def _file_assignments(self, complaints):
        """File what was asked on cases of the past under the round of that time."""
        for row in complaints.assignment_ids:
            rounds = row.complaint_id.round_ids.sorted("number")
            begun = rounds.filtered(lambda r, row=row: r.started_at <= row.requested_at)
            row.round_id = begun[-1:] or rounds[:1]

    @api.model
    def _end(self, complaints):
        """Close ``complaints``: keep how their current rounds ended, by whom and when.

        What was still asked is called off.
        """
        now = fields.Datetime.now()
        # sudo: complaint.complaint - facts of the case, written by its steps only
        complaints.sudo().write({"closed_at": now, "closed_by_id": self.env.uid})
        for (outcome, note), cases in complaints.grouped(
            lambda case: (case.outcome_id, case.close_note)
        ).items():
            # sudo: complaint.round - as above
            cases.sudo().round_id.write(
                {
                    "ended_at": now,
                    "ended_by_id": self.env.uid,
                    "outcome_id": outcome.id,
                    "close_note": note,
                }
            )
        # sudo: complaint.assignment - who may close needn't hold every request
        complaints.sudo().assignment_ids._end_with_case()
        complaints._complaint_event("closed")
