from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.receipt_token import is_order_token, join, make_order_token

#: More than that is no list to tick on a phone.
MAX_LINES = 60


class PosOrder(models.Model):
    """An order of a till: its receipt carries a code, its complaints are counted.

    The token is drawn by the till, so that a receipt printed offline has it. It opens
    the form and nothing else, unlike ``uuid`` and ``access_token``.
    """

    _name = "pos.order"
    _inherit = ["pos.order", "complaint.feedback.mixin"]

    complaint_token = fields.Char(readonly=True, copy=False)

    _complaint_token_uniq = models.UniqueIndex(
        "(complaint_token) WHERE complaint_token IS NOT NULL",
        "This token of a receipt is taken.",
    )

    # ------------------------------------------------------------
    # ORDERS FROM THE TILL
    # ------------------------------------------------------------

    @api.model
    def sync_from_ui(self, orders):
        """Take the tokens that tills have drawn; link complaints that came before."""
        self._check_complaint_tokens(orders)
        result = super().sync_from_ui(orders)
        tokens = [order.get("complaint_token") for order in result["pos.order"]]
        links = self.env["complaint.feedback.link"]
        links._link_pos_orders(list(filter(None, tokens)))
        return result

    @api.model
    def _process_order(self, order, existing_order):
        # What is printed stays: the token that came first.
        if existing_order and existing_order.complaint_token:
            order.pop("complaint_token", None)
        return super()._process_order(order, existing_order)

    @api.model
    def _check_complaint_tokens(self, orders):
        """Drop what is no token, or another order's: no sale fails because of it."""
        drawn = {order.get("complaint_token") for order in orders}
        # sudo: pos.order - whose token it is doesn't depend on who sells
        known = self.sudo().search_fetch(
            [("complaint_token", "in", list(filter(is_order_token, drawn)))],
            ["complaint_token", "uuid"],
        )
        owners = {order.complaint_token: order.uuid for order in known}
        for order in orders:
            token, uuid = order.get("complaint_token"), order.get("uuid")
            if not is_order_token(token) or owners.setdefault(token, uuid) != uuid:
                order.pop("complaint_token", None)

    def read_pos_data(self, data, config):
        """Give a token to orders that a till shows and that no till has made."""
        self._ensure_complaint_tokens()
        return super().read_pos_data(data, config)

    def _ensure_complaint_tokens(self):
        missing = self.filtered(lambda order: not order.complaint_token)
        if not missing:
            return
        missing.flush_recordset(["complaint_token"])
        tokens = [(order.id, make_order_token()) for order in missing]
        # Not by write(): a token is no change that other tills have to be told, and
        # orders of closed sessions don't take others.
        self.env.execute_query(
            SQL(
                "UPDATE pos_order SET complaint_token = drawn.token"
                "  FROM (VALUES %s) AS drawn (id, token)"
                " WHERE pos_order.id = drawn.id AND complaint_token IS NULL"
                " RETURNING pos_order.id",
                SQL(", ").join(SQL("(%s, %s)", id_, token) for id_, token in tokens),
            )
        )
        missing.invalidate_recordset(["complaint_token"])

    def _complaint_join(self, cases):
        """Let ``cases`` that came in before this order know it."""
        told = self._complaint_prepare_values()
        department = self._complaint_get_department()
        for case in cases:
            values = {"res_model": self._name, "res_id": self.id}
            if not case.occurred_at:
                values["occurred_at"] = min(told["occurred_at"], case.received_at)
            if department and not case.origin_department_id:
                values["origin_department_id"] = department.id
            case.write({**values, "party_ids": told.get("party_ids", [])})
            self._complaint_name_customer(case)
            case.message_post(body=self._complaint_get_note(case))

    def _complaint_get_note(self, case) -> str:
        """Return what ``case`` notes of this order; not which, if that is kept."""
        if case.identity != "named":
            return self.env._("The receipt is in now.")
        return self.env._(
            "The receipt is in now: %(order)s.", order=self._complaint_get_name()
        )

    def _complaint_name_customer(self, case):
        """Name the contact of the order, unless the complainant wanted no name."""
        complainants = case.party_ids.filtered(lambda row: row.type == "complainant")
        partner = self._complaint_get_partner()
        if partner and len(complainants) == 1 and not complainants.partner_id:
            # What was typed is what holds for this case.
            typed = {
                name: complainants[name]
                for name in ("name", "phone", "email", "lang")
                if complainants[name]
            }
            complainants.write({**typed, "partner_id": partner.id})

    # ------------------------------------------------------------
    # WHAT A CASE TAKES OVER
    # ------------------------------------------------------------

    def _complaint_get_name(self) -> str:
        """Return what people call this order: the number on its receipt."""
        return self.pos_reference or self.display_name

    def _complaint_has_code(self):
        return self.state not in ("draft", "cancel")

    def _complaint_get_department(self):
        return self.config_id._complaint_get_department()

    def _complaint_get_policy(self):
        return self.config_id._complaint_get_policy() or super()._complaint_get_policy()

    def _complaint_get_employee(self):
        """Return who served, as an employee of the order's company, maybe nobody."""
        # sudo: hr.employee - who served stands on the receipt
        order = self.sudo().with_context(allowed_company_ids=self.company_id.ids)
        if "employee_id" in order._fields and order.employee_id:  # pos_hr
            return order.employee_id
        return self._complaint_find_employee(order.user_id)

    def _complaint_prepare_values(self):
        return {
            **super()._complaint_prepare_values(),
            "place": self.config_id.name,
            # The clock of a till may be ahead.
            "occurred_at": min(self.date_order, fields.Datetime.now()),
        }

    def _complaint_get_lines(self):
        lines = self.lines.filtered(
            lambda line: line.qty and line.product_id != self.config_id.tip_product_id
        )
        return [(line.id, line._complaint_get_label()) for line in lines[:MAX_LINES]]

    def _complaint_get_goods(self, line_ids):
        lines = self.lines.filtered(lambda line: not line_ids or line.id in line_ids)
        return [goods for line in lines for goods in line._complaint_get_goods()]

    def _complaint_get_invoices(self):
        """Return what may be credited; see the add-on of accounting."""
        return self.account_move.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    def _complaint_get_invoice_lines(self, line_ids):
        """Return what invoiced these items; see the add-on of accounting."""
        ticked = self.lines.filtered(lambda line: line.id in line_ids)
        return self._complaint_get_invoices().invoice_line_ids.filtered(
            lambda line: line.product_id in ticked.product_id
        )

    def _prepare_complaint_feedback_link(self):
        values = super()._prepare_complaint_feedback_link()
        if self.config_id and self.complaint_token:
            till = self.config_id
            code = self.env["complaint.feedback.link"]._get_for_tills(till)[till].token
            values["token"] = join(code, self.complaint_token)
            values["pos_config_id"] = till.id
        return values
