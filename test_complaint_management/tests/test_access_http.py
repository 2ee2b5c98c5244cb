from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import AccessCommon

PUBLIC = None
REQUEST_LIST = ["display_name", "followers", "activities", "attachments"]


@tagged("post_install", "-at_install")
class TestAccessHttp(AccessCommon, HttpCase):
    """The same rules behind the routes that a browser, or an attacker, calls."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.excluded = cls.actors["office"]
        cls.complaint = cls._create_complaint(
            department_id=cls.sales.id,
            contact_partner_id=cls.customer.partner_id.id,
        )
        cls.complaint.lead_assignment_id.with_user(cls.other_handler).action_accept()
        cls.complaint.recused_user_ids = cls.excluded
        cls.attachment = cls.env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": b"the secret letter",
                "res_model": cls.complaint._name,
                "res_id": cls.complaint.id,
            }
        )
        cls.message = cls.complaint.message_post(
            body="An internal word", message_type="comment"
        )
        cls.neighbour = cls._create_outsider("neighbour", "base.group_portal")
        cls.strangers = {
            user.login: user
            for user in (
                cls.actors["handler"],
                cls.registrar,
                cls.excluded,
                cls.neighbour,
            )
        }
        for user in cls.env["res.users"].concat(
            cls.other_handler, *cls.strangers.values()
        ):
            user.password = user.login

    def _as_strangers(self):
        for login in self.strangers:
            with self.subTest(login=login):
                self.authenticate(login, login)
                yield login
        with self.subTest(login="public"):
            self.authenticate(PUBLIC, PUBLIC)
            yield "public"

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_file(self):
        url = f"/web/content/{self.attachment.id}?download=1"
        self.authenticate(self.other_handler.login, self.other_handler.login)
        self.assertEqual(self.url_open(url).content, b"the secret letter")
        for _login in self._as_strangers():
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn(b"secret", answer.content)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_messages(self):
        thread = {"thread_model": self.complaint._name, "thread_id": self.complaint.id}
        attempts = {
            "/mail/thread/messages": thread,
            "/mail/data": {
                "fetch_params": [
                    ["mail.thread", {**thread, "request_list": REQUEST_LIST}],
                ]
            },
            "/mail/message/post": {
                **thread,
                "post_data": {"body": "Let me in", "message_type": "comment"},
            },
            "/mail/message/update_content": {
                "message_id": self.message.id,
                "update_data": {"body": "Rewritten", "attachment_ids": []},
            },
            "/mail/message/reaction": {
                "message_id": self.message.id,
                "content": "👍",
                "action": "add",
            },
            "/mail/read_subscription_data": {"follower_id": 1},
        }
        self.authenticate(self.other_handler.login, self.other_handler.login)
        answer = str(self._call("/mail/thread/messages", thread))
        self.assertIn("internal word", answer)
        answer = str(self._call("/mail/data", attempts["/mail/data"]))
        self.assertIn(self.complaint.subject, answer)
        for _login in self._as_strangers():
            for route, params in attempts.items():
                with self.subTest(route=route):
                    answer = str(self._call(route, params))
                    self.assertNotIn("internal word", answer)
                    self.assertNotIn(self.complaint.subject, answer)
                    self.assertNotIn(self.attachment.name, answer)
        self.assertEqual(self.message.body, "<p>An internal word</p>")
        self.assertFalse(self.message.reaction_ids)
        bodies = " ".join(self.complaint.message_ids.mapped("body"))
        self.assertNotIn("Let me in", bodies)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_rpc(self):
        ids = self.complaint.ids
        party = self.complaint.party_ids.ids
        page = {"specification": {"subject": {}, "display_name": {}}}
        attempts = (
            ("complaint.complaint", "read", [ids, ["subject"]], {}),
            ("complaint.complaint", "web_read", [ids], page),
            ("complaint.complaint", "export_data", [ids, ["subject"]], {}),
            ("complaint.complaint", "write", [ids, {"subject": "Mine"}], {}),
            ("complaint.complaint", "action_accept", [ids], {}),
            ("complaint.complaint", "action_take", [ids], {}),
            ("complaint.complaint", "action_recuse", [ids], {}),
            ("complaint.complaint", "message_subscribe", [ids], {"partner_ids": [1]}),
            ("complaint.complaint", "message_post", [ids], {"body": "Let me in"}),
            ("complaint.complaint", "copy", [ids], {}),
            ("complaint.complaint", "web_search_read", [[("id", "in", ids)]], page),
            ("complaint.party", "read", [party, ["name"]], {}),
            ("complaint.party", "search_read", [[("complaint_id", "in", ids)]], {}),
            (
                "complaint.assignment",
                "search_read",
                [[("complaint_id", "in", ids)]],
                {},
            ),
            ("complaint.access", "search_read", [[]], {}),
            ("mail.followers", "search_read", [[("res_id", "in", ids)]], {}),
            ("mail.message", "search_read", [[("id", "=", self.message.id)]], {}),
            ("complaint.complaint", "_compute_access_ids", [ids], {}),
        )
        self.authenticate(self.other_handler.login, self.other_handler.login)
        for model, method, args, kwargs in attempts[:2]:
            answer = str(self._call_kw(model, method, args, kwargs))
            self.assertIn(self.complaint.subject, answer)
        before = len(self.complaint.message_ids)
        for login in self._as_strangers():
            for model, method, args, kwargs in attempts:
                with self.subTest(model=model, method=method):
                    answer = str(self._call_kw(model, method, args, kwargs))
                    self.assertNotIn(self.complaint.subject, answer)
                    self.assertNotIn("internal word", answer)
                    self.assertNotIn(self.customer.name, answer)
            self.assertEqual(len(self.complaint.message_ids), before, login)
        self.assertEqual(self.complaint.subject, "Brakes squeal after repair")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_company_of_the_session(self):
        secret = self._make_company(self.other_handler)
        self.authenticate(self.other_handler.login, self.other_handler.login)
        companies = {"allowed_company_ids": [self.branch.id, self.company.id]}
        for method, args in (
            ("search_read", [[("id", "=", secret.id)], ["subject"]]),
            ("read", [secret.ids, ["subject"]]),
        ):
            answer = self._call_kw(
                "complaint.complaint", method, args, {"context": companies}
            )
            self.assertNotIn(secret.subject, str(answer))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_portal_reads_own_case_only_as_far_as_meant_for_them(self):
        self.customer.password = self.customer.login
        self.authenticate(self.customer.login, self.customer.login)
        ids = self.complaint.ids
        [row] = self._call_kw("complaint.complaint", "read", [ids, ["subject"]])
        self.assertEqual(row["subject"], self.complaint.subject)
        for field in ("handler_id", "severity_id", "excluded_user_ids", "party_ids"):
            answer = self._call_kw("complaint.complaint", "read", [ids, [field]])
            self.assertIn("Error", str(answer))
        self.assertNotIn(
            "internal word",
            str(self._call_kw("complaint.complaint", "read", [ids, ["message_ids"]])),
        )

    def _call_kw(self, model, method, args, kwargs=None):
        params = {
            "model": model,
            "method": method,
            "args": args,
            "kwargs": kwargs or {},
        }
        return self._call(f"/web/dataset/call_kw/{model}/{method}", params)

    def _call(self, route, params):
        """Return the answer, or the error as text."""
        try:
            return self.make_jsonrpc_request(route, params)
        except JsonRpcException as error:
            return f"Error: {error}"
