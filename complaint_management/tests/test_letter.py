from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.complaint_letter import CONTENT_FIELDS
from .letter_common import LetterCommon


@tagged("post_install", "-at_install")
class TestLetter(LetterCommon):
    def setUp(self):
        super().setUp()
        self.template = self._create_letter_template()
        self.complaint = self._create_accepted(contact_email="Wang@Example.com")

    def _letter(self, **values):
        return self._write(self.template, self.complaint, **values)

    # words

    def test_words_are_filled_in(self):
        letter = self._letter()
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "draft",
                    "subject": f"About {self.complaint.name}",
                    "addressee": "Wang Fang",
                    "email": "wang@example.com",
                    "created_by_id": self.handler.id,
                    "round_id": self.complaint.round_id.id,
                }
            ],
        )
        self.assertIn("Dear Wang Fang", letter.body)
        self.assertIn("Brakes squeal", letter.body)

    def test_in_the_language_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.template.with_context(lang="zh_CN")
        chinese.subject = "关于{{ object.complaint_id.name }}"
        chinese.body_html = '<p><t t-out="object.addressee"/>：您好</p>'
        self.complaint.party_ids.lang = "zh_CN"
        letter = self._letter()
        self.assertEqual(letter.lang, "zh_CN")
        self.assertEqual(letter.subject, f"关于{self.complaint.name}")
        self.assertIn("Wang Fang：您好", letter.body)

    def test_a_name_is_never_read_as_a_template(self):
        evil = '<script>alert(1)</script> {{ 7*7 }} <t t-out="7*7"/>'
        self.complaint.party_ids.name = evil
        self.complaint.subject = "{{ object.env.cr.dbname }} ${7*7}"
        self.template.subject = (
            "{{ object.addressee }} {{ object.complaint_id.subject }}"
        )
        letter = self._letter()
        self.assertEqual(letter.subject, f"{evil} {self.complaint.subject}")
        self.assertNotIn("<script", letter.body)
        self.assertIn("&lt;script&gt;", letter.body)
        self.assertNotIn("49", letter.body)
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(
            "complaint_management.complaint_letter_report", letter.ids
        )[0].decode()
        self.assertNotIn("<script>alert", html)
        self.assertNotIn("49", html.split('class="page', 1)[1])
        letter.with_user(self.handler).action_send()
        self.assertEqual(letter.mail_id.subject, letter.subject)
        self.assertNotIn("<script", letter.mail_id.body_html)

    def test_only_editors_of_templates_write_code(self):
        editors = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").implied_ids -= editors
        self.admin.group_ids -= editors
        template = self.template.with_user(self.admin)
        with self.assertRaises(AccessError):
            template.body_html = '<p t-out="object.env.user.login"/>'
        with self.assertRaises(AccessError):
            template.subject = "{{ object.env.user.login }}"

    def test_a_file_brings_no_code_in_another_language(self):
        """Texts of other languages come past the ORM: the right is asked too."""
        self.env["res.lang"]._activate_lang("zh_CN")
        editors = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").implied_ids -= editors
        self.admin.group_ids -= editors
        files = self.env["complaint.policy.file"].with_user(self.admin)
        self.template.write({"subject": "Plain", "body_html": "<p>Plain</p>"})
        data = files._export(self.policy.with_user(self.admin))
        row = data["letter_templates"][0]
        row["subject"] = {"en_US": "Plain", "zh_CN": "{{ object.env.user.login }}"}
        with self.assertRaisesRegex(UserError, "letter_templates/notice"):
            files._import_text(files._dump(data), self.company)

    def test_text_that_nobody_wrote(self):
        self.template.body_html = False
        with self.assertRaisesRegex(UserError, "no text yet"):
            self._letter()

    def test_nobody_to_write_to(self):
        self.template.write({"to_complainants": False, "to_forwarders": True})
        with self.assertRaisesRegex(UserError, "nobody to write to"):
            self._letter()
        with self.assertRaisesRegex(ValidationError, "to whom"):
            self.template.to_forwarders = False

    # numbers

    def test_numbers(self):
        self.template.write(
            {"number_prefix": "受理告知〔%(range_year)s〕", "number_suffix": "号"}
        )
        self.template.number_padding = 2
        self.assertEqual(self._letter().name, "受理告知〔2026〕01号")
        self.assertEqual(self._letter().name, "受理告知〔2026〕02号")
        self.template.number_suffix = "号令"
        self.assertEqual(self._letter().name, "受理告知〔2026〕03号令")
        other = self._create_letter_template("other")
        self.assertEqual(self._write(other, self.complaint).name, "DM/other/2026/0001")
        with self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            self.template.number_prefix = "%(nothing)s"

    # recipients

    def test_recipients(self):
        authority = self.env["res.partner"].create(
            {"name": "Authority", "email": "a@gov.example", "street": "1 Square"}
        )
        role = self._create_role(
            "authority", resolution="partner", partner_id=authority.id
        )
        self.complaint.party_ids = [
            Command.create({"name": "Second", "email": "second@example.com"}),
            Command.create({"type": "forwarder", "name": "Bureau"}),
            Command.create({"type": "respondent", "name": "Concerned"}),
            Command.create({"type": "witness", "name": "Witness"}),
        ]
        self.assertEqual(self._letter().mapped("addressee"), ["Wang Fang"])
        self.template.write(
            {
                "to_complainants": "all",
                "to_respondents": True,
                "to_forwarders": True,
                "role_ids": [Command.set(role.ids)],
            }
        )
        letters = self._letter()
        self.assertEqual(
            set(letters.mapped("addressee")),
            {"Wang Fang", "Second", "Bureau", "Concerned", "Authority"},
        )
        outside = letters.filtered(lambda row: not row.party_id)
        self.assertIn("1 Square", outside.address)

    def test_by_mail_only_to_who_has_an_address(self):
        self.template.delivery = "mail"
        self.complaint.party_ids.email = False
        with self.assertRaisesRegex(UserError, "e-mail address"):
            self._letter()
        self.assertEqual(len(self._letter(delivery="any")), 1)

    def test_somebody_else(self):
        partner = self.env["res.partner"].create({"name": "Court"})
        letter = self._letter(others=True, partner_ids=[Command.set(partner.ids)])
        self.assertEqual(letter.addressee, "Court")

    # the way out

    def test_sent_by_mail(self):
        events = self._catch_events()
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "sent",
                    "sent_at": self.now,
                    "sent_by_id": self.handler.id,
                    "sent_how": "mail",
                }
            ],
        )
        self.assertRecordValues(
            letter.mail_id,
            [{"state": "outgoing", "email_to": "wang@example.com"}],
        )
        self.assertEqual(letter.mail_id.attachment_ids, letter.attachment_id)
        self.assertEqual(events, ["letter_approved", "letter_sent"])
        notes = " ".join(self.complaint.message_ids.mapped("body"))
        self.assertIn(f"Letter {letter.name} has gone out", notes)

    def test_a_receipt_acknowledges(self):
        self.template.purpose = "receipt"
        events = self._catch_events()
        self._letter().with_user(self.handler).action_send()
        self.assertEqual(events[-2:], ["letter_sent", "acknowledged"])

    def test_on_paper(self):
        self.template.delivery = "print"
        events = self._catch_events()
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self.assertEqual(letter.state, "ready")
        self.assertFalse(letter.mail_id)
        self.assertTrue(letter.attachment_id)
        self._serve(letter, "sent", "registered")
        self.assertEqual((letter.state, letter.sent_how), ("sent", "registered"))
        self._serve(letter, note="Signed by Wang")
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "served",
                    "served_at": self.now,
                    "served_how": "registered",
                    "served_note": "Signed by Wang",
                }
            ],
        )
        self.assertEqual(events, ["letter_approved", "letter_sent", "letter_served"])
        notes = " ".join(self.complaint.message_ids.mapped("body"))
        self.assertIn(f"Letter {letter.name} was served", notes)

    def test_proof_of_service(self):
        self.template.delivery = "print"
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        files = self.env["ir.attachment"].with_user(self.handler)
        proof = files.create({"name": "slip.png", "raw": b"slip"})
        self._serve(letter, attachment_ids=[Command.set(proof.ids)])
        self.assertEqual(letter.proof_ids.res_id, letter.id)
        self.assertEqual(letter.proof_ids.with_user(self.colleague).raw, b"slip")
        with self.assertRaises(AccessError):
            letter.proof_ids.with_user(self.other_handler).read(["raw"])

    def test_service_lies_in_the_past_and_after_the_sending(self):
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        with self.assertRaisesRegex(UserError, "future"):
            self._serve(letter, at="2026-11-20 00:00:00")
        with self.assertRaisesRegex(UserError, "can't have been served before"):
            self._serve(letter, at="2026-11-01 00:00:00")

    def test_steps_out_of_turn(self):
        letter = self._letter()
        with self.assertRaisesRegex(UserError, "Draft"):
            self._serve(letter)
        with self.assertRaisesRegex(UserError, "Draft"):
            letter.with_user(self.handler).action_replace()
        letter.with_user(self.handler).action_send()
        for step in ("action_send", "action_draft", "action_cancel"):
            with self.assertRaisesRegex(UserError, "Sent"):
                getattr(letter.with_user(self.handler), step)()

    def test_approval(self):
        """What needs approval waits for it, refused it is a draft again."""
        self._create_boss_rule(
            "letter", letter_template_ids=[Command.set(self.template.ids)]
        )
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self.assertEqual((letter.state, letter.approval_state), ("approval", "pending"))
        with self.assertRaisesRegex(UserError, "kept as it is"):
            letter.subject = "Other"
        question = self.complaint.approval_ids
        self.assertNotIn("About", question.reason)
        self.assertIn("Dear Wang Fang", question.summary)
        letter._set_refused("Too short")
        self.assertEqual((letter.state, letter.approval_note), ("draft", "Too short"))
        letter.with_user(self.handler).action_send()
        question = self.complaint.approval_ids.filtered(lambda q: q.state == "pending")
        question.with_user(self.manager).action_approve()
        self.assertEqual(letter.state, "ready")
        self._send_waiting()
        self.assertEqual(letter.state, "sent")
        other = self._create_letter_template("other")
        free = self._write(other, self.complaint)
        free.with_user(self.handler).action_send()
        self.assertEqual(free.state, "sent", "only the letters that the rule names")

    def test_taken_back_from_approval(self):
        self._create_boss_rule("letter")
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        letter.with_user(self.handler).action_draft()
        self.assertEqual(letter.state, "draft")
        self.assertEqual(self.complaint.approval_ids.state, "cancelled")

    def test_the_question_names_nobody_in_confidence(self):
        self._create_boss_rule("letter")
        self.template.subject = "To {{ object.addressee }}"
        complaint = self._create_accepted(
            contact_confidential=True, contact_email="wang@example.com"
        )
        letter = self._write(self.template, complaint)
        letter.with_user(self.office).action_send()
        question = complaint.approval_ids
        self.assertNotIn("Wang", f"{question.reason} {question.summary}")

    def test_clocks_name_their_letter_and_nobody_in_confidence(self):
        self._create_item(
            "complaint.deadline.rule", "reply", event="letter_served", delay=3
        )
        hidden = self._create_accepted(
            contact_confidential=True, contact_email="wang@example.com"
        )
        for case, to in ((self.complaint, " · Wang Fang"), (hidden, "")):
            letter = self._write(self.template, case)
            letter.with_user(self.office).action_send()
            self._serve(letter, user=self.office)
            clock = case.deadline_ids.with_user(self.handler)
            self.assertEqual(clock.display_name, f"Reply · {letter.name}{to}")

    # evidence

    def test_kept_as_it_went_out(self):
        letter = self._letter()
        letter.with_user(self.handler).body = "<p>Changed</p>"
        letter.with_user(self.handler).action_send()
        for name, value in (
            ("subject", "Other"),
            ("body", "<p>Other</p>"),
            ("copies", 2),
            ("party_id", False),
            ("attachment_id", False),
            ("name", "X"),
        ):
            with self.assertRaisesRegex(UserError, "kept as it is"):
                letter[name] = value
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            letter.unlink()
        with self.assertRaisesRegex(UserError, "stays on the case"):
            self.complaint.party_ids.unlink()
        self.assertIn("Changed", letter.body)

    def test_issued_it_is_kept_from_everybody(self):
        """No way in changes it: not the form, not a call from outside, not its file."""
        self.manager.group_ids |= self.env.ref("base.group_system")
        root = self.env.ref("base.user_admin")
        root.write(
            {
                "company_ids": [Command.link(self.company.id)],
                "group_ids": [
                    Command.link(
                        self.env.ref("complaint_management.group_complaint_admin").id
                    )
                ],
            }
        )
        sent, served, returned = self._letter(), self._letter(), self._letter()
        (sent | served | returned).with_user(self.handler).action_send()
        self._serve(served)
        returned._set_undeliverable("No such user")
        users = self.registrar | self.manager | self.office | self.admin | root
        for letter in sent | served | returned:
            kept = self._get_kept(letter)
            for user in self.handler | users if letter == sent else self.handler:
                for model, name, args in self._get_changes(letter):
                    records = self.env[model].with_user(user)
                    with self.assertRaises(UserError, msg=(letter.state, name, args)):
                        call_kw(records, name, args, {})
            letter.invalidate_recordset()
            self.assertEqual(self._get_kept(letter), kept)

    @staticmethod
    def _get_kept(letter):
        """Return all that must stay of ``letter``, its file included."""
        names = [*sorted(CONTENT_FIELDS), "state", "sent_at", "attachment_id"]
        file = letter.attachment_id
        return letter.read(names), file.read(["name", "res_model", "res_id"]), file.raw

    @staticmethod
    def _get_changes(letter):
        """Return the calls that would change an issued letter, or lose it."""
        ids, files = letter.ids, letter.attachment_id.ids
        changes = [
            *({name: False} for name in sorted(CONTENT_FIELDS)),
            {"body": "<p>Other</p>"},
            {"copies": 2},
            {"attachment_id": False},
            {"state": "draft"},
        ]
        letters, attachments = "complaint.letter", "ir.attachment"
        return [
            *((letters, "write", [ids, change]) for change in changes),
            (letters, "web_save", [ids, {"subject": "Other"}, {"subject": {}}]),
            *((letters, name, [ids]) for name in ("unlink", "action_send")),
            *((letters, name, [ids]) for name in ("action_draft", "action_cancel")),
            (attachments, "write", [files, {"raw": b"other"}]),
            (attachments, "write", [files, {"name": "other.pdf"}]),
            (attachments, "write", [files, {"res_id": False, "res_model": False}]),
            (attachments, "unlink", [files]),
        ]

    def test_what_people_may_write(self):
        letter = self._letter().with_user(self.handler)
        for name in ("state", "sent_at", "addressee", "attachment_id"):
            with self.assertRaisesRegex(AccessError, "not changed by hand"):
                letter[name] = False
        with self.assertRaises(AccessError):
            letter.create({"complaint_id": self.complaint.id, "name": "1"})
        with self.assertRaises(AccessError):
            letter.with_user(self.other_handler).subject = "X"
        letter.action_send()
        for user in (self.handler, self.office, self.admin):
            with self.assertRaises(UserError):
                letter.with_user(user).subject = "X"
            with self.assertRaises(AccessError):
                letter.attachment_id.with_user(user).raw = b"other"
            with self.assertRaises(AccessError):
                letter.attachment_id.with_user(user).unlink()

    def test_back_to_draft_while_it_is_here(self):
        self.template.delivery = "print"
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self.assertTrue(letter.attachment_id)
        with self.assertRaisesRegex(UserError, "kept as it is"):
            letter.subject = "Other"
        letter.with_user(self.handler).action_draft()
        self.assertFalse(letter.attachment_id)
        letter.with_user(self.handler).subject = "Other"
        letter.with_user(self.handler).action_send()
        self.assertTrue(letter.attachment_id)

    def test_replaced_by_another(self):
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        letter.with_user(self.handler).action_replace()
        new = letter.replaced_by_id
        self.assertRecordValues(
            new,
            [
                {
                    "state": "draft",
                    "replaces_id": letter.id,
                    "subject": letter.subject,
                    "addressee": letter.addressee,
                }
            ],
        )
        self.assertNotEqual(new.name, letter.name)
        self.assertEqual(letter.state, "sent")
        with self.assertRaisesRegex(UserError, "replaced by"):
            letter.with_user(self.handler).action_replace()

    def test_called_off(self):
        letter = self._letter().with_user(self.handler)
        letter.action_cancel()
        self.assertEqual(letter.state, "cancelled")
        letter.action_draft()
        self.assertEqual(letter.state, "draft")

    # what comes back

    def test_a_mail_that_fails(self):
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        letter.mail_id._postprocess_sent_message([], [], "No such user", "mail_smtp")
        self.assertRecordValues(
            letter, [{"state": "undeliverable", "failure": "No such user"}]
        )
        stuck = self.env["complaint.stuck"].search([("kind", "=", "letter")])
        self.assertEqual(stuck.mapped("name"), [letter.name])
        letter.with_user(self.handler).action_replace()
        self.assertFalse(self.env["complaint.stuck"].search([("kind", "=", "letter")]))

    def test_a_letter_that_comes_back(self):
        self.template.delivery = "print"
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self._serve(letter, "sent", "post")
        self._serve(letter, "returned", note="Moved away")
        self.assertRecordValues(
            letter, [{"state": "undeliverable", "failure": "Moved away"}]
        )
        self._serve(letter, "served", "hand")
        self.assertEqual(letter.state, "served")
        self.assertFalse(letter.failure)

    def test_a_mail_that_bounces(self):
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": "wang@example.com",
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": [letter.mail_id.message_id],
                "bounced_message": letter.mail_id.mail_message_id,
                "body": "<p>Mailbox unknown</p>",
                "email_from": "MAILER-DAEMON",
                "to": "bounce@example.com",
                "message_id": "<1@example.com>",
            },
        )
        self.assertEqual(letter.state, "undeliverable")
        self.assertIn("Mailbox unknown", letter.failure)

    # who may know

    def test_a_letter_to_a_hidden_person(self):
        complaint = self._create_accepted(
            contact_confidential=True, contact_email="wang@example.com"
        )
        letter = self._write(self.template, complaint)
        self.assertIn("Dear Wang Fang", letter.body)
        self.assertFalse(letter.with_user(self.handler).has_access("read"))
        self.assertFalse(letter.with_user(self.admin).has_access("read"))
        self.assertFalse(complaint.with_user(self.handler).letter_count)
        self.assertEqual(letter.activity_id.user_id, self.office, "the office reviews")
        with self.assertRaises(AccessError):
            letter.with_user(self.handler).action_send()
        letter.with_user(self.office).action_send()
        self.assertTrue(letter.attachment_id.with_user(self.office).raw)
        files = self.env["ir.attachment"]
        for user in (self.handler, self.colleague, self.admin, self.other_handler):
            found = files.with_user(user).search([("id", "=", letter.attachment_id.id)])
            self.assertFalse(found)
            with self.assertRaises(AccessError):
                letter.attachment_id.with_user(user).read(["raw", "name"])
            message = letter.mail_id.mail_message_id.with_user(user)
            with self.assertRaises(AccessError):
                message.read(["body"])
        told = " ".join(complaint.message_ids.mapped("body"))
        self.assertNotIn("Wang", told)
        self.assertIn(letter.name, told)

    def test_persons_complained_about_see_no_letter(self):
        letter = self._letter()
        letter.with_user(self.handler).action_send()
        self.complaint.party_ids = [
            Command.create(
                {"type": "respondent", "employee_id": self.colleague.employee_ids.id}
            )
        ]
        self.assertTrue(letter.with_user(self.handler).has_access("read"))
        self.assertFalse(letter.with_user(self.colleague).has_access("read"))
        with self.assertRaises(AccessError):
            letter.attachment_id.with_user(self.colleague).read(["raw"])

    def test_others_see_no_letter(self):
        letter = self._letter()
        for user in (self.other_handler, self.child_handler):
            self.assertFalse(letter.with_user(user).has_access("read"))

    # printing

    def test_print(self):
        one, two = self._letter(), self._letter()
        with self.assertRaisesRegex(UserError, "one by one"):
            (one + two).with_user(self.handler).action_print()
        (one + two).with_user(self.handler).action_send()
        action = (one + two).with_user(self.handler).action_print()
        self.assertEqual(action["context"]["active_ids"], (one + two).ids)
