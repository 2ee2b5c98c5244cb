"""Invoices and receipts print a code that leads to a case about them."""

import base64

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.complaint_management.tests.common import ComplaintCommon
from odoo.addons.complaint_management.tests.feedback_document_common import (
    FeedbackDocumentCases,
    FeedbackPortalCases,
)

from .account_common import AccountMixin

INVOICE = "account.report_invoice"
RECEIPT = "account.report_payment_receipt"


@tagged("post_install", "-at_install")
class TestAccountDocuments(
    FeedbackPortalCases, FeedbackDocumentCases, AccountMixin, ComplaintCommon, HttpCase
):
    report = INVOICE
    template = "account.report_invoice_document"
    portal = "/my/invoices"

    @classmethod
    def _create_document(cls):
        return cls._create_invoice()

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
        self._assert_leads_to(self.invoice, case)
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.origin_items, "Brake disc")
        self.assertEqual(case.party_ids.partner_id, self.customer)

    def test_receipt(self):
        payment = self._pay()
        path = self._scan(RECEIPT, payment, self.accountant)
        case = self._complain(path)
        self._assert_leads_to(payment, case)
        self.assertEqual(case.party_ids.partner_id, self.customer)

    def test_credit_note(self):
        note = self._create_invoice(move_type="out_refund")
        self._scan(INVOICE, note, self.accountant)

    def test_salesperson_may_be_meant(self):
        employee = self.handler.employee_ids
        self.invoice.invoice_user_id = self.handler
        case = self._complain(self._get_path(self._get_block(self.invoice)["url"]))
        respondents = case.party_ids.filtered(lambda row: row.type == "respondent")
        self.assertEqual(respondents.employee_id, employee)
        self.assertTrue(employee.department_id)
        self.assertEqual(case.origin_department_id, employee.department_id)
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

    def test_mailed(self):
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        sender._generate_and_send_invoices(self.invoice, sending_methods=["email"])
        pdf = base64.b64decode(self.invoice.invoice_pdf_report_file)
        codes = self._read_codes(pdf)
        self.assertEqual(codes, self._get_links(self.invoice).mapped("url"))
