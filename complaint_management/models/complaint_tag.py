from random import randint

from odoo import fields, models


class ComplaintTag(models.Model):
    """A second, free classification beside the category."""

    _name = "complaint.tag"
    _description = "Complaint Tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))
    active = fields.Boolean(default=True)
