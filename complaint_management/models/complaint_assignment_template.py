from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.events import ASSIGNMENT_TYPES, EVENTS


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
    ]
    _complaint_used_by = [("complaint.assignment", "template_id")]
    _policy_file_section = "assignment_rules"
    _policy_file_skip = ("next_run_at",)

    name = fields.Char(
        string="What Is Asked", help="Stands on the assignment: say it in a few words."
    )
    trigger = fields.Selection(
        [("event", "When Something Happens"), ("recurring", "Again and Again")],
        required=True,
        default="event",
    )
    event = fields.Selection(EVENTS, default="received")
    event_stage_id = fields.Many2one(
        "complaint.stage",
        string="Stage",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: any stage.",
    )
    event_assignment_type = fields.Selection(
        ASSIGNMENT_TYPES, string="Of Type", help="Empty: any type."
    )
    type = fields.Selection(ASSIGNMENT_TYPES, required=True, default="opinion")
    role_id = fields.Many2one(
        "complaint.role",
        string="Asked Of",
        required=True,
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    instructions = fields.Html(translate=True)
    share = fields.Integer(
        string="Share of Cases (%)",
        default=100,
        help="For checks of a sample: this share of the matching cases is asked.",
    )
    # recurring duties
    interval = fields.Integer(string="Every", default=1)
    interval_unit = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")], default="weeks"
    )
    next_run_at = fields.Datetime(
        string="Next Time",
        compute="_compute_next_run_at",
        store=True,
        readonly=False,
        help="When the duty is asked next.",
    )

    _share_percent = models.Constraint(
        "CHECK(share BETWEEN 0 AND 100)", "The share is a percentage from 0 to 100."
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

    @api.constrains("trigger", "event", "type")
    def _check_trigger(self):
        for template in self:
            if template.trigger == "event" and not template.event:
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
        result = super().write(vals)
        if {"next_run_at", "trigger", "active"} & vals.keys():
            self._trigger_cron()
        return result

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: make assignments."""
        # sudo: complaint.assignment.template - rules work for whoever causes the event
        templates = self.sudo().search(
            [
                ("policy_id", "in", complaints.policy_id.ids),
                ("trigger", "=", "event"),
                ("event", "=", event),
            ]
        )
        vals_list = []
        for template in templates:
            concerned = template._get_concerned(complaints, source)
            vals_list += [template._prepare_assignment(case, at) for case in concerned]
        # sudo: complaint.assignment - as above
        return self.env["complaint.assignment"].sudo().create(vals_list)

    def _get_concerned(self, complaints, source):
        """Return those of ``complaints`` for which the event asks something."""
        if self.event_stage_id and self.event_stage_id != source:
            return complaints.browse()
        if self.event_assignment_type:
            source = source.filtered(
                lambda assignment: assignment.type == self.event_assignment_type
            )
            complaints &= source.complaint_id
        complaints = complaints.filtered(lambda case: case.policy_id == self.policy_id)
        return self._filter_complaints(complaints).filtered(self._is_in_sample)

    def _is_in_sample(self, complaint) -> bool:
        # Spread by the id, so that a sample can be explained and repeated.
        return (complaint.id * 61) % 100 < self.share

    def _prepare_assignment(self, complaint, at=None) -> dict:
        """Return the values of the assignment asked for ``complaint`` (may be none)."""
        self.ensure_one()
        at = at or fields.Datetime.now()
        target = self.env["complaint.routing"]._resolve(
            self.role_id, complaint
        )
        return {
            "template_id": self.id,
            "policy_id": self.policy_id.id,
            "complaint_id": complaint.id,
            "type": self.type,
            "name": self.name,
            "instructions": self.instructions,
            "department_id": target.department.id,
            "user_id": self.role_id._choose_user(target.users, {}).id,
            "partner_id": target.partner.id,
            "requested_at": at,
            "due_at": self.delay and self._get_delay_end(at, self.policy_id),
        }

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
        domain = [("next_run_at", "<=", fields.Datetime.now())]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while templates := self.search(
            domain, limit=100, order="next_run_at, id"
        ).try_lock_for_update(allow_referencing=True):
            templates._ask_duties()
            if not cron._commit_progress(len(templates)):
                break

    def _ask_duties(self):
        none = self.env["complaint.complaint"]
        vals_list = []
        now = fields.Datetime.now()
        for template in self:
            vals_list.append(template._prepare_assignment(none, template.next_run_at))
            step = relativedelta(**{template.interval_unit: template.interval})
            while template.next_run_at <= now:
                template.next_run_at += step
        self.env["complaint.assignment"].create(vals_list)
