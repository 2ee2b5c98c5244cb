"""The whole way of a complaint, in a browser of the size of a phone."""

import json

from odoo.tests import tagged

from .case_page_common import CasePageHttpCommon
from .test_feedback_point import NO_READER, scan_poster

#: Fills in the form of a button as a person would, with photos from the camera, sends
#: it, and reads what comes back.
SEND = """
(async () => {
    const step = %s;
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 1) {
        throw new Error("wider than the screen by " + wide);
    }
    const button = document.querySelector(step.button);
    const form = button.form;
    for (let detail = button.closest("details"); detail; detail = null) {
        detail.open = true;
    }
    for (const [name, value] of Object.entries(step.values)) {
        const inputs = Array.from(form.querySelectorAll(`[name="${name}"]`));
        const choice = inputs.find((input) => input.value === value);
        if (["radio", "checkbox"].includes(inputs[0].type)) {
            choice.click();
        } else {
            inputs[0].value = value;
        }
    }
    const camera = new DataTransfer();
    for (let number = 0; number < step.photos; number++) {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 80 + number;
        canvas.getContext("2d").fillRect(0, 0, 20, 20);
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
        camera.items.add(new File([blob], `photo${number}.jpg`, {type: blob.type}));
    }
    if (step.photos) {
        form.querySelector("[type=file]").files = camera.files;
    }
    if (!form.checkValidity()) {
        throw new Error("the browser doesn't let the form go");
    }
    const data = new FormData(form, button);
    const address = form.getAttribute("action");
    const answer = await fetch(address, {method: "POST", body: data});
    const html = await answer.text();
    if (!answer.ok || !answer.redirected || !html.includes(step.expect)) {
        throw new Error(answer.status + " " + answer.url + html.slice(-3000));
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install")
class TestUiCasePage(CasePageHttpCommon):
    """Scan, complain with photos, answered, not satisfied, again, satisfied, closed."""

    browser_size = "390x844"
    touch_enabled = True

    @NO_READER
    def test_english(self):
        self._journey("en_US", "Where it stands")

    @NO_READER
    def test_chinese(self):
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["complaint_management"], ["zh_CN"])
        self._journey("zh_CN", "我们的答复")

    def _journey(self, lang, words):
        """Go the whole way in the language ``lang``, in which pages say ``words``."""
        self.lang = lang
        known = self._get_cases()
        values = {"description": "刹车又响了", "email": "wang@customer.example"}
        values["category"] = str(self.brakes.id)
        values["kind"] = str(self.kind_complaint.id)
        path = scan_poster(self.point)
        self._step(path, ".send", values, "C", photos=2)
        case = self._get_cases() - known
        self.assertEqual(len(self._get_photos(case)), 2)
        self.page = f"/c/s/{self.accesses._issue(case)}"
        self._accept(case)
        self._act_on(case, "message", "雨天更响", photos=1)
        self.assertEqual(len(case.page_message_ids.attachment_ids), 1)
        self._send("周一请来店里", case=case)
        self._answer(case)
        reason = {"reason": str(self.unhappy.id)}
        self._act_on(case, "dissatisfied", "还是响", **reason)
        self.assertEqual(case.round_number, 2)
        self._accept(case)
        self._answer(case, "<p>更换刹车盘</p>")
        self._act_on(case, "satisfied")
        self.assertEqual(case.satisfaction, "satisfied")
        self._close(case, user=self.handler)
        self.assertEqual(case.result, "settled")
        html = self._open(f"{self.page}?lang={lang}").text
        self.assertIn(words, html)
        pictures = self._get_tree(self._open(self.page)).xpath("//article//img/@src")
        self.assertEqual(len(pictures), 3, "those of the form, and of the message")
        for picture in pictures:
            self.assertEqual(self.url_open(picture).status_code, 200)
        for said in ("刹车又响了", "雨天更响", "周一请来店里", "还是响", "更换刹车盘"):
            self.assertIn(said, html)

    def _accept(self, case):
        """Let ``handler`` lead the case."""
        lead = case.lead_assignment_id
        if case.handler_id != self.handler or lead.state != "accepted":
            case.with_user(self.office).handler_id = self.handler
            case.with_user(self.handler).action_accept()

    def _get_photos(self, case):
        domain = [("res_model", "=", case._name), ("res_id", "=", case.id)]
        return self.env["ir.attachment"].search(domain)

    def _act_on(self, case, action, text=None, photos=0, **values):
        form = f"form:has([value={action}])"
        button = f"{form} button" if action != "satisfied" else "[value=satisfied]"
        values |= {"text": text} if text else {}
        self._step(self.page, button, values, text or case.name, photos)

    def _step(self, url, button, values, expect, photos=0):
        step = {
            "button": button,
            "values": values,
            "expect": expect,
            "photos": photos,
        }
        self.browser_js(f"{url}?lang={self.lang}", SEND % json.dumps(step))
        self.env.invalidate_all()
