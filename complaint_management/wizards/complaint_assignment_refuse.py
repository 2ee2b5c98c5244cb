from odoo import fields, models


class ComplaintAssignmentRefuse(models.TransientModel):
    """Asks why an assignment goes back to whom it came from."""

    _name = "complaint.assignment.refuse"
    _description = "Refuse an Assignment"

    assignment_id = fields.Many2one("complaint.assignment", required=True)
    policy_id = fields.Many2one(related="assignment_id.policy_id")
    reason_id = fields.Many2one(
        "complaint.reason",
        required=True,
        domain="[('usage', '=', 'refuse_assignment'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    note = fields.Text()

    def action_refuse(self):
        """Give the assignment back; leave the case when it is no longer visible."""
        self.ensure_one()
        complaint = self.assignment_id.complaint_id
        self.assignment_id._refuse(self.reason_id, self.note)
        return complaint._get_action_after_hand_over()
