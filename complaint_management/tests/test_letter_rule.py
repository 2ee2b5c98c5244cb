from odoo.tests import tagged
from odoo.tools import mute_logger

from .letter_common import LetterCommon


@tagged("post_install", "-at_install")
class TestLetterRule(LetterCommon):
    """Letters that rules write."""

    def _letters_of(self, complaint):
        return self.letters.search([("complaint_id", "=", complaint.id)])

    def test_sent_at_once(self):
        self._create_letter_template(
            event="received", automatic=True, purpose="receipt", delivery="mail"
        )
        events = self._catch_events()
        complaint = self._create_complaint(contact_email="wang@example.com")
        letter = self._letters_of(complaint)
        self.assertEqual(letter.state, "ready", "made by the scheduler")
        self.assertFalse(letter.attachment_id)
        self._send_waiting()
        self.assertEqual(letter.state, "sent")
        self.assertTrue(letter.mail_id)
        self.assertIn("acknowledged", events)
        self._send_waiting()
        self.assertEqual(events.count("letter_sent"), 1)

    def test_nobody_is_written_to_without_address(self):
        self._create_letter_template(event="received", automatic=True, delivery="mail")
        self.assertFalse(self._letters_of(self._create_complaint()))

    def test_drafted_for_somebody_to_review(self):
        self._create_letter_template(
            event="stage_entered", event_stage_id=self.stage_answered.id
        )
        complaint = self._create_accepted()
        complaint.with_user(self.office).stage_id = self.stage_handling
        self.assertFalse(self._letters_of(complaint))
        complaint.with_user(self.office).stage_id = self.stage_answered
        letter = self._letters_of(complaint)
        self.assertEqual(letter.state, "draft")
        self.assertEqual(letter.activity_id.user_id, self.handler)
        self.assertIn(letter.name, letter.activity_id.summary)
        activity = letter.activity_id
        letter.with_user(self.handler).action_send()
        self.assertFalse(activity.exists().active)

    def test_only_such_cases(self):
        self._create_letter_template(
            event="received", kind_ids=[(6, 0, self.kind_suggestion.ids)]
        )
        self.assertFalse(self._letters_of(self._create_complaint()))
        suggestion = self._create_complaint(kind_id=self.kind_suggestion.id)
        self.assertTrue(self._letters_of(suggestion))

    def test_history_gets_no_letters(self):
        self._create_letter_template(event="received", automatic=True)
        cases = self.env["complaint.complaint"].with_context(complaint_history=True)
        complaint = cases.create(self._prepare_complaint())
        self.assertFalse(self._letters_of(complaint))

    def test_acknowledgement_mail_acknowledges(self):
        self.policy.acknowledgement_template_id = self.env.ref(
            "complaint_management.mail_template_complaint_acknowledgement"
        )
        events = self._catch_events()
        self._create_complaint()
        self.assertNotIn("acknowledged", events, "nobody could be written to")
        self._create_complaint(contact_email="wang@example.com")
        self.assertNotIn("acknowledged", events, "not yet")
        self._acknowledge()
        self.assertEqual(events.count("acknowledged"), 1)

    def test_one_that_fails_stops_none(self):
        self._create_letter_template(event="received", automatic=True, delivery="print")
        letters = self._letters_of(self._create_complaint()) + self._letters_of(
            self._create_complaint(subject="Other")
        )
        make = self.registry["complaint.letter"]._ensure_pdf

        def fail(records):
            if letters[0] in records:
                raise ValueError("no paper")
            return make(records)

        self.patch(self.registry["complaint.letter"], "_ensure_pdf", fail)
        with mute_logger("odoo.addons.complaint_management.models"):
            with mute_logger(
                "odoo.addons.complaint_management.models.complaint_letter_dispatch"
            ):
                self._send_waiting()
        self.assertEqual(letters.mapped("failure"), ["no paper", False])
        self.assertTrue(letters[1].attachment_id)
        stuck = self.env["complaint.stuck"].search([("kind", "=", "letter")])
        self.assertEqual(stuck.mapped("name"), [letters[0].name])

    def test_a_letter_causes_no_letters_without_end(self):
        self._create_letter_template(event="received", automatic=True)
        self._create_letter_template("copy", event="letter_sent", automatic=True)
        complaint = self._create_complaint(contact_email="wang@example.com")
        for _turn in range(3):
            self._send_waiting()
        codes = self._letters_of(complaint).template_id.mapped("code")
        self.assertEqual(sorted(codes), ["copy", "notice"])
        self.assertEqual(len(self._letters_of(complaint)), 2)

    def test_writing_many(self):
        """What each further letter costs doesn't grow with their number."""
        template = self._create_letter_template(delivery="any")
        cases = self.env["complaint.complaint"].concat(
            *(
                self._create_complaint(
                    subject=f"Case {number}",
                    contact_phone=False,
                    contact_email=f"c{number}@example.com",
                )
                for number in range(111)
            )
        )

        def write(count):
            self.writer._write_by_rule(template, cases[:count], "received")

        template.automatic = True
        cost = self._measure_queries_per_record(write)
        self.assertLess(cost, 8)

        def send(count):
            waiting = self.letters.search([("state", "=", "ready")], limit=count)
            waiting._go_out()

        cost = self._measure_queries_per_record(send)
        self.assertLess(cost, 45)
