from contextlib import contextmanager

from odoo import api, fields, models


class ComplaintParty(models.Model):
    """Mails from and to a party."""

    _inherit = "complaint.party"
    _stuck_column = "type"

    email_cc = fields.Char(
        string="Copied To",
        help="Who else got the mail by which this person complained.",
    )

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: write to complainants."""
        if event == "received":
            policies = complaints.policy_id.filtered("acknowledgement_template_id")
            cases = complaints.filtered(lambda case: case.policy_id in policies)
            self._acknowledge_soon(cases)
        elif event == "stage_entered" and source.mail_template_id:
            # Who complained in a merged case hears of the case that goes on.
            going_on = complaints.filtered(lambda case: not case.master_id)
            self._mail_complainants(going_on, source.mail_template_id)

    @api.model
    def _acknowledge_soon(self, complaints):
        """Let the scheduler write to who complains, once the cases are safe.

        Neither a broken template nor the time that it takes is theirs.
        """
        parties = complaints._get_all_parties().values()
        # sudo: complaint.party - the policy writes to people whom staff may not know
        told = self.sudo().concat(*parties)._get_addressed()
        told.next_event_at = fields.Datetime.now()
        self.env["complaint.runner"]._wake(told)

    def _run_due(self):
        """Acknowledge the complaints of these parties: see ``_acknowledge_soon``."""
        self.next_event_at = False
        for policy, parties in self.grouped(_get_policy).items():
            # Noted on the cases in the language of those who work on them.
            lang = self.env["res.partner"]._get_complaint_lang(policy.company_id)
            parties = parties.with_company(policy.company_id).with_context(
                lang=lang or self.env.lang
            )
            template = policy.with_env(parties.env).acknowledgement_template_id
            if told := template and parties._mail(template):
                told.complaint_id._complaint_event("acknowledged", told)
                self.env["complaint.runner"]._send_mails()

    def _get_stuck_name(self) -> str:
        # Who complains isn't everybody's to know.
        return _get_policy(self).acknowledgement_template_id.name or ""

    def _get_addressed(self):
        """Return those of self whom the policy can write to: complainants."""
        return self.filtered(lambda row: row.type == "complainant" and row.email_key)

    @api.model
    def _mail_complainants(self, complaints, template):
        """Queue ``template`` to the complainants; the case notes that, not to whom.

        :return: who was written to
        """
        # sudo: complaint.party - the policy writes to people whom staff may not know
        parties = self.sudo().search([("complaint_id", "in", complaints.ids)])
        return parties._get_addressed()._mail(template)

    def _mail(self, template):
        """Queue ``template`` to these parties; the cases note that, not to whom.

        :return: who was written to
        """
        sent = self._send_mail(template)
        note = template._get_complaint_note(sent)
        self.complaint_id._message_log_batch(
            bodies=dict.fromkeys(self.complaint_id.ids, note)
        )
        return self if sent else self.browse()

    def _send_mail(self, template):
        """Queue ``template`` to every party of self with an address.

        The mail hangs on the party, whose access rule hides who was written to.
        Replies come back to the case; programs are told not to answer.

        :return: the mails; none when the template is broken
        """
        # sudo: mail.mail - whoever causes a mail can't read the others
        mails = self.env["mail.mail"].sudo()
        addressed = self.filtered("email_key")
        by_policy = addressed.grouped(_get_policy)
        # sudo: mail.template - who registers may not send at will, the policy may
        template = template.sudo()
        for policy, parties in by_policy.items():
            values = {"headers": repr({"Auto-Submitted": "auto-generated"})}
            if reply_to := policy._get_reply_to():
                values["reply_to"] = reply_to
            with parties._quoting_own_cases(parties):
                mails |= template._queue_complaint_mails(parties, **values)
        return mails

    @contextmanager
    def _quoting_own_cases(self, rows):
        """Let texts of ``rows`` quote the case that each of self has told.

        About a case that goes on they would quote to those who were merged into it what
        somebody else has told. Only what is remembered of the rows changes, and not for
        longer than the texts take.

        :param rows: one for each of self: the parties, or letters to them
        """
        moved = [
            (row, party)
            for row, party in zip(rows, self, strict=True)
            if party.told_in_id and row.complaint_id != party.told_in_id
        ]
        for row, party in moved:
            row.flush_recordset()
            row._update_cache({"complaint_id": party.told_in_id.id})
        try:
            yield
        finally:
            for row, _party in moved:
                row.invalidate_recordset(flush=False)


def _get_policy(party):
    return party.complaint_id.policy_id
