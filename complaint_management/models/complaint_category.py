from odoo import api, fields, models


class ComplaintCategory(models.Model):
    """What the complaint is about; decides who handles it."""

    _name = "complaint.category"
    _description = "Complaint Category"
    _inherit = ["complaint.policy.item.mixin"]
    _parent_store = True
    _rec_name = "complete_name"
    _policy_file_section = "categories"
    _complaint_used_by = [
        ("complaint.complaint", "category_id"),
        ("complaint.category", "parent_id"),
        ("complaint.severity.rule", "category_ids"),
        ("complaint.assignment.template", "category_ids"),
        ("complaint.stage.requirement", "category_ids"),
        ("complaint.deadline.rule", "category_ids"),
        ("complaint.escalation.rule", "category_ids"),
        ("complaint.round.rule", "category_ids"),
        ("complaint.follow.up.rule", "category_ids"),
        ("complaint.feedback.point", "category_id"),
        ("complaint.remedy.type", "category_ids"),
        ("complaint.remedy.scale", "category_ids"),
        ("complaint.approval.rule", "category_ids"),
        ("complaint.letter.template", "category_ids"),
        ("complaint.answer.requirement", "category_ids"),
    ]

    parent_id = fields.Many2one(
        "complaint.category",
        index=True,
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id), ('id', '!=', id)]",
    )
    parent_path = fields.Char(index=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, search="_search_complete_name"
    )
    role_id = fields.Many2one(
        "complaint.role",
        string="Lead Role",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Who leads the handling. Empty: as the parent category says.",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Lead Department",
        ondelete="restrict",
        help="Shorter than a role when one department always leads.",
    )
    co_role_ids = fields.Many2many(
        "complaint.role",
        "complaint_category_co_role_rel",
        string="Co-handlers",
        domain="[('policy_id', '=', policy_id)]",
        help="Asked for an opinion as soon as a case of this category is registered.",
    )
    severity_id = fields.Many2one(
        "complaint.severity",
        string="Default Severity",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    on_public_form = fields.Boolean(
        default=True, help="Customers may choose it on the form behind a QR code."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            names = (category.parent_id.complete_name, category.name)
            category.complete_name = " / ".join(filter(None, names))

    def _search_complete_name(self, operator, value):
        if operator in ("not ilike", "not in", "!="):
            return NotImplemented
        # A subcategory is found by the name of a category above it.
        return [("id", "child_of", self.search([("name", operator, value)]).ids)]

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        self.env.registry.clear_cache()  # the filters of rules, which name trees
        return categories

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return result

    def _get_inherited(self, field: str):
        """Return ``field`` of this category or of the nearest one above it."""
        category = self
        while category and not category[field]:
            category = category.parent_id
        return category[field]

    def _get_lead(self):
        """Return the (role, department) that leads, of the nearest category with one.

        :return: a ``complaint.role`` and an ``hr.department``, either may be empty
        """
        category = self
        while category and not (category.role_id or category.department_id):
            category = category.parent_id
        return category.role_id, category.department_id
