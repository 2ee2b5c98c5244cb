"""A refund that was agreed becomes a credit note, made by who may make one."""

from odoo.tests import tagged

from odoo.addons.complaint_management.tests.remedy_document_common import (
    RemedyDocumentCases,
)

from .account_common import AccountMixin


@tagged("post_install", "-at_install")
class TestAccountCreditNote(AccountMixin, RemedyDocumentCases):
    maker_group = "account.group_account_invoice"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.refund | cls.exchange).write(cls._prepare_kind("credit_note"))
        cls.type_ = cls.exchange

    def setUp(self):
        super().setUp()
        self.case.write({"res_model": "account.move", "res_id": self.invoice.id})

    def _credit(self, type_=None, **values):
        """Return a remedy, and the credit note that is made of it."""
        remedy = self._ask(type_, **values)
        note = self._make(remedy)
        self.assertEqual(note._name, "account.move")
        return remedy, note

    def _cancel(self, document):
        document.button_cancel()

    def test_whole_invoice(self):
        remedy, note = self._credit(self.exchange)
        self.assertEqual(
            (note.move_type, note.state, note.reversed_entry_id, note.create_uid),
            ("out_refund", "draft", self.invoice, self.maker),
        )
        self.assertEqual(note.amount_total, self.invoice.amount_total)
        self.assertIn("Exchange", note.ref)
        self.assertNotIn(self.case.name, str(note.read(["ref", "narration"])))
        self.assertEqual(remedy.state, "accepted")
        note.with_user(self.accountant).action_post()
        self.assertEqual(
            (remedy.state, remedy.proof_reference, remedy.executed_by_id),
            ("executed", note.name, self.accountant),
        )
        self.assertEqual(remedy.assignment_id.state, "done")

    def test_ticked_lines(self):
        ticked = self.invoice.invoice_line_ids.filtered(
            lambda line: line.product_id == self.disc
        )
        self.case.origin_item_ids = ticked.ids
        _remedy, note = self._credit(self.exchange)
        self.assertEqual(note.invoice_line_ids.product_id, self.disc)
        self.assertEqual(note.amount_untaxed, 160)

    def test_amount(self):
        for amount in (0.01, 50, 99.99, 123.45, self.invoice.amount_total):
            _remedy, note = self._credit(self.refund, amount=amount)
            self.assertAlmostEqual(note.amount_total, amount, 2)
            self.assertTrue(note.amount_tax or amount == 0.01)
        self.assertEqual(
            note.invoice_line_ids.product_id, self.invoice.invoice_line_ids.product_id
        )

    def test_amount_names_no_goods(self):
        _remedy, note = self._credit(self.refund, amount=50)
        self.assertFalse(note.invoice_line_ids.product_id)
        self.assertEqual(note.invoice_line_ids.mapped("name"), ["Refund"])

    def test_amount_with_taxes_included(self):
        tax = self.tax.copy(
            {"name": "13% incl.", "price_include_override": "tax_included"}
        )
        self.invoice.button_draft()
        self.invoice.invoice_line_ids[:1].tax_ids = tax
        self.invoice.action_post()
        _remedy, note = self._credit(self.refund, amount=77.77)
        self.assertAlmostEqual(note.amount_total, 77.77, 2)
        self.assertEqual(note.invoice_line_ids.tax_ids, tax | self.tax)

    def test_too_much(self):
        remedy = self._ask(self.refund, amount=100000)
        with self.assertRefused("is more than what can be credited"):
            self._make(remedy)
        self.assertFalse(remedy.res_id)

    def test_without_an_invoice(self):
        self._forget_document()
        _remedy, note = self._credit(self.refund, amount=50)
        self.assertEqual((note.partner_id, note.amount_total), (self.customer, 50))
        self.assertFalse(note.reversed_entry_id)
        note.with_user(self.accountant).action_post()

    def test_of_a_payment(self):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        payment = register.create({})._create_payments()
        self.case.write({"res_model": "account.payment", "res_id": payment.id})
        _remedy, note = self._credit(self.exchange)
        self.assertEqual(note.reversed_entry_id, self.invoice)

    def test_posted_and_reset(self):
        remedy, note = self._credit(self.exchange)
        note.action_post()
        note.button_draft()
        self.assertEqual((remedy.state, remedy.res_id), ("accepted", note.id))
        note.action_post()
        self.assertEqual(remedy.state, "executed")
        note.button_draft()
        note.button_cancel()
        self._assert_to_be_made_again(remedy)

    def test_posting_many_costs_one_query(self):
        """Invoices don't ask at all; credit notes ask once."""
        notes = self.env["account.move"].concat(
            *(self._create_invoice(move_type="out_refund") for _number in range(5))
        )
        self.env.flush_all()
        (notes | self.invoice).mapped("move_type")
        with self.assertQueryCount(1):
            notes._complaint_tell_remedies()
        with self.assertQueryCount(0):
            self.invoice._complaint_tell_remedies()
