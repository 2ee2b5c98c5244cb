import hashlib
import unicodedata
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac

from ..tools.token import LENGTH, hash_token, make_token, make_token_from

#: Days after its end in which a case can still be looked at from outside.
OPEN_DAYS = 180
#: Shorter phrases are guessed.
PHRASE_LENGTH = 6


class ComplaintPublicAccess(models.Model):
    """What opens a case from outside: a random token, or its secret phrase.

    Only hashes are stored, in a table that no user may read: whoever could read a
    token would speak as the complainant.
    """

    _name = "complaint.public.access"
    _description = "Access to a Complaint from Outside"
    _order = "id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    party_id = fields.Many2one(
        "complaint.party", string="Whose", index="btree_not_null", ondelete="cascade"
    )
    scope = fields.Selection(
        [
            ("case", "Case Page"),
            ("phrase", "Secret Phrase"),
            ("preview", "Preview by Staff"),
        ],
        required=True,
    )
    token_hash = fields.Char(copy=False)
    phrase_hash = fields.Char(copy=False)
    expires_at = fields.Datetime()
    revoked_at = fields.Datetime()
    seen_at = fields.Datetime(help="When the page was open last.")
    issued_by_id = fields.Many2one(
        "res.users", help="Has handed this link out: what comes by it is known to."
    )

    _token_uniq = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")

    @api.model
    def _issue(self, complaint, scope="case", token=None, **values) -> str:
        """Let a token open ``complaint``, and return it: it is stored nowhere.

        :param token: one that the caller can make again; by default a random one
        :param values: ``party_id`` (by default who speaks for the complainants),
            ``expires_at``, ``issued_by_id``
        """
        token = token or make_token()
        if scope == "case":
            party = complaint._get_page_parties()._get_main()
            values = {"party_id": party.id, **values}
        # sudo: complaint.public.access - nobody has rights on it, on purpose
        self.sudo().create(
            {
                "complaint_id": complaint.id,
                "scope": scope,
                "token_hash": hash_token(token),
                **values,
            }
        )
        return token

    @api.model
    def _find(self, token: str, scope="case"):
        """Return the case that ``token`` opens, with elevated rights; maybe none.

        Unknown, expired and revoked tokens answer the same.
        """
        return self._find_access(token, scope).complaint_id

    @api.model
    def _find_access(self, token: str, *scopes):
        """Return the row that ``token`` opens a case by, elevated; maybe none."""
        # sudo: complaint.public.access - the token is the right
        rows = self.sudo()
        known = token.isascii() and len(token) == LENGTH
        row = rows.search_fetch(
            [
                ("token_hash", "=", hash_token(token if known else "")),
                ("scope", "in", scopes or ("case",)),
            ],
            limit=1,
        )
        return row if row._is_open() else row.browse()

    def _is_open(self) -> bool:
        now = fields.Datetime.now()
        if not self or self.revoked_at or (self.expires_at and self.expires_at <= now):
            return False
        complaint = self.complaint_id
        complaint._read_for_page()
        # Who was merged into another case waits for the end of that one.
        closed_at = (complaint.master_id or complaint).closed_at or now
        return complaint.active and closed_at + timedelta(days=OPEN_DAYS) > now

    def _mark_seen(self):
        """Note that the page is open: told by the page itself, never by a GET."""
        # A row of its own: people who look don't wait for each other.
        self.seen_at = fields.Datetime.now()
        self.env["complaint.message"]._mark_seen(self.complaint_id)

    @api.model
    def _mark_portal_seen(self, complaint, party):
        """Note that a complainant has the page open who is logged in."""
        # sudo: complaint.public.access - as above
        rows = self.sudo()
        of_portal = {"complaint_id": complaint.id, "party_id": party.id}
        domain = [(name, "=", value) for name, value in of_portal.items()]
        row = rows.search([*domain, ("token_hash", "=", False)], limit=1)
        (row or rows.create({**of_portal, "scope": "case"}))._mark_seen()

    @api.model
    def _revoke(self, complaint):
        """Let the links of ``complaint`` open nothing any more; phrases go on."""
        # sudo: complaint.public.access - as above
        rows = self.sudo().search(
            [
                ("complaint_id", "=", complaint.id),
                ("token_hash", "!=", False),
                ("revoked_at", "=", False),
            ]
        )
        rows.revoked_at = fields.Datetime.now()
        return rows

    @api.model
    def _get_seen(self, complaints) -> dict:
        """Return when each page was open last, by case."""
        # sudo: complaint.public.access - a moment, for whoever sees the case
        rows = self.sudo()._read_group(
            [("complaint_id", "in", complaints.ids), ("seen_at", "!=", False)],
            ["complaint_id"],
            ["seen_at:max"],
        )
        return {case.id: moment for case, moment in rows}

    @api.autovacuum
    def _gc_expired(self):
        """Forget links that have ended long ago."""
        limit = fields.Datetime.now() - timedelta(days=30)
        # sudo: complaint.public.access - housekeeping
        self.sudo().search([("expires_at", "<", limit)]).unlink()

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    @api.model
    def _mail_link(self, party, text=None):
        """Queue a mail to ``party`` with a link of their own to the case page.

        Who may read what was written to the party finds the words there without the
        link: it is in the mail that leaves the house only.
        """
        # sudo: mail.mail - whoever writes to a complainant may not send at will
        party = party.sudo()
        case, lang = party._get_own_case(), party.lang or self.env.lang
        token = self._issue(case, party_id=party.id)
        page = self.env["complaint.feedback.guard"]._get_url(f"/c/s/{token}")
        env = party.with_context(lang=lang).env
        values = {"case": case.with_env(env), "party": party, "text": text}
        sender = case.company_id.email_formatted or self.env.user.email_formatted
        render = env["ir.qweb"]._render
        template = "complaint_management.case_mail"
        party.env["mail.mail"].create(
            {
                "subject": env._("About your complaint %s", case.name),
                "body": render(template, {**values, "url": None}),
                "body_html": render(template, {**values, "url": f"{page}?lang={lang}"}),
                "email_from": sender,
                "reply_to": case.policy_id._get_reply_to() or sender,
                "email_to": party.email_key,
                "model": party._name,
                "res_id": party.id,
                "auto_delete": True,
                "is_notification": False,
            }
        )

    @api.model
    def _make_case_token(self, key: str) -> str:
        """Return the case token of the form that was sent with ``key``.

        Sent again after a lost connection, the same form leads to the same page,
        although the token isn't stored.
        """
        digest = hmac(
            self.env(su=True), "complaint_case_token", key, hash_function=hashlib.sha512
        )
        return make_token_from(bytes.fromhex(digest))

    # ------------------------------------------------------------
    # SECRET PHRASE
    # ------------------------------------------------------------

    @api.model
    def _set_phrase(self, complaint, phrase: str):
        """Let ``phrase`` together with the number open ``complaint``."""
        # sudo: complaint.public.access - as above
        self.sudo().create(
            {
                "complaint_id": complaint.id,
                "scope": "phrase",
                "phrase_hash": self._get_context().hash(self._fold_phrase(phrase)),
            }
        )

    @api.model
    def _find_by_phrase(self, number: str, phrase: str):
        """Return the case with this number and phrase, with elevated rights.

        A number that doesn't exist takes as long as a wrong phrase. Whoever calls it
        limits how often somebody tries.
        """
        # sudo: complaint.public.access - number and phrase are the right
        rows = self.sudo().search(
            [("complaint_id.name", "=", number), ("scope", "=", "phrase")]
        )
        context, folded = self._get_context(), self._fold_phrase(phrase)
        found = rows.browse()
        for row in rows:
            if context.verify(folded, row.phrase_hash) and row._is_open():
                found = row
        if not rows:
            context.dummy_verify()
        return found.complaint_id

    @api.model
    def _fold_phrase(self, phrase: str) -> str:
        """Return ``phrase`` without what people type differently the next time."""
        text = unicodedata.normalize("NFKC", phrase).casefold()
        return "".join(letter for letter in text if letter.isalnum())

    @api.model
    def _get_context(self):
        return self.env["res.users"]._crypt_context()
