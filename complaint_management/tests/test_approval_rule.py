"""Approval rules: what needs approval, of whom, how many, in which order."""

from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalRule(ApprovalCommon):
    # ------------------------------------------------------------
    # WHAT NEEDS APPROVAL
    # ------------------------------------------------------------

    def test_without_a_rule_it_is_approved_at_once(self):
        request = self._request()
        self.assertEqual(request.approval_state, "approved")
        self.assertTrue(request.applied_at)
        self.assertFalse(self._questions(request))

    def test_a_rule_asks(self):
        rule = self._create_approval_rule("boss")
        request = self._request()
        question = self._questions(request)
        self.assertEqual(request.approval_state, "pending")
        self.assertEqual(
            (question.state, question.rule_id, question.user_ids),
            ("pending", rule, self.manager),
        )
        self.assertEqual(question.requested_by_id, self.handler)

    def test_limits(self):
        """Over the amount or over the ratio; the limit itself needs nobody."""
        self._create_approval_rule("boss", amount_over=500, ratio_over=2)
        for amount, ratio, asked in (
            (500, 2, False),
            (501, 0, True),
            (0, 3, True),
            (0, 0, False),
            (None, None, False),
        ):
            with self._figures(amount=amount, ratio=ratio):
                self.assertEqual(
                    self._request().approval_state,
                    "pending" if asked else "approved",
                    (amount, ratio),
                )

    def test_only_its_subject_and_its_cases(self):
        self._create_approval_rule("other", subject="letter")
        self._create_approval_rule(
            "grave", severity_ids=[Command.set(self.severity_serious.ids)]
        )
        self.assertEqual(self._request().approval_state, "approved")
        self.case.severity_id = self.severity_serious
        self.assertEqual(self._request().approval_state, "pending")

    def test_narrowed_to_stages(self):
        self._create_approval_rule(
            "answer", stage_ids=[Command.set(self.stage_answered.ids)]
        )
        with self._scope(stage_ids=self.stage_handling):
            self.assertEqual(self._request().approval_state, "approved")
        with self._scope(stage_ids=self.stage_answered):
            self.assertEqual(self._request().approval_state, "pending")

    def test_archived_rule_asks_nobody(self):
        self._create_approval_rule("boss").active = False
        self.assertEqual(self._request().approval_state, "approved")

    # ------------------------------------------------------------
    # HOW MANY, IN WHICH ORDER
    # ------------------------------------------------------------

    def test_two_of_a_role(self):
        self._create_approval_rule("two", self.role_board, count=2)
        request = self._request()
        first, second = self._questions(request)
        self.assertEqual((first.state, second.state), ("pending", "waiting"))
        self.assertEqual(first.user_ids, self.manager | self.office | self.admin)
        self._approve(first, self.office)
        self.assertEqual(request.approval_state, "pending")
        self.assertEqual(second.state, "pending")
        self.assertEqual(second.user_ids, self.manager | self.admin)
        self._approve(second, self.admin)
        self.assertEqual(request.approval_state, "approved")

    def test_nobody_answers_twice(self):
        self._create_approval_rule("two", self.role_board, count=2)
        first, second = self._questions(self._request())
        self._approve(first, self.office)
        with self.assertRefused("nobody answers twice"):
            self._approve(second, self.office)
        with self.assertRefused("was answered already"):
            self._approve(first, self.office)

    def test_answer_to_the_question_as_it_was_seen(self):
        """Two look at the same question: the second one answers the one after it."""
        self._create_approval_rule("two", self.role_board, count=2)
        request = self._request()
        first, second = self._questions(request)
        self._approve(first, self.office)
        self._approve(first, self.manager)
        self.assertEqual(second.answered_by_id, self.manager)
        self.assertEqual(request.approval_state, "approved")

    def test_all_of_a_role(self):
        self._create_approval_rule("all", self.role_board, count=0)
        request = self._request()
        self.assertEqual(len(self._questions(request)), 3)
        for user in (self.manager, self.office, self.admin):
            self._approve(self._pending(request), user)
        self.assertEqual(request.approval_state, "approved")

    def test_too_few_to_approve(self):
        self._create_approval_rule("two", self.role_board, count=9)
        with self.assertRefused("are too few besides you"):
            self._request()

    def test_in_sequence(self):
        self._create_approval_rule("last", self.role_top, step=2)
        self._create_approval_rule("first", step=1)
        request = self._request()
        first, last = self._questions(request).sorted("step")
        self.assertEqual((first.state, last.state), ("pending", "waiting"))
        self.assertFalse(last.user_ids)
        with self.assertRefused("waits for an earlier"):
            self._approve(last, self.office)
        self._approve(first, self.manager)
        self.assertEqual((last.state, last.user_ids), ("pending", self.office))
        self.assertEqual(request.approval_state, "pending")
        self._approve(last, self.office)
        self.assertEqual(request.approval_state, "approved")

    def test_two_rules_of_one_step_are_asked_at_once(self):
        self._create_approval_rule("boss")
        self._create_approval_rule("top", self.role_top)
        request = self._request()
        questions = self._questions(request)
        self.assertEqual(set(questions.mapped("state")), {"pending"})
        for question in questions:
            self._approve(question, question.user_ids)
        self.assertEqual(request.approval_state, "approved")

    def test_one_person_in_two_roles_answers_once(self):
        """Whoever stands in answers in their place."""
        self._create_approval_rule("boss")
        self._create_approval_rule("again", self._boss_again())
        request = self._request()
        one, other = self._questions(request)
        self._approve(one, self.manager)
        self.assertEqual((other.state, other.user_ids), ("pending", self.office))
        self._approve(other, self.office)
        self.assertEqual(request.approval_state, "approved")

    def _boss_again(self):
        return self._create_role(
            "again", resolution="users", user_ids=[Command.set(self.manager.ids)]
        )

    # ------------------------------------------------------------
    # REFUSED, ASKED AGAIN
    # ------------------------------------------------------------

    def test_refused_goes_back_with_its_reason(self):
        self._create_approval_rule("boss")
        self._create_approval_rule("top", self.role_top)
        self._create_approval_rule("last", self.role_board, step=2)
        request = self._request()
        boss, top, last = self._questions(request).sorted("step, id")
        self._refuse(boss, self.manager, "Far too much")
        self.assertEqual(
            (boss.state, top.state, last.state), ("refused", "cancelled", "cancelled")
        )
        self.assertEqual(
            (request.approval_state, request.approval_note), ("refused", "Far too much")
        )
        self.assertFalse(request.applied_at)
        notice = self.env["mail.message"].search(
            [
                ("partner_ids", "in", self.handler.partner_id.ids),
                ("subject", "like", "Refused"),
            ]
        )
        self.assertIn("Far too much", notice.body)
        activity = self.case.activity_ids.filtered(lambda a: a.user_id == self.handler)
        self.assertIn("Far too much", activity.note)

    def test_asked_again(self):
        self._create_approval_rule("boss")
        request = self._request()
        old = self._questions(request)
        self._refuse(old, self.manager)
        request.with_user(self.handler)._request_approval()
        new = self._questions(request) - old
        self.assertEqual((old.state, new.state), ("refused", "pending"))
        self.assertEqual((old.attempt, new.attempt), (1, 2))
        self.assertEqual(request.approval_state, "pending")
        self.assertFalse(request.approval_note)
        self._approve(new, self.manager)
        self.assertEqual(request.approval_state, "approved")

    def test_asked_again_calls_the_open_questions_off(self):
        self._create_approval_rule("boss")
        request = self._request()
        old = self._questions(request)
        request.with_user(self.handler)._request_approval()
        self.assertEqual(old.state, "cancelled")
        with self.assertRefused("was called off"):
            self._approve(old, self.manager)

    def test_closing_calls_off(self):
        self._create_approval_rule("boss")
        request = self._request()
        self._close(self.case)
        self.assertEqual(self._questions(request).state, "cancelled")
        self.assertFalse(request.approval_state)

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_no_self_approval(self):
        self.role_boss.user_ids = self.handler | self.manager
        self._create_approval_rule("boss")
        question = self._questions(self._request())
        self.assertEqual(question.user_ids, self.manager)
        question.user_ids |= self.handler  # whatever somebody managed to write
        with self.assertRefused("nobody approves"):
            self._approve(question, self.handler)

    def test_date_that_was_moved_meanwhile(self):
        self._create_approval_rule("boss")
        request = self._request()
        clock = request.deadline_id
        clock._extend(request.due_at.replace(month=12), "Agreed on the telephone")
        due_at = clock.due_at
        with self.assertRefused("moved meanwhile"):
            self._approve(self._questions(request), self.manager)
        self.assertEqual((clock.due_at, request.applied_at), (due_at, False))

    def test_who_asks_is_not_one_of_all(self):
        self.role_boss.user_ids = self.handler | self.manager
        self._create_approval_rule("boss", count=0)
        question = self._questions(self._request(create_as=self.office))
        self.assertEqual(len(question), 1)
        self.assertEqual(question.user_ids, self.manager)

    def test_manager_who_is_recused_does_not_approve(self):
        self._create_approval_rule("service", self.role_service)
        self.case.recused_user_ids = self.manager
        question = self._questions(self._request())
        self.assertTrue(question.user_ids)
        self.assertNotIn(self.manager, question.user_ids)

    def test_no_approval_of_what_one_has_written(self):
        """Letting somebody else ask makes nobody's own row another's."""
        self._create_approval_rule("boss")
        question = self._questions(self._request(create_as=self.manager))
        self.assertEqual(question.user_ids, self.office)

    def test_person_complained_about_does_not_approve(self):
        self._create_approval_rule("boss")
        self.case.recused_user_ids = self.manager
        self.assertEqual(self._questions(self._request()).user_ids, self.office)
