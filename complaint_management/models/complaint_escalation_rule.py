from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Rungs of a ladder that fire by themselves at a time, not at an event.
TIMED_TRIGGERS = ("deadline", "previous")


class ComplaintEscalationRule(models.Model):
    """One rung of a ladder: when, on which cases, who is told and what happens."""

    _name = "complaint.escalation.rule"
    _description = "Escalation Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
        "complaint.event.mixin",
    ]
    _complaint_used_by = [("complaint.escalation", "rule_id")]

    level = fields.Integer(default=1, help="Which rung of the ladder it is.")
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
    # who
    role_ids = fields.Many2many("complaint.role", string="Who is Told", required=True)
    # what happens
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        domain="[('res_model', 'in', (False, 'complaint.complaint'))]",
        help="Planned for everybody told. Empty: only a message.",
    )
    lead_role_id = fields.Many2one(
        "complaint.role",
        string="Hand the Case to",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    severity_id = fields.Many2one(
        "complaint.severity",
        string="Raise to Severity",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    stage_id = fields.Many2one(
        "complaint.stage",
        string="Move to Stage",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    assignment_template_id = fields.Many2one(
        "complaint.assignment.template",
        string="Ask for",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Run",
        ondelete="restrict",
        domain="[('model_name', '=', 'complaint.complaint')]",
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

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: fire rungs at once."""
        # sudo: complaint.escalation.rule - rules work for whoever causes the event
        rules = self.sudo().search(
            [
                ("policy_id", "in", complaints.policy_id.ids),
                ("trigger", "=", "event"),
                ("event", "=", event),
            ]
        )
        firings = []
        for rule in rules:
            cases = rule._filter_complaints(rule._filter_event(complaints, source))
            for case in cases:
                key = f"{event},{source and source.ids},{case.round_id.id}"
                firings.append((rule, case, key, self.env["complaint.deadline"], at))
        self._fire(firings)

    @api.model
    def _fire_due(self, clocks, now: datetime):
        """Fire the rungs of the clocks whose time has come and that haven't fired."""
        fired = clocks._get_fired_rungs()
        firings = []
        for clock in clocks:
            for rule in clock.rule_id.escalation_rule_ids:
                moment = rule._get_moment(clock)
                if moment <= now and (clock.id, rule.id) not in fired:
                    if rule._filter_complaints(clock.complaint_id):
                        key = f"deadline,{clock.id}"
                        firings.append((rule, clock.complaint_id, key, clock, moment))
        self._fire(firings)

    def _get_moment(self, clock) -> datetime:
        """Return when this rung fires for ``clock``."""
        if self.moment == "before":
            return self._get_delay_before(
                clock.due_at, clock.policy_id, self.delay, self.delay_unit
            )
        return self._get_delay_end(clock.due_at, clock.policy_id)

    @api.model
    def _fire(self, firings):
        """Write one row a recipient, tell everybody once, and do what the rungs say.

        :param firings: ``(rule, case, key, clock, moment)`` tuples
        """
        escalations = self.env["complaint.escalation"]
        vals_list = []
        for rule, case, key, clock, moment in firings:
            vals_list += rule._prepare_escalations(case, key, clock, moment)
        rows = escalations._create_once(vals_list)
        for rule, case, _key, _clock, _moment in firings:
            if rows.filtered(lambda row, r=rule, c=case: (row.rule_id, row.complaint_id) == (r, c)):
                rule._act(case, rows)
        rows._notify()
        rows._plan()
        return rows

    def _prepare_escalations(self, complaint, key, clock, moment) -> list[dict]:
        """Return the values of one row for everybody whom the rung tells."""
        now = fields.Datetime.now()
        values = {
            "complaint_id": complaint.id,
            "policy_id": complaint.policy_id.id,
            "rule_id": self.id,
            "round_id": complaint.round_id.id,
            "deadline_id": clock.id,
            "name": self.name,
            "level": self.level,
            "planned_at": moment or now,
            "fired_at": now,
        }
        routing = self.env["complaint.routing"]
        users = self.env["res.users"]
        partners = self.env["res.partner"]
        for role in self.role_ids:
            target = routing._resolve(role, complaint, {})
            partners |= target.partner
            users |= target.users or target.department.complaint_manager_ids
        recipients = [{"user_id": user.id} for user in users]
        recipients += [{"partner_id": partner.id} for partner in partners]
        return [
            {**values, **who, "fire_key": f"{self.id}|{complaint.id}|{key}|{who}"}
            for who in recipients
        ]

    def _act(self, complaint, rows):
        """Do on ``complaint`` what this rung says; a refused move is noted, not fatal."""
        self.ensure_one()
        steps = (
            self._act_lead,
            self._act_severity,
            self._act_stage,
            self._act_assignment,
            self._act_server_action,
        )
        for step in steps:
            try:
                with self.env.cr.savepoint():
                    step(complaint)
            except (UserError, ValidationError) as error:
                complaint._message_log(
                    body=self.env._(
                        "Escalation “%(rule)s” could not go on: %(error)s",
                        rule=self.name,
                        error=error,
                    )
                )

    def _act_lead(self, complaint):
        if self.lead_role_id:
            routing = self.env["complaint.routing"]
            target = routing._resolve(self.lead_role_id, complaint, {})
            user = self.lead_role_id._choose_user(target.users, "lead", {})
            complaint.write(
                {
                    "department_id": target.department.id,
                    "handler_id": user.id or target.users[:1].id,
                }
            )

    def _act_severity(self, complaint):
        if self.severity_id:
            complaint._raise_severity(self.severity_id, note=self.name)

    def _act_stage(self, complaint):
        if self.stage_id and complaint.stage_id != self.stage_id:
            complaint.stage_id = self.stage_id

    def _act_assignment(self, complaint):
        template = self.assignment_template_id
        if template:
            self.env["complaint.assignment"].create(
                template._prepare_assignment(complaint)
            )

    def _act_server_action(self, complaint):
        if self.server_action_id:
            self.server_action_id.with_context(
                active_model=complaint._name,
                active_id=complaint.id,
                active_ids=complaint.ids,
            ).run()
