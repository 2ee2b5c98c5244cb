from odoo import api, fields, models


class ComplaintApprovalMixin(models.AbstractModel):
    """What waits for approval on a case, and moves to stages that need it."""

    _name = "complaint.approval.mixin"
    _description = "Complaint with Approvals"

    approval_ids = fields.One2many("complaint.approval", "complaint_id", copy=False)
    pending_approval_ids = fields.Many2many(
        "complaint.approval",
        string="Waiting for Approval",
        compute="_compute_pending_approval_ids",
    )
    my_approval_count = fields.Integer(
        string="Mine to Answer", compute="_compute_pending_approval_ids"
    )
    can_ask_stage = fields.Boolean(
        compute="_compute_can_ask_stage",
        help="Entering a further stage of the policy needs approval in such a case.",
    )

    @api.depends_context("uid")
    @api.depends("approval_ids.state", "approval_ids.user_ids")
    def _compute_pending_approval_ids(self):
        for complaint in self:
            pending = complaint.approval_ids.filtered(
                lambda row: row.state == "pending"
            )
            complaint.pending_approval_ids = pending
            complaint.my_approval_count = len(pending.filtered("can_answer"))

    @api.depends("policy_id", "stage_id", "category_id", "severity_id")
    def _compute_can_ask_stage(self):
        requests = self.env["complaint.change.request"]
        for complaint in self:
            complaint.can_ask_stage = requests._get_stages_to_ask(complaint)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Whoever only has to approve doesn't follow the whole discussion."""
        if self.env.context.get("complaint_no_follow"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def action_view_my_approvals(self):
        """Open the questions of this case that wait for the user's answer."""
        self.ensure_one()
        return self.pending_approval_ids.filtered("can_answer")._get_records_action(
            name=self.env._("Mine to Answer")
        )
