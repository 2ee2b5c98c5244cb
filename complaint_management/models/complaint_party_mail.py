from odoo import fields, models


class ComplaintParty(models.Model):
    """Mails from and to a party."""

    _inherit = "complaint.party"

    email_cc = fields.Char(
        string="Copied To",
        help="Who else got the mail by which this person complained.",
    )

    def _send_mail(self, template):
        """Queue ``template`` to every party of self with an address.

        The mail hangs on the party, whose access rule hides who was written to.
        Replies come back to the case; programs are told not to answer.

        :return: the mails; none when the template is broken
        """
        # sudo: mail.mail - whoever causes a mail can't read the others
        mails = self.env["mail.mail"].sudo()
        addressed = self.filtered("email_key")
        by_policy = addressed.grouped(lambda party: party.complaint_id.policy_id)
        # sudo: mail.template - who registers may not send at will, the policy may
        template = template.sudo()
        for policy, parties in by_policy.items():
            values = {"headers": repr({"Auto-Submitted": "auto-generated"})}
            if reply_to := policy._get_reply_to():
                values["reply_to"] = reply_to
            mails |= template._queue_complaint_mails(parties, **values)
        return mails
