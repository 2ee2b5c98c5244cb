from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.delay import DELAY_UNITS, WORK_UNITS
from ..tools.events import (
    APPROVAL_EVENTS,
    ASSIGNMENT_EVENTS,
    LETTER_EVENTS,
    REMEDY_EVENTS,
)

#: Events by which each row begins a clock of its own: which field of it names the row.
CLOCK_FIELDS = {
    **dict.fromkeys(ASSIGNMENT_EVENTS, "assignment_id"),
    **dict.fromkeys(LETTER_EVENTS, "letter_id"),
    **dict.fromkeys(REMEDY_EVENTS, "remedy_id"),
    **dict.fromkeys(APPROVAL_EVENTS, "approval_id"),
}
#: What tells one duty from another: from what, and to what.
TWIN_FIELDS = (
    "policy_id",
    "event",
    "event_stage_id",
    "event_phase",
    "event_assignment_type",
    "event_template_id",
    "event_letter_purpose",
    "event_letter_template_id",
    "event_approval_subject",
    "event_approval_rule_id",
    "event_remedy_type_id",
    "event_forum",
    "date_field_id",
    "date_property",
    "end_event",
    "end_stage_id",
    "end_phase",
    "end_stage_or_later",
    "end_assignment_type",
    "end_template_id",
    "end_letter_purpose",
    "end_letter_template_id",
    "end_approval_subject",
    "end_approval_rule_id",
    "end_remedy_type_id",
    "end_forum",
)


class ComplaintDeadlineRule(models.Model):
    """A duty with a date: from this event to that one, within so long.

    A clock keeps what the rule said when it started. Editing a rule therefore moves
    no date: the policy's history notes the old and the new figures, and only the
    window "Apply to Open Cases" moves clocks, each move on record. To succeed a rule
    from a certain day on, let it end the day before and begin another one.
    """

    _name = "complaint.deadline.rule"
    _description = "Deadline Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
        "complaint.event.row.mixin",
        "complaint.deadline.rule.date.mixin",
        "complaint.deadline.rule.end.mixin",
        "complaint.deadline.rule.extension.mixin",
    ]
    _complaint_used_by = [
        ("complaint.deadline", "rule_id"),
        ("complaint.escalation.rule", "deadline_rule_id"),
    ]

    # from
    event = fields.Selection(
        selection_add=[("date", "A Date of the Case")],
        ondelete={"date": "cascade"},
        string="Starts With",
        required=True,
        default="received",
    )
    # how long
    kind = fields.Selection(
        [("due", "Duty: Done by Then"), ("window", "Right: Lapses Then")],
        required=True,
        default="due",
    )
    promised = fields.Boolean(
        string="Promised to the Complainant",
        help="The complainant is told the date. Otherwise it is an internal target.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        ondelete="restrict",
        domain="[('company_id', 'in', (company_id, False))]",
        help="Of those who owe this duty, such as a duty office that is always open. "
        "Empty: the policy's.",
    )
    delay_min = fields.Integer(
        string="At the Earliest",
        help="Lower end of a range such as 7 to 10 days: the warning comes then.",
    )
    per_case = fields.Boolean(
        string="Figure Set per Case",
        help="The text gives no figure: the office agrees one for each case. Until "
        "then the figure above is a reminder to do so.",
    )
    rounding = fields.Selection(
        [
            ("none", "To the Minute"),
            ("day", "End of that Day"),
            ("work_day", "Closing Time of that Day, or of the Next Working Day"),
        ],
        required=True,
        default="none",
    )
    warn_delay = fields.Integer(string="Warn Before", help="0: no warning.")
    warn_unit = fields.Selection(DELAY_UNITS, default="hours", required=True)
    # life of the clock
    pausable = fields.Boolean(
        default=True, help="Stands still in stages that pause clocks."
    )
    survives_closing = fields.Boolean(
        help="Goes on when the case is closed, such as archiving it in time."
    )
    valid_from = fields.Date()
    valid_to = fields.Date(help="Starts no clock after this day.")
    escalation_rule_ids = fields.One2many(
        "complaint.escalation.rule", "deadline_rule_id"
    )

    _warning_positive = models.Constraint(
        "CHECK(warn_delay >= 0)", "A warning can't be negative."
    )

    @api.constrains(
        "delay",
        "delay_min",
        "delay_unit",
        "event",
        "end_event",
        "date_field_id",
        "date_property",
    )
    def _check_figures(self):
        for rule in self:
            if not rule.delay and rule.delay_unit not in ("shift", "work_days", "days"):
                raise ValidationError(
                    self.env._(
                        "“%s” needs a figure: even “at once” is so many minutes.",
                        rule.name,
                    )
                )
            if rule.delay_min > rule.delay:
                raise ValidationError(
                    self.env._("The range of “%s” ends before it begins.", rule.name)
                )
            if rule.end_event == "received" and rule.event != "date":
                raise ValidationError(
                    self.env._(
                        "“%s” ends when the complaint is registered: it has to count "
                        "from a date of the case, such as when it happened.",
                        rule.name,
                    )
                )
            dated = rule.date_field_id or rule.date_property
            if rule.event == "date" and not dated:
                raise ValidationError(
                    self.env._("Choose the date from which “%s” counts.", rule.name)
                )

    def write(self, vals):
        before = {rule: rule._get_figures() for rule in self}
        result = super().write(vals)
        for rule, old in before.items():
            rule._note_change(old)
        return result

    def _get_figures(self) -> list[tuple[str, str]]:
        """Return label and value of everything that a clock copies from this rule."""
        names = (
            "delay_min",
            "delay",
            "delay_unit",
            "rounding",
            "warn_delay",
            "warn_unit",
            "kind",
            "promised",
            "pausable",
            "calendar_id",
        )
        figures = []
        for name in names:
            field, value = self._fields[name], self[name]
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value)
            elif field.relational:
                value = value.display_name or "–"
            figures.append((field._description_string(self.env), str(value)))
        return figures

    def _note_change(self, old):
        """Keep on the policy what a rule that has run said before."""
        changed = [
            (label, was, now)
            for (label, was), (_label, now) in zip(
                old, self._get_figures(), strict=True
            )
            if was != now
        ]
        # sudo: complaint.deadline - clocks that the editor can't see count too
        clocks = self.env["complaint.deadline"].sudo()
        if changed and clocks.search_count([("rule_id", "=", self.id)], limit=1):
            self.policy_id._message_log(
                body=self.env._(
                    "“%(rule)s” has changed: %(changes)s. Running deadlines stay as "
                    "they are.",
                    rule=self.name,
                    changes=", ".join(
                        f"{name} {was} → {now}" for name, was, now in changed
                    ),
                )
            )

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: reach and start clocks.

        Clocks are reached first, so that an event that ends one and begins another
        of the same rule (a weekly report) does both.
        """
        # sudo: complaint.complaint - rules work for whoever causes the event
        complaints, at = complaints.sudo(), at or fields.Datetime.now()
        deadlines = self.env["complaint.deadline"]
        deadlines._on_event(complaints, event, source, at)
        rules = self._get_listening(complaints, event)
        if event == "received":
            rules |= self._get_listening(complaints, "date")
        vals_list = []
        for rule in rules:
            cases = rule._filter_event(complaints, event, source)
            cases = rule._filter_complaints(cases)
            vals_list += rule._prepare_deadlines(cases, event, source, at)
        deadlines._start(vals_list)
        if event in ASSIGNMENT_EVENTS:
            self.env["complaint.deadline.matching"]._rematch_after(
                complaints, {"assignment_ids"}
            )

    def _prepare_deadlines(self, complaints, event, source, at) -> list[dict]:
        """Return the values of the clocks that begin: one a case, or one a source."""
        self.ensure_one()
        if event in CLOCK_FIELDS:
            rows = self._filter_source(event, source)
            if event in APPROVAL_EVENTS:
                rows = rows._get_first_of_requests()
            return [
                {
                    **self._prepare_deadline(row.complaint_id, at),
                    CLOCK_FIELDS[event]: row.id,
                }
                for row in rows
                if row.complaint_id in complaints and self._is_in_force(at)
            ]
        starts = {case: self._get_start(case, at) for case in complaints}
        return [
            self._prepare_deadline(case, start)
            for case, start in starts.items()
            if start and self._is_in_force(start)
        ]

    def _is_in_force(self, moment: datetime) -> bool:
        """Tell whether a clock that begins at ``moment`` follows this rule."""
        if not self.valid_from and not self.valid_to:
            return True
        day = self.policy_id._get_local_day(moment)
        return not (
            (self.valid_from and day < self.valid_from)
            or (self.valid_to and day > self.valid_to)
        )

    def _get_start(self, complaint, at: datetime) -> datetime | None:
        """Return when the clock of ``complaint`` began: the receipt may be earlier.

        None: there is no clock. A limitation period is over when there is a case.
        """
        if self.end_event == "received":
            return None
        if self.event == "received":
            return complaint.received_at
        return self._get_date(complaint) if self.event == "date" else at

    def _get_twin_key(self) -> tuple:
        """Return what two rules have in common that are two figures of one duty."""
        return tuple(self[name] for name in TWIN_FIELDS)

    # ------------------------------------------------------------
    # CLOCKS
    # ------------------------------------------------------------

    def _prepare_deadline(self, complaint, started_at) -> dict:
        """Return the values of one clock: a copy of what the rule says now.

        :param started_at: naive UTC
        """
        return {
            "complaint_id": complaint.id,
            "policy_id": complaint.policy_id.id,
            "company_id": complaint.company_id.id,
            "round_id": complaint.round_id.id,
            "started_at": started_at,
            "figure_missing": self.per_case,
            **self._prepare_figures(),
            **self._get_dates(complaint.policy_id, started_at),
        }

    def _prepare_figures(self) -> dict:
        """Return what a clock keeps of this rule, however the rule changes later."""
        return {
            "rule_id": self.id,
            "name": self._in_company_lang().name,
            "end_event": self.end_event,
            "end_stage_id": self.end_stage_id.id,
            "end_phase": self.end_phase,
            "end_stage_or_later": self.end_stage_or_later,
            "end_assignment_type": self.end_assignment_type,
            "end_template_id": self.end_template_id.id,
            "end_letter_purpose": self.end_letter_purpose,
            "end_letter_template_id": self.end_letter_template_id.id,
            "end_approval_subject": self.end_approval_subject,
            "end_approval_rule_id": self.end_approval_rule_id.id,
            "end_remedy_type_id": self.end_remedy_type_id.id,
            "end_forum": self.end_forum,
            "kind": self.kind,
            "promised": self.promised,
            "pausable": self.pausable,
            "survives_closing": self.survives_closing,
            "delay": self.delay,
            "delay_unit": self.delay_unit,
            "calendar_id": self.calendar_id.id,
            "rounding": self.rounding,
        }

    def _get_dates(self, policy, started_at: datetime) -> dict:
        """Return when a clock warns and when it is due."""
        policy = policy._on_calendar(self.calendar_id)
        end = self._get_delay_end(started_at, policy)
        due = round_up(end, self.rounding, self.delay_unit, policy)
        warn = False
        if self.delay_min:
            warn = self._get_delay_end(started_at, policy, count=self.delay_min)
        elif self.warn_delay:
            warn = self._get_delay_before(due, policy, self.warn_delay, self.warn_unit)
        return {"due_at": due, "warn_at": warn and max(warn, started_at)}


def round_up(moment: datetime, rounding: str, unit: str, policy) -> datetime:
    """Return ``moment`` moved to the end of the day, never earlier.

    :param unit: in which the moment was counted: working time that ends at midnight
        belongs to the day before
    """
    if rounding == "work_day":
        closing = policy._get_working_time(moment).get_closing_from(moment)
        if closing:
            return closing
    elif rounding == "none":
        return moment
    last = moment - timedelta(seconds=1) if unit in WORK_UNITS else moment
    return max(moment, policy._get_end_of_day(last))
