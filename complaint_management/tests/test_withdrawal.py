"""Withdrawals: noted with a reason, verified by somebody else, pressure reported."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestWithdrawal(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.withdrawal_verified = True
        cls.why = cls.env.ref(
            "complaint_management.complaint_reason_withdrawal_elsewhere"
        )
        cls.withdrawals = cls.env["complaint.withdrawal"]

    def _withdraw(self, case=None, user=None, **values):
        wizard = self.env["complaint.withdraw"].with_user(user or self.handler)
        wizard.create(
            {
                "complaint_ids": [Command.set((case or self.case).ids)],
                "reason_id": self.why.id,
                "note": "It is over.",
                **values,
            }
        ).action_withdraw()
        return self.withdrawals.search(
            [("complaint_id", "=", (case or self.case).id)], limit=1
        )

    def _verify(self, row, user, verdict="voluntary", note="Called her"):
        wizard = self.env["complaint.withdrawal.verify"].with_user(user)
        return wizard.create(
            {"withdrawal_id": row.id, "verdict": verdict, "note": note}
        ).action_verify()

    # ------------------------------------------------------------
    # WITHOUT VERIFICATION
    # ------------------------------------------------------------

    def test_reason_for_something_else(self):
        other = self._create_item("complaint.reason", "other", usage="cause")
        with self.assertRefused("can't be chosen here"):
            self._withdraw(reason_id=other.id)
        self.assertFalse(self.case.withdrawal_ids)

    def test_unverified_policy_closes_at_once(self):
        self.policy.withdrawal_verified = False
        row = self._withdraw()
        self.assertEqual(row.state, "withdrawn")
        self.assertTrue(self.case.is_closed)
        self.assertEqual(self.case.result, "withdrawn")
        self.assertEqual(row.noted_by_id, self.handler)

    def test_what_is_withdrawn_needs_no_acceptance(self):
        self.policy.write({"withdrawal_verified": False, "acceptance": "required"})
        with self.assertRefused("its acceptance"):
            self._close(self.case)
        self._withdraw()
        self.assertEqual(self.case.result, "withdrawn")

    def test_no_outcome_means_withdrawn(self):
        self.policy.withdrawal_verified = False
        outcomes = self.env["complaint.reason"].search([("outcome", "=", "withdrawn")])
        outcomes.active = False
        with self.assertRefused("no outcome that means “Withdrawn”"):
            self._withdraw()
        self.assertFalse(self.case.is_closed)

    # ------------------------------------------------------------
    # VERIFIED
    # ------------------------------------------------------------

    def test_stays_open_until_verified(self):
        clock = self._clock(self.case, self.rule)
        row = self._withdraw()
        self.assertEqual((row.state, row.reason_id), ("asked", self.why))
        self.assertFalse(self.case.is_closed)
        self.assertEqual(clock.state, "running")
        self.assertEqual(self.case.withdrawal_state, "asked")
        self.assertEqual(row.assignment_id.type, "verification")
        self.assertEqual(row.assignment_id.user_id, self.office)

    def test_voluntary(self):
        clock = self._clock(self.case, self.rule)
        row = self._withdraw()
        self._verify(row, self.office)
        self.assertTrue(self.case.is_closed)
        self.assertEqual(self.case.outcome_id.outcome, "withdrawn")
        self.assertEqual(self.case.close_note, "It is over.")
        self.assertEqual(
            (row.state, row.verdict, row.verified_by_id),
            ("withdrawn", "voluntary", self.office),
        )
        self.assertEqual(row.assignment_id.state, "done")
        self.assertEqual(clock.state, "cancelled")

    def test_role_of_the_policy(self):
        self.policy.withdrawal_role_id = self.role_boss
        row = self._withdraw()
        self.assertEqual(row.assignment_id.user_id, self.manager)
        self._verify(row, self.manager)
        self.assertEqual(row.state, "withdrawn")

    def test_who_noted_it_does_not_verify(self):
        self.policy.office_user_ids |= self.manager
        row = self._withdraw(user=self.office)
        self.assertEqual(row.assignment_id.user_id, self.manager)
        self.assertFalse(row.with_user(self.office).can_verify)
        with self.assertRaisesRegex(UserError, "somebody else"):
            row.with_user(self.office).action_verify()
        with self.assertRefused("somebody else has to verify"):
            self._verify(row, self.office)

    def test_person_complained_about_does_not_verify(self):
        self.policy.withdrawal_role_id = self.role_boss
        self.policy.office_user_ids |= self.manager
        self.case.recused_user_ids = self.manager
        row = self._withdraw()
        self.assertEqual(row.assignment_id.user_id, self.office)
        self.assertFalse(row._is_verifier(self.manager))
        with self.assertRaises(AccessError):
            self._verify(row, self.manager)

    def test_strangers_do_not_verify(self):
        self.env["complaint.assignment"].create(
            {
                "complaint_id": self.case.id,
                "type": "opinion",
                "user_id": self.other_handler.id,
            }
        )
        row = self._withdraw()
        self.assertTrue(row.with_user(self.other_handler).has_access("read"))
        with self.assertRefused("Only who was asked"):
            self._verify(row, self.other_handler)
        with self.assertRaises(AccessError):
            row.with_user(self.child_handler).action_verify()

    def test_nobody_else_to_verify(self):
        self.policy.withdrawal_role_id = self.role_boss
        self.policy.office_user_ids = self.handler
        with self.assertRefused("Nobody but you"):
            row = self._withdraw()
            row._get_verifiers({}, self.env["res.users"].search([]))

    def test_verified_once(self):
        row = self._withdraw()
        self._verify(row, self.office)
        with self.assertRefused("waits for no verification"):
            self._verify(row, self.office)

    def test_finished_by_the_window_only(self):
        row = self._withdraw()
        task = row.assignment_id.with_user(self.office)
        task.opinion = "Fine"
        with self.assertRaisesRegex(UserError, "Verify Withdrawal"):
            task.action_done()
        self.assertTrue(task.verifies_withdrawal)

    def test_given_back_somebody_else_is_asked(self):
        self.policy.withdrawal_role_id = self.role_boss
        row = self._withdraw()
        first = row.assignment_id
        reason = self.env["complaint.reason"].search(
            [("usage", "=", "refuse_assignment")], limit=1
        )
        self.env["complaint.assignment.refuse"].with_user(self.manager).create(
            {"assignment_id": first.id, "reason_id": reason.id}
        ).action_refuse()
        self.assertEqual(first.state, "refused")
        self.assertEqual(row.assignment_id.user_id, self.office)

    # ------------------------------------------------------------
    # PRESSED
    # ------------------------------------------------------------

    def test_pressed(self):
        """The case goes on, the evidence stays, and it is reported upward."""
        self.policy.conflict_role_id = self.role_board
        rung = self._create_rung("told", event="withdrawal_pressed")
        row = self._withdraw()
        self._verify(row, self.office, "pressed", "The workshop called her")
        self.assertFalse(self.case.is_closed)
        self.assertEqual((row.state, row.verdict), ("pressed", "pressed"))
        self.assertEqual(self.case.withdrawal_state, "pressed")
        self.assertIn(rung, self.case.escalation_ids.rule_id)
        told = self.case.escalation_ids.filtered(lambda e: not e.rule_id)
        self.assertEqual(told.user_id, self.manager | self.admin)
        self.assertEqual(set(told.mapped("note")), {"The workshop called her"})
        self.assertTrue(all(told.mapped("notice_at")))
        self._withdraw()  # and may be withdrawn again, verified anew
        self.assertEqual(self.case.withdrawal_state, "asked")
        self.assertEqual(len(self.case.withdrawal_ids), 2)

    def test_pressure_is_kept_from_who_is_complained_about(self):
        self.policy.conflict_role_id = self.role_board
        self.policy.office_user_ids |= self.colleague
        self.case.recused_user_ids = self.admin | self.colleague
        self._verify(self._withdraw(), self.office, "pressed")
        told = self.case.escalation_ids.user_id
        self.assertFalse(told & (self.admin | self.colleague))
        self.assertIn(self.manager, told)

    # ------------------------------------------------------------
    # THE OTHER ROADS
    # ------------------------------------------------------------

    def test_closing_as_withdrawn_goes_the_same_way(self):
        self._close(self.case, "withdrawn")
        self.assertFalse(self.case.is_closed)
        row = self.case.withdrawal_ids
        self.assertEqual((row.state, row.noted_by_id), ("asked", self.office))
        self.assertEqual(row.outcome_id, self._reason("withdrawn"))

    def test_no_road_around(self):
        with self.assertRaisesRegex(UserError, "verified withdrawal"):
            self.case.with_user(self.office).write(
                {
                    "outcome_id": self._reason("withdrawn").id,
                    "stage_id": self.stage_closed.id,
                }
            )

    def test_no_road_around_the_approval(self):
        self._create_approval_rule("boss", subject="withdrawal")
        row = self._withdraw()
        self._verify(row, self.office)
        self.assertEqual((row.state, row.approval_state), ("ready", "pending"))
        self.test_no_road_around()

    def test_once_at_a_time(self):
        self._withdraw()
        with self.assertRefused("was withdrawn already"):
            self._withdraw()

    def test_closed_otherwise(self):
        row = self._withdraw()
        self._close(self.case)
        self.assertEqual(row.state, "kept")
        with self.assertRaises(UserError):
            self._withdraw()

    def test_complaint_goes_on_after_all(self):
        row = self._withdraw()
        row.with_user(self.handler).action_keep()
        self.assertEqual((row.state, row.assignment_id.state), ("kept", "cancelled"))
        with self.assertRefused("was decided already"):
            row.with_user(self.handler).action_keep()
        self._withdraw()

    def test_reopened(self):
        self._verify(self._withdraw(), self.office)
        self._reopen(self.case)
        self.assertFalse(self.case.is_closed)
        self.assertFalse(self.case.result)
        with self.assertRaises(UserError):
            self.case.write(
                {
                    "outcome_id": self._reason("withdrawn").id,
                    "stage_id": self.stage_closed.id,
                }
            )

    def test_who_may_not_change_the_case_may_not_withdraw(self):
        with self.assertRaises(AccessError):
            self._withdraw(user=self.other_handler)

    def test_rows_are_evidence(self):
        row = self._withdraw()
        for user in (self.handler, self.office, self.admin):
            self.assertFalse(row.with_user(user).has_access("write"))
            self.assertFalse(row.with_user(user).has_access("unlink"))

    # ------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------

    def test_approval(self):
        self._create_approval_rule("boss", subject="withdrawal")
        row = self._withdraw()
        self._verify(row, self.office)
        self.assertFalse(self.case.is_closed)
        self.assertEqual((row.state, row.approval_state), ("ready", "pending"))
        self._approve(self._pending(row), self.manager)
        self.assertTrue(self.case.is_closed)

    def test_approval_refused(self):
        self._create_approval_rule("boss", subject="withdrawal")
        row = self._withdraw()
        self._verify(row, self.office)
        self._refuse(self._pending(row), self.manager, "Ask again")
        self.assertEqual(row.state, "kept")
        self.assertFalse(self.case.is_closed)

    def test_who_noted_it_does_not_approve_it(self):
        self.role_boss.user_ids = self.handler | self.manager
        self._create_approval_rule("boss", subject="withdrawal")
        row = self._withdraw()
        self._verify(row, self.office)
        self.assertEqual(self._pending(row).user_ids, self.manager)

    def test_what_is_missing_is_told(self):
        """Verified, but the case lacks something: it may be closed once it has it."""
        self.env["complaint.stage.requirement"].create(
            {
                "stage_id": self.stage_closed.id,
                "required_domain": "[('place', '!=', False)]",
                "message": "Say where.",
            }
        )
        row = self._withdraw()
        self._verify(row, self.office)
        self.assertEqual(row.state, "ready")
        self.assertFalse(self.case.is_closed)
        self.case.place = "Bay 3"
        self._close(self.case, "withdrawn")
        self.assertTrue(self.case.is_closed)
        self.assertEqual(row.state, "withdrawn")

    def test_events(self):
        rungs = {
            event: self._create_rung(event, event=event)
            for event in ("withdrawal_asked", "withdrawn")
        }
        row = self._withdraw()
        self.assertEqual(self.case.escalation_ids.rule_id, rungs["withdrawal_asked"])
        self._verify(row, self.office)
        self.assertIn(rungs["withdrawn"], self.case.escalation_ids.rule_id)
