"""Extensions: asked with a reason, approved by others, told before the date passes."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestApproval(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            "answer",
            3,
            extensions=1,
            extension_max=5,
            extension_role_id=cls.role_boss.id,
            promised=True,
        )
        cls.policy.extension_template_id = cls.env.ref(
            "complaint_management.mail_template_complaint_extension"
        )
        cls.later = cls._local(2026, 11, 24, 17)

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted(contact_email="wang@customer.example")
        self.clock = self._clock(self.case)

    def _ask(self, due_at=None, user=None):
        self._extend(self.clock, due_at or self.later, user=user)
        return self.env["complaint.approval"].search(
            [("complaint_id", "=", self.case.id)], limit=1
        )

    def _refuse(self, approvals, user=None):
        wizard = self.env["complaint.approval.refuse"].with_user(user or self.manager)
        return wizard.create(
            {"approval_ids": [Command.set(approvals.ids)], "reason": "Too late"}
        ).action_refuse()

    def _mails(self):
        domain = [
            ("model", "=", "complaint.party"),
            ("res_id", "in", self.case.party_ids.ids),
        ]
        return self.env["mail.mail"].search(
            [*domain, ("subject", "like", "%later date%")]
        )

    def test_approved(self):
        approval = self._ask()
        self.assertEqual((approval.state, approval.user_ids), ("pending", self.manager))
        self.assertDue(self.clock, 2026, 11, 19, 17)
        self.assertFalse(self._mails())
        approval.with_user(self.manager).action_approve()
        self.assertEqual(
            (approval.state, approval.answered_by_id), ("approved", self.manager)
        )
        self.assertEqual(self.clock.due_at, self.later)
        self.assertEqual(self.clock.extension_count, 1)
        log = self._logged(self.clock, "extended")
        self.assertEqual(
            (log.old_due_at, log.due_at, log.note),
            (self._local(2026, 11, 19, 17), self.later, "Parts are late"),
        )

    def test_approver_is_told_and_sees_the_case(self):
        far = self._create_user("far", "handler", self.sales)
        self.role_boss.user_ids = far
        approval = self._ask()
        notice = self.env["mail.message"].search(
            [
                ("partner_ids", "in", far.partner_id.ids),
                ("subject", "=", "Your approval is asked"),
            ]
        )
        self.assertTrue(notice)
        self.assertTrue(approval.with_user(far).has_access("read"))
        approval.with_user(far).action_approve()
        self.assertEqual(approval.state, "approved")

    def test_refused(self):
        approval = self._ask()
        self._refuse(approval)
        self.assertEqual(approval.state, "refused")
        self.assertDue(self.clock, 2026, 11, 19, 17)
        self.assertFalse(self._mails())
        with self.assertRefused("was answered already"):
            approval.with_user(self.manager).action_approve()

    def test_complainant_is_told_the_new_date_by_a_queued_mail(self):
        self._ask().with_user(self.manager).action_approve()
        mail = self._mails()
        self.assertEqual((len(mail), mail.state), (1, "outgoing"))
        self.assertIn("wang@customer.example", mail.email_to)
        self.assertIn("11/24/2026 05:00:00 PM", mail.body_html)

    def test_internal_deadline_is_not_told(self):
        self.clock.promised = False
        self._ask().with_user(self.manager).action_approve()
        self.assertFalse(self._mails())

    def test_nobody_approves_their_own_request(self):
        self.role_boss.user_ids = self.manager | self.handler
        approval = self._ask()
        self.assertNotIn(self.handler, approval.user_ids)
        with self.assertRefused("nobody approves"):
            approval.with_user(self.handler).action_approve()
        self.assertFalse(approval.with_user(self.handler).can_answer)
        self.assertTrue(approval.with_user(self.manager).can_answer)

    def test_only_holder_asks_somebody_else(self):
        self.role_boss.user_ids = self.handler
        approval = self._ask()
        self.assertEqual(approval.user_ids, self.office)

    def test_person_complained_about_does_not_approve(self):
        self.case.recused_user_ids = self.manager
        self.assertEqual(self._ask().user_ids, self.office)

    def test_strangers_do_not_answer(self):
        approval = self._ask()
        with self.assertRaises(AccessError):
            approval.with_user(self.other_handler).action_approve()

    def test_without_a_role_it_holds_at_once(self):
        self.rule.extension_role_id = False
        self.assertFalse(self._ask())
        request = self.env["complaint.change.request"].search(
            [("complaint_id", "=", self.case.id)]
        )
        self.assertEqual(request.approval_state, "approved")
        self.assertEqual(self.clock.due_at, self.later)

    def test_limits(self):
        with self.assertRefused("at most 5 Working Days more"):
            self._ask(self._local(2026, 11, 27, 17))
        with self.assertRefused("not later than the old one"):
            self._ask(self._local(2026, 11, 18, 17))
        self._ask(self._local(2026, 11, 26, 17)).with_user(
            self.manager
        ).action_approve()
        with self.assertRefused("can be extended 1 times"):
            self._ask(self._local(2026, 11, 30, 17))
        with self.assertRefused("can be extended 1 times"):
            self.clock.with_user(self.handler).action_extend()

    def test_one_question_at_a_time(self):
        self._ask()
        with self.assertRefused("waits for approval"):
            self._ask()

    def test_too_late_to_ask(self):
        with (
            freeze_time(self.clock.due_at + timedelta(minutes=1)),
            self.assertRaises(UserError),
        ):
            self._ask()

    def test_too_late_to_approve(self):
        approval = self._ask()
        with freeze_time(self.clock.due_at + timedelta(minutes=1)):
            with self.assertRefused("is over already"):
                approval.with_user(self.manager).action_approve()
        self.assertEqual(self.clock.extension_count, 0)

    def test_ended_meanwhile(self):
        approval = self._ask()
        self._close(self.case)
        with self.assertRefused("was called off"):
            approval.with_user(self.manager).action_approve()

    def test_never_extendable(self):
        self.rule.extensions = 0
        with self.assertRefused("can be extended 0 times"):
            self._ask()

    def test_who_may_not_change_the_case_may_not_ask(self):
        with self.assertRaises(AccessError):
            self._ask(user=self.other_handler)

    def test_event_of_an_extension(self):
        rung = self._create_rung("told", event="deadline_extended")
        self._ask().with_user(self.manager).action_approve()
        self.assertEqual(self.case.escalation_ids.rule_id, rung)
        self.assertEqual(self.case.escalation_ids.deadline_id, self.clock)

    def test_answers_are_evidence(self):
        approval = self._ask()
        for user in (self.manager, self.office, self.admin):
            self.assertFalse(approval.with_user(user).has_access("write"))
