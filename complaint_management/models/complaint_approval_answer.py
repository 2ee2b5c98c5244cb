from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .complaint_approval import OPEN_STATES


class ComplaintApproval(models.Model):
    """Answering: who may, what follows, who is told."""

    _inherit = "complaint.approval"

    can_answer = fields.Boolean(
        string="Mine to Answer",
        compute="_compute_can_answer",
        search="_search_can_answer",
    )

    @api.depends_context("uid")
    @api.depends("user_ids", "delegate_ids", "state", "requested_by_id")
    def _compute_can_answer(self):
        for approval in self:
            approval.can_answer = bool(approval._get_represented(self.env.user))

    def _search_can_answer(self, operator, value):
        if operator != "in":
            return NotImplemented
        asked = Domain("user_ids", "in", self.env.uid)
        asked |= Domain("delegate_ids", "in", self.env.uid)
        others = Domain("requested_by_id", "!=", self.env.uid)
        return Domain("state", "=", "pending") & others & asked

    def _get_represented(self, user):
        """Return for whom ``user`` would answer: themselves, who is away, or nobody."""
        # sudo: complaint.approval - who may answer is no secret from the question
        approval = self.sudo()
        if approval.state != "pending" or user == approval.requested_by_id:
            return user.browse()
        if user in approval.user_ids:
            return user
        if user not in approval.delegate_ids:
            return user.browse()
        # The scheduler may be a minute late: what holds at this moment counts.
        current = self.env["complaint.delegation"]._get_current(approval.policy_id)
        return approval.user_ids.filtered(
            lambda away: user in current._get_reached(away)
        )[:1]

    # ------------------------------------------------------------
    # ANSWERING
    # ------------------------------------------------------------

    def action_approve(self):
        """Approve: what was asked for happens when nobody else has to."""
        return self._answer_each("approved")

    def action_refuse(self):
        """Open the window that asks why these are refused."""
        answerable = self.filtered("can_answer")
        if not answerable:
            self[:1]._check_answerable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "complaint.approval.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_ids": [Command.set(self.ids)]},
        }

    def _answer_each(self, state, note=None):
        """Answer each question by itself: one that can't be answered stops no other.

        :return: for several, a notice of what was answered and what was not
        :raise UserError: none of them could be answered
        """
        if len(self) == 1:
            self._answer_one(state, note)
            return True
        together = self._get_together()
        try:
            with self.env.cr.savepoint():
                together._answer(state, note)
        except UserError:
            together = self.browse()
        failures = []
        for approval in self - together:
            try:
                with self.env.cr.savepoint():
                    approval._answer_one(state, note)
            except UserError as error:
                failures.append(f"{approval.reason}: {error}")
        done = len(self) - len(failures)
        if not done:
            raise UserError("\n".join(failures))
        return self._make_summary(done, failures)

    def _make_summary(self, done: int, failures: list) -> dict:
        message = self.env._("%s answered.", done)
        if failures:
            left = self.env._("%s left as they are:", len(failures))
            message = "\n".join([message, left, *failures])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failures else "success",
                "sticky": bool(failures),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_together(self):
        """Return those that may be answered in one go: one of each case."""
        by_case = self.filtered("can_answer").grouped("complaint_id")
        return self.browse().concat(*(rows[0] for rows in by_case.values()))

    def _answer_one(self, state, note=None):
        """Answer this question, or the one that is open in its place by now."""
        approval = self._get_open()
        approval._check_answerable()
        approval._answer(state, note)

    def _get_open(self):
        """Return the question of the same rule that took the place of this one.

        Somebody else has answered this one meanwhile, one more approval is wanted.
        """
        if self.state != "approved" or self.answered_by_id == self.env.user:
            return self
        found = self.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("attempt", "=", self.attempt),
                ("rule_id", "=", self.rule_id.id),
                ("role_id", "=", self.role_id.id),
                ("state", "=", "pending"),
            ],
            limit=1,
        )
        return found if found.can_answer else self

    def _check_answerable(self):
        """Refuse who must not answer, and what needs no answer any more.

        :raise UserError: saying who may, or what happened
        """
        if self.state == "waiting":
            raise UserError(
                self.env._("“%s” waits for an earlier approval.", self.reason)
            )
        if self.state == "cancelled":
            raise UserError(self.env._("“%s” was called off.", self.reason))
        if self.state != "pending":
            raise UserError(self.env._("“%s” was answered already.", self.reason))
        if not self.can_answer:
            # sudo: complaint.approval - who may answer is told by name
            users = self.sudo().user_ids
            raise UserError(
                self.env._(
                    "“%(reason)s” is for %(users)s to answer; nobody approves "
                    "their own request, and nobody answers twice.",
                    reason=self.reason,
                    users=", ".join(users.mapped("name")),
                )
            )

    def _answer(self, state, note=None):
        """Write the answers down and go on: next question, next step, or the end.

        :param self: questions on different cases
        """
        # sudo: complaint.approval - evidence, not the approver's to edit
        questions = self.sudo()
        questions._lock_requests()
        represented = {row: row._get_represented(self.env.user) for row in questions}
        for away, rows in questions.grouped(represented.get).items():
            rows.write(
                {
                    "state": state,
                    "answered_by_id": self.env.uid,
                    "answered_for_id": (away - self.env.user).id,
                    "answered_at": fields.Datetime.now(),
                    "answer_note": note,
                }
            )
        questions._note_answers()
        ended = following = questions.browse()
        for request in questions._get_requests():
            row = request & questions
            left = request.filtered(lambda row: row.state in OPEN_STATES)
            if state == "refused":
                left.write({"state": "cancelled"})
            elif left:
                left._pass_over(self.env.user | represented[row])
                following |= left[0]
            if state == "refused" or not left:
                ended |= row
        following._open_next()
        ended._end_requests(state)
        questions._sync_activities()

    def _lock_requests(self):
        """Let nobody else answer at this moment, so that the last one is the last."""
        self.flush_recordset()
        keys = tuple(row._get_request_key() for row in self)
        if keys:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM complaint_approval WHERE"
                    " (res_model, res_id, attempt) IN %s"
                    " ORDER BY id FOR NO KEY UPDATE",
                    keys,
                )
            )

    def _pass_over(self, users):
        """Let ``users``, who have answered, not be asked a second time."""
        for row in self.filtered(lambda row: row.user_ids & users):
            rest = row.user_ids - users
            if not rest:
                row.state = "waiting"  # asked anew, of whoever stands in
            row.user_ids = rest
        self.filtered(lambda row: row.state == "pending")._set_delegates()

    def _end_requests(self, state):
        """Tell the rows and the engine how these requests ended."""
        by_asker = self.grouped(lambda row: (row.res_model, row.requested_by_id))
        for (model, asker), approvals in by_asker.items():
            rows = approvals._get_rows(model)
            if state == "approved":
                approvals = approvals.with_context(complaint_author_id=asker.id)
                rows.with_env(approvals.env)._set_approved()
            else:
                rows._set_refused(approvals[0].answer_note)
                approvals._notify_refused()
            event = "approval_given" if state == "approved" else "approval_refused"
            for name in (event, "approval_decided"):
                approvals.complaint_id._complaint_event(name, approvals)

    def _get_seated_users(self):
        """Return who sees the cases of these: who was asked, who answers for them."""
        return self.user_ids | self.delegate_ids | self.answered_by_id

    def _get_row(self):
        """Return the row that is asked about; a deleted one has no open question."""
        return self._get_rows(self.res_model)

    def _get_rows(self, model):
        """Return the rows of ``model`` that these questions are about."""
        # sudo: any approvable row - who approves needn't be able to edit it
        return self.env[model].sudo().browse(self.mapped("res_id"))

    @api.model
    def _replace_unfit(self, users, complaints=None):
        """Ask others what only ``users`` could answer, who left or are recused."""
        domain = Domain("state", "=", "pending")
        domain &= Domain("user_ids", "in", users.ids) | Domain(
            "delegate_ids", "in", users.ids
        )
        if complaints:
            domain &= Domain("complaint_id", "in", complaints.ids)
        # sudo: complaint.approval - the questions of the cases are the system's
        rows = self.sudo().with_context(active_test=False).search(domain)
        rows._pass_over(users)
        if rows:
            rows._open_next()
            rows._sync_activities()

    # ------------------------------------------------------------
    # CALLING OFF
    # ------------------------------------------------------------

    @api.model
    def _cancel_of(self, rows):
        """Call off what is still asked about ``rows``."""
        # sudo: complaint.approval - evidence, written by the case only
        open_ones = self.sudo().search(
            [
                ("res_model", "=", rows._name),
                ("res_id", "in", rows.ids),
                ("state", "in", OPEN_STATES),
            ]
        )
        open_ones._cancel()

    def _cancel(self):
        for rows in self.grouped("res_model").values():
            asked = self.env[rows[0].res_model].browse(rows.mapped("res_id")).exists()
            asked.filtered(lambda r: r.approval_state == "pending").write(
                {"approval_state": False}
            )
        self.write({"state": "cancelled"})
        self._sync_activities()

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: nothing more to ask."""
        if event != "closed":
            return
        # sudo: complaint.approval - as above
        rows = self.sudo().search(
            [("complaint_id", "in", complaints.ids), ("state", "in", OPEN_STATES)]
        )
        rows.filtered(
            lambda row: self.env[row.res_model]._approval_ends_with_case
        )._cancel()
