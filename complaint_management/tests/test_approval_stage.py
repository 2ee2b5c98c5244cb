"""Stages that are entered by approval only."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalStage(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_rule = cls._create_approval_rule(
            "answer",
            subject="stage",
            stage_ids=[Command.set(cls.stage_answered.ids)],
        )

    def _ask(self, stage=None, case=None, user=None, **values):
        wizard = self.env["complaint.stage.ask"].with_user(user or self.handler)
        return wizard.create(
            {
                "complaint_id": (case or self.case).id,
                "stage_id": (stage or self.stage_answered).id,
                "reason": "The answer is ready",
                **values,
            }
        ).action_ask()

    def _get_request(self):
        return self.requests.search([("complaint_id", "=", self.case.id)])

    def _question(self):
        return self.case.approval_ids.filtered(lambda q: q.state == "pending")

    def test_a_move_without_approval_says_how_to_ask(self):
        with self.assertRaises(UserError) as refused:
            self.case.with_user(self.office).stage_id = self.stage_answered
        self.assertIn("Ask for Approval", str(refused.exception))
        self.assertNotEqual(self.case.stage_id, self.stage_answered)
        self.case.with_user(self.handler).stage_id = self.stage_handling

    def test_approved_the_case_moves_by_itself(self):
        self._ask()
        self.assertNotEqual(self.case.stage_id, self.stage_answered)
        self._approve(self._question(), self.manager)
        self.assertEqual(self.case.stage_id, self.stage_answered)
        self.assertTrue(self._get_request().applied_at)

    def test_an_approval_is_used_once(self):
        self._ask()
        self._approve(self._question(), self.manager)
        self.case.stage_id = self.stage_handling
        with self.assertRefused("Ask for Approval"):
            self.case.stage_id = self.stage_answered

    def test_refused_it_stays(self):
        self._ask()
        self._refuse(self._question(), self.manager, "Not yet")
        self.assertNotEqual(self.case.stage_id, self.stage_answered)
        with self.assertRefused("Ask for Approval"):
            self.case.stage_id = self.stage_answered
        self._ask()
        self._approve(self._question(), self.manager)
        self.assertEqual(self.case.stage_id, self.stage_answered)

    def test_asked_once(self):
        self._ask()
        with self.assertRefused("waits for approval to enter"):
            self._ask()

    def test_what_is_missing_is_noted(self):
        """The approval holds: once it isn't missing any more, the case may move."""
        self.env["complaint.stage.requirement"].create(
            {
                "stage_id": self.stage_answered.id,
                "required_domain": "[('place', '!=', False)]",
                "message": "Say where.",
            }
        )
        self._ask()
        self._approve(self._question(), self.manager)
        self.assertNotEqual(self.case.stage_id, self.stage_answered)
        self.assertEqual(self._get_request().approval_state, "approved")
        self.assertIn("Say where.", " ".join(self.case.message_ids.mapped("body")))
        notices = self.env["mail.message"].search(
            [("partner_ids", "in", self.handler.partner_id.ids)]
        )
        self.assertTrue(
            notices.filtered(lambda m: "not yet moved" in (m.subject or ""))
        )
        self.case.with_user(self.handler).place = "Bay 3"
        self.case.with_user(self.handler).stage_id = self.stage_answered
        self.assertEqual(self.case.stage_id, self.stage_answered)

    def test_an_approval_ends_with_its_round(self):
        self.stage_answered.requirement_ids.unlink()
        self._ask()
        request = self._get_request()
        request.round_id = False
        request.approval_state = "approved"
        with self.assertRefused("Ask for Approval"):
            self.case.stage_id = self.stage_answered

    def test_closing_asks_by_itself(self):
        self.stage_rule.stage_ids = self.stage_closed
        self._close(self.case)
        self.assertFalse(self.case.is_closed)
        self._approve(self._question(), self.manager)
        self.assertTrue(self.case.is_closed)
        self.assertEqual(self.case.outcome_id, self._reason("settled"))
        self.assertEqual(self.case.close_note, "The brakes were replaced.")

    def test_asking_to_close(self):
        self.stage_rule.stage_ids = self.stage_closed
        self._ask(self.stage_closed, outcome_id=self._reason("settled").id)
        self._approve(self._question(), self.manager)
        self.assertEqual(self.case.stage_id, self.stage_closed)

    def test_merged_and_new_cases_need_none(self):
        self.stage_rule.stage_ids = self.stage_received | self.stage_closed
        other = self._create_accepted()
        wizard = self.env["complaint.merge"].with_user(self.office)
        wizard.create(
            {
                "complaint_ids": [Command.set((self.case | other).ids)],
                "master_id": self.case.id,
            }
        ).action_merge()
        self.assertTrue(other.is_closed)

    def test_who_may_not_change_the_case_may_not_ask(self):
        with self.assertRaises(AccessError):
            self._ask(user=self.other_handler)

    def test_only_stages_that_need_it_are_offered(self):
        wizard = self.env["complaint.stage.ask"].with_user(self.handler)
        wizard = wizard.create({"complaint_id": self.case.id, "reason": "x"})
        self.assertEqual(wizard.available_stage_ids, self.stage_answered)
        self.assertEqual(wizard.stage_id, self.stage_answered)
        self.assertTrue(self.case.can_ask_stage)
        self.stage_rule.stage_ids |= self.case.stage_id
        wizard.invalidate_recordset()
        self.assertEqual(wizard.available_stage_ids, self.stage_answered)

    def test_other_cases_move_freely(self):
        self.stage_rule.severity_ids = self.severity_serious
        self.case.with_user(self.handler).stage_id = self.stage_answered
        self.assertEqual(self.case.stage_id, self.stage_answered)
