from odoo import api, fields, models
from odoo.exceptions import ValidationError

ELEMENTS = [
    ("kind", "Kind"),
    ("category", "Category"),
    ("lines", "Items of the Document"),
    ("description", "What Happened"),
    ("photos", "Photos"),
    ("demand", "What is Wished"),
    ("occurred_at", "When It Happened"),
    ("place", "Where It Happened"),
    ("property", "An Extra Field"),
    ("name", "Name"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("confidential", "Name to the Complaint Office Only"),
]


class ComplaintFormField(models.Model):
    """One question of a policy's public form: its place, its words, whether it must be
    answered.

    A policy without such rows asks the usual questions.
    """

    _name = "complaint.form.field"
    _description = "Question of the Public Form"
    _inherit = ["complaint.policy.item.mixin"]

    name = fields.Char(string="Question")
    element = fields.Selection(
        ELEMENTS, string="Asks For", required=True, default="description"
    )
    property_name = fields.Char(
        string="Extra Field",
        help="Technical name of the policy's extra field that is asked for.",
    )
    is_required = fields.Boolean(string="Must be Answered")
    help_text = fields.Char(
        string="Hint", translate=True, help="Stands below the question in small print."
    )

    _element_uniq = models.UniqueIndex(
        "(policy_id, element) WHERE element != 'property'",
        "The form asks for this already.",
    )
    _property_uniq = models.UniqueIndex(
        "(policy_id, property_name) WHERE property_name IS NOT NULL",
        "The form asks for this extra field already.",
    )

    @api.constrains("element", "property_name")
    def _check_property_name(self):
        for field in self:
            if (field.element == "property") != bool(field.property_name):
                raise ValidationError(
                    self.env._(
                        "“%s”: name the extra field exactly where one is asked for.",
                        field.name,
                    )
                )
