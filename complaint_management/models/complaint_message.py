from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, mute_logger

VIA = [
    ("page", "Case Page"),
    ("portal", "Portal"),
    ("mail", "E-mail"),
    ("link", "Link in a Mail"),
    ("staff", "Our Staff"),
]
KINDS = [
    ("message", "Message"),
    ("accepted", "Offer Agreed To"),
    ("refused", "Offer Declined"),
    ("countered", "Counter-demand"),
    ("satisfied", "Satisfied"),
    ("dissatisfied", "Not Satisfied"),
    ("withdrawal", "Withdrawal"),
]
#: What a complainant says that somebody should answer.
EXPECTS_REPLY = ("message", "refused", "countered", "dissatisfied")
TEXT_LENGTH = 5000
#: Events whose source may stand on the case page only, and where it says so.
PAGE_EVENTS = {
    "remedy_offered": "offered_how",
    "interim_answered": "how",
    "answered": "how",
    "result_answered": "how",
}


class ComplaintMessage(models.Model):
    """One thing that the complainant and the house have told each other.

    The case page shows these rows and nothing of the chatter, so that nobody can tell
    the complainant something by mistake. Evidence: made by its methods, never changed.
    """

    _name = "complaint.message"
    _description = "Message with the Complainant"
    _order = "sent_at desc, id desc"
    _rec_name = "kind"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, precompute=True
    )
    round_id = fields.Many2one(
        "complaint.round", index="btree_not_null", ondelete="set null"
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    department_id = fields.Many2one(related="complaint_id.department_id")
    direction = fields.Selection(
        [("in", "From Them"), ("out", "To Them")], required=True
    )
    kind = fields.Selection(KINDS, required=True, default="message")
    text = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    sent_at = fields.Datetime(
        string="Sent On", required=True, default=fields.Datetime.now
    )
    via = fields.Selection(VIA, string="Through", required=True)
    user_id = fields.Many2one("res.users", string="Written By")
    link_by_id = fields.Many2one(
        "res.users",
        string="By the Link of",
        help="Somebody of the staff had handed out the link that this came by.",
    )
    seen_at = fields.Datetime(
        string="Seen", help="When the complainant opened the case page after it."
    )
    remedy_id = fields.Many2one(
        "complaint.remedy", index="btree_not_null", ondelete="set null"
    )
    reason_id = fields.Many2one("complaint.reason", ondelete="restrict")
    is_waiting = fields.Boolean(
        string="Waiting for Reply",
        compute="_compute_is_waiting",
        search="_search_is_waiting",
        help="They wrote last, and the case is open.",
    )
    # Who speaks is known from the parties, to those who may read them.
    party_id = fields.Many2one(
        "complaint.party",
        groups="base.group_system",
        index="btree_not_null",
        ondelete="set null",
    )
    key_hash = fields.Char(copy=False, groups="base.group_system")
    address_key = fields.Char(copy=False, groups="base.group_system")

    _key_uniq = models.UniqueIndex("(key_hash) WHERE key_hash IS NOT NULL")
    _address_idx = models.Index(
        "(address_key, sent_at DESC) WHERE address_key IS NOT NULL"
    )
    _unseen_idx = models.Index("(complaint_id) WHERE seen_at IS NULL")

    @api.depends("kind", "complaint_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            number = message.complaint_id.name
            message.display_name = f"{number} · {labels.get(message.kind)}"

    def _compute_is_waiting(self):
        waiting = self.search([("is_waiting", "=", True), ("id", "in", self.ids)])
        for message in self:
            message.is_waiting = message in waiting

    def _search_is_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        unanswered = SQL(
            """(
                SELECT message.id FROM complaint_message message
                WHERE message.direction = 'in' AND NOT EXISTS (
                    SELECT 1 FROM complaint_message reply
                    WHERE reply.complaint_id = message.complaint_id
                        AND reply.direction = 'out' AND reply.id > message.id
                )
            )"""
        )
        self.flush_model(["complaint_id", "direction"])
        waiting = (
            Domain("id", "in", unanswered)
            & Domain("kind", "in", EXPECTS_REPLY)
            & Domain("complaint_id.is_closed", "=", False)
        )
        return Domain.OR([waiting if wanted else ~waiting for wanted in value])

    # ------------------------------------------------------------
    # FROM THE COMPLAINANT
    # ------------------------------------------------------------

    @api.model
    def _find_sent(self, key_hash):
        """Return what was sent with this key before, if it was."""
        if not key_hash:
            return self.browse()
        # sudo: complaint.message - the key is the right to see it
        return self.sudo().search([("key_hash", "=", key_hash)], limit=1)

    @api.model
    def _take(self, complaint, kind="message", text=None, uploads=(), **values):
        """Keep what the complainant says, once; return the row, elevated.

        Sent twice at the same time, the second one waits here for the first, and the
        request layer tries it again: then it finds the row.

        :param uploads: ``tools.upload.Upload`` of each file
        :param values: via, key_hash, address_key, party_id, remedy_id, reason_id
        """
        # sudo: complaint.message - evidence, made by its methods only
        rows = self.sudo()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                row = rows.create(
                    {
                        "complaint_id": complaint.id,
                        "round_id": complaint.round_id.id,
                        "direction": "in",
                        "kind": kind,
                        "text": (text or "")[:TEXT_LENGTH] or False,
                        **values,
                    }
                )
                row.flush_recordset()
        except UniqueViolation as error:
            raise ConcurrencyError("sent twice at the same time") from error
        row._attach(uploads)
        return row

    def _attach(self, uploads):
        """Store checked files: named by us, readable with the row only."""
        attachments = self.env["ir.attachment"].with_user(SUPERUSER_ID)
        number = self.complaint_id.name.replace("/", "-")
        vals_list = [
            {
                "name": f"{number}-{self.id}-{index}.{upload.extension}",
                "raw": upload.data,
                "mimetype": upload.mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
            for index, upload in enumerate(uploads, start=1)
        ]
        if vals_list:
            files = attachments.with_context(image_no_postprocess=True)
            self.attachment_ids = [Command.set(files.create(vals_list).ids)]

    # ------------------------------------------------------------
    # TO THE COMPLAINANT
    # ------------------------------------------------------------

    @api.model
    def _send(self, complaint, text, attachments=None):
        """Tell the complainants something: on the case page, and by mail that it is so.

        :param attachments: ``ir.attachment`` that become part of the message
        :raise UserError: there is nothing to tell
        :return: the row, elevated
        """
        complaint.check_access("write")
        text = (text or "").strip()[:TEXT_LENGTH]
        if not text:
            raise UserError(self.env._("Write something to the complainant first."))
        # sudo: complaint.message - evidence, made by its methods only
        row = self.sudo().create(
            {
                "complaint_id": complaint.id,
                "round_id": complaint.round_id.id,
                "direction": "out",
                "text": text,
                "via": "staff",
                "user_id": self.env.uid,
            }
        )
        if attachments:
            files = attachments._complaint_file(row)
            row.attachment_ids = [Command.set(files.ids)]
        complaint._message_log(
            body=row.env._("To the complainant: %s", text),
            author_id=self.env.user.partner_id.id,
            attachment_ids=row.attachment_ids.ids,
        )
        self._tell(complaint, row.text)
        return row

    @api.model
    def _tell(self, complaint, text=None):
        """Mail the complainants who have an address that something is on their page."""
        parties = complaint._get_all_parties()[complaint]
        access = self.env["complaint.public.access"]
        for party in parties.filtered(lambda row: row.type == "complainant"):
            if party.email_key:
                access._mail_link(party, text)

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``.

        Who is offered or answered something on the page has to learn that it is there.
        """
        if event not in PAGE_EVENTS or complaints._is_history():
            return
        how = PAGE_EVENTS[event]
        if not source or how not in source._fields:
            return
        for row in source.filtered(lambda row: row[how] == "page"):
            self._tell(row.complaint_id)

    # ------------------------------------------------------------
    # SEEN
    # ------------------------------------------------------------

    @api.model
    def _mark_seen(self, complaint):
        """Note that the complainant has the page of ``complaint`` open."""
        self.env.execute_query(
            SQL(
                "UPDATE complaint_message SET seen_at = %s WHERE complaint_id = %s"
                " AND direction = 'out' AND seen_at IS NULL RETURNING id",
                fields.Datetime.now(),
                complaint.id,
            )
        )
        self.invalidate_model(["seen_at"])

    @api.autovacuum
    def _gc_keys(self):
        """Forget from which address something was sent, and by which form."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        # sudo: complaint.message - housekeeping
        self.sudo().search([("sent_at", "<", limit), ("key_hash", "!=", False)]).write(
            {"key_hash": False, "address_key": False}
        )
