from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..tools.receipt_token import is_order_token, make_order_token
from .common import PosReceiptCommon


@tagged("post_install", "-at_install")
class TestPosSync(PosReceiptCommon):
    """What tills send: tokens, and orders that come after their complaints."""

    # ------------------------------------------------------------
    # TOKENS
    # ------------------------------------------------------------

    def test_token_of_the_till_is_kept(self):
        order = self._prepare_order()
        drawn = order["complaint_token"]
        self.assertEqual(self._sync(order).complaint_token, drawn)

    def test_no_token_is_another_orders(self):
        first = self._sync(self._prepare_order())
        second = self._sync(self._prepare_order(token=first.complaint_token))
        self.assertEqual(len(first | second), 2, "the sale is made")
        self.assertTrue(is_order_token(second.complaint_token))
        self.assertNotEqual(second.complaint_token, first.complaint_token)
        link = self.links._find(self._get_token(first.complaint_token))
        self.assertEqual(link.res_id, first.id)

    def test_no_token_twice_in_one_batch(self):
        token = make_order_token()
        orders = self._sync(*(self._prepare_order(token=token) for _index in range(2)))
        self.assertEqual(len(set(orders.mapped("complaint_token"))), 2)
        self.assertEqual(orders[0].complaint_token, token)

    def test_what_is_no_token_is_dropped(self):
        for wrong in ("", False, "short", "I" * 16, "<script>alert(1)", 7, "1" * 17):
            with self.subTest(wrong=wrong):
                order = self._sync(self._prepare_order(token=wrong))
                self.assertTrue(is_order_token(order.complaint_token))
                self.assertNotEqual(order.complaint_token, wrong)

    def test_sent_twice_is_one_order_and_one_token(self):
        data = self._prepare_order()
        again = dict(data, lines=list(data["lines"]))
        order = self._sync(data)
        self.assertEqual(self._sync(again), order)
        self.assertEqual(order.complaint_token, again["complaint_token"])

    def test_draft_keeps_its_first_token(self):
        data = self._prepare_order()
        first, second = data["complaint_token"], make_order_token()
        draft = dict(data, state="draft", payment_ids=[], amount_paid=0)
        order = self._sync(draft)
        self.assertEqual((order.state, order.complaint_token), ("draft", first))
        self._sync(dict(data, complaint_token=second, lines=[]))
        self.assertEqual((order.state, order.complaint_token), ("paid", first))

    def test_copies_and_refunds_have_no_token_of_others(self):
        order = self._sync(self._prepare_order())
        self.assertFalse(order.copy().complaint_token)
        refund = self.env["pos.order"].browse(order.refund()["res_id"])
        self.assertFalse(refund.complaint_token)

    def test_other_orders_get_one_when_a_till_shows_them(self):
        order = self._sync(self._prepare_order()).copy()
        self.assertFalse(order.complaint_token)
        data = order.with_user(self.cashier).read_pos_orders([("id", "=", order.id)])
        token = data["pos.order"][0]["complaint_token"]
        self.assertTrue(is_order_token(token))
        self.assertEqual(order.complaint_token, token)
        order.with_user(self.cashier).read_pos_orders([("id", "=", order.id)])
        self.assertEqual(order.complaint_token, token)

    def test_orders_of_before_have_none(self):
        """Installed on a database with orders: no row shares a token with another."""
        orders = self._sync(*(self._prepare_order() for _index in range(3)))
        self.env.cr.execute("UPDATE pos_order SET complaint_token = NULL")
        orders.invalidate_recordset()
        orders.with_user(self.cashier).read_pos_orders([("id", "in", orders.ids)])
        tokens = orders.mapped("complaint_token")
        self.assertEqual(len(set(filter(None, tokens))), 3)

    # ------------------------------------------------------------
    # THE COMPLAINT WAS FIRST
    # ------------------------------------------------------------

    def test_order_comes_after_its_complaint(self):
        data = self._prepare_order(customer=self.customer)
        token = self._get_token(data["complaint_token"])
        case = self._complain(token)
        self.assertFalse(case.res_id or case.res_model)
        self.assertEqual(case.origin_name, f"{self.till.name}: receipt not in yet")
        self.assertEqual(case.origin_department_id, self.shop)
        self.assertEqual(case.policy_id, self.policy)
        self.assertEqual(case.place, self.till.name)
        self.assertFalse(case.occurred_at)

        order = self._sync(data)
        self.assertEqual((case.res_model, case.res_id), ("pos.order", order.id))
        self.assertEqual(case.feedback_link_id.res_id, order.id)
        self.assertEqual(case.occurred_at, min(order.date_order, case.received_at))
        self.assertEqual(order.complaint_count, 1)
        complainant = case.party_ids.filtered(lambda row: row.type == "complainant")
        self.assertEqual(complainant.partner_id, self.customer)
        self.assertEqual(complainant.phone, "13900001111", "what was typed stays")
        respondent = case.party_ids - complainant
        self.assertEqual(respondent.type, "respondent")
        self.assertEqual(respondent.employee_id, self.employee)
        self.assertIn(
            order.pos_reference or order.name, str(case.message_ids.mapped("body"))
        )
        # Scanned again, the receipt tells what was bought.
        link = self.links._find(token)
        self.assertEqual(link.res_id, order.id)
        self.assertIn("lines", self._get_questions(link))

    def test_unnamed_stays_unnamed(self):
        data = self._prepare_order(customer=self.customer)
        case = self._complain(self._get_token(data["complaint_token"]), anonymous=True)
        self._sync(data)
        self.assertTrue(case.res_id)
        self.assertEqual(case.party_ids.mapped("type"), ["respondent"])

    def test_two_complaints_about_one_receipt(self):
        data = self._prepare_order()
        token = self._get_token(data["complaint_token"])
        cases = self._complain(token) | self._complain(token)
        self.assertEqual(len(cases.feedback_link_id), 1)
        order = self._sync(data)
        self.assertEqual(cases.mapped("res_id"), [order.id] * 2)
        self.assertEqual(order.complaint_count, 2)

    def test_order_never_comes(self):
        token = self._get_token(make_order_token())
        case = self._complain(token)
        self._sync(self._prepare_order())
        self.links._cron_link_pos_orders()
        self.assertFalse(case.res_id)
        self.assertTrue(case.active)
        self.assertTrue(self.links._find(token), "the customer comes back to it")

    def test_clock_of_the_till_is_ahead(self):
        data = self._prepare_order()
        case = self._complain(self._get_token(data["complaint_token"]))
        ahead = fields.Datetime.add(fields.Datetime.now(), minutes=20)
        data["date_order"] = fields.Datetime.to_string(ahead)
        order = self._sync(data)
        self.assertEqual(case.res_id, order.id)
        self.assertEqual(case.occurred_at, case.received_at)
        later = self._complain(self._get_token(data["complaint_token"]))
        self.assertLessEqual(later.occurred_at, later.received_at)

    def test_order_of_another_till_isnt_it(self):
        other = self._create_till("Other Shop")
        token = make_order_token()
        case = self._complain(self._get_token(token, other))
        self._sync(self._prepare_order(token=token))
        self.assertFalse(case.res_id)

    def test_came_in_at_the_same_moment(self):
        """Neither saw the other; the run some minutes later does."""
        data = self._prepare_order()
        case = self._complain(self._get_token(data["complaint_token"]))
        triggers = self.env["ir.cron.trigger"].search(
            [
                (
                    "cron_id",
                    "=",
                    self.env.ref(
                        "complaint_management_point_of_sale.ir_cron_complaint_receipts"
                    ).id,
                )
            ]
        )
        self.assertTrue(triggers)
        with patch.object(type(self.links), "_link_pos_orders"):
            order = self._sync(data)
        self.assertFalse(case.res_id)
        self.links._cron_link_pos_orders()
        self.assertEqual(case.res_id, order.id)

    def test_a_sale_never_fails_because_of_a_complaint(self):
        data = self._prepare_order()
        case = self._complain(self._get_token(data["complaint_token"]))
        fail = patch.object(
            type(self.env["pos.order"]), "_complaint_join", side_effect=UserError("No")
        )
        with fail:
            order = self._sync(data)
        self.assertEqual(order.state, "paid")
        self.assertFalse(case.res_id)
        self.links._cron_link_pos_orders()
        self.assertEqual(case.res_id, order.id)

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def test_no_query_for_each_order(self):
        """Two queries for a batch, however many orders are in it."""

        def count(number):
            orders = [self._prepare_order() for _index in range(number)]
            self.env.invalidate_all()
            queries, execute = [], Cursor.execute

            def listen(cursor, query, *args, **kwargs):
                queries.append(str(getattr(query, "code", query)))
                return execute(cursor, query, *args, **kwargs)

            with patch.object(Cursor, "execute", listen):
                self._sync(*orders)
                self.env.flush_all()
            return queries

        def find_ours(queries):
            words = ("complaint_feedback_link", 'WHERE "pos_order"."complaint_token"')
            return [text for text in queries if any(word in text for word in words)]

        count(1)  # warm up
        few, many = count(1), count(11)
        self.assertEqual(len(find_ours(few)), 2, find_ours(few))
        self.assertEqual(len(find_ours(many)), 2, find_ours(many))
        with (
            patch.object(type(self.env["pos.order"]), "_check_complaint_tokens"),
            patch.object(type(self.env["pos.order"]), "_ensure_complaint_tokens"),
            patch.object(type(self.links), "_link_pos_orders"),
        ):
            less, more = count(1), count(11)
        extra = (len(many) - len(few)) - (len(more) - len(less))
        self.assertLess(extra, 10, "none for each of the ten more")

    def _create_till(self, name):
        return self.till.copy({"name": name})
