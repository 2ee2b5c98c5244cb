from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.complaint_management.tests.remedy_document_common import (
    RemedyDocumentCases,
)

from ..models.repair_order import PRODUCT
from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestRepairRemedy(RepairCommon, RemedyDocumentCases):
    """What is to be repaired again becomes a repair order, and is proved by it."""

    maker_group = "stock.group_stock_user"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_ = cls._create_type(
            "rework", nature="repair", **cls._prepare_kind("repair_order")
        )

    def setUp(self):
        super().setUp()
        self.case.write(
            {
                "res_model": "repair.order",
                "res_id": self.order.id,
                "origin_item_ids": [self.order.move_ids[0].id],
            }
        )

    def _cancel(self, document):
        document.with_user(self.mechanic).action_repair_cancel()

    def test_the_whole_way(self):
        remedy = self._ask(self.type_)
        order = self._make(remedy)
        self.assertNotEqual(order, self.order)
        self.assertEqual(order.create_uid, self.maker)
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual((order.product_id, order.lot_id), (self.car, self.lot))
        self.assertTrue(order.under_warranty)
        self.assertNotIn(self.case.name, order.internal_notes)
        self.assertEqual(remedy.state, "accepted")
        # Both orders lead to the case, for those who may see it.
        for each in self.order + order:
            self.assertEqual(each.with_user(self.office).complaint_count, 1)
            domain = each.with_user(self.office).action_view_complaints()["domain"]
            self.assertEqual(self.env["complaint.complaint"].search(domain), self.case)
        self.assertEqual(order.with_user(self.other_handler).complaint_count, 0)
        self._repair(order.with_user(self.mechanic))
        self.assertEqual(order.state, "done")
        self._assert_executed_by(remedy, order)

    def test_of_a_case_without_a_document(self):
        """Who is asked fills in what is to be repaired."""
        self._forget_document()
        order = self._make(self._ask(self.type_))
        self.assertEqual(order.partner_id, self.customer)
        self.assertFalse(order.product_id)

    # credit note, by the add-on of accounting

    def test_credit_note_of_what_was_ticked(self):
        """Of what was invoiced: the parts, and what was done."""
        if "credit_note" not in self.type_._get_document_models():
            self.skipTest("nothing is credited here")
        self.type_.document_kind = "credit_note"
        self.maker.group_ids += self.env.ref("account.group_account_invoice")
        charts = self.env["account.chart.template"]
        charts.try_loading("generic_coa", company=self.company, install_demo=False)
        (self.pads | self.fluid | self.labour).invoice_policy = "order"
        (self.pads | self.fluid | self.labour).list_price = 100
        self.order.action_create_sale_order()
        sale = self.order.sale_order_id
        sale.order_line = [Command.create({"product_id": self.labour.id})]
        sale.action_confirm()
        self._repair(self.order)
        invoice = sale._create_invoices()
        self.assertFalse(self.order._complaint_get_invoices(), "a draft isn't credited")
        invoice.action_post()
        self.assertEqual(self.order._complaint_get_invoices(), invoice)
        labour = sale.order_line.filtered(lambda line: line.product_id == self.labour)
        for ticked, credited in (
            ([-labour.id], self.labour),
            (self.order.move_ids[:1].ids, self.pads),
            ([PRODUCT], invoice.invoice_line_ids.product_id),
        ):
            self.case.origin_item_ids = ticked
            note = self._make(self._ask(self.type_))
            self.assertEqual(note.reversed_entry_id, invoice)
            self.assertEqual(note.invoice_line_ids.product_id, credited)
