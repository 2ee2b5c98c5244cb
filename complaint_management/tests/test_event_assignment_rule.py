from odoo.tests import tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestEventAssignmentRule(EngineCommon):
    """Events that name the assignment rule, not only the type of what it asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.legal = cls._create_template("legal", type="verification")
        cls.safety = cls._create_template(
            "safety", cls.role_service, type="verification"
        )

    def _asked(self, template, complaint):
        return complaint.assignment_ids.filtered(
            lambda row: row.template_id == template
        )

    def _finish(self, rows):
        rows.opinion = "<p>Fine</p>"
        rows.action_done()

    def test_clock_begins_with_one_rule(self):
        rule = self._create_rule(
            "begin", event="assignment_done", event_template_id=self.legal.id
        )
        case = self._create_complaint()
        self._finish(self._asked(self.safety, case))
        self.assertFalse(self._clock(case, rule))
        self._finish(self._asked(self.legal, case))
        self.assertEqual(
            self._clock(case, rule).assignment_id, self._asked(self.legal, case)
        )

    def test_clock_ends_with_one_rule(self):
        rule = self._create_rule(
            "end", end_event="assignment_done", end_template_id=self.legal.id
        )
        case = self._create_complaint()
        clock = self._clock(case, rule)
        self._finish(self._asked(self.safety, case))
        self.assertEqual(clock.state, "running")
        self._finish(self._asked(self.legal, case))
        self.assertEqual(clock.state, "met")

    def test_clock_of_one_assignment_ends_with_another_rule(self):
        rule = self._create_rule(
            "between",
            event="assignment_accepted",
            event_template_id=self.legal.id,
            end_event="assignment_done",
            end_template_id=self.safety.id,
        )
        case = self._create_complaint()
        self._asked(self.legal, case).action_accept()
        clock = self._clock(case, rule)
        self._finish(self._asked(self.legal, case))
        self.assertEqual(clock.state, "running")
        self._finish(self._asked(self.safety, case))
        self.assertEqual(clock.state, "met")

    def test_own_assignment_ends_its_clock(self):
        """Of two requests of one rule each has its clock."""
        rule = self._create_rule(
            "own",
            event="assigned",
            event_template_id=self.legal.id,
            end_event="assignment_done",
            end_template_id=self.legal.id,
        )
        case = self._create_complaint()
        first = self._asked(self.legal, case)
        second = first.copy()
        self.assertEqual(len(self._clock(case, rule)), 2)
        self._finish(second)
        self.assertEqual(
            {clock.assignment_id: clock.state for clock in self._clock(case, rule)},
            {first: "running", second: "met"},
        )

    def test_last_of_a_rule_and_last_of_a_type(self):
        by_rule = self._create_rule(
            "by_rule", end_event="last_assignment_done", end_template_id=self.legal.id
        )
        by_type = self._create_rule(
            "by_type",
            end_event="last_assignment_done",
            end_assignment_type="verification",
        )
        case = self._create_complaint()
        rows = self._asked(self.legal, case)
        rows |= rows.copy()
        self._finish(rows[0])
        self.assertEqual(self._clock(case, by_rule).state, "running")
        self._finish(rows[1])
        self.assertEqual(self._clock(case, by_rule).state, "met")
        self.assertEqual(self._clock(case, by_type).state, "running")
        self._finish(self._asked(self.safety, case))
        self.assertEqual(self._clock(case, by_type).state, "met")

    def test_what_is_called_off_no_longer_keeps_the_last_one(self):
        rule = self._create_rule(
            "all", end_event="last_assignment_done", end_assignment_type="verification"
        )
        case = self._create_complaint()
        self._finish(self._asked(self.legal, case))
        self.assertEqual(self._clock(case, rule).state, "running")
        self._asked(self.safety, case).action_cancel()
        self.assertEqual(self._clock(case, rule).state, "met")

    def test_calling_everything_off_is_no_doing(self):
        rule = self._create_rule(
            "all", end_event="last_assignment_done", end_assignment_type="verification"
        )
        case = self._create_complaint()
        (self._asked(self.legal, case) | self._asked(self.safety, case)).action_cancel()
        self.assertEqual(self._clock(case, rule).state, "running")

    def test_rung_at_one_rule(self):
        rung = self._create_rung(
            "told", event="assignment_done", event_template_id=self.legal.id
        )
        case = self._create_complaint()
        self._finish(self._asked(self.safety, case))
        self.assertFalse(case.escalation_ids)
        self._finish(self._asked(self.legal, case))
        self.assertEqual(case.escalation_ids.rule_id, rung)

    def test_one_rule_after_another(self):
        after = self._create_template(
            "report",
            event="assignment_done",
            event_template_id=self.legal.id,
            type="report",
        )
        at_once = self._create_template(
            "circular",
            event="assigned",
            event_template_id=self.legal.id,
            type="circular",
        )
        case = self._create_complaint()
        self.assertEqual(len(self._asked(at_once, case)), 1)
        self._finish(self._asked(self.safety, case))
        self.assertFalse(self._asked(after, case))
        self._finish(self._asked(self.legal, case))
        self.assertEqual(len(self._asked(after, case)), 1)

    def test_rules_that_ask_each_other_stop(self):
        one = self._create_template("one", event="assigned", type="task")
        other = self._create_template(
            "other", event="assigned", event_template_id=one.id, type="task"
        )
        one.event_template_id = other
        case = self._create_complaint()
        row = self.env["complaint.assignment"].create(
            {"complaint_id": case.id, "template_id": one.id, "type": "task"}
        )
        self.assertEqual(len(self._asked(one, case) - row), 1)
        self.assertEqual(len(self._asked(other, case)), 1)

    def test_rung_never_answers_to_itself(self):
        rung = self._create_rung(
            "again", event="assigned", assignment_template_id=self.legal.id
        )
        case = self._create_complaint()
        row = self.env["complaint.assignment"].create(
            {"complaint_id": case.id, "type": "task", "user_id": self.handler.id}
        )
        fired = case.escalation_ids.filtered(lambda e: e.rule_id == rung)
        self.assertTrue(fired)
        self.assertIn(row, case.assignment_ids)

    def test_rule_in_use_stays(self):
        rule = self._create_rule(
            "end", end_event="assignment_done", end_template_id=self.legal.id
        )
        copied = self.policy.copy()
        twin = copied.deadline_rule_ids.filtered(lambda r: r.code == rule.code)
        self.assertEqual(twin.end_template_id.policy_id, copied)
        self.assertEqual(twin.end_template_id.code, "legal")


@tagged("post_install", "-at_install")
class TestStageOrLater(EngineCommon):
    """A case that skips a column ends the clocks that wait for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_decided = cls._create_item(
            "complaint.stage", "decided", phase="decision", sequence=27
        )

    def _create_clock(self, **values):
        rule = self._create_rule("to", end_event="stage_entered", **values)
        case = self._create_complaint()
        return case, self._clock(case, rule)

    def test_skipped_stage(self):
        case, clock = self._create_clock(
            end_stage_id=self.stage_decided.id, end_stage_or_later=True
        )
        self._move_to(case, self.stage_handling)
        self.assertEqual(clock.state, "running")
        self._move_to(case, self.stage_answered)
        self.assertEqual(clock.state, "met")

    def test_stage_itself(self):
        case, clock = self._create_clock(
            end_stage_id=self.stage_decided.id, end_stage_or_later=True
        )
        self._move_to(case, self.stage_decided)
        self.assertEqual(clock.state, "met")

    def test_skipped_phase(self):
        case, clock = self._create_clock(end_phase="decision", end_stage_or_later=True)
        self._move_to(case, self.stage_handling)
        self.assertEqual(clock.state, "running")
        self._move_to(case, self.stage_answered)
        self.assertEqual(clock.state, "met")

    def test_just_this_stage(self):
        case, clock = self._create_clock(end_stage_id=self.stage_decided.id)
        self._move_to(case, self.stage_answered)
        self.assertEqual(clock.state, "running")

    def test_closing_comes_after_every_stage(self):
        case, clock = self._create_clock(
            end_stage_id=self.stage_decided.id,
            end_stage_or_later=True,
            survives_closing=True,
        )
        self._close(case)
        self.assertEqual(clock.state, "met")

    def test_withdrawing_does_no_duty(self):
        case, clock = self._create_clock(
            end_stage_id=self.stage_decided.id, end_stage_or_later=True
        )
        self._close(case, "withdrawn")
        self.assertEqual(clock.state, "cancelled")
