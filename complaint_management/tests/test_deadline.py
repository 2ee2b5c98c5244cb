"""When a deadline is due: units, ranges, rounding, sources, corners of the calendar."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestDeadline(EngineCommon):
    def _due(self, delay, unit, received=None, code="duty", **values):
        rule = self._create_rule(code, delay, unit, **values)
        case = self._create_complaint(received_at=received or self.now)
        return self._clock(case, rule)

    # units

    def test_minutes_and_hours_are_elapsed_time(self):
        self.assertDue(self._due(30, "minutes"), 2026, 11, 16, 10, 30)
        rule = self._create_rule("hours", 24, "hours")
        case = self._create_complaint()
        self.assertDue(self._clock(case, rule), 2026, 11, 17, 10)

    def test_working_hours_leave_lunch_and_the_weekend_out(self):
        self.assertDue(self._due(4, "work_hours"), 2026, 11, 16, 15)

    def test_working_days_end_at_closing_time(self):
        self.assertDue(self._due(3, "work_days"), 2026, 11, 19, 17)

    def test_same_working_day(self):
        self.assertDue(self._due(0, "work_days"), 2026, 11, 16, 17)

    def test_calendar_units_are_calendar_arithmetic(self):
        received = self._local(2026, 10, 31, 9)
        self.assertDue(self._due(1, "months", received), 2026, 11, 30, 9)

    def test_weeks_and_days(self):
        self.assertDue(self._due(2, "weeks"), 2026, 11, 30, 10)

    def test_end_of_shift(self):
        self.assertDue(self._due(0, "shift"), 2026, 11, 16, 17)

    def test_end_of_the_next_shift_when_closed(self):
        received = self._local(2026, 11, 15, 20)
        self.assertDue(self._due(0, "shift", received), 2026, 11, 16, 17)

    def test_at_once_is_so_many_minutes(self):
        with self.assertRaises(ValidationError):
            self._create_rule("at_once", 0, "minutes")

    # ranges, warnings, rounding

    def test_a_range_warns_at_its_lower_end(self):
        clock = self._due(10, "work_days", delay_min=7)
        self.assertEqual(clock.warn_at, self._local(2026, 11, 25, 17))
        self.assertDue(clock, 2026, 11, 30, 17)

    def test_warning_before(self):
        clock = self._due(24, "hours", warn_delay=2, warn_unit="work_hours")
        self.assertEqual(clock.warn_at, self._local(2026, 11, 17, 8))

    def test_rounding_to_the_end_of_the_day(self):
        clock = self._due(24, "hours", rounding="day")
        self.assertEqual(clock.due_at, self._local(2026, 11, 17, 23, 59, 59))

    def test_rounding_to_closing_time_on_a_day_off_goes_to_the_next_day(self):
        received = self._local(2026, 11, 13, 10)
        clock = self._due(24, "hours", received, rounding="work_day")
        self.assertDue(clock, 2026, 11, 16, 17)

    def test_rounding_to_closing_time_never_shortens(self):
        for hour, closing in ((10, (2026, 11, 11, 17)), (20, (2026, 11, 12, 17))):
            with self.subTest(hour=hour):
                received = self._local(2026, 11, 10, hour)
                code = f"at_{hour}"
                clock = self._due(24, "hours", received, code, rounding="work_day")
                self.assertDue(clock, *closing)

    # corners of the calendar

    def test_due_on_a_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": self._local(2026, 11, 19, 0),
                "date_to": self._local(2026, 11, 19, 23, 59),
            }
        )
        self.assertDue(self._due(3, "work_days"), 2026, 11, 20, 17)

    def test_holiday_of_another_company_moves_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": other.id,
                "date_from": self._local(2026, 11, 19, 0),
                "date_to": self._local(2026, 11, 19, 23, 59),
            }
        )
        self.assertDue(self._due(3, "work_days"), 2026, 11, 19, 17)

    def test_make_up_day_is_worked(self):
        self.env["complaint.calendar.exception"].create(
            {"name": "Make-up", "calendar_id": self.calendar.id, "date": "2026-11-21"}
        )
        self.assertDue(self._due(5, "work_days"), 2026, 11, 21, 17)

    def test_day_off_by_exception(self):
        self.env["complaint.calendar.exception"].create(
            {
                "name": "Off",
                "calendar_id": self.calendar.id,
                "date": "2026-11-17",
                "kind": "off",
            }
        )
        self.assertDue(self._due(1, "work_days"), 2026, 11, 18, 17)

    def test_days_of_23_and_25_hours(self):
        self.calendar.tz = "Europe/Berlin"
        for day, hours in ((28, 23), (24, 25)):
            month = 3 if day == 28 else 10
            with self.subTest(hours=hours), freeze_time(f"2026-{month:02}-{day} 12:00"):
                received = self.now.replace(month=month, day=day, hour=12)
                rule = self._create_rule(f"days_{hours}", 1, "days")
                elapsed = self._create_rule(f"hours_{hours}", 24, "hours")
                case = self._create_complaint(received_at=received)
                self.assertEqual(
                    self._clock(case, rule).due_at, received + timedelta(hours=hours)
                )
                self.assertEqual(
                    self._clock(case, elapsed).due_at, received + timedelta(hours=24)
                )

    def test_due_at_midnight_belongs_to_the_day_before(self):
        # A calendar that is open round the clock closes at midnight.
        self.calendar.attendance_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": "Day",
                        "dayofweek": str(day),
                        "hour_from": 0,
                        "hour_to": 24,
                        "day_period": "full_day",
                    }
                )
                for day in range(7)
            ),
        ]
        self.assertDue(self._due(1, "work_days"), 2026, 11, 18, 0)
        clock = self._due(1, "work_days", code="rounded", rounding="day")
        self.assertDue(clock, 2026, 11, 18, 0)
        clock = self._due(30, "work_hours", code="on")
        self.assertDue(clock, 2026, 11, 17, 16)

    def test_missing_calendar_counts_calendar_time(self):
        self.policy.calendar_id = False
        self.assertDue(self._due(3, "work_days"), 2026, 11, 19, 10)

    def test_missing_calendar_ends_a_shift_with_the_day(self):
        self.policy.calendar_id = False
        clock = self._due(0, "shift")
        self.assertEqual(clock.due_at, self._local(2026, 11, 16, 23, 59, 59))

    def test_empty_calendar_counts_calendar_time(self):
        self.calendar.attendance_ids.unlink()
        self.assertDue(self._due(4, "work_hours"), 2026, 11, 16, 14)

    def test_archived_calendar_still_counts(self):
        self.calendar.active = False
        self.assertDue(self._due(3, "work_days"), 2026, 11, 19, 17)

    # which cases, which sources

    def test_filters(self):
        by_filter = {
            "category": {"category_ids": [Command.set(self.quality.ids)]},
            "severity": {"severity_ids": [Command.set(self.severity_ordinary.ids)]},
            "track": {"track": "formal"},
            "form": {"form": "oral"},
            "arrival": {"arrival": "working"},
            "domain": {"domain": "[('people_count', '>', 0)]"},
            "kind": {"kind_ids": [Command.set(self.kind_complaint.ids)]},
        }
        misses = {
            "category_price": {"category_ids": [Command.set(self.price.ids)]},
            "severity_serious": {
                "severity_ids": [Command.set(self.severity_serious.ids)]
            },
            "track_spot": {"track": "spot"},
            "form_written": {"form": "written"},
            "arrival_after": {"arrival": "after"},
            "domain_none": {"domain": "[('people_count', '>', 5)]"},
            "kind_suggestion": {"kind_ids": [Command.set(self.kind_suggestion.ids)]},
        }
        for code, values in {**by_filter, **misses}.items():
            self._create_rule(code, **values)
        case = self._create_complaint(category_id=self.brakes.id)
        self.assertEqual(set(case.deadline_ids.rule_id.mapped("code")), set(by_filter))

    def test_new_subcategory_is_known_at_once(self):
        self._create_rule("quality", category_ids=[Command.set(self.quality.ids)])
        self._create_complaint(category_id=self.quality.id)
        new = self._create_category("engine", parent_id=self.quality.id)
        self.assertTrue(self._create_complaint(category_id=new.id).deadline_ids)

    def test_validity_is_that_of_the_start(self):
        old = self._create_rule("old", valid_to="2026-11-15")
        new = self._create_rule("new", 5, valid_from="2026-11-16")
        self.assertEqual(self._create_complaint().deadline_ids.rule_id, new)
        case = self._create_complaint(received_at=self._local(2026, 11, 15, 23))
        self.assertEqual(case.deadline_ids.rule_id, old)

    def test_every_assignment_has_its_clock(self):
        rule = self._create_rule(
            "opinion",
            2,
            "days",
            event="assigned",
            event_assignment_type="opinion",
            end_event="assignment_done",
        )
        for role in (self.role_sales, self.role_service):
            self._create_template(
                f"ask_{role.code}", role, type="opinion", event="received"
            )
        case = self._create_complaint()
        clocks = self._clock(case, rule)
        self.assertEqual(len(clocks), 2)
        asked = clocks.assignment_id
        self.assertEqual(
            asked, case.assignment_ids.filtered(lambda r: r.type == "opinion")
        )
        asked[0].opinion = "<p>Fine</p>"
        asked[0].action_done()
        self.assertEqual(
            {clock.assignment_id: clock.state for clock in clocks},
            {asked[0]: "met", asked[1]: "running"},
        )
        asked[1].action_cancel()
        self.assertEqual(
            clocks.filtered(lambda c: c.assignment_id == asked[1]).state, "cancelled"
        )

    def test_last_assignment_of_a_type(self):
        rule = self._create_rule(
            "all_opinions",
            end_event="last_assignment_done",
            end_assignment_type="opinion",
        )
        for role in (self.role_sales, self.role_service):
            self._create_template(
                f"ask_{role.code}", role, type="opinion", event="received"
            )
        case = self._create_complaint()
        clock = self._clock(case, rule)
        for left in case.assignment_ids.filtered(lambda row: row.type == "opinion"):
            self.assertEqual(clock.state, "running")
            left.opinion = "<p>Fine</p>"
            left.action_done()
        self.assertEqual(clock.state, "met")

    def test_handed_on_lead_ends_its_clock(self):
        rule = self._create_rule(
            "take",
            30,
            "minutes",
            event="assigned",
            event_assignment_type="lead",
            end_event="assignment_accepted",
        )
        case = self._create_complaint(category_id=self.quality.id)
        first = self._clock(case, rule)
        case.with_user(self.office).write({"department_id": self.sales.id})
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(len(self._clock(case, rule)), 2)

    def test_from_a_date_of_the_case(self):
        field = self.env["ir.model.fields"]._get("complaint.complaint", "occurred_at")
        rule = self._create_rule(
            "since", 5, "days", event="date", date_field_id=field.id
        )
        case = self._create_complaint()
        self.assertFalse(case.deadline_ids)
        case.occurred_at = self._local(2026, 11, 14, 9)
        self.assertDue(self._clock(case, rule), 2026, 11, 19, 9)
        case.occurred_at = self._local(2026, 11, 15, 9)
        self.assertDue(self._clock(case, rule), 2026, 11, 20, 9)
        case.occurred_at = False
        self.assertEqual(self._clock(case, rule).state, "cancelled")

    def test_date_known_at_registration(self):
        field = self.env["ir.model.fields"]._get("complaint.complaint", "occurred_at")
        rule = self._create_rule(
            "since", 5, "days", event="date", date_field_id=field.id
        )
        case = self._create_complaint(occurred_at=self._local(2026, 11, 14, 9))
        self.assertDue(self._clock(case, rule), 2026, 11, 19, 9)

    # figures

    def test_figure_per_case(self):
        rule = self._create_rule("agreed", 3, per_case=True)
        case = self._create_accepted()
        clock = self._clock(case, rule)
        self.assertTrue(clock.figure_missing)
        self.assertIn("Agree a date: Agreed", case.activity_ids.mapped("summary"))
        self._extend(clock, self._local(2026, 12, 1, 12), "As agreed by telephone")
        self.assertDue(clock, 2026, 12, 1, 12)
        self.assertFalse(clock.figure_missing)
        self.assertEqual(self._logged(clock, "agreed").note, "As agreed by telephone")
        self.assertNotIn("Agree a date: Agreed", case.activity_ids.mapped("summary"))

    def test_reminder_to_agree_ends_whoever_agrees(self):
        """It is known by itself, not by its words: those are in the recipient's."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self._create_rule("agreed", 3, per_case=True)
        case = self._create_accepted()
        clock = self._clock(case)
        reminder = clock.figure_activity_id
        reminder.user_id.lang = "zh_CN"
        self._extend(
            clock.with_context(lang="zh_CN"), self._local(2026, 12, 1, 12), "电话"
        )
        self.assertFalse(reminder.active)

    def test_reminder_to_agree_goes_with_its_clock(self):
        self._create_rule("agreed", 3, per_case=True)
        case = self._create_accepted()
        reminder = self._clock(case).figure_activity_id
        self.assertTrue(reminder)
        self._clock(case)._cancel(self.now)
        self.assertFalse(reminder.exists())

    def test_figure_cannot_lie_before_the_beginning(self):
        self._create_rule("duty", per_case=True)
        case = self._create_accepted()
        with self.assertRaises(UserError):
            self._extend(self._clock(case), self._local(2026, 11, 1, 12))

    # rules that have run

    def test_used_rule_is_edited_without_moving_dates(self):
        rule = self._create_rule("duty", 3)
        clock = self._clock(self._create_complaint())
        rule.delay = 5
        self.assertDue(clock, 2026, 11, 19, 17)
        self.assertEqual(clock.delay, 3)
        note = self.policy.message_ids[0].body
        self.assertIn("3 → 5", note)
        self.assertIn("Duty", note)

    def test_unused_rule_leaves_no_note(self):
        before = len(self.policy.message_ids)
        self._create_rule("duty", 3).delay = 5
        self.assertEqual(len(self.policy.message_ids), before)

    def test_used_rule_is_not_deleted(self):
        rule = self._create_rule("duty", 3)
        self._create_complaint()
        with self.assertRaises(UserError):
            rule.unlink()

    def test_archived_rule_starts_nothing_and_ends_nothing(self):
        rule = self._create_rule("duty", 3)
        case = self._create_complaint()
        rule.active = False
        self.assertFalse(self._create_complaint().deadline_ids)
        case.people_count = 4
        self.assertEqual(self._clock(case).state, "running")

    def test_clock_goes_on_without_its_rule(self):
        rule = self._create_rule("duty", 3)
        case = self._create_complaint()
        clock = self._clock(case)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM complaint_deadline_rule WHERE id = %s", [rule.id]
        )
        self.env.invalidate_all()
        case.category_id = self.price
        with self._at(self._local(2026, 11, 19, 17)):
            self.assertEqual(clock.state, "missed")
            self._close(case)
            self.assertEqual(clock.state, "late")

    def test_two_rules_for_one_target(self):
        first = self._create_rule("first", 3)
        second = self._create_rule("second", 5)
        case = self._create_complaint()
        self.assertEqual(case.next_deadline_id, self._clock(case, first))
        self._close(case)
        self.assertEqual(self._clock(case, first).state, "met")
        self.assertEqual(self._clock(case, second).state, "met")

    def test_stage_that_is_never_reached_is_no_success(self):
        rule = self._create_rule(
            "answer", end_event="stage_entered", end_stage_id=self.stage_answered.id
        )
        case = self._create_complaint()
        self._move_to(case, self.stage_handling)
        self.assertEqual(self._clock(case, rule).state, "running")
        self._move_to(case, self.stage_answered)
        self.assertEqual(self._clock(case, rule).state, "met")

    def test_nobody_writes_a_deadline(self):
        self._create_rule("duty")
        clock = self._clock(self._create_accepted())
        for user in (self.handler, self.office, self.admin):
            self.assertFalse(clock.with_user(user).has_access("write"))
            self.assertFalse(clock.with_user(user).has_access("unlink"))
            self.assertFalse(
                self.env["complaint.deadline"].with_user(user).has_access("create")
            )
