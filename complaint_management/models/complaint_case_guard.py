from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: What comes from one address, and for one case, before somebody has to wait.
MESSAGE_LIMITS = ((600, 10), (86400, 40))
#: Guesses of a number and a phrase: from one address, and at one number.
PHRASE_LIMITS = (("address", 600, 10), ("address", 86400, 40), ("number", 3600, 30))


class ComplaintCaseGuard(models.AbstractModel):
    """Who may write on a case page how often, and guess phrases how often.

    A key belongs to one page: that of a token, or of a person who is logged in.
    """

    _name = "complaint.case.guard"
    _description = "Guard of the Case Page"
    _inherit = ["complaint.feedback.guard"]

    @api.model
    def _sign(self, link, issued, nonce) -> str:
        """Sign a key of a page.

        :param link: what is only known to who has the page open
        """
        message = (link, issued, nonce)
        return hmac(self.env(su=True), "complaint_case_page", message)[:32]

    @api.model
    def _get_message_wait(self, complaint, address_key: str) -> int:
        """Return the seconds until the page takes something again; 0: now."""
        return self._get_rows_wait(
            "complaint_message",
            "sent_at",
            [
                (condition, window, limit)
                for condition in (
                    SQL("address_key = %s", address_key),
                    SQL("complaint_id = %s AND direction = 'in'", complaint.id),
                )
                for window, limit in MESSAGE_LIMITS
            ],
        )

    @api.model
    def _get_phrase_wait(self, number: str, address_key: str) -> int:
        """Return the seconds until a phrase may be tried again; 0: now.

        Tries are counted at a number whether there is such a case or not.
        """
        conditions = {
            "address": SQL("address_key = %s", address_key),
            "number": SQL("number_key = %s", self._get_number_key(number)),
        }
        return self._get_rows_wait(
            "complaint_case_attempt",
            "tried_at",
            [
                (conditions[kind], window, limit)
                for kind, window, limit in PHRASE_LIMITS
            ],
        )

    @api.model
    def _get_number_key(self, number: str) -> str:
        """Return what stands for a number that somebody has tried."""
        return hmac(self.env(su=True), "complaint_case_number", number)[:32]

    def _get_rows_wait(self, table, column, limits) -> int:
        """Return the longest wait of limits ``(condition, seconds, how many)``."""
        now, parts = fields.Datetime.now(), []
        for condition, window, limit in limits:
            parts.append(
                SQL(
                    "(SELECT %(column)s + make_interval(secs => %(window)s) AS free_at"
                    "   FROM %(table)s"
                    "  WHERE %(condition)s AND %(column)s > %(since)s"
                    "  ORDER BY %(column)s DESC OFFSET %(offset)s LIMIT 1)",
                    column=SQL.identifier(column),
                    table=SQL.identifier(table),
                    condition=condition,
                    window=window,
                    since=now - timedelta(seconds=window),
                    offset=limit - 1,
                )
            )
        query = SQL(
            "SELECT max(free_at) FROM (%s) AS waits", SQL(" UNION ALL ").join(parts)
        )
        self.env["complaint.message"].flush_model(["sent_at"])
        free_at = self.env.execute_query(query)[0][0]
        return max(1, int((free_at - now).total_seconds()) + 1) if free_at else 0
