from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What the other case says of a link.
MIRRORED_TYPES = {
    "same": "same",
    "became": "arose",
    "arose": "became",
    "repeat": "repeated",
    "repeated": "repeat",
    "part": "whole",
    "whole": "part",
}


class ComplaintLink(models.Model):
    """Two cases that have to do with each other, each with a life of its own.

    Each case has a row of its own, so that both show the link; the rows change
    together.
    """

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
            ("arose", "Arose From"),
            ("repeat", "Repeat of"),
            ("repeated", "Repeated By"),
            ("part", "Part of Mass Event"),
            ("whole", "Mass Event of"),
        ],
        required=True,
        default="same",
    )
    mirror_id = fields.Many2one(
        "complaint.link",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The same link as the other case shows it.",
    )
    linked_stage_id = fields.Many2one(related="linked_id.stage_id", string="Stage")

    _link_uniq = models.Constraint(
        "UNIQUE(complaint_id, linked_id, type)", "These cases are linked already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        new = links.filtered(lambda link: not link.mirror_id)
        # sudo: complaint.link - whoever links one case links the other
        mirrors = super(ComplaintLink, self.sudo()).create(
            [link._prepare_mirror() for link in new]
        )
        # sudo: complaint.link - as above
        for link, mirror in zip(new.sudo(), mirrors, strict=True):
            link.mirror_id = mirror
        return links

    def write(self, vals):
        result = super().write(vals)
        if {"complaint_id", "linked_id", "type"} & vals.keys():
            for link in self:
                # sudo: complaint.link - as above
                super(ComplaintLink, link.mirror_id.sudo()).write(
                    link._prepare_mirror()
                )
        return result

    @api.constrains("complaint_id", "linked_id")
    def _check_linked_id(self):
        for link in self:
            if link.complaint_id == link.linked_id:
                raise ValidationError(
                    self.env._("A complaint can't be linked to itself.")
                )

    @api.constrains("complaint_id", "linked_id", "type")
    def _check_repeat(self):
        repetition = self.env["complaint.repetition"]
        for link in self.filtered(lambda link: link.type in ("repeat", "repeated")):
            if not repetition._may_tell(link.complaint_id, link.linked_id):
                raise ValidationError(
                    self.env._(
                        "“Repeat of” would tell who complained in confidence: link the "
                        "cases as “Same Matter as” instead."
                    )
                )

    def _prepare_mirror(self) -> dict:
        """Return the values of this link as the other case shows it."""
        return {
            "complaint_id": self.linked_id.id,
            "linked_id": self.complaint_id.id,
            "type": MIRRORED_TYPES[self.type],
            "mirror_id": self.id,
        }
