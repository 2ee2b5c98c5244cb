from odoo import api, fields, models


class ComplaintSatisfactionMixin(models.AbstractModel):
    """What the case shows of its rounds: is the complainant satisfied, who has it."""

    _name = "complaint.satisfaction.mixin"
    _description = "Satisfaction with a Complaint's Handling"

    round_ids = fields.One2many(
        "complaint.round", "complaint_id", string="Rounds", readonly=True
    )
    round_id = fields.Many2one(
        "complaint.round",
        string="Current Round",
        compute="_compute_round_id",
        compute_sudo=True,
        store=True,
    )
    round_number = fields.Integer(
        related="round_id.number", string="Round", store=True, aggregator="max"
    )
    forum = fields.Selection(related="round_id.forum", store=True)
    satisfaction = fields.Selection(
        related="round_id.satisfaction", store=True, tracking=True
    )
    dissatisfaction_id = fields.Many2one(
        related="round_id.dissatisfaction_id", store=True
    )
    no_further = fields.Boolean(related="round_id.no_further")
    follow_up_ids = fields.One2many("complaint.follow.up", "complaint_id")
    # the same again
    repeat_proposal_id = fields.Many2one(
        "complaint.complaint",
        string="Perhaps a Repeat of",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    repeat_of_id = fields.Many2one(
        "complaint.complaint",
        string="Repeat of",
        compute="_compute_repeat_of_id",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        copy=False,
    )
    repeated_ids = fields.One2many(
        "complaint.complaint", "repeat_of_id", string="Repeated By"
    )
    repeated_count = fields.Integer(string="Repeats", compute="_compute_repeated_count")
    can_ask_satisfaction = fields.Boolean(compute="_compute_can_ask_satisfaction")

    @api.depends("round_ids.number")
    def _compute_round_id(self):
        for complaint in self:
            complaint.round_id = complaint.round_ids.sorted("number")[-1:]

    @api.depends("phase", "round_id.answered_at", "round_id.decided_on", "master_id")
    def _compute_can_ask_satisfaction(self):
        course = self.env["complaint.round.course"]
        for complaint in self:
            complaint.can_ask_satisfaction = course._is_answered(complaint)

    @api.depends("link_ids.type", "link_ids.linked_id")
    def _compute_repeat_of_id(self):
        for complaint in self:
            links = complaint.link_ids.filtered(lambda link: link.type == "repeat")
            complaint.repeat_of_id = links[-1:].linked_id

    @api.depends("repeated_ids")
    def _compute_repeated_count(self):
        for complaint in self:
            complaint.repeated_count = len(complaint.repeated_ids)

    def action_confirm_repeat(self):
        """Link this case to the earlier one that was recognised."""
        self.check_access("write")
        for complaint in self.filtered("repeat_proposal_id"):
            # sudo: complaint.link - a registrar confirms what the case has recognised
            self.env["complaint.link"].sudo().create(
                {
                    "complaint_id": complaint.id,
                    "linked_id": complaint.repeat_proposal_id.id,
                    "type": "repeat",
                }
            )
            # sudo: complaint.complaint - a fact of the case, checked above
            complaint.sudo().repeat_proposal_id = False
        return True

    def action_dismiss_repeat(self):
        """Say that this case isn't the same as the one that was recognised."""
        self.check_access("write")
        for complaint in self.filtered("repeat_proposal_id"):
            complaint._message_log(
                body=self.env._("No repeat of %s.", complaint.repeat_proposal_id.name)
            )
            # sudo: complaint.complaint - as above
            complaint.sudo().repeat_proposal_id = False
        return True

    def action_repeat_round(self):
        """Open the window that makes this case a new round of the earlier one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("A New Round of the Earlier Case"),
            "res_model": "complaint.repeat",
            "view_mode": "form",
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }

    def action_ask_satisfaction(self):
        """Open the window that notes what the complainant says of the answer."""
        self.ensure_one()
        self.env["complaint.round.course"]._check_answered(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Is the Complainant Satisfied?"),
            "res_model": "complaint.satisfaction",
            "view_mode": "form",
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }

    def action_note_forum(self):
        """Open the window that notes dates and outcome of a body outside."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Before the Body Outside"),
            "res_model": "complaint.round.forum",
            "view_mode": "form",
            "target": "new",
            "context": {"default_round_id": self.round_id.id},
        }

    def _get_satisfaction_missing(self) -> list[tuple]:
        """Return ``(case, text)`` of those that the policy doesn't let close yet.

        Who withdrew, or whose case was merged or not accepted, isn't asked.
        """
        missing = []
        for complaint in self:
            exempt = complaint.outcome_id.outcome in ("withdrawn", "not_accepted")
            needed = complaint.policy_id.close_needs_satisfaction
            if exempt or complaint.master_id or needed in ("none", False):
                continue
            text = complaint._get_satisfaction_lack(needed)
            if text:
                missing.append((complaint, text))
        return missing

    def _get_satisfaction_lack(self, needed) -> str | None:
        """Return what is missing of the satisfaction that closing needs."""
        if self._is_at_end_of_road():
            return None
        if self.satisfaction == "unknown":
            return self.env._(
                "the complainant's opinion of the answer (use “Satisfied?” to note it)."
            )
        if needed == "asked":
            return None
        if self.satisfaction != "satisfied":
            return self.env._(
                "a satisfied complainant, or the end of the road: the last round, a "
                "decision of a body outside, or a follow-up given up."
            )
        if needed == "declared" and not self.no_further:
            return self.env._(
                "the declaration that there is no further complaint about the event "
                "(use “Satisfied?” to note it)."
            )
        return None

    def _is_at_end_of_road(self) -> bool:
        """Tell whether nothing is left that could make the complainant satisfied.

        A body outside has decided, no round is left, or nobody could be reached.
        """
        if self.round_id.decided_on:
            return True
        if self.satisfaction == "dissatisfied":
            return self.env["complaint.round.course"]._is_exhausted(self)
        # sudo: complaint.follow.up - who closes needn't see who called
        calls = self.sudo().follow_up_ids.filtered(
            lambda call: call.round_id == self.round_id and call.state == "given_up"
        )
        return self.satisfaction == "no_answer" and bool(calls)
