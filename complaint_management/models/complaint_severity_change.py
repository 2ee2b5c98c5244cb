from odoo import fields, models


class ComplaintSeverityChange(models.Model):
    """Evidence that a case became more or less severe, why and by whom."""

    _name = "complaint.severity.change"
    _description = "Change of Severity"
    _order = "id desc"
    _rec_name = "to_id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    from_id = fields.Many2one("complaint.severity", string="From", ondelete="restrict")
    to_id = fields.Many2one(
        "complaint.severity", string="To", required=True, ondelete="restrict"
    )
    rule_id = fields.Many2one("complaint.severity.rule", ondelete="set null")
    note = fields.Char(string="Reason")
    user_id = fields.Many2one(
        "res.users", string="By", default=lambda self: self.env.uid
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True)
