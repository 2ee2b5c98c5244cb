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
    scope = fields.Selection(
        [("case", "Case Page"), ("phrase", "Secret Phrase")], required=True
    )
    token_hash = fields.Char(copy=False)
    phrase_hash = fields.Char(copy=False)
    expires_at = fields.Datetime()
    revoked_at = fields.Datetime()

    _token_uniq = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")

    @api.model
    def _issue(self, complaint, scope="case", token=None, expires_at=None) -> str:
        """Let a token open ``complaint``, and return it: it is stored nowhere.

        :param token: one that the caller can make again; by default a random one
        """
        token = token or make_token()
        # sudo: complaint.public.access - nobody has rights on it, on purpose
        self.sudo().create(
            {
                "complaint_id": complaint.id,
                "scope": scope,
                "token_hash": hash_token(token),
                "expires_at": expires_at,
            }
        )
        return token

    @api.model
    def _find(self, token: str, scope="case"):
        """Return the case that ``token`` opens, with elevated rights; maybe none.

        Unknown, expired and revoked tokens answer the same.
        """
        # sudo: complaint.public.access - the token is the right
        rows = self.sudo()
        known = token.isascii() and len(token) == LENGTH
        row = rows.search(
            [
                ("token_hash", "=", hash_token(token if known else "")),
                ("scope", "=", scope),
            ],
            limit=1,
        )
        return row.complaint_id if row._is_open() else row.complaint_id.browse()

    def _is_open(self) -> bool:
        now = fields.Datetime.now()
        if not self or self.revoked_at or (self.expires_at and self.expires_at <= now):
            return False
        complaint = self.complaint_id
        closed_at = complaint.closed_at or now
        return complaint.active and closed_at + timedelta(days=OPEN_DAYS) > now

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
