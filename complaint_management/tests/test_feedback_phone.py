import json
from unittest import skipIf

from odoo.tests import tagged

from .feedback_browser import PhoneCommon, get_axe
from .test_feedback_point import NO_READER, scan_poster
from .test_feedback_upload import make_image

NO_AXE = skipIf(not get_axe(), "no checker of accessibility")
#: What hinders somebody from using a page.
GRAVE = ("serious", "critical")


@tagged("post_install", "-at_install")
class TestFeedbackPhone(PhoneCommon):
    """From the poster on the wall to the number of the case, by telephone."""

    def _complain(self):
        """Fill in what the page asks, with two photos, and send it."""
        self._touch(f"input[name=category][value='{self.brakes.id}']")
        self._touch(f"input[name=kind][value='{self.kind_complaint.id}']")
        self._type("#description", "刹车异响\nAgain & again <b>")
        photos = (make_image(size=(1600, 1200)), make_image("PNG", size=(300, 300)))
        self._choose_files("#photos", *photos)
        self._wait_for("document.getElementById('files').textContent")
        self._type("#demand", "New brakes")
        self._type("#phone", "13900001111")
        self._touch(".send")
        self._wait_for("location.pathname.indexOf('/c/s/') === 0")

    def _assert_case(self):
        case = self._get_cases()
        self.assertEqual(len(case), 1)
        self.assertEqual(case.category_id, self.brakes)
        self.assertIn("&lt;b&gt;", case.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)], order="id"
        )
        self.assertEqual(files.mapped("mimetype"), ["image/jpeg", "image/png"])
        self.assertEqual(
            self._evaluate("document.querySelector('.number').textContent"), case.name
        )
        return case

    @NO_READER
    def test_english(self):
        path = scan_poster(self.point)
        self._start_phone()
        self._visit(path)
        self.assertEqual(self._evaluate("document.documentElement.lang"), "en-US")
        self._complain()
        case = self._assert_case()
        self.assertEqual(case.party_ids.lang, "en_US")
        self.assertEqual(self.point.scan_count, 1)
        stored = "Object.keys(sessionStorage).join()"
        self.assertNotIn("draft:", self._evaluate(stored), "nothing left on the phone")

    @NO_READER
    def test_chinese(self):
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["complaint_management"], ["zh_CN"])
        path = scan_poster(self.point)
        self._start_phone(language="zh-CN")
        self._visit(path)
        self.assertEqual(self._evaluate("document.documentElement.lang"), "zh-CN")
        self.assertIn("发生了什么", self._evaluate("document.body.innerText"))
        self._complain()
        case = self._assert_case()
        self.assertEqual(case.party_ids.lang, "zh_CN")
        self.assertEqual(self._evaluate("document.documentElement.lang"), "zh-CN")

    def test_double_tap(self):
        self._start_phone()
        self._visit(self.url)
        self._evaluate(
            f"document.querySelector('[name=kind][value=\"{self.kind_complaint.id}\"]')"
            ".checked = true;"
            "document.getElementById('description').value = 'Squeal';"
            "document.getElementById('phone').value = '13900001111';"
            "const send = document.querySelector('.send'); send.click(); send.click();"
            "document.getElementById('form').requestSubmit(); true"
        )
        self._wait_for("location.pathname.indexOf('/c/s/') === 0")
        self.assertEqual(len(self._get_cases()), 1)

    def test_lost_connection(self):
        """What was typed is there again when the page is opened the next time."""
        self._start_phone()
        self._visit(self.url)
        self._type("#description", "The brakes squeal.")
        self._touch(f"input[name=kind][value='{self.kind_complaint.id}']")
        self._type("#phone", "13900001111")
        self._ask(
            "Network.emulateNetworkConditions",
            offline=True,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )
        self._touch(".send")
        self._wait_for("!document.getElementById('form')")  # the browser's own page
        self._ask(
            "Network.emulateNetworkConditions",
            offline=False,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )
        self.assertFalse(self._get_cases())
        self._visit(self.url)
        kept = "document.getElementById('{}').value"
        self.assertEqual(
            self._evaluate(kept.format("description")), "The brakes squeal."
        )
        self.assertEqual(self._evaluate(kept.format("phone")), "13900001111")
        self._touch(".send")
        self._wait_for("location.pathname.indexOf('/c/s/') === 0")
        self.assertEqual(len(self._get_cases()), 1)

    def test_without_script(self):
        """The form is complete without any script."""
        self._start_phone()
        self._ask("Emulation.setScriptExecutionDisabled", value=True)
        self._visit(self.url)
        self._touch(f"input[name=kind][value='{self.kind_complaint.id}']")
        for selector, text in (("#description", "Squeal"), ("#phone", "13900001111")):
            self._evaluate(f"document.querySelector({selector!r}).focus()")
            self._ask("Input.insertText", text=text)
        self._touch(".send")
        self._wait_for("location.pathname.indexOf('/c/s/') === 0")
        self.assertEqual(len(self._get_cases()), 1)

    def test_narrow(self):
        """Nothing is wider than the smallest telephone, in any direction of script."""
        self.env["res.lang"]._activate_lang("ar_001")
        self._start_phone()
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=320,
            height=568,
            deviceScaleFactor=1,
            mobile=True,
        )
        for lang in ("en_US", "zh_CN", "ar_001"):
            self._visit(f"{self.url}?lang={lang}")
            wide = self._evaluate("document.documentElement.scrollWidth")
            self.assertLessEqual(wide, 320, lang)
            small = self._evaluate(
                "Array.from(document.querySelectorAll('.tile, .send, textarea, "
                "input[type=tel], .check')).map(function (found) {"
                "return found.getBoundingClientRect().height;})"
                ".filter(function (height) {return height < 44;}).length"
            )
            self.assertEqual(small, 0, "too small for a finger")


@tagged("post_install", "-at_install")
class TestFeedbackAccessible(PhoneCommon):
    """Keyboards and screen readers get along with every public page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ask_for("plate", "own", "colour")
        cls.policy.form_field_ids.help_text = "A hint"
        cls.policy.write({"public_intro": "Hello", "public_privacy": "Kept 2 years"})

    def _assert_accessible(self, page):
        self._evaluate(get_axe() + "; true")
        found = self._find_violations()
        grave = [rule for rule in found if rule["impact"] in GRAVE]
        self.assertFalse(grave, page)
        self.assertFalse(found, page)

    def _find_violations(self) -> list[dict]:
        """Return what keeps somebody from using the page, or makes it harder."""
        return json.loads(
            self._evaluate(
                "axe.run().then(function (found) {"
                "return JSON.stringify(found.violations.map(function (rule) {return {"
                "id: rule.id, impact: rule.impact, help: rule.help,"
                "at: rule.nodes.map(function (node) {return node.html;})};}));})"
            )
        )

    @NO_AXE
    def test_pages(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self._start_phone()
        for lang in ("en_US", "zh_CN", "ar_001"):
            self._visit(f"{self.url}?lang={lang}")
            self._assert_accessible(f"form, {lang}")
        self._evaluate(
            "document.querySelector('label[for=description]').remove();"
            "document.querySelector('.send').style.background = '#ddd'; true"
        )
        worse = {rule["id"] for rule in self._find_violations()}
        self.assertTrue({"label", "color-contrast"} <= worse, "the checker checks")
        self._visit("/c/unknown")
        self._assert_accessible("unknown")
        self.policy.public_stars = True
        self._visit(self.url)
        self._assert_accessible("stars")
        self._touch("button[value='5']")
        self._wait_for("location.pathname.indexOf('/thanks') > 0")
        self._assert_accessible("thanks")

    @NO_AXE
    def test_errors_and_case(self):
        self._start_phone()
        self._visit(self.url)
        self._evaluate("document.getElementById('form').noValidate = true")
        self._type("#email", "nobody")
        self._touch(".send")
        self._wait_for("document.getElementById('summary')")
        self._assert_accessible("errors")
        focused = self._evaluate("document.activeElement.id")
        self.assertEqual(focused, "summary", "read first")
        self._touch("#summary a[href='#email']")
        self._wait_for("document.activeElement.id === 'email'")
        self._evaluate(
            "document.getElementById('form').noValidate = true;"
            "document.getElementById('email').value = 'a@example.com';"
            "document.getElementById('description').value = 'Squeal';"
            f"document.querySelector('[name=kind][value=\"{self.kind_complaint.id}\"]')"
            ".checked = true; true"
        )
        self._touch(".send")
        self._wait_for("location.pathname.indexOf('/c/s/') === 0")
        self._assert_accessible("case")

    def test_keyboard(self):
        """The tabulator goes through the form from top to bottom, and to all of it."""
        self._start_phone()
        self._visit(self.url)
        order = []
        for _index in range(60):
            for kind in ("keyDown", "keyUp"):
                self._ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab")
            name = self._evaluate(
                "document.activeElement.name || document.activeElement.className || ''"
            )
            if not order or order[-1] != name:
                order.append(name)
            if name == "send":
                break
        expected = ("kind", "category", "description", "photos", "demand", "name")
        self.assertEqual([name for name in order if name in expected], [*expected])
        self.assertEqual(order[-1], "send")
        self.assertNotIn("website", order, "the trap for programs")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        self.assertNotEqual(self._evaluate(style), "none", "seen where one is")
