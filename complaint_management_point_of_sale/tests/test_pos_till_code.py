from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..tools.receipt_token import make_order_token
from .common import PosReceiptCommon


@tagged("post_install", "-at_install")
class TestPosTillCode(PosReceiptCommon):
    """How the code of a till ends, and that no till goes on printing a dead one."""

    def setUp(self):
        super().setUp()
        self.code = self._get_code()
        order = self._sync(self._prepare_order())
        self.sold = self._get_token(order.complaint_token)
        self.unknown = self._get_token(make_order_token())
        # A complaint has come in by it, its order hasn't.
        self.told = self._get_token(make_order_token())
        self._complain(self.told)

    def _get_opened(self):
        """Return the names of the receipts whose code opens something."""
        self.env.invalidate_all()  # each page is a request of its own
        names = ("sold", "told", "unknown")
        return [name for name in names if self.links._find(getattr(self, name))]

    def _reload(self):
        """Return the address that a cashier's till prints once it is loaded again.

        It knows everything already, and asks only for what has changed.
        """
        till = self.till.with_user(self.cashier)
        till = till.with_context(pos_last_server_date=fields.Datetime.now())
        row = till._load_pos_data_search_read({}, till)[0]
        return row["_complaint_url"]

    def _assert_new_code(self):
        url = self._reload()
        self.assertNotIn(self.code, url)
        token = url.rpartition("/")[2] + make_order_token()
        self.assertTrue(self.links._find(token))

    def test_in_force(self):
        self.assertEqual(self._get_opened(), ["sold", "told", "unknown"])
        self.assertIn(self.code, self._reload())

    def test_revoked(self):
        """As if it had never been printed: as it is for unknown ones."""
        self.links._get_for_tills(self.till)[self.till].action_revoke()
        self.assertFalse(self._get_opened())
        self._assert_new_code()

    def test_replaced(self):
        """What nobody has sold opens nothing; who has a receipt goes on."""
        self.till.action_complaint_replace_code()
        self.assertEqual(self._get_opened(), ["sold", "told"])
        self._assert_new_code()

    def test_ends_by_a_date(self):
        link = self.links._get_for_tills(self.till)[self.till]
        link.expires_at = fields.Datetime.add(fields.Datetime.now(), days=1)
        self.assertEqual(self._get_opened(), ["sold", "told", "unknown"])
        self._assert_new_code()
        link.expires_at = fields.Datetime.now()
        self.assertEqual(self._get_opened(), ["sold", "told"])

    def test_switched_off(self):
        """Paper can't be called back, but what isn't printed opens nothing."""
        self.till.complaint_printed = False
        self.assertEqual(self._get_opened(), ["sold", "told"])
        self.assertFalse(self._reload())

    def test_switched_off_for_all(self):
        document = self.env.ref(
            "complaint_management_point_of_sale.complaint_feedback_document_pos_order"
        )
        document.printed = False
        self.assertEqual(self._get_opened(), ["sold", "told"])
        self.assertFalse(self._reload())

    def test_open_tills_are_told(self):
        link = self.links._get_for_tills(self.till)[self.till]
        receipt = self.links._find(self.told)
        for change, told in (
            (lambda: self.till.write({"complaint_text": "Scan me"}), True),
            (lambda: self.till.write({"name": "Till"}), False),
            (receipt.action_revoke, False),
            (link.action_revoke, True),
            (self.till.action_complaint_replace_code, True),
        ):
            with patch.object(type(self.till), "_notify") as notify:
                change()
            self.assertEqual(notify.called, told)

    def test_archived_till(self):
        self.till.current_session_id.state = "closed"
        self.till.active = False
        self.assertEqual(self._get_opened(), ["sold", "told"])
        self.assertFalse(self.till._prepare_complaint_receipt())

    def test_no_policy_in_force(self):
        yesterday = fields.Date.subtract(fields.Date.today(), days=2)
        for values in (
            {"valid_to": yesterday},
            {"valid_to": False, "active": False},
        ):
            self.policy.write(values)
            self.assertFalse(self._get_opened())
            self.assertFalse(self._reload())
        self.till.complaint_policy_id = False
        self.assertFalse(self._get_opened())
        self.assertFalse(self._reload())
