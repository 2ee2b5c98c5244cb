"""The scheduler: batches, bad rows, conflicts, wake-ups, cost."""

import time
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .engine_common import EngineCommon


def _clock():
    """Return real seconds: the time of the tests stands still."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


LOGGER = "odoo.addons.complaint_management.models.complaint_runner"


@tagged("post_install", "-at_install")
class TestEscalationScheduler(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule("reply", 3, "hours")
        cls.due = cls._local(2026, 11, 16, 13)

    def _create_many(self, count):
        complaints = self.env["complaint.complaint"].with_user(self.registrar)
        return complaints.create(
            [
                self._prepare_complaint(subject=f"No. {number}", contact_phone=False)
                for number in range(count)
            ]
        ).with_env(self.env)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._run()
        return self.cr.sql_log_count - before

    # batches

    def test_oldest_first_in_batches(self):
        cases = self._create_many(5)
        seen = []
        clocks = type(self.env["complaint.deadline"])
        run = clocks._run_due

        def note(rows):
            seen.append(len(rows))
            return run(rows)

        with (
            patch(f"{LOGGER}.BATCH", 2),
            patch.object(clocks, "_run_due", note),
            self._at(self.due),
        ):
            self.assertEqual(seen, [2, 2, 1])
        self.assertEqual(set(cases.deadline_ids.mapped("state")), {"missed"})

    def test_a_bad_row_stops_nothing_and_is_left_out_at_last(self):
        self._create_rung("late", self.rule)
        cases = self._create_many(5)
        bad = cases[2].deadline_ids
        clocks = type(self.env["complaint.deadline"])
        run = clocks._run_due

        def fail(rows):
            if bad in rows:
                raise ValueError("bad row")
            return run(rows)

        with patch.object(clocks, "_run_due", fail), mute_logger(LOGGER):
            with self._at(self.due):
                self.assertEqual(len(cases.escalation_ids), 4)
                self.assertEqual(bad.failure_count, 1)
                self.assertGreater(bad.next_event_at, self.due)
            for minutes, failures in ((6, 2), (20, 3), (60, 3)):
                with self._at(self.due + timedelta(minutes=minutes)):
                    self.assertEqual(bad.failure_count, failures)
        self.assertFalse(bad.next_event_at)
        self.assertIn("Stuck", cases[2].message_ids[0].body)
        stuck = self.env["complaint.stuck"].search([("kind", "=", "failed")])
        self.assertEqual((stuck.complaint_id, stuck.name), (cases[2], "Reply"))
        with freeze_time(self.due + timedelta(hours=2)):
            stuck.action_retry()
            self._run()
        self.assertEqual((bad.state, bad.failure_count), ("missed", 0))
        self.assertEqual(len(cases.escalation_ids), 5)

    def test_who_may_not_see_a_case_may_not_wake_it(self):
        case = self._create_complaint()
        with self.assertRaises(AccessError):
            case.deadline_ids.with_user(self.other_handler).action_retry()
        due = case.deadline_ids.next_event_at
        case.deadline_ids.with_user(self.office).action_retry()
        self.assertEqual(case.deadline_ids.next_event_at, due)

    def test_a_conflict_is_tried_again_on_a_fresh_snapshot(self):
        cases = self._create_many(3)
        clocks = type(self.env["complaint.deadline"])
        run, calls, rollbacks = clocks._run_due, [], []

        def conflict(rows):
            calls.append(rows)
            if len(calls) == 1:
                raise SerializationFailure("somebody else was faster")
            return run(rows)

        with (
            patch.object(clocks, "_run_due", conflict),
            patch.object(self.env.cr, "rollback", lambda: rollbacks.append(1)),
            self._at(self.due),
        ):
            self.assertEqual((len(calls), len(rollbacks)), (2, 1))
        self.assertEqual(set(cases.deadline_ids.mapped("state")), {"missed"})
        self.assertFalse(any(cases.deadline_ids.mapped("failure_count")))

    def test_a_conflict_while_telling_is_tried_again_by_the_next_run(self):
        self._create_rung("late", self.rule)
        case = self._create_complaint()
        rows = type(self.env["complaint.escalation"])

        def conflict(rows, partner):
            raise SerializationFailure("somebody else was faster")

        rollbacks = []
        with (
            patch.object(rows, "_notify_partner", conflict),
            patch.object(self.env.cr, "rollback", lambda: rollbacks.append(1)),
            self._at(self.due),
        ):
            self.assertEqual(len(rollbacks), 1)
            self.assertFalse(case.escalation_ids.notified_at)
            self.assertFalse(case.escalation_ids.failure_count)
        with self._at(self.due + timedelta(minutes=1)):
            self.assertTrue(case.escalation_ids.notified_at)

    def test_endless_conflicts_give_up_until_the_next_run(self):
        self._create_many(1)
        clocks = type(self.env["complaint.deadline"])

        def conflict(rows):
            raise SerializationFailure("again")

        with (
            patch.object(clocks, "_run_due", conflict),
            patch.object(self.env.cr, "rollback", lambda: None),
            self._at(self.due),
        ):
            pass
        clock = self.env["complaint.deadline"].search([("rule_id", "=", self.rule.id)])
        self.assertEqual((clock.state, clock.failure_count), ("running", 0))

    # waking up

    def _get_triggers(self):
        self.cr.precommit.run()  # alarms are set when the transaction ends
        cron = self.env.ref("complaint_management.ir_cron_complaint_runner")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])

    def test_one_wake_up_for_the_earliest_minute(self):
        self._get_triggers().unlink()
        self._create_many(3)
        # First somebody is told of the cases, that run sets the next one.
        self.assertEqual(self._get_triggers().mapped("call_at"), [self.now])
        self._serve()
        self.assertEqual(self._get_triggers().mapped("call_at"), [self.due])
        with freeze_time(self.now + timedelta(minutes=10)):
            self._create_complaint()
            self._serve()
            self.assertEqual(len(self._get_triggers()), 1)
        early = self._create_rule("early", 90, "minutes")
        self._create_complaint()
        self._serve()
        self.assertEqual(
            sorted(self._get_triggers().mapped("call_at")),
            [self.now + timedelta(minutes=90), self.due],
        )
        self.assertTrue(early)

    def _serve(self):
        """Do what the cron does: run, and take away what it was woken by."""
        self._run()
        now = fields.Datetime.now()
        self._get_triggers().filtered(lambda row: row.call_at <= now).unlink()

    def test_a_wake_up_in_the_middle_of_a_minute_comes_after_it(self):
        self._get_triggers().unlink()
        self.runner._wake_at(self.now + timedelta(minutes=5, seconds=20))
        self.assertEqual(self._get_triggers().call_at, self.now + timedelta(minutes=6))

    def test_a_run_that_may_have_begun_does_not_count(self):
        self._get_triggers().unlink()
        self.runner._get_cron()._trigger(at=self.now + timedelta(seconds=30))
        self.runner._wake_at(self.now + timedelta(minutes=5))
        self.assertEqual(len(self._get_triggers()), 2)

    def test_a_burst_wakes_it_once_a_minute(self):
        self._get_triggers().unlink()
        with freeze_time(self.now + timedelta(seconds=20)):
            self._create_complaint()
            self.assertEqual(self._get_triggers().call_at, fields.Datetime.now())
        for seconds in (21, 25, 40):
            with freeze_time(self.now + timedelta(seconds=seconds)):
                self._create_complaint()
                self._get_triggers()
        later = self._get_triggers().mapped("call_at")
        self.assertEqual(sorted(later)[1:], [self.now + timedelta(minutes=2)])

    def test_each_run_sets_the_next(self):
        self._create_rung("late", self.rule, 2, "hours")
        self._create_many(2)
        self._get_triggers().unlink()
        with self._at(self.due):
            self.assertEqual(
                self._get_triggers().mapped("call_at"), [self.due + timedelta(hours=2)]
            )

    # cost

    def test_nothing_due_costs_the_same_however_many_run(self):
        self._create_many(2)
        self._count_queries()
        few = self._count_queries()
        self._create_many(40)
        self._run()
        self.assertEqual(self._count_queries(), few)
        self.assertLessEqual(few, 15)

    def test_marking_is_set_based(self):
        counts = []
        for number in (5, 45):
            self._create_many(number)
            with freeze_time(self.due + timedelta(days=number)):
                counts.append(self._count_queries())
        self.assertLessEqual((counts[1] - counts[0]) / 40, 0.3)

    def test_a_thousand_rungs(self):
        self._create_rung("late", self.rule)
        cases = self._create_many(1000)
        self.env.flush_all()
        start = _clock()
        with self._at(self.due):
            seconds = _clock() - start
        self.assertEqual(len(cases.escalation_ids), 1000)
        self.assertLess(seconds, 10)

    def test_creating_with_five_deadlines(self):
        for number in range(4):
            self._create_rule(f"rule_{number}", number + 2, "work_days", warn_delay=1)
        self.assertLess(self._measure_queries_per_record(self._create_many), 1)

    def test_one_due_date(self):
        rule = self._create_rule("fast", 6, "work_days")
        rule._get_dates(self.policy, self.now)
        start = _clock()
        for minute in range(1000):
            rule._get_dates(self.policy, self.now + timedelta(minutes=minute))
        self.assertLess((_clock() - start) / 1000, 0.001)

    # recurring

    def test_a_bulletin_until_closed(self):
        template = self._create_template(
            "bulletin", type="report", repeats=True, interval=1, interval_unit="weeks"
        )
        case = self._create_accepted()

        def bulletins():
            return case.assignment_ids.filtered(lambda row: row.template_id == template)

        self.assertEqual(len(bulletins()), 1)
        with self._at(self.now + timedelta(days=6)):
            self.assertEqual(len(bulletins()), 1)
        with self._at(self.now + timedelta(days=7)):
            self.assertEqual(len(bulletins()), 2)
        # Four weeks down: one is asked, not four.
        with self._at(self.now + timedelta(days=36)):
            self.assertEqual(len(bulletins()), 3)
            due = bulletins().filtered("next_event_at").next_event_at
            self.assertEqual(due, self.now + timedelta(days=42))
            self._close(case)
        with self._at(self.now + timedelta(days=60)):
            self.assertEqual(len(bulletins()), 3)
            self.assertFalse(any(bulletins().mapped("next_event_at")))

    def test_a_bulletin_called_off_stays_off(self):
        template = self._create_template(
            "bulletin", type="report", repeats=True, interval_unit="weeks"
        )
        case = self._create_accepted()
        row = case.assignment_ids.filtered(lambda row: row.template_id == template)
        row.action_cancel()
        with self._at(self.now + timedelta(days=8)):
            rows = case.assignment_ids.filtered(lambda row: row.template_id == template)
            self.assertEqual(rows, row)

    # stuck

    def _stuck(self, user=None):
        rows = self.env["complaint.stuck"].with_user(user or self.admin)
        return rows.search([("policy_id", "in", (self.policy.id, False))])

    def test_zero_is_the_promise(self):
        self.env.ref(
            "complaint_management.ir_cron_complaint_runner"
        ).nextcall = self.now
        self.env.ref(
            "complaint_management.ir_cron_complaint_duties"
        ).nextcall = self.now
        self._add_next_year()
        self._create_many(3)
        self._run()
        found = self._stuck().mapped(
            lambda row: (row.kind, row.name, row.policy_id.name)
        )
        self.assertFalse(found)

    def _add_next_year(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "New Year",
                "calendar_id": self.calendar.id,
                "date_from": "2026-12-31 16:00:00",
                "date_to": "2027-01-01 15:59:59",
            }
        )

    def test_stuck_kinds(self):
        cron = self.env.ref("complaint_management.ir_cron_complaint_runner")
        cron.nextcall = self.now - timedelta(hours=1)
        self._create_rule("agreed", per_case=True)
        self._create_role("manager", resolution="manager")
        case = self._create_accepted()
        self.service.manager_id = False
        self.env.flush_all()
        # Behind the back of the engine, which would ask somebody else.
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.handler.id]
        )
        self.env.invalidate_all()
        kinds = set(self._stuck().mapped("kind"))
        self.assertEqual(
            {"figure", "manager", "handler", "year", "cron"} - kinds, set()
        )
        self.policy.calendar_id = False
        self.assertIn("calendar", self._stuck().mapped("kind"))
        for row in self._stuck():
            self.assertTrue(row.action_open()["res_id"])
        mine = self._stuck(self.office).filtered(lambda row: row.complaint_id == case)
        self.assertTrue(mine)

    def test_stuck_hides_what_is_hidden(self):
        self._create_rule("agreed", per_case=True)
        case = self._create_complaint()
        case.recused_user_ids = self.office
        self.assertNotIn(case, self._stuck(self.office).complaint_id)
        self.assertIn(case, self._stuck().complaint_id)

    def test_next_year_counts_from_november(self):
        self._add_next_year()
        self.calendar.complaint_exception_ids = [
            Command.create({"name": "Make-up", "date": "2026-10-10"})
        ]
        self.assertIn("year", self._stuck().mapped("kind"))
        self.calendar.complaint_exception_ids = [
            Command.create({"name": "Make-up", "date": "2027-02-06"})
        ]
        self.assertNotIn("year", self._stuck().mapped("kind"))

    def test_failed_mail_of_a_party_is_stuck(self):
        case = self._create_complaint(contact_email="wang@example.com")
        party = case.party_ids[0]
        message = self.env["mail.message"].create(
            {"model": "complaint.party", "res_id": party.id, "subject": "Later"}
        )
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "notification_type": "email",
                "notification_status": "bounce",
                "res_partner_id": self.office.partner_id.id,
            }
        )
        stuck = self._stuck().filtered(lambda row: row.kind == "mail")
        self.assertEqual((stuck.complaint_id, stuck.name), (case, "Later"))

    def test_nobody_responsible(self):
        case = self._create_complaint()
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE complaint_complaint
                  SET responsible_id = NULL, handler_id = NULL, department_id = NULL,
                      lead_assignment_id = NULL
                WHERE id = %s""",
            [case.id],
        )
        self.env.invalidate_all()
        self.assertIn(
            case, self._stuck().filtered(lambda row: row.kind == "owner").complaint_id
        )
