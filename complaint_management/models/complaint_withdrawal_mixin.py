from odoo import api, fields, models

#: What became of a withdrawal.
STATES = [
    ("asked", "To Be Verified"),
    ("ready", "To Be Closed"),
    ("withdrawn", "Withdrawn"),
    ("pressed", "Under Pressure"),
    ("kept", "Complaint Goes On"),
]


class ComplaintWithdrawalMixin(models.AbstractModel):
    """What a case shows of its being withdrawn."""

    _name = "complaint.withdrawal.mixin"
    _description = "Complaint with Withdrawals"

    withdrawal_ids = fields.One2many(
        "complaint.withdrawal", "complaint_id", string="Withdrawals", copy=False
    )
    withdrawal_state = fields.Selection(
        STATES,
        string="Withdrawal",
        compute="_compute_withdrawal_state",
        compute_sudo=True,
        store=True,
        help="Of the last time that somebody wanted to withdraw it.",
    )
    can_verify_withdrawal = fields.Boolean(compute="_compute_can_verify_withdrawal")
    result = fields.Selection(
        selection="_get_results",
        compute="_compute_result",
        store=True,
        help="What its outcome means: withdrawn complaints are counted apart.",
    )

    @api.model
    def _get_results(self) -> list:
        """Return what outcomes may mean."""
        field = self.env["complaint.reason"]._fields["outcome"]
        return field._description_selection(self.env)

    @api.depends("outcome_id.outcome")
    def _compute_result(self):
        for complaint in self:
            complaint.result = complaint.outcome_id.outcome

    @api.depends("withdrawal_ids.state")
    def _compute_withdrawal_state(self):
        for complaint in self:
            rows = complaint.withdrawal_ids.sorted("id")
            complaint.withdrawal_state = rows[-1:].state

    @api.depends_context("uid")
    @api.depends("withdrawal_ids.state")
    def _compute_can_verify_withdrawal(self):
        for complaint in self:
            asked = complaint.withdrawal_ids.filtered(lambda row: row.state == "asked")
            complaint.can_verify_withdrawal = any(asked.mapped("can_verify"))

    def action_verify_withdrawal(self):
        """Open the window that asks whether the withdrawal is voluntary."""
        self.ensure_one()
        asked = self.withdrawal_ids.filtered(lambda row: row.state == "asked")
        return asked[:1].action_verify()
