from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .letter_common import LetterCommon


@tagged("post_install", "-at_install")
class TestAnswer(LetterCommon):
    def setUp(self):
        super().setUp()
        self.complaint = self._create_accepted(contact_email="wang@example.com")

    def _require(self, code, **values):
        return self._create_item("complaint.answer.requirement", code, **values)

    # the gate

    def test_one_line_per_missing_item(self):
        self._require("reasons", hint="Why it is so")
        self._require("thanks")
        self._require("progress", for_final=False, for_interim=True)
        answer = self._prepare_answer(self.complaint)
        self.assertEqual(answer.missing_count, 2)
        with self.assertRaises(UserError) as caught:
            answer.action_give()
        self.assertIn("• Reasons: Why it is so\n• Thanks", str(caught.exception))
        self.assertNotIn("Progress", str(caught.exception))
        answer.check_ids.ticked = True
        self.assertEqual(answer.check_ids.ticked_by_id, self.handler)
        answer.action_give()
        self.assertEqual(answer.state, "given")

    def test_another_type_another_list(self):
        self._require("reasons")
        self._require("progress", for_final=False, for_interim=True)
        answer = self._prepare_answer(self.complaint)
        self.assertEqual(answer.check_ids.requirement_id.code, "reasons")
        answer.type = "interim"
        self.assertEqual(answer.check_ids.requirement_id.code, "progress")

    def test_every_point(self):
        self._require("points", check="points")
        self.complaint.with_user(self.handler).point_ids = [
            Command.create({"name": "It squeals"}),
            Command.create({"name": "It was dear", "answer": "We pay half."}),
        ]
        answer = self._prepare_answer(self.complaint)
        with self.assertRaisesRegex(UserError, "• Points"):
            answer.action_give()
        answer.point_ids[0].answer = " "
        self.assertEqual(answer.missing_count, 1)
        answer.point_ids[0].answer = "We replaced the pads."
        answer.action_give()
        self.assertEqual(answer.state, "given")

    def test_text_and_condition(self):
        self._require("text", check="text")
        self._require(
            "place", check="domain", required_domain="[('place', '!=', False)]"
        )
        answer = self._prepare_answer(self.complaint, text="<p><br></p>")
        with self.assertRaisesRegex(UserError, "• Text\n• Place"):
            answer.action_give()
        answer.text = "<p>Yes</p>"
        self.complaint.place = "Counter"
        answer.action_give()

    def test_condition_that_cannot_be_read(self):
        for domain in ("[('nothing', '=', 1)]", "place", "[("):
            with self.assertRefused("asks of the case can't be read", ValidationError):
                self._require("place", check="domain", required_domain=domain)

    def test_finding_and_remedy(self):
        self._require("finding", check="finding")
        self._require("remedy", check="remedy")
        answer = self._prepare_answer(self.complaint)
        with self.assertRaisesRegex(UserError, "• Finding\n• Remedy"):
            answer.action_give()

    def test_only_such_cases(self):
        self._require("serious", severity_ids=[Command.set(self.severity_serious.ids)])
        self._prepare_answer(self.complaint).action_give()

    def test_a_requirement_added_meanwhile_counts(self):
        answer = self._prepare_answer(self.complaint)
        self._require("appeal")
        with self.assertRaisesRegex(UserError, "• Appeal"):
            answer.action_give()

    def test_the_list_is_the_policy_s(self):
        requirement = self._require("points", check="points")
        self.complaint.point_ids = [Command.create({"name": "It squeals"})]
        answer = self._prepare_answer(self.complaint)
        row = answer.check_ids
        with self.assertRaisesRegex(UserError, "checked by itself"):
            row.ticked = True
        with self.assertRaises(AccessError):
            row.requirement_id = requirement
        with self.assertRaises(AccessError):
            row.create({"answer_id": answer.id, "requirement_id": requirement.id})
        with self.assertRaises(AccessError):
            row.unlink()

    def test_ticks_are_signed_and_kept(self):
        self._require("thanks")
        answer = self._prepare_answer(self.complaint)
        row = answer.check_ids
        row.ticked = True
        self.assertEqual((row.ticked_by_id, row.ticked_at), (self.handler, self.now))
        answer.action_give()
        with self.assertRefused("kept as it was"):
            row.ticked = False

    # giving

    def test_events_and_evidence(self):
        events = self._catch_events()
        for type_, event in (
            ("interim", "interim_answered"),
            ("final", "answered"),
            ("result", "result_answered"),
        ):
            answer = self._prepare_answer(self.complaint, type=type_)
            answer.action_give()
            self.assertEqual(events[-1], event)
            answered = type_ != "interim" and self.now
            self.assertEqual(self.complaint.answered_at, answered)
        self.assertRecordValues(
            answer,
            [
                {
                    "given_at": self.now,
                    "given_by_id": self.handler.id,
                    "round_id": self.complaint.round_id.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "kept as it is"):
            answer.sudo().text = "<p>Other</p>"
        with self.assertRaisesRegex(UserError, "given, or waits"):
            answer.action_give()
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            answer.sudo().unlink()

    def test_what_people_may_write(self):
        answer = self._prepare_answer(self.complaint)
        for name in ("state", "given_at", "approval_state"):
            with self.assertRaises(AccessError):
                answer[name] = False
        with self.assertRaises(AccessError):
            self._prepare_answer(self.complaint, state="given")
        with self.assertRaises(AccessError):
            self._prepare_answer(self.complaint, user=self.other_handler)
        with self.assertRaises(AccessError):
            answer.with_user(self.other_handler).action_give()

    def test_who_only_reads_the_case_gives_nothing(self):
        self._require("thanks")
        answer = self._prepare_answer(self.complaint)
        reader = self._ask_opinion(self.complaint)
        seen = answer.with_user(reader)
        self.assertTrue(seen.has_access("read"))
        self.assertFalse(seen.can_edit)
        for attempt in (
            lambda: self._prepare_answer(self.complaint, user=reader),
            lambda: self.complaint.with_user(reader).action_answer(),
            lambda: seen.write({"text": "<p>Other</p>"}),
            lambda: seen.check_ids.write({"ticked": True}),
            seen.action_give,
            seen.unlink,
        ):
            with self.assertRaises(AccessError):
                attempt()
        answer.check_ids.ticked = True
        self._create_boss_rule("answer")
        answer.action_give()
        with self.assertRaises(AccessError):
            seen.action_draft()
        with self.assertRefused("nobody approves"):
            self.complaint.approval_ids.with_user(reader).action_approve()
        self.assertEqual(answer.state, "approval")

    def test_closed_cases_get_results_only(self):
        self._close(self.complaint)
        with self.assertRaisesRegex(UserError, "closed"):
            self._prepare_answer(self.complaint, user=self.office).action_give()
        result = self._prepare_answer(self.complaint, user=self.office, type="result")
        result.action_give()
        self.assertEqual(result.state, "given")

    def test_approval(self):
        """Waiting, it is kept as it is; refused, it is a draft again."""
        self._create_boss_rule("answer")
        answer = self._prepare_answer(self.complaint)
        answer.action_give()
        self.assertEqual(answer.state, "approval")
        self.assertIn("The pads were worn", self.complaint.approval_ids.summary)
        with self.assertRaises(UserError):
            answer.sudo().text = "<p>Other</p>"
        answer._set_refused("Too short")
        self.assertEqual((answer.state, answer.approval_note), ("draft", "Too short"))
        answer.action_give()
        answer.action_draft()
        self.assertEqual(answer.state, "draft")
        with self.assertRaisesRegex(UserError, "taken back"):
            answer.action_draft()
        answer.action_give()
        pending = self.complaint.approval_ids.filtered(lambda q: q.state == "pending")
        pending.with_user(self.manager).action_approve()
        self.assertEqual(answer.state, "given")
        self.assertEqual(answer.given_by_id, self.handler, "who wrote it")

    def test_moves_the_stage(self):
        self._prepare_answer(self.complaint).action_give()
        self.assertEqual(self.complaint.stage_id, self.stage_received)
        self.policy.answer_moves_stage = True
        self._prepare_answer(self.complaint, type="interim").action_give()
        self.assertEqual(self.complaint.stage_id, self.stage_received)
        self._prepare_answer(self.complaint).action_give()
        self.assertEqual(self.complaint.stage_id, self.stage_answered)

    def test_never_moves_the_stage_back(self):
        self.policy.answer_moves_stage = True
        later = self._create_item(
            "complaint.stage", "calling", phase="follow_up", sequence=35
        )
        self.complaint.stage_id = later
        self._prepare_answer(self.complaint).action_give()
        self.assertEqual(self.complaint.stage_id, later)

    def test_button_goes_on_with_the_draft(self):
        action = self.complaint.with_user(self.handler).action_answer()
        again = self.complaint.with_user(self.handler).action_answer()
        self.assertEqual(action["res_id"], again["res_id"])

    # letters

    def _final_template(self, **values):
        return self._create_letter_template(
            "final",
            **{
                "purpose": "final",
                "body_html": '<p>We found:</p><div t-out="object.answer_id.text"/>',
                **values,
            },
        )

    def test_letter_with_the_answer_in_it(self):
        self._final_template(event="answered", automatic=True)
        answer = self._prepare_answer(self.complaint, how="mail")
        answer.action_give()
        letter = answer.letter_ids
        self.assertEqual(len(letter), 1, "not a second time by its event")
        self.assertEqual(letter.state, "sent")
        self.assertIn("The pads were worn", letter.body)
        self.assertIn("The pads were worn", letter.mail_id.body_html)

    def test_letter_names_who_drafted_it_not_who_approved(self):
        """Who has written it approves no letter of theirs, whoever let it go on."""
        self._final_template()
        notice = self._create_letter_template("notice", event="answered")
        self._create_boss_rule("answer")
        self._create_boss_rule("letter", count=0)
        self.role_manager.user_ids |= self.office
        answer = self._prepare_answer(self.complaint, how="letter")
        answer.action_give()
        question = self.complaint.approval_ids.with_user(self.manager)
        question.action_approve()
        letters = self.complaint.letter_ids
        self.assertEqual(letters.template_id, notice | answer.letter_ids.template_id)
        self.assertEqual(letters.created_by_id, self.handler)
        asked = self.complaint.approval_ids.filtered(
            lambda row: row.subject == "letter"
        )
        self.assertEqual(asked.requested_by_id, self.handler)
        self.assertEqual(len(asked), 2, "who asked is unfit, not who let it go on")
        self.assertEqual(asked.user_ids, self.manager | self.office)

    def test_who_drafted_the_letter_does_not_approve_it(self):
        self._final_template()
        self._create_boss_rule("letter")
        self.role_manager.user_ids |= self.handler
        answer = self._prepare_answer(self.complaint, how="letter")
        answer.action_give()
        question = self.complaint.approval_ids
        self.assertEqual(question.user_ids, self.manager)
        letter = answer.letter_ids
        letter.with_user(self.handler).action_draft()
        letter.with_user(self.office).action_send()
        question = self.complaint.approval_ids.filtered(lambda q: q.state == "pending")
        self.assertEqual(question.requested_by_id, self.office)
        self.assertEqual(question.user_ids, self.manager)

    def test_letter_on_paper(self):
        self._final_template()
        answer = self._prepare_answer(self.complaint, how="letter")
        answer.action_give()
        self.assertEqual(answer.letter_ids.state, "ready")
        self.assertFalse(answer.letter_ids.mail_id)

    def test_no_letter_for_a_call(self):
        self._final_template()
        answer = self._prepare_answer(self.complaint)
        answer.action_give()
        self.assertFalse(answer.letter_ids)

    def test_letter_needs_text_and_template(self):
        answer = self._prepare_answer(self.complaint, how="letter", text=False)
        with self.assertRaises(UserError) as caught:
            answer.action_give()
        self.assertIn("• a text", str(caught.exception))
        self.assertIn("• a letter template", str(caught.exception))

    def test_to_the_forwarder_too(self):
        self._final_template()
        self.complaint.party_ids = [
            Command.create({"type": "forwarder", "name": "Petition Bureau"})
        ]
        answer = self._prepare_answer(self.complaint, how="letter")
        self.assertTrue(answer.to_forwarder)
        answer.action_give()
        self.assertEqual(
            set(answer.letter_ids.mapped("addressee")), {"Wang Fang", "Petition Bureau"}
        )
        called = self._prepare_answer(self.complaint)
        called.action_give()
        self.assertEqual(called.letter_ids.mapped("addressee"), ["Petition Bureau"])

    def test_forwarder_gets_one_letter(self):
        self._final_template().to_forwarders = True
        self.complaint.party_ids = [
            Command.create({"type": "forwarder", "name": "Petition Bureau"})
        ]
        answer = self._prepare_answer(self.complaint, how="letter")
        answer.action_give()
        self.assertEqual(
            sorted(answer.letter_ids.mapped("addressee")),
            ["Petition Bureau", "Wang Fang"],
        )

    def test_template_of_other_cases_is_not_taken(self):
        template = self._final_template()
        template.severity_ids = self.severity_serious
        answer = self._prepare_answer(self.complaint, how="letter")
        with self.assertRefused("a letter template"):
            answer.action_give()

    def test_interim_has_its_own_template(self):
        self._final_template()
        answer = self._prepare_answer(self.complaint, type="interim", how="letter")
        with self.assertRaisesRegex(UserError, "a letter template"):
            answer.action_give()
        result = self._prepare_answer(self.complaint, type="result", how="letter")
        result.action_give()
        self.assertEqual(result.letter_ids.purpose, "final")

    # closing

    def test_closing_needs_an_answer(self):
        self.policy.close_needs_answer = True
        self._check_not_closed()
        self._prepare_answer(self.complaint, type="interim").action_give()
        self._check_not_closed()
        self._prepare_answer(self.complaint).action_give()
        self._close(self.complaint)
        self.assertTrue(self.complaint.is_closed)
        self._reopen(self.complaint)
        self._check_not_closed()

    def _check_not_closed(self):
        with self.assertRaises(UserError) as caught:
            self._close(self.complaint)
        self.assertIn("a final answer", str(caught.exception))

    def test_who_withdrew_is_owed_no_answer(self):
        self.policy.close_needs_answer = True
        self._close(self.complaint, "withdrawn")
        self.assertTrue(self.complaint.is_closed)
