from odoo import fields, models


class ComplaintWithdrawalVerify(models.TransientModel):
    """Asks whether a complainant withdraws of their own will."""

    _name = "complaint.withdrawal.verify"
    _description = "Verify a Withdrawal"

    withdrawal_id = fields.Many2one("complaint.withdrawal", required=True)
    reason_id = fields.Many2one(related="withdrawal_id.reason_id", related_sudo=False)
    said = fields.Text(related="withdrawal_id.note", related_sudo=False, string="Noted")
    noted_by_id = fields.Many2one(
        related="withdrawal_id.noted_by_id", related_sudo=False
    )
    verdict = fields.Selection(
        [
            ("voluntary", "Voluntary: the case is closed as withdrawn"),
            ("pressed", "Pressed: it is reported, and the case goes on"),
        ],
        required=True,
    )
    note = fields.Text(string="How It Was Verified", required=True)

    def action_verify(self):
        """Write down what was found.

        :raise UserError: the user must not verify it, or somebody else has
        """
        self.ensure_one()
        complaint = self.withdrawal_id.complaint_id
        self.withdrawal_id._verify(self.verdict, self.note)
        return complaint._get_action_after_hand_over()
