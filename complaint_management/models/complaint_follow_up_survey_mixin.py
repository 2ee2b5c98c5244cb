from odoo import api, fields, models
from odoo.exceptions import UserError

#: States in which somebody still has to be asked.
OPEN_CALLS = ("planned", "no_answer", "mailed")
#: Below so many points of 100 somebody isn't content, where a rule has no target.
CONTENT_POINTS = 50


class ComplaintFollowUpSurveyMixin(models.AbstractModel):
    """A follow-up whose way is mail: sent, reminded of once, ended by the scheduler.

    A mail is queued in the transaction that notes it, on a row that the scheduler has
    locked, and the next one is reckoned from it: after any downtime nobody gets two.
    """

    _name = "complaint.follow.up.survey.mixin"
    _description = "Survey by Mail"

    def _get_surveys(self):
        return self.filtered(lambda row: row.via == "mail")

    @api.model
    def _end_answered_surveys(self, complaints):
        """Call off what the complainants have answered by another way."""
        # sudo: complaint.follow.up - evidence, written by these methods only
        rows = self.sudo().search(
            [
                ("complaint_id", "in", complaints.ids),
                ("state", "in", OPEN_CALLS),
                ("via", "=", "mail"),
            ]
        )
        rows = rows.filtered(lambda row: row.round_id == row.complaint_id.round_id)
        rows._cancel()

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def _plan_surveys(self):
        """Set when the scheduler looks next: at a mail, and at the end."""
        now = fields.Datetime.now()
        for row in self:
            moment = row._is_open() and row._get_next_moment()
            row.next_event_at = moment and max(moment, now)
        self.env["complaint.runner"]._wake(self)

    def _get_next_moment(self):
        """Return when something happens to this survey: a mail, or its end."""
        if self.state == "planned":
            return self.call_at
        if self._is_reminded():
            return self.due_at
        return min(self.call_at, self.due_at) if self.due_at else self.call_at

    def _is_reminded(self) -> bool:
        return self.attempt_count >= (self.rule_id.max_attempts or 1)

    def _run_surveys(self):
        """Mail what is due, remind of it once, give up what isn't answered in time."""
        now = fields.Datetime.now()
        waiting = self.filtered(lambda row: row._is_open())
        unwanted = waiting.filtered(lambda row: not row._is_wanted())
        unwanted._cancel()
        waiting -= unwanted
        ended = waiting.filtered(
            lambda row: row.state != "planned" and row.due_at and row.due_at <= now
        )
        for row in ended:
            row._end()
        due = (waiting - ended).filtered(
            lambda row: row.call_at <= now and not row._is_reminded()
        )
        lost = due.filtered(lambda row: not row.complaint_id._get_survey_party())
        lost._return_survey()
        (due - lost)._mail_survey()
        self._plan()

    def _is_wanted(self) -> bool:
        """Tell whether asking still makes sense: nothing has happened meanwhile."""
        case = self.complaint_id
        known = self.round_id.satisfaction in ("satisfied", "dissatisfied")
        return (
            self.round_id == case.round_id
            and not known
            and case.active
            and self._may_be_surveyed(case)
        )

    @api.model
    def _may_be_surveyed(self, case) -> bool:
        """Tell whether there is somebody to ask about ``case`` by mail.

        Never about a case that was merged or withdrawn, nor about one that we have
        opened ourselves: an event of our own, or told by who registered it.
        """
        main = case._get_all_parties()[case]._get_main()
        registrar = case.registered_by_id
        people = main.partner_id.user_ids | main.employee_id.user_id
        return not (
            case.master_id
            or case.outcome_id.outcome == "withdrawn"
            or case.nature == "event"
            or (registrar and registrar in people)
        )

    # ------------------------------------------------------------
    # MAILS
    # ------------------------------------------------------------

    def _mail_survey(self):
        """Queue the survey, or its reminder; note that on the follow-up.

        :raise UserError: the rule has no mail, or a broken one
        """
        by_mail = self.grouped(lambda row: (row.rule_id, bool(row.attempt_count)))
        for (rule, is_reminder), rows in by_mail.items():
            template = rule._get_survey_template(is_reminder)
            if not template:
                raise UserError(self.env._("“%s” has no survey mail.", rule.name))
            parties = self.env["complaint.party"].concat(
                *(row.complaint_id._get_survey_party() for row in rows)
            )
            mails = parties._send_mail(template)
            for row in rows:
                party = row.complaint_id._get_survey_party()
                row._note_mail(
                    mails.filtered(lambda mail, p=party: mail.res_id == p.id)
                )

    def _note_mail(self, mail):
        """Keep that a mail has gone out; the reminder and the end count from now."""
        now, rule = fields.Datetime.now(), self.rule_id
        self._log_attempt("mailed")
        # sudo: complaint.follow.up.attempt - evidence, made by the rules only
        self.sudo().attempt_ids.sorted("id")[-1:].message_id = mail.mail_message_id[:1]
        values = {"state": "mailed", "call_at": rule._get_retry(now)}
        if self.attempt_count == 1:
            values["due_at"] = rule._get_delay_end(now, self.policy_id)
        self.write(values)
        # sudo: complaint.round - rows of evidence are made by the case only
        round_ = self.round_id.sudo()
        round_.satisfaction_asked_at = round_.satisfaction_asked_at or now

    def _return_survey(self, note=None):
        """Go on with surveys that don't reach anybody: by telephone, or not at all."""
        for row in self.filtered(lambda row: row._is_open()):
            rule = row.rule_id
            if not rule.call_instead:
                row._end(note)
                continue
            now = fields.Datetime.now()
            row.write(
                {
                    "via": "call",
                    "state": "planned",
                    "note": note,
                    "call_at": now,
                    "due_at": rule._get_delay_end(now, row.policy_id),
                    **rule._prepare_caller(row.complaint_id, {}),
                }
            )
            row._plan()

    @api.model
    def _return_mails(self, messages, reason):
        """Take note that these ``mail.message`` didn't arrive."""
        # sudo: complaint.follow.up.attempt - the mail server says so
        attempts = self.env["complaint.follow.up.attempt"].sudo()
        rows = attempts.search([("message_id", "in", messages.ids)]).follow_up_id
        rows._get_surveys()._return_survey((reason or "")[:500])

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def _judge_survey(self, answers: dict):
        """Return whether the answers tell that somebody is content; None: they don't.

        :param answers: {question id: value}
        """
        question = self.rule_id._get_scored()
        points = self.env["complaint.follow.up.answer"]._get_points(
            question.kind, answers.get(question.id)
        )
        if points is None:
            return None
        content = points >= (self.rule_id.target_score or CONTENT_POINTS)
        return "satisfied" if content else "dissatisfied"

    def _try_to_go_on(self, case, summary):
        """Begin the next round; where the house's rules forbid it, a person does."""
        try:
            with self.env.cr.savepoint():
                self._go_on(case, summary)
        except UserError as error:
            case.invalidate_recordset()
            case._message_log(body=str(error))
            self.env["complaint.mail.intake"]._remind(case, "round")

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @api.model
    def _get_survey_figures(self, policies) -> dict:
        """Return what surveys tell: apart from calls, of which people answer more."""
        domain = [("policy_id", "in", policies.ids), ("via", "=", "mail")]
        ended = [("state", "in", ("done", "given_up"))]
        rows = {
            policy: values
            for policy, *values in self._read_group(
                domain + ended,
                ["policy_id"],
                ["__count", "reached_count:sum", "satisfied_count:sum"],
            )
        }
        figures = {}
        for policy in policies:
            total, answered, satisfied = rows.get(policy, (0, 0, 0))
            figures[policy] = {
                "survey_count": total,
                "survey_rate": round(100 * answered / total) if total else 0,
                "survey_satisfied_rate": (
                    round(100 * satisfied / answered) if answered else 0
                ),
            }
        return figures
