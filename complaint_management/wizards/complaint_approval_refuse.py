from odoo import fields, models


class ComplaintApprovalRefuse(models.TransientModel):
    """Asks why something is not approved; the reason goes back to who asked."""

    _name = "complaint.approval.refuse"
    _description = "Refuse an Approval"

    approval_ids = fields.Many2many("complaint.approval", required=True)
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse what of it the user may answer.

        :raise UserError: none of it could be answered
        """
        self.ensure_one()
        result = self.approval_ids._answer_each("refused", self.reason)
        if isinstance(result, dict):
            return result
        return {"type": "ir.actions.act_window_close"}
