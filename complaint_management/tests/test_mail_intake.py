from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintCommon
from .mail_common import DOMAIN, MailInCommon


@tagged("post_install", "-at_install")
class TestMailIntake(MailInCommon):
    """Mails to the address of a policy become cases."""

    def test_a_mail_becomes_a_case(self):
        case = self._receive()
        self.assertRecordValues(
            case,
            [
                {
                    "subject": "Brakes squeal",
                    "channel_id": self.env.ref(
                        "complaint_management.complaint_channel_email"
                    ).id,
                    "form": "written",
                    "kind_id": self.kind_complaint.id,
                    "registered_by_id": False,
                    "complainant_name": "Wang Fang",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(str(case.description), "<p>The brakes squeal.<br>Still.</p>")
        self.assertEqual(str(case.received_at), "2026-11-16 01:58:00")
        self.assertRecordValues(
            case.party_ids,
            [{"name": "Wang Fang", "email": "wang@example.com", "partner_id": False}],
        )
        message = case.message_ids.filtered(lambda row: row.message_type == "email")
        self.assertEqual(len(message), 1)
        self.assertIn("The brakes squeal.", message.body)
        self.assertEqual(case.lead_assignment_id.type, "lead", "it is routed")

    def test_a_known_contact_is_recognised(self):
        partner = self.env["res.partner"].create(
            {"name": "Wang Fang", "email": "wang@example.com"}
        )
        self.assertEqual(self._receive().party_ids.partner_id, partner)

    def test_two_contacts_with_the_address_are_a_question(self):
        for name in ("Wang Fang", "Wang Bin"):
            self.env["res.partner"].create({"name": name, "email": "wang@example.com"})
        self.assertFalse(self._receive().party_ids.partner_id)

    def test_no_contact_is_made(self):
        before = self.env["res.partner"].search_count([])
        self._receive(cc="Sister <sister@example.com>")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_kind_of_the_policy(self):
        self.policy.mail_kind_id = self.kind_suggestion
        self.assertEqual(self._receive().kind_id, self.kind_suggestion)

    def test_copies_are_kept_on_the_party(self):
        case = self._receive(
            cc="Sister <sister@example.com>", to=f"{self.address}, boss@example.com"
        )
        self.assertEqual(
            case.party_ids.email_cc,
            'boss@example.com, "Sister" <sister@example.com>',
        )
        self.assertFalse(case.message_ids.partner_ids)
        self.assertFalse(case.message_partner_ids)

    def test_attachments_come_along(self):
        case = self._receive(
            files=[
                ("photo.png", b"\x89PNG\r\n\x1a\n0000", "image/png"),
                ("page.html", b"<script>alert(1)</script>", "text/html"),
            ]
        )
        files = self.env["ir.attachment"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertEqual(set(files.mapped("name")), {"photo.png", "page.html"})
        page = files.filtered(lambda row: row.name == "page.html")
        self.assertNotIn("html", page.mimetype, "the browser never runs it")

    def test_script_is_text(self):
        case = self._receive(
            subject="<script>alert(1)</script> brakes",
            html="<p>Brakes</p><script>alert(2)</script>"
            '<img src="https://spy.example/x.gif" onerror="alert(3)">',
        )
        for text in (str(case.description), *case.message_ids.mapped("body")):
            self.assertNotIn("<script", text)
            self.assertNotIn("onerror", text)
        self.assertNotIn("spy.example", str(case.description))
        self.assertIn("alert(1)", case.subject, "a subject is shown as text")

    def test_mail_without_subject(self):
        case = self._receive(subject=None)
        self.assertEqual(case.subject, "The brakes squeal. Still.")
        case = self._receive(subject=None, text="")
        self.assertEqual(case.subject, "Mail without a subject")

    def test_prefixes_of_the_subject_go(self):
        case = self._receive(subject="Fwd: RE: 回复：Brakes")
        self.assertEqual(case.subject, "Brakes")

    def test_long_mail_is_cut(self):
        case = self._receive(subject="Brakes " * 200, text="squeal " * 20000)
        self.assertLessEqual(len(case.subject), 200)
        self.assertLess(len(case.description), 21000)
        message = case.message_ids.filtered(lambda row: row.message_type == "email")
        self.assertGreater(len(message.body), 100000, "the whole mail is in the log")

    def test_date_within_sanity(self):
        for date in (
            "Mon, 16 Nov 2026 23:00:00 +0800",
            "Mon, 16 Nov 1998 09:00:00 +0800",
            "yesterday",
            None,
        ):
            with self.subTest(date=date):
                self.assertEqual(self._receive(date=date).received_at, self.now)

    def test_language_is_told_by_the_script(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "en_US"
        case = self._receive(subject="刹车", text="修好之后刹车还是响，请尽快处理。")
        self.assertEqual(case.party_ids.lang, "zh_CN")
        self.assertEqual(self._receive().party_ids.lang, "en_US")
        self.company.partner_id.lang = "zh_CN"
        self.assertEqual(self._receive().party_ids.lang, "en_US")

    def test_confidential_case_carries_no_name(self):
        self.policy.mail_kind_id = self.kind_tip_off
        self.env["res.partner"].create(
            {"name": "Wang Fang", "email": "wang@example.com"}
        )
        case = self._receive(cc="Sister <sister@example.com>")
        self._assert_no_name(case)

    def test_confidential_stranger_carries_no_name(self):
        self.policy.mail_kind_id = self.kind_tip_off
        case = self._receive(cc="Sister <sister@example.com>")
        self._assert_no_name(case)
        self._reply(case, subject="Re: Brakes squeal", text="And again.")
        self._assert_no_name(case)

    def _assert_no_name(self, case):
        self.assertEqual(case.identity, "confidential")
        self.assertNotIn("Wang Fang", case.message_partner_ids.mapped("name"))
        root = self.env.ref("base.user_root")
        for message in case.message_ids:
            told = message.read()[0]
            for name in ("body", "email_from", "incoming_email_cc", "author_id"):
                self.assertNotIn("wang", str(told[name]).lower(), name)
                self.assertNotIn("sister", str(told[name]).lower(), name)
            self.assertEqual(message.create_uid, root)
        self.assertEqual(case.create_uid, root)

    def test_acknowledgement_can_be_answered_to(self):
        self.policy.acknowledgement_template_id = self.env.ref(
            "complaint_management.mail_template_complaint_acknowledgement"
        )
        case = self._receive()
        self._acknowledge()
        mail = self.env["mail.mail"].search(
            [("model", "=", "complaint.party"), ("res_id", "in", case.party_ids.ids)]
        )
        self.assertEqual(mail.email_to, "wang@example.com")
        self.assertIn(self.address, mail.reply_to)
        self.assertIn("auto-generated", mail.headers)
        self.assertFalse(self._receive(reply_to=mail.message_id, text="One more thing"))
        self.assertIn("One more thing", case.message_ids[0].body)
        self.assertIn("/c/s/", mail._prepare_outgoing_body(), "the page of the case")
        self.assertNotIn("/c/s/", mail.body_html)

    def test_sent_by_one_of_us(self):
        case = self._receive(sender="registrar@dalian-motors.example")
        self.assertFalse(case.registered_by_id, "the system registers")
        self.assertEqual(case.create_uid, self.env.ref("base.user_root"))
        self.assertEqual(
            self._get_reminders(case).summary, "Sent by one of us: check who complains"
        )

    def test_sender_in_other_company_is_no_contact(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["res.partner"].create(
            {"name": "W", "email": "wang@example.com", "company_id": other.id}
        )
        self.assertFalse(self._receive().party_ids.partner_id)

    # ------------------------------------------------------------
    # WHAT MAKES NO CASE
    # ------------------------------------------------------------

    def test_what_programs_send_makes_no_case(self):
        for headers in (
            {"Auto-Submitted": "auto-replied"},
            {"Auto-Submitted": "auto-generated; x=y"},
            {"X-Autoreply": "yes"},
            {"X-Autorespond": "yes"},
            {"Precedence": "auto_reply"},
            {"Precedence": "bulk"},
            {"Return-Path": "<>"},
            {"Subject": "自动回复: 您好"},
            {"Subject": "Out of Office"},
        ):
            with self.subTest(headers=headers):
                subject = headers.pop("Subject", "Brakes")
                self.assertFalse(self._receive(subject=subject, headers=headers))
                self.assertFalse(self._mails, "nobody is answered")

    def test_what_people_send_makes_a_case(self):
        for headers in (
            {"Auto-Submitted": "no"},
            {"Precedence": "list", "List-Id": "<service.example.com>"},
            {"X-Auto-Response-Suppress": "All"},
        ):
            with self.subTest(headers=headers):
                self.assertTrue(self._receive(headers=headers))

    def test_an_allowed_program_makes_a_case(self):
        self.env["mail.gateway.allowed"].create({"email": "hotline@city.example"})
        case = self._receive(
            sender="hotline@city.example", headers={"Auto-Submitted": "auto-generated"}
        )
        self.assertTrue(case)

    def test_bounces_make_no_case(self):
        self.assertFalse(self._receive(sender="MAILER-DAEMON@example.com"))

    def test_our_own_addresses_make_no_case(self):
        other = self.policy.copy({"code": "X"})
        other.alias_name = "others"
        for local in ("complaints", "others", self.domain.catchall_alias):
            with self.subTest(local=local):
                self.assertFalse(self._receive(sender=f"{local}@{DOMAIN}"))

    def test_the_same_mail_twice_makes_one_case(self):
        raw, _id = self._make_mail()
        self._process(raw)
        self._process(raw)
        self.assertEqual(len(self._get_cases()), 1)

    def test_a_loop_ends(self):
        """Odoo's own limit counts our cases: twenty in two hours, then a notice."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 5)
        sent = 0
        for _index in range(12):
            self._receive(sender="robot@example.com")
            sent += len(self._mails)
        self.assertEqual(len(self._get_cases()), 5)
        self.assertEqual(sent, 7, "who is a person after all is told")
        self.assertTrue(self._receive(), "others go on")

    def test_an_ended_policy_answers_politely(self):
        self.policy.valid_to = "2026-11-01"
        self.assertFalse(self._receive())
        self.assertEqual(self._mails[0]["email_to"], ['"Wang Fang" <wang@example.com>'])

    def test_a_policy_that_lacks_something_answers_politely(self):
        self.policy.stage_ids.filtered(
            lambda stage: stage.phase not in ("closed", "refused")
        ).active = False
        self.assertFalse(self._receive())
        self.assertTrue(self._mails)
        self.assertEqual(self.policy.alias_id.alias_status, "invalid")

    def test_no_sender(self):
        self.assertTrue(self._receive(sender=None))
        self.policy.anonymous_allowed = False
        self.assertFalse(self._receive(sender=None))

    def test_catchall_makes_no_case(self):
        self.assertFalse(self._receive(to=self.domain.catchall_email))

    # ------------------------------------------------------------
    # ADDRESS
    # ------------------------------------------------------------

    def test_the_domain_of_the_company(self):
        self.assertEqual(self.policy.alias_email, self.address)
        other = self.env["res.company"].create({"name": "Other"})
        domain = self._create_alias_domain(other, "other.example")
        hours = other.resource_calendar_id
        self.policy.write({"company_id": other.id, "calendar_id": hours.id})
        self.assertEqual(self.policy.alias_domain_id, domain)

    def test_each_company_has_its_own_address(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._create_alias_domain(other, "other.example")
        policy = self.policy.copy({"code": "O", "company_id": other.id})
        self.assertFalse(policy.alias_name)
        policy.alias_name = "complaints"
        self._process(self._make_mail(to="complaints@other.example")[0])
        self.assertFalse(self._get_cases())
        case = self.env["complaint.complaint"].search([("policy_id", "=", policy.id)])
        self.assertEqual(case.company_id, other)

    def test_an_address_belongs_to_one_policy(self):
        other = self.policy.copy({"code": "O"})
        with self.assertRaises(UserError):
            other.alias_name = "complaints"

    def test_administrators_of_complaints_set_it(self):
        policy = self.policy.with_user(self.admin)
        policy.alias_name = "service"
        self.assertEqual(self.policy.alias_email, f"service@{DOMAIN}")
        self.assertEqual(
            self.policy.alias_id.alias_defaults, repr({"policy_id": self.policy.id})
        )

    def test_the_address_is_in_the_policy_file(self):
        files = self.env["complaint.policy.file"].with_user(self.admin)
        data = files._export(self.policy.with_user(self.admin))
        self.assertEqual(data["policy"]["alias_name"], "complaints")
        other = self.env["res.company"].create({"name": "Other"})
        self._create_alias_domain(other, "other.example")
        self.admin.company_ids |= other
        text = files._dump(data)
        policy = files._import_text(text, other)
        self.assertEqual(policy.alias_email, "complaints@other.example")
        self.assertEqual(policy.company_id, other)

    def test_a_file_with_an_address_that_is_taken_comes_in(self):
        files = self.env["complaint.policy.file"].with_user(self.admin)
        data = files._export(self.policy.with_user(self.admin))
        data["policy"]["code"] = "NEW"
        policy = files._import_text(files._dump(data), self.company)
        self.assertFalse(policy.alias_name)
        self.assertEqual(self.policy.alias_name, "complaints")

    def _get_findings(self):
        findings = self.env["complaint.policy.check"]._get_findings(self.policy)
        return " ".join(finding["text"] for finding in findings)

    def test_check_finds_an_address_that_works_not(self):
        self.assertNotIn("Mails to", self._get_findings())
        self.policy.channel_ids = self.env.ref(
            "complaint_management.complaint_channel_telephone"
        )
        self.assertIn("none of the channels taken", self._get_findings())
        self.policy.valid_to = "2026-11-01"
        self.assertIn("are sent back", self._get_findings())
        self.policy.alias_id.alias_domain_id = False
        self.assertIn("no alias domain", self._get_findings())

    def test_check_finds_replies_that_reopen_nothing(self):
        self.policy.write({"closed_reply": "reopen", "max_rounds": 1})
        self.assertIn("knows one round only", self._get_findings())

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def test_queries_of_a_mail(self):
        self._receive()

        def receive(subject):
            raw, _id = self._make_mail(subject=subject)
            before = self.cr.sql_log_count
            with self.mock_mail_gateway():
                self.env["mail.thread"].message_process(None, raw)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        receive("First")
        self.assertLess(receive("Second"), 130)


@tagged("post_install", "-at_install")
class TestMailReply(MailInCommon):
    """Replies find their case, and are taken for what they are."""

    def _close_case(self, case):
        case.lead_assignment_id.with_user(self.office).action_accept()
        self._close(case)

    @classmethod
    def _answer_in_chatter(cls, case):
        """Let staff write to the complainant from the case; return the message."""
        case.lead_assignment_id.with_user(cls.office).action_accept()
        return case.with_user(cls.office).message_post(
            body="We look into it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            outgoing_email_to="wang@example.com",
        )

    def test_a_reply_lands_on_its_case(self):
        case = self._receive()
        with patch.object(type(case), "_complaint_event", autospec=True) as tell:
            message = self._reply(case, text="And the lamp is broken.")
        self.assertIn("complainant_wrote", [call.args[1] for call in tell.mock_calls])
        self.assertIn("the lamp", message.body)
        self.assertFalse(message.is_internal)
        reminder = self._get_reminders(case)
        self.assertEqual(reminder.summary, "The complainant has written")
        self.assertEqual(reminder.user_id, self.office)

    def test_a_reply_stands_on_the_case_page(self):
        case = self._receive()
        text = "The lamp too.\n\nOn Mon, Nov 16, 2026 we wrote:\n> Dear Wang Fang"
        self._reply(case, text=text)
        row = self.env["complaint.message"].search([("complaint_id", "=", case.id)])
        self.assertRecordValues(
            row, [{"text": "The lamp too.", "via": "mail", "direction": "in"}]
        )
        self._reply(case, sender="eve@example.com", text="I am Eve")
        self.assertEqual(
            self.env["complaint.message"].search([("complaint_id", "=", case.id)]), row
        )

    def test_one_reminder_until_it_is_done(self):
        case = self._receive()
        self._reply(case)
        self._reply(case)
        self.assertEqual(len(self._get_reminders(case)), 1)
        self._get_reminders(case).action_feedback()
        self._reply(case)
        self.assertEqual(len(self._get_reminders(case)), 1)

    def test_staff_writes_and_the_answer_comes_back(self):
        case = self._receive()
        with self.mock_mail_gateway():
            message = self._answer_in_chatter(case)
        mail = next(row for row in self._mails if "wang@example.com" in row["email_to"])
        self.assertIn(self.address, mail["reply_to"])
        self.assertFalse(self._receive(reply_to=message.message_id, text="Thank you"))
        self.assertIn("Thank you", case.message_ids[0].body)

    def test_a_letter_is_answered_to(self):
        case = self._receive()
        letter = self.env["complaint.letter"].new(
            {"complaint_id": case.id, "email": "wang@example.com"}
        )
        self.assertIn(self.address, letter._prepare_mail()["reply_to"])

    def test_the_number_finds_the_case_of_the_complainant(self):
        case = self._receive()
        subject = f"About [{case.name}]: more"
        self.assertFalse(self._receive(subject=subject))
        self.assertTrue(self._receive(subject=subject, sender="eve@example.com"))

    def test_a_reply_to_a_merged_case_goes_on(self):
        case, master = self._receive(), self._receive(subject="Again")
        case.master_id = master
        self._reply(case, text="More of it")
        self.assertIn("More of it", master.message_ids[0].body)

    def test_somebody_else_is_kept_and_not_the_complainant(self):
        case = self._receive()
        with patch.object(type(case), "_complaint_event", autospec=True) as tell:
            message = self._reply(case, sender="eve@example.com", text="I am Eve")
        self.assertFalse(tell.mock_calls)
        self.assertTrue(message.is_internal)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(message.notified_partner_ids)
        self.assertEqual(
            self._get_reminders(case).summary,
            "Somebody who isn't the complainant has written",
        )

    def test_a_person_complained_about_is_somebody_else(self):
        case = self._receive()
        case.party_ids = [
            Command.create(
                {"type": "respondent", "employee_id": self.handler.employee_ids.id}
            )
        ]
        message = self._reply(case, sender=self.handler.email, text="Not true")
        self.assertTrue(message.is_internal)
        self.assertFalse(message.with_user(self.handler).has_access("read"))
        self.assertNotIn(self.handler.partner_id, case.message_partner_ids)

    def test_staff_of_the_case_is_staff(self):
        case = self._receive()
        message = self._reply(case, sender=self.office.email)
        self.assertFalse(self._get_reminders(case))
        self.assertEqual(message.author_id, self.office.partner_id)

    def test_an_absence_notice_is_no_reply(self):
        case = self._receive()
        last = case.message_ids[:1]
        self._reply(case, headers={"Auto-Submitted": "auto-replied"})
        self.assertEqual(case.message_ids[:1], last)
        self.assertFalse(self._get_reminders(case))

    # ------------------------------------------------------------
    # CLOSED CASES
    # ------------------------------------------------------------

    def _reply_to_closed(self, way, **values):
        case = self._receive()
        self._close_case(case)
        self.policy.closed_reply = way
        message = self._reply(case, text="Not good", **values)
        self.assertIn("Not good", case.message_ids.mapped("body")[0] + message.body)
        return case

    def test_closed_staff_decides_by_default(self):
        self.assertEqual(self.policy.closed_reply, "ask")
        case = self._reply_to_closed("ask")
        self.assertTrue(case.is_closed)
        self.assertEqual(
            self._get_reminders(case).summary,
            "The complainant has written after closing: reopen?",
        )

    def test_closed_is_kept(self):
        case = self._reply_to_closed("keep")
        self.assertTrue(case.is_closed)
        self.assertFalse(self._get_reminders(case))

    def test_closed_is_shown(self):
        case = self._reply_to_closed("notify")
        self.assertEqual(
            self._get_reminders(case).summary, "The complainant has written"
        )

    def test_closed_reopens(self):
        case = self._reply_to_closed("reopen")
        self.assertFalse(case.is_closed)
        self.assertEqual(case.round_number, 2)
        self.assertEqual(case.round_id.note, "Not good")
        self.assertEqual(
            self._get_reminders(case).summary, "Reopened: the complainant has written"
        )

    def test_somebody_else_never_reopens(self):
        case = self._reply_to_closed("reopen", sender="eve@example.com")
        self.assertTrue(case.is_closed)

    def test_no_round_is_left(self):
        self.policy.max_rounds = 1
        case = self._reply_to_closed("reopen")
        self.assertTrue(case.is_closed)
        self.assertEqual(
            self._get_reminders(case).summary,
            "The complainant has written after closing: reopen?",
        )

    def test_withdrawn_stays_closed(self):
        case = self._receive()
        self._close_case(case)
        case.outcome_id = self._reason("withdrawn")
        self.policy.closed_reply = "reopen"
        self._reply(case)
        self.assertTrue(case.is_closed)

    def test_reminders_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.office.lang = "zh_CN"
        case = self._receive()
        self._reply(case)
        self.assertEqual(
            self._get_reminders(case).summary,
            self.env["complaint.mail.intake"]
            .with_context(lang="zh_CN")
            ._get_reminders()["read"],
        )


@tagged("post_install", "-at_install")
class TestMailWithoutAddress(ComplaintCommon):
    """A policy without address works as ever."""

    def test_no_address(self):
        self.assertFalse(self.policy.alias_id)
        self.assertIsNone(self.policy._get_reply_to())

    def test_no_domain(self):
        self.company.alias_domain_id = False
        self.policy.alias_name = "complaints"
        self.assertFalse(self.policy.alias_email)
        self.assertIsNone(self.policy._get_reply_to())
        self.assertEqual(fields.Datetime.now(), self.now)
