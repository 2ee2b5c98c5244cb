"""The part of the core that every printing document shares, on the smallest one."""

from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.complaint_management.tests.common import ComplaintCommon
from odoo.addons.complaint_management.tests.feedback_document_common import (
    BASE_URL,
    FeedbackDocumentMixin,
)


@tagged("post_install", "-at_install")
class TestFeedbackDocument(FeedbackDocumentMixin, ComplaintCommon, HttpCase):
    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Li Na"})
        cls.document = cls._create_document()
        cls.settings = cls.env["complaint.feedback.document"].create(
            {
                "model_id": cls.env["ir.model"]._get_id("test.complaint.document"),
                "company_id": cls.company.id,
                "text": "Tell us",
                "policy_id": cls.policy.id,
            }
        )

    @classmethod
    def _create_document(cls, **values):
        return cls.env["test.complaint.document"].create(
            {
                "name": "T1",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _get_links(self, documents):
        return self.env["complaint.feedback.link"].search(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        )

    def test_complain(self):
        block = self.document._get_complaint_feedback_block()
        self.assertTrue(block["url"].startswith(BASE_URL))
        self.assertEqual(block["text"], "Tell us")
        case = self._complain(self._get_path(block["url"]), lines=["Brake disc"])
        self.assertEqual(case._get_origin_document(), self.document)
        self.assertEqual((case.origin_items, case.origin_item_ids), ("Brake disc", [2]))
        self.assertEqual(case.party_ids.partner_id, self.customer)
        self.assertEqual(self.document.with_user(self.office).complaint_count, 1)
        action = self.document.with_user(self.office).action_view_complaints()
        self.assertEqual(self.env["complaint.complaint"].search(action["domain"]), case)

    def test_printed_again(self):
        first = self.document._get_complaint_feedback_url()
        self.assertEqual(self.document._get_complaint_feedback_url(), first)
        self.assertEqual(len(self._get_links(self.document)), 1)
        link = self._get_links(self.document)
        link.action_revoke()
        self.assertNotEqual(self.document._get_complaint_feedback_url(), first)
        self.assertEqual(self.url_open(self._get_path(first)).status_code, 404)

    def test_printed_again_after_its_end(self):
        """What is printed opens the form; nobody prints a code that opens nothing."""
        first = self.document._get_complaint_feedback_link()
        first.expires_at = fields.Datetime.now() - timedelta(hours=1)
        second = self.document._get_complaint_feedback_link()
        self.assertNotEqual(second, first)
        self.assertEqual(second.state, "valid")
        self.assertEqual(first.revoked_at, first.expires_at)
        self.assertEqual(self.document._get_complaint_feedback_link(), second)

    def test_switched_off(self):
        self.settings.printed = False
        self.assertFalse(self.document._get_complaint_feedback_block())
        self.assertFalse(self._get_links(self.document))

    def test_of_each_company(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.settings.copy(
            {"company_id": other.id, "text": "Elsewhere", "policy_id": False}
        )
        document = self._create_document(company_id=other.id)
        texts = [
            each._get_complaint_feedback_settings()._get_text()
            for each in (self.document, document)
        ]
        self.assertEqual(texts, ["Tell us", "Elsewhere"])

    def test_not_saved_yet(self):
        document = self.document.new({"name": "New", "company_id": self.company.id})
        self.assertFalse(document._get_complaint_feedback_block())

    def test_printed_twice_at_the_same_moment(self):
        links = type(self.env["complaint.feedback.link"])

        def collide(self, vals_list):
            """Find that another one has just made the link."""
            raise UniqueViolation("another one")

        self.patch(links, "create", collide)
        with self.assertRaises(ConcurrencyError), mute_logger("odoo.sql_db"):
            self.document._get_complaint_feedback_url()
