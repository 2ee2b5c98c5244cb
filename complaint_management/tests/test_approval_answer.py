"""Answering: in bulk, for somebody who is away, with activities that follow."""

from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalAnswer(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approval_rule = cls._create_approval_rule("boss")
        cls.type_approval = cls.env.ref(
            "complaint_management.mail_activity_type_approval"
        )

    def _activities(self, user, case=None):
        return self.env["mail.activity"].search(
            [
                ("user_id", "=", user.id),
                ("activity_type_id", "=", self.type_approval.id),
                ("res_id", "=", (case or self.case).id),
            ]
        )

    def _mine(self, user):
        return (
            self.env["complaint.approval"]
            .with_user(user)
            .search([("can_answer", "=", True)])
        )

    # ------------------------------------------------------------
    # LIST, BULK
    # ------------------------------------------------------------

    def test_my_approvals(self):
        request = self._request()
        question = self._questions(request)
        self.assertEqual(self._mine(self.manager), question)
        self.assertFalse(self._mine(self.office))
        self.assertFalse(self._mine(self.handler))
        self._approve(question, self.manager)
        self.assertFalse(self._mine(self.manager))

    def test_bulk(self):
        cases = self.case | self._create_accepted() | self._create_accepted()
        requests = self.requests
        for case in cases:
            requests |= self._request(case)
        questions = self._questions(requests[0])
        for request in requests[1:]:
            questions |= self._questions(request)
        notice = self._approve(questions, self.manager)
        self.assertEqual(set(requests.mapped("approval_state")), {"approved"})
        self.assertEqual(notice["params"]["type"], "success")

    def test_bulk_leaves_what_cannot_be_answered(self):
        """What fails is told by name; the others are answered all the same."""
        good, bad = self._request(), self._request(self._create_accepted())
        bad.deadline_id.rule_id.extensions = 99
        bad.deadline_id.extension_count = 99
        questions = self._questions(good) | self._questions(bad)
        notice = self._approve(questions, self.manager)
        self.assertEqual(good.approval_state, "approved")
        self.assertEqual(bad.approval_state, "pending")
        self.assertEqual(self._questions(bad).state, "pending")
        self.assertEqual(notice["params"]["type"], "warning")
        self.assertIn("1", notice["params"]["message"])

    def test_bulk_of_nothing_that_can_be_answered(self):
        questions = self._questions(self._request())
        questions |= self._questions(self._request(self._create_accepted()))
        with self.assertRefused("nobody approves.*\\n.*nobody approves"):
            self._approve(questions, self.office)

    def test_bulk_refusal_has_one_reason(self):
        one, other = self._request(), self._request(self._create_accepted())
        self._refuse(
            self._questions(one) | self._questions(other), self.manager, "No money"
        )
        self.assertEqual(
            (one.approval_note, other.approval_note), ("No money", "No money")
        )

    def test_refusal_asks_for_a_reason(self):
        question = self._questions(self._request())
        action = question.with_user(self.manager).action_refuse()
        self.assertEqual(action["res_model"], "complaint.approval.refuse")
        self.assertEqual(question.state, "pending")

    # ------------------------------------------------------------
    # ACTIVITIES
    # ------------------------------------------------------------

    def test_activity_of_who_is_asked(self):
        self.role_boss.user_ids |= self.office
        question = self._questions(self._request())
        for user in (self.manager, self.office):
            self.assertEqual(len(self._activities(user)), 1)
        self._approve(question, self.office)
        for user in (self.manager, self.office):
            self.assertFalse(self._activities(user))
        done = self.env["mail.activity"].with_context(active_test=False)
        done = done.search([("complaint_approval_id", "=", question.id)])
        self.assertEqual(done.user_id, self.office)

    def test_activity_ends_when_called_off(self):
        request = self._request()
        request._cancel_approval()
        self.assertFalse(self._activities(self.manager))

    def test_one_activity_for_several_slots(self):
        self.approval_rule.write({"role_id": self.role_board.id, "count": 2})
        question = self._questions(self._request())[0]
        self.assertEqual(len(self._activities(self.admin)), 1)
        self._approve(question, self.office)
        self.assertEqual(len(self._activities(self.admin)), 1)
        self.assertFalse(self._activities(self.office))

    def test_approver_follows_nothing(self):
        self._request()
        self.assertNotIn(self.manager.partner_id, self.case.message_partner_ids)

    # ------------------------------------------------------------
    # ABSENCES
    # ------------------------------------------------------------

    def _delegate(self, user, delegate, begin=0, end=5, **values):
        return (
            self.env["complaint.delegation"]
            .with_user(user)
            .create(
                {
                    "user_id": user.id,
                    "delegate_id": delegate.id,
                    "date_from": self.now + timedelta(days=begin),
                    "date_to": self.now + timedelta(days=end),
                    **values,
                }
            )
        )

    def test_delegate_answers_for_who_is_away(self):
        self._delegate(self.manager, self.other_handler)
        request = self._request()
        question = self._questions(request)
        self.assertEqual(question.user_ids, self.manager)
        self.assertEqual(self._mine(self.other_handler), question)
        self.assertEqual(len(self._activities(self.other_handler)), 1)
        self.assertTrue(self.case.with_user(self.other_handler).has_access("read"))
        self._approve(question, self.other_handler)
        self.assertEqual(request.approval_state, "approved")
        self.assertEqual(question.answered_by_id, self.other_handler)
        self.assertEqual(question.answered_for_id, self.manager)
        body = self.case.message_ids.filtered(lambda m: "Manager" in (m.body or ""))
        self.assertIn("Other Handler for Manager", body[:1].body)

    def test_what_was_asked_before_the_absence(self):
        question = self._questions(self._request())
        self.assertFalse(self._mine(self.other_handler))
        self._delegate(self.manager, self.other_handler)
        self.assertEqual(self._mine(self.other_handler), question)
        notice = self.env["mail.message"].search(
            [("partner_ids", "in", self.other_handler.partner_id.ids)]
        )
        self.assertIn("Your approval is asked", notice.mapped("subject"))

    def test_absence_to_come_and_over(self):
        """The scheduler lets the delegate in, and out again."""
        question = self._questions(self._request())
        self._delegate(self.manager, self.other_handler, begin=1, end=2)
        self.assertFalse(self._mine(self.other_handler))
        with self._at(self.now + timedelta(days=1)):
            self.assertEqual(self._mine(self.other_handler), question)
            self.assertTrue(question.with_user(self.other_handler).can_answer)
        with freeze_time(self.now + timedelta(days=2)):
            question.invalidate_recordset(["can_answer"])
            self.assertFalse(question.with_user(self.other_handler).can_answer)
        with self._at(self.now + timedelta(days=2)):
            self.assertFalse(self._mine(self.other_handler))
            self.assertFalse(self._activities(self.other_handler))
            with self.assertRaises(AccessError):
                question.with_user(self.other_handler).read(["reason"])

    def test_who_is_away_may_answer_too(self):
        self._delegate(self.manager, self.other_handler)
        question = self._questions(self._request())
        self._approve(question, self.manager)
        self.assertFalse(question.answered_for_id)

    def test_delegate_does_not_approve_their_own_request(self):
        self._delegate(self.manager, self.handler)
        question = self._questions(self._request())
        self.assertFalse(question.delegate_ids)
        question.delegate_ids = self.handler
        with self.assertRefused("nobody approves"):
            self._approve(question, self.handler)

    def test_delegate_of_the_requester_does_not_approve_for_them(self):
        self.role_boss.user_ids = self.handler | self.manager
        self._delegate(self.handler, self.other_handler)
        question = self._questions(self._request())
        self.assertFalse(self._mine(self.other_handler))
        self.assertEqual(question.user_ids, self.manager)

    def test_person_complained_about_is_no_delegate(self):
        self.case.recused_user_ids = self.other_handler
        self._delegate(self.manager, self.other_handler)
        self.assertFalse(self._questions(self._request()).delegate_ids)

    def test_delegate_fills_one_slot_only(self):
        self.approval_rule.write({"role_id": self.role_board.id, "count": 2})
        self._delegate(self.manager, self.other_handler)
        self._delegate(self.admin, self.other_handler)
        request = self._request()
        first, second = self._questions(request)
        self._approve(first, self.other_handler)
        self.assertFalse(self._mine(self.other_handler))
        self.assertNotIn(first.answered_for_id, second.user_ids)
        with self.assertRefused("nobody approves"):
            self._approve(second, self.other_handler)

    def test_delegate_of_a_delegate(self):
        self._delegate(self.manager, self.other_handler)
        self._delegate(self.other_handler, self.child_handler)
        question = self._questions(self._request())
        self._approve(question, self.child_handler)
        self.assertEqual(question.answered_for_id, self.manager)

    def test_for_one_policy(self):
        other = self.policy.copy({"code": "XX"})
        self._delegate(self.manager, self.other_handler, policy_id=other.id)
        self.assertFalse(self._questions(self._request()).delegate_ids)

    def test_absence_that_is_changed(self):
        row = self._delegate(self.manager, self.other_handler)
        question = self._questions(self._request())
        row.delegate_id = self.child_handler
        self.assertEqual(question.delegate_ids, self.child_handler)
        row.date_from = self.now + timedelta(days=1)
        self.assertFalse(question.delegate_ids)

    def test_who_was_answered_for_is_asked_by_no_other_rule(self):
        self._create_approval_rule("board", self.role_board)
        self._delegate(self.manager, self.other_handler)
        request = self._request()
        first = self._pending(request).filtered(lambda q: q.role_id == self.role_boss)
        self._approve(first, self.other_handler)
        second = self._pending(request)
        self.assertEqual(second.role_id, self.role_board)
        self.assertEqual(second.user_ids, self.office | self.admin)

    def test_shown_as_planned_running_over(self):
        row = self._delegate(self.manager, self.office, begin=1, end=2)
        for days, state in ((0, "planned"), (1, "running"), (2, "over")):
            row.invalidate_recordset(["state"])
            with self._later(days=days):
                self.assertEqual(row.state, state)

    def test_no_circle(self):
        self._delegate(self.manager, self.office)
        self._delegate(self.office, self.admin)
        with self.assertRaises(ValidationError):
            self._delegate(self.admin, self.manager)
        self._delegate(self.admin, self.manager, begin=6, end=7)

    def test_nobody_delegates_to_themselves(self):
        with self.assertRaises(ValidationError):
            self._delegate(self.manager, self.manager)

    def test_absences_are_ones_own(self):
        row = self._delegate(self.manager, self.office)
        self.assertTrue(row.with_user(self.office).has_access("read"))
        self.assertFalse(row.with_user(self.office).has_access("write"))
        self.assertFalse(row.with_user(self.handler).has_access("read"))
        self.assertTrue(row.with_user(self.admin).has_access("write"))
        with self.assertRaises(AccessError):
            row.with_user(self.handler).create(
                {
                    "user_id": self.manager.id,
                    "delegate_id": self.handler.id,
                    "date_to": self.now + timedelta(days=1),
                }
            )

    # ------------------------------------------------------------
    # ACCESS, COST
    # ------------------------------------------------------------

    def test_who_sees_the_questions(self):
        question = self._questions(self._request())
        for user, seen in (
            (self.handler, True),
            (self.office, True),
            (self.manager, True),
            (self.other_handler, False),
            (self.registrar, False),
        ):
            self.assertEqual(
                question.with_user(user).has_access("read"), seen, user.name
            )
            self.assertFalse(question.with_user(user).has_access("create"))
        self.case.recused_user_ids = self.office
        self.assertFalse(question.with_user(self.office).has_access("read"))

    def test_approver_who_is_recused_later(self):
        question = self._questions(self._request())
        self.case.recused_user_ids = self.manager
        self.assertEqual(question.user_ids, self.office)
        self.assertFalse(self._activities(self.manager))

    def test_approver_who_leaves(self):
        question = self._questions(self._request())
        self.manager.active = False
        self.assertEqual(question.user_ids, self.office)

    def test_events(self):
        """Clocks and ladders look at approvals."""
        clock = self._create_rule(
            "decide", 2, event="approval_asked", end_event="approval_decided"
        )
        told = self._create_rung("no", event="approval_refused")
        request = self._request()
        self.assertEqual(self._clock(self.case, clock).state, "running")
        self._refuse(self._questions(request), self.manager)
        self.assertEqual(self._clock(self.case, clock).state, "met")
        self.assertEqual(self.case.escalation_ids.rule_id, told)

    def test_asking_costs_what_it_asks(self):
        cases = self.case.browse()
        for _number in range(8):
            cases |= self._create_accepted()
        clocks = cases.deadline_ids.filtered(lambda c: c.rule_id == self.rule)
        pool = iter([clock for clock in clocks for _number in range(40)])

        def ask(count):
            rows = self.requests.sudo().create(
                [
                    {
                        "complaint_id": clock.complaint_id.id,
                        "subject": "extension",
                        "deadline_id": clock.id,
                        "due_at": clock.due_at + timedelta(days=30),
                        "reason": "Parts are late",
                    }
                    for clock in (next(pool) for _number in range(count))
                ]
            )
            rows.with_user(self.handler)._request_approval()

        self.assertLess(self._measure_queries_per_record(ask), 1)
