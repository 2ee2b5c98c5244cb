from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.complaint_management.tests.feedback_document_common import (
    FeedbackDocumentCases,
)

from .repair_common import RepairCommon

REPORT = "repair.action_report_repair_order"


@tagged("post_install", "-at_install")
class TestRepairOrder(FeedbackDocumentCases, RepairCommon, HttpCase):
    """From the paper in the customer's hand to the case, and back to the order."""

    report = REPORT
    template = "repair.report_repairorder"

    @classmethod
    def _create_document(cls):
        return cls._create_order()

    # the paper

    def test_scan_and_complain(self):
        """Printed by a mechanic, who has no rights on complaints."""
        self._repair(self.order)
        path = self._scan(REPORT, self.order, self.mechanic)
        labels = self._open_form(path).xpath(
            "//input[@name='lines']/ancestor::label//text()"
        )
        self.assertIn("Estate Car · VIN-0001", "".join(labels))
        case = self._complain(path, lines=["VIN-0001", "Brake Pads"])
        self._assert_leads_to(self.order, case)
        self.assertEqual(case.origin_items, "Estate Car · VIN-0001\nBrake Pads")
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.place, "Workshop Hall")
        self.assertEqual(case.origin_department_id, self.workshop)
        parties = self._get_parties(case)
        self.assertEqual(parties["complainant"].partner_id, self.customer)
        self.assertEqual(parties["respondent"].employee_id, self.mechanic.employee_ids)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_technician_never_sees_the_case(self):
        self.mechanic.group_ids += self.env.ref(
            "complaint_management.group_complaint_handler"
        )
        case = self._complain(self._scan(REPORT, self.order))
        self.assertFalse(case.with_user(self.mechanic).has_access("read"))
        self.assertEqual(self.order.with_user(self.mechanic).complaint_count, 0)

    def test_a_shop_of_one_person(self):
        """Who repairs and is the whole complaint office sees what comes in."""
        self.mechanic.group_ids += self.env.ref(
            "complaint_management.group_complaint_office"
        )
        self.policy.office_user_ids += self.mechanic
        case = self._complain(self._scan(REPORT, self.order))
        self.assertIn("respondent", case.party_ids.mapped("type"))
        self.policy.office_user_ids = self.mechanic
        case = self._complain(self._scan(REPORT, self.order))
        self.assertNotIn("respondent", case.party_ids.mapped("type"))
        self.assertTrue(case.with_user(self.mechanic).has_access("read"))

    def test_the_order_gives_nobody_away(self):
        """Who may not know the complainant isn't led to the order, nor from it."""
        case = self._complain(self._scan(REPORT, self.order), category=self.brakes.id)
        handler = case.with_user(self.handler)
        order = self.order.with_user(self.handler)
        self.handler.group_ids += self.env.ref("stock.group_stock_user")
        self.assertEqual(handler.origin_name, self.order.name)
        self.assertEqual(order.complaint_count, 1)
        handler.action_open_origin()
        for values in (
            {"confidential": True},
            {"name": False, "phone": False, "email": False, "partner_id": False},
        ):
            case.party_ids.filtered(lambda row: row.type == "complainant").write(values)
            case.flush_recordset()
            self.env.invalidate_all()
            self.assertNotEqual(case.identity, "named")
            self.assertTrue(handler.has_access("read"))
            self.assertFalse(handler.origin_name)
            self.assertEqual(order.complaint_count, 0)
            domain = order.action_view_complaints()["domain"]
            self.assertFalse(self.env["complaint.complaint"].search(domain))
            with self.assertRaises(AccessError):
                handler.action_open_origin()
            # The complaint office may know.
            office = case.with_user(self.office)
            self.assertEqual(office.origin_name, self.order.name)
            self.assertEqual(self.order.with_user(self.office).complaint_count, 1)

    def test_printed_before_it_is_repaired(self):
        self.assertEqual(self.order.state, "draft")
        self._scan(REPORT, self.order)

    def test_cancelled(self):
        self.order.action_repair_cancel()
        self._assert_no_code()

    def test_each_company_has_its_own_settings(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.env["complaint.feedback.document"].create(
            {
                "model_id": self.env["ir.model"]._get_id("repair.order"),
                "company_id": other.id,
                "text": "Only there",
            }
        )
        both = self.env(context={**self.env.context, "allowed_company_ids": [other.id]})
        theirs = both["repair.order"].create({"product_id": self.pads.id})
        self.assertEqual(theirs.company_id, other)
        self.assertEqual(theirs._get_complaint_feedback_block()["text"], "Only there")
        self.assertNotEqual(
            self.order._get_complaint_feedback_block()["text"], "Only there"
        )
        self.assertEqual(self._get_links(theirs).company_id, other)

    # what may be ticked

    def test_services_sold_with_it(self):
        order = self.order
        order.action_create_sale_order()
        sale = order.sale_order_id
        sale.order_line = [Command.create({"product_id": self.labour.id})]
        labels = [label for _id, label in order._complaint_get_lines()]
        self.assertEqual(
            labels, ["Estate Car · VIN-0001", "Brake Pads", "Brake Fluid", "Labour"]
        )
        case = self._complain(self._scan(REPORT, order), lines=["Labour"])
        self.assertEqual(case.origin_items, "Labour")
        # Of an order about several repairs nobody knows which one they belong to.
        self._create_order(sale_order_id=sale.id)
        labels = [label for _id, label in order._complaint_get_lines()]
        self.assertNotIn("Labour", labels)

    def test_nothing_known(self):
        """Neither product nor parts, customer or technician."""
        order = self._create_order(
            product_id=False, lot_id=False, move_ids=[], partner_id=False, user_id=False
        )
        case = self._complain(self._scan(REPORT, order))
        self.assertFalse(case.origin_items)
        self.assertFalse(case.origin_department_id)
        self.assertEqual(case.party_ids.mapped("type"), ["complainant"])

    def test_department_of_the_workshop(self):
        """Its warehouse tells it, as for deliveries, where the technician doesn't."""
        if "complaint_department_id" not in self.warehouse:
            self.skipTest("no department is set for warehouses here")
        self.warehouse.complaint_department_id = self.sales
        self.assertEqual(self.order._complaint_get_department(), self.workshop)
        self.order.user_id = False
        case = self._complain(self._get_path(self.order._get_complaint_feedback_url()))
        self.assertEqual(case.origin_department_id, self.sales)

    def test_technician_of_another_company(self):
        """Somebody employed elsewhere too is named as an employee of this company."""
        other = self.env["res.company"].create({"name": "Another"})
        self.mechanic.employee_ids.company_id = other
        self.assertFalse(self.order._complaint_get_department())
