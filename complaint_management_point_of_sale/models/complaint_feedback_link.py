import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ..tools.receipt_token import SEPARATOR, make_till_code, split

_logger = logging.getLogger(__name__)

#: Minutes after which it is looked whether an order came in at the very same moment.
RECHECK_MINUTES = 3


class ComplaintFeedbackLink(models.Model):
    """A receipt prints two tokens: its till's, and one that the till drew for it.

    Of a till whose code is known, the form opens for an order that is still unknown,
    as long as the till prints that code; such a link has ``pos_order_token`` and no
    document until the order comes in.
    """

    _inherit = "complaint.feedback.link"

    pos_config_id = fields.Many2one(
        "pos.config",
        string="Till",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    pos_order_token = fields.Char(
        readonly=True,
        copy=False,
        help="Of the receipt whose order wasn't in yet. Empty: the code of the till.",
    )

    _pos_order_token_idx = models.Index(
        "(pos_order_token) WHERE pos_order_token IS NOT NULL"
    )

    @api.depends("pos_config_id")
    def _compute_document_name(self):
        result = super()._compute_document_name()
        for link in self.filtered(lambda link: link.document_name == "/"):
            # sudo: pos.order - which receipt it is, not what stands in it
            document = link.sudo()._get_document()
            if document._name == "pos.order":
                link.document_name = document._complaint_get_name()
        return result

    def action_revoke(self):
        """Let open tills print another code at once."""
        result = super().action_revoke()
        # sudo: pos.config - of which till it is
        codes = self.sudo().filtered(lambda link: not link.pos_order_token)
        codes.pos_config_id._tell_complaint_code()
        return result

    # ------------------------------------------------------------
    # FINDING
    # ------------------------------------------------------------

    @api.model
    def _find(self, token):
        if SEPARATOR not in token:
            return super()._find(token)
        # sudo: complaint.feedback.link - the token itself is the right to use it
        links, parts = self.sudo(), split(token)
        till_code, order_token = parts or ("", "")
        till = links.search([("token", "=", till_code), ("pos_config_id", "!=", False)])
        printed = links.search([("token", "=", token if parts else "")])
        order = till._find_pos_order(order_token)
        link = till._choose_pos_link(token, printed, order) if till else till
        return link if link._is_open() else links.browse()

    def _find_pos_order(self, order_token):
        """Return the order of this till with that token, nothing of other tills."""
        return self.env["pos.order"].search(
            [
                ("complaint_token", "=", order_token or ""),
                ("config_id", "=", self.pos_config_id.id),
            ]
        )

    def _choose_pos_link(self, token, printed, order):
        """Return what ``token`` opens: the order, or the till while it is unknown.

        :param printed: the row with this very token, if something was sent by it
        :param order: the order, if it is in
        """
        if self.revoked_at or printed.revoked_at:
            return self.browse()
        if not order:
            return printed or self._get_unknown_pos_link(token)
        # Another code of the till may have been on the receipt when it was scanned.
        known = printed if printed.res_id else self._get_existing(order)
        return known or self._prepare_pos_link(token, order)

    def _get_unknown_pos_link(self, token):
        """Return the link of a receipt that isn't in yet, if the till prints any."""
        prints = self.pos_config_id._is_complaint_code_printed()
        return self._prepare_pos_link(token) if prints else self.browse()

    def _prepare_pos_link(self, token, order=None):
        """Return the link of a receipt by which nothing has been sent yet.

        It is no row: opening a page writes nothing.
        """
        values = {
            "token": token,
            "company_id": self.company_id.id,
            "pos_config_id": self.pos_config_id.id,
            "pos_order_token": split(token)[1],
            "res_model": order and order._name,
            "res_id": order and order.id,
            # Receipts go on when the code of their till is replaced; what nobody has
            # sold doesn't.
            "expires_at": not order and self.expires_at,
        }
        return self.new(values, ref=token)

    def _get_document(self):
        """Return the till while there is no order, or none any more."""
        return super()._get_document() or self.pos_config_id or self.browse()

    # ------------------------------------------------------------
    # KEEPING
    # ------------------------------------------------------------

    def _get_counted(self):
        if self.id:
            return super()._get_counted()
        till_code, _order_token = split(self.token)
        return self.search([("token", "=", till_code)])

    def _keep(self):
        if self.id:
            return super()._keep()
        # A complaint may have come in while its order did, neither seeing the other.
        self._link_pos_orders([self.pos_order_token])
        order = self.res_id and self._get_document()
        known = order and self._get_existing(order)
        if known:
            return known
        try:
            with self.env.cr.savepoint():
                kept = self.create(self._prepare_kept_link())
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        if not order:
            cron = "complaint_management_point_of_sale.ir_cron_complaint_receipts"
            now = fields.Datetime.now()
            self.env.ref(cron)._trigger(at=now + timedelta(minutes=RECHECK_MINUTES))
        return kept

    def _prepare_kept_link(self) -> dict:
        names = ("token", "pos_order_token", "res_model", "res_id")
        return {
            **{name: self[name] for name in names if self[name]},
            "pos_config_id": self.pos_config_id.id,
            "company_id": self.company_id.id,
        }

    # ------------------------------------------------------------
    # ORDERS THAT COME IN LATER
    # ------------------------------------------------------------

    @api.model
    def _cron_link_pos_orders(self):
        """Find orders that came in at the same moment as their complaint."""
        self.flush_model(["pos_order_token", "res_id"])
        self.env["pos.order"].flush_model(["complaint_token"])
        rows = self.env.execute_query(
            SQL(
                "SELECT link.pos_order_token"
                "  FROM complaint_feedback_link AS link"
                "  JOIN pos_order ON pos_order.complaint_token = link.pos_order_token"
                " WHERE link.pos_order_token IS NOT NULL"
                "   AND COALESCE(link.res_id, 0) = 0"
            )
        )
        self._link_pos_orders([token for (token,) in rows])

    @api.model
    def _link_pos_orders(self, tokens: list[str]):
        """Tell the cases that came in before their orders what they are about."""
        # sudo: complaint.feedback.link - who sells needn't know who complains
        links = self.sudo().search(
            [("pos_order_token", "in", tokens), ("res_id", "=", False)]
        )
        if not links:
            return
        # sudo: complaint.feedback.link - the system does it, so that no cashier counts
        # as one who works on the case
        links = links.with_user(SUPERUSER_ID).sudo()
        orders = self.env["pos.order"].with_env(links.env)
        orders = orders.search(
            [("complaint_token", "in", links.mapped("pos_order_token"))]
        )
        by_token = {order.complaint_token: order for order in orders}
        for link in links:
            order = by_token.get(link.pos_order_token, orders.browse())
            if order and order.config_id == link.pos_config_id:
                link._link_pos_order(order)

    def _link_pos_order(self, order):
        """Let the cases of this receipt know its order; no sale fails because of it."""
        company = self.company_id
        context = {
            "allowed_company_ids": company.ids,
            "lang": company.partner_id.lang or self.env.lang,
        }
        link, order = self.with_context(**context), order.with_context(**context)
        try:
            with self.env.cr.savepoint():
                link._write_pos_order(order)
        except UserError as error:
            # The daily run tries again.
            _logger.info("The complaint of a receipt isn't linked yet: %s", error)

    def _write_pos_order(self, order):
        values = {"res_model": order._name, "res_id": order.id}
        if self._get_existing(order):
            # Printed twice with different codes of the till, complained by both.
            values["revoked_at"] = fields.Datetime.now()
        cases = self.complaint_ids
        self.write(values)
        order._complaint_join(cases)

    # ------------------------------------------------------------
    # CODES OF TILLS
    # ------------------------------------------------------------

    @api.model
    def _get_for_tills(self, tills) -> dict:
        """Return the present code of each of ``tills``, made now where none is."""
        # sudo: complaint.feedback.link - whoever opens a till prints its code
        links = self.sudo()
        found = links.search(
            [
                ("pos_config_id", "in", tills.ids),
                ("pos_order_token", "=", False),
                ("res_id", "=", False),
                ("state", "=", "valid"),
                ("expires_at", "=", False),
            ],
            order="id",
        )
        by_till = {link.pos_config_id: link for link in found}
        # sudo: pos.config - keys of the same kind
        missing = [till for till in tills.sudo() if till not in by_till]
        created = links.create(
            [
                {
                    "token": make_till_code(),
                    "pos_config_id": till.id,
                    "company_id": till.company_id.id,
                }
                for till in missing
            ]
        )
        by_till.update(zip(missing, created, strict=True))
        return by_till

    def _replace_till_codes(self):
        """End these codes of tills; the next opening makes new ones.

        Receipts that carry them open the form when their orders are in.
        """
        self.write({"expires_at": fields.Datetime.now()})
