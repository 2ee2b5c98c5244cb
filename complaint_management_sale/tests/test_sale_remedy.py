"""Remedies that are made as orders: a replacement, a discount."""

from odoo.tests import tagged

from odoo.addons.complaint_management.tests.remedy_document_common import (
    RemedyDocumentCases,
)

from .sale_common import SaleMixin


@tagged("post_install", "-at_install")
class TestSaleRemedy(SaleMixin, RemedyDocumentCases):
    maker_group = "sales_team.group_sale_salesman_all_leads"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exchange.write(cls._prepare_kind("sale_replacement"))
        cls.refund.write(cls._prepare_kind("sale_discount"))
        cls.type_ = cls.exchange

    def setUp(self):
        super().setUp()
        self.case.write({"res_model": "sale.order", "res_id": self.order.id})

    def _order(self, type_=None, **values):
        """Return a remedy, and the order that is made of it."""
        remedy = self._ask(type_, **values)
        order = self._make(remedy)
        self.assertEqual(order._name, "sale.order")
        return remedy, order

    def _cancel(self, document):
        document._action_cancel()

    # replacement

    def test_replacement(self):
        self.case.origin_item_ids = self.order.order_line.filtered(
            lambda line: line.product_id == self.oil
        ).ids
        remedy, order = self._order()
        self.assertEqual((order.create_uid, order.user_id), (self.maker, self.maker))
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.oil)
        self.assertEqual((order.amount_total, order.origin), (0, self.order.name))
        self.assertEqual(remedy.state, "accepted")
        order.with_user(self.maker).action_confirm()
        self.assertEqual(order.amount_total, 0)
        self._assert_executed_by(remedy, order)

    def test_replacement_of_everything(self):
        _remedy, order = self._order()
        self.assertEqual(order.order_line.product_id, self.check | self.oil)
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 3)

    def test_replacement_is_carried_out_when_delivered(self):
        if "delivery_status" not in self.order:
            self.skipTest("orders deliver nothing here")
        self.check.product_tmpl_id.type = "consu"
        remedy, order = self._order()
        order.action_confirm()
        self.assertEqual((order.delivery_status, remedy.state), ("pending", "accepted"))
        order.picking_ids.move_ids.quantity = 2
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.assertEqual(order._complaint_get_remedy_state(), "done")
        if "complaint_management_stock" not in self.env.registry._init_modules:
            order._complaint_remedy_changed()
        self.assertEqual(remedy.state, "executed")

    def test_replacement_of_no_order(self):
        self._forget_document()
        _remedy, order = self._order()
        self.assertEqual(order.partner_id, self.customer)
        self.assertFalse(order.order_line)

    def test_confirmed_and_cancelled(self):
        remedy, order = self._order()
        order.action_confirm()
        order._action_cancel()
        self._assert_to_be_made_again(remedy)

    # discount

    def test_discount_on_the_quotation(self):
        remedy, order = self._order(self.refund, amount=20)
        self.assertEqual((order, order.amount_total), (self.order, 200))
        self.assertEqual(remedy.state, "accepted")
        order.action_confirm()
        self.assertEqual(remedy.state, "executed")

    def test_discount_on_the_order(self):
        self.order.action_confirm()
        remedy, order = self._order(self.refund, amount=20)
        self.assertEqual((order, order.amount_total), (self.order, 200))
        self.assertEqual(remedy.state, "executed", "nothing is left to do")

    def test_discount_of_the_next_order(self):
        self.order.action_confirm()
        self.order.locked = True
        remedy, order = self._order(self.refund, amount=20)
        self.assertNotEqual(order, self.order)
        self.assertEqual((order.state, order.amount_total), ("draft", -20))
        self.assertEqual(order.order_line.name, "Refund")
        self.assertEqual(remedy.state, "accepted")

    def test_discount_without_an_amount(self):
        self.exchange.document_kind = "sale_discount"
        with self.assertRefused("has no amount to take off"):
            self._order(self.exchange)

    def test_discount_above_the_order(self):
        with self.assertRefused("is more than the order"):
            self._order(self.refund, amount=1000)

    # credit note, by the add-on of accounting

    def test_credit_note_of_what_was_ticked_on_the_order(self):
        if "credit_note" not in self.exchange._get_document_models():
            self.skipTest("nothing is credited here")
        charts = self.env["account.chart.template"]
        charts.try_loading("generic_coa", company=self.company, install_demo=False)
        self.exchange.document_kind = "credit_note"
        self.maker.group_ids |= self.env.ref("account.group_account_invoice")
        order = self._create_order()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        ticked = order.order_line.filtered(lambda line: line.product_id == self.oil)
        self.case.write({"res_id": order.id, "origin_item_ids": ticked.ids})
        note = self._make(self._ask())
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.amount_untaxed, 120)
