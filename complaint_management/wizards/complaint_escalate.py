from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintEscalate(models.TransientModel):
    """Asks which rung somebody fires by hand, and why."""

    _name = "complaint.escalate"
    _description = "Escalate a Complaint"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    available_rule_ids = fields.Many2many(
        "complaint.escalation.rule", compute="_compute_available_rule_ids"
    )
    rule_id = fields.Many2one(
        "complaint.escalation.rule",
        string="Escalation",
        compute="_compute_rule_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_rule_ids)]",
    )
    reason = fields.Char(required=True)

    @api.depends("complaint_id")
    def _compute_available_rule_ids(self):
        rules = self.env["complaint.escalation.rule"]
        for wizard in self:
            wizard.available_rule_ids = rules._get_manual(wizard.complaint_id)

    @api.depends("available_rule_ids")
    def _compute_rule_id(self):
        for wizard in self:
            rules = wizard.available_rule_ids
            wizard.rule_id = rules if len(rules) == 1 else False

    def action_escalate(self):
        """Fire the rung now, with the reason on record.

        :raise UserError: the case is closed, or the rung is none for it
        """
        self.ensure_one()
        self.complaint_id._check_open()
        self.complaint_id.check_access("read")
        # sudo: complaint.escalation.rule - whoever works on the case may call for help
        wizard = self.sudo()
        rule, case = wizard.rule_id & wizard.available_rule_ids, wizard.complaint_id
        if not rule:
            raise UserError(self.env._("Choose which escalation is meant."))
        now = fields.Datetime.now()
        occasion = f"manual,{self.id},{now:%Y%m%d%H%M%S}"
        none = self.env["complaint.deadline"]
        rule._fire([(rule, case, occasion, none, now)], self.reason)
        case._message_log(
            body=self.env._(
                "Escalated by hand, “%(rule)s”: %(reason)s",
                rule=rule.name,
                reason=self.reason,
            )
        )
        return {"type": "ir.actions.act_window_close"}
