"""What happens to a clock: pauses, the end of a case, the next round, merging."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestDeadlineLife(EngineCommon):
    def _start(self, delay=3, unit="work_days", **values):
        """Return a case that the handler leads, and its clock."""
        rule = self._create_rule("duty", delay, unit, **values)
        case = self._create_accepted()
        return case, self._clock(case, rule)

    def _pause(self, case, start, end):
        with freeze_time(start):
            self._move_to(case, self.stage_waiting)
        with freeze_time(end):
            self._move_to(case, self.stage_handling)

    # pauses

    def test_working_hours_go_on_with_what_was_left(self):
        case, clock = self._start(8, "work_hours")
        self._pause(case, self._local(2026, 11, 16, 11), self._local(2026, 11, 18, 16))
        # One hour was used: seven are left from Wednesday 16:00 on.
        self.assertDue(clock, 2026, 11, 19, 15)
        self.assertEqual(
            [(log.type, log.old_due_at, log.due_at) for log in clock.log_ids][-1],
            ("resumed", self._local(2026, 11, 17, 10), self._local(2026, 11, 19, 15)),
        )

    def test_a_working_day_counts_when_the_clock_runs_at_its_close(self):
        case, clock = self._start(3, "work_days")
        self._pause(case, self._local(2026, 11, 17, 10), self._local(2026, 11, 19, 9))
        self.assertDue(clock, 2026, 11, 23, 17)

    def test_a_pause_within_a_day_costs_no_working_day(self):
        case, clock = self._start(3, "work_days")
        self._pause(case, self._local(2026, 11, 17, 9), self._local(2026, 11, 17, 16))
        self.assertDue(clock, 2026, 11, 19, 17)

    def test_a_pause_over_the_day_of_receipt_costs_no_working_day(self):
        case, clock = self._start(3, "work_days")
        self._pause(case, self._local(2026, 11, 16, 11), self._local(2026, 11, 17, 9))
        self.assertDue(clock, 2026, 11, 19, 17)

    def test_calendar_time_moves_by_the_length_of_the_pause(self):
        case, clock = self._start(3, "days")
        self._pause(case, self._local(2026, 11, 17, 10), self._local(2026, 11, 18, 12))
        self.assertDue(clock, 2026, 11, 20, 12)

    def test_warning_moves_along(self):
        case, clock = self._start(3, "days", warn_delay=1, warn_unit="days")
        self._pause(case, self._local(2026, 11, 16, 12), self._local(2026, 11, 17, 12))
        self.assertEqual(clock.warn_at, self._local(2026, 11, 19, 10))

    def test_two_pauses(self):
        case, clock = self._start(8, "work_hours")
        self._pause(case, self._local(2026, 11, 16, 11), self._local(2026, 11, 17, 8))
        self._pause(case, self._local(2026, 11, 17, 10), self._local(2026, 11, 18, 8))
        # 1 + 2 hours used; five are left.
        self.assertDue(clock, 2026, 11, 18, 14)

    def test_nothing_is_missed_in_a_pause(self):
        case, clock = self._start(3, "days")
        with freeze_time(self._local(2026, 11, 17, 10)):
            self._move_to(case, self.stage_waiting)
        with self._at(self._local(2026, 12, 17, 10)):
            self.assertEqual((clock.state, clock.status), ("paused", "paused"))
            self.assertFalse(case.next_due_at)

    def test_what_was_over_before_the_pause_is_missed(self):
        case, clock = self._start(3, "hours")
        with freeze_time(self._local(2026, 11, 17, 10)):
            self._move_to(case, self.stage_waiting)
            self._run()
        self.assertEqual(clock.state, "missed")

    def test_what_is_missed_stays_missed_in_a_pause(self):
        """A pause excuses nothing that is over: the ladder goes on."""
        case, clock = self._start(3, "hours")
        rung = self._create_rung("chief", self._clock(case).rule_id, 2, "days")
        with self._at(self._local(2026, 11, 17, 10)):
            self._move_to(case, self.stage_waiting)
            self.assertEqual((clock.state, clock.status), ("missed", "late"))
        with self._at(self._local(2026, 11, 20, 10)):
            self.assertEqual(clock.state, "missed")
            self.assertEqual(case.escalation_ids.rule_id, rung)
            self._move_to(case, self.stage_handling)
        self.assertDue(clock, 2026, 11, 16, 13)

    def test_another_date_of_a_missed_duty_stands_still_in_a_pause(self):
        case, clock = self._start(3, "hours", per_case=True)
        with self._at(self._local(2026, 11, 17, 10)):
            self._move_to(case, self.stage_waiting)
            self.assertEqual(clock.state, "missed")
            self._extend(clock, self._local(2026, 11, 18, 10))
            self.assertEqual(clock.state, "paused")
        with freeze_time(self._local(2026, 11, 19, 10)):
            self._move_to(case, self.stage_handling)
        self.assertDue(clock, 2026, 11, 20, 10)

    def test_a_case_registered_into_a_waiting_stage_stands_still(self):
        self._create_rule("duty", 3, "days")
        case = self._create_complaint(stage_id=self.stage_waiting.id)
        self.assertEqual(self._clock(case).state, "paused")

    def test_some_clocks_never_pause(self):
        case, clock = self._start(3, "days", pausable=False)
        self._move_to(case, self.stage_waiting)
        self.assertEqual(clock.state, "running")

    # ends

    def test_in_time_and_late(self):
        case, clock = self._start(3, "days")
        self._close(case)
        self.assertEqual((clock.state, clock.missed_at), ("met", False))
        late = self._create_accepted()
        with freeze_time(self._local(2026, 11, 20, 10)):
            # The scheduler has not run, yet it is late.
            self._close(late)
        self.assertEqual(self._clock(late).state, "late")
        self.assertEqual(self._clock(late).missed_at, self._local(2026, 11, 19, 10))

    def test_closing_straight_from_a_pause(self):
        case, clock = self._start(3, "hours")
        with freeze_time(self._local(2026, 11, 16, 11)):
            self._move_to(case, self.stage_waiting)
        with freeze_time(self._local(2026, 11, 30, 11)):
            self._close(case)
            self._run()
        self.assertEqual((clock.state, clock.missed_at), ("met", False))
        self.assertEqual(clock.status, "over")
        self.assertFalse(case.next_due_at)

    def test_evidence_of_a_breach_survives_the_close(self):
        case, clock = self._start(3, "hours")
        with self._at(self._local(2026, 11, 17, 10)):
            self._close(case)
        self.assertEqual(clock.state, "late")
        self.assertEqual(clock.missed_at, self._local(2026, 11, 16, 13))
        self.assertTrue(self._logged(clock, "missed"))

    def test_withdrawn_is_called_off(self):
        case, clock = self._start()
        self._close(case, "withdrawn")
        self.assertEqual(clock.state, "cancelled")

    def test_refused_case_ends_only_what_ends_with_it(self):
        answer = self._create_rule(
            "answer", end_event="stage_entered", end_stage_id=self.stage_answered.id
        )
        refusal = self._create_rule(
            "refusal", end_event="stage_entered", end_phase="refused"
        )
        case, clock = self._start()
        reason = self.env["complaint.reason"].search(
            [("usage", "=", "close"), ("outcome", "=", "not_accepted")], limit=1
        )
        case.with_user(self.office).write({"outcome_id": reason.id})
        self._move_to(case, self.stage_refused)
        self.assertEqual(clock.state, "met")
        self.assertEqual(self._clock(case, refusal).state, "met")
        self.assertEqual(self._clock(case, answer).state, "cancelled")

    def test_called_off_request_is_no_success(self):
        rule = self._create_rule(
            "opinion",
            event="assigned",
            event_assignment_type="opinion",
            end_event="assignment_done",
        )
        self._create_template("ask", type="opinion", event="received")
        case = self._create_accepted()
        self._close(case)
        self.assertEqual(self._clock(case, rule).state, "cancelled")

    def test_duty_after_closing(self):
        rule = self._create_rule(
            "archive",
            5,
            "days",
            event="closed",
            end_event="merged",
            survives_closing=True,
        )
        case = self._create_accepted()
        self._close(case)
        self.assertEqual(self._clock(case, rule).state, "running")

    def test_right_lapses(self):
        case, clock = self._start(3, "days", kind="window")
        self.assertFalse(case.next_due_at)
        with self._at(self._local(2026, 11, 20, 10)):
            self.assertEqual(clock.state, "lapsed")
            self.assertFalse(clock.missed_at)
            self.assertTrue(self._logged(clock, "lapsed"))

    # rounds

    def test_reopening_restarts_what_belongs_to_the_round(self):
        again = self._create_rule("again", 2, "days", event="round_started")
        case, clock = self._start(3, "hours")
        with self._at(self._local(2026, 11, 17, 10)):
            self._close(case)
            self._reopen(case)
        self.assertEqual(clock.state, "late")
        self.assertEqual(len(self._clock(case, clock.rule_id)), 1)
        new = self._clock(case, again)
        self.assertEqual((new.state, new.round_id), ("running", case.round_id))
        self.assertDue(new, 2026, 11, 19, 10)
        case.category_id = self.price
        self.assertEqual(len(self._clock(case, clock.rule_id)), 1)

    def test_first_round_does_not_start_what_belongs_to_the_next(self):
        self._create_rule("again", 2, "days", event="round_started")
        self.assertFalse(self._create_complaint().deadline_ids)

    # merging

    def test_merging(self):
        rule = self._create_rule(
            "opinion",
            event="assigned",
            event_assignment_type="opinion",
            end_event="assignment_done",
        )
        self._create_template("ask", type="opinion", event="received")
        master, clock = self._start()
        other = self._create_accepted()
        opinion, duty = self._clock(other, rule), self._clock(other, clock.rule_id)
        self.env["complaint.merge"].with_user(self.office).create(
            {
                "complaint_ids": [Command.set((master | other).ids)],
                "master_id": master.id,
            }
        ).action_merge()
        self.assertEqual(clock.state, "running")
        self.assertEqual(duty.state, "cancelled")
        self.assertEqual((opinion.state, opinion.complaint_id), ("running", master))

    # backdated

    def test_backdated_receipt_is_missed_at_once(self):
        rule = self._create_rule("duty", 3, "hours")
        rung = self._create_rung("late", rule)
        case = self._create_complaint(received_at=self._local(2026, 11, 13, 10))
        clock = self._clock(case)
        self.assertEqual(clock.status, "late")
        self._run()
        self.assertEqual(clock.state, "missed")
        row = case.escalation_ids
        self.assertEqual((row.rule_id, row.is_late), (rung, True))
        self._run()
        self.assertEqual(len(case.escalation_ids), 1)
