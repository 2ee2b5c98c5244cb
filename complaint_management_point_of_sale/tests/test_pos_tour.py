import base64
import io
import os
from pathlib import Path
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image

from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from odoo.addons.complaint_management.tests.feedback_document_common import (
    FeedbackDocumentMixin,
)
from odoo.addons.point_of_sale.tests.test_frontend import TestPointOfSaleHttpCommon

from ..tools.receipt_token import make_order_token, make_till_code
from .common import BASE_URL, PosPolicyMixin

MARK = "complaint-receipt "


@tagged("post_install", "-at_install")
class TestPosReceiptTour(
    FeedbackDocumentMixin, PosPolicyMixin, TestPointOfSaleHttpCommon
):
    """The till in Chromium: sell, print, read the code of the picture, complain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_complaints(cls.main_pos_config)

    def setUp(self):
        super().setUp()
        self.printed = []
        handle = ChromeBrowser._handle_console

        def catch(browser, type, args=None, **kwargs):
            text = str((args or [{}])[0].get("value", ""))
            if text.startswith(MARK):
                self.printed.append(base64.b64decode(text.removeprefix(MARK)))
                return None
            return handle(browser, type, args=args, **kwargs)

        self.patch(ChromeBrowser, "_handle_console", catch)

    def _read_code(self, picture):
        """Return the address in the one code of a printed picture."""
        image = Image.open(io.BytesIO(picture))
        if folder := os.environ.get("COMPLAINT_PICTURES"):
            image.save(Path(folder, f"receipt{hash(picture) % 1000}.png"))
        codes = zxingcpp.read_barcodes(image.convert("L"))
        texts = [code.text for code in codes if code.text.startswith(BASE_URL)]
        self.assertEqual(len(texts), 1, [code.text for code in codes])
        # 1 bit a dot is all that a thermal printer has.
        dots = zxingcpp.read_barcodes(
            image.convert("L").point(lambda x: x > 127 and 255)
        )
        self.assertIn(texts[0], [code.text for code in dots])
        return texts[0]

    def _get_cases(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["complaint.complaint"].sudo().search(domain)

    def test_sell_print_complain(self):
        self.main_pos_config.with_user(self.pos_user).open_ui()
        self.start_pos_tour("complaint_receipt_tour", timeout=400)
        self.assertEqual(len(self.printed), 2)
        offline, online = (self._read_code(picture) for picture in self.printed)
        orders = (
            self.env["pos.order"]
            .sudo()
            .search([("config_id", "=", self.main_pos_config.id)], order="id")
        )
        self.assertEqual(len(orders), 2)
        pad, tray = orders.sorted(lambda o: o.lines.product_id.name != "Desk Pad")
        # Printed before the server knew of it, it is the token that the order has.
        self.assertTrue(offline.endswith(f"-{pad.complaint_token}"))
        self.assertTrue(online.endswith(f"-{tray.complaint_token}"))
        for secret in (pad.uuid, pad.access_token, tray.uuid, tray.access_token):
            self.assertNotIn(secret, offline + online)

        case = self._get_cases(res_model="pos.order", res_id=pad.id)
        self.assertEqual(len(case), 1, "complained before the order was in")
        self.assertIn("torn", str(case.description))
        self.assertEqual(case.occurred_at, min(pad.date_order, case.received_at))
        self.assertEqual(case.origin_department_id, self.shop)
        self.assertEqual(pad.complaint_count, 1)

        path = urlsplit(online).path
        self.assertNotIn("Desk Pad", self._open_form(path).text_content())
        case = self._complain(path, lines=["Letter Tray"])
        self.assertEqual(case._get_origin_document(), tray)
        self.assertEqual(case.policy_id, self.policy)
        tray.invalidate_recordset(["complaint_count"])
        self.assertEqual(tray.complaint_count, 1)
        self.assertEqual(tray.action_view_complaints()["domain"][0][2], case.ids)

        mailed = self.env["ir.attachment"].search(
            [("res_model", "=", "pos.order"), ("res_id", "=", tray.id)]
        )
        self.assertEqual(self._read_code(mailed.raw), online)

    def test_replaced_code(self):
        """A till that is loaded again prints the new code, and no dead one."""
        self.main_pos_config.with_user(self.pos_admin).open_ui()
        self.start_pos_tour(
            "complaint_receipt_replaced_tour", login="pos_admin", timeout=300
        )
        before, after = (self._read_code(picture) for picture in self.printed)
        (old, sold), (new, _token) = (
            url.rpartition("/")[2].split("-") for url in (before, after)
        )
        self.assertNotEqual(old, new)
        self.assertEqual(self._open(f"/c/{new}-{make_order_token()}"), 200)
        self.assertEqual(self._open(f"/c/{old}-{sold}"), 200, "it was sold")
        self.assertEqual(
            self._open(f"/c/{old}-{make_order_token()}"),
            self._open(f"/c/{make_till_code()}-{make_order_token()}"),
            "as for what was never printed",
        )

    def _open(self, path):
        return self.url_open(path).status_code

    def test_switched_off(self):
        self.main_pos_config.complaint_printed = False
        self.main_pos_config.with_user(self.pos_user).open_ui()
        self.start_pos_tour("complaint_receipt_off_tour", timeout=300)
