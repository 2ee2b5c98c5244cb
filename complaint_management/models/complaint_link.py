from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ComplaintLink(models.Model):
    """Two cases that have to do with each other, each with a life of its own."""

    _name = "complaint.link"
    _description = "Related Complaint"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    linked_id = fields.Many2one(
        "complaint.complaint",
        string="Related To",
        required=True,
        index=True,
        ondelete="cascade",
    )
    type = fields.Selection(
        [
            ("same", "Same Matter as"),
            ("became", "Became"),
            ("part", "Part of Mass Event"),
        ],
        required=True,
        default="same",
    )
    linked_subject = fields.Char(related="linked_id.subject", string="Subject")
    linked_stage_id = fields.Many2one(related="linked_id.stage_id", string="Stage")

    _link_uniq = models.Constraint(
        "UNIQUE(complaint_id, linked_id, type)", "These cases are linked already."
    )

    @api.constrains("complaint_id", "linked_id")
    def _check_linked_id(self):
        for link in self:
            if link.complaint_id == link.linked_id:
                raise ValidationError(
                    self.env._("A complaint can't be linked to itself.")
                )
