from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import is_html_empty

from ..tools.events import LETTER_PURPOSES

#: Written by the answer itself, never a second time by its event.
ANSWER_PURPOSES = ("interim", "final", "result")
ANSWER_EVENTS = ("interim_answered", "answered", "result_answered")
#: What letters cause themselves: no reason to write on and on, without end.
CAUSED_BY_LETTERS = (
    "letter_approved",
    "letter_sent",
    "letter_served",
    "acknowledged",
    "approval_asked",
    "approval_given",
    "approval_refused",
    "approval_decided",
)


class ComplaintLetterTemplate(models.Model):
    """The text of a formal letter: when it is written, to whom and how it goes out.

    It stands on what ``mail.template`` stands on, the rendering of mails: the same
    placeholders, editor and right to edit them. The texts are its own, so that a policy
    file carries them in all languages and nothing has to be kept in step.
    """

    _name = "complaint.letter.template"
    _description = "Letter Template"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.event.mixin",
        "mail.render.mixin",
    ]
    _unrestricted_rendering = True
    _complaint_used_by = [
        ("complaint.letter", "template_id"),
        ("complaint.approval.rule", "letter_template_ids"),
        ("complaint.deadline", "end_letter_template_id"),
        ("complaint.deadline.rule", "event_letter_template_id"),
        ("complaint.deadline.rule", "end_letter_template_id"),
        ("complaint.escalation.rule", "event_letter_template_id"),
        ("complaint.escalation.rule", "letter_template_id"),
        ("complaint.follow.up.rule", "event_letter_template_id"),
    ]
    _policy_file_skip = ("lang",)

    purpose = fields.Selection(LETTER_PURPOSES, required=True, default="other")
    # text
    subject = fields.Char(
        translate=True, help="Placeholders may be used here: {{ object.name }}."
    )
    body_html = fields.Html(
        string="Text",
        render_engine="qweb",
        render_options={"post_process": True},
        translate=True,
        sanitize="email_outgoing",
    )
    # when
    event = fields.Selection(
        string="Written When", help="Empty: written by hand, or with the answer."
    )
    automatic = fields.Boolean(
        string="Sent at Once",
        help="Goes out without anybody having read it. Otherwise it is a draft that "
        "somebody reviews.",
    )
    # to whom
    to_complainants = fields.Selection(
        [("main", "The Spokesperson"), ("all", "Every Complainant")],
        default="main",
        help="Empty: to none of them.",
    )
    to_respondents = fields.Boolean(string="To Whom is Complained About")
    to_forwarders = fields.Boolean(string="To Who Forwarded It")
    role_ids = fields.Many2many(
        "complaint.role",
        string="To Roles",
        domain="[('policy_id', '=', policy_id)]",
        help="An outside partner such as the authority, or colleagues.",
    )
    # how
    delivery = fields.Selection(
        [
            ("mail", "By E-mail"),
            ("any", "By E-mail, on Paper without Address"),
            ("print", "On Paper"),
            ("both", "By E-mail and on Paper"),
        ],
        required=True,
        default="any",
    )
    copies = fields.Integer(
        default=1, help="Printed copies, each marked as copy 1, 2, 3 of so many."
    )
    signatures = fields.Selection(
        [
            ("none", "None"),
            ("ours", "Ours"),
            ("both", "Ours and the Recipient's"),
            ("receipt", "Receipt by the Recipient"),
        ],
        string="Signature Fields",
        required=True,
        default="ours",
    )
    number_prefix = fields.Char(
        help="Begins the number, as in 受理告知〔%(range_year)s〕; numbers begin anew "
        "each year. Empty: the codes of the policy and of this template.",
    )
    number_suffix = fields.Char(help="Ends the number, as in 号.")
    number_padding = fields.Integer(string="Digits", default=4)
    sequence_id = fields.Many2one(
        "ir.sequence", string="Numbering", copy=False, ondelete="restrict"
    )

    _copies_positive = models.Constraint(
        "CHECK(copies BETWEEN 1 AND 20)", "A letter has from 1 to 20 copies."
    )
    _padding_positive = models.Constraint(
        "CHECK(number_padding BETWEEN 1 AND 12)", "A number has from 1 to 12 digits."
    )

    def _compute_render_model(self):
        self.render_model = "complaint.letter"

    @api.constrains("to_complainants", "to_respondents", "to_forwarders", "role_ids")
    def _check_recipients(self):
        for template in self:
            if not template._has_recipients():
                raise ValidationError(
                    self.env._("Say to whom the letter “%s” goes.", template.name)
                )

    @api.constrains("number_prefix", "number_suffix")
    def _check_numbering(self):
        for template in self:
            # sudo: ir.sequence - whoever may edit the template numbers its letters
            sequences = self.env["ir.sequence"].sudo()
            sequences.new(template._prepare_numbering())._get_prefix_suffix()

    def _has_recipients(self) -> bool:
        """Tell whether the template says to whom it goes."""
        names = ("to_complainants", "to_respondents", "to_forwarders", "role_ids")
        return any(self[name] for name in names)

    def _has_text(self) -> bool:
        """Tell whether there is anything to send."""
        return bool(self.subject) and not is_html_empty(self.body_html)

    def write(self, vals):
        result = super().write(vals)
        if {"number_prefix", "number_suffix", "number_padding"} & vals.keys():
            self._renew_numbering()
        return result

    def unlink(self):
        sequences = self.sequence_id
        result = super().unlink()
        self.env["complaint.numbering"]._delete_sequences(sequences)
        return result

    def _after_file_texts(self):
        """Refuse texts in any language that their writer may not write.

        They come from a policy file past the ORM, which looks at one language only.

        :raise AccessError: the writer is no editor of templates, or a text can't be
            rendered
        """
        for lang, _name in self.env["res.lang"].get_installed():
            self.with_context(lang=lang)._check_access_right_dynamic_template()

    def _check_access_right_dynamic_template(self):
        try:
            return super()._check_access_right_dynamic_template()
        except (ValueError, SyntaxError) as error:
            raise AccessError(
                self.env._("A placeholder can't be read: %s", error)
            ) from error

    # ------------------------------------------------------------
    # NUMBERS
    # ------------------------------------------------------------

    def _prepare_numbering(self) -> dict:
        policy = self.policy_id
        default = f"{policy.code}/{self.code}/".replace("%", "%%") + "%(range_year)s/"
        return {
            "name": self.env._("Letters: %s", self.name),
            "prefix": self.number_prefix or default,
            "suffix": self.number_suffix,
            "padding": self.number_padding,
        }

    def _renew_numbering(self):
        """Let the next letters be numbered as the template says by now."""
        for template in self.filtered("sequence_id"):
            # sudo: ir.sequence - whoever may edit the template numbers its letters
            template.sequence_id.sudo().write(template._prepare_numbering())

    def _draw_numbers(self, count: int, day) -> list[str]:
        """Return ``count`` fresh numbers of the year of ``day``."""
        self.ensure_one()
        # sudo: ir.sequence, complaint.letter.template - whoever writes a letter
        # numbers it
        template = self.sudo()
        if not template.sequence_id:
            sequences = self.env["ir.sequence"].sudo()  # sudo: ir.sequence - as above
            template.sequence_id = sequences.create(
                {
                    **template._prepare_numbering(),
                    "use_date_range": True,
                    "company_id": template.policy_id.company_id.id,
                }
            )
        return self.env["complaint.numbering"]._draw(template.sequence_id, count, day)

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: write letters."""
        if complaints._is_history():
            return
        if source is not None and source._name == "complaint.letter":
            source = source.filtered(lambda row: row.cause not in CAUSED_BY_LETTERS)
        # sudo: complaint.complaint - rules write whatever the user may see
        cases = complaints.sudo()
        for template in self._get_listening(cases, event):
            if event in ANSWER_EVENTS and template.purpose in ANSWER_PURPOSES:
                continue
            concerned = template._filter_event(cases, event, source)
            concerned = template._filter_complaints(concerned)
            if concerned:
                writer = template._as_acting(self.env["complaint.letter.writer"])
                writer._write_by_rule(template, concerned, event)
