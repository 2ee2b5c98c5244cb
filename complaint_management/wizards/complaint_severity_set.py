from odoo import fields, models


class ComplaintSeveritySet(models.TransientModel):
    """Asks why somebody changes the severity of a case."""

    _name = "complaint.severity.set"
    _description = "Change the Severity"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    severity_id = fields.Many2one(
        "complaint.severity", required=True, domain="[('policy_id', '=', policy_id)]"
    )
    note = fields.Char(string="Reason", required=True)

    def action_set(self):
        """Set the severity and keep the reason."""
        self.ensure_one()
        self.complaint_id.with_context(
            complaint_severity_note=self.note
        ).severity_id = self.severity_id
        return {"type": "ir.actions.act_window_close"}
