from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintApproval(models.Model):
    """One question to the holders of a role about one thing, with the answer.

    What is asked about is named by ``subject``; an add-on adds one by
    ``selection_add`` and a ``_apply_<subject>`` method that does what was approved.
    """

    _name = "complaint.approval"
    _description = "Complaint Approval"
    _order = "id desc"
    _rec_name = "reason"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        related="complaint_id.policy_id", store=True, precompute=True
    )
    subject = fields.Selection(
        [("extension", "Extension of a Deadline")], required=True, readonly=True
    )
    deadline_id = fields.Many2one(
        "complaint.deadline", index="btree_not_null", ondelete="cascade"
    )
    due_at = fields.Datetime(string="New Date")
    reason = fields.Char(required=True)
    role_id = fields.Many2one("complaint.role", string="Asked Of", ondelete="set null")
    user_ids = fields.Many2many("res.users", string="May Answer")
    requested_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    requested_at = fields.Datetime(default=fields.Datetime.now)
    state = fields.Selection(
        [("pending", "Pending"), ("approved", "Approved"), ("refused", "Refused")],
        required=True,
        default="pending",
        index=True,
    )
    answered_by_id = fields.Many2one("res.users")
    answered_at = fields.Datetime()
    can_answer = fields.Boolean(compute="_compute_can_answer")

    @api.depends_context("uid")
    @api.depends("user_ids", "state", "requested_by_id")
    def _compute_can_answer(self):
        for approval in self:
            approval.can_answer = (
                approval.state == "pending"
                and self.env.user in approval.user_ids
                and self.env.user != approval.requested_by_id
            )

    @api.model
    def _ask(self, role, vals):
        """Ask the holders of ``role`` on the case of ``vals``.

        :return: the approval; approved at once when no role has to be asked
        """
        # sudo: complaint.approval - evidence, made by the case only
        approval = self.sudo().create({**vals, "role_id": role.id})
        if not role:
            approval._answer("approved")
            return approval
        approval.user_ids = approval._get_approvers(role)
        approval._notify_asked()
        return approval

    def _get_approvers(self, role):
        """Return who may answer: the role, or who stands in for it, never who asks.

        :raise UserError: nobody else is there to ask
        """
        routing, complaint = self.env["complaint.routing"], self.complaint_id
        target = routing._resolve(role, complaint, {})
        stand_in = routing._get_stand_in(complaint, self.policy_id, self.env.user)
        unfit = complaint.excluded_user_ids | self.requested_by_id
        for users in (
            target.users or target.department.complaint_manager_ids,
            stand_in.users,
        ):
            able = users.filtered("active") - unfit
            if able:
                return able
        raise UserError(
            self.env._("Nobody but you could approve this: ask an administrator.")
        )

    def action_approve(self):
        """Approve: what was asked for happens now."""
        self._check_answerable()
        # sudo: complaint.approval - the row is evidence, not the approver's to edit
        self.sudo()._answer("approved")
        return True

    def action_refuse(self):
        """Refuse: nothing changes, whoever asked is told."""
        self._check_answerable()
        self.sudo()._answer("refused")  # sudo: complaint.approval - as above
        return True

    def _check_answerable(self):
        for approval in self:
            if approval.state != "pending":
                raise UserError(
                    self.env._("“%s” was answered already.", approval.reason)
                )
            if not approval.can_answer:
                # sudo: complaint.approval - who may answer is told by name
                users = approval.sudo().user_ids
                raise UserError(
                    self.env._(
                        "“%(reason)s” is for %(users)s to answer; nobody approves "
                        "their own request.",
                        reason=approval.reason,
                        users=", ".join(users.mapped("name")),
                    )
                )

    def _answer(self, state):
        self.write(
            {
                "state": state,
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
            }
        )
        for approval in self:
            if state == "approved":
                getattr(approval, f"_apply_{approval.subject}")()
            approval._note_answer()

    def _apply_extension(self):
        clock = self.deadline_id
        clock._check_extendable()
        if self.due_at <= clock.due_at:
            raise UserError(
                self.env._("“%s” was moved meanwhile: it is due later.", clock.name)
            )
        clock._extend(self.due_at, self.reason)

    def _note_answer(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        self.complaint_id._message_log(
            body=self.env._(
                "%(state)s by %(user)s: %(reason)s",
                state=labels[self.state],
                user=self.env.user.name,
                reason=self.reason,
            )
        )

    def _notify_asked(self):
        if self.user_ids:
            self.complaint_id.message_notify(
                partner_ids=self.user_ids.partner_id.ids,
                subject=self.env._("Your approval is asked"),
                body=self.env._(
                    "%(user)s asks on %(complaint)s: %(reason)s",
                    user=self.requested_by_id.name,
                    complaint=self.complaint_id.display_name,
                    reason=self.reason,
                ),
            )
