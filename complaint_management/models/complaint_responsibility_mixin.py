from odoo import api, fields, models
from odoo.exceptions import UserError

#: Assignments by which somebody forms an opinion of the case.
WORK_TYPES = ("lead", "opinion", "investigation")


class ComplaintResponsibilityMixin(models.AbstractModel):
    """Somebody always answers for a case: who, until when, and who was asked to.

    The facts are the case's assignments; this shows them on the case and hands it over.
    """

    _name = "complaint.responsibility.mixin"
    _description = "Complaint Responsibility"

    lead_assignment_id = fields.Many2one(
        "complaint.assignment", compute="_compute_lead_assignment_id", store=True
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Lead Department",
        compute="_compute_lead",
        inverse="_inverse_lead",
        store=True,
        index=True,
        tracking=True,
    )
    handler_id = fields.Many2one(
        "res.users",
        compute="_compute_lead",
        inverse="_inverse_lead",
        store=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    handover_state = fields.Selection(
        [("pending", "Waiting for Acceptance"), ("accepted", "Accepted")],
        string="Hand-over",
        compute="_compute_handover",
        store=True,
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible Now",
        compute="_compute_handover",
        store=True,
        index=True,
        help="The first receiver until the hand-over is accepted, then the handler.",
    )
    assignment_ids = fields.One2many("complaint.assignment", "complaint_id")

    @api.depends("assignment_ids.type", "assignment_ids.state")
    def _compute_lead_assignment_id(self):
        for complaint in self:
            leads = complaint._get_leads("pending", "accepted", "done")
            complaint.lead_assignment_id = leads[-1:]

    @api.depends("lead_assignment_id.department_id", "lead_assignment_id.user_id")
    def _compute_lead(self):
        for complaint in self:
            complaint.department_id = complaint.lead_assignment_id.department_id
            complaint.handler_id = complaint.lead_assignment_id.user_id

    def _inverse_lead(self):
        # A case that is being registered is handed over at the end of its intake.
        routing = self.env["complaint.routing"]
        for complaint in routing._hand_over(self.filtered("round_id")):
            # While they are written, these fields don't follow the lead by themselves.
            complaint.department_id = complaint.lead_assignment_id.department_id
            complaint.handler_id = complaint.lead_assignment_id.user_id

    @api.depends(
        "assignment_ids.type",
        "assignment_ids.state",
        "assignment_ids.user_id.active",
        "policy_id.office_user_ids",
        "registered_by_id.active",
    )
    def _compute_handover(self):
        for complaint in self:
            lead = complaint.lead_assignment_id
            complaint.handover_state = lead._get_handover_state()
            signed = complaint._get_leads("accepted", "done").filtered("accepted_at")
            reception = complaint.assignment_ids.filtered(
                lambda row: row.type == "reception" and row.state == "accepted"
            )
            complaint.responsible_id = (
                signed[-1:].user_id.filtered("active")
                or reception.user_id.filtered("active")
                or complaint.policy_id.office_user_ids.filtered("active")[:1]
                or complaint.registered_by_id
            )

    def _get_leads(self, *states):
        """Return the lead assignments in one of ``states``, oldest first."""
        return self.assignment_ids.filtered(
            lambda row: row.type == "lead" and row.state in states
        ).sorted("id")

    def _get_involved_users(self):
        """Return who has worked on this case in any round: no fresh pair of eyes."""
        # sudo: complaint.assignment, complaint.finding - whoever asks who is unfit
        case = self.sudo()
        work = case.assignment_ids.filtered(
            lambda row: row.type in WORK_TYPES and row.state in ("accepted", "done")
        )
        findings = case.finding_ids
        return (
            work.user_id
            | work.accepted_by_id
            | work.done_by_id
            | findings.found_by_id
            | findings.investigator_ids
        )

    def write(self, vals):
        if "department_id" in vals:
            # Another department chooses its own handler.
            vals = {"handler_id": False, **vals}
        return super().write(vals)

    def action_accept(self):
        """Sign for the hand-over of these cases."""
        return self.lead_assignment_id.action_accept()

    def action_refuse(self):
        """Open the window that asks why the case goes back."""
        return self.lead_assignment_id.action_refuse()

    def action_take(self):
        """Take cases that nobody has accepted yet.

        :raise UserError: somebody else has, meanwhile
        """
        taken = self.filtered(lambda case: case.handover_state == "accepted")
        taken.filtered(
            lambda case: case.handler_id != self.env.user
        ).lead_assignment_id._check_state(["pending"], self.env._("taken"))
        (self - taken).handler_id = self.env.user
        return True

    def _check_open(self):
        """Refuse cases that somebody else has closed meanwhile.

        :raise UserError: naming who closed it, and when
        """
        for complaint in self.filtered("is_closed"):
            raise UserError(
                self.env._(
                    "%(complaint)s was closed already by %(user)s on %(date)s. Reload "
                    "to see how.",
                    complaint=complaint.name,
                    user=complaint.closed_by_id.name or "",
                    date=fields.Datetime.context_timestamp(
                        complaint, complaint.closed_at or complaint.write_date
                    ).strftime("%Y-%m-%d %H:%M"),
                )
            )

    def _get_action_after_hand_over(self):
        """Return what to show next: the case, or the list when it is out of sight."""
        if self.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        action = "complaint_management.complaint_complaint_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "target": "main",
        }
