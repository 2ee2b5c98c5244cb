from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import groupby

from ..tools.delay import DELAY_UNITS, WORK_UNITS
from ..tools.events import ASSIGNMENT_TYPES, EVENTS
from .complaint_stage import PHASES

#: Clocks that an event can still reach.
OPEN_STATES = ("running", "paused", "missed")


class ComplaintDeadline(models.Model):
    """One running clock of one case, with what its rule said when it started."""

    _name = "complaint.deadline"
    _description = "Complaint Deadline"
    _order = "due_at, id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("complaint.policy", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    round_id = fields.Many2one("complaint.round", ondelete="set null")
    assignment_id = fields.Many2one(
        "complaint.assignment", index="btree_not_null", ondelete="cascade"
    )
    # what the rule said
    rule_id = fields.Many2one(
        "complaint.deadline.rule", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(required=True)
    end_event = fields.Selection(EVENTS, required=True)
    end_stage_id = fields.Many2one("complaint.stage", ondelete="set null")
    end_phase = fields.Selection(PHASES)
    end_assignment_type = fields.Selection(ASSIGNMENT_TYPES)
    kind = fields.Selection([("due", "Duty"), ("window", "Right")], required=True)
    promised = fields.Boolean()
    pausable = fields.Boolean()
    survives_closing = fields.Boolean()
    figure_missing = fields.Boolean(
        help="The figure of this case is not agreed yet: set the date."
    )
    delay = fields.Integer()
    delay_unit = fields.Selection(DELAY_UNITS, required=True)
    # dates
    started_at = fields.Datetime(required=True)
    due_at = fields.Datetime(string="Due", required=True, index=True)
    warn_at = fields.Datetime(string="Warning")
    warned_at = fields.Datetime()
    reached_at = fields.Datetime()
    missed_at = fields.Datetime(help="Evidence: it stays when the duty is done late.")
    paused_at = fields.Datetime()
    extension_count = fields.Integer(string="Extended")
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("missed", "Missed"),
            ("met", "Met"),
            ("late", "Met Late"),
            ("lapsed", "Lapsed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="running",
        index=True,
    )
    status = fields.Selection(
        [
            ("late", "Late"),
            ("warned", "Due Soon"),
            ("running", "In Time"),
            ("paused", "Paused"),
            ("over", "Over"),
        ],
        compute="_compute_status",
        help="What holds at this moment, whether or not the scheduler has run.",
    )
    next_event_at = fields.Datetime(
        help="When the scheduler looks at this clock next; empty: never."
    )
    failure_count = fields.Integer(help="Failed attempts of the scheduler in a row.")
    log_ids = fields.One2many("complaint.deadline.log", "deadline_id")

    _next_idx = models.Index(
        "(next_event_at, id) WHERE next_event_at IS NOT NULL AND failure_count < 3"
    )
    _open_idx = models.Index(
        "(complaint_id) WHERE state IN ('running', 'paused', 'missed')"
    )

    @api.depends("state", "due_at", "warn_at")
    def _compute_status(self):
        now = fields.Datetime.now()
        for clock in self:
            if clock.state not in OPEN_STATES:
                clock.status = "over"
            elif clock.state == "paused":
                clock.status = "paused"
            elif clock.due_at <= now:
                clock.status = "late"
            elif clock.warn_at and clock.warn_at <= now:
                clock.status = "warned"
            else:
                clock.status = "running"

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    @api.model
    def _start(self, vals_list):
        """Start clocks: one INSERT, and one wake-up of the scheduler, for all.

        :return: the new clocks
        """
        # sudo: complaint.deadline - clocks run for whoever causes the event
        clocks = self.sudo().create(vals_list)
        clocks._log("started")
        paused = clocks.filtered(
            lambda clock: clock.pausable and clock.complaint_id.stage_id.pauses_clocks
        )
        paused._pause(fields.Datetime.now())
        (clocks - paused)._plan()
        return clocks

    @api.model
    def _on_event(self, complaints, event, source, at):
        """Reach, pause, resume or end the open clocks of ``complaints``."""
        # sudo: complaint.deadline - as above
        clocks = self.sudo().search(
            [("complaint_id", "in", complaints.ids), ("state", "in", OPEN_STATES)]
        )
        ending = clocks.filtered(lambda clock: clock.end_event == event)
        ending.filtered(lambda clock: clock._is_end(source))._reach(at)
        if event == "stage_entered":
            clocks._follow_stage(source, at)
        elif event == "closed":
            clocks._end_with_case(at)
        elif event in ("assignment_refused", "assignment_cancelled"):
            clocks.filtered(lambda clock: clock.assignment_id <= source)._cancel(at)

    def _is_end(self, source) -> bool:
        """Tell whether the end event of this clock happened to what it waits for."""
        if self.end_event in ("stage_entered", "stage_left"):
            return not (
                (self.end_stage_id and self.end_stage_id != source)
                or (self.end_phase and self.end_phase != source.phase)
            )
        if source is not None and source._name == "complaint.assignment":
            if self.assignment_id:
                return self.assignment_id in source
            rows = source.filtered(lambda row: row.complaint_id == self.complaint_id)
            type_ = self.end_assignment_type
            return any(not type_ or row.type == type_ for row in rows)
        return True

    def _reach(self, at: datetime):
        """End the clocks: in time, or late with the evidence of the breach kept."""
        for clock in self.filtered(lambda clock: clock.state in OPEN_STATES):
            # A paused clock has used its time up to the pause, not up to now.
            used_until = clock.paused_at if clock.state == "paused" else at
            in_time = used_until <= clock.due_at and not clock.missed_at
            clock.write(
                {
                    "state": "met" if in_time else "late",
                    "reached_at": at,
                    "missed_at": clock.missed_at or (not in_time and clock.due_at),
                    "paused_at": False,
                    "next_event_at": False,
                }
            )
        self._log("reached", at)

    def _end_with_case(self, at: datetime):
        """End what a closed case no longer owes; some duties begin or stay after it."""
        ending = self.filtered(
            lambda clock: clock.state in OPEN_STATES and not clock.survives_closing
        )
        answered = ending.filtered(
            lambda clock: clock.complaint_id.outcome_id.outcome
            in ("settled", "unsettled")
            and clock.kind == "due"
        )
        answered._reach(at)
        (ending - answered)._cancel(at)

    def _cancel(self, at: datetime):
        """Call clocks off; one that was missed keeps its evidence."""
        clocks = self.filtered(lambda clock: clock.state in OPEN_STATES)
        clocks.write({"state": "cancelled", "next_event_at": False, "paused_at": False})
        clocks._log("cancelled", at)

    # ------------------------------------------------------------
    # PAUSES
    # ------------------------------------------------------------

    def _follow_stage(self, stage, at: datetime):
        """Stop or go on, as the stage just entered wants it."""
        clocks = self.filtered("pausable")
        if stage.pauses_clocks:
            clocks.filtered(lambda clock: clock.state == "running")._pause(at)
        else:
            clocks.filtered(lambda clock: clock.state == "paused")._resume(at)

    def _pause(self, at: datetime):
        """Freeze the time used so far."""
        self.write({"state": "paused", "paused_at": at, "next_event_at": False})
        self._log("paused", at)

    def _resume(self, at: datetime):
        """Go on with the time that was left when the clock was paused."""
        for clock in self:
            old = clock.due_at
            clock.write(
                {
                    "state": "running",
                    "due_at": clock._project(clock.due_at, at),
                    "warn_at": clock.warn_at and clock._project(clock.warn_at, at),
                    "paused_at": False,
                }
            )
            clock._log("resumed", at, old)
        self._plan()

    def _project(self, moment: datetime, resumed: datetime) -> datetime:
        """Return ``moment`` moved by the pause, in the unit the clock counts in."""
        if moment <= self.paused_at:
            return moment
        if self.delay_unit in WORK_UNITS:
            axis = self.policy_id._get_working_time(self.paused_at)
            left = axis.measure(self.paused_at, moment)
            projected = axis.add_time(resumed, left)
            if projected:
                return projected
        return moment + (resumed - self.paused_at)

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    def _move(self, due_at: datetime, type_: str, note=None, warn_at=None):
        """Set another due date; the old one stays in the history.

        :param type_: a type of ``complaint.deadline.log``
        """
        now = fields.Datetime.now()
        for clock in self:
            old = clock.due_at
            values = {"due_at": due_at, "figure_missing": False}
            if warn_at is not None:
                values["warn_at"] = warn_at
            if clock.state == "missed" and due_at > now:
                values["state"] = "running"
            clock.write(values)
            clock._log(type_, now, old, note)
        self.filtered(lambda clock: clock.state == "running")._plan()

    def _extend(self, due_at: datetime, reason: str):
        """Extend to ``due_at``; the approval, where one is needed, was given."""
        self.ensure_one()
        self.extension_count += 1
        warn = self.warn_at and self.warn_at + (due_at - self.due_at)
        self._move(due_at, "extended", reason, warn or None)
        self.complaint_id._complaint_event("deadline_extended", self)

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
        rule = self.rule_id
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("“%s” has ended already.", self.name))
        if self.figure_missing:
            return
        if self.extension_count >= rule.extensions:
            raise UserError(
                self.env._(
                    "“%(name)s” can be extended %(count)s times by the policy, and was "
                    "extended %(done)s times.",
                    name=self.name,
                    count=rule.extensions,
                    done=self.extension_count,
                )
            )

    # ------------------------------------------------------------
    # SCHEDULER
    # ------------------------------------------------------------

    def _plan(self):
        """Set when the scheduler looks at each clock next, and wake it for that."""
        rungs = self.rule_id.escalation_rule_ids
        fired = self._get_fired_rungs()
        for clock in self:
            moments = [clock.due_at] if not clock.missed_at else []
            if clock.warn_at and not clock.warned_at:
                moments.append(clock.warn_at)
            moments += [
                rung._get_moment(clock)
                for rung in rungs & clock.rule_id.escalation_rule_ids
                if (clock.id, rung.id) not in fired
            ]
            clock.next_event_at = min(moments, default=False)
        self.env["complaint.runner"]._wake(self)

    def _get_fired_rungs(self) -> set:
        """Return the (clock id, rung id) pairs that have fired."""
        groups = self.env["complaint.escalation"]._read_group(
            [("deadline_id", "in", self.ids)], ["deadline_id", "rule_id"]
        )
        return {(clock.id, rule.id) for clock, rule in groups}

    @api.model
    def _get_due_domain(self) -> Domain:
        """Return the domain of the clocks that the scheduler has to look at now."""
        return Domain("next_event_at", "<=", fields.Datetime.now()) & Domain(
            "failure_count", "<", 3
        )

    def _run_due(self):
        """Mark what is due by now, fire its rungs and plan the next look.

        States are written set-based first; notices follow from the rows.
        """
        now = fields.Datetime.now()
        running = self.filtered(lambda clock: clock.state in ("running", "missed"))
        warned = running.filtered(
            lambda clock: clock.warn_at
            and not clock.warned_at
            and clock.warn_at <= now < clock.due_at
        )
        warned.warned_at = now
        warned._log("warned", now)
        over = running.filtered(
            lambda clock: clock.due_at <= now and not clock.missed_at
        )
        lapsed = over.filtered(lambda clock: clock.kind == "window")
        missed = over - lapsed
        for due_at, clocks in groupby(missed, lambda clock: clock.due_at):
            self.browse().concat(*clocks).write(
                {"state": "missed", "missed_at": due_at, "warned_at": now}
            )
        lapsed.write({"state": "lapsed", "next_event_at": False})
        missed._log("missed", now)
        lapsed._log("lapsed", now)
        self._emit("deadline_near", warned)
        self._emit("deadline_missed", missed)
        self._emit("window_lapsed", lapsed)
        self.env["complaint.escalation.rule"]._fire_due(running - lapsed, now)
        (running - lapsed)._plan()

    @api.model
    def _emit(self, event, clocks):
        if clocks:
            clocks.complaint_id._complaint_event(event, clocks)

    def _log(self, type_, at=None, old_due_at=None, note=None):
        """Keep what happened to the clocks."""
        # sudo: complaint.deadline.log - evidence, made by the engine only
        self.env["complaint.deadline.log"].sudo().create(
            [
                {
                    "deadline_id": clock.id,
                    "type": type_,
                    "at": at or clock.started_at,
                    "old_due_at": old_due_at,
                    "due_at": clock.due_at,
                    "note": note,
                }
                for clock in self
            ]
        )

    def _get_left(self, now: datetime) -> timedelta:
        """Return the time left; working time when the clock counts in it."""
        if self.delay_unit in WORK_UNITS:
            axis = self.policy_id._get_working_time(now)
            if axis:
                return timedelta(seconds=axis.measure(now, self.due_at))
        return self.due_at - now
