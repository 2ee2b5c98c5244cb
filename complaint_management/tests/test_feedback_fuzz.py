import random
import re
from contextlib import ExitStack
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlencode

import lxml.html
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client
from werkzeug.wrappers import Response

from odoo import http
from odoo.tests import tagged

from ..tools.token import ALPHABET, LENGTH, make_token
from .case_page_common import CasePageHttpCommon
from .feedback_common import PROPERTIES, FeedbackHttpCommon

SEED = 20261122
POSTS = 10_000
GUESSES = 10_000
#: What differs from answer to answer: nonces, addresses of the other languages.
VARYING = re.compile(r'nonce="[^"]+"|href="[^"]+"')
#: Every so many cases the page that they lead to is looked at.
DRAWN = 40
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '" autofocus onfocus="alert(1)',
    "{{31337*31337}}",
)
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
    "${31337*31337}",
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
    *(4 * HOSTILE),
]
#: What no answer may hold: the above, not escaped or worked out.
HARMFUL = ("<script>alert", "<img src=x", str(31337**2), "\x00")
#: What isn't a form at all.
BODIES = (
    ("application/json", b'{"description": "x"}'),
    ("multipart/form-data", b"description=x"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name"),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
    ),
    ("text/plain", b"\xff\xfe"),
    ("application/x-www-form-urlencoded", b"%&==&%zz=%ff&form_key"),
)


def mutate(rng, fields):
    """Return a post as a browser, a bad proxy or an attacker may send it."""
    post, wild = MultiDict(), rng.sample(list(fields), rng.randint(1, 9))
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


class Door(NamedTuple):
    """A page that a token opens."""

    kind: str
    path: str
    token: str
    methods: tuple

    def get_path(self, token=None):
        """Return the path that ``token`` is tried at; the real one by default."""
        return self.path % (token or self.token)


class WsgiCommon(FeedbackHttpCommon):
    """Asks Odoo's own WSGI application, without a network between."""

    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        stack.enter_context(self.allow_requests(all_requests=True))
        self.client = Client(http.root, Response, use_cookies=False)

    def _ask(self, path, method="GET", **options):
        return self.client.open(
            path, method=method, base_url=self.base_url(), **options
        )


@tagged("post_install", "-at_install")
class TestFeedbackFuzz(WsgiCommon):
    """Whatever is sent: a whole case or the form again, never an error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ask_for(*PROPERTIES)
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

    def test_mutated_posts(self):
        self._lift_limits()
        rng, statuses, echoed, anonymous = random.Random(SEED), {}, 0, 0
        for index in range(POSTS):
            response, unnamed = self._send_mutant(rng, index)
            status, html = response.status_code, response.get_data(as_text=True)
            statuses[status] = statuses.get(status, 0) + 1
            self.assertTrue(status == 303 or 400 <= status < 500, (status, index))
            self._assert_harmless(response, html)
            echoed += "&lt;script&gt;alert" in html
            if status == 303:
                anonymous += unnamed
                if statuses[303] % DRAWN == 0:
                    page = self._ask(response.headers["Location"])
                    self.assertEqual(page.status_code, 200)
                    self._assert_harmless(page, page.get_data(as_text=True))
        self._logger.info("answers to mutated posts: %s, %s echoed", statuses, echoed)
        self.assertGreater(echoed, POSTS / 50)
        self.assertGreater(statuses[303], POSTS / 10)
        self.assertGreater(statuses[422], POSTS / 10)
        self._assert_whole(statuses[303], anonymous)

    def _lift_limits(self):
        for name in ("address_short", "address_hour", "address_day", "attempts"):
            self._set_limit(name, 0)
        for name in ("point_day", "total_day"):
            self._set_limit(name, 0)
        self.env.flush_all()

    def _send_mutant(self, rng, index):
        """Send one; return the answer, and whether its sender stays unnamed."""
        if rng.random() < 0.02:
            kind, body = rng.choice(BODIES)
            return self._ask(self.url, "POST", data=body, content_type=kind), False
        guard = self.env["complaint.feedback.guard"]
        own = {
            # What the page would hold; opening it each time takes twice as long.
            "form_key": guard._make_key(self.link),
            "phone": f"139 {index:08}",
            "email": f"wang{index}@example.com",
            "anonymous": "1" if rng.random() < 0.1 else "",
        }
        post = mutate(rng, {**self.good, **own})
        if rng.random() < 0.03:
            data = MultiDict(
                (_clean(name), _clean(value)) for name, value in post.items(multi=True)
            )
            photo = rng.choice((b"", b"\xff\xd8\xff", b"<svg/>", self._make_image()))
            data.add(
                "photos", (BytesIO(photo), rng.choice(("x", "../x.svg", "字.php")))
            )
            return self._ask(self.url, "POST", data=data), _is_unnamed(post)
        # Half an emoji, or bytes that are no text, as broken programs send them.
        errors = rng.choice(("replace", "surrogatepass"))
        pairs = [
            (name.encode("utf-8", errors), value.encode("utf-8", errors))
            for name, value in post.items(multi=True)
        ]
        form = "application/x-www-form-urlencoded"
        response = self._ask(self.url, "POST", data=urlencode(pairs), content_type=form)
        return response, _is_unnamed(post)

    def _assert_harmless(self, response, html):
        for text in HARMFUL:
            self.assertNotIn(text, html)
        if 'onfocus="alert' in html:  # between tags it is text
            handlers = lxml.html.document_fromstring(html).xpath("//*[@onfocus]")
            self.assertFalse(handlers)
        self.assertNotIn("x=1", str(response.headers.getlist("Set-Cookie")))

    def _assert_whole(self, taken, anonymous):
        """Check that each form that was taken is a case that lacks nothing."""
        cases = self._get_cases()
        sent = self.env["complaint.feedback.submission"].search_count(
            [("link_id", "=", self.link.id), ("kind", "=", "case")]
        )
        self.assertEqual((len(cases), sent), (taken, taken))
        self.assertEqual(len(set(cases.mapped("name"))), taken)
        self.assertNotIn("/", cases.mapped("name"))
        self.assertLessEqual(cases.kind_id, self.policy.kind_ids)
        for case in cases:
            self.assertTrue(case.kind_id and case.stage_id and case.round_id)
            self.assertTrue(case.lead_assignment_id and case.subject)
            self.assertNotIn("<", re.sub("</?p>|<br>", "", case.description))
        unnamed = cases.filtered(lambda case: not case.party_ids)
        self.assertEqual(len(unnamed), anonymous)
        accesses = self.env["complaint.public.access"].search_count(
            [("complaint_id", "in", cases.ids), ("scope", "=", "case")]
        )
        self.assertEqual(accesses, taken)


def _clean(text):
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _is_unnamed(post):
    """Tell whether the first of what was sent as ``anonymous`` says yes."""
    return bool(post.get("anonymous"))


@tagged("post_install", "-at_install")
class TestGuessedTokens(WsgiCommon, CasePageHttpCommon):
    """Ten thousand guesses at all that a token opens: one answer, that of nothing."""

    def test_guesses(self):
        doors = self._make_doors()
        self.env.flush_all()
        for door in doors:
            self.assertEqual(self._ask(door.get_path()).status_code, 200, door)
        rng, answers = random.Random(SEED), set()
        for index in range(GUESSES):
            door = doors[index % len(doors)]
            path = door.get_path(self._guess(rng, door, doors))
            method = rng.choice(door.methods)
            data = {"form_key": "x", "action": "message"} if method == "POST" else None
            response = self._ask(path, method, data=data)
            body = VARYING.sub("", response.get_data(as_text=True))
            answers.add((response.status_code, body, response.content_type))
        self.assertEqual(len(answers), 1)
        self.assertEqual(answers.pop()[0], 404)

    def _make_doors(self):
        """Return a real token of each kind."""
        system = self.accesses.with_env(self.effects.env)
        mailed = system._issue_link(
            "satisfaction",
            self.case,
            party_id=self.party.id,
            round_id=self.case.round_id.id,
        )
        letter = self._create_letter()
        both = ("GET", "POST")
        return [
            Door("form", "/c/%s", self.link.token, both),
            Door("case", "/c/s/%s", self.token, both),
            Door("mail", "/c/m/%s", mailed, both),
            Door(
                "case", f"/c/s/%s/file/{letter.attachment_id.id}", self.token, ("GET",)
            ),
        ]

    def _guess(self, rng, door, doors):
        """Return a random token, the real one misspelt, or that of another door."""
        token, how = door.token, rng.random()
        if how < 0.5:
            return make_token()
        if how < 0.9:
            place = rng.randrange(LENGTH)
            other = rng.choice([c for c in ALPHABET if c != token[place]])
            return token[:place] + other + token[place + 1 :]
        if how < 0.95:
            return rng.choice([row.token for row in doors if row.kind != door.kind])
        return rng.choice((token.swapcase(), token[: rng.randrange(3, LENGTH)]))
