from datetime import timedelta

from odoo import api, fields, models


class ComplaintCaseAttempt(models.Model):
    """Somebody has tried a number with a secret phrase: counted, soon forgotten."""

    _name = "complaint.case.attempt"
    _description = "Attempt to Open a Case Page"
    _order = "tried_at desc, id desc"
    _log_access = False

    address_key = fields.Char(required=True)
    number_key = fields.Char(required=True)
    tried_at = fields.Datetime(required=True, default=fields.Datetime.now)

    _address_idx = models.Index("(address_key, tried_at DESC)")
    _number_idx = models.Index("(number_key, tried_at DESC)")

    @api.model
    def _add(self, address_key: str, number_key: str):
        """Note one attempt."""
        # sudo: complaint.case.attempt - nobody has rights on it, on purpose
        self.sudo().create({"address_key": address_key, "number_key": number_key})
        self.flush_model()

    @api.autovacuum
    def _gc_attempts(self):
        limit = fields.Datetime.now() - timedelta(days=2)
        # sudo: complaint.case.attempt - housekeeping
        self.sudo().search([("tried_at", "<", limit)]).unlink()
