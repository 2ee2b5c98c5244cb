from odoo import api, fields, models
from odoo.exceptions import ValidationError

LIABLE = [
    ("department", "Department"),
    ("employee", "Employee"),
    ("partner", "Outside Party"),
    ("complainant", "Complainant"),
]


class ComplaintLiability(models.Model):
    """Who answers for what was found, and with which share.

    It excludes nobody from the case: only parties who are complained about are.
    """

    _name = "complaint.liability"
    _description = "Liability"
    _order = "share desc, id"

    finding_id = fields.Many2one(
        "complaint.finding", required=True, index=True, ondelete="cascade"
    )
    complaint_id = fields.Many2one(
        related="finding_id.complaint_id", store=True, precompute=True, index=True
    )
    type = fields.Selection(LIABLE, required=True, default="department")
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    employee_id = fields.Many2one("hr.employee", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", index="btree_not_null")
    share = fields.Float(string="Share (%)")
    note = fields.Char()

    _share_percent = models.Constraint(
        "CHECK(share BETWEEN 0 AND 100)", "A share is a percentage from 0 to 100."
    )

    @api.depends("type", "department_id", "employee_id", "partner_id")
    def _compute_display_name(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for line in self:
            # sudo: hr.employee - the name of a colleague is no secret
            named = line.department_id or line.employee_id.sudo() or line.partner_id
            line.display_name = named.display_name or labels.get(line.type)

    @api.constrains("type", "department_id", "employee_id", "partner_id")
    def _check_named(self):
        for line in self:
            if line.type != "complainant" and not line[f"{line.type}_id"]:
                raise ValidationError(self.env._("Say who is liable in each line."))

    @api.constrains("share", "finding_id")
    def _check_shares(self):
        for finding in self.finding_id:
            total = sum(finding.liability_ids.mapped("share"))
            if total > 100.005:
                raise ValidationError(
                    self.env._(
                        "The shares of liability come to %(total)s %%: together they "
                        "can't be more than 100 %%.",
                        total=f"{total:g}",
                    )
                )
