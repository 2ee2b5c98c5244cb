"""Invoices and receipts print a code that leads to a case about them."""

import base64
import re

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.complaint_management.tests.common import ComplaintCommon
from odoo.addons.complaint_management.tests.feedback_document_common import (
    BASE_URL,
    FeedbackDocumentMixin,
)

from .account_common import AccountMixin

INVOICE = "account.report_invoice"
RECEIPT = "account.report_payment_receipt"


@tagged("post_install", "-at_install")
class TestAccountDocuments(
    FeedbackDocumentMixin, AccountMixin, ComplaintCommon, HttpCase
):
    freeze_time = None

    def _get_links(self, documents):
        return self.env["complaint.feedback.link"].search(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        )

    def _get_block(self, document, user=None):
        document = document.with_user(user or self.accountant)
        return document._get_complaint_feedback_block()

    def _pay(self):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        return register.create({})._create_payments()

    # scan, complain, see

    def test_invoice(self):
        path = self._scan(INVOICE, self.invoice, self.accountant)
        case = self._complain(path, lines=["Brake disc"])
        self.assertEqual(case._get_origin_document(), self.invoice)
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.origin_items, "Brake disc")
        self.assertEqual(case.party_ids.partner_id, self.customer)
        invoice = self.invoice.with_user(self.office)
        self.assertEqual(invoice.complaint_count, 1)
        found = self.env["complaint.complaint"].search(
            invoice.action_view_complaints()["domain"]
        )
        self.assertEqual(found, case)

    def test_receipt(self):
        payment = self._pay()
        path = self._scan(RECEIPT, payment, self.accountant)
        case = self._complain(path)
        self.assertEqual(case._get_origin_document(), payment)
        self.assertEqual(case.party_ids.partner_id, self.customer)
        self.assertEqual(payment.with_user(self.office).complaint_count, 1)

    def test_credit_note(self):
        note = self._create_invoice(move_type="out_refund")
        self._scan(INVOICE, note, self.accountant)

    def test_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        settings = self.invoice._get_complaint_feedback_settings()
        settings.with_context(lang="zh_CN").text = "不满意？扫码告诉我们。"
        html = self._render_html(INVOICE, self.invoice, self.accountant)
        self.assertIn("不满意？扫码告诉我们。", html)
        self.assertNotIn("Not content?", html)
        self._scan(INVOICE, self.invoice, self.accountant)

    def test_salesperson_may_be_meant(self):
        employee = self.handler.employee_ids
        self.invoice.invoice_user_id = self.handler
        case = self._complain(self._get_path(self._get_block(self.invoice)["url"]))
        respondents = case.party_ids.filtered(lambda row: row.type == "respondent")
        self.assertEqual(respondents.employee_id, employee)
        self.assertFalse(case.with_user(self.handler).has_access("read"))

    def test_the_office_is_not_kept_out(self):
        self.invoice.invoice_user_id = self.office
        case = self._complain(self._get_path(self._get_block(self.invoice)["url"]))
        self.assertEqual(case.party_ids.mapped("type"), ["complainant"])
        self.assertTrue(case.with_user(self.office).has_access("read"))

    # what prints no code

    def test_no_code(self):
        draft = self._create_invoice(post=False)
        bill = self._create_invoice(move_type="in_invoice")
        paid_out = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.customer.id,
                "amount": 5,
                "company_id": self.company.id,
            }
        )
        paid_out.action_post()
        documents = (draft, bill, paid_out)
        for document in documents:
            self.assertFalse(self._get_block(document))
            self.assertFalse(self._get_links(document))
        html = self._render_html(INVOICE, draft, self.accountant)
        self.assertNotIn("complaint_feedback_block", html)

    def test_switched_off_by_company(self):
        settings = self.invoice._get_complaint_feedback_settings()
        settings.copy({"company_id": self.company.id, "printed": False})
        html = self._render_html(INVOICE, self.invoice, self.accountant)
        self.assertNotIn("complaint_feedback_block", html)
        self.assertFalse(self._get_links(self.invoice))

    def test_one_code_of_each_company(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=other, install_demo=False
        )
        tax = self.tax.search([("company_id", "=", other.id)], limit=1)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": other.id,
                "partner_id": self.customer.id,
                "invoice_date": "2026-11-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Advice",
                            "price_unit": 5,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        invoice._get_complaint_feedback_block()
        self.assertEqual(self._get_links(invoice).company_id, other)

    # who prints

    def test_printed_by_whoever_may_print(self):
        printer = new_test_user(
            self.env,
            login="printer",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        printer.group_ids -= self.env.ref(
            "complaint_management.group_complaint_registrar"
        )
        self.env.ref("base.group_user").implied_ids -= self.env.ref(
            "complaint_management.group_complaint_registrar"
        )
        self.assertFalse(
            printer.has_group("complaint_management.group_complaint_registrar")
        )
        html = self._render_html(INVOICE, self.invoice, printer)
        self.assertIn("complaint_feedback_block", html)
        views = self.env["account.move"].with_user(printer).get_views([(False, "form")])
        self.assertNotIn("action_view_complaints", views["views"]["form"]["arch"])

    def test_printed_again(self):
        first = self._get_block(self.invoice)
        self.assertEqual(self._get_block(self.invoice, self.env.user), first)
        self.assertEqual(len(self._get_links(self.invoice)), 1)

    def test_printed_where_nothing_can_be_written(self):
        """The route of reports reads only: the code is made nevertheless, once."""
        payment = self._pay()
        self.authenticate("accountant", "accountant")
        with self.assertNoLogs("odoo.http", "WARNING"):
            page = self.url_open(f"/report/html/{RECEIPT}/{payment.id}")
            self.assertEqual(page.status_code, 200)
            self.assertFalse(self._get_links(payment), "shown as a page")
            for _time in range(2):
                pdf = self.url_open(f"/report/pdf/{RECEIPT}/{payment.id}")
                self.assertEqual(pdf.status_code, 200)
        links = self._get_links(payment)
        self.assertEqual(len(links), 1)
        self.assertEqual(self._get_block(payment)["url"], links._get_url())

    # the customer's side

    def test_portal(self):
        new_test_user(
            self.env,
            login="portal_wang",
            groups="base.group_portal",
            partner_id=self.customer.id,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.authenticate("portal_wang", "portal_wang")
        page = self.url_open(f"/my/invoices/{self.invoice.id}")
        link = self._get_links(self.invoice)
        self.assertEqual(len(link), 1)
        self.assertIn(f'href="{link._get_url()}"', page.text)
        self.assertIn("Not content? Tell us.", page.text)
        html = self.url_open(f"/my/invoices/{self.invoice.id}?report_type=html")
        self.assertNotIn("complaint_feedback_block", html.text)
        self._check_download(f"/my/invoices/{self.invoice.id}", link)

    def test_public_with_the_token(self):
        url = self.invoice.get_portal_url()
        self._check_download(url)
        self.assertEqual(len(self._get_links(self.invoice)), 1)

    def _check_download(self, url, link=None):
        """Check that the PDF of the portal has the code."""
        joint = "&" if "?" in url else "?"
        response = self.url_open(f"{url}{joint}report_type=pdf&download=true")
        self.assertEqual(response.status_code, 200)
        content = response.content
        if not content.startswith(b"%PDF"):  # tests get HTML instead
            text = content.decode()
            self.assertIn("complaint_feedback_block", text)
            found = re.findall(rf"{BASE_URL}/c/\w{{22}}", text)
        else:
            found = self._read_codes(content)
        self.assertEqual(found, (link or self._get_links(self.invoice)).mapped("url"))

    def test_mailed(self):
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        sender._generate_and_send_invoices(self.invoice, sending_methods=["email"])
        pdf = base64.b64decode(self.invoice.invoice_pdf_report_file)
        codes = self._read_codes(pdf)
        self.assertEqual(codes, self._get_links(self.invoice).mapped("url"))

    # many at once

    def test_fifty_printed_together(self):
        invoices = self.invoice + self.env["account.move"].concat(
            *(self._create_invoice() for _number in range(9))
        )
        html = self._render_html(INVOICE, invoices, self.accountant)
        urls = re.findall(rf">{BASE_URL}(/c/\w{{22}})<", html)
        self.assertEqual(len(set(urls)), 10)
        self.env.invalidate_all()
        self.env.flush_all()
        docs = invoices.with_user(self.accountant)
        docs.mapped("state")
        self.cr.flush()
        before = self.cr.sql_log_count
        for doc in docs:
            self.assertTrue(doc._get_complaint_feedback_block(docs))
        self.assertLessEqual(self.cr.sql_log_count - before, 10 + 3)
