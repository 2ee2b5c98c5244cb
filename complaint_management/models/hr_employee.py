from odoo import api, fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    complaint_department_id = fields.Many2one(
        "hr.department",
        string="Department of Today",
        related="current_version_id.department_id",
        store=True,
        index=True,
        groups="hr.group_hr_user",
        help="Stored, so that access to complaints follows a move at once.",
    )
    complaint_count = fields.Integer(
        string="Complaints About",
        compute="_compute_complaint_count",
        groups="hr.group_hr_user",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "work_contact_id"} & vals.keys():
            # sudo: complaint.party - who links a user may see none of the cases
            parties = self.env["complaint.party"].sudo()
            parties = parties.search(
                [("employee_id", "in", self.ids), ("type", "=", "respondent")]
            )
            self.env["complaint.discretion"]._drop_excluded(parties.complaint_id)
        return result

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        parties = self.env["complaint.party"]
        if not parties.has_access("read"):
            self.complaint_count = 0  # an officer of personnel, not of complaints
            return
        counts = dict(
            parties._read_group(
                [("employee_id", "in", self.ids), ("type", "=", "respondent")],
                ["employee_id"],
                ["complaint_id:count_distinct"],
            )
        )
        for employee in self:
            employee.complaint_count = counts.get(employee, 0)

    def action_view_complaints(self):
        """Open the cases in which this employee is complained about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_complaint_action"
        )
        action["domain"] = [
            (
                "party_ids",
                "any",
                [("employee_id", "=", self.id), ("type", "=", "respondent")],
            )
        ]
        action["context"] = {}
        return action
