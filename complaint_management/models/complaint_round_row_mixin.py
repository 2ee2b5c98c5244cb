from odoo import api, fields, models


class ComplaintRoundRowMixin(models.AbstractModel):
    """A row of a case that stays in the round in which it was made.

    What is made later about an earlier round says so.
    """

    _name = "complaint.round.row.mixin"
    _description = "Row of a Round"
    _inherit = ["complaint.row.mixin"]

    round_id = fields.Many2one(
        "complaint.round",
        compute="_compute_round_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )

    @api.depends("complaint_id")
    def _compute_round_id(self):
        for row in self:
            row.round_id = row.complaint_id.round_id
