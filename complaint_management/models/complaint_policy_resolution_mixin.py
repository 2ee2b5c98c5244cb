from odoo import api, fields, models


class ComplaintPolicyResolutionMixin(models.AbstractModel):
    """What a policy says about the way from acceptance to satisfaction."""

    _name = "complaint.policy.resolution.mixin"
    _description = "Complaint Policy: Resolution"

    approval_rule_ids = fields.One2many(
        "complaint.approval.rule", "policy_id", copy=True
    )

    @api.model
    def _get_item_fields(self) -> list[str]:
        """Return the fields of such rows, in the order in which they may refer."""
        return ["approval_rule_ids"]
