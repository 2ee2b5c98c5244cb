from odoo import fields, models


class ComplaintRowMixin(models.AbstractModel):
    """A row of a case: evidence of what was asked, found, offered or answered."""

    _name = "complaint.row.mixin"
    _description = "Row of a Complaint"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        related="complaint_id.policy_id", store=True, precompute=True
    )
