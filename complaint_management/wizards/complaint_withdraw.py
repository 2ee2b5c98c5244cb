from odoo import api, fields, models


class ComplaintWithdraw(models.TransientModel):
    """Asks why a complainant takes a complaint back."""

    _name = "complaint.withdraw"
    _description = "Withdraw Complaints"

    complaint_ids = fields.Many2many(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    policy_id = fields.Many2one("complaint.policy", compute="_compute_policy_id")
    is_verified = fields.Boolean(compute="_compute_policy_id")
    reason_id = fields.Many2one(
        "complaint.reason",
        string="Why",
        required=True,
        domain="[('usage', '=', 'withdrawal'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    channel_id = fields.Many2one("complaint.channel", string="How")
    note = fields.Text(string="What the Complainant Says")

    @api.depends("complaint_ids")
    def _compute_policy_id(self):
        for wizard in self:
            policies = wizard.complaint_ids.policy_id
            wizard.policy_id = policies if len(policies) == 1 else False
            wizard.is_verified = any(policies.mapped("withdrawal_verified"))

    def action_withdraw(self):
        """Note the withdrawal; without verification and approval it closes the cases.

        :raise UserError: a case is closed, or was withdrawn already
        """
        self.ensure_one()
        self.env["complaint.withdrawal"]._note(
            self.complaint_ids,
            reason_id=self.reason_id.id,
            channel_id=self.channel_id.id,
            note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}
