"""What complainants do on their page: each effect, and each refusal."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools.upload import check_upload
from .case_page_common import CasePageCommon

REFUSAL = "The house refuses."


@tagged("post_install", "-at_install")
class TestCasePageMessage(CasePageCommon):
    """Messages, both ways."""

    def test_message(self):
        events = self._catch_events()
        upload = check_upload(self._make_image())
        row = self.effects._write(
            self.system_case, "It squeals\nagain", [upload], party_id=self.party.id
        )
        self.assertEqual((row.direction, row.kind), ("in", "message"))
        self.assertEqual(row.round_id, self.case.round_id)
        self.assertEqual(row.attachment_ids.res_model, "complaint.message")
        self.assertEqual(row.attachment_ids.mimetype, "image/jpeg")
        self.assertEqual(events, ["complainant_wrote"])
        note = self.case.message_ids[0]
        self.assertIn("It squeals<br>again", note.body)
        self.assertEqual(note.author_id, self.partner)
        self.assertEqual(note.attachment_ids, row.attachment_ids)
        activity = self._get_activities()
        self.assertEqual(activity.summary, "The complainant writes")
        self.assertEqual(activity.date_deadline, self.now.date())
        self.assertNotIn(self.partner, self.case.message_partner_ids)

    def test_one_activity_until_it_is_done(self):
        for text in ("one", "two", "three"):
            self.effects._write(self.system_case, text)
        self.assertEqual(len(self._get_activities()), 1)
        self._get_activities().action_done()
        self.effects._write(self.system_case, "four")
        self.assertEqual(len(self._get_activities()), 1)

    def test_waiting_for_a_reply(self):
        """Who wrote last on an open case waits; what needs no answer doesn't."""
        waiting = [("is_waiting", "=", True), ("complaint_id", "=", self.case.id)]
        mine = self.messages.with_user(self.handler)
        row = self.effects._write(self.system_case, "one")
        self.messages._take(self.system_case, "satisfied", via="page")
        self.assertEqual(mine.search(waiting).ids, row.ids)
        self.assertTrue(row.with_user(self.handler).is_waiting)
        mine._send(self.case.with_user(self.handler), "We look into it")
        self.assertFalse(mine.search(waiting))
        again = self.effects._write(self.system_case, "two")
        self.assertEqual(mine.search(waiting).ids, again.ids)
        self._close(self.case)
        self.assertFalse(mine.search(waiting))
        self.assertTrue(mine.search([("is_waiting", "=", False)]) >= again)
        groups = mine.formatted_read_group(
            [("complaint_id", "=", self.case.id)], ["policy_id", "department_id"]
        )
        self.assertEqual(groups[0]["policy_id"][0], self.policy.id)

    def test_after_the_end_as_the_policy_says(self):
        """A message to a closed case is what a reply by mail is."""
        self._close(self.case)
        self.policy.closed_reply = "keep"
        row = self.effects._write(self.system_case, "One more thing")
        self.assertTrue(row.exists())
        self.assertFalse(self._get_activities())
        self.policy.closed_reply = "ask"
        self.effects._write(self.system_case, "It squeals again")
        self.assertIn("reopen?", self._get_activities().summary)
        self.assertTrue(self.case.is_closed)
        self.policy.closed_reply = "reopen"
        self.effects._write(self.system_case, "Still")
        self.assertFalse(self.case.is_closed)
        self.assertEqual(self.case.round_id.number, 2)

    def test_files_only_or_nothing(self):
        upload = check_upload(self._make_image())
        row = self.effects._write(self.system_case, "", [upload])
        self.assertFalse(row.text)
        with self.assertRefused("write something"):
            self.effects._write(self.system_case, "")

    def test_confidential_stays_unnamed(self):
        self.party.confidential = True
        self.effects._write(self.system_case, "Me again", party_id=self.party.id)
        note = self.case.message_ids[0]
        self.assertFalse(note.author_id)
        self.assertIn("Complainant", note.email_from)
        self.assertEqual(note.create_uid.id, 1)
        seen = note.with_user(self.handler).read()[0]
        self.assertNotIn("Wang", str(seen))
        row = self.messages.with_user(self.handler).search([])
        self.assertNotIn("Wang", str(row.read()))

    def test_once(self):
        row = self.effects._write(self.system_case, "Once", key_hash="k")
        again = self.effects._write(self.system_case, "Once", key_hash="k")
        self.assertEqual(row, again)
        self.assertEqual(self.case.page_message_count, 1)

    def test_merged_case_tells_the_other(self):
        master = self._create_accepted()
        self.case.master_id = master
        self.effects._write(self.system_case, "Me too")
        self.assertIn("Me too", master.message_ids[0].body)
        self.assertTrue(self._get_activities(master))

    def test_switched_off(self):
        self.policy.page_messages = False
        with self.assertRefused("no messages any more"):
            self.effects._write(self.system_case, "Hello")
        self.assertFalse(self.case.page_message_ids)

    def test_so_long_after_closing(self):
        self._close(self.case)
        self.policy.page_days = 10
        with self._later(days=9):
            self.effects._write(self.system_case, "Still")
        with self._later(days=11), self.assertRefused("no messages any more"):
            self.effects._write(self.system_case, "Too late")

    def test_staff_write(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.handler)
            .create({"name": "plan.pdf", "raw": b"%PDF-1.4 %%EOF"})
        )
        row = self._send("Come on Monday", attachment_ids=[Command.set(file.ids)])
        self.assertEqual((row.direction, row.user_id), ("out", self.handler))
        self.assertEqual(file.res_model, "complaint.message")
        self.assertEqual(self.case.message_ids[0].author_id, self.handler.partner_id)
        mail = self.env["mail.mail"].search([("res_id", "=", self.party.id)], limit=1)
        self.assertEqual(mail.model, "complaint.party")
        self.assertEqual(mail.email_to, "wang@customer.example")
        token = mail.body_html.split("/c/s/")[1][:22]
        self.assertEqual(self.accesses._find(token), self.case)
        # What staff may read of the mail has the words and not the link.
        self.assertIn("Come on Monday", mail.mail_message_id.body)
        self.assertNotIn("/c/s/", mail.mail_message_id.body)
        with self.assertRaises(AccessError):
            mail.with_user(self.handler).read(["body_html"])

    def test_told_of_what_stands_on_the_page_only(self):
        mails = self.env["mail.mail"]
        self._answer()
        self._offer()
        self.assertFalse(mails.search([("res_id", "=", self.party.id)]))
        self._offer(how="page")
        mail = mails.search([("res_id", "=", self.party.id)])
        self.assertIn("/c/s/", mail.body_html)
        self.assertNotIn("/c/s/", mail.mail_message_id.body)

    def test_staff_need_the_case_and_words(self):
        for user in (self.other_handler, self.registrar):
            with self.assertRaises(AccessError):
                self.messages.with_user(user)._send(self.case.with_user(user), "x")
        with self.assertRefused("Write something"):
            self._send(" ")

    def test_nobody_changes_them(self):
        row = self._send()
        for user in (self.handler, self.office, self.admin):
            row = row.with_user(user)
            self.assertTrue(row.read(["text"]))
            with self.assertRaises(AccessError):
                row.write({"text": "Something else"})
            with self.assertRaises(AccessError):
                row.unlink()
            with self.assertRaises(AccessError):
                row.create({"complaint_id": self.case.id, "direction": "in"})
        with self.assertRaises(AccessError):
            row.with_user(self.other_handler).read(["text"])
        self.case.recused_user_ids = self.office
        with self.assertRaises(AccessError):
            row.with_user(self.office).read(["text"])

    def test_seen(self):
        row = self._send()
        self.assertFalse(self.case.page_seen_at)
        self.accesses._find_access(self.token)._mark_seen()
        self.env.invalidate_all()
        self.assertTrue(row.seen_at)
        self.assertEqual(self.case.page_seen_at, self.now)


@tagged("post_install", "-at_install")
class TestCasePageRemedy(CasePageCommon):
    """Offers that are answered."""

    def test_answers(self):
        for state in ("accepted", "refused", "countered"):
            with self.subTest(state):
                events = self._catch_events()
                remedy = self._offer()
                row = self.effects._answer_remedy(remedy, state, "So be it")
                self.assertEqual(remedy.state, state)
                self.assertEqual(remedy.answer_note, "So be it")
                self.assertEqual((row.kind, row.remedy_id), (state, remedy))
                self.assertIn(f"remedy_{state}", events)
                self.assertIn("complainant_wrote", events)
                self.assertTrue(self._get_activities())
                with self.assertRefused("answered already"):
                    self.effects._answer_remedy(remedy, "accepted")

    def test_only_what_is_offered(self):
        offered = self._offer()
        self._create_item(
            "complaint.approval.rule",
            "office",
            subject="remedy",
            role_id=self.role_office.id,
        )
        remedy = self._propose()
        with self.assertRefused("not open any more"):
            self.effects._answer_remedy(remedy.with_env(self.effects.env), "accepted")
        for state in ("executed", "proposed", None):
            with self.assertRefused("not open any more"):
                self.effects._answer_remedy(offered, state)
        with self.assertRefused("what you wish"):
            self.effects._answer_remedy(offered, "countered")
        self.policy.page_remedies = False
        with self.assertRefused("not open any more"):
            self.effects._answer_remedy(offered, "accepted")
        self.assertEqual(offered.state, "offered")


@tagged("post_install", "-at_install")
class TestCasePageSatisfaction(CasePageCommon):
    """Satisfied, or the next round."""

    def test_satisfied(self):
        events = self._catch_events()
        self._answer()
        self.effects._state_satisfaction(self.system_case, True, text="Thanks")
        round_ = self.case.round_id
        self.assertEqual(round_.satisfaction, "satisfied")
        self.assertEqual(round_.satisfaction_via, "page")
        self.assertEqual(round_.satisfaction_note, "Thanks")
        self.assertFalse(round_.satisfaction_by_id)
        self.assertIn("satisfied", events)
        with self.assertRefused("told us already"):
            self.effects._state_satisfaction(self.system_case, True)

    def test_not_satisfied_begins_the_next_round(self):
        events = self._catch_events()
        self._answer()
        first = self.case.round_id
        self.effects._state_satisfaction(
            self.system_case, False, self.unhappy, "It squeals"
        )
        self.assertEqual(first.satisfaction, "dissatisfied")
        self.assertEqual(first.dissatisfaction_id, self.unhappy)
        self.assertEqual(self.case.round_number, 2)
        self.assertEqual(self.case.round_id.note, "It squeals")
        self.assertIn("dissatisfied", events)
        self.assertIn("round_started", events)
        self.assertTrue(self._get_activities())
        with self.assertRefused("no answer yet"):
            self.effects._state_satisfaction(self.system_case, True)

    def test_closed_case_is_opened_again(self):
        self._answer()
        self._close(self.case)
        self.effects._state_satisfaction(self.system_case, False, self.unhappy)
        self.assertFalse(self.case.is_closed)
        self.assertEqual(self.case.round_number, 2)

    def test_no_round_left(self):
        self.policy.max_rounds = 1
        self._create_item("complaint.round.rule", "consumers", forum="mediation")
        self._answer()
        self.effects._state_satisfaction(self.system_case, False, self.unhappy)
        self.assertEqual(self.case.round_number, 1)
        self.assertEqual(self.case.satisfaction, "dissatisfied")
        content = self.env["complaint.case.page"]._prepare_content(
            self.system_case, self.party, "/x"
        )
        self.assertEqual(content["outside"], ["Consumers"])

    def test_what_the_house_refuses_is_kept(self):
        """A requirement of the house doesn't swallow what the complainant says."""
        self._answer()
        course = type(self.env["complaint.round.course"])

        def refuse(*_args, **_kwargs):
            raise UserError(REFUSAL)

        self.patch(course, "_go_on", refuse)
        self.effects._state_satisfaction(self.system_case, False, self.unhappy)
        self.assertEqual(self.case.satisfaction, "dissatisfied")
        self.assertIn(REFUSAL, self.case.message_ids[0].body)
        self.assertTrue(self._get_activities())

    def test_refusals(self):
        with self.assertRefused("no answer yet"):
            self.effects._state_satisfaction(self.system_case, True)
        self._answer()
        for reason in (None, self.env["complaint.reason"], self.why):
            with self.assertRefused("choose why"):
                self.effects._state_satisfaction(self.system_case, False, reason)
        self.policy.page_satisfaction = False
        with self.assertRefused("told us already"):
            self.effects._state_satisfaction(self.system_case, True)
        self.policy.page_satisfaction = True
        self._close(self.case)
        with self._later(days=31), self.assertRefused("told us already"):
            self.effects._state_satisfaction(self.system_case, True)
        self.assertEqual(self.case.satisfaction, "unknown")


@tagged("post_install", "-at_install")
class TestCasePageWithdrawal(CasePageCommon):
    """Withdrawn, as the policy says."""

    def _withdraw(self, **values):
        return self.effects._withdraw(
            self.system_case, self.why, "Never mind", **values
        )

    def test_at_once(self):
        events = self._catch_events()
        self._withdraw()
        row = self.case.withdrawal_ids
        self.assertEqual((row.state, row.reason_id), ("withdrawn", self.why))
        self.assertEqual(row.note, "Never mind")
        self.assertFalse(row.noted_by_id)
        self.assertTrue(self.case.is_closed)
        self.assertEqual(self.case.result, "withdrawn")
        self.assertIn("withdrawn", events)
        self.assertFalse(self.effects._get_offers(self.system_case)["satisfaction"])

    def test_verified_first(self):
        self.policy.withdrawal_verified = True
        self._withdraw()
        self.assertEqual(self.case.withdrawal_state, "asked")
        self.assertFalse(self.case.is_closed)
        self.assertEqual(self.case.withdrawal_ids.assignment_id.type, "verification")
        with self.assertRefused("withdrawn already"):
            self._withdraw()

    def test_what_the_house_refuses_is_kept(self):
        wizard = type(self.env["complaint.close"])

        def refuse(*_args, **_kwargs):
            raise UserError(REFUSAL)

        self.patch(wizard, "_get_closed_stage", refuse)
        self._withdraw()
        self.assertFalse(self.case.is_closed)
        self.assertEqual(self.case.page_message_ids.kind, "withdrawal")
        self.assertTrue(self._get_activities())
        self.assertIn(REFUSAL, str(self.case.message_ids.mapped("body")))

    def test_refusals(self):
        for reason in (None, self.unhappy):
            with self.assertRefused("choose why"):
                self.effects._withdraw(self.system_case, reason)
        self.policy.page_withdrawal = False
        with self.assertRefused("withdrawn already, or closed"):
            self._withdraw()
        self.policy.page_withdrawal = True
        self._close(self.case)
        with self.assertRefused("withdrawn already, or closed"):
            self._withdraw()
        self.assertFalse(self.case.withdrawal_ids)


@tagged("post_install", "-at_install")
class TestCasePageLink(CasePageCommon):
    """Links: previewed, sent, handed out, ended."""

    def _open_window(self, user=None, case=None):
        wizard = self.env["complaint.case.link"].with_user(user or self.handler)
        return wizard.create({"complaint_id": (case or self.case).id})

    def test_preview_can_do_nothing(self):
        token = self._open_window().action_preview()["url"].split("/")[-1]
        self.assertFalse(self.accesses._find(token))
        access = self.accesses._find_access(token, "preview")
        self.assertEqual(access.complaint_id, self.case)
        self.assertFalse(access.party_id)
        with self._later(hours=2):
            self.assertFalse(self.accesses._find_access(token, "preview"))

    def test_sent_is_seen_by_nobody(self):
        known = self.accesses.search_count([])
        window = self._open_window()
        window.action_send()
        self.assertFalse(window.url)
        self.assertEqual(self.accesses.search_count([]), known + 1)
        self.party.write({"email": False})
        self.party.partner_id.email = False
        self.party.email = False
        with self.assertRefused("no e-mail"):
            self._open_window().action_send()

    def test_handed_out_is_noted(self):
        window = self._open_window()
        window.action_hand_out()
        token = window.url.split("/")[-1]
        access = self.accesses._find_access(token)
        self.assertEqual(access.issued_by_id, self.handler)
        self.assertIn(self.handler.name, self.case.message_ids[0].body)

    def test_confidential_is_not_handed_out(self):
        self.party.confidential = True
        window = self._open_window()
        self.assertFalse(window.party_id)
        self.assertFalse(window.can_hand_out)
        self.assertTrue(window.can_send)
        with self.assertRefused("kept from you"):
            window.action_hand_out()
        self._open_window(self.office).action_hand_out()

    def test_all_end(self):
        self._open_window().action_revoke()
        self.assertFalse(self.accesses._find(self.token))

    def test_only_who_changes_the_case(self):
        for user in (self.registrar, self.other_handler):
            for action in ("action_send", "action_hand_out", "action_revoke"):
                with self.assertRaises(AccessError):
                    getattr(self._open_window(user), action)()

    def test_tokens_are_read_by_nobody(self):
        for user in (
            self.handler,
            self.office,
            self.admin,
            self.env.ref("base.user_admin"),
        ):
            with self.assertRaises(AccessError):
                self.accesses.with_user(user).search([]).read(["token_hash"])
        self.assertNotIn(self.token, str(self.accesses.search([]).read()))

    def test_expired(self):
        token = self.accesses._issue(
            self.case, expires_at=self.now + timedelta(hours=2)
        )
        self.assertTrue(self.accesses._find(token))
        with self._later(hours=3):
            self.assertFalse(self.accesses._find(token))
        with self._later(days=40):
            self.accesses._gc_expired()
            self.assertFalse(self.accesses.search([("expires_at", "!=", False)]))
