from odoo import api, fields, models

from ..models.complaint_stage import CLOSED_PHASES


class ComplaintStageAsk(models.TransientModel):
    """Asks for the approval to move a case to a stage."""

    _name = "complaint.stage.ask"
    _description = "Ask for Approval"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    available_stage_ids = fields.Many2many(
        "complaint.stage", compute="_compute_available_stage_ids"
    )
    stage_id = fields.Many2one(
        "complaint.stage",
        string="Move to Stage",
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_stage_ids)]",
    )
    is_closing = fields.Boolean(compute="_compute_is_closing")
    reason = fields.Char(required=True)
    outcome_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', '=', 'close'), ('outcome', '!=', 'withdrawn'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    close_note = fields.Text(string="How It Ended")

    @api.depends("complaint_id")
    def _compute_available_stage_ids(self):
        requests = self.env["complaint.change.request"]
        for wizard in self:
            wizard.available_stage_ids = requests._get_stages_to_ask(
                wizard.complaint_id
            )

    @api.depends("available_stage_ids")
    def _compute_stage_id(self):
        for wizard in self:
            stages = wizard.available_stage_ids
            wizard.stage_id = stages if len(stages) == 1 else False

    @api.depends("stage_id")
    def _compute_is_closing(self):
        for wizard in self:
            wizard.is_closing = wizard.stage_id.phase in CLOSED_PHASES

    def action_ask(self):
        """Ask; the case moves by itself once it is approved.

        :raise UserError: the case is closed, or it was asked already
        """
        self.ensure_one()
        self.complaint_id._check_open()
        closing = {}
        if self.is_closing:
            closing = {"outcome_id": self.outcome_id.id, "close_note": self.close_note}
        self.env["complaint.change.request"]._ask_stage(
            self.complaint_id, self.stage_id, self.reason, **closing
        )
        return {"type": "ir.actions.act_window_close"}
