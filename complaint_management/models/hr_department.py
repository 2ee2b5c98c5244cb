from odoo import api, fields, models


class HrDepartment(models.Model):
    _inherit = "hr.department"

    complaint_contact_ids = fields.Many2many(
        "res.users",
        "hr_department_complaint_contact_rel",
        string="Complaint Contacts",
        domain="[('share', '=', False)]",
        help="Told when a complaint is handed to this department. Empty: its manager.",
    )
    complaint_member_ids = fields.One2many("hr.employee", "complaint_department_id")
    complaint_manager_ids = fields.Many2many(
        "res.users",
        "hr_department_complaint_manager_rel",
        string="Managers up the Tree",
        compute="_compute_complaint_manager_ids",
        compute_sudo=True,
        store=True,
        recursive=True,
    )
    complaint_access_ids = fields.One2many("complaint.access", "department_id")
    complaint_is_mine = fields.Boolean(
        string="Department of Mine",
        compute="_compute_complaint_is_mine",
        search="_search_complaint_is_mine",
    )
    complaint_count = fields.Integer(compute="_compute_complaint_count")

    @api.depends("manager_id.user_id", "parent_id.complaint_manager_ids")
    def _compute_complaint_manager_ids(self):
        for department in self:
            department.complaint_manager_ids = (
                department.manager_id.user_id
                | department.parent_id.complaint_manager_ids
            )

    @api.depends_context("uid")
    def _compute_complaint_is_mine(self):
        mine = self._get_complaint_departments()
        for department in self:
            department.complaint_is_mine = department in mine

    def _search_complaint_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._get_complaint_departments().ids)]

    @api.model
    def _get_complaint_departments(self):
        """Return the departments whose complaints the user sees."""
        # sudo: complaint.access - nobody reads whole seats, everybody knows their own
        seats = self.env["complaint.access"].sudo()
        return seats.search(
            [("department_id", "!=", False), ("user_ids", "in", self.env.uid)]
        ).department_id.with_env(self.env)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        counts = dict(
            self.env["complaint.complaint"]._read_group(
                [("department_id", "in", self.ids), ("is_closed", "=", False)],
                ["department_id"],
                ["__count"],
            )
        )
        for department in self:
            department.complaint_count = counts.get(department, 0)

    def action_view_complaints(self):
        """Open the cases that this department leads."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_complaint_action"
        )
        action["domain"] = [("department_id", "=", self.id)]
        action["context"] = {"search_default_open": 1}
        return action
