from odoo import api, models
from odoo.tools import SQL, hmac


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
        self.env["complaint.message"].flush_model(["sent_at"])
        same_case = SQL("complaint_id = %s AND direction = 'in'", complaint.id)
        return self._get_wait(
            {
                "message_address": SQL("address_key = %s", address_key),
                "message_case": same_case,
            }
        )

    @api.model
    def _get_phrase_wait(self, number: str, address_key: str) -> int:
        """Return the seconds until a phrase may be tried again; 0: now.

        Tries are counted at a number whether there is such a case or not.
        """
        number_key = self._get_number_key(number)
        return self._get_wait(
            {
                "phrase_address": SQL("address_key = %s", address_key),
                "phrase_number": SQL("number_key = %s", number_key),
            }
        )

    @api.model
    def _get_number_key(self, number: str) -> str:
        """Return what stands for a number that somebody has tried."""
        return hmac(self.env(su=True), "complaint_case_number", number)[:32]
