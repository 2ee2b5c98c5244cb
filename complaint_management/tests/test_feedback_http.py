import re
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import config, mute_logger
from odoo.tools.misc import file_open

from ..models.complaint_feedback_guard import KEY_AGE
from ..tools.token import make_token
from .feedback_common import CONTROLLER, FeedbackHttpCommon
from .test_feedback_upload import make_image, make_png_bomb

SCRIPT = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestFeedbackPage(FeedbackHttpCommon):
    """The page itself: small, complete, readable by everybody."""

    def test_lean(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertLess(len(response.content), 60_000)
        tree = self._get_tree(response)
        # nothing else is loaded
        self.assertFalse(tree.xpath("//iframe | //*[@src]"))
        self.assertEqual(tree.xpath("//link/@href"), ["data:,"])
        self.assertNotIn("url(", response.text)
        self.assertFalse(response.cookies.get("session_id"))
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertIn("frame-ancestors 'none'", policy)

    def test_old_telephones(self):
        """Nothing that a telephone of ten years ago doesn't understand."""
        new_css = re.compile(
            r"(^|[ {;])inset|:has\(|:is\(|:where\(|aspect-ratio|clamp\(|min\(|max\(|&|"
            r"@layer|@container|oklch|color-mix|dvh|svh"
        )
        new_js = re.compile(
            r"=>|`|\basync\b|\bawait\b|\?\.|\?\?|\*\*|\.\.\.|\bfetch\(|\bclass\b|"
            r"\.includes\(|\.padStart|Object\.(entries|values)|\.append\(|\.closest\("
        )
        # What stands in a condition that old ones don't know, they leave out.
        asked = re.compile(r"@supports selector[^{]*\{([^{}]*\{[^{}]*\})*\s*\}")
        for line in asked.sub("", self._get_source("css")).splitlines():
            # One column on a screen that is too narrow for two is no harm.
            self.assertFalse(new_css.search(line.replace("minmax(", "")), line)
        for line in self._get_source("js").splitlines():
            self.assertFalse(new_js.search(line.split("//")[0]), line)

    def _get_source(self, kind):
        path = f"complaint_management/static/src/public/feedback_form.{kind}"
        with file_open(path) as file:
            return file.read()

    def test_accessible(self):
        self.policy.action_load_form_fields()
        self.policy.complaint_properties_definition = [
            {"name": "plate", "string": "Plate", "type": "char"},
            {
                "name": "colour",
                "string": "Colour",
                "type": "selection",
                "selection": [["red", "Red"], ["blue", "Blue"]],
            },
        ]
        for element in ("occurred_at", "place", "confidential"):
            self._create_item("complaint.form.field", element, element=element)
        for name in ("plate", "colour"):
            self._create_item(
                "complaint.form.field", name, element="property", property_name=name
            )
        wrong = self._prepare(description="", email="x", phone="1", occurred_at="x")
        for response in (self._open(), self._send(wrong)):
            tree = self._get_tree(response)
            self.assertEqual(tree.get("lang"), "en-US")
            self.assertEqual(tree.get("dir"), "ltr")
            self.assertEqual(len(tree.xpath("//h1")), 1)
            ids = tree.xpath("//@id")
            self.assertEqual(len(ids), len(set(ids)))
            fields = tree.xpath("//input[not(@type='hidden')] | //textarea | //select")
            self.assertGreater(len(fields), 12)
            for field in fields:
                labels = tree.xpath(f"//label[@for='{field.get('id')}']")
                around = field.xpath("ancestor::label")
                self.assertTrue(labels or around, field.get("name"))
                for name in (field.get("aria-describedby") or "").split():
                    self.assertIn(name, ids)
            for group in tree.xpath("//fieldset"):
                self.assertTrue(group.xpath("./legend"))
            for link in tree.xpath("//a[starts-with(@href, '#')]/@href"):
                self.assertIn(link[1:], ids)
        summary = tree.xpath("//*[@id='summary']")[0]
        self.assertEqual(summary.get("role"), "alert")
        self.assertEqual(summary.get("tabindex"), "-1")
        self.assertGreaterEqual(len(summary.xpath(".//a")), 4)
        self.assertEqual(len(tree.xpath("//*[@aria-invalid='true']")), 4)

    def test_languages(self):
        tree = self._get_tree(self._open(**{"Accept-Language": "zh-CN,zh;q=0.9"}))
        self.assertEqual(tree.get("lang"), "zh-CN")
        self.assertIn("lang=zh_CN", tree.xpath("//form/@action")[0])
        tree = self._get_tree(self._open(**{"Accept-Language": "xx,zh-TW;q=0.8"}))
        self.assertEqual(tree.get("lang"), "zh-CN", "the nearest one")
        tree = self._get_tree(self._open(f"{self.url}?lang=zh_CN"))
        self.assertEqual(tree.get("lang"), "zh-CN", "chosen")
        other = tree.xpath("//nav//a/@href")
        self.assertEqual(len(other), 1)
        self.assertIn("lang=en_US", other[0])
        self.env["res.lang"]._activate_lang("ar_001")
        tree = self._get_tree(self._open(f"{self.url}?lang=ar_001"))
        self.assertEqual(tree.get("dir"), "rtl")

    def test_get_changes_nothing(self):
        self._open()
        before = self._count_rows()
        self._open()
        self._open(f"{self.url}?form=1")
        self.url_open(self.url, method="HEAD")
        self._open(f"{self.url}/thanks")
        self._open("/c/unknown")
        self.assertEqual(self._count_rows(), before)

    def test_scans(self):
        seen = self._get_tree(self._open()).xpath("//body/@data-seen")[0]
        self.assertEqual(self.point.scan_count, 0, "opening the page counts nothing")
        self.assertEqual(self.url_open(seen, method="POST").status_code, 204)
        self.assertEqual(self.url_open("/c/x/seen", method="POST").status_code, 204)
        self.assertEqual(self.url_open(seen, method="GET").status_code, 405)
        self._set_limit("scans", 3)
        for _index in range(5):
            self.url_open(seen, method="POST")
        self.env.invalidate_all()
        self.assertEqual(self.point.scan_count, 3)

    def test_unknown_codes_answer_the_same(self):
        """Unknown, expired, revoked, archived, misspelt: the same page."""
        ended = self.env["complaint.feedback.link"].create(
            [
                {"point_id": self.point.id, "expires_at": "2020-01-01 00:00:00"},
                {"point_id": self.point.id, "revoked_at": "2020-01-01 00:00:00"},
                {"point_id": self.point.copy({"active": False}).id},
            ]
        )
        tokens = [*ended.mapped("token"), make_token(), "x", "%00", "字" * 22]
        answers = set()
        for token in tokens:
            for response in (
                self._open(f"/c/{token}"),
                self._open(f"/c/{token}?form=1"),
                self._open(f"/c/{token}/thanks"),
                self._open(f"/c/s/{token}"),
                self._send(url=f"/c/{token}", form_key="x"),
            ):
                self.assertEqual(response.status_code, 404)
                body = re.sub(r'nonce="[^"]+"|href="[^"]+"', "", response.text)
                answers.add(body)
        self.assertEqual(len(answers), 1)
        self.assertFalse(self._get_cases())

    def test_told_is_not_asked(self):
        self.assertIn('name="category"', self._open().text)
        self.point.write(
            {"category_id": self.price.id, "kind_id": self.kind_complaint.id}
        )
        html = self._open().text
        self.assertNotIn('name="category"', html)
        self.assertNotIn('name="kind"', html)
        case = self._assert_taken(
            self._send(kind=str(self.kind_suggestion.id), place="Elsewhere")
        )
        self.assertEqual(case.category_id, self.price)
        self.assertEqual(case.kind_id, self.kind_complaint)
        self.assertEqual(case.place, "Service Counter")
        self.assertEqual(case.origin_department_id, self.sales)

    def test_not_for_the_public(self):
        """Kinds and categories of staff aren't offered, nor taken."""
        self.kind_suggestion.on_public_form = False
        self.price.on_public_form = False
        html = self._open().text
        for row, name in ((self.kind_suggestion, "kind"), (self.price, "category")):
            self.assertNotIn(f'name="{name}" value="{row.id}"', html)
            self._assert_returned(self._send(**{name: str(row.id)}), "choose")

    def test_questions_of_the_policy(self):
        """Order, words, what must be answered, and extra fields."""
        self.policy.complaint_properties_definition = [
            {"name": "plate", "string": "Plate", "type": "char"},
            {"name": "km", "string": "Mileage", "type": "integer"},
            {"name": "day", "string": "Day", "type": "date"},
            {"name": "owner", "string": "Owner", "type": "many2one"},
        ]
        for code, values in (
            ("description", {"name": "Tell your story", "help_text": "Short"}),
            ("km", {"element": "property", "property_name": "km", "is_required": True}),
            ("plate", {"element": "property", "property_name": "plate"}),
            ("day", {"element": "property", "property_name": "day"}),
            ("owner", {"element": "property", "property_name": "owner"}),
        ):
            self._create_item(
                "complaint.form.field", code, **{"element": code, **values}
            )
        html = self._open().text
        self.assertLess(html.index("Tell your story"), html.index("property_km"))
        for name in ("photos", "category", "phone", "property_owner"):
            self.assertNotIn(f'name="{name}"', html)
        data = {
            "form_key": self._get_key(),
            "description": "The brakes squeal.\nStill.",
        }
        self._assert_returned(self._send(data), "Please answer this")
        for wrong in ("x", "1.5", "9" * 20, "nan", "inf", "1e400"):
            self._assert_returned(self._send(data, property_km=wrong), "number")
        self._assert_returned(
            self._send(data, property_km="7", property_day="2026-02-31"), "date"
        )
        case = self._assert_taken(
            self._send(
                data,
                property_km="7",
                property_plate="辽B 12345",
                property_day="2026-11-20",
                property_owner="1",
                property_nonsense="1",
                active="",
                severity_id="1",
            )
        )
        properties = {
            row["name"]: row.get("value")
            for row in case.read(["properties"])[0]["properties"]
        }
        self.assertEqual(properties["km"], 7)
        self.assertEqual(properties["plate"], "辽B 12345")
        self.assertEqual(str(properties["day"]), "2026-11-20")
        self.assertFalse(properties["owner"])
        self.assertTrue(case.active)


@tagged("post_install", "-at_install")
class TestFeedbackSubmit(FeedbackHttpCommon):
    """A form makes one whole case, and nothing else gets in."""

    def test_whole_case(self):
        self.policy.acknowledgement_template_id = self.env.ref(
            "complaint_management.mail_template_complaint_acknowledgement"
        )
        self._create_item(
            "complaint.deadline.rule",
            "answer",
            promised=True,
            delay=3,
            delay_unit="days",
            end_event="answered",
        )
        response = self._send(files=self._photos(make_image(), make_image("PNG")))
        case = self._assert_taken(response)
        self.assertRecordValues(
            case,
            [
                {
                    "policy_id": self.policy.id,
                    "kind_id": self.kind_complaint.id,
                    "category_id": self.brakes.id,
                    "channel_id": self.env.ref(
                        "complaint_management.complaint_channel_qr"
                    ).id,
                    "subject": "The brakes squeal. Still.",
                    "description": "<p>The brakes squeal.<br>Still.</p>",
                    "demand": "New brakes",
                    "place": "Service Counter",
                    "form": "written",
                    "complainant_name": "Wang Fang",
                    "registered_by_id": False,
                    "responsible_id": self.office.id,
                    "department_id": self.service.id,
                    "origin_department_id": self.sales.id,
                    "feedback_link_id": self.link.id,
                    "feedback_point_id": self.point.id,
                }
            ],
        )
        self.assertRecordValues(
            case.party_ids,
            [{"name": "Wang Fang", "phone": "139 0000 1111", "lang": "en_US"}],
        )
        self._acknowledge()
        mail = self.env["mail.mail"].search(
            [("model", "=", "complaint.party"), ("res_id", "in", case.party_ids.ids)]
        )
        self.assertEqual(mail.state, "outgoing")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.complaint"), ("res_id", "=", case.id)],
            order="id",
        )
        self.assertEqual(files.mapped("mimetype"), ["image/jpeg", "image/png"])
        self.assertFalse(any(files.mapped("public")))
        self.assertNotIn("photo0", " ".join(files.mapped("name")))
        clock = case.deadline_ids
        self.assertEqual(clock.state, "running")
        page = self._open(response.headers["Location"])
        self.assertEqual(page.status_code, 200)
        self.assertIn(case.name, page.text)
        self.assertIn("We have received it", page.text)
        local = clock.due_at + timedelta(hours=8)
        self.assertIn(f"{local:%H:%M}", page.text, "the time of the place")
        self.assertIn("data:image/svg+xml", page.text)
        self.assertNotIn("Wang Fang", page.text)
        self.assertLess(len(page.content), 60_000)

    def test_department_leads(self):
        self.point.department_leads = True
        case = self._assert_taken(self._send())
        self.assertEqual(case.department_id, self.sales)

    def test_sent_twice(self):
        """A double tap, or a lost connection and photos again: one case."""
        data = self._prepare()
        photos = self._photos(make_image())
        first = self._send(data, files=photos)
        case = self._assert_taken(first)
        for files in (photos, None):
            again = self._send(data, files=files, description="Changed")
            self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(self._get_cases(), case)
        self.assertEqual(case.description, "<p>The brakes squeal.<br>Still.</p>")
        self._assert_taken(self._send())
        self.assertEqual(len(self._get_cases()), 2, "another form is another case")

    def test_retried_by_the_database(self):
        """After a conflict the whole request runs again, with all photos."""
        intake = type(self.env["complaint.feedback.intake"])
        take, calls = intake._take, []

        def conflict_at_first(self, link, answers, uploads, token):
            calls.append(len(uploads))
            if len(calls) == 1:
                raise ConcurrencyError("for the test")
            return take(self, link, answers, uploads, token)

        photos = self._photos(make_image(), make_image(), make_image())
        with (
            patch.object(intake, "_take", conflict_at_first),
            patch("odoo.service.model.time.sleep"),
        ):
            self._assert_taken(self._send(files=photos))
        self.assertEqual(calls, [3, 3])
        self.assertEqual(len(self._get_cases()), 1)

    def test_unnamed(self):
        data = self._prepare(anonymous="1", phrase="My blue  car!")
        case = self._assert_taken(self._send(data))
        self.assertEqual(case.identity, "anonymous")
        self.assertFalse(case.party_ids)
        access = self.env["complaint.public.access"]
        self.assertEqual(access._find_by_phrase(case.name, "my BLUE car"), case)
        for number, phrase in ((case.name, "my red car"), ("DM/1", "my blue car")):
            self.assertFalse(access._find_by_phrase(number, phrase))
        rows = access.search([("complaint_id", "=", case.id)])
        self.assertNotIn("blue", str(rows.read()).lower())
        self._assert_taken_nothing_more(case)

    def _assert_taken_nothing_more(self, case):
        response = self._send(anonymous="1", phrase="abc")
        self.assertEqual(response.status_code, 422)
        self.assertIn("at least 6", response.text)
        self.assertEqual(self._get_cases(), case)

    def test_reachable(self):
        nothing = {"name": None, "phone": None, "email": None}
        self._assert_returned(self._send(**nothing), "How may we reach you")
        self._assert_returned(self._send(**{**nothing, "name": "Wang"}), "reach you")
        self._assert_returned(self._send(email="nobody"), "isn't an e-mail")
        self._assert_returned(self._send(phone="12"), "isn't a telephone")
        self.policy.anonymous_allowed = False
        self.assertNotIn('name="anonymous"', self._open().text)
        self._assert_returned(self._send(anonymous="1", **nothing), "reach you")
        self._assert_taken(self._send(**{**nothing, "phone": "13900001111"}))

    def test_nothing_of_the_client_is_trusted(self):
        other = self.policy.copy()
        foreign = {
            "kind": [str(other.kind_ids[0].id), "0", "-1", "x", "1e9", "9" * 40],
            "category": [str(other.category_ids[0].id), "0", "x", "\x00"],
        }
        for name, values in foreign.items():
            for value in values:
                self._assert_returned(self._send(**{name: value}), "choose")

    def test_stars(self):
        self.policy.write({"public_stars": True, "public_stars_happy": "4"})
        page = self._open()
        self.assertNotIn("<textarea", page.text)
        response = self._send({"form_key": self._get_key(page.text), "stars": "5"})
        self.assertIn("/thanks", response.headers["Location"])
        self.assertEqual(self._open(response.headers["Location"]).status_code, 200)
        key = self._get_key(self._open().text)
        for _index in range(2):
            response = self._send({"form_key": key, "stars": "2"})
            self.assertIn("form=1", response.headers["Location"])
        self.assertIn("<textarea", self._open(response.headers["Location"]).text)
        self.assertEqual((self.point.rating_count, self.point.rating_avg), (2, 3.5))
        for stars in ("0", "6", "x", "", "⭐"):
            response = self._send({"form_key": key, "stars": stars})
            self.assertEqual(response.status_code, 422)
        self.assertFalse(self._get_cases())

    def test_mail_is_down(self):
        """Nothing is sent before the case is safe, and no mail keeps it from that."""
        template = self.env.ref(
            "complaint_management.mail_template_complaint_acknowledgement"
        )
        self.policy.acknowledgement_template_id = template
        servers = type(self.env["ir.mail_server"])
        with patch.object(servers, "_connect__", side_effect=OSError("down")) as down:
            case = self._assert_taken(self._send())
            self._acknowledge()
        down.assert_not_called()
        mails = self.env["mail.mail"]
        written = [("model", "=", "complaint.party"), ("state", "=", "outgoing")]
        told = [*written, ("res_id", "in", case.party_ids.ids)]
        self.assertEqual(mails.search_count(told), 1)
        template.body_html = """<t t-out="1 / int(object.name != 'Li Na')"/>"""
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            case = self._assert_taken(self._send(name="Li Na"))
            self._acknowledge()
        told = [*written, ("res_id", "in", case.party_ids.ids)]
        self.assertFalse(mails.search_count(told))
        self.assertIn("template is broken", str(case.message_ids.mapped("body")))

    def test_photo_must_be_added(self):
        self.policy.action_load_form_fields()
        self.policy.form_field_ids.filtered(
            lambda row: row.element == "photos"
        ).is_required = True
        self._assert_returned(self._send(), "Please add a photo")
        self._assert_returned(self._send(files=self._photos(b"")), "add a photo")
        self._assert_taken(self._send(files=self._photos(make_image())))

    def test_photos_are_asked_again(self):
        """A browser can't be given its files back: the page says so."""
        wrong = self._send(phone="1", files=self._photos(make_image()))
        self._assert_returned(wrong, "Please add the photos again")
        about = self._get_tree(wrong).xpath("//*[@id='photos']/@aria-describedby")[0]
        self.assertIn("files-lost", about)
        self.assertNotIn("files-lost", self._send(phone="1").text)

    def test_only_a_name(self):
        """Where nothing else is asked, a name makes somebody known."""
        self.policy.anonymous_allowed = False
        for element in ("description", "name"):
            self._create_item("complaint.form.field", element, element=element)
        data = {
            "form_key": self._get_key(),
            "description": "The brakes squeal.\nStill.",
        }
        self._assert_returned(self._send(data), "How may we reach you")
        self._assert_taken(self._send(data, name="Wang Fang"))

    def test_policy_refuses(self):
        """What can't be registered leaves nothing behind, and loses nothing typed."""
        intake = type(self.env["complaint.feedback.intake"])
        take = intake._take

        def fail(self, *args):
            take(self, *args)
            raise ValidationError(self.env._("an inner secret"))

        with patch.object(intake, "_take", fail):
            response = self._send(files=self._photos(make_image()))
        self._assert_returned(response, "couldn't take this in")
        self.assertNotIn("inner secret", response.text)
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", "complaint.complaint"), ("name", "like", "DM")]
            )
        )


@tagged("post_install", "-at_install")
class TestFeedbackAbuse(FeedbackHttpCommon):
    """Programs are kept out, people are asked once more and lose nothing."""

    def test_limits(self):
        for name, wait in (
            ("address_short", 600),
            ("address_hour", 3600),
            ("address_day", 86400),
            ("point_day", 86400),
            ("total_day", 86400),
        ):
            with self.subTest(name), self.cr.savepoint() as savepoint:
                self._set_limit(name, 2)
                for _index in range(2):
                    self._assert_taken(self._send())
                count = len(self._get_cases())
                response = self._send()
                self.assertEqual(response.status_code, 429)
                self.assertEqual(len(self._get_cases()), count)
                retry = int(response.headers["Retry-After"])
                self.assertTrue(wait - 60 < retry <= wait + 1, retry)
                self.assertIn("The brakes squeal.\nStill.", response.text)
                self.assertIn("A lot has been sent", response.text)
                savepoint.rollback()
            self.env.registry.clear_cache()
            self.env.invalidate_all()

    def test_limit_is_over(self):
        self._set_limit("address_short", 1)
        data = self._prepare()
        self._assert_taken(self._send(data))
        self.assertEqual(self._send(data).status_code, 303, "the same form")
        self.assertEqual(self._send().status_code, 429)
        self.env["ir.config_parameter"].set_param(
            "complaint_management.limit_exempt", "10.0.0.0/8, 127.0.0.0/8"
        )
        self._assert_taken(self._send())
        self._set_limit("exempt", "nonsense")
        self.assertEqual(self._send().status_code, 429)
        self._set_limit("address_short", 0)
        self._assert_taken(self._send())

    def test_attempts(self):
        self._set_limit("attempts", 3)
        for _index in range(3):
            self.assertEqual(self._send(description="").status_code, 422)
        self.assertEqual(self._send().status_code, 429)

    def test_addresses(self):
        guard = self.env["complaint.feedback.guard"]
        keys = [
            guard._get_address_key(address)
            for address in (
                "2001:db8:1:2:3:4:5:6",
                "2001:db8:1:2::1",
                "2001:db8:1:3::1",
                "::ffff:192.0.2.1",
                "192.0.2.1",
                "192.0.2.2",
            )
        ]
        self.assertEqual(keys[0], keys[1], "one household")
        self.assertNotEqual(keys[0], keys[2])
        self.assertEqual(keys[3], keys[4])
        self.assertNotEqual(keys[4], keys[5])
        self.assertTrue(guard._get_address_key(""))

    def test_behind_a_proxy(self):
        """Only a proxy that the administrator trusts says who sends."""
        self._set_limit("address_short", 1)

        def send(address):
            headers = {"X-Forwarded-For": address, "X-Forwarded-Host": self._host()}
            return self._send(headers=headers)

        self._assert_taken(send("192.0.2.1"))
        self.assertEqual(send("192.0.2.2").status_code, 429, "anybody may say that")
        self.addCleanup(config.__setitem__, "proxy_mode", config["proxy_mode"])
        config["proxy_mode"] = True
        for address, status in (
            ("192.0.2.1", 303),
            ("192.0.2.1", 429),
            ("192.0.2.2", 303),
            ("198.51.100.7, 192.0.2.2", 429),  # the last one is the proxy's word
            ("2001:db8:1:2::1", 303),
            ("2001:db8:1:2:ffff::7", 429),
        ):
            self.assertEqual(send(address).status_code, status, address)

    def _host(self):
        return urlsplit(self.base_url()).netloc

    def test_documents_take_few(self):
        guard = self.env["complaint.feedback.guard"]
        link = self.env["complaint.feedback.link"].create(
            {"res_model": "res.partner", "res_id": 1, "company_id": self.company.id}
        )
        submissions = self.env["complaint.feedback.submission"]
        for index in range(3):
            self.assertFalse(guard._get_submission_wait(link, f"address{index}"))
            self.assertTrue(submissions._claim(link, f"key{index}", f"address{index}"))
        self.assertTrue(guard._get_submission_wait(link, "another"))

    def test_programs(self):
        self._assert_returned(self._send(website="http://spam.example"), "once more")
        with patch(f"{CONTROLLER}.MINIMUM_AGE", 60):
            data = self._prepare()
            response = self._send(data)
            self._assert_returned(response, "once more")
        self.assertEqual(self._get_key(response.text), data["form_key"])
        self._assert_taken(self._send(data))

    def test_keys(self):
        """A key is ours, of this code, and not older than some days."""
        guard = self.env["complaint.feedback.guard"]
        other = guard._make_key(self.point.copy().link_id)
        key = self._get_key()
        issued, nonce, signature = key.split("-")
        for wrong in (
            None,
            "",
            "x",
            "--",
            other,
            f"{int(issued, 16) + 9:x}-{nonce}-{signature}",
            f"{issued}-{nonce}-{signature[:-1]}",
            f"{issued}-{nonce}x-{signature}",
            "é-é-é",
            "x" * 5000,
        ):
            response = self._send(self._prepare(form_key="."), form_key=wrong)
            self._assert_returned(response, "open for a long time")
            self.assertNotEqual(self._get_key(response.text), wrong)
        with patch(
            "odoo.addons.complaint_management.models.complaint_feedback_guard"
            ".time.time",
            return_value=int(issued, 16) + KEY_AGE + 5,
        ):
            self._assert_returned(self._send(form_key=key), "open for a long time")
        self._assert_taken(self._send(form_key=key))

    def test_other_sites(self):
        for headers in (
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://feedback.example.com.evil.example"},
        ):
            response = self._send(headers=headers)
            self.assertEqual(response.status_code, 403)
            self.assertFalse(self._get_cases())
        for headers in (
            {"Origin": self.base_url()},
            {"Origin": "https://feedback.example.com"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "same-origin"},
        ):
            self._assert_taken(self._send(headers=headers))
            self._get_cases().active = False

    def test_captcha(self):
        http = type(self.env["ir.http"])
        with patch.object(
            http, "_verify_request_recaptcha_token", side_effect=UserError("Robot")
        ):
            self._assert_returned(self._send(), "that you are a person")

    def test_captcha_is_asked_once(self):
        """The answer of a captcha is good for one time: also when we try again."""
        intake = type(self.env["complaint.feedback.intake"])
        take, calls = intake._take, []

        def conflict_at_first(self, *args):
            calls.append(1)
            if len(calls) == 1:
                raise ConcurrencyError("for the test")
            return take(self, *args)

        http = type(self.env["ir.http"])
        with (
            patch.object(http, "_verify_request_recaptcha_token") as verify,
            patch.object(intake, "_take", conflict_at_first),
            patch("odoo.service.model.time.sleep"),
        ):
            self._assert_taken(self._send())
        self.assertEqual((len(calls), verify.call_count), (2, 1))

    def test_uploads(self):
        for files, text in (
            ([make_image()] * 6, "At most 5"),
            ([b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)], "larger than 10 MB"),
            ([b'<svg xmlns="http://www.w3.org/2000/svg"/>'], "Only photos"),
            ([b"<html><script>alert(1)</script></html>"], "Only photos"),
            ([make_png_bomb(30000, 30000)], "too many pixels"),
            ([make_image(), b"\x89PNG\r\n\x1a\n" + bytes(99)], "broken"),
        ):
            self._assert_returned(self._send(files=self._photos(*files)), text)
        polyglot = make_image() + b"<script>alert(1)</script>"
        case = self._assert_taken(self._send(files=self._photos(polyglot, b"")))
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.complaint"), ("res_id", "=", case.id)]
        )
        self.assertEqual(len(file), 1)
        self.assertNotIn(b"script", file.raw)

    def test_downloads(self):
        """What isn't pixels is saved by the browser, not shown, whatever it claims."""
        office = self.office
        office.password = office.login
        script = b"%PDF-1.4\n/OpenAction<</S/JavaScript/JS(app.alert(1))>>\n%%EOF\n"
        case = self._assert_taken(self._send(files=self._photos(make_image(), script)))
        image, pdf = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.complaint"), ("res_id", "=", case.id)],
            order="id",
        )
        web = self.env["ir.attachment"].create(
            {
                "name": "page.html",
                "raw": b"<script>alert(1)</script>",
                "mimetype": "text/html",
                "res_model": case._name,
                "res_id": case.id,
            }
        )
        drawing = web.copy({"name": "x.svg", "mimetype": "image/svg+xml"})
        self.assertEqual(
            self.url_open(f"/web/content/{pdf.id}").status_code,
            404,
            "not for strangers",
        )
        self.authenticate(office.login, office.login)
        for file in (pdf, web, drawing):
            for path in (
                f"/web/content/{file.id}",
                f"/web/content/{file.id}?download=false&mimetype=text/html",
                f"/web/content/ir.attachment/{file.id}/raw?mimetype=image/svg%2Bxml",
                f"/web/image/{file.id}",
            ):
                response = self.url_open(path)
                shown = response.headers.get("Content-Disposition", "")
                if response.headers["Content-Type"] != "image/png":  # a placeholder
                    self.assertTrue(shown.startswith("attachment"), (path, shown))
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        response = self.url_open(f"/web/content/{image.id}")
        self.assertNotIn("attachment", response.headers["Content-Disposition"])
        response = self.url_open(f"/web/content/{image.id}?mimetype=text/html")
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_too_much(self):
        """What is larger than all files together isn't even read."""
        photos = self._photos(*[b"\xff\xd8\xff" + bytes(11 * 1024 * 1024)] * 5)
        response = self._send(files=photos)
        self.assertEqual(response.status_code, 413)
        self.assertFalse(self._get_cases())

    def test_script(self):
        """Whatever stands in a field, it is text: on the form and for staff."""
        self.policy.complaint_properties_definition = [
            {"name": "plate", "string": "Plate", "type": "char"}
        ]
        self.policy.action_load_form_fields()
        self._create_item("complaint.form.field", "place", element="place")
        self.point.place = False
        self._create_item(
            "complaint.form.field", "plate", element="property", property_name="plate"
        )
        names = ("description", "demand", "name", "place", "property_plate", "phrase")
        evil = dict.fromkeys(names, SCRIPT)
        response = self._send(**evil, email=SCRIPT, phone=SCRIPT, category=SCRIPT)
        self.assertEqual(response.status_code, 422)
        self.assertNotIn("<script>alert", response.text)
        self.assertNotIn("<img src=x", response.text)
        case = self._assert_taken(self._send(**evil))
        self.assertNotIn("<script", case.description)
        self.assertNotIn("<img", case.description)
        self.assertIn("&lt;script&gt;", case.description)
        report = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "complaint_management.complaint_complaint_report", case.ids
            )[0]
            .decode()
        )
        self.assertNotIn("<script>alert", report)
        self.assertNotIn("<img src=x", report)
        for message in case.message_ids:
            self.assertNotIn("<script", message.body)
        self._acknowledge()
        mails = self.env["mail.mail"].search([("res_id", "in", case.party_ids.ids)])
        for mail in mails:
            self.assertNotIn("<script", mail.body_html)


@tagged("post_install", "-at_install")
class TestFeedbackCost(FeedbackHttpCommon):
    """Queries of the pages: a figure that grows is seen."""

    def _count_queries(self, action):
        action()
        action()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        response = action()
        return self.cr.sql_log_count - before, response

    def test_get(self):
        queries, response = self._count_queries(self._open)
        self.assertEqual(response.status_code, 200)
        self.assertLessEqual(queries, 8)

    def test_post(self):
        """The acknowledgement, too: it is written in the background."""
        self.policy.acknowledgement_template_id = self.env.ref(
            "complaint_management.mail_template_complaint_acknowledgement"
        )
        for number in range(5):
            self._create_item("complaint.deadline.rule", f"r{number}", delay=number + 3)
        keys = [self._prepare() for _index in range(3)]
        queries, response = self._count_queries(lambda: self._send(keys.pop()))
        case = self._assert_taken(response)
        self.assertEqual(len(case.deadline_ids), 5)
        self.assertTrue(case.party_ids.next_event_at)
        self.assertLessEqual(queries, 30)
