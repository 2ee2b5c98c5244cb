"""Remedies that are made as orders: a replacement, a discount."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.complaint_management.tests.test_remedy import RemedyCommon

from .sale_common import SaleMixin


@tagged("post_install", "-at_install")
class TestSaleRemedy(SaleMixin, RemedyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role_sellers = cls._create_role(
            "sellers", resolution="users", user_ids=cls.seller.ids
        )
        for type_, kind in ((cls.exchange, "replacement"), (cls.refund, "discount")):
            type_.write(
                {
                    "document_kind": f"sale_{kind}",
                    "execution_role_id": cls.role_sellers.id,
                    "needs_proof": True,
                }
            )

    def setUp(self):
        super().setUp()
        self.case.write({"res_model": "sale.order", "res_id": self.order.id})

    def _make(self, type_=None, user=None, **values):
        remedy = self._agree(self._propose(type_, **values))
        task = remedy.assignment_id.with_user(user or self.seller)
        action = task.action_make_document()
        self.assertEqual(action["res_model"], "sale.order")
        return remedy, self.env["sale.order"].browse(action["res_id"])

    # replacement

    def test_replacement(self):
        self.case.origin_item_ids = self.order.order_line.filtered(
            lambda line: line.product_id == self.oil
        ).ids
        remedy, order = self._make()
        self.assertEqual(order.create_uid, self.seller)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.oil)
        self.assertEqual((order.amount_total, order.origin), (0, self.order.name))
        self.assertEqual(remedy.state, "accepted")
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.amount_total, 0)
        self.assertEqual(
            (remedy.state, remedy.proof_reference), ("executed", order.name)
        )
        self.assertEqual(remedy.assignment_id.state, "done")

    def test_replacement_of_everything(self):
        _remedy, order = self._make()
        self.assertEqual(order.order_line.product_id, self.check | self.oil)
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 3)

    def test_replacement_is_carried_out_when_delivered(self):
        if "delivery_status" not in self.order:
            self.skipTest("orders deliver nothing here")
        self.check.product_tmpl_id.type = "consu"
        remedy, order = self._make()
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
        self.case.write({"res_model": False, "res_id": False})
        parties = self.case.party_ids.filtered(lambda row: row.type == "complainant")
        parties.partner_id = self.customer
        _remedy, order = self._make()
        self.assertEqual(order.partner_id, self.customer)
        self.assertFalse(order.order_line)

    def test_cancelled(self):
        remedy, order = self._make()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual((remedy.state, remedy.res_id), ("accepted", 0))
        self.assertEqual(remedy.assignment_id.document_step, "make")

    def test_only_with_rights_in_sales(self):
        self.role_sellers.user_ids = self.other_handler
        with self.assertRaises(AccessError):
            self._make(user=self.other_handler)
        self.assertFalse(self.case.remedy_ids.res_id)

    # discount

    def test_discount_on_the_quotation(self):
        remedy, order = self._make(self.refund, amount=20)
        self.assertEqual((order, order.amount_total), (self.order, 200))
        self.assertEqual(remedy.state, "accepted")
        order.action_confirm()
        self.assertEqual(remedy.state, "executed")

    def test_discount_on_the_order(self):
        self.order.action_confirm()
        remedy, order = self._make(self.refund, amount=20)
        self.assertEqual((order, order.amount_total), (self.order, 200))
        self.assertEqual(remedy.state, "executed", "nothing is left to do")

    def test_discount_of_the_next_order(self):
        self.order.action_confirm()
        self.order.locked = True
        remedy, order = self._make(self.refund, amount=20)
        self.assertNotEqual(order, self.order)
        self.assertEqual((order.state, order.amount_total), ("draft", -20))
        self.assertEqual(order.order_line.name, "Refund")
        self.assertEqual(remedy.state, "accepted")

    def test_discount_without_an_amount(self):
        self.exchange.document_kind = "sale_discount"
        with self.assertRefused("has no amount to take off"):
            self._make(self.exchange)

    def test_discount_above_the_order(self):
        with self.assertRefused("is more than the order"):
            self._make(self.refund, amount=1000)

    # credit note, by the add-on of accounting

    def test_credit_note_of_what_was_ticked_on_the_order(self):
        if "credit_note" not in self.exchange._get_document_models():
            self.skipTest("nothing is credited here")
        charts = self.env["account.chart.template"]
        charts.try_loading("generic_coa", company=self.company, install_demo=False)
        self.exchange.document_kind = "credit_note"
        self.seller.group_ids |= self.env.ref("account.group_account_invoice")
        order = self._create_order()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        ticked = order.order_line.filtered(lambda line: line.product_id == self.oil)
        self.case.write({"res_id": order.id, "origin_item_ids": ticked.ids})
        remedy = self._agree(self._propose())
        remedy.assignment_id.with_user(self.seller).action_make_document()
        note = self.env["account.move"].browse(remedy.res_id)
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.amount_untaxed, 120)
