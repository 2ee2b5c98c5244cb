import re
import subprocess
from shutil import which
from tempfile import NamedTemporaryFile
from unittest import skipUnless
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .letter_common import LetterCommon

LOGGER = "odoo.addons.base.models.ir_actions_report"
DISPATCH = "odoo.addons.complaint_management.models.complaint_letter_dispatch"
REPORT = "complaint_management.complaint_letter_report"


@tagged("post_install", "-at_install")
class TestLetterReport(HttpCase, LetterCommon):
    """The letter on paper: A4, in the recipient's language, as often as wanted."""

    freeze_time = None

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("zh_CN")
        self.template = self._create_letter_template(
            copies=3, signatures="both", delivery="print"
        )
        self.template.with_context(
            lang="zh_CN"
        ).body_html = '<p>尊敬的<t t-out="object.addressee"/>，您的投诉已受理。</p>'
        self.complaint = self._create_accepted(contact_name="王芳")
        self.complaint.party_ids.lang = "zh_CN"

    def _html(self, letter):
        report = self.env["ir.actions.report"].with_user(self.handler)
        return report._render_qweb_html(REPORT, letter.ids)[0].decode()

    def test_content(self):
        letter = self._write(self.template, self.complaint)
        html = self._html(letter)
        for text in (letter.name, self.complaint.name, "王芳", "您的投诉已受理"):
            self.assertIn(text, html)
        self.assertEqual(html.count('complaint_letter"'), 3, "three copies")
        self.assertEqual(html.count('class="line"'), 6, "two to sign on each")

    def test_receipt_slip(self):
        self.template.write({"copies": 1, "signatures": "receipt"})
        html = self._html(self._write(self.template, self.complaint))
        self.assertIn('class="slip"', html)

    def test_letterhead(self):
        """The company's layout where it can be printed, else a head of our own."""
        letter = self._write(self.template, self.complaint)
        report = self.env["ir.actions.report"]
        for patched in (True, False):
            with patch(f"{DISPATCH}._wkhtml") as program:
                program.return_value.is_patched_qt = patched
                html = report._render_qweb_html(
                    REPORT, letter.ids, {"report_type": "pdf"}
                )[0].decode()
            self.assertEqual('class="letterhead' in html, not patched)
            self.assertEqual("o_company_" in html, patched)
            self.assertIn("您的投诉已受理", html)

    @mute_logger(LOGGER)
    def test_pdf(self):
        """A real PDF is kept, and contains the Chinese words."""
        letter = self._write(self.template, self.complaint)
        letter.with_user(self.handler).with_context(
            force_report_rendering=True
        ).action_send()
        content = letter.attachment_id.raw
        self.assertEqual(content[:4], b"%PDF")
        self.assertEqual(letter.attachment_id.mimetype, "application/pdf")
        self._check_text(content)
        printed = self.env["ir.actions.report"].with_user(self.handler)
        printed = printed.with_context(force_report_rendering=True)
        self.assertEqual(
            printed._render_qweb_pdf(REPORT, letter.ids)[0],
            content,
            "what is printed is what was kept",
        )

    def _check_text(self, content):
        if not (which("pdftotext") and which("pdfinfo")):
            return
        with NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            info = self._run("pdfinfo", file.name)
            text = self._run("pdftotext", file.name, "-")
        self.assertIn("A4", info)
        self.assertRegex(info, r"Pages:\s+3")
        if text.strip():  # fonts that are drawn leave no text behind
            self.assertIn("投诉已受理", text)
            self.assertIn("王芳", text)

    def _run(self, *args):
        return subprocess.run(args, capture_output=True, check=True).stdout.decode()

    def _send(self, **values):
        """Return a letter that went out on paper, and the HTML of its PDF."""
        self.template.with_context(
            lang="zh_CN"
        ).body_html = '<p>您好。<a href="/c/link/case">查看进展</a></p>'
        letter = self._write(self.template, self.complaint, **values)
        seen = []
        report = self.env.registry["ir.actions.report"]

        def render(reports, ref, ids, **_kwargs):
            seen.append(reports._render_qweb_html(ref, ids)[0].decode())
            return b"%PDF", "pdf"

        with patch.object(report, "_render_qweb_pdf", render):
            letter.with_user(self.handler).sudo()._ensure_pdf()
        return letter, seen[0]

    def test_the_link_on_paper_opens_the_case(self):
        letter, html = self._send()
        token = re.search(r'href="[^"]*/c/s/([^"/?]+)"', html).group(1)
        self.assertEqual(html.count("data:image/svg+xml"), 3, "on each copy")
        self.assertNotIn("/c/link/", html)
        access = self.env["complaint.public.access"]._find_access(token, "case")
        self.assertEqual(access.complaint_id, self.complaint)
        self.assertEqual(access.party_id, letter.party_id)
        self.assertEqual(
            access.issued_by_id, self.handler, "who could read it is known"
        )

    def test_others_get_no_link_of_the_case(self):
        """Neither who reads a draft nor a recipient who didn't complain."""
        self.complaint.party_ids.write({"type": "witness"})
        letter, html = self._send(
            others=True, party_ids=[Command.set(self.complaint.party_ids.ids)]
        )
        self.assertNotIn("/c/", html)
        self.assertNotIn("data:image/svg+xml", html)
        self.complaint.party_ids.write({"type": "complainant"})
        self.assertNotIn("/c/", self._html(letter))

    @skipUnless(which("pdftoppm"), "needs poppler")
    @mute_logger(LOGGER)
    def test_glyphs(self):
        """Other characters look other: no boxes in their place."""
        pages = []
        for word in ("投诉受理", "答复告知"):
            self.template.with_context(lang="zh_CN").body_html = f"<p>{word}</p>"
            letter = self._write(self.template, self.complaint)
            letter.write({"copies": 1})
            content = (
                self.env["ir.actions.report"]
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf(REPORT, letter.ids)[0]
            )
            with NamedTemporaryFile(suffix=".pdf") as file:
                file.write(content)
                file.flush()
                pages.append(
                    subprocess.run(
                        [
                            "pdftoppm",
                            "-r",
                            "60",
                            "-gray",
                            "-y",
                            "170",
                            "-H",
                            "60",
                            file.name,
                        ],
                        capture_output=True,
                        check=True,
                    ).stdout
                )
        self.assertTrue(pages[0] != pages[1], "the same drawing for other words")
