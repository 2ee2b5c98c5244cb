from odoo import api, fields, models


class ComplaintPoint(models.Model):
    """One thing that is complained of, and what is answered to it."""

    _name = "complaint.point"
    _description = "Point of a Complaint"
    _order = "sequence, id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What Exactly", required=True)
    answer = fields.Text(string="Our Answer")
    is_answered = fields.Boolean(compute="_compute_is_answered")

    @api.depends("answer")
    def _compute_is_answered(self):
        for point in self:
            point.is_answered = bool((point.answer or "").strip())
