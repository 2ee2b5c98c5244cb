from odoo import api, fields, models
from odoo.exceptions import UserError

#: What has no row of its own until it is granted.
CHANGES = [("stage", "Move to a Stage"), ("extension", "Extension of a Deadline")]


class ComplaintChangeRequest(models.Model):
    """A change of a case that somebody asks for, and that happens once approved.

    An add-on adds a change by ``selection_add`` on ``subject`` and a method
    ``_apply_<subject>``.
    """

    _name = "complaint.change.request"
    _description = "Request for a Change"
    _inherit = ["complaint.round.row.mixin", "complaint.approvable.mixin"]
    _order = "id desc"
    _rec_name = "reason"

    subject = fields.Selection(CHANGES, required=True, readonly=True)
    reason = fields.Char(required=True)
    requested_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    requested_at = fields.Datetime(default=fields.Datetime.now)
    applied_at = fields.Datetime(readonly=True)
    # extension
    deadline_id = fields.Many2one(
        "complaint.deadline", index="btree_not_null", ondelete="cascade"
    )
    due_at = fields.Datetime(string="New Date")
    # stage
    stage_id = fields.Many2one("complaint.stage", ondelete="restrict")
    outcome_id = fields.Many2one("complaint.reason", ondelete="restrict")
    close_note = fields.Text(string="How It Ended")

    def _get_approval_subject(self) -> str:
        return self.subject

    def _get_approval_slots(self) -> list:
        """The deadline rule's own role is asked before those of approval rules."""
        clock = self.deadline_id
        role = clock.rule_id._get_extension_role(clock)
        return [(role, 0)] if self.subject == "extension" and role else []

    def _get_approval_scope(self) -> dict:
        return {"stage_ids": self.stage_id} if self.subject == "stage" else {}

    def _get_approval_reason(self) -> str:
        if self.subject != "stage":
            return super()._get_approval_reason()
        return self.env._(
            "To stage “%(stage)s”: %(reason)s",
            stage=self.stage_id.name,
            reason=self.reason,
        )

    def _prepare_approval(self) -> dict:
        return {"deadline_id": self.deadline_id.id, "due_at": self.due_at}

    def _on_approved(self):
        getattr(self, f"_apply_{self.subject}")()

    def _apply_extension(self):
        clock = self.deadline_id
        clock._check_extendable()
        if self.due_at <= clock.due_at:
            raise UserError(
                self.env._(
                    "“%s” was moved meanwhile: it is due later.", clock.display_name
                )
            )
        clock._extend(self.due_at, self.reason)
        self.applied_at = fields.Datetime.now()

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def _apply_stage(self):
        """Move the case; what it still lacks is noted, and then it may be moved."""
        complaint = self.complaint_id
        if complaint.stage_id == self.stage_id:
            return
        try:
            with self.env.cr.savepoint():
                complaint.write(self._prepare_move())
        except UserError as error:
            self._tell_not_moved(error)

    def _prepare_move(self) -> dict:
        values = {"stage_id": self.stage_id.id}
        if self.outcome_id:
            values |= {"outcome_id": self.outcome_id.id, "close_note": self.close_note}
        return values

    def _tell_not_moved(self, error):
        """Note what is missing, and tell who asked: the approval holds."""
        complaint, user = self.complaint_id, self.requested_by_id
        text = self.env._(
            "Entering “%(stage)s” is approved, but it can't be done yet. %(error)s",
            stage=self.stage_id.name,
            error=str(error),
        )
        complaint._message_log(body=text)
        complaint.message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Approved, not yet moved: %s", self.stage_id.name),
            body=text,
        )

    @api.model
    def _get_needing(self, stage, complaints):
        """Return those of ``complaints`` that enter ``stage`` by approval only."""
        needing = complaints.browse()
        rules = self.env["complaint.approval.rule"]
        for rule in rules._get_rules(stage.policy_id, "stage"):
            if rule._is_in_scope({"stage_ids": stage}):
                needing |= rule._filter_complaints(complaints)
        return needing

    @api.model
    def _get_granted(self, stage, complaints):
        """Return the approvals to enter ``stage`` that were not used yet."""
        # sudo: complaint.change.request - granted whoever moves the case
        granted = self.sudo().search(
            [
                ("complaint_id", "in", complaints.ids),
                ("stage_id", "=", stage.id),
                ("approval_state", "=", "approved"),
                ("applied_at", "=", False),
            ]
        )
        return granted.filtered(lambda row: row.round_id == row.complaint_id.round_id)

    @api.model
    def _use(self, stage, complaints, old):
        """Let ``complaints`` enter ``stage`` by the approval given, which is used up.

        A merged case, or a new one, needs none.

        :param old: the stage they come from
        :raise UserError: naming those that need approval first
        """
        cases = complaints.filtered(lambda case: old and not case.master_id)
        needing = self._get_needing(stage, cases)
        if not needing:
            return
        granted = self._get_granted(stage, needing)
        refused = needing - granted.complaint_id
        if refused:
            raise UserError(
                self.env._(
                    "Entering “%(stage)s” needs approval: use “Ask for Approval” on "
                    "%(cases)s. Once approved, it moves by itself.",
                    stage=stage.name,
                    cases=", ".join(refused.mapped("name")),
                )
            )
        granted.applied_at = fields.Datetime.now()

    @api.model
    def _get_stages_to_ask(self, complaint):
        """Return the stages that ``complaint`` may enter by approval only."""
        rules = self.env["complaint.approval.rule"]
        if not rules._get_rules(complaint.policy_id, "stage"):
            return complaint.stage_id.browse()
        return (complaint.policy_id.stage_ids - complaint.stage_id).filtered(
            lambda stage: self._get_needing(stage, complaint)
        )

    @api.model
    def _ask_stage(self, complaints, stage, reason, **values):
        """Ask for the move of each case to ``stage``; it moves once approved.

        :param values: outcome and note of a case that is to be closed
        :raise UserError: it was asked already
        """
        complaints.check_access("write")
        # sudo: complaint.change.request - evidence, made by the case only
        requests = self.sudo()
        asked = requests.search(
            [
                ("complaint_id", "in", complaints.ids),
                ("stage_id", "=", stage.id),
                ("approval_state", "=", "pending"),
            ],
            limit=1,
        )
        if asked:
            raise UserError(
                self.env._(
                    "%(complaint)s waits for approval to enter “%(stage)s” already.",
                    complaint=asked.complaint_id.name,
                    stage=stage.name,
                )
            )
        requests = requests.create(
            [
                {
                    "complaint_id": case.id,
                    "subject": "stage",
                    "stage_id": stage.id,
                    "reason": reason,
                    **values,
                }
                for case in complaints
            ]
        )
        requests._request_approval()
        return requests
