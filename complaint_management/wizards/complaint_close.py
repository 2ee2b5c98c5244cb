from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintClose(models.TransientModel):
    """Asks how a case ended."""

    _name = "complaint.close"
    _description = "Close Complaints"

    complaint_ids = fields.Many2many(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    policy_id = fields.Many2one(
        "complaint.policy", compute="_compute_policy_id", readonly=True
    )
    outcome_id = fields.Many2one(
        "complaint.reason",
        required=True,
        domain="[('usage', '=', 'close'), ('policy_id', 'in', (policy_id, False))]",
    )
    result = fields.Selection(related="outcome_id.outcome", string="Result")
    withdrawal_reason_id = fields.Many2one(
        "complaint.reason",
        string="Why It Is Withdrawn",
        domain="[('usage', '=', 'withdrawal'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    note = fields.Text(string="How It Ended")

    @api.depends("complaint_ids")
    def _compute_policy_id(self):
        for wizard in self:
            policies = wizard.complaint_ids.policy_id
            wizard.policy_id = policies if len(policies) == 1 else False

    def action_close(self):
        """Close the cases with this outcome; ask for it where that needs approval.

        :raise UserError: a case is closed already, its policy has no closed stage, or
            has refusals decided, perhaps approved, before
        """
        self.ensure_one()
        self.complaint_ids._check_open()
        if self.outcome_id.outcome == "not_accepted":
            self.complaint_ids._check_no_decision_owed()
        if self.outcome_id.outcome == "withdrawn":
            return self._withdraw()
        for stage, complaints in self.complaint_ids.grouped(
            lambda case: self._get_closed_stage(case, self.outcome_id)
        ).items():
            ending = {"outcome_id": self.outcome_id.id, "close_note": self.note}
            needing = self._get_needing(stage, complaints)
            if needing:
                self.env["complaint.change.request"]._ask_stage(
                    needing, stage, self.note or self.outcome_id.name, **ending
                )
            (complaints - needing).write({"stage_id": stage.id, **ending})
        return {"type": "ir.actions.act_window_close"}

    def _withdraw(self):
        """Go the way of a withdrawal: verified and approved as the policy says."""
        withdrawals = self.env["complaint.withdrawal"]
        # sudo: complaint.withdrawal - closed by who may close the case
        ready = withdrawals.sudo().search(
            [
                ("complaint_id", "in", self.complaint_ids.ids),
                ("state", "=", "ready"),
                ("approval_state", "=", "approved"),
            ]
        )
        done = self.complaint_ids & ready.complaint_id
        done.check_access("write")
        ready._close()
        rest = self.complaint_ids - done
        if rest:
            withdrawals._note(
                rest,
                reason_id=self.withdrawal_reason_id.id,
                outcome_id=self.outcome_id.id,
                note=self.note,
            )
        return {"type": "ir.actions.act_window_close"}

    def _get_needing(self, stage, complaints):
        """Return those of ``complaints`` that enter ``stage`` after approval only."""
        requests = self.env["complaint.change.request"]
        granted = requests._get_granted(stage, complaints).complaint_id
        return requests._get_needing(stage, complaints) - granted

    @api.model
    def _get_closed_stage(self, complaint, outcome):
        """Return the stage in which ``complaint`` ends with ``outcome``."""
        closed = complaint.policy_id._get_end_stage(outcome.outcome)
        if not closed:
            raise UserError(
                self.env._(
                    "The policy “%s” has no stage in phase “Closed”. An administrator "
                    "of complaints can add one.",
                    complaint.policy_id.name,
                )
            )
        return closed
