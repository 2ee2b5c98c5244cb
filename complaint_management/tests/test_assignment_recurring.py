"""Duties and bulletins that recur: on which day, and until when."""

from datetime import datetime

from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestAssignmentRecurring(EngineCommon):
    def _create_monthly(self, moment):
        with freeze_time(moment):
            return self._create_template(
                "monthly",
                trigger="recurring",
                type="duty",
                interval_unit="months",
                next_run_at=moment,
            )

    def _create_bulletin(self, unit="weeks"):
        return self._create_template(
            "bulletin",
            type="report",
            event="received",
            repeats=True,
            interval=1,
            interval_unit=unit,
        )

    def _asked(self, template):
        rows = self.env["complaint.assignment"]
        return rows.search([("template_id", "=", template.id)], order="id")

    def _run_until(self, duty, *months):
        for month in months:
            with freeze_time(duty.next_run_at):
                duty._ask_duty()
            self.assertEqual(duty.next_run_at, self._local(2027, *month))

    def test_last_of_the_month_stays_the_last(self):
        duty = self._create_monthly(self._local(2027, 1, 31, 9))
        self._run_until(duty, (2, 28, 9), (3, 31, 9), (4, 30, 9), (5, 31, 9))

    def test_the_30th_stays_the_30th(self):
        duty = self._create_monthly(self._local(2027, 1, 30, 9))
        self._run_until(duty, (2, 28, 9), (3, 30, 9))

    def test_a_date_set_by_hand_is_a_new_beginning(self):
        duty = self._create_monthly(self._local(2027, 1, 31, 9))
        self._run_until(duty, (2, 28, 9))
        duty.next_run_at = self._local(2027, 3, 15, 9)
        self._run_until(duty, (4, 15, 9))

    def test_long_downtime(self):
        duty = self._create_monthly(self._local(2027, 1, 31, 9))
        with freeze_time(self._local(2031, 2, 10, 9)):
            duty._ask_duty()
        self.assertEqual(duty.next_run_at, self._local(2031, 2, 28, 9))
        self.assertEqual(len(self._asked(duty)), 1)

    def test_daily_for_years(self):
        duty = self._create_monthly(self._local(2027, 1, 31, 9))
        duty.interval_unit = "days"
        duty.recurs_from = self._local(2007, 1, 31, 9)
        self._run_until(duty, (2, 1, 9), (2, 2, 9))

    def test_file_keeps_the_day(self):
        duty = self._create_monthly(self._local(2027, 1, 31, 9))
        self._run_until(duty, (2, 28, 9))
        files = self.env["complaint.policy.file"]
        data = files._export(self.policy)
        self.policy.code = "OLD"
        copied = files._import_text(files._dump(data), self.company)
        self._run_until(copied.assignment_template_ids, (3, 31, 9))

    def test_bulletin_of_the_31st(self):
        bulletin = self._create_bulletin("months")
        with freeze_time(self._local(2027, 1, 31, 9)):
            self._create_complaint()
        for month, day in ((2, 28), (3, 31), (4, 30)):
            with self._at(self._local(2027, month, day, 9)):
                last = self._asked(bulletin)[-1]
                self.assertEqual(last.requested_at, self._local(2027, month, day, 9))

    def test_calling_the_last_one_off_ends_it(self):
        bulletin = self._create_bulletin()
        self._create_complaint()
        self._asked(bulletin).action_cancel()
        with self._at(self._local(2026, 11, 30, 11)):
            self.assertEqual(len(self._asked(bulletin)), 1)

    def test_calling_an_earlier_one_off_ends_nothing(self):
        bulletin = self._create_bulletin()
        self._create_complaint()
        with self._at(self._local(2026, 11, 23, 11)):
            self._asked(bulletin)[0].action_cancel()
        with self._at(self._local(2026, 11, 30, 11)):
            self.assertEqual(len(self._asked(bulletin)), 3)

    def test_refusing_it_does_not_end_it(self):
        bulletin = self._create_bulletin()
        self._create_complaint()
        row = self._asked(bulletin)
        reason = self.env["complaint.reason"].search(
            [("usage", "=", "refuse_assignment")], limit=1
        )
        row.with_user(self.other_handler)._refuse(reason)
        with self._at(self._local(2026, 11, 23, 11)):
            self.assertEqual(len(self._asked(bulletin)), 2)

    def test_who_left_does_not_end_it(self):
        role = self._create_role("one", resolution="users")
        role.user_ids = self.handler
        bulletin = self._create_bulletin()
        bulletin.role_id = role
        self._create_complaint()
        self.handler.active = False
        with self._at(self._local(2026, 11, 23, 11)):
            rows = self._asked(bulletin)
            self.assertEqual(rows[0].state, "replaced")
            self.assertEqual(rows[-1].requested_at, self._local(2026, 11, 23, 10))

    def test_new_round_begins_anew_with_its_event(self):
        bulletin = self._create_bulletin()
        bulletin.event = "round_started"
        case = self._create_accepted()
        self._close(case)
        with freeze_time(self._local(2026, 11, 18, 9)):
            self._reopen(case)
        asked = self._asked(bulletin)
        self.assertEqual(asked.round_id.number, 2)
        with self._at(self._local(2026, 11, 25, 9)):
            self.assertEqual(len(self._asked(bulletin)), len(asked) + 1)

    def test_closing_ends_it(self):
        bulletin = self._create_bulletin()
        case = self._create_accepted()
        self._close(case)
        with self._at(datetime(2026, 12, 30)):
            self.assertEqual(len(self._asked(bulletin)), 1)
