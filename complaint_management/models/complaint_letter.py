from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .complaint_letter_template import LETTER_PURPOSES

#: How a letter reaches somebody, and is proved to have.
SERVED_HOW = [
    ("hand", "Handed Over against Signature"),
    ("post", "Post"),
    ("registered", "Registered Mail"),
    ("mail", "E-mail"),
    ("notice", "Public Notice"),
]
#: What the letter says, and to whom: never written again once it isn't a draft.
CONTENT_FIELDS = {
    "address",
    "addressee",
    "answer_id",
    "body",
    "complaint_id",
    "copies",
    "delivery",
    "email",
    "lang",
    "name",
    "partner_id",
    "party_id",
    "purpose",
    "round_id",
    "signatures",
    "subject",
    "template_id",
}
#: What people may change on a draft; the rest is written by the letter's own steps.
EDITABLE_FIELDS = {"body", "copies", "delivery", "signatures", "subject"}
#: The words may still change.
OPEN_STATES = ("draft", "approval", "ready")
#: It has left the house: nothing of it changes any more.
SENT_STATES = ("sent", "served", "undeliverable")


class ComplaintLetter(models.Model):
    """One formal document to one recipient, kept as it went out.

    A letter to somebody whom not everybody may know is readable by who may know them;
    the case itself only notes that number so-and-so went out. A wrong letter is
    replaced by another one, never changed.
    """

    _name = "complaint.letter"
    _description = "Letter"
    _inherit = [
        "complaint.round.row.mixin",
        "complaint.approvable.mixin",
        "complaint.letter.words.mixin",
    ]
    _order = "id desc"
    _complaint_subject = "letter"
    # What a closed case still has to be told goes out all the same.
    _approval_ends_with_case = False

    name = fields.Char(string="Number", required=True, readonly=True, index="trigram")
    complaint_id = fields.Many2one(readonly=True)
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, precompute=True
    )
    template_id = fields.Many2one(
        "complaint.letter.template", readonly=True, index=True, ondelete="restrict"
    )
    cause = fields.Char(
        string="Written When", readonly=True, help="The event; empty: by hand."
    )
    purpose = fields.Selection(LETTER_PURPOSES, required=True, readonly=True)
    answer_id = fields.Many2one(
        "complaint.answer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    # to whom
    party_id = fields.Many2one(
        "complaint.party", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    addressee = fields.Char(readonly=True)
    address = fields.Text(readonly=True)
    email = fields.Char(readonly=True)
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        readonly=True,
        default="en_US",
    )
    # text
    subject = fields.Char()
    body = fields.Html(string="Text", sanitize="email_outgoing")
    delivery = fields.Selection(
        lambda self: (
            self.env["complaint.letter.template"]
            ._fields["delivery"]
            ._description_selection(self.env)
        ),
        required=True,
        default="any",
    )
    copies = fields.Integer(default=1)
    signatures = fields.Selection(
        lambda self: (
            self.env["complaint.letter.template"]
            ._fields["signatures"]
            ._description_selection(self.env)
        ),
        string="Signature Fields",
        required=True,
        default="ours",
    )
    date = fields.Date(string="Dated", compute="_compute_date")
    tz = fields.Char(string="Time Zone", compute="_compute_date")
    # life
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approval", "Waiting for Approval"),
            ("ready", "Ready to Go Out"),
            ("sent", "Sent"),
            ("served", "Served"),
            ("undeliverable", "Undeliverable"),
            ("cancelled", "Called Off"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
    )
    created_by_id = fields.Many2one("res.users", string="Written By", readonly=True)
    created_at = fields.Datetime(
        string="Written On", default=fields.Datetime.now, readonly=True
    )
    queued_at = fields.Datetime(
        readonly=True, help="Waits for the scheduler, which makes the PDF and the mail."
    )
    sent_at = fields.Datetime(string="Sent On", readonly=True)
    sent_by_id = fields.Many2one("res.users", readonly=True)
    sent_how = fields.Selection(SERVED_HOW, readonly=True)
    served_at = fields.Datetime(readonly=True)
    served_how = fields.Selection(SERVED_HOW, readonly=True)
    served_note = fields.Char(
        string="Proof", readonly=True, help="Who signed, number of the registered mail."
    )
    proof_ids = fields.Many2many(
        "ir.attachment", string="Proof of Service", readonly=True
    )
    failure = fields.Char(string="What Went Wrong", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", string="PDF", readonly=True, ondelete="restrict"
    )
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    replaces_id = fields.Many2one("complaint.letter", readonly=True)
    replaced_by_id = fields.Many2one("complaint.letter", readonly=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _queue_idx = models.Index("(queued_at, id) WHERE queued_at IS NOT NULL")
    _name_uniq = models.UniqueIndex("(policy_id, name)", "This number is taken.")

    @api.depends("sent_at", "created_at", "policy_id")
    def _compute_date(self):
        for letter in self:
            moment = letter.sent_at or fields.Datetime.now()
            policy = letter.policy_id
            letter.date = policy and policy._get_local_day(moment)
            letter.tz = policy._get_tz() if policy else "UTC"

    @api.depends("state", "complaint_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        writable = self.complaint_id._filtered_access("write")
        for letter in self:
            letter.can_edit = letter.complaint_id in writable

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = " · ".join(
                filter(None, (letter.name, letter.subject))
            )

    def _is_to_known(self) -> bool:
        """Tell whether everybody who sees the case may know to whom this goes."""
        return self.party_id.identity_access in (False, "case")

    def _get_safe_name(self) -> str:
        """Return the number, and to whom it goes where everybody may know that."""
        shown = (self.name, self._is_to_known() and self.addressee)
        return " · ".join(filter(None, shown))

    # ------------------------------------------------------------
    # EVIDENCE
    # ------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and (sealed := vals.keys() - EDITABLE_FIELDS):
            raise AccessError(
                self.env._(
                    "%s: not changed by hand, use the letter's buttons.",
                    ", ".join(self._fields[name].string for name in sorted(sealed)),
                )
            )
        content = {*CONTENT_FIELDS}
        if any(letter.attachment_id for letter in self):
            content.add("attachment_id")
        if content & vals.keys():
            for letter in self:
                letter._check_changeable(content & vals.keys())
        return super().write(vals)

    def _check_changeable(self, names):
        """Refuse to change what a letter said when it went out.

        :raise UserError: it isn't a draft any more
        """
        if self.state != "draft" and names - {"attachment_id"}:
            raise UserError(
                self.env._(
                    "The letter %s is kept as it is: take it back to draft while it is "
                    "here, or replace it by another one once it has gone out.",
                    self.name,
                )
            )
        if self.state in SENT_STATES and self.attachment_id:
            raise UserError(
                self.env._("The PDF of the letter %s is kept as it is.", self.name)
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        for letter in self:
            if letter.state != "draft":
                raise UserError(
                    self.env._(
                        "The letter %s can't be deleted: call it off, or replace it.",
                        letter.name,
                    )
                )

    # ------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------

    def _get_approval_scope(self) -> dict:
        scope = super()._get_approval_scope()
        return {**scope, "letter_template_ids": self.template_id}

    def _get_approval_reason(self) -> str:
        # The subject may name somebody whom not everybody may know.
        return f"{self.template_id.name} {self.name}"

    def _get_approval_summary(self):
        summary = super()._get_approval_summary()
        if self._is_to_known():
            summary += Markup("<br/><b>%s</b>%s") % (self.subject, self.body or "")
        return summary

    def _get_approval_unfit(self):
        # Not whose approval of an answer made the system write its letter.
        return self.created_by_id

    def _on_approved(self):
        """Take note that the letter may go out, and let it go when it was to."""
        self._become_ready()
        return super()._on_approved()

    def _on_refused(self):
        """Hand the draft back to who wrote it, with the reason."""
        self.write({"state": "draft", "queued_at": False})
        return super()._on_refused()

    def _become_ready(self):
        letters = self.filtered(lambda row: row.state in ("draft", "approval"))
        letters.write({"state": "ready"})
        for complaint, rows in letters.grouped("complaint_id").items():
            complaint._complaint_event("letter_approved", rows)

    # ------------------------------------------------------------
    # STEPS BY HAND
    # ------------------------------------------------------------

    def _check_step(self, *states):
        """Return the letters as superuser, for a step that is open in ``states``.

        :raise AccessError: the user may not work on the case
        :raise UserError: a letter is elsewhere
        """
        self.check_access("read")
        self.complaint_id.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for letter in self:
            if letter.state not in states:
                raise UserError(
                    self.env._(
                        "This can't be done with the letter %(letter)s: it is "
                        "“%(state)s”.",
                        letter=letter.name,
                        state=labels[letter.state],
                    )
                )
        # sudo: complaint.letter - evidence, written by its own steps only
        return self.sudo()

    def action_send(self):
        """Let drafts and ready letters go out: approval first, where it is asked."""
        letters = self._check_step("draft", "ready")
        letters._finish(now=True)
        return True

    def action_draft(self):
        """Take letters that are still here back, to change their words."""
        letters = self._check_step("approval", "ready", "cancelled")
        letters._cancel_approval()
        if letters.filtered("attachment_id"):
            letters._drop_pdf()
        letters.write({"state": "draft", "queued_at": False, "approval_state": False})
        return True

    def action_cancel(self):
        """Call letters off that haven't gone out; their numbers stay used."""
        letters = self._check_step(*OPEN_STATES)
        letters._cancel_approval()
        letters.write({"state": "cancelled", "queued_at": False})
        letters._end_review()
        return True

    def action_replace(self):
        """Write another letter in the place of a wrong one, and open it."""
        self.ensure_one()
        old = self._check_step(*SENT_STATES)
        if old.replaced_by_id:
            raise UserError(
                self.env._(
                    "The letter %(old)s is replaced by %(new)s already.",
                    old=old.name,
                    new=old.replaced_by_id.name,
                )
            )
        day = fields.Date.context_today(self)
        names = CONTENT_FIELDS - {"name"}
        values = {
            name: old[name].id if old._fields[name].relational else old[name]
            for name in names
        }
        new = old.create(
            {
                **values,
                "name": old.template_id._draw_numbers(1, day)[0],
                "created_by_id": self.env.uid,
                "replaces_id": old.id,
            }
        )
        old.replaced_by_id = new
        return self.browse(new.id)._get_records_action()

    def action_print(self):
        """Print the letters: the PDFs that are kept, or drafts as they are."""
        self.check_access("read")
        letters = self.filtered(lambda row: row.state != "cancelled") or self
        ready = letters.filtered(lambda row: row.state in ("ready", *SENT_STATES))
        if ready:
            # sudo: complaint.letter - the PDF of a letter that they may read
            ready.sudo()._ensure_pdf()
            letters = ready
        elif len(letters) > 1:
            raise UserError(
                self.env._("Drafts are printed one by one: they aren't kept.")
            )
        report = self.env.ref("complaint_management.complaint_letter_report")
        return report.report_action(letters, config=False)
