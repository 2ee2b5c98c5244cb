from odoo import api, fields, models

#: The ground that is proposed when the limitation period is over.
LIMITATION = "limitation"


class ComplaintAcceptanceDecide(models.TransientModel):
    """Asks whether a complaint is accepted, must be completed or is refused."""

    _name = "complaint.acceptance.decide"
    _description = "Decide on Acceptance"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    limitation_text = fields.Char(
        related="complaint_id.limitation_text", related_sudo=False
    )
    decision = fields.Selection(
        [
            ("accept", "Accept the Complaint"),
            ("completion", "Ask for Completion"),
            ("refuse", "Do Not Accept"),
        ],
        required=True,
        default="accept",
    )
    ground_id = fields.Many2one(
        "complaint.reason",
        compute="_compute_ground_id",
        store=True,
        readonly=False,
        domain="[('usage', '=', 'refuse'), ('policy_id', 'in', (policy_id, False))]",
    )
    missing = fields.Text(string="What Is Missing")
    note = fields.Text(string="Reasons")
    referral_partner_id = fields.Many2one(
        "res.partner",
        string="Referred To",
        help="The body that is competent: told to the complainant.",
    )

    @api.depends("complaint_id")
    def _compute_ground_id(self):
        """Propose the ground of the limitation period when that is over."""
        reasons = self.env["complaint.reason"]
        for wizard in self:
            ground = reasons
            if wizard.limitation_text:
                ground = reasons.search(
                    [
                        ("usage", "=", "refuse"),
                        ("code", "=", LIMITATION),
                        ("policy_id", "in", (wizard.policy_id.id, False)),
                    ],
                    order="policy_id",
                    limit=1,
                )
            wizard.ground_id = ground

    def action_decide(self):
        """Decide; leave the case when it is no longer visible."""
        self.ensure_one()
        values = {"decision": self.decision, "note": self.note}
        if self.decision == "completion":
            values["missing"] = self.missing
        elif self.decision == "refuse":
            values["ground_id"] = self.ground_id.id
            values["referral_partner_id"] = self.referral_partner_id.id
        complaint = self.complaint_id
        self.env["complaint.acceptance"]._decide(complaint, **values)
        return complaint._get_action_after_hand_over()
