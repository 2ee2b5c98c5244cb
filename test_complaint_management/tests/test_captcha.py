import re
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.complaint_management.tests.feedback_common import FeedbackHttpCommon

MODEL = "odoo.addons.google_recaptcha.models.ir_http"


class Answer:
    """What the captcha's server answers."""

    def __init__(self, **values):
        self.values = values

    def json(self):
        """Return it as ``requests`` does."""
        return self.values


@tagged("post_install", "-at_install")
class TestCaptcha(FeedbackHttpCommon):
    """The public form with Odoo's captcha add-on, whose server is played."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("recaptcha_public_key", "our-public-key")
        parameters.set_param("recaptcha_private_key", "our-private-key")
        parameters.set_param("recaptcha_min_score", "0.5")

    def _answer(self, **values):
        answer = {"success": True, "action": "complaint_feedback", "score": 0.9}
        return patch(f"{MODEL}.requests.post", return_value=Answer(**answer, **values))

    def test_page(self):
        response = self._open()
        [source] = re.findall(r'src="([^"]+)"', response.text)
        self.assertIn("recaptcha/api.js?render=our-public-key", source)
        self.assertIn('data-captcha="our-public-key"', response.text)
        self.assertNotIn("our-private-key", response.text)
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("https://www.recaptcha.net", policy)
        self.assertNotIn("unsafe", policy)
        self.env["ir.config_parameter"].set_param("enable_recaptcha", "False")
        self.assertNotIn("recaptcha.net", self._open().text)

    def test_person(self):
        with self._answer() as asked:
            self._assert_taken(self._send(recaptcha_token_response="from the phone"))
        sent = asked.call_args.args[1]
        self.assertEqual(sent["response"], "from the phone")

    @mute_logger(MODEL)
    def test_robot(self):
        """Whoever isn't believed loses nothing that was typed."""
        for answer in (
            Answer(success=True, action="complaint_feedback", score=0.1),
            Answer(success=True, action="login", score=0.9),
            Answer(success=False, **{"error-codes": ["timeout-or-duplicate"]}),
            Answer(success=False, **{"error-codes": ["invalid-input-response"]}),
        ):
            with patch(f"{MODEL}.requests.post", return_value=answer):
                response = self._send(recaptcha_token_response="x")
            self._assert_returned(response, "that you are a person")

    @mute_logger(MODEL)
    def test_server_is_down(self):
        with patch(f"{MODEL}.requests.post", side_effect=OSError("down")):
            self._assert_returned(self._send(), "that you are a person")

    def test_sent_before(self):
        """A form that is in already asks nobody anything."""
        data = self._prepare(recaptcha_token_response="x")
        with self._answer():
            first = self._send(data)
        with patch(f"{MODEL}.requests.post", side_effect=UserError("asked")) as asked:
            again = self._send(data)
        asked.assert_not_called()
        self.assertEqual(again.headers["Location"], first.headers["Location"])
