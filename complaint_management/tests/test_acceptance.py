"""Accepted, to be completed or refused: who decides, on what ground, with approval."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestAcceptance(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_asking = cls._create_item(
            "complaint.stage",
            "asking",
            phase="assessment",
            pauses_clocks=True,
            sequence=12,
        )
        cls.policy.write(
            {"acceptance": "required", "completion_stage_id": cls.stage_asking.id}
        )
        cls.scope = cls._reason("refuse_out_of_scope")

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted()

    def _decide(self, decision, case=None, user=None, **values):
        wizard = self.env["complaint.acceptance.decide"].with_user(user or self.handler)
        wizard = wizard.create(
            {"complaint_id": (case or self.case).id, "decision": decision, **values}
        )
        return wizard.action_decide()

    def _refuse(self, **values):
        return self._decide("refuse", **{"ground_id": self.scope.id, **values})

    def _create_boss_rule(self):
        """Let refusals need the manager's approval."""
        return self._create_item(
            "complaint.approval.rule",
            "boss",
            subject="refusal",
            role_id=self.role_boss.id,
        )

    # required before handling

    def test_undecided_first(self):
        self.assertEqual(self.case.acceptance, "undecided")
        self.assertTrue(self.case.with_user(self.handler).can_decide)

    def test_handling_needs_acceptance(self):
        for stage in (self.stage_handling, self.stage_answered):
            with self.assertRefused("Decide on Acceptance"):
                self._move_to(self.case, stage)
        self._decide("accept")
        self.assertEqual(self.case.acceptance, "accepted")
        self._move_to(self.case, self.stage_handling)
        self.assertEqual(self.case.stage_id, self.stage_handling)

    def test_ground_of_something_else(self):
        for values in ({"usage": "close"}, {"policy_id": self.policy.copy().id}):
            ground = self._create_item(
                "complaint.reason", "other", **{"usage": "refuse", **values}
            )
            with self.assertRefused("can't be chosen here"):
                self._refuse(ground_id=ground.id)
        self.assertEqual(self.case.acceptance, "undecided")

    def test_closing_needs_acceptance(self):
        with self.assertRefused("Decide on Acceptance"):
            self._close(self.case)
        self._decide("accept")
        self._close(self.case)
        self.assertTrue(self.case.is_closed)

    def test_merged_case_ends_undecided(self):
        master = self._create_accepted()
        self.env["complaint.merge"].with_user(self.office).create(
            {
                "complaint_ids": [Command.set((self.case | master).ids)],
                "master_id": master.id,
            }
        ).action_merge()
        self.assertTrue(self.case.is_closed)

    def test_optional_holds_nothing_up(self):
        self.policy.acceptance = "optional"
        self._move_to(self.case, self.stage_handling)
        self._decide("accept")
        self.assertEqual(self.case.acceptance, "accepted")

    def test_policy_without_acceptance(self):
        self.policy.acceptance = "none"
        case = self._create_accepted()
        self.assertFalse(case.acceptance)
        self.assertFalse(case.with_user(self.handler).can_decide)
        with self.assertRefused("is decided, or the policy has none"):
            self._decide("accept", case)
        self._move_to(case, self.stage_handling)

    def test_kinds_and_tracks_that_need_none(self):
        self.policy.acceptance_kind_ids = self.kind_complaint
        self.policy.acceptance_track = "formal"
        self.assertFalse(
            self._create_complaint(kind_id=self.kind_suggestion.id).acceptance
        )
        self.assertFalse(self._create_complaint(track="spot").acceptance)
        self.assertEqual(self._create_complaint().acceptance, "undecided")

    def test_setting_holds_for_cases_from_before(self):
        self.policy.acceptance = "none"
        case = self._create_accepted()
        self.policy.acceptance = "required"
        with self.assertRefused("Decide on Acceptance"):
            self._move_to(case, self.stage_handling)
        self._decide("accept", case)
        self.assertEqual(case.acceptance, "accepted")

    # who decides

    def test_only_who_may_change_the_case(self):
        for user in (self.other_handler, self.child_handler):
            with self.assertRaises(AccessError):
                self._decide("accept", user=user)
        with self.assertRaises(AccessError):
            self.env["complaint.acceptance"].with_user(self.handler).create(
                {"complaint_id": self.case.id, "decision": "accept"}
            )

    def test_who_only_reads_the_case_decides_nothing(self):
        reader = self._ask_opinion(self.case)
        self.assertTrue(self.case.with_user(reader).has_access("read"))
        self.assertFalse(self.case.with_user(reader).can_decide)
        ground = {"ground_id": self.scope.id}
        for decision, values in (
            ("accept", {}),
            ("completion", {"missing": "The invoice"}),
            ("refuse", ground),
        ):
            with self.assertRaises(AccessError):
                self._decide(decision, user=reader, **values)
            with self.assertRaises(AccessError):
                self.env["complaint.acceptance"].with_user(reader).create(
                    {"complaint_id": self.case.id, "decision": decision, **values}
                )
        self.assertFalse(self.case.acceptance_ids)
        self._decide("completion", missing="The invoice")
        with self.assertRaises(AccessError):
            self.case.with_user(reader).action_completed()
        self.assertEqual(self.case.acceptance, "completion")

    def test_decisions_are_evidence(self):
        self._decide("accept")
        row = self.case.acceptance_ids
        self.assertEqual(row.decided_by_id, self.handler)
        for user in (self.handler, self.office, self.admin):
            self.assertFalse(row.with_user(user).has_access("write"))
            self.assertFalse(row.with_user(user).has_access("unlink"))
        self.assertTrue(row.with_user(self.handler).has_access("read"))
        self.assertFalse(row.with_user(self.other_handler).has_access("read"))

    def test_persons_concerned_see_nothing(self):
        self._decide("accept")
        row = self.case.acceptance_ids
        self.case.recused_user_ids = self.office
        self.assertFalse(row.with_user(self.office).has_access("read"))

    def test_decided_once(self):
        self._decide("accept")
        with self.assertRefused("is decided, or the policy"):
            self._refuse()
        self.assertFalse(self.case.with_user(self.handler).can_decide)

    # completion

    def test_completion(self):
        rule = self._create_rule("answer", 3)
        case = self._create_accepted()
        clock = self._clock(case, rule)
        with self.assertRefused("Say what is missing"):
            self._decide("completion", case, missing="  ")
        self._decide("completion", case, missing="The invoice")
        self.assertEqual(
            (case.acceptance, case.stage_id, clock.state),
            ("completion", self.stage_asking, "paused"),
        )
        self.assertEqual(case.missing, "The invoice", "shown at the top of the case")
        self.assertFalse(case.with_user(self.other_handler).has_access("read"))
        with self.assertRaises(AccessError):
            case.with_user(self.other_handler).action_completed()
        case.with_user(self.handler).action_completed()
        self.assertEqual(
            (case.acceptance, case.stage_id, clock.state),
            ("undecided", self.stage_received, "running"),
        )
        self.assertFalse(case.missing)
        row = case.acceptance_ids
        self.assertEqual((row.state, row.completed_by_id), ("completed", self.handler))
        with self.assertRefused("Nothing is waited for"):
            case.with_user(self.handler).action_completed()

    def test_completion_has_its_own_clock(self):
        rule = self._create_rule(
            "complete",
            5,
            event="completion_requested",
            end_event="completed",
            kind="window",
            pausable=False,
        )
        self._decide("completion", missing="The invoice")
        clock = self._clock(self.case, rule)
        self.assertEqual((clock.state, clock.kind), ("running", "window"))
        self.case.with_user(self.handler).action_completed()
        self.assertEqual(clock.state, "met")

    def test_never_completed(self):
        self._decide("completion", missing="The invoice")
        self._refuse()
        self.assertEqual(self.case.acceptance, "refused")
        states = self.case.acceptance_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["lapsed", "valid"])

    def test_accepted_without_what_was_asked_for(self):
        self._decide("completion", missing="The invoice")
        self._decide("accept")
        self.assertEqual(
            (self.case.acceptance, self.case.stage_id),
            ("accepted", self.stage_received),
        )
        states = self.case.acceptance_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["lapsed", "valid"])

    def test_completion_asked_twice(self):
        """The case goes back to where it was before it was asked for at all."""
        self._decide("completion", missing="The invoice")
        self._decide("completion", missing="And the contract")
        rows = self.case.acceptance_ids.sorted("id")
        self.assertEqual(rows.mapped("state"), ["lapsed", "valid"])
        self.case.with_user(self.handler).action_completed()
        self.assertEqual(self.case.stage_id, self.stage_received)

    def test_closed_case_is_not_decided_on(self):
        self.policy.acceptance = "optional"
        self._decide("completion", missing="The invoice")
        self._close(self.case)
        with self.assertRefused("closed already"):
            self._decide("accept", user=self.office)
        with self.assertRefused("closed already"):
            self.case.with_user(self.office).action_completed()

    def test_closed_case_stays_as_it_was_closed(self):
        """A decision that is approved too late has no effect on how the case ended."""
        self._create_boss_rule()
        self.policy.acceptance = "optional"
        self._refuse()
        row = self.case.acceptance_ids
        self._close(self.case)
        self.assertEqual(self.case.approval_ids.state, "cancelled")
        with self.assertRefused("called off"):
            self.case.approval_ids.with_user(self.manager).action_approve()
        events = self.env.registry["complaint.complaint"]
        with patch.object(events, "_complaint_event") as told:
            with self.assertRefused("closed already"):
                row.with_user(self.manager)._set_approved()
        told.assert_not_called()
        self.assertEqual(row.state, "dropped")
        with self.assertRefused("closed already"):
            self._refuse(user=self.office)
        self.assertRecordValues(
            self.case,
            [
                {
                    "acceptance": "undecided",
                    "stage_id": self.stage_closed.id,
                    "outcome_id": self._reason("settled").id,
                    "close_note": "The brakes were replaced.",
                }
            ],
        )

    # refusal

    def test_refused(self):
        body = self.env["res.partner"].create({"name": "Consumer Association"})
        with self.assertRefused("on what ground"):
            self._decide("refuse")
        self._refuse(note="We only repair.", referral_partner_id=body.id)
        case = self.case
        self.assertEqual(
            (case.acceptance, case.stage_id, case.outcome_id.code, case.close_note),
            ("refused", self.stage_refused, "out_of_scope", "We only repair."),
        )
        self.assertEqual(case.outcome_id.outcome, "not_accepted")
        row = case.acceptance_ids
        self.assertEqual(
            (row.state, row.ground_id, row.referral_partner_id),
            ("valid", self.scope, body),
        )

    def test_ground_without_outcome_of_that_name(self):
        self._refuse(ground_id=self._reason("refuse_court").id)
        self.assertEqual(self.case.outcome_id, self._reason("not_accepted"))

    def test_no_stage_for_the_refused(self):
        self.stage_refused.active = False
        self.stage_closed.active = False
        with self.assertRefused("Not Accepted"):
            self._refuse()
        self.assertEqual(self.case.acceptance, "undecided")

    def test_closing_as_not_accepted_needs_the_decision(self):
        with self.assertRefused("Decide on Acceptance"):
            self._close(self.case, "out_of_scope")

    def test_refusal_waits_for_approval(self):
        self._create_boss_rule()
        self._refuse()
        row = self.case.acceptance_ids
        self.assertEqual((self.case.acceptance, row.state), ("undecided", "pending"))
        self.assertFalse(self.case.is_closed)
        self.assertFalse(self.case.with_user(self.handler).can_decide)
        with self.assertRefused("waits for approval"):
            self._decide("accept")
        question = self.case.approval_ids.with_user(self.manager)
        self.assertIn("Out of Scope", question.reason)
        question._answer_each("refused", "It is in scope")
        self.assertEqual((self.case.acceptance, row.state), ("undecided", "dropped"))
        self._refuse()
        question = self.case.approval_ids.filtered(lambda q: q.state == "pending")
        question.with_user(self.manager).action_approve()
        self.assertEqual(self.case.acceptance, "refused")
        self.assertEqual(self.case.stage_id, self.stage_refused)

    def test_refusal_called_off_with_the_case(self):
        self._create_boss_rule()
        self.policy.acceptance = "optional"
        self._refuse()
        self._close(self.case)
        self.assertEqual(self.case.acceptance_ids.state, "dropped")
        self._reopen(self.case)
        self.assertTrue(self.case.with_user(self.office).can_decide)

    def test_refused_case_reopened_is_undecided(self):
        self._refuse()
        self._reopen(self.case)
        self.assertEqual(
            (self.case.acceptance, self.case.is_closed), ("undecided", False)
        )
        self._decide("accept", user=self.office)
        self.assertEqual(self.case.acceptance, "accepted")
        self.assertEqual(len(self.case.acceptance_ids), 2)

    def test_accepted_case_reopened_stays_accepted(self):
        self._decide("accept")
        self._close(self.case)
        self._reopen(self.case)
        self.assertEqual(self.case.acceptance, "accepted")

    # events

    def test_events_end_deadlines(self):
        accept = self._create_rule("accept", 2, end_event="accepted")
        decide = self._create_rule("decide", 2, end_event="acceptance_decided")
        case, other = self._create_accepted(), self._create_accepted()
        self._decide("accept", case)
        self.assertEqual(self._clock(case, accept).state, "met")
        self.assertEqual(self._clock(case, decide).state, "met")
        self._decide("refuse", other, ground_id=self.scope.id)
        self.assertEqual(self._clock(other, accept).state, "cancelled")
        self.assertEqual(self._clock(other, decide).state, "met")

    def test_refusal_is_told_on(self):
        rung = self._create_rung("told", event="not_accepted")
        self._refuse()
        self.assertEqual(self.case.escalation_ids.rule_id, rung)

    # limitation

    def test_limitation(self):
        self.policy.limitation_delay = 12
        cases = {
            months: self._create_accepted(
                occurred_at=self.now - timedelta(days=months * 30.6)
            )
            for months in (3, 14)
        }
        self.assertFalse(cases[3].limitation_text)
        self.assertEqual(
            cases[14].limitation_text,
            "It happened more than 14 months before it was reported; the policy's "
            "limit is 12 months.",
        )
        wizards = {
            months: self.env["complaint.acceptance.decide"].create(
                {"complaint_id": case.id, "decision": "accept"}
            )
            for months, case in cases.items()
        }
        self.assertFalse(wizards[3].ground_id)
        self.assertEqual(wizards[14].ground_id, self._reason("refuse_limitation"))
        self.assertEqual(cases[14].acceptance, "undecided")
        self._decide("accept", cases[14])
        self.assertEqual(cases[14].acceptance, "accepted")

    def test_limitation_in_days(self):
        self.policy.write({"limitation_delay": 30, "limitation_unit": "days"})
        last = self._create_complaint(occurred_at=self.now - timedelta(days=30))
        late = self._create_complaint(occurred_at=self.now - timedelta(days=31))
        self.assertFalse(last.limitation_text)
        self.assertIn("31 days", late.limitation_text)
