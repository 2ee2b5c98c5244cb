import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command
from odoo.tools import email_normalize, html2plaintext, parse_contact_from_email

from ..tools.mail_text import (
    get_subject,
    get_text,
    guess_lang,
    is_automatic,
    strip_quote,
)
from ..tools.public_text import clean_line

_logger = logging.getLogger(__name__)

CASE = "complaint.complaint"
#: What a mail server may be late by; what says to be older came today.
MAX_AGE = timedelta(days=3)
SUBJECT_LENGTH = 200
TEXT_LENGTH = 20000
NAME_LENGTH = 100
#: Words of a subject among which a case's number is looked for.
MAX_WORDS = 20
REMINDER = "complaint_management.mail_activity_type_reply"


class ComplaintMailIntake(models.AbstractModel):
    """Makes cases of mails, and brings replies to their cases.

    Who sends is known from an address that anybody can forge. So a mail opens nothing
    and shows nothing: the most that it does by itself is begin another round, where
    the policy says so.
    """

    _name = "complaint.mail.intake"
    _description = "Intake of Mails"

    # ------------------------------------------------------------
    # ROUTES
    # ------------------------------------------------------------

    @api.model
    def _find_reply_route(self, message_dict):
        """Return the route of a reply to what was written to a party of a case.

        Letters and acknowledgements hang on rows of their own, which take no mails.
        """
        references = f"{message_dict['references']} {message_dict['in_reply_to']}"
        ids = references.split()[-32:]
        if not ids:
            return None
        # sudo: mail.message - the gateway has no rights of its own
        parent = (
            self.env["mail.message"]
            .sudo()
            .search([("message_id", "in", ids)], order="id desc", limit=1)
        )
        if parent.model not in self._get_written_models():
            return None
        # sudo: whatever was written about a case - as above
        row = self.env[parent.model].sudo().browse(parent.res_id).exists()
        return row and self._make_route(row.complaint_id, message_dict)

    @api.model
    def _get_written_models(self) -> list[str]:
        """Return the models on which mails to a party hang; add-ons add theirs."""
        return ["complaint.party", "complaint.letter"]

    def _make_route(self, case, message_dict):
        users = self.env["mail.thread"]
        user = users._mail_find_user_for_gateway(message_dict["email_from"])
        return (CASE, case.id, {}, user.id or self.env.uid, None)

    @api.model
    def _correct(self, message, message_dict, routes: list) -> list:
        """Return ``routes`` without what programs send, replies at the case going on.

        :param routes: as ``mail.thread.message_route`` returns them
        """
        if not any(route[0] == CASE for route in routes or ()):
            return routes
        if self._is_unwelcome(message, message_dict):
            _logger.info(
                "Automatic mail from %s, Message-Id %s: no complaint of it",
                message_dict["email_from"],
                message_dict["message_id"],
            )
            return [route for route in routes if route[0] != CASE]
        self.env["complaint.mail.sender"]._note(message, message_dict)
        return [
            self._lead_on(route, message_dict) if route[0] == CASE else route
            for route in routes
        ]

    def _is_unwelcome(self, message, message_dict) -> bool:
        """Tell whether a program has sent it, or we ourselves.

        A program that may (the portal of an authority) is one of the senders that
        Odoo's gateway allows.
        """
        sender = email_normalize(message_dict["email_from"] or "")
        if not sender:
            return is_automatic(message)
        # sudo: mail.gateway.allowed - as above
        allowed = self.env["mail.gateway.allowed"].sudo()
        if allowed.search_count([("email_normalized", "=", sender)], limit=1):
            return False
        # sudo: mail.alias.domain - as above
        ours = self.env["mail.alias.domain"].sudo()._find_aliases([sender])
        return bool(ours) or is_automatic(message)

    def _lead_on(self, route, message_dict):
        """Return where a mail belongs: at the case of its number, at a merged one's.

        Programs of telephones drop what a mail answers to; the number in the subject
        counts when it is the complainant who names it.
        """
        model, id_, values, uid, alias = route
        # sudo: complaint.complaint - as above
        case = self.env[CASE].sudo().browse(id_ or [])
        if self.env["complaint.mail.sender"]._is_unverified(message_dict):
            uid = self.env.uid  # nobody's whose address it bears
        else:
            case = case or self._find_by_number(message_dict)
        return (model, (case.master_id or case).id or False, values, uid, alias)

    def _find_by_number(self, message_dict):
        sender = email_normalize(message_dict["email_from"] or "")
        subject = clean_line(message_dict.get("subject") or "", 500)
        words = [word.strip("[]()【】:：,;.") for word in subject.split()]
        names = [word for word in words if any(map(str.isdigit, word))][:MAX_WORDS]
        # sudo: complaint.complaint - as above
        cases = self.env[CASE].sudo()
        if not names or not sender:
            return cases
        mine = [("type", "=", "complainant"), ("email_key", "=", sender)]
        domain = [("name", "in", names), ("party_ids", "any", mine)]
        return cases.search(domain, limit=1)

    # ------------------------------------------------------------
    # A NEW CASE
    # ------------------------------------------------------------

    @api.model
    def _take(self, msg_dict: dict, defaults: dict):
        """Return the case made of a mail. What names a confidential person goes.

        :param msg_dict: as ``mail.thread.message_parse`` returns it; changed
        :param defaults: of the alias: the policy
        """
        # sudo: complaint.policy - strangers have no rights; the system registers
        # for them, so that no person counts as the first receiver
        policy = self.env["complaint.policy"].sudo().browse(defaults["policy_id"])
        company = policy.company_id
        system = self.with_user(SUPERUSER_ID).with_company(company)
        system = system.with_context(
            allowed_company_ids=company.ids,
            lang=company.partner_id.lang,
            mail_create_nosubscribe=True,
        )
        policy = policy.with_env(system.env)
        senders = system.env["complaint.mail.sender"]
        # Asked first: a step of the creation that is undone forgets it.
        unverified = senders._is_unverified(msg_dict)
        values = system._prepare_values(policy, msg_dict)
        case = system.env[CASE].create({**defaults, **values})
        system._keep_discreet(case, msg_dict)
        if unverified:
            senders._disown(msg_dict)
            system._remind(case, "unverified")
        elif system._find_staff(msg_dict):
            system._remind(case, "staff")
        system._await_files(msg_dict, case)
        return case

    def _prepare_values(self, policy, msg_dict) -> dict:
        """Return the values of the case; add-ons extend it."""
        text = self._get_text(msg_dict)
        subject = get_subject(msg_dict.get("subject"), text, SUBJECT_LENGTH)
        values = {
            "policy_id": policy.id,
            "channel_id": self._get_channel().id,
            "form": "written",
            "subject": subject or self.env._("Mail without a subject"),
            "description": self.env["complaint.feedback.intake"]._make_html(text),
            "received_at": self._get_moment(msg_dict),
            "registered_by_id": False,
            "party_ids": self._prepare_complainant(policy, msg_dict, text),
        }
        if policy.mail_kind_id:
            values["kind_id"] = policy.mail_kind_id.id
        return values

    def _get_text(self, msg_dict) -> str:
        body = msg_dict.get("body") or ""
        return get_text(html2plaintext(body, include_references=False), TEXT_LENGTH)

    @api.model
    def _get_channel(self):
        channel = "complaint_management.complaint_channel_email"
        found = self.env.ref(channel, raise_if_not_found=False)
        return found or self.env["complaint.channel"]

    def _get_moment(self, msg_dict):
        """Return when a mail was sent, as far as it can be true."""
        now = fields.Datetime.now()
        sent = fields.Datetime.to_datetime(msg_dict.get("date")) or now
        return sent if now - MAX_AGE <= sent <= now else now

    def _prepare_complainant(self, policy, msg_dict, text) -> list:
        """Return the command of the sender's row; none when nobody is named."""
        name, email = parse_contact_from_email(msg_dict.get("email_from") or "")
        if not email or not email_normalize(email):
            return []
        if self.env["complaint.mail.sender"]._is_unverified(msg_dict):
            # No address: nobody is written to, known or let in because of it.
            shown = clean_line(f"{name} <{email}>", NAME_LENGTH)
            return [Command.create({"name": self.env._("%s (not verified)", shown)})]
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        house = policy.company_id.partner_id.lang
        house = house if house in installed else installed[0]
        values = {
            "name": clean_line(name, NAME_LENGTH) or False,
            "email": email,
            "email_cc": clean_line(self._get_copies(msg_dict), 500) or False,
            "lang": guess_lang(text, installed, house),
        }
        return [Command.create(values)]

    def _get_copies(self, msg_dict) -> str:
        """Return who else got the mail, our own addresses apart."""
        lists = (msg_dict.get("to_filtered"), msg_dict.get("cc_filtered"))
        return ", ".join(filter(None, lists))

    def _keep_discreet(self, case, msg_dict):
        """Take out of the message what would tell who complains in confidence."""
        if case.identity != "confidential":
            return
        msg_dict.update(cc_filtered=False, to_filtered=False)
        msg_dict["attachments"] = [
            attachment
            for attachment in msg_dict.get("attachments") or []
            if attachment[0] != "original_email.eml"
        ]

    # ------------------------------------------------------------
    # REPLIES
    # ------------------------------------------------------------

    @api.model
    def _hear(self, case, msg_dict: dict):
        """Do what follows from a reply, before it is posted.

        :param msg_dict: as above; changed so that a stranger's words are a note
        """
        company = case.company_id
        system = self.with_user(SUPERUSER_ID).with_company(company)
        system = system.with_context(lang=company.partner_id.lang)
        case = case.with_env(system.env)
        if system.env["complaint.mail.sender"]._is_unverified(msg_dict):
            system._keep_discreet(case, msg_dict)
            system.env["complaint.mail.sender"]._disown(msg_dict)
            system._remind(case, "unverified")
            return
        sender = system._get_sender(case, msg_dict)
        if sender == "complainant":
            system._keep_discreet(case, msg_dict)
            system._hear_complainant(case, msg_dict)
        elif sender == "other":
            # Shown to nobody outside as what the house or the complainant has said.
            msg_dict.update(is_internal=True, parent_id=False)
            if case.policy_id.closed_reply != "keep" or not case.is_closed:
                system._remind(case, "other")

    def _get_sender(self, case, msg_dict) -> str:
        """Return complainant, staff or other."""
        if self._find_party(case, msg_dict):
            return "complainant"
        staff = self._find_staff(msg_dict)
        seeing = staff.filtered(lambda user: case.with_user(user).has_access("read"))
        return "staff" if seeing else "other"

    def _find_party(self, case, msg_dict):
        """Return the complainant who has the sender's address, at most one."""
        email = email_normalize(msg_dict.get("email_from") or "")
        parties = case._get_all_parties()[case] | case.merged_ids.party_ids
        return parties.filtered(
            lambda party: (
                party.type == "complainant"
                and email
                and email in (party.email_key, party.partner_id.email_normalized)
            )
        )[:1]

    def _find_staff(self, msg_dict):
        """Return the users of the house who have the sender's address."""
        email = email_normalize(msg_dict.get("email_from") or "")
        domain = [("email_normalized", "=", email), ("share", "=", False)]
        users = self.env["res.users"]
        return users.search(domain) if email else users

    def _hear_complainant(self, case, msg_dict):
        """Let the engine and whoever answers for the case know; go on if it closed."""
        text = strip_quote(self._get_text(msg_dict))
        row = self.env["complaint.message"]._take(
            case, text=text, via="mail", party_id=self._find_party(case, msg_dict).id
        )
        self._await_files(msg_dict, row)
        case._complaint_event("complainant_wrote", row)
        if case.is_closed:
            self._follow_closed(case, text)
        else:
            self._remind(case, "read")

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def _get_awaiting(self) -> dict:
        """Return what the mails of this transaction have told, by Message-Id."""
        return self.env.cr.precommit.data.setdefault("complaint.mail.files", {})

    def _await_files(self, msg_dict, row):
        """Let the files of a mail, stored when it is posted, be shown with ``row``."""
        self._get_awaiting()[msg_dict.get("message_id")] = row

    @api.model
    def _keep_files(self, message):
        """Show the files of a mail that was posted to who has sent them."""
        row = self._get_awaiting().pop(message.message_id, None)
        if row is not None and message.attachment_ids:
            name = "told_attachment_ids" if row._name == CASE else "attachment_ids"
            row[name] = [Command.set(message.attachment_ids.ids)]

    # ------------------------------------------------------------
    # AFTER THE END
    # ------------------------------------------------------------

    @api.model
    def _follow_closed(self, case, text: str):
        """Do what the policy says when a complainant writes after the end.

        :param text: what was written, the name of the round that may begin
        """
        way = case.policy_id.closed_reply
        if way == "reopen" and self._may_go_on(case):
            self._reopen(case, get_subject(None, text, SUBJECT_LENGTH))
        elif way in ("ask", "reopen"):
            self._remind(case, "reopen")
        elif way == "notify":
            self._remind(case, "read")

    def _may_go_on(self, case) -> bool:
        """Tell whether a closed case may begin another round by itself."""
        ended = case.outcome_id.outcome in ("withdrawn", "not_accepted")
        course = self.env["complaint.round.course"]
        return not (ended or case.master_id or course._is_exhausted(case))

    def _reopen(self, case, note):
        causes = self.env["complaint.reason"].search(
            [
                ("usage", "=", "reopen"),
                ("policy_id", "in", (case.policy_id.id, False)),
            ],
            limit=1,
        )
        self.env["complaint.round.course"]._go_on(case, causes, note)
        self._remind(case, "reopened")

    def _remind(self, case, what):
        """Remind who answers for the case, once until it is done.

        :param what: a key of ``_get_reminders``
        """
        reader = self.env["complaint.discretion"]._get_stand_in(case)
        type_ = self.env.ref(REMINDER)
        summary = self.with_context(lang=reader.lang)._get_reminders()[what]
        waiting = case.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == type_ and activity.summary == summary
            )
        )
        if reader and not waiting:
            case.activity_schedule(REMINDER, summary=summary, user_id=reader.id)

    @api.model
    def _get_reminders(self) -> dict:
        """Return what the reminders of mails say."""
        return {
            "read": self.env._("The complainant has written"),
            "reopen": self.env._("The complainant has written after closing: reopen?"),
            "reopened": self.env._("Reopened: the complainant has written"),
            "other": self.env._("Somebody who isn't the complainant has written"),
            "staff": self.env._("Sent by one of us: check who complains"),
            "unverified": self.env._("Sender not verified: check who has written"),
            "round": self.env._("Not satisfied: begin the next round"),
        }
