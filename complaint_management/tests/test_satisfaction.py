from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW, ComplaintCommon


@freeze_time(NOW)
class SatisfactionCommon(ComplaintCommon):
    """The policy with two internal rounds, then mediation or court."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.max_rounds = 2
        cls.role_manager = cls._create_role("manager", resolution="manager", levels=0)
        cls.body = cls.env["res.partner"].create({"name": "Consumer Association"})
        cls.rule_second = cls._create_rule(
            "second",
            role_id=cls.role_manager.id,
            stage_id=cls.stage_handling.id,
            severity_id=cls.severity_serious.id,
        )
        cls.rule_mediation = cls._create_rule(
            "mediation",
            forum="mediation",
            forum_partner_id=cls.body.id,
            number_from=3,
        )
        cls.rule_court = cls._create_rule("court", forum="court", number_from=2)

    @classmethod
    def _create_rule(cls, code, **values):
        return cls._create_item("complaint.round.rule", code, **values)

    @classmethod
    def _create_answered(cls, **values):
        complaint = cls._create_accepted(**values)
        complaint.stage_id = cls.stage_answered
        return complaint

    @classmethod
    def _dissatisfied_reason(cls, code="not_fixed"):
        return cls._reason(f"dissatisfied_{code}")

    @classmethod
    def _ask(cls, complaint, satisfaction="dissatisfied", user=None, **values):
        """Note what the complainant says by the window."""
        if satisfaction == "dissatisfied":
            values = {"reason_id": cls._dissatisfied_reason().id, **values}
        wizard = cls.env["complaint.satisfaction"].with_user(user or cls.office)
        return wizard.create(
            {
                "complaint_id": complaint.id,
                "satisfaction": satisfaction,
                "note": "They squeal again.",
                **values,
            }
        ).action_note()

    def _events(self, complaint, rule_event):
        """Return how often an assignment rule on ``rule_event`` has fired."""
        rows = complaint.assignment_ids.filtered(
            lambda row: row.template_id.event == rule_event
        )
        return len(rows)


@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCommon):
    def test_satisfied_is_kept_with_who_when_and_how(self):
        self._create_template("thank", type="task", event="satisfied")
        complaint = self._create_answered()
        self._ask(complaint, "satisfied", via="visit", no_further=True)
        round_ = complaint.round_id
        self.assertEqual(complaint.satisfaction, "satisfied")
        self.assertEqual(round_.satisfaction_by_id, self.office)
        self.assertEqual(round_.satisfaction_at, NOW)
        self.assertEqual(round_.satisfaction_asked_at, NOW)
        self.assertEqual(round_.satisfaction_via, "visit")
        self.assertEqual(round_.department_id, self.service)
        self.assertEqual(round_.handler_id, self.handler)
        self.assertTrue(complaint.no_further)
        self.assertEqual(complaint.round_number, 1)
        self.assertEqual(self._events(complaint, "satisfied"), 1)
        self.assertEqual((round_.stated_count, round_.satisfied_count), (1, 1))

    def test_dissatisfied_in_open_case_begins_round(self):
        self._create_template("told", type="task", event="dissatisfied")
        self._create_template("again", type="task", event="round_started")
        complaint = self._create_answered()
        first = complaint.round_id
        self._ask(complaint)
        self.assertEqual(first.satisfaction, "dissatisfied")
        self.assertEqual(first.dissatisfaction_id, self._dissatisfied_reason())
        self.assertEqual(first.ended_by_id, self.office)
        self.assertEqual(complaint.round_number, 2)
        self.assertEqual(complaint.round_id.cause_id, self._dissatisfied_reason())
        self.assertEqual(complaint.round_id.rule_id, self.rule_second)
        self.assertEqual(complaint.satisfaction, "unknown")
        self.assertEqual(complaint.forum, "internal")
        self.assertEqual(complaint.stage_id, self.stage_handling)
        self.assertEqual(complaint.severity_id, self.severity_serious)
        change = complaint.severity_change_ids[0]
        self.assertEqual(change.note, "Round 2")
        self.assertEqual(complaint.handler_id, self.manager)
        self.assertEqual(complaint.handover_state, "pending")
        self.assertEqual(complaint.responsible_id, self.handler, "until it is signed")
        self.assertEqual(self._events(complaint, "dissatisfied"), 1)
        self.assertEqual(self._events(complaint, "round_started"), 1)

    def test_dissatisfied_in_closed_case_reopens_once(self):
        complaint = self._create_answered()
        self._close(complaint)
        self._ask(complaint)
        self.assertFalse(complaint.is_closed)
        self.assertFalse(complaint.outcome_id)
        self.assertEqual(complaint.round_ids.mapped("number"), [1, 2])
        self.assertEqual(complaint.round_ids[0].outcome_id.code, "settled")
        with self.assertRaisesRegex(UserError, "isn't answered yet"):
            self._ask(complaint)
        with self.assertRaisesRegex(UserError, "is open already"):
            self._reopen(complaint)
        self.assertEqual(len(complaint.round_ids), 2)

    def test_same_handler_goes_on_without_rule(self):
        self.rule_second.unlink()
        complaint = self._create_answered()
        self._ask(complaint)
        self.assertEqual(complaint.stage_id, self.stage_received)
        self.assertEqual(complaint.handler_id, self.handler)
        self.assertEqual(complaint.handover_state, "accepted")

    def test_another_handler_of_the_department(self):
        self.rule_second.write({"role_id": False, "other_handler": True})
        complaint = self._create_answered()
        self._ask(complaint)
        self.assertEqual(complaint.department_id, self.service)
        self.assertNotEqual(complaint.handler_id, self.handler)
        self.assertIn(complaint.handler_id, self.colleague | self.manager)

    def test_another_handler_when_role_means_the_same(self):
        role = self._create_role("him", user_ids=self.handler.ids)
        self.rule_second.write({"role_id": role.id, "other_handler": True})
        complaint = self._create_answered()
        self._ask(complaint)
        self.assertEqual(complaint.handler_id, self.office, "the office stands in")

    def test_severity_is_never_lowered(self):
        self.rule_second.severity_id = self.severity_minor
        complaint = self._create_answered(severity_id=self.severity_ordinary.id)
        self._ask(complaint)
        self.assertEqual(complaint.severity_id, self.severity_ordinary)

    def test_rule_for_some_cases_only(self):
        self.rule_second.category_ids = self.price
        complaint = self._create_answered()
        self._ask(complaint)
        self.assertFalse(complaint.round_id.rule_id)

    def test_unanswered_case_is_refused(self):
        complaint = self._create_accepted()
        self.assertFalse(complaint.can_ask_satisfaction)
        for satisfaction in ("satisfied", "dissatisfied", "no_answer"):
            with self.assertRaisesRegex(UserError, "isn't answered yet"):
                self._ask(complaint, satisfaction)
        with self.assertRaisesRegex(UserError, "isn't answered yet"):
            complaint.with_user(self.office).action_ask_satisfaction()
        self.assertEqual(complaint.satisfaction, "unknown")

    def test_answer_counts_in_any_stage(self):
        complaint = self._create_accepted()
        complaint._complaint_event("answered")
        self.assertTrue(complaint.can_ask_satisfaction)
        self.assertEqual(complaint.round_id.answered_at, NOW)

    def test_dissatisfied_needs_reason(self):
        complaint = self._create_answered()
        with self.assertRaisesRegex(UserError, "Say why"):
            self._ask(complaint, reason_id=False)

    def test_only_who_may_change_the_case(self):
        complaint = self._create_answered()
        for user in (self.registrar, self.other_handler):
            with self.assertRaises(AccessError):
                self._ask(complaint, user=user)
        self._ask(complaint, user=self.handler)
        self.assertEqual(complaint.round_number, 2)

    def test_rounds_are_written_by_nobody(self):
        complaint = self._create_answered()
        with self.assertRaises(AccessError):
            complaint.round_id.with_user(self.office).satisfaction = "satisfied"

    def test_somebody_else_was_faster(self):
        complaint = self._create_answered()
        wizards = [
            self.env["complaint.satisfaction"]
            .with_user(self.office)
            .create(
                {
                    "complaint_id": complaint.id,
                    "satisfaction": "dissatisfied",
                    "reason_id": self._dissatisfied_reason().id,
                }
            )
            for _number in range(2)
        ]
        wizards[0].action_note()
        complaint.stage_id = self.stage_answered
        with self.assertRaisesRegex(UserError, "begun meanwhile"):
            wizards[1].action_note()

    def test_leaves_it_at_that(self):
        complaint = self._create_answered()
        self._ask(complaint, no_further=True)
        self.assertEqual(complaint.round_number, 1)
        self.assertEqual(complaint.satisfaction, "dissatisfied")

    def test_last_internal_round(self):
        complaint = self._create_answered()
        self._ask(complaint)
        complaint.stage_id = self.stage_answered
        wizard = self.env["complaint.satisfaction"].new({"complaint_id": complaint.id})
        self.assertTrue(wizard.is_exhausted)
        self.assertEqual(
            wizard.outside_rule_ids._origin, self.rule_mediation | self.rule_court
        )
        with self.assertRaisesRegex(UserError, "all 2 internal rounds"):
            self._ask(complaint)
        self.assertEqual(complaint.satisfaction, "unknown", "nothing was noted")
        self._close(complaint)
        with self.assertRaisesRegex(UserError, "Mediation, Court"):
            self._reopen(complaint)

    def test_mediation_then_court(self):
        complaint = self._create_answered()
        self._ask(complaint)
        complaint.stage_id = self.stage_answered
        self._ask(
            complaint,
            rule_id=self.rule_mediation.id,
            forum_reference="M-7",
            filed_on="2026-11-16",
        )
        round_ = complaint.round_id
        self.assertEqual((complaint.round_number, complaint.forum), (3, "mediation"))
        self.assertEqual(round_.forum_partner_id, self.body)
        self.assertEqual(round_.forum_reference, "M-7")
        self.assertEqual(complaint.stage_id, self.stage_answered, "it stays there")
        with self.assertRaisesRegex(UserError, "isn't decided yet"):
            self._ask(complaint)
        self._decide(round_, "2026-11-20", "No settlement.")
        self.assertTrue(complaint.can_ask_satisfaction)
        notes = " ".join(complaint.message_ids.mapped("body"))
        self.assertIn("has decided on 2026-11-20: No settlement.", notes)
        self._ask(complaint, rule_id=self.rule_court.id)
        self.assertEqual((complaint.round_number, complaint.forum), (4, "court"))
        self.assertEqual(round_.forum_outcome, "No settlement.")

    def test_outside_of_a_closed_case(self):
        complaint = self._create_answered()
        self._close(complaint)
        self._ask(complaint, rule_id=self.rule_court.id)
        self.assertFalse(complaint.is_closed)
        self.assertEqual(complaint.forum, "court")

    def test_rule_that_does_not_fit(self):
        complaint = self._create_answered()
        with self.assertRaisesRegex(UserError, "doesn't lead"):
            self._ask(complaint, rule_id=self.rule_mediation.id)

    def _decide(self, round_, day, outcome, user=None):
        wizard = self.env["complaint.round.forum"].with_user(user or self.office)
        wizard = wizard.with_context(default_round_id=round_.id)
        wizard.create({"decided_on": day, "forum_outcome": outcome}).action_note()

    def test_decision_before_filing(self):
        complaint = self._create_answered()
        self._ask(complaint, rule_id=self.rule_court.id, filed_on="2026-11-16")
        with self.assertRaisesRegex(UserError, "before it was filed"):
            self._decide(complaint.round_id, "2026-11-01", "Too early")
        self._decide(complaint.round_id, "2026-11-16", "On the same day")
        with self.assertRaises(AccessError):
            self._decide(complaint.round_id, "2026-11-20", "x", self.registrar)

    def test_internal_round_has_no_decision(self):
        complaint = self._create_answered()
        with self.assertRaisesRegex(UserError, "in the house"):
            self._decide(complaint.round_id, "2026-11-20", "x")

    def test_no_limit(self):
        self.policy.max_rounds = 0
        complaint = self._create_answered()
        for number in (2, 3, 4):
            self._ask(complaint)
            self.assertEqual(complaint.round_number, number)
            complaint.stage_id = self.stage_answered

    def test_rule_numbers(self):
        with self.assertRaisesRegex(ValidationError, "later rounds"):
            self.rule_second.number_from = 1
        with self.assertRaisesRegex(ValidationError, "later rounds"):
            self.rule_court.write({"number_from": 4, "number_to": 3})

    def test_merged_case_is_asked_elsewhere(self):
        complaint = self._create_answered()
        other = self._create_accepted()
        self.env["complaint.merge"].with_user(self.office).create(
            {
                "complaint_ids": [Command.set((complaint | other).ids)],
                "master_id": other.id,
            }
        ).action_merge()
        self.assertFalse(complaint.can_ask_satisfaction)
        with self.assertRaisesRegex(UserError, "was merged into"):
            self._ask(complaint)


@tagged("post_install", "-at_install")
class TestRoundClocks(SatisfactionCommon):
    def _create_clock(self, code, **values):
        return self._create_item(
            "complaint.deadline.rule",
            code,
            **{
                "event": "round_started",
                "end_event": "stage_entered",
                "end_phase": "answer",
                "delay": 5,
                "delay_unit": "days",
                **values,
            },
        )

    def test_each_round_has_its_clock(self):
        again = self._create_clock("again", domain="[('round_number', '=', 2)]")
        outside = self._create_clock("outside", domain="[('forum', '=', 'court')]")
        first = self._create_clock("first", event="received")
        complaint = self._create_answered()
        self.assertEqual(complaint.deadline_ids.rule_id, first)
        with self._later(days=2) as now:
            self._ask(complaint)
            clock = complaint.deadline_ids.filtered(lambda row: row.rule_id == again)
            self.assertEqual(clock.due_at, now + timedelta(days=5))
            self.assertEqual(clock.round_id, complaint.round_id)
            old = complaint.deadline_ids - clock
            self.assertEqual(old.state, "met", "evidence of the first round")
            complaint.stage_id = self.stage_answered
            self._ask(complaint, rule_id=self.rule_court.id)
            started = complaint.deadline_ids.filtered(
                lambda row: row.rule_id == outside
            )
            self.assertEqual(started.state, "running")
            self.assertEqual(len(complaint.deadline_ids), 3)

    def test_clock_of_the_first_round_only_is_called_off(self):
        rule = self._create_clock(
            "whole",
            event="received",
            end_phase="closed",
            domain="[('round_number', '=', 1)]",
        )
        complaint = self._create_answered()
        self.assertEqual(complaint.deadline_ids.rule_id, rule)
        self._ask(complaint)
        self.assertEqual(complaint.deadline_ids.state, "cancelled")


@tagged("post_install", "-at_install")
class TestClosingCondition(SatisfactionCommon):
    def test_nothing_is_needed(self):
        self._close(self._create_answered())

    def _assert_refused(self, complaint, sentence, *reason):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self._close(complaint, *reason)
        complaint.invalidate_recordset()

    def test_asked(self):
        self.policy.close_needs_satisfaction = "asked"
        complaint = self._create_answered()
        self._assert_refused(complaint, "opinion of the answer")
        self.assertFalse(complaint.is_closed)
        self._ask(complaint, "no_answer")
        self._close(complaint)
        self.assertTrue(complaint.is_closed)

    def test_satisfied(self):
        self.policy.close_needs_satisfaction = "satisfied"
        complaint = self._create_answered()
        self._ask(complaint, "no_answer")
        self._assert_refused(complaint, "end of the road")
        self._ask(complaint, "satisfied")
        self._close(complaint)
        self.assertTrue(complaint.is_closed)

    def test_end_of_the_road(self):
        self.policy.write({"close_needs_satisfaction": "satisfied", "max_rounds": 1})
        complaint = self._create_answered()
        self._ask(complaint, no_further=True)
        self._close(complaint, "no_agreement")
        self.assertTrue(complaint.is_closed)

    def test_dissatisfied_with_rounds_left(self):
        self.policy.close_needs_satisfaction = "satisfied"
        complaint = self._create_answered()
        self._ask(complaint, no_further=True)
        self._assert_refused(complaint, "end of the road", "no_agreement")

    def test_decided_outside(self):
        self.policy.close_needs_satisfaction = "declared"
        complaint = self._create_answered()
        self._ask(complaint, rule_id=self.rule_court.id)
        complaint.round_id.sudo().decided_on = fields.Date.today()
        self._ask(complaint, no_further=True)
        self._close(complaint)
        self.assertTrue(complaint.is_closed)

    def test_declared(self):
        self.policy.close_needs_satisfaction = "declared"
        complaint = self._create_answered()
        self._ask(complaint, "satisfied")
        self._assert_refused(complaint, "no further complaint")
        self._ask(complaint, "satisfied", no_further=True)
        self._close(complaint)
        self.assertTrue(complaint.is_closed)

    def test_withdrawn_and_refused_need_nothing(self):
        self.policy.close_needs_satisfaction = "declared"
        for reason in ("withdrawn", "out_of_scope"):
            complaint = self._create_accepted()
            self._close(complaint, reason)
            self.assertTrue(complaint.is_closed)

    def test_merged_needs_nothing(self):
        self.policy.close_needs_satisfaction = "declared"
        complaint, other = self._create_accepted(), self._create_accepted()
        self.env["complaint.merge"].with_user(self.office).create(
            {
                "complaint_ids": [Command.set((complaint | other).ids)],
                "master_id": other.id,
            }
        ).action_merge()
        self.assertTrue(complaint.is_closed)


@tagged("post_install", "-at_install")
class TestRepetition(SatisfactionCommon):
    def test_second_complaint_is_recognised(self):
        first = self._create_answered()
        self._close(first)
        with self._later(days=100):
            second = self._create_complaint(category_id=self.quality.id)
        self.assertEqual(second.repeat_proposal_id, first)
        self.assertFalse(second.repeat_of_id)
        repeats = self.env["complaint.complaint"].search(
            ["|", ("repeat_of_id", "!=", False), ("repeat_proposal_id", "!=", False)]
        )
        self.assertIn(second, repeats)

    def test_not_recognised(self):
        first = self._create_answered()
        for values in (
            {"category_id": self.price.id},
            {"contact_phone": "13900002222"},
            {"kind_id": self.kind_suggestion.id},
            {"contact_name": False, "contact_phone": False},
        ):
            case = self._create_complaint(**{"category_id": self.quality.id, **values})
            self.assertFalse(case.repeat_proposal_id, values)
        with self._later(days=400):
            late = self._create_complaint(category_id=self.quality.id)
        self.assertNotEqual(late.repeat_proposal_id, first)

    def test_confidential_person_is_never_recognised(self):
        self._create_answered(contact_confidential=True)
        second = self._create_complaint(category_id=self.quality.id)
        self.assertFalse(second.repeat_proposal_id)
        third = self._create_complaint(
            category_id=self.quality.id, contact_confidential=True
        )
        self.assertFalse(third.repeat_proposal_id)
        with self.assertRaisesRegex(ValidationError, "in confidence"):
            self.env["complaint.link"].create(
                {"complaint_id": third.id, "linked_id": second.id, "type": "repeat"}
            )

    def test_not_told_from_whom_the_first_is_kept(self):
        respondent = self.colleague.employee_ids
        self._create_answered(
            party_ids=[
                Command.create({"type": "respondent", "employee_id": respondent.id}),
                Command.create({"name": "Wang Fang", "phone": "13900001111"}),
            ]
        )
        second = self._create_complaint(category_id=self.quality.id)
        self.assertFalse(second.repeat_proposal_id)

    def test_confirm(self):
        first = self._create_answered()
        second = self._create_complaint(category_id=self.quality.id)
        second.with_user(self.registrar).action_confirm_repeat()
        self.assertEqual(second.repeat_of_id, first)
        self.assertFalse(second.repeat_proposal_id)
        self.assertEqual(first.repeated_ids, second)
        self.assertEqual(first.repeated_count, 1)
        self.assertEqual(first.link_ids.type, "repeated")

    def test_dismiss(self):
        self._create_answered()
        second = self._create_complaint(category_id=self.quality.id)
        second.with_user(self.registrar).action_dismiss_repeat()
        self.assertFalse(second.repeat_proposal_id or second.repeat_of_id)

    def _go_on(self, case, user=None, **values):
        wizard = self.env["complaint.repeat"].with_user(user or self.registrar)
        return wizard.create(
            {
                "complaint_id": case.id,
                "reason_id": self._dissatisfied_reason().id,
                **values,
            }
        ).action_go_on()

    def test_new_round_of_the_first(self):
        first = self._create_answered()
        self._close(first)
        second = self._create_complaint(category_id=self.quality.id)
        self._go_on(second)
        self.assertFalse(first.is_closed)
        self.assertEqual(first.round_number, 2)
        self.assertEqual(first.round_ids[0].satisfaction, "dissatisfied")
        self.assertEqual(second.master_id, first)
        self.assertTrue(second.is_closed)
        self.assertEqual(len(first.party_ids), 1, "the same person")

    def test_first_is_not_answered(self):
        self._create_accepted()
        second = self._create_complaint(category_id=self.quality.id)
        with self.assertRaisesRegex(UserError, "isn't answered yet"):
            self._go_on(second)
        self.assertFalse(second.is_closed)

    def test_another_case_needs_its_rights(self):
        first = self._create_answered(contact_phone="13900003333")
        second = self._create_complaint(category_id=self.quality.id)
        with self.assertRaises(AccessError):
            self._go_on(second, earlier_id=first.id)
        self._go_on(second, self.office, earlier_id=first.id)
        self.assertEqual(first.round_number, 2)

    def test_rounds_of_the_first_are_over(self):
        self.policy.max_rounds = 1
        self._create_answered()
        second = self._create_complaint(category_id=self.quality.id)
        with self.assertRaisesRegex(UserError, "all 1 internal rounds"):
            self._go_on(second)
