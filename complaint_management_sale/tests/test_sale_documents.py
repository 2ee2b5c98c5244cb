"""Quotations and orders print a code that leads to a case about them."""

import re

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.complaint_management.tests.common import ComplaintCommon
from odoo.addons.complaint_management.tests.feedback_document_common import (
    BASE_URL,
    FeedbackDocumentMixin,
)

from .sale_common import SaleMixin

ORDER = "sale.report_saleorder"


@tagged("post_install", "-at_install")
class TestSaleDocuments(FeedbackDocumentMixin, SaleMixin, ComplaintCommon, HttpCase):
    freeze_time = None

    def _get_links(self, documents):
        return self.env["complaint.feedback.link"].search(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        )

    def test_order(self):
        self.order.action_confirm()
        path = self._scan(ORDER, self.order, self.seller)
        self.assertEqual(len(self._open_form(path).xpath("//input[@name='lines']")), 2)
        case = self._complain(path, lines=["Oil change"])
        self.assertEqual(case._get_origin_document(), self.order)
        self.assertEqual(case.origin_items, "Oil change")
        parties = {row.type: row for row in case.party_ids}
        self.assertEqual(parties["complainant"].partner_id, self.customer)
        seller = self.seller.employee_ids
        self.assertEqual(parties["respondent"].employee_id, seller)
        order = self.order.with_user(self.office)
        self.assertEqual(order.complaint_count, 1)
        found = self.env["complaint.complaint"].search(
            order.action_view_complaints()["domain"]
        )
        self.assertEqual(found, case)

    def test_quotation(self):
        self._scan(ORDER, self.order, self.seller)

    def test_cancelled(self):
        self.order._action_cancel()
        html = self._render_html(ORDER, self.order, self.seller)
        self.assertNotIn("complaint_feedback_block", html)
        self.assertFalse(self._get_links(self.order))

    def test_customised_layout(self):
        """Whatever layout the company chose, and whatever was put into the template."""
        view = self.env.ref("sale.report_saleorder_document")
        self.env["ir.ui.view"].create(
            {
                "name": "our layout",
                "type": "qweb",
                "mode": "extension",
                "inherit_id": view.id,
                "arch": """<data><xpath expr="//div[@id='total']" position="replace">
                    <p>No total</p></xpath></data>""",
            }
        )
        for layout in ("bold", "boxed", "striped", "bubble", "wave", "folder"):
            template = self.env.ref(f"web.external_layout_{layout}")
            self.company.external_report_layout_id = template
            html = self._render_html(ORDER, self.order, self.seller)
            self.assertIn("No total", html)
            self.assertEqual(html.count("complaint_feedback_block"), 1, layout)

    def test_several_in_one_print(self):
        orders = self.order
        for _number in range(4):
            orders |= self._create_order()
        html = self._render_html(ORDER, orders, self.seller)
        urls = re.findall(rf">{BASE_URL}/c/(\w{{22}})<", html)
        self.assertEqual(len(urls), 5)
        tokens = {link.res_id: link.token for link in self._get_links(orders)}
        self.assertEqual(urls, [tokens[order.id] for order in orders])

    def test_portal(self):
        new_test_user(
            self.env,
            login="portal_wang",
            groups="base.group_portal",
            partner_id=self.customer.id,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.order.action_confirm()
        self.authenticate("portal_wang", "portal_wang")
        page = self.url_open(f"/my/orders/{self.order.id}")
        link = self._get_links(self.order)
        self.assertIn(f'href="{link._get_url()}"', page.text)
        html = self.url_open(f"/my/orders/{self.order.id}?report_type=html")
        self.assertNotIn("complaint_feedback_block", html.text)
        pdf = self.url_open(f"/my/orders/{self.order.id}?report_type=pdf")
        self.assertEqual(pdf.status_code, 200)
        if pdf.content.startswith(b"%PDF"):
            self.assertEqual(self._read_codes(pdf.content), [link._get_url()])
        else:
            self.assertIn(link._get_url(), pdf.text)
        self.assertEqual(len(self._get_links(self.order)), 1)
