from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintReopen(models.TransientModel):
    """Asks why a closed case goes on, and begins its next round."""

    _name = "complaint.reopen"
    _description = "Reopen a Complaint"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    cause_id = fields.Many2one(
        "complaint.reason",
        required=True,
        domain="[('usage', '=', 'reopen'), ('policy_id', 'in', (policy_id, False))]",
    )
    note = fields.Text(string="What the Complainant Says")

    def action_reopen(self):
        """Begin the next round; the rows of the earlier ones stay as they are.

        :raise UserError: the case is open already, was merged into another one, or
            has had all rounds that its policy allows
        """
        self.ensure_one()
        complaint = self.complaint_id
        if complaint.master_id:
            raise UserError(
                self.env._(
                    "%(complaint)s was merged into %(master)s: reopen that one.",
                    complaint=complaint.name,
                    master=complaint.master_id.name,
                )
            )
        if not complaint.is_closed:
            raise UserError(self.env._("%s is open already.", complaint.name))
        complaint.check_access("write")
        course = self.env["complaint.round.course"]
        course._go_on(complaint, self.cause_id, self.note)
        return {"type": "ir.actions.act_window_close"}
