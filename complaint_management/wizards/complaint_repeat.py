from odoo import api, fields, models
from odoo.fields import Command


class ComplaintRepeat(models.TransientModel):
    """Makes a second complaint about the same a new round of the earlier case."""

    _name = "complaint.repeat"
    _description = "A New Round of the Earlier Case"

    complaint_id = fields.Many2one("complaint.complaint", required=True)
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    earlier_id = fields.Many2one(
        "complaint.complaint",
        string="Earlier Case",
        required=True,
        compute="_compute_earlier_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('policy_id', '=', policy_id), ('id', '!=', complaint_id),"
        " ('master_id', '=', False)]",
    )
    reason_id = fields.Many2one(
        "complaint.reason",
        string="Why It Goes On",
        required=True,
        domain="[('usage', '=', 'dissatisfied'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    note = fields.Text(
        string="What the Complainant Says",
        compute="_compute_earlier_id",
        store=True,
        precompute=True,
        readonly=False,
    )

    @api.depends("complaint_id")
    def _compute_earlier_id(self):
        for wizard in self:
            case = wizard.complaint_id
            wizard.earlier_id = case.repeat_proposal_id or case.repeat_of_id
            wizard.note = case.subject

    def action_go_on(self):
        """Begin the next round of the earlier case and merge this one into it.

        :raise UserError: the earlier case isn't answered yet, or its rounds are over
        """
        self.ensure_one()
        case, earlier = self.complaint_id, self.earlier_id
        case.check_access("write")
        case._check_open()
        if earlier != case.repeat_proposal_id and earlier != case.repeat_of_id:
            earlier.check_access("write")
        course = self.env["complaint.round.course"]
        # sudo: complaint.complaint - who registers the repeat needn't lead the first
        earlier = earlier.sudo()
        course._check_answered(earlier)
        course._check_next(earlier, self.env["complaint.round.rule"])
        course._note(
            earlier,
            "dissatisfied",
            dissatisfaction_id=self.reason_id.id,
            satisfaction_note=self.note,
        )
        course._go_on(earlier, self.reason_id, self.note)
        # sudo: complaint.merge - as above
        merge = self.env["complaint.merge"].sudo()
        merge.create(
            {
                "complaint_ids": [Command.set((case | earlier).ids)],
                "master_id": earlier.id,
            }
        ).action_merge()
        # sudo: complaint.complaint - taken off: the user's own rights say what to show
        return earlier.sudo(False)._get_action_after_hand_over()
