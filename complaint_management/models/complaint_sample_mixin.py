from odoo import fields, models


class ComplaintSampleMixin(models.AbstractModel):
    """A rule that is about a share of the cases only."""

    _name = "complaint.sample.mixin"
    _description = "Complaint Sample"

    share = fields.Integer(
        aggregator=None,
        string="Share of Cases (%)",
        default=100,
        help="For checks of a sample: this share of the matching cases is asked.",
    )

    _share_percent = models.Constraint(
        "CHECK(share BETWEEN 0 AND 100)", "The share is a percentage from 0 to 100."
    )

    def _is_in_sample(self, complaint) -> bool:
        # Spread by the id, so that a sample can be explained and repeated.
        return (complaint.id * 61) % 100 < self.share
