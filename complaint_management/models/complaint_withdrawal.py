from odoo import api, fields, models
from odoo.exceptions import UserError

from .complaint_withdrawal_mixin import STATES

#: Withdrawals that may still close their case.
OPEN_STATES = ("asked", "ready")


class ComplaintWithdrawal(models.Model):
    """Somebody takes a complaint back: why, verified by whom, voluntary or pressed.

    Until it is verified the case stays open and its clocks run. Evidence like any other
    row of a case: it stays whatever becomes of the case.
    """

    _name = "complaint.withdrawal"
    _description = "Withdrawal of a Complaint"
    _inherit = [
        "complaint.round.row.mixin",
        "complaint.approvable.mixin",
        "complaint.withdrawal.verification.mixin",
    ]
    _complaint_subject = "withdrawal"
    _order = "id desc"
    _rec_name = "reason_id"

    # why, how
    reason_id = fields.Many2one(
        "complaint.reason", ondelete="restrict", domain="[('usage', '=', 'withdrawal')]"
    )
    note = fields.Text(string="What the Complainant Says")
    channel_id = fields.Many2one("complaint.channel", string="How", ondelete="restrict")
    noted_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    asked_at = fields.Datetime(string="Withdrawn On", default=fields.Datetime.now)
    # verified
    state = fields.Selection(
        STATES,
        required=True,
        default="asked",
        index=True,
    )
    verdict = fields.Selection(
        [("voluntary", "Voluntary"), ("pressed", "Pressed")], string="Verified As"
    )
    verified_by_id = fields.Many2one("res.users")
    verified_at = fields.Datetime()
    verification_note = fields.Text(string="How It Was Verified")
    assignment_id = fields.Many2one(
        "complaint.assignment", string="Verification", index="btree_not_null"
    )
    outcome_id = fields.Many2one("complaint.reason", ondelete="restrict")
    can_verify = fields.Boolean(compute="_compute_can_verify")

    @api.depends("reason_id", "asked_at")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.reason_id.name or self.env._("Withdrawal")

    @api.depends_context("uid")
    @api.depends("state", "assignment_id.user_id", "noted_by_id")
    def _compute_can_verify(self):
        for row in self:
            row.can_verify = row.state == "asked" and row._is_verifier(self.env.user)

    # ------------------------------------------------------------
    # NOTED
    # ------------------------------------------------------------

    @api.model
    def _note(self, complaints, **values):
        """Note that these complaints are withdrawn, and do what the policies demand.

        :param values: reason, note, channel and outcome
        :raise UserError: a case is closed, or its withdrawal is being verified
        """
        complaints.check_access("write")
        complaints._check_open()
        self._check_none_open(complaints)
        reason = self.env["complaint.reason"].browse(values.get("reason_id") or [])
        reason._check_fits("withdrawal", complaints)
        # sudo: complaint.withdrawal - evidence, made by the case only
        rows = self.sudo().create(
            [
                {
                    "complaint_id": case.id,
                    "state": "asked" if case.policy_id.withdrawal_verified else "ready",
                    **values,
                }
                for case in complaints
            ]
        )
        complaints._complaint_event("withdrawal_asked", rows)
        asked = rows.filtered(lambda row: row.state == "asked")
        asked._ask_verification()
        (rows - asked)._request_approval()
        return rows

    @api.model
    def _check_none_open(self, complaints):
        # sudo: complaint.withdrawal - whoever noted it
        known = self.sudo().search(
            [("complaint_id", "in", complaints.ids), ("state", "in", OPEN_STATES)],
            limit=1,
        )
        if known:
            raise UserError(
                self.env._(
                    "%(complaint)s was withdrawn already, noted by %(user)s: see the "
                    "page “Withdrawals” for what it waits for.",
                    complaint=known.complaint_id.name,
                    user=known.noted_by_id.name,
                )
            )

    # ------------------------------------------------------------
    # VERIFIED
    # ------------------------------------------------------------

    def action_verify(self):
        """Open the window that asks whether it is voluntary."""
        self._check_verifiable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verify Withdrawal"),
            "res_model": "complaint.withdrawal.verify",
            "view_mode": "form",
            "target": "new",
            "context": {"default_withdrawal_id": self.id},
        }

    def _is_verifier(self, user) -> bool:
        """Tell whether ``user`` may verify this: asked, or of the complaint office."""
        # sudo: complaint.withdrawal - who may is no secret from the row
        row = self.sudo()
        if user == row.noted_by_id or user in row.complaint_id.excluded_user_ids:
            return False
        asked = row.assignment_id
        held = asked.filtered_domain(asked._get_domain_of_user(user))
        admin = user.has_group("complaint_management.group_complaint_admin")
        return bool(held) or user in row.policy_id.office_user_ids or admin

    def _check_verifiable(self):
        """Refuse who must not verify this withdrawal.

        :raise UserError: saying why
        """
        self.ensure_one()
        if self.state != "asked":
            raise UserError(
                self.env._("The withdrawal waits for no verification any more.")
            )
        if self.env.user == self.noted_by_id:
            raise UserError(
                self.env._(
                    "You have noted the withdrawal: somebody else has to verify it."
                )
            )
        if not self._is_verifier(self.env.user):
            raise UserError(
                self.env._(
                    "Only who was asked to, or the complaint office, verifies a "
                    "withdrawal; never somebody complained about."
                )
            )

    def _verify(self, verdict, note):
        """Write down what was found; close the case, or report who was pressed.

        :param verdict: ``voluntary`` or ``pressed``
        :param note: how it was verified
        """
        self._check_verifiable()
        # sudo: complaint.withdrawal - the row is evidence, not the verifier's to edit
        row = self.sudo()
        row.write(
            {
                "state": "ready" if verdict == "voluntary" else "pressed",
                "verdict": verdict,
                "verified_by_id": self.env.uid,
                "verified_at": fields.Datetime.now(),
                "verification_note": note,
            }
        )
        row._end_assignment(note)
        if verdict == "voluntary":
            row._request_approval()
        else:
            row._report_pressure()

    def _end_assignment(self, note):
        if self.assignment_id._is_open():
            self.assignment_id.opinion = note
            self.assignment_id.action_done()

    # ------------------------------------------------------------
    # THE END
    # ------------------------------------------------------------

    def _on_approved(self):
        if self.env.user == self.noted_by_id:
            self._close()
            return
        try:
            with self.env.cr.savepoint():
                self._close()
        except UserError as error:
            self._tell_noter(
                self.env._("Withdrawal: the case can't be closed yet"), str(error)
            )

    def _on_refused(self):
        self.state = "kept"
        if self.noted_by_id != self.create_uid or self.verified_by_id:
            self._tell_noter(
                self.env._("The withdrawal was not approved"), self.approval_note
            )

    def _tell_noter(self, subject, body):
        self.complaint_id._message_log(body=f"{subject}: {body}")
        if not self.noted_by_id:  # the complainant, on the case page
            return
        self.complaint_id.message_notify(
            partner_ids=self.noted_by_id.partner_id.ids, subject=subject, body=body
        )

    def _close(self):
        """Close the case as withdrawn; statistics keep it apart from the others."""
        for row in self:
            row.state = "withdrawn"
            complaint = row.complaint_id
            outcome = row.outcome_id or row._get_default_outcome()
            wizard = self.env["complaint.close"]
            stage = wizard._get_closed_stage(complaint, outcome)
            complaint.write(
                {
                    "outcome_id": outcome.id,
                    "close_note": row.note,
                    "stage_id": stage.id,
                }
            )
            complaint._complaint_event("withdrawn", row)

    def _get_default_outcome(self):
        """Return the outcome that means withdrawn, the policy's own first.

        :raise UserError: there is none
        """
        outcomes = self.env["complaint.reason"].search(
            [
                ("usage", "=", "close"),
                ("outcome", "=", "withdrawn"),
                ("policy_id", "in", (self.policy_id.id, False)),
            ]
        )
        own = outcomes.filtered("policy_id")
        if not outcomes:
            raise UserError(
                self.env._(
                    "There is no outcome that means “Withdrawn”: an administrator of "
                    "complaints can add one under Reasons."
                )
            )
        return (own or outcomes)[0]

    @api.model
    def _get_unverified(self, complaints):
        """Return those of ``complaints`` that a withdrawal must not close yet."""
        rules = self.env["complaint.approval.rule"]
        demanding = complaints.filtered(
            lambda case: (
                case.outcome_id.outcome == "withdrawn"
                and (
                    case.policy_id.withdrawal_verified
                    or rules._get_rules(case.policy_id, "withdrawal")
                )
            )
        )
        # sudo: complaint.withdrawal - whoever noted and verified it
        rows = self.sudo().search(
            [
                ("complaint_id", "in", demanding.ids),
                ("approval_state", "=", "approved"),
                ("state", "in", ("ready", "withdrawn")),
            ]
        )
        rows = rows.filtered(lambda row: row.round_id == row.complaint_id.round_id)
        return demanding - rows.complaint_id

    def action_keep(self):
        """The complaint goes on: nobody has to verify its withdrawal any more."""
        for row in self:
            row.complaint_id.check_access("write")
            if row.state not in OPEN_STATES:
                raise UserError(self.env._("The withdrawal was decided already."))
        # sudo: complaint.withdrawal - the row is evidence, written by its methods only
        self.sudo()._keep()
        return True

    def _keep(self):
        self._cancel_approval()
        self.state = "kept"
        asked = self.assignment_id.filtered(lambda row: row._is_open())
        asked.action_cancel()

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``.

        A case that ends otherwise needs no verification; one that is given back is
        asked of somebody else.
        """
        if event not in ("closed", "assignment_refused", "assignment_cancelled"):
            return
        # sudo: complaint.withdrawal - whoever causes the event
        rows = self.sudo().search(
            [("complaint_id", "in", complaints.ids), ("state", "in", OPEN_STATES)]
        )
        if event == "closed":
            rows.state = "kept"
            return
        gone = rows.filtered(
            lambda row: row.state == "asked" and row.assignment_id in source
        )
        gone._ask_verification(self.env.user)
