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

from odoo.fields import Command
from odoo.tests import new_test_user

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

    def _get_links(self, documents):
        """Return the printed tokens of ``documents``."""
        return self.env["complaint.feedback.link"].search(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        )

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
        return (
            self.env["complaint.complaint"]
            .sudo()
            .search([("feedback_link_id.token", "=", token)], order="id desc", limit=1)
        )

    def _find_line(self, tree, line) -> str:
        if isinstance(line, int):
            return str(line)
        for box in tree.xpath("//input[@name='lines']"):
            if line in "".join(box.xpath("ancestor::label//text()")):
                return box.get("value")
        self.fail(f"{line} can't be ticked")
        return ""

    def _get_parties(self, case) -> dict:
        """Return the parties of ``case`` by their type, one of each."""
        return {party.type: party for party in case.party_ids}

    def _assert_leads_to(self, document, case):
        """Check that the office gets from ``document`` to its one case and back."""
        self.assertEqual(case._get_origin_document(), document)
        document = document.with_user(self.office)
        document.invalidate_recordset(["complaint_count"])
        self.assertEqual(document.complaint_count, 1)
        domain = document.action_view_complaints()["domain"]
        self.assertEqual(self.env["complaint.complaint"].search(domain), case)


class FeedbackDocumentCases(FeedbackDocumentMixin):
    """What holds for whatever prints a code; add-ons say by which report.

    The class sets ``document`` and ``printer``, who knows no complaints, and makes
    more documents by ``_create_document``.
    """

    freeze_time = None  # HTTP runs in real time
    allow_inherited_tests_method = True
    #: External ids of the report, and of the template that it is written in.
    report = template = None
    #: What somebody replaces in the template, who wants it otherwise.
    replaced = "//div[@id='informations']"
    #: All layouts have the code in a print; of these it is read.
    read_layouts = ("standard", "folder")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever demo data or somebody else has set.
        settings = cls.document._get_complaint_feedback_settings()
        settings.write({"text": "Not content? Scan and tell us.", "printed": True})
        cls.settings = settings

    def _print(self, documents=None):
        return self._render_html(self.report, documents or self.document, self.printer)

    def _assert_no_code(self, document=None):
        document = document or self.document
        self.assertNotIn("complaint_feedback_block", self._print(document))
        self.assertFalse(self._get_links(document))

    def _use_layout(self, layout):
        self.company.external_report_layout_id = layout.view_id

    def test_printed_again(self):
        blocks = [
            self.document.with_user(user)._get_complaint_feedback_block()
            for user in (self.printer, self.env.user)
        ]
        self.assertEqual(blocks[0], blocks[1])
        self.assertEqual(len(self._get_links(self.document)), 1)

    def test_switched_off(self):
        self.settings.printed = False
        self._assert_no_code()

    def test_switched_off_by_the_company(self):
        other = self.env["res.company"].create({"name": "Another"})
        row = self.settings.copy({"company_id": other.id, "printed": False})
        self.assertIn("complaint_feedback_block", self._print())
        self._get_links(self.document).unlink()
        row.company_id = self.company
        self._assert_no_code()

    def test_text_size_and_policy(self):
        policy = self.policy.copy({"name": "Of these documents", "code": "DOC"})
        self.settings.copy(
            {
                "company_id": self.company.id,
                "text": "How was it?",
                "size": 40,
                "policy_id": policy.id,
            }
        )
        html = self._print()
        self.assertIn("How was it?", html)
        size = float(re.search(r"width:([\d.]+)mm;height:\1mm", html)[1])
        self.assertAlmostEqual(size, 40, delta=4)
        self.assertEqual(self._get_links(self.document)._get_policy(), policy)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        self.settings.with_context(lang="zh_CN").text = "不满意？扫码告诉我们。"
        html = self._print()
        self.assertIn("不满意？扫码告诉我们。", html)
        self.assertNotIn("Not content?", html)

    def test_each_layout(self):
        """Once in each document, whatever layout the company has chosen."""
        documents = self.document + self._create_document()
        layouts = self.env["report.layout"].search([])
        names = {
            layout.view_id.key.removeprefix("web.external_layout_"): layout
            for layout in layouts
        }
        self.assertLessEqual(
            {"standard", "bold", "boxed", "striped", "bubble", "wave", "folder"},
            set(names),
        )
        for name, layout in names.items():
            with self.subTest(layout=name):
                self._use_layout(layout)
                html = self._print(documents)
                self.assertEqual(html.count("complaint_feedback_block"), 2)
                for link in self._get_links(documents):
                    self.assertEqual(html.count(link.url), 1)
        links = self._get_links(self.document)
        for name in self.read_layouts:
            with self.subTest(read=name):
                self._use_layout(names[name])
                path = self._scan(self.report, self.document, self.printer)
                self.assertEqual(path, self._get_path(links.url))

    def test_customised_template(self):
        """Somebody has rewritten a part of the print."""
        self.env["ir.ui.view"].create(
            {
                "name": "our own print",
                "type": "qweb",
                "mode": "extension",
                "inherit_id": self.env.ref(self.template).id,
                "arch": f"""<data><xpath expr="{self.replaced}" position="replace">
                    <p>Our own words</p></xpath></data>""",
            }
        )
        html = self._print()
        self.assertIn("Our own words", html)
        self.assertEqual(html.count("complaint_feedback_block"), 1)

    def test_fifty_in_one_print(self):
        """Each has its code; the second time it is one small query each."""
        documents = self.document.concat(
            *(self._create_document() for _number in range(49))
        )
        self._print()  # warm up
        self._count_blocks(documents, 75)
        links = {link.res_id: link.token for link in self._get_links(documents)}
        self.assertEqual(len(set(links.values())), 50)
        html = self._print(documents)
        tokens = re.findall(rf">{BASE_URL}/c/(\w{{22}})<", html)
        self.assertEqual(tokens, [links[id_] for id_ in documents.ids])
        self._count_blocks(documents, 60)

    def _count_blocks(self, documents, most):
        """Check that the blocks of one print cost no more than so many queries."""
        self.env.flush_all()
        self.env.invalidate_all()
        docs = documents.with_user(self.printer)
        docs.mapped("company_id.name")
        before = self.cr.sql_log_count
        for doc in docs:
            self.assertTrue(doc._get_complaint_feedback_block(docs))
        self.assertLessEqual(self.cr.sql_log_count - before, most)


class FeedbackPortalCases:
    """The customer's side of a document that stands in the portal."""

    allow_inherited_tests_method = True
    #: Path of the list; a document follows by its id.
    portal = None

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
        path = f"{self.portal}/{self.document.id}"
        page = self.url_open(path)
        link = self._get_links(self.document)
        self.assertIn(f'href="{link._get_url()}"', page.text)
        self.assertIn("Not content? Tell us.", page.text)
        html = self.url_open(f"{path}?report_type=html")
        self.assertNotIn("complaint_feedback_block", html.text)
        self._check_download(path)

    def test_portal_of_who_has_the_link(self):
        self._check_download(self.document.get_portal_url())
        self.assertEqual(len(self._get_links(self.document)), 1)

    def test_portal_switched_off(self):
        self.settings.printed = False
        page = self.url_open(self.document.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Not content? Tell us.", page.text)

    def _check_download(self, url):
        """Check that the PDF of the portal has the code."""
        joint = "&" if "?" in url else "?"
        response = self.url_open(f"{url}{joint}report_type=pdf&download=true")
        self.assertEqual(response.status_code, 200)
        if response.content.startswith(b"%PDF"):
            found = self._read_codes(response.content)
        else:  # tests get HTML instead
            self.assertIn("complaint_feedback_block", response.text)
            found = re.findall(rf">({BASE_URL}/c/\w{{22}})<", response.text)
        self.assertEqual(found, self._get_links(self.document).mapped("url"))
