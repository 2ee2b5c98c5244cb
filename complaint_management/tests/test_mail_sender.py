"""What a forged mail can't do, and what becomes of it."""

from email import message_from_string

from odoo.tests import BaseCase, tagged

from ..tools.mail_text import is_forged
from .mail_common import DOMAIN, MailInCommon
from .test_feedback_upload import make_image, make_png_bomb

SERVER = "mx.dalian-motors.example"
HEADER = "Authentication-Results"
FORGED = {HEADER: f"{SERVER}; dmarc=fail header.from=example.com"}


@tagged("post_install", "-at_install")
class TestMailVerdict(BaseCase):
    def _is_forged(self, *headers):
        lines = "".join(f"{HEADER}: {header}\n" for header in headers)
        return is_forged(message_from_string(f"{lines}\nText"), [SERVER])

    def test_forged(self):
        for header in (
            f"{SERVER}; dmarc=fail (p=none) header.from=example.com",
            f"{SERVER} 1; dkim=pass header.d=evil.example;\n dmarc=fail",
            f"{SERVER.upper()}; SPF=Fail smtp.mailfrom=a@example.com",
            f"{SERVER}; spf=fail; dkim=fail",
            f'{SERVER}; spf=fail; dkim=none reason="x; dkim=pass"',
            f"{SERVER}; spf=fail (a (nested) ; dkim=pass ) smtp.mailfrom=a",
        ):
            self.assertTrue(self._is_forged(header), header)
        self.assertTrue(self._is_forged(f"{SERVER}; spf=pass", f"{SERVER}; dmarc=fail"))

    def test_not_forged(self):
        for header in (
            f"{SERVER}; none",
            f"{SERVER}; spf=pass; dkim=pass; dmarc=pass",
            f"{SERVER}; spf=fail; dkim=pass header.d=example.com",
            f"{SERVER}; spf=softfail",
            "mx.elsewhere.example; dmarc=fail",
            f"evil.{SERVER}; dmarc=fail",
            "",
            ";;;=",
        ):
            self.assertFalse(self._is_forged(header), header)
        self.assertFalse(self._is_forged())


@tagged("post_install", "-at_install")
class TestMailSender(MailInCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(
            "complaint_management.mail_authserv", f"other.example, {SERVER}"
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Wang Fang", "email": "wang@example.com"}
        )

    def _get_said(self, case):
        return self.env["complaint.message"].search([("complaint_id", "=", case.id)])

    def test_a_forged_mail_is_a_case_of_nobody(self):
        mails = self.env["mail.mail"].search([])
        case = self._receive(headers=FORGED)
        self.assertFalse(case.party_ids.partner_id)
        self.assertFalse(case.party_ids.email)
        self.assertIn("<wang@example.com> (not verified)", case.party_ids.name)
        self.assertIn("The brakes squeal", case.description)
        message = case.message_ids.filtered(lambda row: row.message_type == "email")
        self.assertFalse(message.author_id)
        self.assertTrue(message.is_internal)
        self.assertIn("isn't verified", message.body.replace("&#39;", "'"))
        self.assertIn("The brakes squeal", message.body)
        reminders = self._get_reminders(case).mapped("summary")
        self.assertEqual(reminders, ["Sender not verified: check who has written"])
        mails = self.env["mail.mail"].search([]) - mails
        told = [*mails.mapped("email_to"), *mails.recipient_ids.mapped("email")]
        self.assertNotIn("wang@example.com", str(told), "nobody is written to")

    def test_a_forged_mail_to_two_policies(self):
        other = self.policy.copy({"alias_name": "praise"})
        cases = self.env["complaint.complaint"]
        known = cases.search([])
        self._process(
            self._make_mail(to=f"{self.address}, praise@{DOMAIN}", headers=FORGED)[0]
        )
        made = cases.search([]) - known
        self.assertEqual(made.policy_id, self.policy | other)
        self.assertFalse(made.party_ids.partner_id)

    def test_the_policy_that_takes_no_unnamed(self):
        self.policy.anonymous_allowed = False
        self.assertTrue(self._receive(headers=FORGED), "nothing is lost")

    def test_a_forged_reply_is_a_note(self):
        case = self._receive()
        self.assertEqual(case.party_ids.partner_id, self.partner)
        events = []
        self.patch(
            type(case),
            "_complaint_event",
            lambda cases, event, source=None, at=None: events.append(event),
        )
        message = self._reply(case, text="I withdraw it.", headers=FORGED)
        self.assertFalse(events)
        self.assertFalse(self._get_said(case))
        self.assertFalse(message.author_id)
        self.assertTrue(message.is_internal)
        self.assertIn("I withdraw it.", message.body)
        self.assertIn(
            "Sender not verified: check who has written",
            self._get_reminders(case).mapped("summary"),
        )

    def test_a_forged_number_finds_nothing(self):
        case = self._receive()
        other = self._receive(subject=f"About {case.name}", headers=FORGED)
        self.assertTrue(other)
        self.assertEqual(len(self._get_cases()), 2)

    def test_a_forged_reply_reopens_nothing(self):
        self.policy.closed_reply = "reopen"
        case = self._receive()
        case.with_user(self.office).action_accept()
        self._close(case)
        self._reply(case, headers=FORGED)
        self.assertTrue(case.is_closed)
        self._reply(case)
        self.assertFalse(case.is_closed)

    def test_a_forged_colleague_says_nothing(self):
        case = self._receive()
        sender = f"Office <{self.office.email}>"
        message = self._reply(case, sender=sender, headers=FORGED)
        self.assertFalse(message.author_id)
        self.assertTrue(message.is_internal)
        self.assertNotIn(message.create_uid, self.office)

    def test_in_confidence(self):
        case = self._receive()
        case.party_ids.confidential = True
        message = self._reply(case, text="Hello", headers=FORGED)
        self.assertNotIn("wang", f"{message.email_from} {message.body}")

    def test_verified_acts(self):
        case = self._receive(headers={HEADER: f"{SERVER}; spf=pass; dmarc=pass"})
        self.assertEqual(case.party_ids.partner_id, self.partner)
        self._reply(case, headers={HEADER: "mx.evil.example; dmarc=fail"})
        self.assertEqual(len(self._get_said(case)), 1)

    def test_off(self):
        self.env["ir.config_parameter"].set_param(
            "complaint_management.mail_authserv", False
        )
        case = self._receive(headers=FORGED)
        self.assertEqual(case.party_ids.partner_id, self.partner)

    def test_setting(self):
        settings = self.env["res.config.settings"].create(
            {"complaint_mail_authserv": "mx.example.com"}
        )
        settings.execute()
        value = self.env["ir.config_parameter"].get_param(
            "complaint_management.mail_authserv"
        )
        self.assertEqual(value, "mx.example.com")

    # files

    def test_files_are_shown_back(self):
        files = [("a.jpg", make_image(), "image/jpeg"), ("b.txt", b"b", "text/plain")]
        case = self._receive(files=files)
        names = case.told_attachment_ids.sorted("id").mapped("name")
        self.assertEqual(names, ["a.jpg", "b.txt"])
        self._reply(case, files=[("c.png", make_image("PNG"), "image/png")])
        row = self._get_said(case)
        self.assertEqual(row.attachment_ids.mapped("name"), ["c.png"])
        page = self.env["complaint.case.page"]
        case = case.with_env(self.env(su=True))
        shown = page._prepare_content(case, case.party_ids, "/x")["entries"]
        names = [file["name"] for entry in shown for file in entry["files"]]
        self.assertEqual(names, ["c.png", "a.jpg", "b.txt"])
        self._reply(
            case, sender="eve@example.com", files=[("e.txt", b"e", "text/plain")]
        )
        forged = [("f.txt", b"f", "text/plain")]
        self._reply(case, headers=FORGED, files=forged)
        self.env.invalidate_all()
        shown = page._prepare_content(case, case.party_ids, "/x")["entries"]
        self.assertEqual(
            [file["name"] for entry in shown for file in entry["files"]], names
        )
        other = case.party_ids.create(
            {"complaint_id": case.id, "type": "complainant", "name": "Li Na"}
        )
        shown = page._prepare_content(case, other, "/x")["entries"]
        names = [file["name"] for entry in shown for file in entry["files"]]
        self.assertEqual(names, ["a.jpg", "b.txt"], "what another one has sent since")

    def test_a_bomb_loses_no_mail(self):
        bomb = ("bomb.png", make_png_bomb(20_000, 20_000), "image/png")
        case = self._receive(files=[bomb])
        self.assertEqual(case.told_attachment_ids.mapped("name"), ["bomb.png"])
        page = self.env["complaint.case.page"]
        self.assertEqual(
            page._find_file(case, case.party_ids, case.told_attachment_ids.id),
            case.told_attachment_ids,
        )
