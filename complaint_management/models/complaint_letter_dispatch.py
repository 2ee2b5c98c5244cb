import logging

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools.qr import make_data_uri
from .complaint_letter import SENT_STATES

_logger = logging.getLogger(__name__)

#: So many letters go out while somebody waits; more are left to the scheduler.
AT_ONCE = 5
REPORT = "complaint_management.complaint_letter_report"
CRON = "complaint_management.ir_cron_complaint_letters"


class ComplaintLetter(models.Model):
    """How a letter goes out: approval, PDF, mail, service.

    Making a PDF takes more than a second, so that what rules write waits for the
    scheduler; mails are queued, never sent while the letter is being written.
    """

    _inherit = "complaint.letter"

    def _finish(self, now=False):
        """Let the letters go out: ask approval where the policy wants it.

        :param now: a person waits for it; otherwise the scheduler does it
        """
        self._end_review()
        drafts = self.filtered(lambda row: row.state == "draft")
        self.queued_at = fields.Datetime.now()
        if drafts:
            drafts.state = "approval"
            drafts.with_context(complaint_finishing=True)._request_approval()
        ready = self.filtered(lambda row: row.state == "ready")
        if now and len(ready) <= AT_ONCE:
            ready._go_out()
        else:
            self._trigger_cron()

    def _on_approved(self):
        result = super()._on_approved()
        if not self.env.context.get("complaint_finishing"):
            self._trigger_cron()
        return result

    def _trigger_cron(self):
        # sudo: ir.cron - whoever writes letters is none of the system
        self.env.ref(CRON).sudo()._trigger()

    @api.model
    def _cron_send(self):
        """Make the PDFs and mails of letters that wait, oldest first."""
        domain = [("queued_at", "!=", False), ("state", "=", "ready")]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while letters := self.search(
            domain, limit=10, order="queued_at, id"
        ).try_lock_for_update(allow_referencing=True):
            for letter in letters:
                letter._go_out_safely()
            if not cron._commit_progress(len(letters)):
                break

    def _go_out_safely(self):
        """Go out; what can't is noted, shown as stuck, and stops none of the others."""
        try:
            with self.env.cr.savepoint():
                self._go_out()
        except Exception as error:
            _logger.exception("Letter %s", self.name)
            self.write({"queued_at": False, "failure": str(error)[:500]})

    def _go_out(self):
        """Keep the PDF, queue the mail; what goes on paper waits for the post."""
        # Locked by who sends: two senders never send one letter twice.
        self.lock_for_update(allow_referencing=True)
        self._ensure_pdf()
        self.write({"queued_at": False, "failure": False})
        mailed = self.filtered(lambda row: row.email and row.delivery != "print")
        mailed._queue_mail()
        mailed._set_sent("mail")

    # ------------------------------------------------------------
    # REVIEW
    # ------------------------------------------------------------

    def _ask_review(self):
        """Let who works on the cases read the drafts, by an activity."""
        todo = "mail.mail_activity_data_todo"
        for letter in self:
            reviewer = letter._get_reviewer()
            if reviewer:
                speech = self.with_context(lang=reviewer.lang).env
                letter.activity_id = letter.complaint_id.activity_schedule(
                    todo,
                    user_id=reviewer.id,
                    summary=speech._("Review the letter %s", letter.name),
                )

    def _get_reviewer(self):
        """Return who reads the draft: who leads the case, or the office."""
        case = self.complaint_id
        known = self._is_to_known() or (
            self.party_id.identity_access == "handler" and case.handler_id
        )
        users = case.handler_id or case.responsible_id
        if not known or not users:
            users = case.policy_id.office_user_ids - case.excluded_user_ids
        return users.filtered("active")[:1]

    def _end_review(self):
        self.activity_id.action_feedback()

    # ------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------

    def _ensure_pdf(self):
        """Keep the PDF of each letter that has none: one document at a time.

        Without Qt patches wkhtmltopdf can't print several at once.
        """
        report = self.env["ir.actions.report"]
        vals_list = []
        lacking = self.filtered(lambda row: not row.attachment_id)
        for letter in lacking:
            content, type_ = report.with_context(
                lang=letter.lang, complaint_letter_url=letter._issue_case_url()
            )._render_qweb_pdf(REPORT, letter.ids)
            vals_list.append(
                {
                    "name": f"{letter._get_file_stem()}.{type_}",
                    "raw": content,
                    "res_model": letter._name,
                    "res_id": letter.id,
                }
            )
        attachments = self.env["ir.attachment"].create(vals_list)
        for letter, attachment in zip(lacking, attachments, strict=True):
            letter.attachment_id = attachment

    def _issue_case_url(self) -> str | None:
        """Return a link of the case page for the PDF, where the text has such a link.

        Whoever may read the letter can follow it, so that what comes by it is noted as
        coming by a link of whoever sent the letter.
        """
        party = self.party_id
        if "/c/link/" not in (self.body or "") or party.type != "complainant":
            return None
        token = self.env["complaint.public.access"]._issue(
            self.complaint_id, party_id=party.id, issued_by_id=self.env.uid
        )
        return self.env["complaint.feedback.guard"]._get_url(f"/c/s/{token}")

    def _get_printed_body(self, url=None):
        """Return the text as it stands on paper, its links leading to ``url``."""
        links = self.env["complaint.public.access"]
        return self.body and Markup(links._replace_links(self.body, url))

    @api.model
    def _get_case_qr(self, url) -> str:
        """Return the code of ``url`` as the source of an image."""
        return make_data_uri(url)

    def _drop_pdf(self):
        """Forget the PDF of letters that never went out."""
        attachments = self.attachment_id
        self.attachment_id = False
        attachments.unlink()

    def _get_file_stem(self) -> str:
        """Return the number as the name of a file."""
        return self.name.replace("/", "-").replace("\\", "-")

    @api.model
    def _prints_letterhead(self, report_type) -> bool:
        """Tell whether the company's layout can be printed, header and footer included.

        Without Qt patches wkhtmltopdf leaves both out.
        """
        return report_type != "pdf" or _wkhtml().is_patched_qt

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def _queue_mail(self):
        """Queue one mail a letter, with its PDF. It hangs on the letter."""
        mails = self.env["mail.mail"].create(
            [letter._prepare_mail() for letter in self]
        )
        for letter, mail in zip(self, mails, strict=True):
            letter.mail_id = mail

    def _prepare_mail(self) -> dict:
        sender = self.company_id.email_formatted or self.env.user.email_formatted
        return {
            "subject": self.subject,
            "body_html": self.body,
            "body": self.body,
            "email_from": sender,
            "reply_to": self.policy_id._get_reply_to() or sender,
            "email_to": self.email,
            "attachment_ids": self.attachment_id.ids,
            "model": self._name,
            "res_id": self.id,
            "auto_delete": False,
            "is_notification": False,
        }

    # ------------------------------------------------------------
    # SENT, SERVED, RETURNED
    # ------------------------------------------------------------

    def _set_sent(self, how, at=None):
        """Take note that the letters have left, and tell the cases.

        :param how: one of ``SERVED_HOW``
        :param at: naive UTC; now when None
        """
        going = self.filtered(lambda row: row.state == "ready")
        going._ensure_pdf()
        at = at or fields.Datetime.now()
        going.write(
            {
                "state": "sent",
                "sent_at": at,
                "sent_by_id": self.env.uid,
                "sent_how": how,
                "queued_at": False,
            }
        )
        going._note("sent")
        going._tell("letter_sent", at)
        receipts = going.filtered(lambda row: row.purpose == "receipt")
        receipts._tell("acknowledged", at)

    def _set_served(self, how, at, note=None, proofs=None):
        """Take note that the letters have reached their recipients.

        :param how: one of ``SERVED_HOW``
        :param at: naive UTC
        :param note: who signed, number of the registered mail
        :param proofs: attachments
        """
        self._set_sent(how, at)
        going = self.filtered(lambda row: row.state in SENT_STATES)
        going.write(
            {
                "state": "served",
                "served_at": at,
                "served_how": how,
                "served_note": note,
                "failure": False,
            }
        )
        if proofs:
            going.proof_ids |= proofs
        going._note("served")
        going._tell("letter_served", at)

    def _set_undeliverable(self, reason=None):
        """Take note that letters came back or could not be delivered."""
        back = self.filtered(lambda row: row.state == "sent")
        back.write({"state": "undeliverable", "failure": (reason or "")[:500] or False})
        back._note("undeliverable")

    def _note(self, state):
        """Say on the cases that a letter by its number did so, not to whom it goes."""
        for letter in self:
            number = letter.name
            texts = {
                "sent": self.env._("Letter %s has gone out.", number),
                "served": self.env._("Letter %s was served.", number),
                "undeliverable": self.env._("Letter %s came back.", number),
            }
            letter.complaint_id._message_log(body=texts[state])

    def _tell(self, event, at):
        if self:
            # sudo: complaint.complaint - the scheduler and rules send letters too
            self.sudo().complaint_id._complaint_event(event, self, at)
