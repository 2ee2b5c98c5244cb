from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.events import ASSIGNMENT_EVENTS
from .complaint_deadline import OPEN_STATES
from .complaint_deadline_rule import round_up
from .complaint_delay_mixin import get_extended, get_resumed

#: Clocks at which the scheduler looks.
LIVE_STATES = ("running", "missed")


class ComplaintDeadline(models.Model):
    """What the scheduler does with clocks, and what people may ask of them."""

    _inherit = "complaint.deadline"

    # ------------------------------------------------------------
    # SCHEDULER
    # ------------------------------------------------------------

    def _plan(self, after=None):
        """Set when the scheduler looks at each clock next, and wake it for that.

        :param after: what was due until then has been dealt with
        """
        fired, vals_list = self._get_fired_rungs(), []
        for clock in self:
            moments = [moment for _rung, moment in clock._get_open_rungs(fired)]
            if not clock.missed_at:
                moments.append(clock.due_at)
                moments += [clock.warn_at] if not clock.warned_at else []
            left = (m for m in moments if m and not (after and m <= after))
            vals_list.append({"next_event_at": min(left, default=False)})
        self._write_each(vals_list)
        self.env["complaint.runner"]._wake(self)

    @api.model
    def _get_first_moment(self, vals: dict, now):
        """Return when the scheduler looks first at a clock that is begun with ``vals``.

        As ``_plan`` does, without another UPDATE.
        """
        rule = self.env["complaint.deadline.rule"].browse(vals["rule_id"])
        due_at, calendar = vals["due_at"], self.env["resource.calendar"]
        office = rule.policy_id._on_calendar(calendar.browse(vals["calendar_id"]))
        # sudo: complaint.escalation.rule - clocks run for whoever causes the event
        rungs = rule.sudo().escalation_rule_ids
        moments = [
            moment
            for rung in rungs
            if max(moment := rung._get_moment(due_at, office), now) >= rung.since
        ]
        return min([due_at, *filter(None, [vals["warn_at"]]), *moments])

    def _get_fired_rungs(self) -> dict:
        """Return for which date of a clock a rung has fired, by (clock id, rung id)."""
        if not self.rule_id.escalation_rule_ids:
            return {}
        groups = self.env["complaint.escalation"]._read_group(
            [("deadline_id", "in", self.ids)],
            ["deadline_id", "rule_id"],
            ["occurrence:max"],
        )
        return {(clock.id, rule.id): last for clock, rule, last in groups}

    def _get_open_rungs(self, fired: dict) -> list:
        """Return the rungs that are still to fire for this clock, with their moments.

        A rung that was added later doesn't catch up what was over before. For another
        date a rung fires anew, unless that moment was over when the date was set.
        """
        rungs, office = [], self._get_office()
        for rung in self.rule_id.escalation_rule_ids:
            moment = rung._get_moment(self.due_at, office)
            last = fired.get((self.id, rung.id))
            known = last is not None and (
                last == self.occurrence or moment <= self.set_at
            )
            if not known and max(moment, self.set_at) >= rung.since:
                rungs.append((rung, moment))
        return rungs

    def _get_occasion(self) -> str:
        """Return what the rungs of one date of this clock have in common."""
        return f"deadline,{self.id},{self.occurrence}"

    def _run_due(self):
        """Mark what is due by now, fire its rungs and plan the next look.

        States are written set-based first; notices follow from the rows.
        """
        now = fields.Datetime.now()
        live = self.filtered(lambda clock: clock.state in LIVE_STATES)
        warned = live.filtered(
            lambda clock: (
                clock.warn_at
                and not clock.warned_at
                and clock.warn_at <= now < clock.due_at
            )
        )
        over = live.filtered(lambda clock: clock.due_at <= now and not clock.missed_at)
        lapsed = over.filtered(lambda clock: clock.kind == "window")
        missed = over - lapsed
        if warned:
            warned.warned_at = now
            warned._log("warned", now)
        missed._mark(SQL("'missed'"), SQL("due_at"), now)
        lapsed._mark(SQL("'lapsed'"), SQL("NULL"), now)
        self._emit("deadline_near", warned)
        self._emit("deadline_missed", missed)
        self._emit("window_lapsed", lapsed)
        self.env["complaint.escalation.rule"]._fire_due(live - lapsed, now)
        live = self.filtered(lambda clock: clock.state in LIVE_STATES)
        live._plan(after=now)
        (self - live).filtered("next_event_at").next_event_at = False

    def _mark(self, state: SQL, missed_at: SQL, now):
        """Write the state of clocks that are over, and its evidence, in two queries."""
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE complaint_deadline
                      SET state = %(state)s,
                          missed_at = %(missed_at)s,
                          warned_at = COALESCE(warned_at, %(now)s),
                          next_event_at = NULL
                    WHERE id = ANY(%(ids)s)""",
                state=state,
                missed_at=missed_at,
                now=now,
                ids=self.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO complaint_deadline_log
                          (deadline_id, complaint_id, type, at, due_at, user_id,
                           create_uid, create_date, write_uid, write_date)
                   SELECT id, complaint_id, %(state)s, due_at, due_at, %(uid)s,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM complaint_deadline
                    WHERE id = ANY(%(ids)s)
                    ORDER BY due_at, id""",
                state=state,
                uid=self.env.uid,
                now=now,
                ids=self.ids,
            )
        )
        # Nothing that is stored depends on it: what was due next is still due next.
        self.invalidate_recordset(
            ["state", "missed_at", "warned_at", "next_event_at", "log_ids"]
        )

    def _plan_live(self):
        """Plan the clocks of self at which the scheduler looks at all."""
        self.filtered(lambda clock: clock.state in LIVE_STATES)._plan()

    # ------------------------------------------------------------
    # WHAT AN EVENT IS ABOUT
    # ------------------------------------------------------------

    @api.model
    def _is_awaited(self, event) -> bool:
        """Tell whether ``event`` may do something to a clock: most events don't."""
        return (
            event in ("closed", "stage_entered")
            or event in ASSIGNMENT_EVENTS
            or event in self._get_end_events()
        )

    @api.model
    @tools.ormcache()
    def _get_end_events(self) -> frozenset:
        """Return the events that open clocks wait for, and those that rules name.

        A clock that begins later waits for what a rule says by then; a rule that is
        changed is read again.
        """
        # sudo: complaint.deadline, complaint.deadline.rule - as above
        clocks, rules = self.sudo(), self.env["complaint.deadline.rule"].sudo()
        waiting = clocks._read_group([("state", "in", OPEN_STATES)], ["end_event"])
        named = rules.with_context(active_test=False)._read_group([], ["end_event"])
        return frozenset(event for (event,) in waiting + named)

    @api.model
    def _get_open(self, complaints):
        """Return the open clocks of ``complaints``."""
        # What was just registered has no other clocks than those just started.
        ids = self.env.context.get("complaint_fresh", ())
        fresh = complaints.filtered(lambda case: case.id in ids)
        # sudo: complaint.deadline - clocks run for whoever causes the event
        clocks, known = self.sudo(), (complaints - fresh).ids
        if known:
            clocks = clocks.search(
                [("complaint_id", "in", known), ("state", "in", OPEN_STATES)]
            )
        # sudo: complaint.deadline - as above
        started = fresh.sudo().deadline_ids
        return clocks | started.filtered(lambda clock: clock.state in OPEN_STATES)

    # ------------------------------------------------------------
    # OTHER RULES
    # ------------------------------------------------------------

    def _get_start(self):
        """Return when this clock began, by what its case says now."""
        rule = self.rule_id
        if rule.event in ("received", "date"):
            return rule._get_start(self.complaint_id, self.started_at)
        return self.started_at

    def _replay(self, dates: dict, rule) -> dict:
        """Return ``dates`` of ``rule`` moved by the pauses and extensions so far."""
        policy = self.policy_id._on_calendar(rule.calendar_id)
        paused_at, unit = None, rule.delay_unit
        for log in self.log_ids.sorted(lambda log: (log.at, log.id)):
            if log.type == "paused":
                paused_at = log.at
            elif log.type in ("resumed", "extended"):
                for name in ("due_at", "warn_at"):
                    moment = dates[name]
                    if moment and log.type == "extended":
                        args = (log.old_due_at, log.due_at)
                        dates[name] = get_extended(moment, unit, policy, *args)
                    elif moment and paused_at:
                        pause = (paused_at, log.at)
                        dates[name] = get_resumed(
                            moment, unit, policy, self.started_at, pause
                        )
        dates["due_at"] = round_up(dates["due_at"], rule.rounding, unit, policy)
        return dates

    @api.model
    def _end_with_remedies(self, remedies):
        """Call off what was owed of ``remedies`` of which nothing comes any more."""
        clocks = self.search(
            [("remedy_id", "in", remedies.ids), ("state", "in", OPEN_STATES)]
        )
        if clocks:
            note = self.env._("Nothing comes of the remedy any more.")
            clocks._cancel(fields.Datetime.now(), note)

    @api.model
    def _emit(self, event, clocks):
        if clocks:
            clocks.complaint_id._complaint_event(event, clocks)

    def _log(self, type_, at, old_dates=None, notes=None):
        """Keep what happened to the clocks; one INSERT for all.

        :param old_dates: the due dates before, clock by clock
        :param notes: the reasons, clock by clock
        """
        if not self:
            return
        none = [None] * len(self)
        self.flush_recordset(["complaint_id"])
        # Rows of evidence, made here only: nothing depends on them.
        self.env.cr.execute(
            SQL(
                """INSERT INTO complaint_deadline_log
                          (deadline_id, complaint_id, type, at, old_due_at, due_at,
                           note, user_id, create_uid, create_date, write_uid,
                           write_date)
                   SELECT clock, complaint, %(type)s, at, old_due_at, due_at, note,
                          %(uid)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM unnest(
                              %(clocks)s::int[], %(complaints)s::int[],
                              %(ats)s::timestamp[], %(old_dates)s::timestamp[],
                              %(dates)s::timestamp[], %(notes)s::varchar[]
                          ) AS row (clock, complaint, at, old_due_at, due_at, note)""",
                type=type_,
                clocks=self.ids,
                complaints=[clock.complaint_id.id for clock in self],
                ats=[at or clock.started_at for clock in self],
                old_dates=list(old_dates or none),
                dates=[clock.due_at for clock in self],
                notes=[note or None for note in notes or none],
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_recordset(["log_ids"])

    # ------------------------------------------------------------
    # EXTENSION
    # ------------------------------------------------------------

    def action_extend(self):
        """Open the window that asks for another date and the reason.

        :raise UserError: the rule allows no (more) extension
        """
        self.ensure_one()
        self._check_extendable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Extend"),
            "res_model": "complaint.deadline.extend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_deadline_id": self.id},
        }

    def _check_extendable(self):
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("“%s” has ended already.", self.name))
        if self.figure_missing:
            return
        if self.extension_count >= self.rule_id.extensions:
            raise UserError(
                self.env._(
                    "“%(name)s” can be extended %(count)s times by the policy, and was "
                    "extended %(done)s times.",
                    name=self.name,
                    count=self.rule_id.extensions,
                    done=self.extension_count,
                )
            )
        if self.due_at < fields.Datetime.now():
            raise UserError(
                self.env._(
                    "“%s” is over already: the complainant has to know of an extension "
                    "before the old date passes.",
                    self.name,
                )
            )
