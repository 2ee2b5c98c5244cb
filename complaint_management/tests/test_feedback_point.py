import io
from datetime import timedelta
from unittest import skipIf

from PIL import Image, ImageDraw, ImageFilter

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.qr import BORDER, DOTS, TooLong, fit_size, get_modules
from ..tools.token import ALPHABET, LENGTH, make_token
from .feedback_common import FeedbackCommon

try:
    import pypdfium2
    import zxingcpp
except ImportError:  # tools of developers
    pypdfium2 = zxingcpp = None

NO_READER = skipIf(zxingcpp is None, "no reader of QR codes")


def read_codes(image):
    """Return what a phone would read on the picture."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


def scan_poster(point) -> str:
    """Return the path to which the printed poster leads, as a camera reads it."""
    reports = point.env["ir.actions.report"].with_context(force_report_rendering=True)
    report = "complaint_management.complaint_feedback_point_report_a5"
    with mute_logger("odoo.addons.base.models.ir_actions_report"):
        pdf, _kind = reports._render_qweb_pdf(report, point.ids)
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
    [url] = read_codes(page.render(scale=150 / 72).to_pil())
    return url.removeprefix("https://feedback.example.com")


@tagged("post_install", "-at_install")
class TestFeedbackCode(FeedbackCommon):
    """Codes are read by a real reader, from paper as it comes out of the printer."""

    def test_token(self):
        tokens = {make_token() for _index in range(1000)}
        self.assertEqual(len(tokens), 1000)
        self.assertGreaterEqual(len(ALPHABET) ** LENGTH, 2**128)
        self.assertFalse(set("".join(tokens)) - set(ALPHABET))
        self.assertEqual(
            self.link.url, f"https://feedback.example.com/c/{self.link.token}"
        )
        self.assertLessEqual(len(get_modules(self.link.url)), 37, "at most version 5")

    @NO_READER
    def test_thermal_print(self):
        """Printed at 203 dpi on bleeding paper, photographed badly: still read."""
        for host in (
            "a.cn",
            "feedback.example.com",
            "complaints.a-long-name.example.com",
        ):
            url = f"https://{host}/c/{make_token()}"
            rows = get_modules(url)
            side = len(rows) + 2 * BORDER
            dots = round(fit_size(url, 22) * DOTS / side)
            self.assertGreaterEqual(dots, 3)
            self.assertAlmostEqual(fit_size(url, 22) * DOTS / side, dots, 2)
            image = Image.new("L", (side * dots, side * dots), 255)
            draw = ImageDraw.Draw(image)
            for y, row in enumerate(rows, start=BORDER):
                for x, module in enumerate(row, start=BORDER):
                    if module == "1":  # heat spreads: one dot more on two sides
                        box = (x * dots, y * dots, (x + 1) * dots, (y + 1) * dots)
                        draw.rectangle(box, fill=0)
            worn = image.filter(ImageFilter.GaussianBlur(1.2)).rotate(7, fillcolor=255)
            worn = worn.resize((worn.width * 2 // 3, worn.height * 2 // 3))
            self.assertEqual(read_codes(worn), [url])

    def test_too_long(self):
        with self.assertRaises(TooLong):
            get_modules("https://" + "x" * 120)
        self.env["ir.config_parameter"].set_param(
            "complaint_management.base_url", "https://" + "x" * 120
        )
        with self.assertRaisesRegex(UserError, "too long"):
            self.link._get_qr()

    @NO_READER
    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_posters(self):
        """Each size is one page a place, and leads to its form."""
        other = self.point.copy()
        points = self.point + other
        self.company.logo = self.env["res.company"].browse(1).logo
        urls = [point.url for point in points]
        self.assertEqual(len(set(urls)), 2)
        for size, expected in (
            ("a4", (210, 297)),
            ("a5", (148, 210)),
            ("sticker", (60, 80)),
        ):
            report = f"complaint_management.complaint_feedback_point_report_{size}"
            reports = self.env["ir.actions.report"].with_user(self.admin)
            reports = reports.with_context(force_report_rendering=True)
            pdf, _kind = reports._render_qweb_pdf(report, points.ids)
            document = pypdfium2.PdfDocument(io.BytesIO(pdf))
            self.assertEqual(len(document), 2, size)
            found = []
            for page in document:
                for length, millimetres in zip(page.get_size(), expected, strict=True):
                    self.assertAlmostEqual(length * 25.4 / 72, millimetres, delta=2)
                found += read_codes(page.render(scale=150 / 72).to_pil())
            self.assertEqual(found, urls)

    def test_named_in_two_languages(self):
        self.assertEqual(self.point._get_poster_name(), "Service Counter")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertEqual(self.point._get_poster_name(), "Service Counter")
        chinese = self.point.with_context(lang="zh_CN")
        chinese.name = "服务台"
        self.assertEqual(self.point._get_poster_name(), "Service Counter · 服务台")
        self.company.partner_id.lang = "zh_CN"
        self.assertEqual(self.point._get_poster_name(), "服务台 · Service Counter")
        self.assertEqual(chinese.link_id.document_name, "服务台")
        self.assertEqual(self.point.link_id.document_name, "Service Counter")
        self.assertIn("服务台", self._render_poster("a4"))
        subject = self.env["complaint.feedback.intake"]._get_subject(self.link, {})
        self.assertIn("服务台", subject, "kept in the language of the house")

    def _render_poster(self, size):
        reports = self.env["ir.actions.report"]
        name = f"complaint_management.complaint_feedback_point_report_{size}"
        html, _kind = reports._render_qweb_html(name, self.point.ids)
        return html.decode()

    def test_base_url_is_our_own(self):
        """Odoo rewrites its address at a login of an administrator; paper stays."""
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("complaint_management.base_url", False)
        parameters.set_param("web.base.url", "http://localhost:8069")
        self.assertTrue(self.point.copy().is_local_url)
        self.assertFalse(parameters.get_param("complaint_management.base_url"))
        parameters.set_param("web.base.url", "https://erp.example.com")
        point = self.point.copy()
        parameters.set_param("web.base.url", "http://10.0.0.7:8069")
        point.invalidate_recordset()
        self.assertTrue(point.url.startswith("https://erp.example.com/c/"))
        self.assertFalse(point.is_local_url)


@tagged("post_install", "-at_install")
class TestFeedbackPoint(FeedbackCommon):
    """Codes of places: rotated, ended, counted."""

    def _find(self, link):
        return self.env["complaint.feedback.link"]._find(link.token)

    def _rotate(self, **values):
        wizard = self.env["complaint.feedback.rotate"].with_user(self.admin)
        wizard = wizard.with_context(active_ids=self.point.ids)
        wizard.create(values).action_rotate()

    def test_rotated_at_once(self):
        self._rotate(old_until=False)
        self.assertNotEqual(self.point.link_id, self.link)
        self.assertFalse(self._find(self.link))
        self.assertEqual(self._find(self.point.link_id), self.point.link_id)

    def test_old_posters_go_on(self):
        self._rotate(old_until=fields.Date.today() + timedelta(days=3))
        self.assertEqual(self._find(self.link), self.link)
        with freeze_time(self.now + timedelta(days=3, hours=13)):
            self.env.invalidate_all()
            self.assertEqual(self._find(self.link), self.link, "until the evening")
        with freeze_time(self.now + timedelta(days=4)):
            self.env.invalidate_all()
            self.assertFalse(self._find(self.link))
            self.assertTrue(self._find(self.point.link_id))
        with self.assertRaises(UserError):
            self._rotate(old_until=fields.Date.today() - timedelta(days=1))

    def test_ended(self):
        """Revoked, past its day, archived, or of a policy that takes nothing."""
        self.assertTrue(self._find(self.link))
        for record, values in (
            (self.point, {"expires_on": fields.Date.today() - timedelta(days=1)}),
            (self.point, {"active": False}),
            (self.policy, {"valid_to": fields.Date.today() - timedelta(days=1)}),
            (self.policy, {"active": False}),
            (self.link, {"expires_at": self.now}),
        ):
            before = {name: record[name] for name in values}
            record.write(values)
            self.assertFalse(self._find(self.link), values)
            record.write(before)
            self.assertTrue(self._find(self.link))
        self.link.with_user(self.office).action_revoke()
        self.assertFalse(self._find(self.link))
        self.assertEqual(self.link.revoked_by_id, self.office)

    def test_strange_tokens(self):
        for token in ("", "x", self.link.token[:-1], self.link.token + "x", "字" * 22):
            self.assertFalse(self.env["complaint.feedback.link"]._find(token))
            self.assertFalse(self.env["complaint.public.access"]._find(token))

    def test_figures(self):
        hits = self.env["complaint.feedback.hit"]
        for _index in range(3):
            hits._add("scan", self.link, "a")
        hits._add("attempt", self.link, "a")
        self.link.flush_recordset()
        submissions = self.env["complaint.feedback.submission"]
        for stars in (5, 2):
            submissions._claim(self.link, f"k{stars}", "a", kind="rating", stars=stars)
        self._create_complaint().feedback_point_id = self.point
        self.env.invalidate_all()
        self.assertEqual(self.point.scan_count, 3)
        self.assertEqual(self.point.complaint_count, 1)
        self.assertEqual(self.point.rating_count, 2)
        self.assertEqual(self.point.rating_avg, 3.5)
        with freeze_time(self.now + timedelta(days=5)):
            hits._add("scan", self.link, "b")
            hits._gc_hits()
            self.env.invalidate_all()
            self.assertEqual(self.point.scan_count, 4)
            rows = hits.search([("link_id", "=", self.link.id)])
            self.assertEqual(sorted(rows.mapped("count")), [1, 3], "one row a day")
            self.assertEqual(set(rows.mapped("kind")), {"scan"})
        with freeze_time(self.now + timedelta(days=40)):
            submissions._gc_submissions()
            rows = submissions.search([("link_id", "=", self.link.id)])
            self.assertEqual(len(rows), 2)
            self.assertFalse(any(rows.mapped("key_hash") + rows.mapped("address_key")))

    def test_deleting(self):
        self._create_complaint().feedback_point_id = self.point
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.point.unlink()
        self.point.copy().unlink()

    def test_rows_of_another_policy(self):
        other = self.policy.copy()
        with self.assertRaises(ValidationError):
            self.point.category_id = other.category_ids[0]
        self.point.category_id = self.quality
        with self.assertRaises(UserError):
            self.quality.unlink()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_rights(self):
        """Handlers print; administrators decide; nobody reads what opens a case."""
        self.assertTrue(self.point.with_user(self.handler).url)
        for record, user in (
            (self.point, self.handler),
            (self.point, self.office),
            (self.link, self.handler),
        ):
            with self.assertRaises(AccessError):
                record.with_user(user).check_access("write")
        for user in (self.registrar, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.point.with_user(user).check_access("read")
        for model in ("complaint.public.access",):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.admin).search([])
        rows = self.env["complaint.feedback.submission"].with_user(self.office)
        with self.assertRaises(AccessError):
            rows.search([]).read(["key_hash"])
            rows.search_read([("address_key", "!=", False)])

    def test_origin_department(self):
        """A role means the department of the place."""
        role = self._create_role("place", resolution="origin_department")
        self.policy.lead_role_id = role
        complaint = self._create_complaint(origin_department_id=self.sales.id)
        self.assertEqual(complaint.department_id, self.sales)
