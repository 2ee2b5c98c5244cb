from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What says when a rung fires: another value is another rung.
WHEN_FIELDS = {
    "trigger",
    "event",
    "deadline_rule_id",
    "moment",
    "previous_id",
    "delay",
    "delay_unit",
    "active",
}


class ComplaintEscalationRule(models.Model):
    """One rung of a ladder: when, on which cases, who is told and what happens."""

    _name = "complaint.escalation.rule"
    _description = "Escalation Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
        "complaint.event.row.mixin",
        "complaint.escalation.act.mixin",
    ]
    _complaint_used_by = [
        ("complaint.escalation", "rule_id"),
        ("complaint.escalation.rule", "previous_id"),
    ]

    level = fields.Integer(
        aggregator=None, default=1, help="Which rung of the ladder it is."
    )
    # when
    trigger = fields.Selection(
        [
            ("event", "At Once when Something Happens"),
            ("deadline", "Before or after a Deadline"),
            ("previous", "After the Rung Below"),
            ("manual", "By Hand"),
        ],
        required=True,
        default="deadline",
    )
    deadline_rule_id = fields.Many2one(
        "complaint.deadline.rule",
        string="Deadline",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    moment = fields.Selection(
        [("before", "Before It Is Due"), ("after", "After It Was Due")],
        required=True,
        default="after",
    )
    previous_id = fields.Many2one(
        "complaint.escalation.rule",
        string="Rung Below",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id), ('id', '!=', id)]",
    )
    next_ids = fields.One2many("complaint.escalation.rule", "previous_id")
    unless_acknowledged = fields.Boolean(
        default=True, help="Doesn't fire when somebody told below has acknowledged it."
    )
    since = fields.Datetime(
        string="In Force Since",
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        copy=False,
        help="A new rung doesn't fire for what was over before it was made.",
    )
    # who
    role_ids = fields.Many2many("complaint.role", string="Who is Told", required=True)
    # what happens
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        domain="[('res_model', 'in', (False, 'complaint.complaint'))]",
        help="Planned for everybody told. Empty: only a message.",
    )

    @api.constrains("trigger", "event", "deadline_rule_id", "previous_id")
    def _check_trigger(self):
        needed = {
            "event": "event",
            "deadline": "deadline_rule_id",
            "previous": "previous_id",
        }
        for rule in self:
            field = needed.get(rule.trigger)
            if field and not rule[field]:
                raise ValidationError(
                    self.env._("Say when the rung “%s” fires.", rule.name)
                )
        if self._has_cycle("previous_id"):
            raise ValidationError(self.env._("A ladder can't lead back to itself."))

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._replan()
        return rules

    def write(self, vals):
        moved = WHEN_FIELDS & vals.keys()
        # sudo: complaint.deadline - clocks that the administrator can't see run too
        before = self.sudo()._get_waiting() if moved else None
        if moved:
            vals = {**vals, "since": fields.Datetime.now()}
        result = super().write(vals)
        if moved:
            self._replan(before)
        return result

    def _get_waiting(self) -> tuple:
        """Return the running clocks and the told people whom these rungs are about."""
        clocks = self.env["complaint.deadline"].search(
            [
                ("rule_id", "in", self.deadline_rule_id.ids),
                ("state", "in", ("running", "missed")),
            ]
        )
        rows = self.env["complaint.escalation"].search(
            [
                ("rule_id", "in", self.previous_id.ids),
                ("complaint_id.is_closed", "=", False),
            ]
        )
        return clocks, rows

    def _replan(self, before=None):
        """Let what runs already know of rungs that are new, moved or gone."""
        # sudo: complaint.deadline - as above
        now = self.sudo()._get_waiting()
        for old, new in zip(before or now, now, strict=True):
            (old | new)._plan()

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    @api.model
    def _get_listening_domain(self) -> list:
        return [("trigger", "=", "event"), *super()._get_listening_domain()]

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: fire rungs at once."""
        rules = self._get_listening(complaints, event)
        if not rules:
            return
        # sudo: complaint.complaint - rules work for whoever causes the event
        complaints, at = complaints.sudo(), at or fields.Datetime.now()
        firings = []
        for rule in rules:
            cases = rule._filter_event(complaints, event, source)
            for case in rule._filter_complaints(cases):
                occasion, clock = self._get_occasion(case, event, source, at)
                firings.append((rule, case, occasion, clock, at))
        self._fire(firings)

    def _get_occasion(self, case, event, source, at) -> tuple:
        """Return what names this one happening, and the clock it is about."""
        rows = source if source is not None and "complaint_id" in source else None
        if rows is not None:
            # sudo: any row of the case - as above
            rows = rows.sudo().filtered(lambda row: row.complaint_id == case)
        none = self.env["complaint.deadline"]
        clock = rows[:1] if rows is not None and rows._name == none._name else none
        if clock:
            return f"{event},{clock.id},{clock.occurrence}", clock
        ids = rows.ids if rows is not None else source and source.ids
        return f"{event},{ids or ''},{case.round_id.id},{at:%Y%m%d%H%M%S}", none

    @api.model
    def _fire_due(self, clocks, now: datetime):
        """Fire the rungs of the clocks whose time has come and that haven't fired."""
        fired = clocks._get_fired_rungs()
        firings = [
            (rule, clock.complaint_id, clock._get_occasion(), clock, moment)
            for clock in clocks
            for rule, moment in clock._get_open_rungs(fired)
            if moment <= now and rule._filter_complaints(clock.complaint_id)
        ]
        self._fire(firings)

    def _get_moment(self, due_at: datetime, policy) -> datetime:
        """Return when this rung fires for a clock that is due then."""
        if self.moment == "before":
            return self._get_delay_before(due_at, policy, self.delay, self.delay_unit)
        return self._get_delay_end(due_at, policy) if self.delay else due_at

    @api.model
    def _get_manual(self, complaint):
        """Return the rungs that somebody may fire by hand on ``complaint``."""
        rules = self.search(
            [("policy_id", "=", complaint.policy_id.id), ("trigger", "=", "manual")]
        )
        return rules.filtered(lambda rule: rule._filter_complaints(complaint))

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    @api.model
    def _fire(self, firings, note=None):
        """Write one row a recipient, and do what the rungs say.

        Everybody is told from these rows, after commit, once for a burst.

        :param firings: ``(rule, case, occasion, clock, moment)`` tuples
        """
        memo, vals_list = {}, []
        for rule, case, occasion, clock, moment in firings:
            values = rule._prepare_escalation(case, occasion, clock, moment)
            values["note"] = note
            for who in rule._get_recipients(case, memo):
                person = f"{who.get('user_id', '')}|{who.get('partner_id', '')}"
                key = f"{rule.id}|{case.id}|{occasion}|{person}"
                vals_list.append({**values, **who, "fire_key": key})
        rows = self.env["complaint.escalation"]._create_once(vals_list)
        fresh = {(row.rule_id, row.complaint_id, row.occasion) for row in rows}
        for rule, case, occasion, _clock, _moment in firings:
            if (rule, case, occasion) in fresh:
                rule._act(case, memo)
        rows._plan()
        if rows:
            self.env["complaint.runner"]._wake_at(fields.Datetime.now())
        return rows

    def _prepare_escalation(self, complaint, occasion, clock, moment) -> dict:
        """Return what the rows of this rung have in common, whoever is told."""
        now = fields.Datetime.now()
        return {
            "complaint_id": complaint.id,
            "policy_id": complaint.policy_id.id,
            "rule_id": self.id,
            "round_id": complaint.round_id.id,
            "deadline_id": clock.id,
            "occurrence": clock.occurrence,
            "occasion": occasion,
            "name": self._in_company_lang().name,
            "level": self.level,
            "planned_at": moment,
            "fired_at": now,
            "notice_at": now,
        }

    def _get_recipients(self, complaint, memo: dict) -> list[dict]:
        """Return whom this rung tells; nobody is only who may not know of the case.

        :param memo: kept by the caller for a batch, see ``complaint.routing``
        """
        routing = self.env["complaint.routing"]
        users = self.env["res.users"]
        partners = self.env["res.partner"]
        # What is late inside is nothing to tell those who are complained about.
        respondents = complaint.party_ids._get_respondents().partner_id
        for role in self.role_ids:
            target = routing._resolve(role, complaint, memo)
            outside = target.partner - respondents
            if not self._get_users(target, complaint) and not outside:
                target = routing._get_stand_in(complaint, complaint.policy_id)
            partners |= outside
            users |= self._get_users(target, complaint)
        recipients = [{"user_id": user.id} for user in users]
        recipients += [{"partner_id": partner.id} for partner in partners]
        # Without anybody there is still the evidence, and the board "Stuck".
        return recipients or [{"notice_at": False}]

    def _get_users(self, target, complaint):
        department = target.department
        users = target.users or department.complaint_manager_ids
        return users.filtered("active") - complaint.excluded_user_ids
