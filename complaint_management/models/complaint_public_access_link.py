import re
from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models

from ..tools.token import LENGTH, hash_token, make_token

#: Days in which a link of a mail works, where nothing else says so.
LINK_DAYS = 60
LINK_SCOPES = [
    ("survey", "Survey"),
    ("satisfaction", "Satisfied or Not"),
    ("remedy", "Answer to an Offer"),
]
#: What templates of mails and letters write, and what it opens.
_PLACEHOLDER = re.compile(
    r'href="[^"]*/c/link/(case|survey|satisfaction|remedy)(\?[^"]*)?"'
)


class ComplaintPublicAccess(models.Model):
    """Links in mails: of one scope, for some time, with one effect.

    Templates write ``/c/link/<scope>``. It becomes a link of its own when the mail
    leaves the house, so that nobody who reads what was sent could use it.
    """

    _inherit = "complaint.public.access"

    scope = fields.Selection(
        selection_add=LINK_SCOPES,
        ondelete={key: "cascade" for key, _label in LINK_SCOPES},
    )
    follow_up_id = fields.Many2one(
        "complaint.follow.up", index="btree_not_null", ondelete="cascade"
    )
    remedy_id = fields.Many2one(
        "complaint.remedy", index="btree_not_null", ondelete="cascade"
    )
    round_id = fields.Many2one(
        "complaint.round", index="btree_not_null", ondelete="cascade"
    )
    used_at = fields.Datetime(help="When it had its effect: it has no other.")

    # ------------------------------------------------------------
    # GOING OUT
    # ------------------------------------------------------------

    @api.model
    def _fill_links(self, body: str, party, follow_up=None) -> str:
        """Return the body of a mail with links for ``party``, who is the reader.

        :param party: ``complaint.party`` in sudo mode; a complainant, or no link opens
        """
        urls = {}

        def link(found):
            """Return one link: the same in all places of a mail."""
            name = found.group(1)
            if name not in urls:
                urls[name] = self._make_url(name, party, follow_up)
            return f'href="{urls[name]}"'

        return _PLACEHOLDER.sub(link, body)

    @api.model
    def _replace_links(self, body: str, url=None) -> str:
        """Return ``body`` with all its links leading to ``url``; none: nowhere."""
        return _PLACEHOLDER.sub(f'href="{url}"' if url else "", body)

    def _make_url(self, name, party, follow_up) -> str:
        guard, case = self.env["complaint.feedback.guard"], party._get_own_case()
        subject = self._get_subject(name, case, follow_up)
        if party.type != "complainant" or subject is None:
            return guard._get_url(f"/c/link/{name}")
        query = urlencode({"lang": party.lang or self.env.lang})
        if name == "case":
            expires_at = fields.Datetime.now() + timedelta(days=3 * LINK_DAYS)
            token = self._issue(case, expires_at=expires_at, party_id=party.id)
            return guard._get_url(f"/c/s/{token}?{query}")
        token = self._issue_link(name, case, party_id=party.id, **subject)
        return guard._get_url(f"/c/m/{token}?{query}")

    def _get_subject(self, name, case, follow_up) -> dict | None:
        """Return what a link is about; None when there is nothing."""
        if name == "survey":
            return {"follow_up_id": follow_up.id} if follow_up else None
        if name == "remedy":
            offered = self.env["complaint.case.effect"]._get_offers(case)["remedies"]
            return {"remedy_id": offered[-1:].id} if offered else None
        return {"round_id": case.round_id.id}

    @api.model
    def _issue_link(self, scope, case, **values) -> str:
        """Let a token have one effect on ``case``, and return it."""
        token = make_token()
        expires_at = fields.Datetime.now() + timedelta(days=LINK_DAYS)
        # sudo: complaint.public.access - nobody has rights on it, on purpose
        self.sudo().create(
            {
                "complaint_id": case.id,
                "scope": scope,
                "token_hash": hash_token(token),
                "expires_at": expires_at,
                **values,
            }
        )
        return token

    # ------------------------------------------------------------
    # COMING BACK
    # ------------------------------------------------------------

    @api.model
    def _find_link(self, token: str):
        """Return the row of a link that works, used or not, elevated; maybe none."""
        known = token.isascii() and len(token) == LENGTH
        # sudo: complaint.public.access - the token is the right
        row = self.sudo().search(
            [
                ("token_hash", "=", hash_token(token if known else "")),
                ("scope", "in", [key for key, _label in LINK_SCOPES]),
            ],
            limit=1,
        )
        return row if row._is_open() else row.browse()

    def _is_pending(self) -> bool:
        """Tell whether this link may still have its effect."""
        case = self.complaint_id
        if self.used_at or case.master_id:
            return False
        if self.scope == "survey":
            return self.follow_up_id._is_open()
        offers = self.env["complaint.case.effect"]._get_offers(case)
        if self.scope == "remedy":
            return self.remedy_id in offers["remedies"]
        return offers["satisfaction"] and self.round_id == case.round_id

    def _use(self) -> bool:
        """Take the one effect of this link; tell whether it was still there.

        Whoever sends at the same time waits for the row, and finds it used.
        """
        self.lock_for_update()
        if not self._is_pending():
            return False
        self.used_at = fields.Datetime.now()
        return True
