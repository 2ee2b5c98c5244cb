from odoo import fields, models


class BenchStage(models.Model):
    """A column of the bare model's kanban."""

    _name = "bench.stage"
    _description = "Bench Stage"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer()
    fold = fields.Boolean()
