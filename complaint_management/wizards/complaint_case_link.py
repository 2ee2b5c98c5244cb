from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintCaseLink(models.TransientModel):
    """The ways to the complainant's page: look at it, send its link, hand it out.

    Whoever has a link speaks as the complainant. So staff look by a link that can do
    nothing; one that is sent is seen by nobody here; one that is handed out, on paper
    or by telephone, is noted on the case and on all that comes by it.
    """

    _name = "complaint.case.link"
    _description = "Page of the Complainant"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    seen_at = fields.Datetime(related="complaint_id.page_seen_at", related_sudo=False)
    party_id = fields.Many2one(
        "complaint.party", compute="_compute_party_id", string="For"
    )
    can_send = fields.Boolean(compute="_compute_party_id")
    can_hand_out = fields.Boolean(compute="_compute_party_id")
    url = fields.Char(string="Link", readonly=True)

    @api.depends("complaint_id")
    def _compute_party_id(self):
        for wizard in self:
            party = wizard._get_party()
            known = not party or party.with_env(self.env).has_access("read")
            wizard.party_id = known and party
            wizard.can_send = bool(party.email_key)
            wizard.can_hand_out = known

    def _get_party(self):
        """Return who speaks for the complainants, elevated."""
        return self.complaint_id._get_all_parties()[self.complaint_id]._get_main()

    def action_preview(self):
        """Open the page as the complainant sees it: nothing can be done there."""
        self.complaint_id.check_access("read")
        end = fields.Datetime.now() + timedelta(hours=1)
        token = self.env["complaint.public.access"]._issue(
            self.complaint_id, "preview", expires_at=end
        )
        return {"type": "ir.actions.act_url", "url": f"/c/s/{token}", "target": "new"}

    def action_send(self):
        """Mail the link to the complainant: nobody here sees it."""
        self.complaint_id.check_access("write")
        party = self._get_party()
        if not party.email_key:
            raise UserError(self.env._("The complainant has no e-mail address."))
        self.env["complaint.public.access"]._mail_link(party)
        self.complaint_id._message_log(
            body=self.env._("A link of the case page went to the complainant by mail.")
        )
        return {"type": "ir.actions.act_window_close"}

    def action_hand_out(self):
        """Show a link, to be handed to the complainant: noted who did so."""
        self.complaint_id.check_access("write")
        if not self.can_hand_out:
            raise UserError(
                self.env._(
                    "Who complained is kept from you, and so are the letters to them "
                    "that the page shows: send the link by mail, or ask the complaint "
                    "office."
                )
            )
        token = self.env["complaint.public.access"]._issue(
            self.complaint_id, issued_by_id=self.env.uid
        )
        self.url = self.env["complaint.feedback.guard"]._get_url(f"/c/s/{token}")
        self.complaint_id._message_log(
            body=self.env._(
                "%s has handed out a link of the case page.", self.env.user.name
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Page of the Complainant"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_revoke(self):
        """Let all links of the page end, because one got into wrong hands."""
        self.complaint_id.check_access("write")
        ended = self.env["complaint.public.access"]._revoke(self.complaint_id)
        self.complaint_id._message_log(
            body=self.env._("%s links of the case page have ended.", len(ended))
        )
        return {"type": "ir.actions.act_window_close"}
