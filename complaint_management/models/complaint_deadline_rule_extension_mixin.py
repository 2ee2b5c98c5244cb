from odoo import fields, models


class ComplaintDeadlineRuleExtensionMixin(models.AbstractModel):
    """How often a clock may be extended, by how much, and who approves it.

    The first extension may be one thing and the later ones another: 15 days more by the
    head of the branch, then 30 days more by the head office.
    """

    _name = "complaint.deadline.rule.extension.mixin"
    _description = "Extension of a Deadline Rule"

    extensions = fields.Integer(help="How often it may be extended. 0: never.")
    extension_max = fields.Integer(
        string="At Most",
        help="Longest extension, in the unit of the deadline. 0: any length.",
    )
    extension_role_id = fields.Many2one(
        "complaint.role",
        string="Approved By",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: whoever leads the case decides alone.",
    )
    extension_later_max = fields.Integer(
        string="Later Ones at Most",
        help="Longest second and further extension. 0: as the first.",
    )
    extension_later_role_id = fields.Many2one(
        "complaint.role",
        string="Later Ones Approved By",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Who approves the second and further extensions. Empty: as the first.",
    )

    _extensions_positive = models.Constraint(
        "CHECK(extensions >= 0 AND extension_max >= 0 AND extension_later_max >= 0)",
        "Extensions can't be negative.",
    )

    def _get_extension_max(self, deadline) -> int:
        """Return how much longer ``deadline`` may become by its next extension."""
        later = deadline.extension_count and self.extension_later_max
        return later or self.extension_max

    def _get_extension_role(self, deadline):
        """Return who approves the next extension of ``deadline``, maybe no role."""
        role = self.extension_role_id
        return deadline.extension_count and self.extension_later_role_id or role
