"""The page of a case as a phone opens it: content, forms, attacks."""

import re
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..tools.token import make_token
from .case_page_common import CasePageHttpCommon
from .test_feedback_upload import make_image, make_png_bomb

SCRIPT = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestCasePageContent(CasePageHttpCommon):
    """What the page tells, and what it keeps to itself."""

    def test_lean_and_accessible(self):
        self._offer()
        self._answer()
        self._send()
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertLess(len(response.content), 60_000)
        self.assertFalse(response.cookies.get("session_id"))
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(response.headers["X-Frame-Options"], "DENY")
        self.assertIn("no-cache", response.headers["Cache-Control"])
        self.assertEqual(response.headers["Referrer-Policy"], "same-origin")
        tree = self._get_tree(response)
        loaded = tree.xpath("//link[not(starts-with(@href, 'data:'))] | //script[@src]")
        self.assertFalse([*loaded, *tree.xpath("//iframe")])
        ids = tree.xpath("//@id")
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(len(tree.xpath("//h1")), 1)
        fields = tree.xpath("//input[not(@type='hidden')] | //textarea | //select")
        self.assertGreater(len(fields), 6)
        for field in fields:
            labels = tree.xpath(f"//label[@for='{field.get('id')}']")
            self.assertTrue(labels or field.xpath("ancestor::label"), field.items())
            for name in (field.get("aria-describedby") or "").split():
                self.assertIn(name, ids)
        levels = [int(row.tag[1]) for row in tree.xpath("//h1 | //h2 | //h3")]
        for before, after in zip(levels, levels[1:], strict=False):
            self.assertLessEqual(after, before + 1, "no level of headings is left out")
        for button in tree.xpath("//button"):
            self.assertTrue(button.text_content().strip())

    def test_languages(self):
        tree = self._get_tree(self._open(**{"Accept-Language": "zh-CN"}))
        self.assertEqual(tree.get("lang"), "zh-CN")
        self.assertTrue(all("lang=zh_CN" in a for a in tree.xpath("//form/@action")))
        self.env["res.lang"]._activate_lang("ar_001")
        tree = self._get_tree(self._open(f"{self.url}?lang=ar_001"))
        self.assertEqual(tree.get("dir"), "rtl")

    def test_get_changes_nothing(self):
        self._offer()
        self._send()
        letter = self._create_letter()
        self._open()
        before = self._count_rows()
        for path in (
            self.url,
            f"{self.url}?done=message",
            f"{self.url}?action=withdraw&reason={self.why.id}&confirm=1",
            f"{self.url}?action=satisfied",
            f"{self.url}/file/{letter.attachment_id.id}",
            "/c/s",
            f"/c/s?number={self.case.name}&phrase=x",
        ):
            self._open(path)
            self.url_open(path, method="HEAD")
        self.env.invalidate_all()
        self.assertEqual(self._count_rows(), before)
        self.assertEqual(self.url_open(f"{self.url}/seen").status_code, 405)

    def test_seen_by_the_page_itself(self):
        row = self._send()
        seen = self._get_tree(self._open()).xpath("//body/@data-seen")[0]
        self.assertFalse(row.seen_at)
        self.assertEqual(self.url_open(seen, method="POST").status_code, 204)
        self.env.invalidate_all()
        self.assertTrue(row.seen_at)
        self.assertTrue(self.case.page_seen_at)

    def test_never_what_is_internal(self):
        secrets = {
            "note": self.case.message_post(body="Internal: he lies"),
            "comment": self.case.message_post(
                body="Internal: word",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            ),
        }
        self.assertTrue(secrets)
        answer = self.env["complaint.answer"].with_user(self.handler)
        answer.create({"complaint_id": self.case.id, "text": "Internal: draft"})
        self._create_letter(name="L/2", state="draft", subject="Internal: draft")
        proposed = self._propose()
        proposed.description = "Internal: proposal"
        self._send("For you")
        self.party.write({"phone": "13911112222"})
        text = self._open().text
        for word in ("Internal", "Wang Fang", "1391111", "customer.example"):
            self.assertNotIn(word, text)
        for user in (self.handler, self.office, self.registrar):
            self.assertNotIn(user.name, text)
        self.assertIn("For you", text)
        self.assertIn("The brakes squeal.", text)

    def test_dates(self):
        clock = self.env["complaint.deadline"].create(
            {
                "complaint_id": self.case.id,
                "policy_id": self.policy.id,
                "name": "Our answer",
                "kind": "due",
                "end_event": "answered",
                "promised": True,
                "extension_count": 1,
                "delay": 5,
                "delay_unit": "days",
                "started_at": self.now,
                "due_at": self.now + timedelta(days=5),
            }
        )
        self.env["complaint.deadline.log"].create(
            {
                "deadline_id": clock.id,
                "type": "extended",
                "old_due_at": self.now + timedelta(days=2),
                "due_at": clock.due_at,
            }
        )
        internal = clock.copy({"promised": False, "name": "Internal"})
        self.assertTrue(internal)
        text = self._get_text(self._open())
        self.assertIn("Our answer", text)
        self.assertRegex(text, r"Extended;\s+it was")
        self.assertNotIn("Internal", text)
        self.assertNotIn("We are late", text)
        clock.write({"due_at": self.now - timedelta(days=1), "state": "missed"})
        self.assertIn("We are late", self._get_text(self._open()))

    def test_letters_of_who_looks(self):
        letter = self._create_letter()
        other = self.env["complaint.party"].create(
            {"complaint_id": self.case.id, "name": "Li Na", "type": "complainant"}
        )
        others = self._create_letter(other, name="L/7", subject="To Li Na")
        html = self._open().text
        self.assertIn("Our decision", html)
        self.assertNotIn("To Li Na", html)
        file = self.url_open(f"{self.url}/file/{letter.attachment_id.id}")
        self.assertEqual(file.content, b"%PDF-1.4 our letter %%EOF")
        self.assertIn("attachment", file.headers["Content-Disposition"])
        self.assertIn("sandbox", file.headers["Content-Security-Policy"])
        self.assertEqual(file.headers["X-Content-Type-Options"], "nosniff")
        denied = self.url_open(f"{self.url}/file/{others.attachment_id.id}")
        self.assertEqual(denied.status_code, 404)

    def test_stored_script(self):
        """Nothing that anybody typed becomes a part of the page."""
        self.case.write({"subject": SCRIPT, "demand": SCRIPT, "description": SCRIPT})
        self.case.point_ids = [Command.create({"name": SCRIPT, "answer": SCRIPT})]
        self._act("message", text=SCRIPT)
        self._send(SCRIPT)
        self._offer().description = SCRIPT
        self._answer(text=SCRIPT)
        self._create_letter(subject=SCRIPT)
        self.policy.public_thanks = SCRIPT
        self.unhappy.name = SCRIPT
        response = self._act("message", text="", photos=SCRIPT)
        for answer in (self._open(), response):
            tree = self._get_tree(answer)
            self.assertFalse(tree.xpath("//img[@onerror] | //*[@src='x'][@onerror]"))
            self.assertEqual(len(tree.xpath("//script")), 1)
            self.assertFalse(tree.xpath("//main//script"))
        # what staff read
        notes = self.case.message_ids.mapped("body")
        self.assertFalse(any("<script" in note or "<img" in note for note in notes))

    def test_queries(self):
        for _index in range(3):
            self._act("message", text=f"Message {_index}")
        self._open()
        self.env.flush_all()
        before = self.cr.sql_log_count
        self._open()
        few = self.cr.sql_log_count - before
        for index in range(12):
            self.messages._take(self.case, text=f"More {index}", via="page")
            self._create_letter(name=f"L/{index}")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._open()
        many = self.cr.sql_log_count - before
        self.assertLess(many, 75, "queries of the whole page")
        self.assertLess(many - few, 12, "further entries cost next to nothing")


@tagged("post_install", "-at_install")
class TestCasePageForms(CasePageHttpCommon):
    """What is sent from the page."""

    def test_message_with_photos(self):
        photo = make_image()
        response = self._act("message", text="See", files=self._photos(photo, photo))
        row = self._assert_done(response, "message")
        self.assertEqual(len(row.attachment_ids), 2)
        self.assertEqual(row.party_id, self.party)
        tree = self._get_tree(self._open(response.headers["Location"]))
        self.assertIn("We have received your message", tree.text_content())
        self.assertEqual(tree.xpath("//*[@id='summary']/@role"), ["status"])
        links = tree.xpath("//article//a/@href")
        self.assertEqual(len(links), 2)
        file = self.url_open(links[0])
        self.assertEqual(file.headers["Content-Type"], "image/jpeg")
        self.assertIn("attachment", file.headers["Content-Disposition"])

    def test_bad_files(self):
        for content in (
            make_png_bomb(20_000, 20_000),
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<html><script>alert(1)</script></html>",
            b"GIF89a <script>",
        ):
            response = self._act("message", text="Keep me", files=self._photos(content))
            self.assertEqual(response.status_code, 422)
            self.assertIn("Keep me", response.text)
        response = self._act("message", text="x", files=self._photos(*[b"x"] * 6))
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.case.page_message_ids)

    def test_files_of_staff_are_never_pages(self):
        files = self.env["ir.attachment"].with_user(self.handler)
        file = files.create({"name": "x.html", "raw": SCRIPT.encode()})
        file.sudo().mimetype = "text/html"
        self._send(attachment_ids=[Command.set(file.ids)])
        response = self.url_open(f"{self.url}/file/{file.id}")
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_twice_is_once(self):
        key = self._key()
        first = self._act("message", form_key=key, text="Once")
        again = self._act("message", form_key=key, text="Once")
        self._assert_done(again, "message")
        self.assertEqual(first.headers["Location"], again.headers["Location"])
        self.assertEqual(self.case.page_message_count, 1)
        # Back in the browser, something else is written: that is something else.
        self._act("message", form_key=key, text="Another")
        self.assertEqual(self.case.page_message_count, 2)

    def test_remedy(self):
        remedy = self._offer()
        key = self._key()
        values = {"remedy": str(remedy.id), "answer": "accepted", "form_key": key}
        self._assert_done(self._act("remedy", **values), "remedy")
        self.assertEqual(remedy.state, "accepted")
        self._assert_done(self._act("remedy", **values), "remedy")
        response = self._act("remedy", remedy=str(remedy.id), answer="refused")
        self.assertEqual(response.status_code, 422)
        self.assertEqual(remedy.state, "accepted")
        self.assertIn("agreed, we see to it", self._get_text(self._open()))

    def test_remedy_of_another_case(self):
        other = self._create_accepted()
        remedy = self._offer(case=other)
        response = self._act("remedy", remedy=str(remedy.id), answer="accepted")
        self.assertEqual(response.status_code, 422)
        self.assertEqual(remedy.state, "offered")

    def test_satisfied(self):
        self._answer()
        self._assert_done(self._act("satisfied"), "satisfied")
        self.assertEqual(self.case.satisfaction, "satisfied")
        self.assertEqual(self._act("satisfied").status_code, 422)

    def test_not_satisfied(self):
        self._answer()
        response = self._act("dissatisfied", text="Keep what I typed")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Keep what I typed", response.text)
        self.assertTrue(self._get_tree(response).xpath("//details[@open]"))
        response = self._act(
            "dissatisfied", reason=str(self.unhappy.id), text="It squeals"
        )
        self._assert_done(response, "dissatisfied")
        self.assertEqual(self.case.round_number, 2)
        for reason in ("x", "999999999999", str(self.why.id), ""):
            self.assertEqual(self._act("dissatisfied", reason=reason).status_code, 422)

    def test_withdraw(self):
        reason = str(self.why.id)
        self.assertEqual(self._act("withdraw", reason=reason).status_code, 422)
        self._assert_done(self._act("withdraw", reason=reason, confirm="1"), "withdraw")
        self.assertTrue(self.case.is_closed)
        self.assertNotIn('value="withdraw"', self._open().text)

    def test_only_what_the_policy_offers(self):
        self._offer()
        self._answer()
        names = ("messages", "remedies", "satisfaction", "withdrawal")
        self.policy.write({f"page_{name}": False for name in names})
        self.assertFalse(self._get_tree(self._open()).xpath("//form"))

    def test_key_and_origin(self):
        other = self.accesses._issue(self._create_accepted())
        foreign = {"Origin": "https://evil.example"}
        for values in (
            {"form_key": "x"},
            {"form_key": self._key(f"/c/s/{other}")},
            {"form_key": self._get_key(self._open(f"/c/{self.link.token}").text)},
        ):
            self.assertEqual(self._act("message", text="x", **values).status_code, 422)
        for headers in (foreign, {"Sec-Fetch-Site": "cross-site"}):
            response = self._act("message", text="x", headers=headers)
            self.assertEqual(response.status_code, 403)
        for action in ("", "unlink", "__class__", "_take_message"):
            self.assertEqual(self._act(action, text="x").status_code, 422)
        self.assertFalse(self.case.page_message_ids)

    def test_limits_are_settings(self):
        """Each of them holds, until it is 0: then there is none."""
        settings = self.env["res.config.settings"]
        sent = 0
        for subject in ("address_short", "address_day", "case_short", "case_day"):
            with self.subTest(subject):
                name = f"complaint_limit_message_{subject}"
                settings.create({name: sent + 1}).set_values()
                self.assertEqual(settings.get_values()[name], sent + 1)
                self._assert_done(self._act("message", text=f"{sent}"), "message")
                self.assertEqual(self._act("message", text="x").status_code, 429)
                settings.create({name: 0}).set_values()
                self._assert_done(self._act("message", text=f"{sent}+"), "message")
                sent += 2

    def test_limits(self):
        for index in range(10):
            self._assert_done(self._act("message", text=str(index)), "message")
        response = self._act("message", text="Keep me")
        self.assertEqual(response.status_code, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.assertIn("Keep me", response.text)

    def test_preview_by_staff(self):
        self._offer()
        self._create_letter()
        wizard = self.env["complaint.case.link"].with_user(self.handler)
        url = wizard.create({"complaint_id": self.case.id}).action_preview()["url"]
        row = self._send()
        response = self._open(url)
        tree = self._get_tree(response)
        self.assertFalse(tree.xpath("//form"))
        self.assertFalse(tree.xpath("//body/@data-seen"))
        self.assertNotIn("Our decision", response.text)
        response = self._act("message", url, form_key=self._key(), text="x")
        self.assertEqual(response.status_code, 422)
        self.url_open(f"{url}/seen", method="POST")
        self.env.invalidate_all()
        self.assertFalse(row.seen_at)
        self.assertEqual(len(self.case.page_message_ids), 1)

    def test_handed_out_link_is_told(self):
        wizard = self.env["complaint.case.link"].with_user(self.handler)
        wizard = wizard.create({"complaint_id": self.case.id})
        wizard.action_hand_out()
        self._act("message", "/c/s/" + wizard.url.split("/")[-1], text="Hello")
        self.assertEqual(self.case.page_message_ids.link_by_id, self.handler)


@tagged("post_install", "-at_install")
class TestCasePageToken(CasePageHttpCommon):
    """Tokens, numbers and phrases."""

    def test_ended_tokens_answer_the_same(self):
        past = self._now() - timedelta(days=1)
        revoked = self.accesses._issue(self.case)
        self.accesses.search([], order="id desc", limit=1).revoked_at = past
        archived = self._create_accepted()
        tokens = [
            revoked,
            self.accesses._issue(self.case, expires_at=past),
            self.accesses._issue(archived),
            make_token(),
            "x",
            "%00",
            "字" * 22,
        ]
        archived.active = False
        file = self._create_letter().attachment_id
        bodies = set()
        for token in tokens:
            for response in (
                self._open(f"/c/s/{token}"),
                self._open(f"/c/s/{token}/file/{file.id}"),
                self._act("message", f"/c/s/{token}", form_key="x", text="x"),
            ):
                self.assertEqual(response.status_code, 404)
                bodies.add(re.sub(r'nonce="[^"]+"|href="[^"]+"', "", response.text))
        self.assertEqual(len(bodies), 1)

    def test_long_closed(self):
        self._close(self.case)
        self.case.closed_at = self._now() - timedelta(days=40)
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self._get_tree(response).xpath("//form"))
        self.case.closed_at = self._now() - timedelta(days=200)
        self.assertEqual(self._open().status_code, 404)

    def test_number_and_phrase(self):
        self.accesses._set_phrase(self.case, "blue horse 7")
        response = self._open_by_phrase(self.case.name, "Blue Horse 7")
        self.assertEqual(response.status_code, 303)
        location = response.headers["Location"]
        self.assertIn(self.case.name, self._open(location).text)
        self.assertFalse(response.cookies.get("session_id"))
        access = self.accesses.search([], order="id desc", limit=1)
        self.assertLess(access.expires_at, self._now() + timedelta(hours=3))
        access.expires_at = self._now() - timedelta(minutes=1)
        self.assertEqual(self._open(location).status_code, 404)

    def test_wrong_phrase(self):
        self.accesses._set_phrase(self.case, "blue horse 7")
        texts = set()
        for number, phrase in (
            (self.case.name, "red horse 7"),
            ("NO/2026/1", "blue horse 7"),
            ("", ""),
        ):
            response = self._open_by_phrase(number, phrase)
            self.assertEqual(response.status_code, 422)
            body = re.sub(r'nonce="[^"]+"|value="[^"]*"', "", response.text)
            texts.add(body)
        self.assertEqual(len(texts), 1)

    def test_phrases_are_not_guessed(self):
        self.accesses._set_phrase(self.case, "blue horse 7")
        for _index in range(10):
            self._open_by_phrase(self.case.name, "wrong phrase")
        response = self._open_by_phrase(self.case.name, "blue horse 7")
        self.assertEqual(response.status_code, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.env["complaint.case.attempt"].search([]).tried_at = (
            self._now() - timedelta(hours=2)
        )
        response = self._open_by_phrase(self.case.name, "blue horse 7")
        self.assertEqual(response.status_code, 303)

    def test_guesses_are_limited_by_the_settings(self):
        """Per address and per number, whether there is such a case or not."""
        for name, tried in (
            ("phrase_address_short", self.case.name),
            ("phrase_address_day", self.case.name),
            ("phrase_number_hour", "NO/2026/1"),
        ):
            with self.subTest(name):
                self.env["complaint.case.attempt"].search([]).unlink()
                parameter = f"complaint_management.limit_{name}"
                self.env["ir.config_parameter"].set_param(parameter, "2")
                statuses = [
                    self._open_by_phrase(tried, "wrong phrase").status_code
                    for _index in range(3)
                ]
                self.assertEqual(statuses, [422, 422, 429])
                self.env["ir.config_parameter"].set_param(parameter, "0")
                response = self._open_by_phrase(tried, "wrong phrase")
                self.assertEqual(response.status_code, 422, "no limit")

    def test_foreign_origin(self):
        self.accesses._set_phrase(self.case, "blue horse 7")
        response = self._open_by_phrase(
            self.case.name, "blue horse 7", Origin="https://evil.example"
        )
        self.assertEqual(response.status_code, 403)

    def _open_by_phrase(self, number, phrase, **headers):
        return self.url_open(
            "/c/s",
            data={"number": number, "phrase": phrase},
            headers={"Accept-Language": "en-US", **headers},
            allow_redirects=False,
        )
