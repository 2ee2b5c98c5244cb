from odoo import api, models


class ComplaintMailMixin(models.AbstractModel):
    """How mails become cases, and replies find theirs; ``complaint.mail.intake`` works.

    Nothing of a mail gets on a case but what the intake has looked at.
    """

    _name = "complaint.mail.mixin"
    _description = "Complaint by Mail"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a case of a mail to the address of a policy."""
        return self.env["complaint.mail.intake"]._take(msg_dict, custom_values or {})

    def message_update(self, msg_dict, update_vals=None):
        """Take a reply to this case for what it is: who says it, and when."""
        self.ensure_one()
        self.env["complaint.mail.intake"]._hear(self, msg_dict)
        return super().message_update(msg_dict, update_vals)

    def message_post(self, **kwargs):
        """Post; what comes by mail is stored as it is, not drawn anew.

        Odoo refuses the whole mail for a picture that is too large to be drawn.
        """
        by_mail = kwargs.get("message_type") == "email"
        thread = self.with_context(image_no_postprocess=True) if by_mail else self
        return super(ComplaintMailMixin, thread).message_post(**kwargs)

    def _message_post_after_hook(self, message, msg_vals):
        """Let the page show the files of a mail to who has sent them."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email":
            self.env["complaint.mail.intake"]._keep_files(message)
        return result

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Return the cases that somebody has made by mail, for Odoo to count them."""
        return [
            ("channel_id", "=", self.env["complaint.mail.intake"]._get_channel().id),
            ("party_ids", "any", [("email_key", "=", email_from_normalized)]),
        ]

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Let replies come back to the address of the policy."""
        addresses = super()._notify_get_reply_to_batch(defaults, author_ids)
        for case in self:
            if address := case.policy_id._get_reply_to():
                addresses[case.id] = address
        return addresses

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """Offer the complainant as who is written to, where everybody may know them."""
        suggested = super()._message_add_suggested_recipients(force_primary_email)
        parties = self._get_contact_parties()
        for case in self.filtered(lambda case: case.identity == "named"):
            party = parties[case]
            if party.partner_id:
                suggested[case.id]["partners"] |= party.partner_id
            elif party.email_key:
                suggested[case.id]["email_to_lst"].append(party.email)
        return suggested

    def _get_survey_party(self):
        """Return the complainant whom a survey reaches by mail; maybe none."""
        self.ensure_one()
        parties = self._get_all_parties()[self]
        addressed = parties.filtered(
            lambda party: (
                party.type == "complainant" and party.email_key and not party.told_in_id
            )
        )
        # sudo: mail.blacklist - who wants no mails is asked for nothing
        blocked = self.env["mail.blacklist"].sudo()
        emails = addressed.mapped("email_key")
        unwilling = blocked.search([("email", "in", emails)]).mapped("email")
        return addressed.filtered(
            lambda party: party.email_key not in unwilling
        )._get_main()
