from odoo import fields, models

from ..models.complaint_liability import LIABLE


class ComplaintFindingMakeLine(models.TransientModel):
    """Who answers for what was found, as it is being written."""

    _name = "complaint.finding.make.line"
    _description = "Liability in a Finding"

    wizard_id = fields.Many2one(
        "complaint.finding.make", required=True, ondelete="cascade"
    )
    type = fields.Selection(LIABLE, required=True, default="department")
    department_id = fields.Many2one("hr.department")
    employee_id = fields.Many2one("hr.employee")
    partner_id = fields.Many2one("res.partner")
    share = fields.Float(string="Share (%)")
    note = fields.Char()

    def _prepare_liability(self) -> dict:
        """Return the values of the line in the finding."""
        self.ensure_one()
        named = f"{self.type}_id"
        values = {"type": self.type, "share": self.share, "note": self.note}
        if named in self._fields:
            values[named] = self[named].id
        return values
