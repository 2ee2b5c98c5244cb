from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Days that single rows are kept before they are added up.
KEPT_DAYS = 2


class ComplaintFeedbackHit(models.Model):
    """A scan of a code, or an attempt to send its form.

    Rows are only added, so that a thousand phones at once write without waiting for
    each other; scans are added up per code and day at night, attempts are dropped.
    """

    _name = "complaint.feedback.hit"
    _description = "Scan of a Feedback Code"
    _order = "hit_at desc, id desc"
    _log_access = False

    kind = fields.Selection([("scan", "Scan"), ("attempt", "Attempt")], required=True)
    link_id = fields.Many2one(
        "complaint.feedback.link", required=True, index=True, ondelete="cascade"
    )
    point_id = fields.Many2one(related="link_id.point_id", store=True, precompute=True)
    company_id = fields.Many2one(related="link_id.company_id")
    hit_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    count = fields.Integer(required=True, default=1)
    address_key = fields.Char(
        groups="base.group_system", help="Stands for an address, and can't be read."
    )

    _address_idx = models.Index(
        "(address_key, hit_at DESC) WHERE address_key IS NOT NULL"
    )

    @api.model
    def _add(self, kind: str, link, address_key: str):
        """Note one scan or attempt."""
        # Not create(): this is most of the work of a scan.
        self.env.execute_query(
            SQL(
                """
                INSERT INTO complaint_feedback_hit
                            (kind, link_id, point_id, hit_at, count, address_key)
                     VALUES (%s, %s, %s, %s, 1, %s)
                  RETURNING id
                """,
                kind,
                link.id,
                link.point_id.id or None,
                fields.Datetime.now(),
                address_key,
            )
        )

    @api.model
    def _count_scans(self, links) -> dict:
        """Return the number of scans by the id of the link."""
        # sudo: complaint.feedback.hit - a figure, for whoever sees the code
        rows = self.sudo()._read_group(
            [("kind", "=", "scan"), ("link_id", "in", links.ids)],
            ["link_id"],
            ["count:sum"],
        )
        return {link.id: count for link, count in rows}

    @api.autovacuum
    def _gc_hits(self):
        """Add up the scans of past days, one row a code and day; drop attempts."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH old AS (
                    DELETE FROM complaint_feedback_hit
                     WHERE address_key IS NOT NULL AND hit_at < %(limit)s
                 RETURNING kind, link_id, point_id, hit_at, count
                )
                INSERT INTO complaint_feedback_hit
                            (kind, link_id, point_id, hit_at, count)
                SELECT kind, link_id, point_id, date_trunc('day', hit_at), sum(count)
                  FROM old
                 WHERE kind = 'scan'
              GROUP BY kind, link_id, point_id, date_trunc('day', hit_at)
                """,
                limit=limit,
            )
        )
        self.invalidate_model()
