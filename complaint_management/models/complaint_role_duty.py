from datetime import datetime

from odoo import fields, models


class ComplaintRoleDuty(models.Model):
    """Who is on duty in which hours of the week: a line of a role's rota."""

    _name = "complaint.role.duty"
    _description = "Duty Rota Line"
    _inherit = ["complaint.policy.file.mixin"]
    _order = "sequence, id"
    _rec_name = "user_id"
    _policy_file_section = "duties"
    _policy_file_parent = "role_id"
    _policy_file_named = False

    role_id = fields.Many2one(
        "complaint.role", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Hours of Duty",
        ondelete="restrict",
        help="Empty: on duty whenever no other line applies.",
    )

    def _get_users_on_duty(self, moment: datetime):
        """Return the users on duty at ``moment`` (naive UTC), else the stand-ins."""
        on_duty = self.filtered(lambda line: line._covers(moment))
        return (on_duty or self.filtered(lambda line: not line.calendar_id)).user_id

    def _covers(self, moment: datetime) -> bool:
        if not self.calendar_id:
            return False
        company = self.role_id.policy_id.company_id
        # sudo: resource.calendar - public and portal users can't read calendars
        calendar = self.sudo().calendar_id
        axis = calendar._complaint_get_working_time(company, moment.year)
        return axis.is_open(moment)
