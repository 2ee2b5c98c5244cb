from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintRemedy(models.Model):
    """The way of a remedy: offered, answered, carried out."""

    _inherit = "complaint.remedy"

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _offer(self, how, at=None):
        """Note that the complainant was told: by whatever way, at that time.

        :raise UserError: it isn't approved, or the case is closed
        """
        self._check_step(("approved",), self.env._("offered"), at)
        self.complaint_id._check_open()
        self._step("offered", {"offered_how": how, "offered_at": self._at(at)})

    def _answer(self, state, note=None, at=None):
        """Note what the complainant says to the offer.

        :param state: accepted, refused or countered
        :raise UserError: it wasn't offered
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._check_step(("offered",), labels[state], at)
        values = {"answered_at": self._at(at), "answer_note": note}
        self._step(state, values)
        if state == "accepted":
            self._ask_execution()
        else:
            self._call_off()

    def _execute(self, at=None, attachments=None, **values):
        """Note that it is carried out, with its proof.

        :param attachments: files that prove it
        :param values: note, number of a document
        :raise UserError: it isn't agreed yet, or the proof is missing
        """
        for remedy in self:
            remedy._check_consent()
            done = remedy._get_executable_states()
            remedy._check_step(done, self.env._("carried out"), at)
        # sudo: complaint.remedy - as above
        rows = self.sudo()
        if attachments:
            values["proof_attachment_ids"] = [
                Command.link(id_) for id_ in attachments.ids
            ]
        rows.write(values)
        rows._check_proof()
        rows._step(
            "executed", {"executed_at": self._at(at), "executed_by_id": self.env.uid}
        )
        rows._file_proof()
        for assignment in rows.assignment_id:
            if assignment._is_open():
                assignment.with_env(self.env).action_done()

    def _cancel(self, note=None):
        """Give up what isn't carried out yet."""
        states = ("proposed", "approved", "offered", "accepted")
        self._check_step(states, self.env._("cancelled"))
        self._cancel_approval()
        self._step("cancelled", {"answer_note": note} if note else {})
        self._call_off()

    def _step(self, state, values):
        """Take a step, tell the engine, and note it on the case."""
        # sudo: complaint.remedy - as above
        rows = self.sudo()
        rows.write({**values, "state": state})
        if state != "cancelled":
            rows._emit(f"remedy_{state}")
        if state in ("refused", "countered", "cancelled"):
            # sudo: complaint.deadline - clocks run for whoever takes the step
            self.env["complaint.deadline"].sudo()._end_with_remedies(rows)
        labels = dict(self._fields["state"]._description_selection(self.env))
        for remedy in rows:
            remedy.complaint_id._message_log(
                body=self.env._(
                    "Remedy %(state)s: %(remedy)s",
                    state=labels[state],
                    remedy=remedy.display_name,
                )
            )

    def _emit(self, event):
        # sudo: complaint.complaint - events concern rules, not who takes the step
        self.sudo().complaint_id._complaint_event(event, self)

    @api.model
    def _at(self, at):
        return at or fields.Datetime.now()

    def _is_executable(self) -> bool:
        """Tell whether this is agreed, as far as it needs to be, and still to do."""
        return self.state in self._get_executable_states()

    def _get_executable_states(self) -> tuple:
        if self.type_id._needs_consent():
            return ("accepted",)
        return ("approved", "offered", "accepted")

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _check_step(self, states, verb, at=None):
        """Refuse a step that isn't the user's, too early or in the future.

        :raise UserError: in words
        """
        for remedy in self:
            asked = remedy.assignment_id.with_env(self.env)
            if not (asked and asked.has_access("write")):
                remedy.complaint_id.with_env(self.env).check_access("write")
        self._check_state(states, verb)
        if at and at > fields.Datetime.now():
            raise UserError(self.env._("What is in the future hasn't happened yet."))

    def _check_state(self, states, verb):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for remedy in self.filtered(lambda row: row.state not in states):
            if remedy.state == "proposed":
                raise UserError(
                    self.env._(
                        "“%s” is not approved yet: nothing may be told to the "
                        "complainant, nor done.",
                        remedy.display_name,
                    )
                )
            raise UserError(
                self.env._(
                    "“%(remedy)s” can't be %(verb)s: its state is “%(state)s”.",
                    remedy=remedy.display_name,
                    verb=verb.lower(),
                    state=labels[remedy.state],
                )
            )

    def _check_consent(self):
        """Refuse to do what the complainant has to accept before.

        :raise UserError: it was approved or offered only
        """
        for remedy in self:
            waiting = remedy.state in ("approved", "offered")
            if waiting and remedy.type_id._needs_consent():
                raise UserError(
                    self.env._(
                        "“%s” is carried out when the complainant has accepted it.",
                        remedy.display_name,
                    )
                )

    def _check_proof(self):
        """Refuse an execution without proof where the policy wants one.

        :raise UserError: there is neither a file nor a document
        """
        for remedy in self.filtered("type_id.needs_proof"):
            proofs = remedy.proof_attachment_ids or remedy.proof_reference
            if not (proofs or remedy._has_final_document()):
                raise UserError(
                    self.env._(
                        "“%s” needs a proof: attach a file or give the number of the "
                        "document.",
                        remedy.display_name,
                    )
                )

    # ------------------------------------------------------------
    # EXECUTION BY OTHERS
    # ------------------------------------------------------------

    def _ask_execution(self):
        """Ask the role of the type to carry out what is agreed."""
        routing, memo, vals_list = self.env["complaint.routing"], {}, []
        # sudo: complaint.remedy, complaint.assignment - rules ask, whoever agrees
        remedies = self.sudo().filtered(
            lambda row: row.type_id.execution_role_id and not row.assignment_id
        )
        for remedy in remedies:
            case, role = remedy.complaint_id, remedy.type_id.execution_role_id
            target = routing._resolve(role, case, memo)
            values = routing._prepare_assignment(case, "task", role, target, memo)
            name = self.env._("Carry out: %s", remedy.display_name)
            vals_list.append({**values, "name": name})
        assignments = remedies.assignment_id.create(vals_list)
        for remedy, assignment in zip(remedies, assignments, strict=True):
            remedy.assignment_id = assignment

    def _call_off(self):
        # sudo: complaint.assignment - as above
        asked = self.sudo().assignment_id.filtered(lambda row: row._is_open())
        if asked:
            asked.action_cancel()

    def _file_proof(self):
        """Let proofs belong to the remedy, whose readers may read them."""
        for remedy in self:
            proofs = remedy.proof_attachment_ids
            others = proofs.filtered(
                lambda file, remedy=remedy: (
                    (file.res_model, file.res_id) != (remedy._name, remedy.id)
                )
            )
            filed = others._complaint_file(remedy)
            remedy.proof_attachment_ids = (proofs - others).with_env(filed.env) | filed

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_step(self):
        """Open the window for the step that the context names."""
        self.ensure_one()
        step = self.env.context["complaint_step"]
        labels = dict(
            self.env["complaint.remedy.step"]
            ._fields["step"]
            ._description_selection(self.env)
        )
        return self.complaint_id.assignment_ids._open_window(
            "complaint.remedy.step",
            labels[step],
            {"default_remedy_id": self.id, "default_step": step},
        )

    def action_change(self):
        """Open the window of the proposal again."""
        self.ensure_one()
        return self.complaint_id.assignment_ids._open_window(
            "complaint.remedy.propose",
            self.env._("Remedy"),
            {
                "default_complaint_id": self.complaint_id.id,
                "default_remedy_id": self.id,
            },
        )
