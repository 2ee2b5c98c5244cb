from odoo import fields, models

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
    description = fields.Text(related="remedy_id.description")
    value_text = fields.Char(related="remedy_id.value_text")
    needs_proof = fields.Boolean(related="remedy_id.type_id.needs_proof")
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
