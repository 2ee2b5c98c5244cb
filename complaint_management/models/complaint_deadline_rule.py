from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.delay import DELAY_UNITS
from ..tools.events import ASSIGNMENT_TYPES, EVENTS
from .complaint_stage import PHASES


class ComplaintDeadlineRule(models.Model):
    """A duty with a date: from this event to that one, within so long.

    A clock keeps what the rule said when it started; changing the rule moves no date
    of a running case unless somebody applies it to the open ones.
    """

    _name = "complaint.deadline.rule"
    _description = "Deadline Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
        "complaint.event.mixin",
    ]
    _complaint_used_by = [("complaint.deadline", "rule_id")]

    # from
    event = fields.Selection(
        selection_add=[("date", "A Date of the Case")],
        ondelete={"date": "cascade"},
        string="From",
        required=True,
        default="received",
    )
    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Date",
        ondelete="cascade",
        domain="[('model', '=', 'complaint.complaint'),"
        " ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]",
    )
    # to
    end_event = fields.Selection(EVENTS, string="To", required=True, default="closed")
    end_stage_id = fields.Many2one(
        "complaint.stage",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: any stage of the phase.",
    )
    end_phase = fields.Selection(PHASES, help="Empty: any phase.")
    end_assignment_type = fields.Selection(
        ASSIGNMENT_TYPES, help="Empty: any type, or the assignment that began it."
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
    extensions = fields.Integer(
        string="Extensions", help="How often it may be extended. 0: never."
    )
    extension_max = fields.Integer(
        string="At Most",
        help="Longest extension, in the unit of the deadline. 0: any length.",
    )
    extension_role_id = fields.Many2one(
        "complaint.role",
        string="Approved By",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: whoever leads the case decides alone.",
    )
    valid_from = fields.Date()
    valid_to = fields.Date(help="Starts no clock after this day.")
    escalation_rule_ids = fields.One2many("complaint.escalation.rule", "deadline_rule_id")

    _extensions_positive = models.Constraint(
        "CHECK(extensions >= 0 AND extension_max >= 0 AND warn_delay >= 0)",
        "Extensions and warnings can't be negative.",
    )

    @api.constrains("delay", "delay_min", "delay_unit", "event", "date_field_id")
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
            if rule.event == "date" and not rule.date_field_id:
                raise ValidationError(
                    self.env._("Choose the date from which “%s” counts.", rule.name)
                )

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: reach and start clocks.

        Clocks are reached first, so that an event that ends one and begins another
        of the same rule (a weekly report) does both.
        """
        at = at or fields.Datetime.now()
        deadlines = self.env["complaint.deadline"]
        deadlines._on_event(complaints, event, source, at)
        rules = self._get_rules(complaints, event)
        vals_list = []
        for rule in rules:
            cases = rule._filter_complaints(rule._filter_event(complaints, source))
            vals_list += rule._prepare_deadlines(cases, source, at)
        deadlines._start(vals_list)

    @api.model
    def _get_rules(self, complaints, event):
        """Return the rules in force that begin with ``event``."""
        # sudo: complaint.deadline.rule - rules work for whoever causes the event
        rules = self.sudo().search(
            [("policy_id", "in", complaints.policy_id.ids), ("event", "=", event)]
        )
        today = fields.Date.context_today(self)
        return rules.filtered(
            lambda rule: not (rule.valid_from and rule.valid_from > today)
            and not (rule.valid_to and rule.valid_to < today)
        )

    def _prepare_deadlines(self, complaints, source, at) -> list[dict]:
        """Return the values of the clocks that begin: one a case, or one a source."""
        self.ensure_one()
        if source is not None and source._name == "complaint.assignment":
            rows = self._filter_source(source)
            return [
                self._prepare_deadline(row.complaint_id, at, assignment=row)
                for row in rows
                if row.complaint_id in complaints
            ]
        starts = {case: self._get_start(case, at) for case in complaints}
        return [self._prepare_deadline(case, at) for case, at in starts.items() if at]

    def _get_start(self, complaint, at: datetime) -> datetime | None:
        """Return when the clock of ``complaint`` began: the receipt may be earlier."""
        if self.event == "received":
            return complaint.received_at
        if self.event == "date":
            return fields.Datetime.to_datetime(complaint[self.date_field_id.name])
        return at

    def _prepare_deadline(self, complaint, started_at, assignment=None) -> dict:
        """Return the values of one clock: a copy of what the rule says now.

        :param started_at: naive UTC
        :param assignment: the row that began it, when every row has its own clock
        """
        return {
            "complaint_id": complaint.id,
            "policy_id": complaint.policy_id.id,
            "rule_id": self.id,
            "round_id": complaint.round_id.id,
            "assignment_id": assignment.id if assignment else False,
            "name": self.name,
            "end_event": self.end_event,
            "end_stage_id": self.end_stage_id.id,
            "end_phase": self.end_phase,
            "end_assignment_type": self.end_assignment_type,
            "kind": self.kind,
            "promised": self.promised,
            "pausable": self.pausable,
            "survives_closing": self.survives_closing,
            "figure_missing": self.per_case,
            "delay": self.delay,
            "delay_unit": self.delay_unit,
            "started_at": started_at,
            **self._get_dates(complaint.policy_id, started_at),
        }

    def _get_dates(self, policy, started_at: datetime) -> dict:
        """Return when the clock warns and when it is due."""
        due = self._round(policy, self._get_delay_end(started_at, policy))
        warn = False
        if self.delay_min:
            warn = self._get_delay_end(started_at, policy, count=self.delay_min)
        elif self.warn_delay:
            warn = self._get_delay_before(due, policy, self.warn_delay, self.warn_unit)
        return {"due_at": due, "warn_at": warn and max(warn, started_at)}

    def _round(self, policy, moment: datetime) -> datetime:
        """Return ``moment`` moved to the end of the day, as the rule wants it."""
        if self.rounding == "none":
            return moment
        return policy._get_end_of_day(moment, working=self.rounding == "work_day")
