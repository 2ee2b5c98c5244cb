from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.complaint_letter import SERVED_HOW


class ComplaintLetterServe(models.TransientModel):
    """Asks how and when letters left the house, were served, or came back."""

    _name = "complaint.letter.serve"
    _description = "Sent, Served or Returned"

    letter_ids = fields.Many2many(
        "complaint.letter",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    step = fields.Selection(
        [("sent", "Sent"), ("served", "Served"), ("returned", "Came Back")],
        string="What Became of It",
        required=True,
        default=lambda self: self._get_default_step(),
    )
    how = fields.Selection(SERVED_HOW, default="post")
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char(
        string="Proof or Reason",
        help="Who signed, number of the registered mail, why it came back.",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Proof of Service")

    @api.model
    def _get_default_step(self) -> str:
        letters = self.env["complaint.letter"].browse(
            self.env.context.get("active_ids")
        )
        return "served" if set(letters.mapped("state")) == {"sent"} else "sent"

    def action_apply(self):
        """Note it on the letters.

        :raise UserError: a letter is elsewhere, or the time lies in the future
        """
        self.ensure_one()
        if self.at > fields.Datetime.now():
            raise UserError(self.env._("That can't have happened in the future."))
        states = {
            "sent": ("ready",),
            "served": ("ready", "sent", "undeliverable"),
            "returned": ("sent",),
        }[self.step]
        letters = self.letter_ids._check_step(*states)
        self._check_order(letters)
        if self.step == "sent":
            letters._set_sent(self.how, self.at)
        elif self.step == "returned":
            letters._set_undeliverable(self.note)
        else:
            for letter in letters:
                letter._set_served(self.how, self.at, self.note, self._file(letter))
        return {"type": "ir.actions.act_window_close"}

    def _check_order(self, letters):
        """Refuse what would have been served before it was sent or written."""
        for letter in letters:
            if self.step == "served" and letter.sent_at and self.at < letter.sent_at:
                raise UserError(
                    self.env._(
                        "The letter %(letter)s went out on %(date)s: it can't have "
                        "been served before.",
                        letter=letter.name,
                        date=letter.sent_at.date(),
                    )
                )

    def _file(self, letter):
        """Return the proof, as attachments that are read with the letter."""
        # sudo: ir.attachment - readable by the user, filed with the evidence
        return self.attachment_ids.sudo().copy(
            {"res_model": letter._name, "res_id": letter.id}
        )
