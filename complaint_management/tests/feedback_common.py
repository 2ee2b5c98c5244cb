import io
import re
from unittest.mock import patch

import lxml.html
from PIL import Image

from odoo import fields
from odoo.tests import HttpCase

from .common import ComplaintCommon

CONTROLLER = "odoo.addons.complaint_management.controllers.complaint_feedback"


#: Properties of cases, one of each type that a form can ask for.
PROPERTIES = {
    "plate": {"type": "char"},
    "km": {"type": "integer"},
    "rate": {"type": "float"},
    "day": {"type": "date"},
    "note": {"type": "text"},
    "own": {"type": "boolean"},
    "colour": {
        "type": "selection",
        "selection": [["red", "Red"], ["blue", "Blue"]],
    },
}


class FeedbackCommon(ComplaintCommon):
    """A place with a code under the test policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(
            "complaint_management.base_url", "https://feedback.example.com"
        )
        cls.point = cls.env["complaint.feedback.point"].create(
            {
                "name": "Service Counter",
                "policy_id": cls.policy.id,
                "department_id": cls.sales.id,
            }
        )
        cls.link = cls.point.link_id

    @classmethod
    def _ask_for(cls, *names):
        """Let the form ask for all that it can, and for these properties of cases."""
        cls.policy.complaint_properties_definition = [
            {"name": name, "string": name.title(), **PROPERTIES[name]} for name in names
        ]
        cls.policy.action_load_form_fields()
        for element in ("occurred_at", "place", "confidential"):
            cls._create_item("complaint.form.field", element, element=element)
        for name in names:
            cls._create_item(
                "complaint.form.field", name, element="property", property_name=name
            )

    @classmethod
    def _set_limit(cls, name, value):
        cls.env["ir.config_parameter"].set_param(
            f"complaint_management.limit_{name}", value
        )

    @classmethod
    def _make_image(cls, size=(60, 40), kind="JPEG", **options):
        output = io.BytesIO()
        Image.new("RGB", size, (200, 30, 30)).save(output, kind, **options)
        return output.getvalue()

    def _get_cases(self):
        return self.env["complaint.complaint"].search(
            [("policy_id", "=", self.policy.id)]
        )


class FeedbackHttpCommon(FeedbackCommon, HttpCase):
    """The form as a phone sees it."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch(f"{CONTROLLER}.MINIMUM_AGE", 0))
        cls.env["res.lang"]._activate_lang("zh_CN")

    def setUp(self):
        super().setUp()
        self.url = f"/c/{self.link.token}"

    def _open(self, url=None, **headers):
        headers = {"Accept-Language": "en-US", **headers}
        return self.url_open(url or self.url, headers=headers)

    def _get_key(self, html=None):
        html = html or self._open(f"{self.url}?form=1").text
        return re.search(r'name="form_key" value="([^"]+)"', html).group(1)

    def _prepare(self, **values):
        return {
            "form_key": values.pop("form_key", None) or self._get_key(),
            "kind": str(self.kind_complaint.id),
            "category": str(self.brakes.id),
            "description": "The brakes squeal.\nStill.",
            "demand": "New brakes",
            "name": "Wang Fang",
            "phone": "139 0000 1111",
            "email": "wang@example.com",
            **values,
        }

    def _send(self, data=None, files=None, headers=None, url=None, **values):
        data = {**(data or self._prepare()), **values}
        headers = {"Accept-Language": "en-US", **(headers or {})}
        return self.url_open(
            url or self.url,
            data={name: value for name, value in data.items() if value is not None},
            files=files,
            headers=headers,
            allow_redirects=False,
        )

    def _photos(self, *contents):
        return [
            ("photos", (f"photo{number}.jpg", content, "image/jpeg"))
            for number, content in enumerate(contents)
        ]

    def _get_tree(self, response):
        return lxml.html.document_fromstring(response.content.decode())

    def _get_text(self, response):
        """Return what a person reads on the page."""
        return " ".join(self._get_tree(response).xpath("//main//text()"))

    def _assert_taken(self, response):
        """Return the case of the form that was just sent."""
        self.assertEqual(response.status_code, 303, self._get_text(response)[:600])
        self.assertIn("/c/s/", response.headers["Location"])
        return self._get_cases().sorted("id")[-1:]

    def _assert_returned(self, response, text=None, status=422):
        """Check that the form came back with what was typed, and made no case."""
        self.assertEqual(response.status_code, status)
        self.assertFalse(self._get_cases())
        self.assertFalse(
            self.env["complaint.feedback.submission"].search(
                [("link_id", "=", self.link.id), ("kind", "=", "case")]
            )
        )
        self.assertIn("The brakes squeal.\nStill.", response.text)
        if text:
            self.assertIn(text, self._get_text(response))

    def _count_rows(self):
        """Return how many rows there are of all that a page could write."""
        models = (
            *("complaint.complaint", "complaint.feedback.hit", "complaint.party"),
            *("complaint.feedback.submission", "complaint.public.access"),
            *("ir.attachment", "mail.message", "complaint.feedback.link"),
        )
        return [self.env[model].search_count([]) for model in models]

    def _now(self):
        return fields.Datetime.now()
