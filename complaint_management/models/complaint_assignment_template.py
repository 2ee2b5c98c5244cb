import logging
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.delay import add_calendar_delay
from ..tools.events import ASSIGNMENT_TYPES

_logger = logging.getLogger(__name__)


class ComplaintAssignmentTemplate(models.Model):
    """When this happens to such a case, ask this role for that, due in so long.

    A recurring duty has no event: it is asked again and again, without a case.
    """

    _name = "complaint.assignment.template"
    _description = "Assignment Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
        "complaint.event.mixin",
        "complaint.sample.mixin",
    ]
    _complaint_used_by = [
        ("complaint.assignment", "template_id"),
        ("complaint.assignment.template", "event_template_id"),
        ("complaint.deadline", "end_template_id"),
        ("complaint.deadline.rule", "event_template_id"),
        ("complaint.deadline.rule", "end_template_id"),
        ("complaint.escalation.rule", "assignment_template_id"),
        ("complaint.escalation.rule", "event_template_id"),
        ("complaint.follow.up.rule", "event_template_id"),
        ("complaint.letter.template", "event_template_id"),
    ]
    _policy_file_section = "assignment_rules"
    _policy_file_keep = ("next_run_at", "recurs_from")

    name = fields.Char(
        string="What Is Asked", help="Stands on the assignment: say it in a few words."
    )
    trigger = fields.Selection(
        [("event", "When Something Happens"), ("recurring", "Again and Again")],
        required=True,
        default="event",
    )
    event = fields.Selection(default="received")
    type = fields.Selection(ASSIGNMENT_TYPES, required=True, default="opinion")
    role_id = fields.Many2one(
        "complaint.role",
        string="Asked Of",
        required=True,
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    instructions = fields.Html(translate=True)
    # recurring
    repeats = fields.Boolean(
        string="Again until Closed",
        help="Asked again and again, at the interval below, until the case is closed: "
        "a weekly bulletin. Calling the last one off ends it, refusing it doesn't; in "
        "a new round it begins anew when its event happens again.",
    )
    interval = fields.Integer(string="Every", aggregator=None, default=1)
    interval_unit = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")], default="weeks"
    )
    next_run_at = fields.Datetime(
        string="Next Time",
        compute="_compute_next_run_at",
        store=True,
        readonly=False,
        help="When the duty is asked next. One of the 29th to the 31st is asked on the "
        "last day of shorter months.",
    )
    recurs_from = fields.Datetime(
        string="Counted From",
        readonly=True,
        help="Technical: keeps the day of the month when a short month has moved it.",
    )

    _interval_positive = models.Constraint(
        "CHECK(interval > 0)", "A duty recurs at least after one day."
    )
    _due_idx = models.Index("(next_run_at) WHERE next_run_at IS NOT NULL")

    @api.depends("trigger")
    def _compute_next_run_at(self):
        for template in self:
            if template.trigger != "recurring":
                template.next_run_at = False
            elif not template.next_run_at:
                template.next_run_at = fields.Datetime.now()

    @api.constrains("trigger", "event", "next_run_at", "type")
    def _check_trigger(self):
        for template in self:
            when = "event" if template.trigger == "event" else "next_run_at"
            if not template[when]:
                raise ValidationError(
                    self.env._("Say when “%s” is asked.", template.name)
                )
            if template.type in ("reception", "lead"):
                raise ValidationError(
                    self.env._(
                        "Reception and lead handling come with every case; choose "
                        "another type for “%s”.",
                        template.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        templates._trigger_cron()
        return templates

    def write(self, vals):
        if "next_run_at" in vals:
            vals = {"recurs_from": False, **vals}
        result = super().write(vals)
        if {"next_run_at", "trigger", "active"} & vals.keys():
            self._trigger_cron()
        return result

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: make assignments."""
        memo, vals_list = {}, []
        for template in self._get_listening(complaints, event):
            # sudo: complaint.complaint - rules work for whoever causes the event
            cases = template._filter_event(complaints.sudo(), event, source)
            cases = template._filter_complaints(cases)
            for case in cases.filtered(template._is_in_sample):
                vals_list += template._prepare_assignments(case, at, memo)
        # sudo: complaint.assignment - as above
        assignments = self.env["complaint.assignment"].sudo()
        asking = self.browse({vals["template_id"] for vals in vals_list})
        asking._as_acting(assignments).create(vals_list)

    @api.model
    def _get_listening_domain(self) -> list:
        return [("trigger", "=", "event"), *super()._get_listening_domain()]

    def _filter_event(self, complaints, event, source):
        cases = super()._filter_event(complaints, event, source)
        if event == "finding_made":
            # As below: the committee's finding doesn't ask the committee.
            # sudo: complaint.finding - rules work for whoever causes the event
            others = source.sudo().filtered(
                lambda finding: finding.assignment_id.template_id != self
            )
            cases &= others.complaint_id
        return cases

    def _filter_assignments(self, assignments):
        rows = super()._filter_assignments(assignments)
        if self.event_template_id:
            return rows
        # What a rule asked for is no reason to ask again, without end.
        own = rows.template_id if self.event == "assigned" else self
        return rows.filtered(lambda row: row.template_id not in own)

    def _prepare_assignments(
        self, complaint, at=None, memo=None, first=None
    ) -> list[dict]:
        """Return the values of the assignments asked for ``complaint`` (may be none).

        One, or one for each whom the role means apart.

        :param at: naive UTC; now when None
        :param memo: kept by the caller for a batch, see ``complaint.routing``
        :param first: when it was asked the first time, if it is asked again
        """
        self.ensure_one()
        memo = {} if memo is None else memo
        request = self._prepare_request(at or fields.Datetime.now(), memo)
        if self.repeats and complaint:
            first = first or request["requested_at"]
            request["recurs_from"] = first
        routing, role = self.env["complaint.routing"], self.role_id
        return [
            {
                **routing._prepare_assignment(complaint, self.type, role, who, memo),
                **request,
            }
            for who in routing._resolve_each(role, complaint, memo)
        ]

    def _prepare_request(self, at, memo: dict) -> dict:
        """Return what the assignments of one moment have in common."""
        if self.delay and (self, at) not in memo:
            memo[self, at] = self._get_delay_end(at, self.policy_id)
        words = self._in_company_lang()
        return {
            "template_id": self.id,
            "name": words.name,
            "instructions": words.instructions,
            "requested_at": at,
            "due_at": memo.get((self, at)),
        }

    def _repeat(self, assignments):
        """Ask anew, once whatever was missed, where the case is still open.

        :param assignments: the rows of this rule that were asked last
        """
        memo, vals_list = {}, []
        for row in assignments:
            planned, row.next_event_at = row.next_event_at, False
            case = row.complaint_id
            current = row.round_id == case.round_id and not case.is_closed
            if self.repeats and current and row.state != "cancelled":
                vals_list += self._prepare_repeated(row, planned, memo)
        self.env["complaint.assignment"].create(vals_list)

    def _prepare_repeated(self, row, at, memo) -> list[dict]:
        """Return the values of what is asked after ``row``: of each who was, apart."""
        first = row.recurs_from or at
        vals_list = self._prepare_assignments(row.complaint_id, at, memo, first)
        if self.role_id.resolution == "respondents":
            asked = row.partner_id.id
            vals_list = [vals for vals in vals_list if vals["partner_id"] == asked]
        return vals_list

    def _get_repeat_time(self, assignment):
        """Return when ``assignment`` is asked again, if ever."""
        first, asked = assignment.recurs_from, assignment.notice_at
        return bool(first and self.repeats) and self._get_next_time(first, asked)

    def _trigger_cron(self):
        """Wake the scheduler at the next time one of these duties is asked."""
        moments = [moment for moment in self.mapped("next_run_at") if moment]
        if moments:
            cron = "complaint_management.ir_cron_complaint_duties"
            # sudo: ir.cron - an administrator of complaints is none of the system
            self.env.ref(cron).sudo()._trigger(at=min(moments))

    @api.model
    def _cron_ask_duties(self):
        """Ask every duty whose time has come, once, and set its next time."""
        now = fields.Datetime.now()
        domain = [("next_run_at", "<=", now), ("policy_id.active", "=", True)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while templates := self.search(
            domain, limit=100, order="next_run_at, id"
        ).try_lock_for_update(allow_referencing=True):
            for template in templates:
                template._ask_duty()
            if not cron._commit_progress(len(templates)):
                break
        self.search(
            [("next_run_at", ">", now)], order="next_run_at", limit=1
        )._trigger_cron()

    def _ask_duty(self):
        """Ask this duty once, whatever was missed, and set its next time.

        A duty that can't be asked is noted on its policy and stops none of the others.
        """
        self.ensure_one()
        asked_at = self.next_run_at
        first = self.recurs_from or asked_at
        self.write({"next_run_at": self._get_next_time(first), "recurs_from": first})
        try:
            with self.env.cr.savepoint():
                none = self.env["complaint.complaint"]
                vals_list = self._prepare_assignments(none, asked_at)
                self.env["complaint.assignment"].create(vals_list)
        except Exception as error:
            _logger.exception("Duty %s of policy %s", self.id, self.policy_id.id)
            self.policy_id._message_log(
                body=self.env._(
                    "“%(duty)s” could not be asked: %(error)s",
                    duty=self.name,
                    error=error,
                )
            )

    def _get_next_time(self, first, after=None):
        """Return the first time after ``after``, in steps of the interval.

        Counted from the very first time, so that a duty of the 31st stays one.

        :param after: naive UTC; now when None
        """
        now = after or fields.Datetime.now()
        tz = self.policy_id._get_tz()
        # No month is longer: the search begins before the time that is looked for.
        longest = (
            self.interval * {"days": 1, "weeks": 7, "months": 31}[self.interval_unit]
        )
        skipped = max((now - first).days // longest - 1, 0)
        moments = (
            add_calendar_delay(first, number * self.interval, self.interval_unit, tz)
            for number in count(skipped + 1)
        )
        return next(moment for moment in moments if moment > now)
