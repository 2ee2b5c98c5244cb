from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .complaint_round import ANSWERED_PHASES


class ComplaintRoundCourse(models.AbstractModel):
    """What the complainant says of an answer, and how the case goes on from there.

    One path for all who hear it: the window "Satisfied?", a follow-up call, the
    reopening of a closed case, a page of the complainant.
    """

    _name = "complaint.round.course"
    _description = "Course of Rounds"

    # ------------------------------------------------------------
    # WHAT IS POSSIBLE
    # ------------------------------------------------------------

    @api.model
    def _is_answered(self, complaint) -> bool:
        """Tell whether the current round has something to be satisfied with."""
        round_ = complaint.round_id
        if complaint.master_id or not round_:
            return False
        if round_.forum != "internal":
            return bool(round_.decided_on)
        return bool(round_.answered_at) or complaint.phase in ANSWERED_PHASES

    @api.model
    def _is_exhausted(self, complaint) -> bool:
        """Tell whether the policy knows no further internal round of ``complaint``."""
        had_all = self._has_had_all(complaint)
        return had_all or bool(self._get_lapsed(complaint, "internal"))

    @api.model
    def _has_had_all(self, complaint) -> bool:
        """Tell whether ``complaint`` has had all its internal rounds."""
        limit = complaint.policy_id.max_rounds
        internal = complaint.round_ids.filtered(lambda row: row.forum == "internal")
        return bool(limit) and len(internal) >= limit

    @api.model
    def _get_lapsed(self, complaint, forum):
        """Return the clock of the right to a next round before ``forum`` that is over.

        Whether the scheduler has marked it already or not.
        """
        now = fields.Datetime.now()
        # sudo: complaint.deadline - a right is over, whoever asks
        return complaint.sudo().deadline_ids.filtered(
            lambda clock: (
                clock.kind == "window"
                and clock.end_event == "round_started"
                and clock.end_forum in (False, forum)
                and clock.round_id == complaint.round_id
                and clock.state in ("running", "lapsed")
                and clock.due_at < now
            )
        )[:1]

    @api.model
    def _get_outside_rules(self, complaint):
        """Return the rules that lead ``complaint`` to a body outside."""
        rules = self.env["complaint.round.rule"]._get_matching(complaint)
        return rules.filtered(lambda rule: rule.forum != "internal")

    @api.model
    def _check_answered(self, complaint):
        """Refuse an opinion on a case that nobody has answered yet.

        :raise UserError: naming what has to be done first
        """
        if complaint.master_id:
            raise UserError(
                self.env._(
                    "%(complaint)s was merged into %(master)s: ask there.",
                    complaint=complaint.name,
                    master=complaint.master_id.name,
                )
            )
        if not self._is_answered(complaint):
            round_ = complaint.round_id
            if round_.forum != "internal":
                raise UserError(
                    self.env._(
                        "Round %(number)s of %(complaint)s isn't decided yet: note "
                        "first what the body has decided, and when.",
                        number=round_.number,
                        complaint=complaint.name,
                    )
                )
            raise UserError(
                self.env._(
                    "%s isn't answered yet: there is nothing to be satisfied or "
                    "dissatisfied with. Answer it first.",
                    complaint.name,
                )
            )

    @api.model
    def _check_next(self, complaint, rule):
        """Refuse a next round that the policy doesn't know.

        :param rule: ``complaint.round.rule`` of a body outside, or none
        :raise UserError: the internal rounds are exhausted, or the rule doesn't fit
        """
        outside = self._get_outside_rules(complaint)
        self._check_lapsed(complaint, rule.forum or "internal")
        if rule.forum not in ("internal", False):
            if rule not in outside:
                raise UserError(
                    self.env._(
                        "The policy doesn't lead %(complaint)s to “%(rule)s”.",
                        complaint=complaint.name,
                        rule=rule.name,
                    )
                )
        elif self._has_had_all(complaint):
            raise UserError(
                self.env._(
                    "%(complaint)s has had all %(count)s internal rounds that the "
                    "policy “%(policy)s” allows. What is left: %(bodies)s.",
                    complaint=complaint.name,
                    count=complaint.policy_id.max_rounds,
                    policy=complaint.policy_id.name,
                    bodies=", ".join(outside.mapped("name"))
                    or self.env._("nothing; close it with the outcome “No Agreement”"),
                )
            )

    @api.model
    def _check_lapsed(self, complaint, forum):
        """Refuse a round to which the right has lapsed, unless the office grants it.

        :raise UserError: naming the rule and the date
        """
        clock = self._get_lapsed(complaint, forum)
        office = complaint.policy_id.office_user_ids
        if clock and (self.env.su or self.env.user not in office):
            day = complaint.policy_id._get_local_day(clock.due_at)
            raise UserError(
                self.env._(
                    "The right to another round, “%(rule)s”, ended on %(date)s. Only "
                    "the complaint office may begin one all the same.",
                    rule=clock.name,
                    date=format_date(self.env, day),
                )
            )

    # ------------------------------------------------------------
    # WHAT IS SAID
    # ------------------------------------------------------------

    @api.model
    def _note(self, complaint, satisfaction: str, **values):
        """Keep what the complainant says of the current round and tell the engine.

        :param satisfaction: satisfied, dissatisfied or no_answer
        :param values: other fields of the round: ``satisfaction_via``,
            ``dissatisfaction_id``, ``satisfaction_note``, ``no_further`` …
        :raise UserError: the case isn't answered yet
        """
        self._check_answered(complaint)
        now = fields.Datetime.now()
        # sudo: complaint.round - rows of evidence are made by the case only
        round_ = complaint.round_id.sudo()
        round_.write(
            {
                "satisfaction": satisfaction,
                "satisfaction_asked_at": round_.satisfaction_asked_at or now,
                "satisfaction_at": now,
                "satisfaction_by_id": self.env.uid,
                "department_id": complaint.department_id.id,
                "handler_id": complaint.handler_id.id,
                "dissatisfaction_id": False,
                **values,
            }
        )
        self._log(complaint, round_)
        if satisfaction in ("satisfied", "dissatisfied"):
            complaint._complaint_event(satisfaction, complaint.round_id)
        self._rematch(complaint)

    def _log(self, complaint, round_):
        labels = dict(round_._fields["satisfaction"]._description_selection(self.env))
        details = (
            round_.dissatisfaction_id.name,
            round_.no_further and self.env._("no further complaint"),
            round_.satisfaction_note,
        )
        # sudo: complaint.complaint - who calls back needn't lead the case
        complaint.sudo()._message_log(
            body=self.env._(
                "Round %(number)s, the complainant: %(satisfaction)s. %(details)s",
                number=round_.number,
                satisfaction=labels[round_.satisfaction],
                details=" · ".join(filter(None, details)),
            )
        )

    def _rematch(self, complaint):
        self.env["complaint.deadline.matching"]._rematch_after(
            complaint, {"round_ids", "round_id"}
        )

    # ------------------------------------------------------------
    # THE NEXT ROUND
    # ------------------------------------------------------------

    @api.model
    def _go_on(self, complaint, cause=None, note=None, rule=None, **forum):
        """Begin the next round, of an open case or of a closed one.

        What belongs to earlier rounds stays as it is.

        :param cause: ``complaint.reason``, why it goes on
        :param rule: ``complaint.round.rule`` of the body outside that was chosen;
            None: the policy's rule for the next internal round, if it has one
        :param forum: fields of the round: body, number and dates there
        :raise UserError: the policy knows no such round
        """
        rules = self.env["complaint.round.rule"]
        self._check_next(complaint, rule or rules)
        if not rule:
            matching = rules._get_matching(complaint)
            rule = matching.filtered(lambda row: row.forum == "internal")[:1]
        # sudo: complaint.complaint - who hears it, by a call, needn't lead the case
        complaint = complaint.sudo()
        was_closed, previous = complaint.is_closed, complaint.round_id
        self.env["complaint.round"]._start(
            complaint,
            cause_id=cause and cause.id,
            note=note,
            rule_id=rule.id,
            **self._prepare_forum(rule, forum),
        )
        previous.filtered(lambda row: not row.ended_at).write(
            {"ended_at": fields.Datetime.now(), "ended_by_id": self.env.uid}
        )
        self._move(complaint, rule)
        self._raise_severity(complaint, rule)
        self._find_lead(complaint, rule, was_closed)
        complaint._complaint_event("round_started", complaint.round_id)
        self._rematch(complaint)

    def _prepare_forum(self, rule, forum) -> dict:
        if rule.forum in ("internal", False):
            return {}
        return {
            "forum": rule.forum,
            "forum_partner_id": rule.forum_partner_id.id,
            "filed_on": fields.Date.context_today(rule),
            **{name: value for name, value in forum.items() if value},
        }

    def _move(self, complaint, rule):
        """Let the round begin in the stage that the policy says."""
        stage = rule.stage_id
        inside = complaint.round_id.forum == "internal"
        if not stage and (inside or complaint.is_closed):
            stage = complaint.policy_id._get_first_stage()
        values = {"stage_id": stage.id} if stage and stage != complaint.stage_id else {}
        if complaint.is_closed:
            values |= {
                "outcome_id": False,
                "close_note": False,
                "closed_at": False,
                "closed_by_id": False,
            }
        if values:
            complaint.write(values)

    def _raise_severity(self, complaint, rule):
        if rule.severity_id.sequence > complaint.severity_level:
            note = self.env._("Round %s", complaint.round_id.number)
            complaint = complaint.with_context(complaint_severity_note=note)
            complaint.severity_id = rule.severity_id

    def _find_lead(self, complaint, rule, was_closed):
        """Ask whom the policy names to lead the round, else who led the one before."""
        routing = self.env["complaint.routing"]
        if not rule.role_id and not rule.other_handler:
            if was_closed:
                routing._resume(complaint)
            return
        role = rule.role_id
        if role:
            target = routing._resolve(role, complaint, {})
        else:
            target = role._make_department_target(complaint.department_id)
        if rule.other_handler:
            target = self._without_handler(complaint, role, target)
        values = routing._prepare_assignment(complaint, "lead", role, target, {})
        lead = complaint.lead_assignment_id
        same = (lead.user_id.id, lead.department_id.id) == (
            values["user_id"],
            values["department_id"],
        )
        if not (same and lead._is_open() and lead.user_id):
            routing._create_leads(complaint, [{**values, "is_routed": True}])

    def _without_handler(self, complaint, role, target):
        """Return ``target`` without who handled earlier rounds, by name.

        When everybody there has, without who handled the one before.
        """
        routing, handler = self.env["complaint.routing"], complaint.handler_id
        leads = complaint._get_leads("accepted", "done")
        able = routing._get_others(target, complaint, handler | leads.user_id)
        able = able or routing._get_others(target, complaint, handler)
        if not able:
            return routing._get_stand_in(complaint, complaint.policy_id, handler)
        user = role._choose_user(able, "lead", {})
        return target._replace(users=user or role._choose_by_load(able, "lead", {}))
