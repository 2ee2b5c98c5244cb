from datetime import datetime

from odoo import api, fields, models

from ..tools.delay import DELAY_UNITS
from ..tools.events import ASSIGNMENT_EVENTS
from .complaint_deadline_rule import round_up
from .complaint_delay_mixin import get_resumed

#: Clocks that an event can still reach.
OPEN_STATES = ("running", "paused", "missed")
#: Assignments that nobody does any more.
GONE_STATES = ("refused", "replaced", "cancelled")


class ComplaintDeadline(models.Model):
    """One running clock of one case, with what its rule said when it started.

    Nobody writes it but the engine: its dates move by pauses, extensions and rules,
    each move in the log. What the scheduler does with it is in
    ``complaint_deadline_schedule.py``.
    """

    _name = "complaint.deadline"
    _description = "Complaint Deadline"
    _inherit = [
        "complaint.scheduled.mixin",
        "complaint.company.mixin",
        "complaint.deadline.end.mixin",
    ]
    _order = "due_at, id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("complaint.policy", required=True, ondelete="cascade")
    round_id = fields.Many2one("complaint.round", ondelete="set null")
    # what the rule said
    rule_id = fields.Many2one(
        "complaint.deadline.rule", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(required=True)
    kind = fields.Selection([("due", "Duty"), ("window", "Right")], required=True)
    promised = fields.Boolean()
    pausable = fields.Boolean()
    survives_closing = fields.Boolean()
    figure_missing = fields.Boolean(
        help="The figure of this case is not agreed yet: set the date."
    )
    delay = fields.Integer()
    delay_unit = fields.Selection(DELAY_UNITS, required=True)
    calendar_id = fields.Many2one(
        "resource.calendar", string="Working Hours", ondelete="set null"
    )
    rounding = fields.Char(default="none")
    # dates
    started_at = fields.Datetime(required=True)
    set_at = fields.Datetime(
        required=True, default=fields.Datetime.now, help="When its date was set last."
    )
    due_at = fields.Datetime(string="Due", required=True, index=True)
    warn_at = fields.Datetime(string="Warning")
    warned_at = fields.Datetime()
    reached_at = fields.Datetime()
    missed_at = fields.Datetime(help="Evidence: it stays when the duty is done late.")
    paused_at = fields.Datetime()
    extension_count = fields.Integer(string="Extended")
    occurrence = fields.Integer(
        default=0, help="How often its date was moved: rungs fire anew for a new date."
    )
    state = fields.Selection(
        string="Clock",
        selection=[
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
    log_ids = fields.One2many("complaint.deadline.log", "deadline_id")
    escalation_ids = fields.One2many("complaint.escalation", "deadline_id")
    figure_activity_id = fields.Many2one(
        "mail.activity", string="Reminder to Agree It", ondelete="set null"
    )
    explanation = fields.Html(compute="_compute_explanation")

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

    @api.depends("due_at", "started_at", "state")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for clock in self:
            clock.explanation = self.env["complaint.deadline.explanation"]._get_html(
                clock
            )

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    @api.model
    def _start(self, vals_list):
        """Start clocks: one INSERT, and one wake-up of the scheduler, for all.

        :return: the new clocks
        """
        if not vals_list:
            return self.browse()
        now = fields.Datetime.now()
        for vals in vals_list:
            vals["next_event_at"] = self._get_first_moment(vals, now)
        # sudo: complaint.deadline - clocks run for whoever causes the event
        clocks = self.sudo().create(vals_list)
        clocks._log("started", None)
        clocks.filtered(
            lambda clock: clock.pausable and clock.complaint_id.stage_id.pauses_clocks
        )._pause(now)
        self.env["complaint.runner"]._wake(clocks)
        clocks.filtered("figure_missing")._ask_figure()
        return clocks

    def _ask_figure(self):
        """Remind who answers for the case that the text gives no figure for this."""
        for clock in self:
            complaint = clock.complaint_id
            office = self.env["complaint.discretion"]._get_stand_in(complaint)
            speech = self.with_context(lang=office.lang).env
            clock.figure_activity_id = complaint.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=speech._(
                    "Agree a date: %s", clock.with_env(speech).display_name
                ),
                user_id=office.id,
                date_deadline=clock.policy_id._get_local_day(clock.due_at),
            )

    @api.model
    def _on_event(self, complaints, event, source, at):
        """Reach, pause, resume or end the open clocks of ``complaints``."""
        if event == "received" or not self._is_awaited(event):
            return
        clocks = self._get_open(complaints)
        if event == "closed":
            clocks._end_with_case(at)
        ending = clocks.filtered(lambda clock: clock.end_event == event)
        ending.filtered(lambda clock: clock._is_end(source))._reach(at)
        if event == "stage_entered":
            clocks._follow_stage(at)
        if event in ASSIGNMENT_EVENTS:
            clocks.filtered(
                lambda clock: clock.assignment_id.state in GONE_STATES
            )._cancel(at)

    def _reach(self, at: datetime):
        """End the clocks: in time, or late with the evidence of the breach kept."""
        clocks, vals_list = self.filtered(lambda clock: clock.state in OPEN_STATES), []
        for clock in clocks:
            # A paused clock has used its time up to the pause, not up to now.
            used_until = clock.paused_at if clock.state == "paused" else at
            in_time = used_until <= clock.due_at and not clock.missed_at
            vals_list.append(
                {
                    "state": "met" if in_time else "late",
                    "reached_at": at,
                    "missed_at": clock.missed_at or (not in_time and clock.due_at),
                    "paused_at": False,
                    "next_event_at": False,
                }
            )
        clocks._write_each(vals_list)
        clocks.figure_activity_id.unlink()  # nobody agrees a date that is over
        clocks._log("reached", at)

    def _end_with_case(self, at: datetime):
        """End what a closed case no longer owes; some duties begin or stay after it.

        An answer does every duty that was left, a decision those that end with the
        case. What was withdrawn or merged owes nothing any more.
        """
        reached = cancelled = self.browse()
        for clock in self.filtered(lambda clock: not clock.survives_closing):
            case = clock.complaint_id
            outcome = not case.master_id and case.outcome_id.outcome
            decided = outcome in ("settled", "unsettled", "not_accepted")
            ends = clock.end_event == "closed" or (
                clock.end_event == "stage_entered" and clock._is_end(case.stage_id)
            )
            answered = (
                outcome in ("settled", "unsettled")
                and clock.kind == "due"
                and clock.assignment_id.state not in GONE_STATES
            )
            if answered or (decided and ends):
                reached |= clock
            else:
                cancelled |= clock
        reached._reach(at)
        cancelled._cancel(at)

    def _cancel(self, at: datetime, note=None):
        """Call clocks off; one that was missed keeps its evidence."""
        clocks = self.filtered(lambda clock: clock.state in OPEN_STATES)
        clocks.write({"state": "cancelled", "next_event_at": False, "paused_at": False})
        clocks.figure_activity_id.unlink()
        clocks._log("cancelled", at, notes=[note] * len(clocks))

    @api.model
    def _follow_assignments(self, assignments):
        """Let the clocks of ``assignments`` go with them to another case."""
        # sudo: complaint.deadline - who merges cases moves their duties too
        for clock in self.sudo().search([("assignment_id", "in", assignments.ids)]):
            complaint = clock.assignment_id.complaint_id
            clock.write(
                {"complaint_id": complaint.id, "round_id": complaint.round_id.id}
            )

    # ------------------------------------------------------------
    # PAUSES
    # ------------------------------------------------------------

    def _follow_stage(self, at: datetime):
        """Stop or go on, as the stages of the cases want it.

        What is missed stays missed and goes on escalating: a pause spares the time
        that is left, it doesn't excuse what is over.
        """
        for pauses, clocks in (
            self.filtered("pausable")
            .grouped(lambda clock: clock.complaint_id.stage_id.pauses_clocks)
            .items()
        ):
            if pauses:
                clocks.filtered(lambda clock: clock.state == "running")._pause(at)
            else:
                clocks.filtered(lambda clock: clock.state == "paused")._resume(at)

    def _pause(self, at: datetime):
        """Freeze the time used so far; what was over by then has been missed."""
        over = self.filtered(lambda clock: clock.due_at <= at)
        over._plan()
        clocks = self - over
        clocks.write({"state": "paused", "paused_at": at, "next_event_at": False})
        clocks._log("paused", at)

    def _resume(self, at: datetime):
        """Go on with the time that was left when the clock was paused."""
        old_dates = []
        for clock in self:
            old = clock.due_at
            clock.write(
                {
                    "state": "running",
                    "due_at": clock._project(clock.due_at, at, clock.rounding),
                    "warn_at": clock.warn_at and clock._project(clock.warn_at, at),
                    "paused_at": False,
                }
            )
            old_dates.append(old)
        self._log("resumed", at, old_dates)
        self._plan()
        self.escalation_ids._plan()

    def _project(self, moment, resumed: datetime, rounding="none") -> datetime:
        """Return ``moment`` moved by the pause, in the unit the clock counts in."""
        pause, office = (self.paused_at, resumed), self._get_office()
        moved = get_resumed(moment, self.delay_unit, office, self.started_at, pause)
        return round_up(moved, rounding, self.delay_unit, office)

    def _get_office(self):
        """Return the policy with the working hours on which this clock counts."""
        return self.policy_id._on_calendar(self.calendar_id)

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    @api.model
    def _move(self, moves: list, type_: str):
        """Set other due dates; the old ones stay in the history.

        :param moves: ``(clock, values, note)`` tuples; the values are ``due_at``,
            maybe ``warn_at`` and what another rule says
        :param type_: a type of ``complaint.deadline.log``
        """
        now = fields.Datetime.now()
        logs, vals_list = [], []
        clocks = self.browse([clock.id for clock, *_rest in moves])
        for clock, values, note in moves:
            logs.append((clock.due_at, note))
            warn = values.get("warn_at", clock.warn_at)
            again = values["due_at"] > now
            vals_list.append(
                {
                    **values,
                    "set_at": now,
                    "occurrence": clock.occurrence + 1,
                    # What was missed stays in the log; the new date is a new duty.
                    "missed_at": clock.missed_at if not again else False,
                    "state": "running"
                    if clock.state == "missed" and again
                    else clock.state,
                    "warned_at": clock.warned_at if not warn or warn <= now else False,
                }
            )
        clocks._write_each(vals_list)
        clocks._log(type_, now, *zip(*logs, strict=True))
        # A missed duty that gets another date stands still where its case waits.
        clocks.filtered("complaint_id.stage_id.pauses_clocks")._follow_stage(now)
        clocks._plan_live()

    def _extend(self, due_at: datetime, reason: str):
        """Extend to ``due_at``; the approval, where one is needed, was given."""
        self.ensure_one()
        values = {"due_at": due_at, "extension_count": self.extension_count + 1}
        if self.warn_at:
            values["warn_at"] = self.warn_at + (due_at - self.due_at)
        self._move([(self, values, reason)], "extended")
        if self.promised:
            self._tell_complainants()
        self.complaint_id._complaint_event("deadline_extended", self)

    def _agree(self, due_at: datetime, reason: str):
        """Set the date that was left to be agreed for this case."""
        self.ensure_one()
        values = {"due_at": due_at, "figure_missing": False}
        self._move([(self, values, reason)], "agreed")
        self.figure_activity_id.filtered("active").action_feedback(feedback=reason)

    def _tell_complainants(self):
        """Write the new date to the complainants, before the old one passes."""
        template = self.policy_id.extension_template_id
        if template:
            template = template.with_context(
                complaint_due_at=self.due_at, complaint_tz=self.policy_id._get_tz()
            )
            self.env["complaint.party"]._mail_complainants(self.complaint_id, template)
