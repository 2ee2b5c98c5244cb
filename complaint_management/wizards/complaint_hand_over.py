from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class ComplaintHandOver(models.TransientModel):
    """Asks who takes cases over, and what they should know."""

    _name = "complaint.hand.over"
    _description = "Hand Over Complaints"

    complaint_ids = fields.Many2many(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    department_id = fields.Many2one("hr.department", string="To Department")
    handler_id = fields.Many2one(
        "res.users",
        string="To Person",
        domain="[('share', '=', False)]",
        help="Empty: somebody of the department accepts.",
    )
    note = fields.Text(string="What They Should Know")

    def action_hand_over(self):
        """Ask the department or person to take the cases; leave what is out of sight.

        :raise UserError: nobody is named, or a case is closed
        """
        self.ensure_one()
        if not (self.department_id or self.handler_id):
            raise UserError(self.env._("Choose a department or a person."))
        self.complaint_ids._check_open()
        self.complaint_ids.write(
            {
                "department_id": self.department_id.id,
                "handler_id": self.handler_id.id,
            }
        )
        if self.note:
            # sudo: complaint.assignment - who hands over may have lost the case by it
            assignments = self.sudo().complaint_ids.lead_assignment_id
            assignments.instructions = plaintext2html(self.note)
        return self.complaint_ids._get_action_after_hand_over()
