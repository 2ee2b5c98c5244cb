from odoo import api, fields, models
from odoo.fields import Domain

from .complaint_follow_up_survey_mixin import OPEN_CALLS
from .complaint_round import SATISFACTION, SATISFACTION_VIA


class ComplaintFollowUp(models.Model):
    """One call-back, visit or survey: when, by whom, tried how often, what was said.

    Rules plan it; whoever is asked makes it from the calling list. It keeps the
    questions as they were asked and who had handled the case.
    """

    _name = "complaint.follow.up"
    _description = "Follow-up"
    _inherit = [
        "complaint.round.row.mixin",
        "complaint.scheduled.mixin",
        "complaint.follow.up.survey.mixin",
    ]
    _order = "call_at, id"

    policy_id = fields.Many2one(index=True)
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    rule_id = fields.Many2one(
        "complaint.follow.up.rule", index="btree_not_null", ondelete="restrict"
    )
    name = fields.Char(string="What About", required=True)
    via = fields.Selection(SATISFACTION_VIA, string="How", default="call")
    # who
    role_id = fields.Many2one("complaint.role", ondelete="restrict")
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    user_id = fields.Many2one("res.users", string="Asked By", index="btree_not_null")
    candidate_ids = fields.Many2many(
        "res.users", "complaint_follow_up_candidate_rel", string="One Of"
    )
    handled_by_id = fields.Many2one("res.users")
    handled_department_id = fields.Many2one(
        "hr.department",
        string="Handling Department",
        compute="_compute_handled_department_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    # when
    planned_at = fields.Datetime(default=fields.Datetime.now, required=True)
    call_at = fields.Datetime(
        string="To Call",
        default=fields.Datetime.now,
        required=True,
        index=True,
        help="The first attempt, or the next one after an attempt in vain.",
    )
    due_at = fields.Datetime(string="Due", index=True)
    late_at = fields.Datetime(help="When it was overdue: stays when it is done.")
    state = fields.Selection(
        [
            ("planned", "To Call"),
            ("no_answer", "No Answer"),
            ("mailed", "Mailed"),
            ("done", "Done"),
            ("given_up", "Given Up"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="planned",
        index=True,
    )
    # what came of it
    attempt_ids = fields.One2many("complaint.follow.up.attempt", "follow_up_id")
    attempt_count = fields.Integer(string="Attempts", default=0)
    answer_ids = fields.One2many("complaint.follow.up.answer", "follow_up_id")
    done_at = fields.Datetime()
    done_by_id = fields.Many2one("res.users")
    score = fields.Integer(aggregator="avg", help="Of 100.")
    is_scored = fields.Boolean(help="One of the answers counts.")
    is_low = fields.Boolean(string="Below Target")
    satisfaction = fields.Selection(SATISFACTION)
    reason_id = fields.Many2one(
        "complaint.reason", string="Why Not Satisfied", ondelete="restrict"
    )
    carried_out = fields.Selection(
        [("yes", "Carried Out"), ("no", "Not Carried Out")],
        string="What Was Promised",
    )
    note = fields.Text()
    # counted
    planned_count = fields.Integer(
        string="To Be Asked", compute="_compute_counts", store=True
    )
    done_count = fields.Integer(string="Ended", compute="_compute_counts", store=True)
    reached_count = fields.Integer(
        string="Reached", compute="_compute_counts", store=True
    )
    satisfied_count = fields.Integer(
        string="Satisfied", compute="_compute_counts", store=True
    )

    _open_idx = models.Index(
        "(user_id, call_at) WHERE state IN ('planned', 'no_answer', 'mailed')"
    )

    @api.depends("complaint_id")
    def _compute_handled_department_id(self):
        for row in self:
            row.handled_department_id = row.complaint_id.department_id

    @api.depends("state", "satisfaction")
    def _compute_counts(self):
        for row in self:
            row.planned_count = row.state != "cancelled"
            row.done_count = row.state in ("done", "given_up")
            row.reached_count = row.state == "done"
            row.satisfied_count = (
                row.state == "done" and row.satisfaction == "satisfied"
            )

    @api.depends("name", "complaint_id.name")
    def _compute_display_name(self):
        for row in self:
            parts = (row.complaint_id.name, row.name)
            row.display_name = " · ".join(filter(None, parts))

    @api.model
    def _get_figures(self, policies) -> dict:
        """Return the call-back figures of each policy, as far as the user sees cases.

        Counted against what was reached: what is done, given up or overdue.
        """
        now = fields.Datetime.now()
        due = Domain("state", "in", ("done", "given_up")) | (
            Domain("state", "in", OPEN_CALLS) & Domain("due_at", "<", now)
        )
        of_policies = Domain([("policy_id", "in", policies.ids), ("via", "!=", "mail")])

        def sums(domain, *names):
            """Return the sums of ``names`` by policy."""
            rows = self._read_group(of_policies & domain, ["policy_id"], list(names))
            return {policy: values for policy, *values in rows}

        judged = sums(due, "__count", "reached_count:sum", "satisfied_count:sum")
        planned = sums(Domain("state", "!=", "cancelled"), "__count")
        waiting = sums(Domain("state", "in", OPEN_CALLS), "__count")
        figures = self._get_survey_figures(policies)
        for policy in policies:
            total, reached, satisfied = judged.get(policy, (0, 0, 0))
            figures[policy] |= {
                "follow_up_count": planned.get(policy, [0])[0],
                "follow_up_open_count": waiting.get(policy, [0])[0],
                "follow_up_rate": round(100 * reached / total) if total else 0,
                "satisfied_rate": round(100 * satisfied / reached) if reached else 0,
            }
        return figures

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        # Who is asked sees the case at once, not after the next flush.
        calls.complaint_id._recompute_recordset(["access_ids"])
        return calls

    # ------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: call off what is over."""
        if event in ("satisfied", "dissatisfied"):
            self._end_answered_surveys(complaints)
        ending = ("round_started", "merged", "withdrawn")
        if event not in ending:
            return
        # sudo: complaint.follow.up - evidence, made by the rules only
        rows = self.sudo().search(
            [("complaint_id", "in", complaints.ids), ("state", "in", OPEN_CALLS)]
        )
        if event == "round_started":
            rows = rows.filtered(lambda row: row.round_id != row.complaint_id.round_id)
        rows._cancel()

    def _cancel(self):
        self.write({"state": "cancelled", "next_event_at": False})

    def _is_open(self) -> bool:
        return self.state in OPEN_CALLS

    def _get_asked_users(self):
        """Return who makes these follow-ups, by name."""
        waiting = self.filtered(lambda row: row._is_open())
        named = waiting.user_id | (self - waiting).done_by_id
        return named | waiting.filtered(lambda row: not row.user_id).candidate_ids

    def _gives_access(self) -> bool:
        """Tell whether who makes this follow-up sees its case."""
        return self._is_open() or self.state in ("done", "given_up")

    def _plan(self):
        """Set when the scheduler looks next: at a retry, and when it gets late."""
        now, surveys = fields.Datetime.now(), self._get_surveys()
        surveys._plan_surveys()
        calls = self - surveys
        for row in calls:
            moments = [row.call_at] if row.state == "no_answer" else []
            if row._is_open() and not row.late_at:
                moments.append(row.due_at)
            waiting = [moment for moment in moments if moment]
            row.next_event_at = bool(waiting) and max(min(waiting), now)
        self.env["complaint.runner"]._wake(calls)

    def _run_due(self):
        """Bring back who has to be tried again; mark what is late; mail surveys."""
        now, surveys = fields.Datetime.now(), self._get_surveys()
        surveys._run_surveys()
        calls = self - surveys
        calls.filtered(
            lambda row: row.state == "no_answer" and row.call_at <= now
        ).state = "planned"
        for row in calls:
            if row._is_open() and row.due_at and row.due_at <= now and not row.late_at:
                row.late_at = row.due_at
        calls._plan()

    @api.model
    def _replace_leaving(self, users):
        """Ask others for what archived ``users`` were to ask."""
        held = Domain("user_id", "in", users.ids)
        asked = Domain("candidate_ids", "in", users.ids)
        # sudo: complaint.follow.up - whoever archives users needn't see the cases
        rows = self.sudo().search((held | asked) & Domain("state", "in", OPEN_CALLS))
        rows._replace_unavailable()

    def _replace_unavailable(self):
        """Ask others for what nobody can ask any more who was meant to.

        :param self: follow-ups in sudo mode
        """
        routing, memo = self.env["complaint.routing"], {}
        for row in self.filtered(lambda row: row._is_open() and row.rule_id):
            if routing._has_nobody(row, memo):
                row.write(row.rule_id._prepare_caller(row.complaint_id, memo))

    # ------------------------------------------------------------
    # ATTEMPTS AND ANSWERS
    # ------------------------------------------------------------

    def _note_attempt(self, result: str, note=None):
        """Keep an attempt in vain; try again later, at last never.

        :param result: a result of ``complaint.follow.up.attempt`` but answered
        """
        now = fields.Datetime.now()
        # sudo: complaint.follow.up - evidence, written by these methods only
        for row in self.sudo():
            row._log_attempt(result, note)
            rule = row.rule_id
            last = row.attempt_count >= (rule.max_attempts or 1)
            if last or result in ("wrong", "refused"):
                row._end(note)
            else:
                row.write({"state": "no_answer", "call_at": rule._get_retry(now)})
                row._plan()

    def _log_attempt(self, result, note=None):
        self.env["complaint.follow.up.attempt"].create(
            {"follow_up_id": self.id, "result": result, "note": note}
        )
        self.attempt_count += 1

    def _end(self, note=None):
        """Give up: the complainant couldn't be asked, and the round knows that."""
        self.write(
            {
                "state": "given_up",
                "note": note,
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
                "next_event_at": False,
            }
        )
        course = self.env["complaint.round.course"]
        for row in self:
            case = row.complaint_id
            current = row.round_id == case.round_id and course._is_answered(case)
            if current and case.satisfaction == "unknown":
                course._note(case, "no_answer", satisfaction_via=row.via)

    def _record_answers(self, values: dict):
        """Keep what a complainant has answered, and let the case go on from it.

        The one entry for the calling list, a public page and other add-ons.

        :param values: ``answers``: {question id: 1 to 5, "yes", "no" or words};
            ``satisfaction``: satisfied or dissatisfied; ``reason_id``: why not;
            ``carried_out``: "yes" or "no"; ``no_further``: the complainant leaves it at
            that; ``note``; ``via``. All of them may be missing.
        """
        self.ensure_one()
        # sudo: complaint.follow.up - as above
        row = self.sudo()
        answers = row._prepare_answers(values.get("answers") or {})
        answer_rows = self.env["complaint.follow.up.answer"]
        score = answer_rows._get_score(answers)
        rule, satisfaction = row.rule_id, values.get("satisfaction")
        is_low = score is not None and score < rule.target_score
        if values.get("carried_out") == "no" or (
            is_low and rule.low_result == "round" and not satisfaction
        ):
            satisfaction = "dissatisfied"
        row._log_attempt("answered")
        # sudo: complaint.follow.up.answer - as above
        answer_rows.sudo().create(answers)
        row.write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
                "next_event_at": False,
                "is_scored": score is not None,
                "is_low": is_low,
                "satisfaction": satisfaction,
                "reason_id": values.get("reason_id"),
                "carried_out": values.get("carried_out"),
                "note": values.get("note"),
                "via": values.get("via") or row.via,
                **({} if score is None else {"score": score}),
            }
        )
        row.complaint_id._complaint_event("follow_up_done", row)
        if is_low:
            row.complaint_id._complaint_event("follow_up_low", row)
        row._tell_round(bool(values.get("no_further")))

    def _prepare_answers(self, answers: dict) -> list[dict]:
        """Return the rows of what was answered, with the questions as asked."""
        return [
            {
                "follow_up_id": self.id,
                "question_id": question.id,
                "name": question.name,
                "kind": question.kind,
                "weight": question.weight,
                "value": str(answers[question.id]),
            }
            for question in self.rule_id.question_ids.sorted("sequence")
            if answers.get(question.id)
        ]

    def _tell_round(self, no_further):
        """Keep the complainant's opinion on the round; begin the next if it is due."""
        course, case = self.env["complaint.round.course"], self.complaint_id
        if self.round_id != case.round_id or not course._is_answered(case):
            return
        summary = self._get_summary()
        if self.satisfaction:
            course._note(
                case,
                self.satisfaction,
                satisfaction_via=self.via,
                satisfaction_note=summary,
                dissatisfaction_id=self.reason_id.id,
                no_further=no_further,
            )
        again = self.satisfaction == "dissatisfied" or (
            self.is_low and self.rule_id.low_result == "round"
        )
        if again and not no_further:
            # Nobody of the house is there to read a refusal when a mail is answered.
            go_on = self._try_to_go_on if self._get_surveys() else self._go_on
            go_on(case, summary)

    def _go_on(self, case, summary):
        course = self.env["complaint.round.course"]
        if not course._is_exhausted(case):
            course._go_on(case, self.reason_id, summary)
            return
        responsible = self.env["complaint.discretion"]._get_stand_in(case)
        speech = self.with_context(lang=responsible.lang).env
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=speech._("No internal round is left: offer the bodies outside"),
            note=summary,
            user_id=responsible.id,
        )

    def _get_summary(self) -> str:
        """Return in a line what came of this follow-up."""
        parts = [self.name]
        if self.is_scored:
            parts.append(self.env._("%s of 100 points", self.score))
        if self.carried_out == "no":
            parts.append(self.env._("what was promised isn't done"))
        if self.note:
            parts.append(self.note)
        return " · ".join(parts)
