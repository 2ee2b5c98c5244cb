import random
import threading
from datetime import datetime
from unittest.mock import patch

from psycopg2.errors import SerializationFailure, UniqueViolation
from werkzeug.datastructures import MultiDict

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.token import make_token
from ..tools.upload import Upload
from .feedback_common import FeedbackCommon, FeedbackHttpCommon

SEED = 20261122
POSTS = 10_000
#: Every so many mutated posts the page is drawn, the case made.
DRAWN, MADE = 20, 100
NASTY = [
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "nan",
    "\x00",
    "\ud800",
    "\u202e\u2066",
    "é" * 300,
    "字" * 20_000,
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%s%s%n",
    "' OR 1=1 --",
    "\\",
    "\r\nSet-Cookie: x=1",
    "2026-11-22T10:00",
    "2026-13-45",
    "9999-12-31T23:59",
    "0001-01-01",
    "2026-11-22T10:00+25:00",
    "𝟗𝟗",
    "٣",
    "a@b",
    "a@b.c\nBcc: x@y.z",
    "a" * 300 + "@example.com",
    "+86 (0)411",
    "null",
    "[]",
    "true",
    "../../etc/passwd",
]


def mutate(rng, fields):
    """Return a post as a browser, a bad proxy or an attacker may send it."""
    post, wild = MultiDict(), rng.sample(list(fields), rng.randint(0, 6))
    for name, good in fields.items():
        if name not in wild:
            post.add(name, good)
            continue
        for _index in range(rng.choice((0, 1, 1, 1, 2))):
            value = rng.choice((good, rng.choice(NASTY)))
            if rng.random() < 0.3:
                cut = rng.randrange(len(value) + 1)
                value = value[:cut] + rng.choice(NASTY)[:50] + value[cut:]
            post.add(name, value)
    for _index in range(rng.choice((0, 0, 0, 1, 3))):
        post.add(rng.choice(NASTY)[:40] or "x", rng.choice(NASTY))
    return post


class FuzzCommon(FeedbackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.complaint_properties_definition = [
            {"name": "plate", "string": "Plate", "type": "char"},
            {"name": "km", "string": "Mileage", "type": "integer"},
            {"name": "rate", "string": "Rate", "type": "float"},
            {"name": "day", "string": "Day", "type": "date"},
            {"name": "note", "string": "Note", "type": "text"},
            {"name": "own", "string": "Own", "type": "boolean"},
            {
                "name": "colour",
                "string": "Colour",
                "type": "selection",
                "selection": [["red", "Red"], ["blue", "Blue"]],
            },
        ]
        cls.policy.action_load_form_fields()
        for element in ("occurred_at", "place", "confidential"):
            cls._create_item("complaint.form.field", element, element=element)
        for definition in cls.policy.complaint_properties_definition:
            name = definition["name"]
            cls._create_item(
                "complaint.form.field", name, element="property", property_name=name
            )
        cls.good = {
            "kind": str(cls.kind_complaint.id),
            "category": str(cls.price.id),
            "description": "The brakes squeal.",
            "demand": "New brakes",
            "occurred_at": "2026-11-01T10:00",
            "place": "Yard",
            "name": "Wang Fang",
            "phone": "139 0000 1111",
            "email": "wang@example.com",
            "confidential": "1",
            "anonymous": "",
            "phrase": "my blue car",
            "property_plate": "B 12345",
            "property_km": "120000",
            "property_rate": "1.5",
            "property_day": "2026-11-01",
            "property_note": "A\nB",
            "property_own": "1",
            "property_colour": "red",
        }


@tagged("post_install", "-at_install")
class TestFeedbackFuzz(FuzzCommon):
    """Whatever is sent: a whole case or the form again, never an error."""

    def test_mutated_posts(self):
        env = self.env(su=True, context={"lang": "en_US"})
        link = self.link.with_env(env)
        forms, answers = (
            env["complaint.feedback.form"],
            env["complaint.feedback.answer"],
        )
        intake, pages = env["complaint.feedback.intake"], env["complaint.feedback.page"]
        questions = forms._get_questions(link)
        page = pages._prepare_form(link, "/c/x", {}, typed=True)
        rng, taken, refused = random.Random(SEED), 0, 0
        hashing = patch.object(
            type(env["complaint.public.access"]), "_set_phrase", lambda *args: None
        )
        with hashing:
            for index in range(POSTS):
                post = mutate(rng, self.good)
                read, errors = answers._read(link, questions, post)
                typed = forms._get_typed(questions, post)
                if index % DRAWN == 0:
                    self._assert_harmless(page, questions, typed, errors)
                refused += bool(errors)
                if not errors:
                    taken += 1
                    if taken % MADE == 0:
                        self._assert_whole(intake, link, read)
        self.assertGreater(taken, 1000)
        self.assertGreater(refused, 1000)

    def _assert_harmless(self, page, questions, typed, errors):
        html = self.env["ir.qweb"]._render(
            "complaint_management.feedback_form",
            {
                "page": page,
                "notice": None,
                "errors": errors,
                "labels": {q["name"]: q["label"] for q in questions},
                "key": "key",
                "matter": [q for q in questions if q["section"] == "matter"],
                "contact": [q for q in questions if q["section"] == "contact"],
                "typed": typed,
                "lost": False,
            },
        )
        self.assertNotIn("<script>alert", html)
        self.assertNotIn("\x00", html)
        html.encode()

    def _assert_whole(self, intake, link, read):
        case = intake._take(link, read, [], make_token())
        self.env.flush_all()
        self.assertTrue(case.subject and case.description and case.name != "/")
        self.assertEqual(case.policy_id, self.policy)
        self.assertIn(case.kind_id, self.policy.kind_ids)
        self.assertTrue(case.lead_assignment_id)
        self.assertEqual(bool(case.party_ids), not read["anonymous"])
        self.assertNotIn("<script", case.description)


@tagged("post_install", "-at_install")
class TestFeedbackFuzzHttp(FuzzCommon, FeedbackHttpCommon):
    """The same through the whole stack, some hundred times."""

    def test_mutated_requests(self):
        for name in ("address_short", "address_hour", "address_day", "attempts"):
            self._set_limit(name, 0)
        rng, statuses = random.Random(SEED), {}
        good = {**self.good, "phrase": ""}
        guard = self.env["complaint.feedback.guard"]
        for _index in range(200):
            # What the page would hold; opening it each time takes twice as long.
            post = mutate(rng, {**good, "form_key": guard._make_key(self.link)})
            data = [
                (name.encode("utf-8", "replace"), value.encode("utf-8", "replace"))
                for name, value in post.items(multi=True)
            ]
            photos = rng.choice((b"", b"\xff\xd8\xff", b"<svg/>", self._make_image()))
            files = [("photos", ("x", photos))] if rng.random() < 0.3 else None
            response = self.url_open(
                self.url, data=data, files=files, method="POST", allow_redirects=False
            )
            self.assertIn(response.status_code, (303, 422), post)
            self.assertNotIn("<script>alert", response.text)
            status = response.status_code
            statuses[status] = statuses.get(status, 0) + 1
        cases = self._get_cases()
        sent = self.env["complaint.feedback.submission"].search_count(
            [("link_id", "=", self.link.id)]
        )
        self.assertEqual(len(cases), sent)
        self.assertEqual(len(cases), statuses[303])
        self.assertTrue(all(cases.mapped("lead_assignment_id")))
        self.assertGreater(statuses[303], 20)
        self.assertGreater(statuses[422], 20)


@tagged("post_install", "-at_install")
class TestFeedbackConcurrency(FeedbackCommon):
    """Two real connections send the same form at the same moment."""

    freeze_time = None

    def test_same_key(self):
        key, results = f"test {datetime.now()}", []
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            link_id = (
                env["complaint.feedback.link"]
                .create({"res_model": "res.users", "res_id": 2_000_000_000})
                .id
            )
            cr.commit()
        self.addCleanup(self._clean, link_id)

        def send_second(submissions, link):
            results.append(bool(submissions._find(key)))
            ready.set()
            try:
                results.append(submissions._claim(link, key, "b"))
            except SerializationFailure:
                submissions.env.cr.rollback()
                submissions.env.invalidate_all()
                results.append("again")
                results.append(bool(submissions._find(key)))

        ready = threading.Event()
        connection = db_connect(self.cr.dbname)
        with connection.cursor() as first_cr, connection.cursor() as second_cr:
            first, second = (
                (
                    api.Environment(cr, SUPERUSER_ID, {})[
                        "complaint.feedback.submission"
                    ],
                    api.Environment(cr, SUPERUSER_ID, {})[
                        "complaint.feedback.link"
                    ].browse(link_id),
                )
                for cr in (first_cr, second_cr)
            )
            self.assertTrue(first[0]._claim(first[1], key, "a"))
            thread = threading.Thread(target=send_second, args=second)
            with mute_logger("odoo.sql_db"):
                thread.start()
                ready.wait(10)
                first_cr.commit()
                thread.join(10)
        self.assertEqual(results, [False, "again", True])
        with db_connect(self.cr.dbname).cursor() as cr:
            rows = api.Environment(cr, SUPERUSER_ID, {})[
                "complaint.feedback.submission"
            ]
            self.assertEqual(rows.search_count([("link_id", "=", link_id)]), 1)

    def test_photos_sent_twice(self):
        """Two processes take the same form with three photos: one case, three photos.

        Each has a transaction of its own, which is really committed.
        """
        uploads = [
            Upload("image/jpeg", self._make_image(size=(60 + number, 40)))
            for number in range(3)
        ]
        key, token = f"photos {datetime.now()}", make_token()
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            point = env["complaint.feedback.point"].create(
                {
                    "name": "Concurrency",
                    "policy_id": env.ref(
                        "complaint_management.complaint_policy_default"
                    ).id,
                }
            )
            link_id = point.link_id.id
            cr.commit()
        self.addCleanup(self._clean_point, link_id)
        both, results = threading.Barrier(2), []

        def attempt(env, number):
            """Do what the controller does."""
            link = env["complaint.feedback.link"].browse(link_id)
            submissions = env["complaint.feedback.submission"]
            if submissions._find(key):
                return "found"
            if number == 1:
                both.wait(20)
            if not submissions._claim(link, key, "b"):
                return "refused"
            answers = {"description": "Squeal", "phone": "139", "phrase": ""}
            answers["anonymous"] = False
            env["complaint.feedback.intake"]._take(link, answers, uploads, token)
            return "made"

        def send(env):
            """Try again after a conflict, as the request layer does."""
            for number in range(1, 4):
                try:
                    result = attempt(env, number)
                    env.cr.commit()
                except SerializationFailure:
                    env.cr.rollback()
                    env.transaction.clear()
                    continue
                results.append((result, number))
                return

        connection = db_connect(self.cr.dbname)
        # What the threads need of the registry is taken here, where it isn't locked.
        with connection.cursor() as one, connection.cursor() as other:
            threads = [
                threading.Thread(
                    target=send,
                    args=(api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"}),),
                )
                for cr in (one, other)
            ]
            with mute_logger("odoo.sql_db"):
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(60)
        self.assertEqual(sorted(results), [("found", 2), ("made", 1)])
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = env["complaint.complaint"].search(
                [("feedback_link_id", "=", link_id)]
            )
            self.assertEqual(len(case), 1)
            files = env["ir.attachment"].search_count(
                [("res_model", "=", case._name), ("res_id", "=", case.id)]
            )
            self.assertEqual(files, 3)
            self.assertEqual(env["complaint.public.access"]._find(token), case)

    def _clean_point(self, link_id):
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            link = env["complaint.feedback.link"].browse(link_id)
            cases = link.complaint_ids
            cases.deadline_ids.unlink()
            cases.with_context(complaint_history=True).unlink()
            link.point_id.unlink()
            cr.commit()

    def _clean(self, link_id):
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["complaint.feedback.submission"].search(
                [("link_id", "=", link_id)]
            ).unlink()
            env["complaint.feedback.link"].browse(link_id).unlink()
            cr.commit()


@tagged("post_install", "-at_install")
class TestFormField(FeedbackCommon):
    """The questions of a policy are configuration like any other."""

    def test_usual_questions_written_down(self):
        link = self.link
        before = self.env["complaint.feedback.form"]._get_questions(link)
        self.policy.action_load_form_fields()
        self.policy.action_load_form_fields()
        after = self.env["complaint.feedback.form"]._get_questions(link)
        self.assertEqual(
            [(q["name"], q["label"], q["required"]) for q in before],
            [(q["name"], q["label"], q["required"]) for q in after],
        )

    def test_copied_with_the_policy(self):
        self.policy.action_load_form_fields()
        self.policy.public_title = "Tell the workshop"
        copy = self.policy.copy()
        self.assertEqual(len(copy.form_field_ids), len(self.policy.form_field_ids))
        self.assertEqual(copy.public_title, "Tell the workshop")
        copy.unlink()

    def test_property_named(self):
        with self.assertRaises(ValidationError):
            self._create_item("complaint.form.field", "x", element="property")
        with self.assertRaises(ValidationError):
            self._create_item(
                "complaint.form.field", "y", element="name", property_name="plate"
            )

    @mute_logger("odoo.sql_db")
    def test_asked_once(self):
        self._create_item("complaint.form.field", "a", element="name")
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self._create_item("complaint.form.field", "b", element="name")
        self.assertNotIsInstance(caught.exception, UserError)
        plate = {"element": "property", "property_name": "plate"}
        self._create_item("complaint.form.field", "c", **plate)
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self._create_item("complaint.form.field", "d", **plate)
