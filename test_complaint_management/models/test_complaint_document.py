from odoo import fields, models


class TestComplaintDocument(models.Model):
    """The smallest document that prints a code and carries out a remedy."""

    _name = "test.complaint.document"
    _description = "Document of the Complaint Tests"
    _inherit = ["complaint.feedback.mixin", "complaint.remedy.document.mixin"]

    name = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner")
    company_id = fields.Many2one("res.company", required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
    )

    def write(self, vals):
        """Let remedies follow the state."""
        result = super().write(vals)
        if "state" in vals:
            self._complaint_remedy_changed()
        return result

    def _complaint_get_remedy_state(self):
        return {"draft": "open"}.get(self.state, self.state)

    def _complaint_get_lines(self):
        return [(1, "Brake pad"), (2, "Brake disc")]
