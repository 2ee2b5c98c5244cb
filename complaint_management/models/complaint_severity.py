from odoo import fields, models


class ComplaintSeverity(models.Model):
    """How grave a case is: an ordered level of one policy, lightest first."""

    _name = "complaint.severity"
    _description = "Complaint Severity"
    _inherit = ["complaint.policy.item.mixin"]
    _policy_file_section = "severities"
    _complaint_used_by = [("complaint.complaint", "severity_id")]

    color = fields.Integer(help="Colour of the cards in the kanban view.")
    role_id = fields.Many2one(
        "complaint.role",
        string="Lead Role",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Leads cases of this severity whatever their category says. "
        "Empty: the category decides.",
    )
    rule_ids = fields.One2many(
        "complaint.severity.rule",
        "severity_id",
        string="Raised Automatically When",
        copy=True,
    )
