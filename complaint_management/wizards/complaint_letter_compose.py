from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintLetterCompose(models.TransientModel):
    """Asks which letter to write by hand, and to whom."""

    _name = "complaint.letter.compose"
    _description = "Write a Letter"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    template_id = fields.Many2one(
        "complaint.letter.template",
        required=True,
        domain="[('policy_id', '=', policy_id)]",
    )
    others = fields.Boolean(
        string="To Somebody Else", help="Than the template says: choose them below."
    )
    party_ids = fields.Many2many(
        "complaint.party",
        string="Parties",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    partner_ids = fields.Many2many("res.partner", string="Outside Recipients")
    delivery = fields.Selection(
        lambda self: (
            self.env["complaint.letter.template"]
            ._fields["delivery"]
            ._description_selection(self.env)
        ),
        compute="_compute_delivery",
        store=True,
        readonly=False,
    )

    @api.depends("template_id")
    def _compute_delivery(self):
        for wizard in self:
            wizard.delivery = wizard.template_id.delivery

    def action_write(self):
        """Write the drafts and open them, to be read, changed, sent and printed.

        :raise UserError: nobody is there to write to
        """
        self.ensure_one()
        self.complaint_id.check_access("write")
        letters = self._write()
        letters = letters.with_env(self.env)
        readable = letters._filtered_access("read")
        hidden = letters - readable
        # sudo: complaint.letter - to somebody whom the user may not know
        hidden.sudo()._ask_review()
        if not readable:
            return self._tell_hidden()
        if len(readable) == 1:
            return readable._get_records_action()
        action = self.complaint_id.action_view_letters()
        action["domain"] = [("id", "in", readable.ids)]
        return action

    def _write(self):
        writer = self.env["complaint.letter.writer"]
        case = self.complaint_id
        recipients = None
        if self.others:
            self.party_ids.check_access("read")
            recipients = {
                case: [
                    *map(writer._prepare_party, self.party_ids),
                    *map(writer._prepare_partner, self.partner_ids),
                ]
            }
        if not self.template_id._has_text():
            raise UserError(
                self.env._(
                    "The template “%s” has no text yet. An administrator of complaints "
                    "can write it.",
                    self.template_id.name,
                )
            )
        delivery = {"delivery": self.delivery} if self.delivery else {}
        letters = writer._write(self.template_id, case, recipients, **delivery)
        if not letters:
            raise UserError(
                self.env._(
                    "There is nobody to write to: the case has no such party, or no "
                    "e-mail address. Choose somebody else, or send it on paper."
                )
            )
        return letters

    def _tell_hidden(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The letter is written. It goes to somebody whom only the "
                    "complaint office knows, so the office reads and sends it."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
