"""Quotations and orders print a code that leads to a case about them."""

from odoo.tests import HttpCase, tagged

from odoo.addons.complaint_management.tests.common import ComplaintCommon
from odoo.addons.complaint_management.tests.feedback_document_common import (
    FeedbackDocumentCases,
    FeedbackPortalCases,
)

from .sale_common import SaleMixin

ORDER = "sale.report_saleorder"


@tagged("post_install", "-at_install")
class TestSaleDocuments(
    FeedbackPortalCases, FeedbackDocumentCases, SaleMixin, ComplaintCommon, HttpCase
):
    report = ORDER
    template = "sale.report_saleorder_document"
    replaced = "//div[@id='total']"
    portal = "/my/orders"

    @classmethod
    def _create_document(cls):
        return cls._create_order()

    def test_order(self):
        self.order.action_confirm()
        path = self._scan(ORDER, self.order, self.seller)
        self.assertEqual(len(self._open_form(path).xpath("//input[@name='lines']")), 2)
        case = self._complain(path, lines=["Oil change"])
        self._assert_leads_to(self.order, case)
        self.assertEqual(case.origin_items, "Oil change")
        parties = self._get_parties(case)
        self.assertEqual(parties["complainant"].partner_id, self.customer)
        seller = self.seller.employee_ids
        self.assertEqual(parties["respondent"].employee_id, seller)
        self.assertTrue(seller.department_id)
        self.assertEqual(case.origin_department_id, seller.department_id)

    def test_quotation(self):
        self._scan(ORDER, self.order, self.seller)

    def test_cancelled(self):
        self.order._action_cancel()
        self._assert_no_code()
