import logging
from datetime import timedelta

from babel.dates import format_timedelta
from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import get_lang

from .complaint_runner import CONFLICTS
from .complaint_scheduled_mixin import MAX_FAILURES

_logger = logging.getLogger(__name__)

#: A rung that fires later than this after its time was late: the server was down.
LATE = timedelta(minutes=5)
#: Cases that one message lists.
MOST_LINES = 50


class ComplaintEscalation(models.Model):
    """One rung that fired to one recipient: evidence, and a receipt to sign."""

    _name = "complaint.escalation"
    _description = "Escalation"
    _inherit = ["complaint.scheduled.mixin"]
    _order = "fired_at desc, id desc"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("complaint.policy", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    rule_id = fields.Many2one(
        "complaint.escalation.rule", index="btree_not_null", ondelete="set null"
    )
    round_id = fields.Many2one("complaint.round", ondelete="set null")
    deadline_id = fields.Many2one(
        "complaint.deadline", index="btree_not_null", ondelete="cascade"
    )
    occurrence = fields.Integer(help="For which date of the deadline it fired.")
    occasion = fields.Char(
        required=True, help="What the rungs of one ladder that fire have in common."
    )
    name = fields.Char(string="Why", required=True)
    note = fields.Char(string="Reason")
    level = fields.Integer()
    user_id = fields.Many2one("res.users", string="Told", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", string="Outside Partner Told")
    planned_at = fields.Datetime(required=True)
    fired_at = fields.Datetime(required=True)
    is_late = fields.Boolean(
        compute="_compute_is_late", help="Fired after its time: the server was down."
    )
    notice_at = fields.Datetime(
        help="When the notice is sent; empty: it was, or never."
    )
    notified_at = fields.Datetime(readonly=True)
    acknowledged_at = fields.Datetime(readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", readonly=True)
    fire_key = fields.Char(required=True)

    _fire_key_uniq = models.UniqueIndex("(fire_key)")
    _notice_idx = models.Index("(notice_at, id) WHERE notice_at IS NOT NULL")
    _user_idx = models.Index("(user_id) WHERE acknowledged_at IS NULL")

    @api.depends("planned_at", "fired_at")
    def _compute_is_late(self):
        for row in self:
            row.is_late = row.fired_at - row.planned_at > LATE

    @api.model
    def _create_once(self, vals_list):
        """Create the rows whose key isn't there yet: every rung fires exactly once.

        :return: the new rows
        :raise ConcurrencyError: somebody else fires the same at this moment; whoever
            called tries again on what is there then
        """
        # sudo: complaint.escalation - evidence, made by the engine only
        rows = self.sudo()
        if not vals_list:
            return rows
        keys = [vals["fire_key"] for vals in vals_list]
        known = set(rows.search([("fire_key", "in", keys)]).mapped("fire_key"))
        fresh = {
            vals["fire_key"]: vals
            for vals in vals_list
            if vals["fire_key"] not in known
        }
        try:
            with self.env.cr.savepoint():
                return rows.create(list(fresh.values()))
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    # ------------------------------------------------------------
    # ACKNOWLEDGING
    # ------------------------------------------------------------

    def action_acknowledge(self):
        """Sign for having been told.

        :raise UserError: it is somebody else's to acknowledge
        """
        mine = self.filtered(lambda row: row.user_id == self.env.user)
        if mine != self:
            raise UserError(self.env._("Only who was told acknowledges an escalation."))
        # sudo: complaint.escalation - the row itself is evidence, not the user's
        signed = mine.sudo().filtered(lambda row: not row.acknowledged_at)
        signed.write(
            {
                "acknowledged_at": fields.Datetime.now(),
                "acknowledged_by_id": self.env.uid,
            }
        )
        if signed:
            signed.complaint_id._complaint_event("escalation_acknowledged", signed)
        return True

    # ------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------

    @api.model
    def _send_notices(self):
        """Tell everybody of what is theirs: one message a person, then commit.

        A notice that can't be sent is tried again later and holds up no other.
        """
        cron = self.env["ir.cron"]
        waiting = [("notice_at", "<=", fields.Datetime.now())]
        for user, partner in self._read_group(waiting, ["user_id", "partner_id"]):
            rows = self.search(
                [*waiting, ("user_id", "=", user.id), ("partner_id", "=", partner.id)]
            ).try_lock_for_update(allow_referencing=True)
            rows._send_notice(user.partner_id or partner)
            if not cron._commit_progress(len(rows)):
                break

    def _send_notice(self, partner):
        """Send one message to ``partner`` about all rows of self."""
        now = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                # Who was recused meanwhile is told nothing.
                told = self.filtered(
                    lambda row: row.user_id not in row.complaint_id.excluded_user_ids
                )
                if told and partner:
                    told.with_context(lang=partner.lang)._notify_partner(partner)
                    told._plan_activities()
                told.notified_at = now
                self.notice_at = False
        except CONFLICTS:
            raise
        except Exception:
            _logger.warning("%s could not be told", partner, exc_info=True)
            for row in self:
                row.failure_count += 1
                later = now + timedelta(minutes=5 * row.failure_count)
                row.notice_at = row.failure_count < MAX_FAILURES and later

    def _notify_partner(self, partner):
        """Say what is late, and how late; a bundle names cases by their numbers."""
        body = Markup("<ul>%s</ul>") % Markup("").join(
            Markup('<li><a href="/odoo/complaints/%s">%s</a>: %s</li>')
            % (row.complaint_id.id, row.complaint_id.name, row._get_line())
            for row in self[:MOST_LINES]
        )
        if len(self) > MOST_LINES:
            more = self.env._("… and %s more.", len(self) - MOST_LINES)
            body += Markup("<p>%s</p>") % more
        single = self.complaint_id if len(self.complaint_id) == 1 else None
        user = self.user_id[:1]
        # The companies of whoever let this run aren't the recipient's.
        theirs = self.env(user=user, context={}) if user else self.env
        if single and (not user or single.with_env(theirs).has_access("read")):
            thread, name = single, single.name
        else:
            thread = self.env["mail.thread"]
            name = self.env._("%s complaints", len(self.complaint_id))
        thread.message_notify(
            partner_ids=partner.ids,
            subject=self.env._("Escalated: %s", name),
            body=body,
        )

    def _get_line(self) -> str:
        """Return in words what is late, and how late."""
        self.ensure_one()
        text = f"{self.name} ({self.note})" if self.note else self.name
        if not self.deadline_id:
            return text
        due_at, now = self.deadline_id.due_at, fields.Datetime.now()
        locale = get_lang(self.env, self.env.context.get("lang")).code
        values = {
            "why": text,
            "deadline": self.deadline_id.display_name,
            "time": format_timedelta(abs(now - due_at), threshold=1, locale=locale),
        }
        if due_at > now:
            return self.env._("%(why)s: “%(deadline)s” is due in %(time)s", **values)
        return self.env._("%(why)s: “%(deadline)s” is late by %(time)s", **values)

    def _plan_activities(self):
        """Plan what the rungs want people to do."""
        for row in self.filtered(
            lambda row: row.user_id and row.rule_id.activity_type_id
        ):
            row.complaint_id.activity_schedule(
                activity_type_id=row.rule_id.activity_type_id.id,
                summary=row.name,
                user_id=row.user_id.id,
                date_deadline=row.policy_id._get_local_day(row.fired_at),
            )

    # ------------------------------------------------------------
    # THE RUNG ABOVE
    # ------------------------------------------------------------

    def _plan(self):
        """Set when the rungs above are looked at, and wake the scheduler for it."""
        fired = self._get_fired_above()
        for row in self:
            moments = [
                moment
                for rule, moment in row._get_above()
                if (rule, row.complaint_id, row.occasion) not in fired
            ]
            row.next_event_at = min(moments, default=False)
        self.env["complaint.runner"]._wake(self)

    def _get_above(self) -> list:
        """Return the rungs above this one with their moments."""
        above = [
            (rule, rule._get_delay_end(self.fired_at, self.policy_id))
            for rule in self.rule_id.next_ids
            if rule.trigger == "previous"
        ]
        return [(rule, moment) for rule, moment in above if moment >= rule.since]

    def _get_fired_above(self) -> set:
        """Return which rungs above have fired: (rule, case, occasion) triples."""
        rules = self.rule_id.next_ids
        rows = rules and self.search(
            [
                ("rule_id", "in", rules.ids),
                ("complaint_id", "in", self.complaint_id.ids),
            ]
        )
        return {(row.rule_id, row.complaint_id, row.occasion) for row in rows or ()}

    def _run_due(self):
        """Fire the rungs above, unless the case has moved on or somebody has signed."""
        now = fields.Datetime.now()
        signed, firings = self._get_signed(), {}
        for row in self.filtered(lambda row: row._is_unsettled()):
            occasion = (row.complaint_id, row.occasion)
            for rule, moment in row._get_above():
                if rule.unless_acknowledged and (row.rule_id, *occasion) in signed:
                    continue
                if moment <= now and rule._filter_complaints(row.complaint_id):
                    firings[rule, *occasion] = (row.deadline_id, moment)
        self.env["complaint.escalation.rule"]._fire(
            [(*key, *values) for key, values in firings.items()]
        )
        for row in self:
            moments = [moment for _rule, moment in row._get_above() if moment > now]
            row.next_event_at = min(moments, default=False)

    def _is_unsettled(self) -> bool:
        """Tell whether what was escalated is still open, in the same round."""
        if self.deadline_id:
            clock = self.deadline_id
            return (
                clock.state in ("running", "missed")
                and clock.occurrence == self.occurrence
            )
        case = self.complaint_id
        return not case.is_closed and case.round_id == self.round_id

    def _get_signed(self) -> set:
        """Return what one of those told of the same thing has acknowledged."""
        rows = self.search(
            [
                ("rule_id", "in", self.rule_id.ids),
                ("complaint_id", "in", self.complaint_id.ids),
                ("acknowledged_at", "!=", False),
            ]
        )
        return {(row.rule_id, row.complaint_id, row.occasion) for row in rows}
