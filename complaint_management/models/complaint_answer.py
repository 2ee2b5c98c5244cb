from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import is_html_empty

#: What people may write on a draft; the rest is written by the answer's own steps.
EDITABLE_FIELDS = {"check_ids", "how", "point_ids", "text", "to_forwarder", "type"}
#: The event of each type of answer.
EVENTS = {
    "interim": "interim_answered",
    "final": "answered",
    "result": "result_answered",
}
#: Ways of answering for which a letter is written, and how that goes out.
LETTER_DELIVERIES = {"letter": "print", "mail": "any"}


class ComplaintAnswer(models.Model):
    """One answer to the complainant: interim, final, or what came of it.

    What the policy demands of it is a checklist; as long as something is missing it
    isn't given. Once given it is kept as it was.
    """

    _name = "complaint.answer"
    _description = "Answer"
    _inherit = ["complaint.round.row.mixin", "complaint.approvable.mixin"]
    _order = "id desc"
    _rec_name = "type"
    _complaint_subject = "answer"

    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, precompute=True
    )
    type = fields.Selection(
        [
            ("interim", "Interim Answer"),
            ("final", "Final Answer"),
            ("result", "Result of the Execution"),
        ],
        required=True,
        default="final",
    )
    text = fields.Html(string="Our Answer")
    point_ids = fields.One2many(
        related="complaint_id.point_ids", readonly=False, string="Points of Complaint"
    )
    how = fields.Selection(
        [
            ("letter", "Letter by Post"),
            ("mail", "E-mail"),
            ("call", "Telephone"),
            ("talk", "Talk"),
            ("page", "Page or Forum"),
        ],
        string="Given By",
        required=True,
        default="letter",
        help="Letters and e-mails are written from the policy's template.",
    )
    to_forwarder = fields.Boolean(
        string="To the Forwarder Too",
        compute="_compute_to_forwarder",
        store=True,
        readonly=False,
        precompute=True,
        help="The body that forwarded the complaint gets a letter of its own.",
    )
    check_ids = fields.One2many("complaint.answer.check", "answer_id", "Checklist")
    missing_count = fields.Integer(
        string="Still Missing", compute="_compute_missing_count"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approval", "Waiting for Approval"),
            ("given", "Given"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
    )
    given_at = fields.Datetime(string="Given On", readonly=True)
    given_by_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    letter_ids = fields.One2many("complaint.letter", "answer_id", readonly=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    @api.depends("complaint_id")
    def _compute_to_forwarder(self):
        for answer in self:
            # sudo: complaint.party - that somebody forwarded the case is no secret
            parties = answer.complaint_id.sudo().party_ids
            answer.to_forwarder = "forwarder" in parties.mapped("type")

    @api.depends("check_ids.is_met")
    def _compute_missing_count(self):
        for answer in self:
            answer.missing_count = len(
                answer.check_ids.filtered(lambda row: not row.is_met)
            )

    @api.depends("state", "complaint_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        writable = self.complaint_id._filtered_access("write")
        for answer in self:
            answer.can_edit = (
                answer.state == "draft" and answer.complaint_id in writable
            )

    @api.depends("type", "complaint_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for answer in self:
            number = answer.complaint_id.name
            answer.display_name = " · ".join(
                filter(None, (number, labels.get(answer.type)))
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.keys() - EDITABLE_FIELDS - {"complaint_id"} for vals in vals_list
        ):
            raise AccessError(self.env._("An answer begins as a draft."))
        answers = super().create(vals_list)
        answers._list_requirements()
        return answers

    def write(self, vals):
        if not self.env.su and vals.keys() - EDITABLE_FIELDS:
            raise AccessError(
                self.env._("This isn't changed by hand: use the answer's buttons.")
            )
        if EDITABLE_FIELDS & vals.keys() and any(
            answer.state != "draft" for answer in self
        ):
            raise UserError(
                self.env._(
                    "An answer that was given, or waits for approval, is kept as it is."
                )
            )
        result = super().write(vals)
        if "type" in vals:
            self._list_requirements()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        if any(answer.state != "draft" for answer in self):
            raise UserError(
                self.env._("An answer that was given can't be deleted: give another.")
            )

    # ------------------------------------------------------------
    # THE GATE
    # ------------------------------------------------------------

    def _list_requirements(self):
        """Make the checklist what the policy demands of this type of answer."""
        # sudo: complaint.answer.check - the policy's, not the handler's
        for answer in self.sudo().filtered(lambda row: row.state == "draft"):
            wanted = answer.policy_id.answer_requirement_ids._get_for(answer)
            rows = answer.check_ids
            new = wanted - rows.requirement_id
            rows.filtered(lambda r, w=wanted: r.requirement_id not in w).unlink()
            answer.check_ids = [
                Command.create({"requirement_id": requirement.id})
                for requirement in new
            ]

    def _check_gate(self):
        """Refuse to give an answer that lacks what the policy demands.

        :raise UserError: in one line per missing thing
        """
        self._list_requirements()
        for answer in self:
            missing = answer._get_missing()
            if missing:
                raise UserError(
                    self.env._(
                        "The answer can't be given yet, it lacks:\n%s",
                        "\n".join(f"• {text}" for text in missing),
                    )
                )

    def _get_missing(self) -> list[str]:
        """Return what this answer lacks, in words."""
        missing = []
        if self.how in LETTER_DELIVERIES and is_html_empty(self.text):
            missing.append(self.env._("a text (Our Answer)"))
        for row in self.check_ids.filtered(lambda row: not row.is_met):
            hint = f": {row.hint}" if row.hint else ""
            missing.append(f"{row.requirement_id.display_name}{hint}")
        if self.how in LETTER_DELIVERIES and not self._get_letter_template():
            missing.append(
                self.env._(
                    "a letter template for this type of answer; an administrator of "
                    "complaints can add one, or choose another way to answer"
                )
            )
        return missing

    # ------------------------------------------------------------
    # GIVING IT
    # ------------------------------------------------------------

    def action_give(self):
        """Give the answer, once approved where the policy wants that.

        :raise UserError: it was given already, or lacks what the policy demands
        """
        self.check_access("read")
        self.complaint_id.check_access("write")
        for answer in self:
            if answer.state != "draft":
                raise UserError(
                    self.env._("This answer was given, or waits for approval.")
                )
        self._check_open_case()
        self._check_gate()
        # sudo: complaint.answer - evidence, written by its own steps
        answers = self.sudo()
        answers.write({"state": "approval", "given_by_id": self.env.uid})
        answers._request_approval()
        return True

    def action_draft(self):
        """Take an answer that waits for approval back, to change it."""
        self.check_access("read")
        self.complaint_id.check_access("write")
        if any(answer.state != "approval" for answer in self):
            raise UserError(self.env._("Only what waits for approval is taken back."))
        answers = self.sudo()  # sudo: complaint.answer - as above
        answers._cancel_approval()
        answers.write({"state": "draft", "approval_state": False})
        return True

    def _check_open_case(self):
        # What came of it is often told when the case is closed already.
        self.filtered(lambda row: row.type != "result").complaint_id._check_open()

    def _get_approval_summary(self):
        summary = super()._get_approval_summary()
        return summary + Markup("<br/>%s") % (self.text or "")

    def _on_approved(self):
        """Give the answer: to the complainant, and to who forwarded the case."""
        for answer in self:
            answer._give()
        return super()._on_approved()

    def _on_refused(self):
        """Hand the draft back to who wrote it, with the reason."""
        self.write({"state": "draft"})
        return super()._on_refused()

    def _give(self):
        now = fields.Datetime.now()
        self.write({"state": "given", "given_at": now})
        self.check_ids.write({"ticked": True})
        case = self.complaint_id
        if self.type == "final":
            case.answered_at = now
        self._write_letters()._finish(now=True)
        labels = dict(self._fields["how"]._description_selection(self.env))
        case._message_log(
            body=self.env._(
                "%(answer)s given by %(user)s: %(how)s",
                answer=self.display_name,
                user=self.given_by_id.name,
                how=labels[self.how],
            )
        )
        case._complaint_event(EVENTS[self.type], self)
        if self.type == "final":
            self._move_stage()

    def _move_stage(self):
        """Move the case on to the stage of the answer, where the policy says so."""
        case = self.complaint_id
        if not case.policy_id.answer_moves_stage or case.is_closed:
            return
        stages = case.policy_id.stage_ids.sorted("sequence")
        stage = stages.filtered(lambda stage: stage.phase == "answer")[:1]
        if stage and case.stage_id in stages[: stages.ids.index(stage.id)]:
            # The user's own: what the stage needs is asked of them.
            case.stage_id = stage

    # ------------------------------------------------------------
    # LETTERS
    # ------------------------------------------------------------

    def _get_letter_template(self):
        """Return the template of this answer's letter; that of a final one for others.

        The first that fits the case is taken.
        """
        # sudo: complaint.letter.template - the policy's
        templates = self.sudo().policy_id.letter_template_ids
        purposes = {"result": ("result", "final")}.get(self.type, (self.type,))
        for purpose in purposes:
            for template in templates.filtered(lambda t, p=purpose: t.purpose == p):
                if template._has_text() and template._filter_complaints(
                    self.complaint_id
                ):
                    return template
        return templates.browse()

    def _write_letters(self):
        """Return the letters of this answer: drafts, one a recipient."""
        template = self._get_letter_template()
        writer = self.env["complaint.letter.writer"]
        letters = self.env["complaint.letter"]
        if not template:
            return letters
        case = self.complaint_id
        delivery = LETTER_DELIVERIES.get(self.how)
        chosen = writer._get_recipients(template, case, {}) if delivery else []
        if self.to_forwarder:
            known = [recipient["party_id"] for recipient in chosen]
            chosen += [
                writer._prepare_party(party)
                for party in case.party_ids
                if party.type == "forwarder" and party.id not in known
            ]
        return writer._write(
            template,
            case,
            {case: chosen},
            answer_id=self.id,
            delivery=delivery or "any",
        )
