"""For the tests of add-ons whose documents print a code."""

import io
import re
import subprocess
import tempfile
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import lxml.html
import zxingcpp
from PIL import Image

BASE_URL = "https://feedback.example.com"
MINIMUM_AGE = (
    "odoo.addons.complaint_management.controllers.complaint_feedback.MINIMUM_AGE"
)


class FeedbackDocumentMixin:
    """Prints a document as a customer gets it, reads its code, and complains.

    Mix it into an ``HttpCase``, before it. It needs no policy but the one of the
    document.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(
            "complaint_management.base_url", BASE_URL
        )
        cls.startClassPatcher(patch(MINIMUM_AGE, 0))

    def _print_pdf(self, report, documents, user=None) -> bytes:
        """Return the PDF that ``user`` gets: made by wkhtmltopdf, one by one.

        Several in one call need a patched wkhtmltopdf; ``_render_html`` prints them.

        :param report: external id of the report
        """
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        reports = reports.with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(report, res_ids=documents.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _render_html(self, report, documents, user=None) -> str:
        """Return the HTML of a print of several documents, as wkhtmltopdf gets it."""
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        content, _kind = reports.with_context(
            report_pdf_no_attachment=True
        )._render_qweb_html(report, documents.ids, data={"report_type": "pdf"})
        return content.decode()

    def _draw_pages(self, pdf: bytes, dpi=150) -> list[Image.Image]:
        """Return the pages of ``pdf`` as a printer would draw them."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "print.pdf")
            source.write_bytes(pdf)
            subprocess.run(
                ["pdftoppm", "-r", str(dpi), "-png", source, Path(folder, "page")],
                check=True,
            )
            pages = sorted(Path(folder).glob("page*.png"))
            return [Image.open(io.BytesIO(page.read_bytes())) for page in pages]

    def _read_codes(self, pdf: bytes, dpi=150) -> list[str]:
        """Return the texts of all our codes in ``pdf``, as a phone reads them."""
        found = []
        for page in self._draw_pages(pdf, dpi):
            codes = zxingcpp.read_barcodes(page.convert("L"))
            texts = [code.text for code in codes]
            found += [text for text in texts if text.startswith(BASE_URL)]
        return found

    def _scan(self, report, document, user=None) -> str:
        """Return the path that the one code of a printed document opens."""
        codes = self._read_codes(self._print_pdf(report, document, user))
        self.assertEqual(len(codes), 1, codes)
        return self._get_path(codes[0])

    def _get_path(self, url: str) -> str:
        path = urlsplit(url).path
        self.assertRegex(path, r"^/c/\w{22}$")
        return path

    def _open_form(self, path: str, language="en-US"):
        """Return the page of the form as a tree of elements."""
        headers = {"Accept-Language": language}
        response = self.url_open(f"{path}?form=1", headers=headers)
        self.assertEqual(response.status_code, 200)
        return lxml.html.document_fromstring(response.content.decode())

    def _complain(self, path: str, lines=(), **values):
        """Fill in the form behind ``path``, send it, and return the new case.

        What has to be chosen and isn't given in ``values`` is the first of its kind.

        :param lines: the items that are ticked, by their ids or words of their labels
        """
        self.opener.cookies.clear()  # a stranger with a telephone
        tree = self._open_form(path)
        data = {"description": "It broke on the second day.", "phone": "13900001111"}
        for name in ("kind", "category"):
            choices = tree.xpath(f"//input[@name='{name}'][@type='radio']/@value")
            if choices:
                data[name] = choices[0]
        data["form_key"] = tree.xpath("//input[@name='form_key']/@value")[0]
        data["lines"] = [self._find_line(tree, line) for line in lines]
        response = self.url_open(path, data={**data, **values}, allow_redirects=False)
        self.assertEqual(response.status_code, 303, response.text[:3000])
        self.assertIn("/c/s/", response.headers["Location"])
        token = re.sub(r"^/c/", "", path)
        return self.env["complaint.complaint"].search(
            [("feedback_link_id.token", "=", token)], order="id desc", limit=1
        )

    def _find_line(self, tree, line) -> str:
        if isinstance(line, int):
            return str(line)
        for box in tree.xpath("//input[@name='lines']"):
            if line in "".join(box.xpath("ancestor::label//text()")):
                return box.get("value")
        self.fail(f"{line} can't be ticked")
        return ""
