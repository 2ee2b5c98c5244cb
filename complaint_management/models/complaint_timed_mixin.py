from odoo import api, fields, models


class ComplaintTimedMixin(models.AbstractModel):
    """Shows on a case what is due next, and whether it is late."""

    _name = "complaint.timed.mixin"
    _description = "Complaint with Deadlines"

    deadline_ids = fields.One2many("complaint.deadline", "complaint_id")
    escalation_ids = fields.One2many("complaint.escalation", "complaint_id")
    next_deadline_id = fields.Many2one(
        "complaint.deadline",
        index="btree_not_null",
        compute="_compute_next_deadline_id",
        compute_sudo=True,
        store=True,
    )
    # Not related to it: that would look up the case of every clock that moves.
    next_due_at = fields.Datetime(
        string="Due",
        compute="_compute_next_deadline_id",
        compute_sudo=True,
        store=True,
    )
    next_warn_at = fields.Datetime(
        string="Due Soon From",
        compute="_compute_next_deadline_id",
        compute_sudo=True,
        store=True,
    )
    can_escalate = fields.Boolean(
        compute="_compute_can_escalate",
        compute_sudo=True,
        help="The policy names an escalation by hand for such a case.",
    )

    @api.depends("policy_id", "is_closed", "category_id", "severity_id")
    def _compute_can_escalate(self):
        rules = self.env["complaint.escalation.rule"]
        for complaint in self:
            open_ = complaint.id and not complaint.is_closed
            complaint.can_escalate = open_ and rules._get_manual(complaint)

    @api.depends("deadline_ids.state", "deadline_ids.due_at", "deadline_ids.warn_at")
    def _compute_next_deadline_id(self):
        for complaint in self:
            clocks = complaint.deadline_ids.filtered(
                lambda clock: (
                    clock.state in ("running", "missed") and clock.kind == "due"
                )
            )
            clock = clocks.sorted("due_at")[:1]
            complaint.next_deadline_id = clock
            complaint.next_due_at = clock.due_at
            complaint.next_warn_at = clock.warn_at
