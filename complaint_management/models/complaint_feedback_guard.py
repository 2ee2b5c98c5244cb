import ipaddress
import time
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.tools import SQL, consteq, hmac

from ..tools.token import make_token

#: Seconds after which a form that was opened has to be looked at once more.
KEY_AGE = 3 * 24 * 3600
#: Nobody reads and fills in a form faster, programs do.
MINIMUM_AGE = 2
#: Parameter (setting) → what is counted, in how many seconds, how many are taken.
LIMITS = {
    "limit_address_short": ("address", 600, 5),
    "limit_address_hour": ("address", 3600, 20),
    "limit_address_day": ("address", 86400, 60),
    "limit_document_day": ("document", 86400, 3),
    "limit_point_day": ("point", 86400, 300),
    "limit_total_day": ("total", 86400, 5000),
    "limit_attempts": ("attempt", 600, 60),
    "limit_scans": ("scan", 600, 60),
    "limit_message_address_short": ("message_address", 600, 10),
    "limit_message_address_day": ("message_address", 86400, 40),
    "limit_message_case_short": ("message_case", 600, 10),
    "limit_message_case_day": ("message_case", 86400, 40),
    "limit_phrase_address_short": ("phrase_address", 600, 10),
    "limit_phrase_address_day": ("phrase_address", 86400, 40),
    "limit_phrase_number_hour": ("phrase_number", 3600, 30),
}
#: Where that is counted.
FORMS = ("complaint_feedback_submission", "sent_at")
HITS = ("complaint_feedback_hit", "hit_at")
MESSAGES = ("complaint_message", "sent_at")
GUESSES = ("complaint_case_attempt", "tried_at")
COUNTED = {
    "address": FORMS,
    "document": FORMS,
    "point": FORMS,
    "total": FORMS,
    "attempt": HITS,
    "scan": HITS,
    "message_address": MESSAGES,
    "message_case": MESSAGES,
    "phrase_address": GUESSES,
    "phrase_number": GUESSES,
}
PARAMETER = "complaint_management."


class ComplaintFeedbackGuard(models.AbstractModel):
    """Who may send how often, by which form, from which address."""

    _name = "complaint.feedback.guard"
    _description = "Guard of the Public Form"

    # ------------------------------------------------------------
    # ADDRESS OF OUR PAGES
    # ------------------------------------------------------------

    @api.model
    def _get_base_url(self) -> str:
        """Return the address that is printed before every token.

        It is our own: Odoo rewrites its address whenever an administrator logs in by
        another one, and paper can't be rewritten.
        """
        # sudo: ir.config_parameter - everybody may read the address of the page
        parameters = self.env["ir.config_parameter"].sudo()
        url = parameters.get_param(f"{PARAMETER}base_url")
        return (url or parameters.get_param("web.base.url") or "").rstrip("/")

    @api.model
    def _get_url(self, path: str) -> str:
        """Return the full address of a page."""
        return f"{self._get_base_url()}{path}"

    @api.model
    def _freeze_base_url(self):
        """Keep the address of today when the first code is made, if it is real."""
        # sudo: ir.config_parameter - whoever makes the first code fixes the address
        parameters = self.env["ir.config_parameter"].sudo()
        url = self._get_base_url()
        if not parameters.get_param(f"{PARAMETER}base_url") and not self._is_local(url):
            parameters.set_param(f"{PARAMETER}base_url", url)

    @api.model
    def _is_local(self, url: str) -> bool:
        """Tell whether no telephone can open ``url``."""
        host = urlsplit(url).hostname or ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return "." not in host
        return address.is_loopback or address.is_unspecified

    # ------------------------------------------------------------
    # FORM KEY
    # ------------------------------------------------------------

    @api.model
    def _make_key(self, link) -> str:
        """Return the key of one form: it can be sent once, by this code only."""
        issued = f"{int(time.time()):x}"
        nonce = make_token()[:16]
        return f"{issued}-{nonce}-{self._sign(link, issued, nonce)}"

    @api.model
    def _get_key_age(self, link, key: str) -> float | None:
        """Return the seconds since the form with ``key`` was opened.

        :return: None when the key is none of ours, or of another code
        """
        parts = key.split("-") if len(key) < 100 and key.isascii() else ()
        if len(parts) != 3:
            return None
        issued, nonce, signature = parts
        if not consteq(signature, self._sign(link, issued, nonce)):
            return None
        return time.time() - int(issued, 16)

    @api.model
    def _sign(self, link, issued, nonce) -> str:
        message = (link.token, issued, nonce)
        return hmac(self.env(su=True), "complaint_feedback_form", message)[:32]

    # ------------------------------------------------------------
    # LIMITS
    # ------------------------------------------------------------

    @api.model
    def _get_address_key(self, address: str) -> str:
        """Return what stands for an address in the database, and can't be read back.

        An IPv6 network of one household or telephone counts as one address.
        """
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            parsed = ipaddress.ip_address("0.0.0.0")
        if parsed.version == 6 and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        elif parsed.version == 6:
            parsed = ipaddress.ip_network((parsed, 64), strict=False)
        scope = "complaint_feedback_address"
        return hmac(self.env(su=True), scope, str(parsed))[:32]

    @api.model
    def _is_exempt(self, address: str) -> bool:
        """Tell whether ``address`` is one of ours: a terminal in the hall."""
        # sudo: ir.config_parameter - a limit holds for whoever sends
        parameters = self.env["ir.config_parameter"].sudo()
        networks = parameters.get_param(f"{PARAMETER}limit_exempt") or ""
        try:
            parsed = ipaddress.ip_address(address or "")
            return any(
                parsed in ipaddress.ip_network(network, strict=False)
                for network in networks.replace(",", " ").split()
            )
        except ValueError:
            return False

    @api.model
    def _get_limit(self, name: str) -> int:
        """Return how many are taken; 0 is no limit."""
        # sudo: ir.config_parameter - as above
        value = self.env["ir.config_parameter"].sudo().get_param(f"{PARAMETER}{name}")
        return int(value) if (value or "").isdigit() else LIMITS[name][2]

    @api.model
    def _get_attempt_wait(self, address_key: str) -> int:
        """Return the seconds until this address may try again; 0: now."""
        attempts = SQL("address_key = %s AND kind = 'attempt'", address_key)
        return self._get_wait({"attempt": attempts})

    @api.model
    def _get_scan_wait(self, link, address_key: str) -> int:
        """Return the seconds until a scan of this code counts again; 0: now."""
        same = SQL("address_key = %s AND link_id = %s", address_key, link.id)
        return self._get_wait({"scan": SQL("%s AND kind = 'scan'", same)})

    @api.model
    def _get_submission_wait(self, link, address_key: str, kind="case") -> int:
        """Return the seconds until something may be sent again; 0: now.

        Counted in the database, which all workers and nodes share, without a counter
        that they would wait for: the n-th youngest row says when its place is free.
        """
        subject = "point" if link.point_id else "document"
        return self._get_wait(
            {
                "address": SQL("address_key = %s AND kind = %s", address_key, kind),
                subject: SQL("link_id = %s AND kind = %s", link.id, kind),
                "total": SQL("kind = %s", kind),
            }
        )

    def _get_wait(self, conditions: dict) -> int:
        """Return the seconds until all the limits of these subjects allow one more."""
        now = fields.Datetime.now()
        parts = []
        for name, (subject, window, _default) in LIMITS.items():
            limit = self._get_limit(name)
            if limit and subject in conditions:
                parts.append(
                    self._get_wait_sql(subject, conditions, window, limit, now)
                )
        if not parts:
            return 0
        query = SQL(
            "SELECT max(free_at) FROM (%s) AS waits", SQL(" UNION ALL ").join(parts)
        )
        free_at = self.env.execute_query(query)[0][0]
        return max(1, int((free_at - now).total_seconds()) + 1) if free_at else 0

    def _get_wait_sql(self, subject, conditions, window, limit, now):
        """Return the query of the moment at which the oldest of so many is outdated."""
        table, column = COUNTED[subject]
        return SQL(
            "(SELECT %(column)s + make_interval(secs => %(window)s) AS free_at"
            "   FROM %(table)s"
            "  WHERE %(condition)s AND %(column)s > %(since)s"
            "  ORDER BY %(column)s DESC OFFSET %(offset)s LIMIT 1)",
            column=SQL.identifier(column),
            window=window,
            table=SQL.identifier(table),
            condition=conditions[subject],
            since=now - timedelta(seconds=window),
            offset=limit - 1,
        )
