from odoo import api, fields, models

from ..models.complaint_remedy import OFFERED_HOW


class ComplaintRemedyStep(models.TransientModel):
    """Asks what belongs to the next step of a remedy: how, when, with which proof."""

    _name = "complaint.remedy.step"
    _description = "Next Step of a Remedy"

    remedy_id = fields.Many2one("complaint.remedy", required=True)
    step = fields.Selection(
        [
            ("offer", "Offer"),
            ("accept", "Agreed To"),
            ("refuse", "Declined"),
            ("counter", "Counter-demand"),
            ("execute", "Carried Out"),
            ("cancel", "Cancel"),
        ],
        required=True,
    )
    description = fields.Text(compute="_compute_from_remedy")
    value_text = fields.Char(compute="_compute_from_remedy")
    needs_proof = fields.Boolean(compute="_compute_from_remedy")
    offered_how = fields.Selection(
        OFFERED_HOW,
        string="How",
        default="call",
    )
    happened_at = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now
    )
    note = fields.Text()
    proof_reference = fields.Char(
        string="Number of the Document",
        help="Number of the credit note, delivery, receipt.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", "complaint_remedy_step_attachment_rel", string="Proof"
    )

    @api.depends("remedy_id")
    def _compute_from_remedy(self):
        # Whoever names a remedy that they may not see learns nothing of it here.
        self.remedy_id.check_access("read")
        for wizard in self:
            remedy = wizard.remedy_id
            wizard.description, wizard.value_text = (
                remedy.description,
                remedy.value_text,
            )
            wizard.needs_proof = remedy.type_id.needs_proof

    def action_apply(self):
        """Take the step; a counter-demand leads on to the next proposal."""
        self.ensure_one()
        remedy, at = self.remedy_id, self.happened_at
        if self.step == "offer":
            remedy._offer(self.offered_how, at)
        elif self.step == "execute":
            remedy._execute(
                at,
                self.attachment_ids,
                execution_note=self.note,
                proof_reference=self.proof_reference,
            )
        elif self.step == "cancel":
            remedy._cancel(self.note)
        else:
            states = {
                "accept": "accepted",
                "refuse": "refused",
                "counter": "countered",
            }
            remedy._answer(states[self.step], self.note, at)
        if self.step == "counter":
            return remedy.assignment_id._open_window(
                "complaint.remedy.propose",
                self.env._("Remedy"),
                {
                    "default_complaint_id": remedy.complaint_id.id,
                    "default_countered_id": remedy.id,
                },
            )
        return {"type": "ir.actions.act_window_close"}
