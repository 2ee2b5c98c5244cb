from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Days in which a form that is sent again is recognised.
KEPT_DAYS = 30


class ComplaintFeedbackSubmission(models.Model):
    """A form that was sent by a code: a case, or stars.

    Its key makes sending twice harmless; its address limits how often somebody sends.
    Both are forgotten after some weeks.
    """

    _name = "complaint.feedback.submission"
    _description = "Feedback"
    _order = "sent_at desc, id desc"
    _rec_name = "link_id"

    kind = fields.Selection(
        [("case", "Case"), ("rating", "Stars")], required=True, readonly=True
    )
    link_id = fields.Many2one(
        "complaint.feedback.link",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    point_id = fields.Many2one(
        related="link_id.point_id", store=True, precompute=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="link_id.company_id", store=True)
    sent_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    stars = fields.Integer(readonly=True, aggregator="avg")
    key_hash = fields.Char(copy=False, groups="base.group_system")
    address_key = fields.Char(copy=False, groups="base.group_system")

    _key_uniq = models.UniqueIndex("(key_hash) WHERE key_hash IS NOT NULL")
    _address_idx = models.Index(
        "(address_key, sent_at DESC) WHERE address_key IS NOT NULL"
    )
    _link_idx = models.Index("(link_id, sent_at DESC)")

    @api.model
    def _find(self, key_hash: str):
        """Return the form that was sent with this key before, if it was."""
        # sudo: complaint.feedback.submission - the key is the right to see it
        return self.sudo().search([("key_hash", "=", key_hash)], limit=1)

    @api.model
    def _claim(self, link, key_hash: str, address_key: str, **values) -> bool:
        """Note that a form is being sent; tell whether it is the first time.

        Whoever sends the same form at the same time waits here until the other one is
        done, and is then told by a serialisation failure: the request layer tries
        again, and finds what the other one has sent.
        """
        values = {"kind": "case", "stars": None, **values}
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO complaint_feedback_submission
                            (kind, stars, link_id, point_id, company_id, key_hash,
                             address_key, sent_at, create_uid, create_date)
                     VALUES (%(kind)s, %(stars)s, %(link)s, %(point)s, %(company)s,
                             %(key)s, %(address)s, %(now)s, %(uid)s, %(now)s)
                ON CONFLICT DO NOTHING
                  RETURNING id
                """,
                kind=values["kind"],
                stars=values["stars"],
                link=link.id,
                point=link.point_id.id or None,
                company=link.company_id.id,
                key=key_hash,
                address=address_key,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        return bool(rows)

    @api.autovacuum
    def _gc_submissions(self):
        """Forget who sent a form, and that it could be sent again."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        # sudo: complaint.feedback.submission - housekeeping
        self.sudo().search([("sent_at", "<", limit), ("key_hash", "!=", False)]).write(
            {"key_hash": False, "address_key": False}
        )
