from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ComplaintEscalation(models.Model):
    """One rung that fired to one recipient: evidence, and a receipt to sign."""

    _name = "complaint.escalation"
    _description = "Escalation"
    _order = "fired_at desc, id desc"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("complaint.policy", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    rule_id = fields.Many2one(
        "complaint.escalation.rule", index="btree_not_null", ondelete="set null"
    )
    round_id = fields.Many2one("complaint.round", ondelete="set null")
    deadline_id = fields.Many2one(
        "complaint.deadline", index="btree_not_null", ondelete="cascade"
    )
    name = fields.Char(string="Why", required=True)
    level = fields.Integer()
    user_id = fields.Many2one("res.users", string="Told", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", string="Outside Partner Told")
    planned_at = fields.Datetime(required=True)
    fired_at = fields.Datetime(required=True)
    is_late = fields.Boolean(
        compute="_compute_is_late", help="Fired after its time: the server was down."
    )
    acknowledged_at = fields.Datetime(readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", readonly=True)
    next_event_at = fields.Datetime(help="When the rung above is looked at.")
    failure_count = fields.Integer()
    fire_key = fields.Char(required=True)

    _fire_key_uniq = models.UniqueIndex("(fire_key)")
    _next_idx = models.Index(
        "(next_event_at, id) WHERE next_event_at IS NOT NULL AND failure_count < 3"
    )
    _user_idx = models.Index("(user_id) WHERE acknowledged_at IS NULL")

    @api.depends("planned_at", "fired_at")
    def _compute_is_late(self):
        for row in self:
            row.is_late = (row.fired_at - row.planned_at).total_seconds() > 300

    @api.model
    def _create_once(self, vals_list):
        """Create the rows whose key isn't there yet: every rung fires exactly once.

        :return: the new rows
        """
        # sudo: complaint.escalation - evidence, made by the engine only
        rows = self.sudo()
        keys = [vals["fire_key"] for vals in vals_list]
        known = set(rows.search([("fire_key", "in", keys)]).mapped("fire_key"))
        fresh = {
            vals["fire_key"]: vals for vals in vals_list if vals["fire_key"] not in known
        }
        return rows.create(list(fresh.values()))

    def action_acknowledge(self):
        """Sign for having been told.

        :raise UserError: it is somebody else's to acknowledge
        """
        mine = self.filtered(lambda row: row.user_id == self.env.user)
        if mine != self:
            raise UserError(
                self.env._("Only who was told acknowledges an escalation.")
            )
        # sudo: complaint.escalation - the row itself is evidence, not the user's
        mine.sudo().filtered(lambda row: not row.acknowledged_at).write(
            {
                "acknowledged_at": fields.Datetime.now(),
                "acknowledged_by_id": self.env.uid,
            }
        )
        mine.complaint_id._complaint_event("escalation_acknowledged", mine)
        return True

    def _notify(self):
        """Tell everybody of what is theirs: one message a person for a burst."""
        per_partner = defaultdict(self.browse)
        for row in self:
            per_partner[row.user_id.partner_id or row.partner_id] |= row
        for partner, rows in per_partner.items():
            rows.with_context(lang=partner.lang)._notify_partner(partner)
        for rule, rows in self.grouped("rule_id").items():
            if rule.activity_type_id:
                rows._plan_activities(rule.activity_type_id)

    def _notify_partner(self, partner):
        lines = Markup("").join(
            Markup('<li><a href="/odoo/complaints/%s">%s</a>: %s</li>')
            % (row.complaint_id.id, row.complaint_id.display_name, row._get_line())
            for row in self
        )
        self[0].complaint_id.message_notify(
            partner_ids=partner.ids,
            subject=self.env._("Escalated complaints: %s", len(self)),
            body=Markup("<ul>%s</ul>") % lines,
        )

    def _get_line(self) -> str:
        """Return in words what is late, and how late."""
        if not self.deadline_id:
            return self.name
        due = fields.Datetime.context_timestamp(self, self.deadline_id.due_at)
        return self.env._(
            "%(why)s (%(deadline)s, due %(due)s)",
            why=self.name,
            deadline=self.deadline_id.name,
            due=due.strftime("%Y-%m-%d %H:%M"),
        )

    def _plan_activities(self, activity_type):
        for row in self.filtered("user_id"):
            row.complaint_id.activity_schedule(
                activity_type_id=activity_type.id,
                summary=row.name,
                user_id=row.user_id.id,
                date_deadline=fields.Date.context_today(row),
            )

    def _plan(self):
        """Set when the rung above is looked at, and wake the scheduler for it."""
        for row in self:
            moments = [
                rule._get_delay_end(row.fired_at, row.policy_id)
                for rule in row.rule_id.next_ids
                if not row._has_fired(rule)
            ]
            row.next_event_at = min(moments, default=False)
        self.env["complaint.runner"]._wake(self)

    def _has_fired(self, rule) -> bool:
        key = self._get_next_key()
        return bool(
            self.search_count(
                [
                    ("rule_id", "=", rule.id),
                    ("complaint_id", "=", self.complaint_id.id),
                    ("fire_key", "like", f"{rule.id}|{self.complaint_id.id}|{key}|%"),
                ],
                limit=1,
            )
        )

    def _get_next_key(self) -> str:
        """Return what the rungs above share: the clock or the round they are about."""
        return f"above,{self.deadline_id.id},{self.round_id.id}"

    @api.model
    def _get_due_domain(self) -> Domain:
        """Return the domain of the rows whose rung above may fire now."""
        return Domain("next_event_at", "<=", fields.Datetime.now()) & Domain(
            "failure_count", "<", 3
        )

    def _run_due(self):
        """Fire the rungs above, unless the case has moved on or somebody has signed."""
        now = fields.Datetime.now()
        firings = []
        for row in self.filtered(lambda row: row._is_unsettled()):
            for rule in row.rule_id.next_ids:
                moment = rule._get_delay_end(row.fired_at, row.policy_id)
                signed = rule.unless_acknowledged and row._is_acknowledged()
                if moment <= now and not signed and rule._filter_complaints(row.complaint_id):
                    firings.append(
                        (
                            rule,
                            row.complaint_id,
                            row._get_next_key(),
                            row.deadline_id,
                            moment,
                        )
                    )
        self.env["complaint.escalation.rule"]._fire(firings)
        self._plan_above(now)

    def _plan_above(self, now):
        """Look again only for rungs above whose time is still to come."""
        for row in self:
            moments = [
                rule._get_delay_end(row.fired_at, row.policy_id)
                for rule in row.rule_id.next_ids
            ]
            row.next_event_at = min(
                (moment for moment in moments if moment > now), default=False
            )

    def _is_unsettled(self) -> bool:
        """Tell whether what was escalated is still open."""
        if self.deadline_id:
            return self.deadline_id.state in ("running", "missed")
        return not self.complaint_id.is_closed

    def _is_acknowledged(self) -> bool:
        """Tell whether one of those told of the same thing has signed."""
        return bool(
            self.search_count(
                [
                    ("rule_id", "=", self.rule_id.id),
                    ("complaint_id", "=", self.complaint_id.id),
                    ("deadline_id", "=", self.deadline_id.id),
                    ("round_id", "=", self.round_id.id),
                    ("acknowledged_at", "!=", False),
                ],
                limit=1,
            )
        )
