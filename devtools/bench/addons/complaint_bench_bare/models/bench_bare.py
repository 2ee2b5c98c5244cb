from odoo import fields, models


class BenchBare(models.Model):
    """A record with a chatter and as many stored fields as a complaint has."""

    _name = "bench.bare"
    _description = "Bench Record"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_closed, level desc, received_at desc, id desc"

    name = fields.Char(index="trigram")
    subject = fields.Char(required=True, tracking=True, index="trigram")
    contact = fields.Char(index="trigram")
    phone = fields.Char(index="trigram")
    description = fields.Html()
    demand = fields.Text()
    place = fields.Char()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    stage_id = fields.Many2one("bench.stage", index=True, tracking=True)
    department_id = fields.Many2one("hr.department", index=True, tracking=True)
    handler_id = fields.Many2one("res.users", index=True, tracking=True)
    registered_by_id = fields.Many2one("res.users", index=True)
    responsible_id = fields.Many2one("res.users", index=True)
    level = fields.Integer()
    people_count = fields.Integer(default=1)
    is_closed = fields.Boolean()
    received_at = fields.Datetime(default=fields.Datetime.now, index=True)
    occurred_at = fields.Datetime()
    closed_at = fields.Datetime()
    due_at = fields.Datetime(index=True)
    warn_at = fields.Datetime()
    kind = fields.Char()
    nature = fields.Char()
    track = fields.Char()
    form = fields.Char()
    arrival = fields.Char()
    identity = fields.Char()
    state = fields.Char()
    phase = fields.Char(index=True)
    note = fields.Text()
    color = fields.Integer()

    _order_idx = models.Index("(is_closed, level DESC, received_at DESC, id DESC)")
