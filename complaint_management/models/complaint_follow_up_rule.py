from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..tools.delay import DELAY_UNITS
from .complaint_delay_mixin import get_delay_end
from .complaint_follow_up import OPEN_CALLS
from .complaint_round import SATISFACTION_VIA


class ComplaintFollowUpRule(models.Model):
    """When this happened to such a case, this role asks the complainant about it."""

    _name = "complaint.follow.up.rule"
    _description = "Follow-up Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
        "complaint.event.row.mixin",
        "complaint.sample.mixin",
    ]
    _complaint_used_by = [("complaint.follow.up", "rule_id")]

    event = fields.Selection(required=True, default="closed")
    # when
    wait = fields.Integer(
        aggregator=None,
        string="Not Before",
        help="For a later check that the problem hasn't come back. 0: at once.",
    )
    wait_unit = fields.Selection(DELAY_UNITS, default="days", required=True)
    delay = fields.Integer(string="Within", aggregator=None, default=5)
    # who and how
    role_id = fields.Many2one(
        "complaint.role",
        string="Asked By",
        required=True,
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    independent = fields.Boolean(
        string="Not the Handler", help="Whoever answered for the case doesn't ask."
    )
    via = fields.Selection(
        SATISFACTION_VIA, string="How", required=True, default="call"
    )
    max_attempts = fields.Integer(
        aggregator=None,
        string="Attempts",
        default=3,
        required=True,
        help="After so many in vain, the follow-up is given up.",
    )
    retry_delay = fields.Integer(
        string="Again After", aggregator=None, default=1, required=True
    )
    retry_unit = fields.Selection(DELAY_UNITS, default="work_days", required=True)
    # what
    question_ids = fields.Many2many(
        "complaint.follow.up.question",
        string="Questions",
        domain="[('policy_id', '=', policy_id)]",
    )
    target_score = fields.Integer(
        aggregator=None,
        string="Target",
        help="Of 100; a lower score is told as an event. 0: no target.",
    )
    low_result = fields.Selection(
        [("event", "Is Noted"), ("round", "Starts the Next Round")],
        string="A Lower Score",
        required=True,
        default="event",
    )
    follow_up_ids = fields.One2many("complaint.follow.up", "rule_id")

    _target_percent = models.Constraint(
        "CHECK(target_score BETWEEN 0 AND 100)", "The target is a score from 0 to 100."
    )
    _attempts_positive = models.Constraint(
        "CHECK(max_attempts > 0 AND retry_delay >= 0 AND wait >= 0)",
        "At least one attempt is made; delays can't be negative.",
    )

    @api.constrains("delay", "delay_unit")
    def _check_delay(self):
        for rule in self:
            if not rule.delay and rule.delay_unit not in ("shift", "work_days", "days"):
                raise ValidationError(
                    self.env._("Say within how long “%s” is due.", rule.name)
                )

    # ------------------------------------------------------------
    # PLANNING
    # ------------------------------------------------------------

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: plan follow-ups."""
        rules = self._get_listening(complaints, event)
        if not rules:
            return
        # sudo: complaint.complaint - rules work for whoever causes the event
        complaints = complaints.sudo()
        memo, vals_list, at = {}, [], at or fields.Datetime.now()
        planned = self._get_planned(complaints)
        for rule in rules:
            for case in rule._get_concerned(complaints, event, source):
                if (rule.id, case.round_id.id) not in planned:
                    vals_list.append(rule._prepare_follow_up(case, at, memo))
        # sudo: complaint.follow.up - evidence, made by the rules only
        follow_ups = self.env["complaint.follow.up"].sudo().create(vals_list)
        follow_ups._plan()

    def _get_planned(self, complaints) -> set:
        """Return which rule has planned something in which round already."""
        # sudo: complaint.follow.up - as above
        rows = self.env["complaint.follow.up"].sudo()
        rows = rows.search_fetch(
            [
                ("complaint_id", "in", complaints.ids),
                ("rule_id", "!=", False),
                ("state", "!=", "cancelled"),
            ],
            ["rule_id", "round_id"],
        )
        return {(row.rule_id.id, row.round_id.id) for row in rows}

    def _get_concerned(self, complaints, event, source):
        """Return those of ``complaints`` whose complainants are asked.

        Nobody can ask who is anonymous. What was merged goes on elsewhere; who has
        withdrawn is asked only by a rule that says so.
        """
        cases = self._filter_event(complaints, event, source).filtered(
            lambda case: (
                case.identity != "anonymous"
                and not case.master_id
                and (
                    event == "withdrawn"
                    or not case.is_closed
                    or case.outcome_id.outcome != "withdrawn"
                )
            )
        )
        return self._filter_complaints(cases).filtered(self._is_in_sample)

    def _prepare_follow_up(self, complaint, at, memo: dict) -> dict:
        """Return the values of the follow-up of ``complaint``, asked for ``at``."""
        if (self, at) not in memo:
            policy = self.policy_id
            begin = get_delay_end(at, self.wait, self.wait_unit, policy)
            begin = begin if self.wait else at
            memo[self, at] = (begin, self._get_delay_end(begin, policy))
        call_at, due_at = memo[self, at]
        return {
            "complaint_id": complaint.id,
            "rule_id": self.id,
            "name": self.name,
            "via": self.via,
            "role_id": self.role_id.id,
            "handled_by_id": complaint.handler_id.id,
            "handled_department_id": complaint.department_id.id,
            "planned_at": at,
            "call_at": call_at,
            "due_at": due_at,
            **self._prepare_caller(complaint, memo),
        }

    def _prepare_caller(self, complaint, memo: dict) -> dict:
        """Return who asks the complainant of ``complaint``.

        Who complained in confidence is known to the complaint office alone, so that
        nobody else can call.
        """
        routing, role = self.env["complaint.routing"], self.role_id
        if self._is_for_office(complaint):
            office = self.policy_id.office_user_ids.filtered("active")
            target = role._make_target(users=office - complaint.excluded_user_ids)
        else:
            target = routing._resolve(role, complaint, memo)
        if self.independent:
            # By name: a whole department would let its handler call.
            users = self._without_handler(complaint, target).users
            target = role._make_target(users=users)
        user = self._choose_caller(target.users, memo)
        by_name = not user and not target.department
        candidates = target.users if by_name else user.browse()
        return {
            "department_id": target.department.id,
            "user_id": user.id,
            "candidate_ids": [Command.set(candidates.ids)],
        }

    def _choose_caller(self, users, memo: dict):
        """Return the one of ``users`` who calls; none when somebody takes it by hand.

        In turn and by load are the same here: who has the fewest calls left.
        """
        if self.role_id.distribution == "hand" or len(users) < 2:
            return users if len(users) == 1 else users.browse()
        counts = memo.setdefault("calls", {})
        new = users.filtered(lambda user: user not in counts)
        if new:
            # sudo: complaint.follow.up - whoever causes the event can't see all calls
            loads = (
                self.env["complaint.follow.up"]
                .sudo()
                ._read_group(
                    [("user_id", "in", new.ids), ("state", "in", OPEN_CALLS)],
                    ["user_id"],
                    ["__count"],
                )
            )
            counts.update(dict.fromkeys(new, 0) | dict(loads))
        chosen = min(users, key=lambda user: (counts[user], user.id))
        counts[chosen] += 1
        return chosen

    def _is_for_office(self, complaint) -> bool:
        """Tell whether the complaint office alone knows who complained."""
        if complaint.identity != "confidential":
            return False
        party = complaint._get_all_parties()[complaint]._get_main()
        return party.identity_access == "office"

    def _without_handler(self, complaint, target):
        """Return ``target`` without who answered for ``complaint``, by name.

        When nobody else is left, who stands in: the office, administrators at last.
        """
        routing, handler = self.env["complaint.routing"], complaint.handler_id
        able = routing._get_others(target, complaint, handler)
        if able:
            return target._replace(users=able)
        return routing._get_stand_in(complaint, self.policy_id, handler)

    def _get_retry(self, moment):
        """Return when to try again after an attempt in vain."""
        return get_delay_end(moment, self.retry_delay, self.retry_unit, self.policy_id)
