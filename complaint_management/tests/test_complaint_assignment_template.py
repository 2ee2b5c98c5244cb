from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintAssignmentTemplate(ComplaintCommon):
    def _asked(self, template, complaint=None):
        rows = self.env["complaint.assignment"].search(
            [("template_id", "=", template.id)], order="id"
        )
        return (
            rows.filtered(lambda r: r.complaint_id == complaint) if complaint else rows
        )

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    def test_asked_on_an_event(self):
        template = self._create_template(
            "verify", type="verification", delay=2, instructions="<p>Look</p>"
        )
        complaint = self._create_complaint(category_id=self.quality.id)
        self.assertRecordValues(
            self._asked(template, complaint),
            [
                {
                    "type": "verification",
                    "name": "Verify",
                    "department_id": self.sales.id,
                    "role_id": self.role_sales.id,
                    "round_id": complaint.round_id.id,
                    "state": "pending",
                    "requested_at": self.now,
                }
            ],
        )
        due = self._asked(template).due_at
        self.assertEqual(due.date().isoformat(), "2026-11-18")

    def test_only_in_its_stage(self):
        template = self._create_template(
            "verify", event="stage_entered", event_stage_id=self.stage_answered.id
        )
        complaint = self._create_accepted()
        complaint.stage_id = self.stage_handling
        self.assertFalse(self._asked(template))
        complaint.stage_id = self.stage_answered
        self.assertEqual(len(self._asked(template)), 1)

    def test_first_stage_is_entered_too(self):
        template = self._create_template(
            "verify", event="stage_entered", event_stage_id=self.stage_received.id
        )
        self._create_complaint()
        self.assertEqual(len(self._asked(template)), 1)

    def test_only_after_assignments_of_its_type(self):
        template = self._create_template(
            "report",
            event="assignment_done",
            event_assignment_type="verification",
            type="report",
        )
        complaint = self._create_accepted()
        for type_ in ("task", "verification"):
            row = self.env["complaint.assignment"].create(
                {
                    "complaint_id": complaint.id,
                    "type": type_,
                    "user_id": self.handler.id,
                    "opinion": "<p>Fine</p>",
                }
            )
            self.assertFalse(self._asked(template))
            row.action_done()
        self.assertEqual(len(self._asked(template)), 1)

    def test_filters_of_another_event_do_not_count(self):
        template = self._create_template(
            "verify",
            event="received",
            event_stage_id=self.stage_answered.id,
            event_assignment_type="report",
        )
        self._create_complaint()
        self.assertEqual(len(self._asked(template)), 1)

    def test_only_such_cases(self):
        template = self._create_template(
            "verify",
            category_ids=[Command.set(self.quality.ids)],
            severity_ids=[Command.set(self.severity_ordinary.ids)],
            kind_ids=[Command.set(self.kind_complaint.ids)],
            track="formal",
            domain="[('place', 'ilike', 'bay')]",
        )
        values = {"category_id": self.brakes.id, "place": "Bay 3"}
        self._create_complaint(**values)
        self.assertEqual(len(self._asked(template)), 1)
        for change in (
            {"category_id": self.price.id},
            {"severity_id": self.severity_serious.id},
            {"kind_id": self.kind_suggestion.id},
            {"track": "spot"},
            {"place": "Desk"},
        ):
            self._create_complaint(**{**values, **change})
            self.assertEqual(len(self._asked(template)), 1, change)

    def test_not_under_other_policies(self):
        template = self._create_template("verify")
        other = self.policy.copy()
        other.assignment_template_ids.unlink()
        self._create_complaint(policy_id=other.id)
        self.assertFalse(self._asked(template))

    def test_sample(self):
        template = self._create_template("check", share=10)
        self.env["complaint.complaint"].create(
            [self._prepare_complaint() for _index in range(100)]
        )
        self.assertEqual(len(self._asked(template)), 10)
        template.share = 0
        self._create_complaint()
        self.assertEqual(len(self._asked(template)), 10)

    def test_rules_on_assignments_do_not_run_in_circles(self):
        first = self._create_template("one", event="assigned", type="task")
        second = self._create_template("two", event="assigned", type="circular")
        complaint = self._create_complaint()
        # Once for the reception and once for the lead, never for each other.
        self.assertEqual(len(self._asked(first, complaint)), 2)
        self.assertEqual(len(self._asked(second, complaint)), 2)

    def test_role_that_means_nobody(self):
        role = self._create_role("ghosts", resolution="users")
        template = self._create_template("verify", role=role)
        complaint = self._create_complaint(category_id=self.quality.id)
        self.assertEqual(self._asked(template).user_id, self.office)
        self.assertIn("Ghosts", "".join(complaint.message_ids.mapped("body")))

    def test_registrar_needs_no_access_to_the_rules_effect(self):
        self.quality.co_role_ids = self.role_sales
        self._create_template("verify", event="last_assignment_done")
        complaint = self._create_complaint(category_id=self.quality.id)
        opinion = complaint.assignment_ids.filtered(lambda r: r.type == "opinion")
        opinion.with_user(self.other_handler).opinion = "<p>Fine</p>"
        opinion.with_user(self.other_handler).action_done()
        self.assertEqual(
            complaint.assignment_ids.filtered("template_id").name, "Verify"
        )

    def test_new_rules_are_seen_at_once(self):
        self._create_complaint()
        template = self._create_template("late", event="severity_raised")
        complaint = self._create_complaint()
        complaint.severity_id = self.severity_serious
        self.assertEqual(len(self._asked(template)), 1)
        template.active = False
        other = self._create_complaint()
        other.severity_id = self.severity_serious
        self.assertEqual(len(self._asked(template)), 1)

    def test_configuration_is_checked(self):
        template = self._create_template("verify")
        with self.assertRaisesRegex(ValidationError, "Say when"):
            template.event = False
        template.event = "received"
        with self.assertRaisesRegex(ValidationError, "come with every case"):
            template.type = "lead"
        template.type = "task"
        for domain in ("[('nothing', '=', 1)]", "[(", "__import__('os')", "[1]"):
            with self.assertRaisesRegex(ValidationError, "can't be read"):
                template.domain = domain
        template.domain = "[]"
        self._create_complaint()
        with self.assertRaisesRegex(UserError, "in use"):
            template.unlink()

    # ------------------------------------------------------------
    # DUTIES
    # ------------------------------------------------------------

    def _create_duty(self, **values):
        return self._create_template(
            "boxes",
            **{
                "trigger": "recurring",
                "type": "duty",
                "interval": 1,
                "interval_unit": "weeks",
                "next_run_at": self.now,
                **values,
            },
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "complaint_management.ir_cron_complaint_duties"
            ).method_direct_trigger()

    def test_duty_is_asked_without_a_case(self):
        duty = self._create_duty(delay=1, delay_unit="days")
        self._run_cron()
        self.assertRecordValues(
            self._asked(duty),
            [
                {
                    "complaint_id": False,
                    "policy_id": self.policy.id,
                    "department_id": self.sales.id,
                    "requested_at": self.now,
                    "due_at": datetime(2026, 11, 17, 2, 0),
                }
            ],
        )
        self.assertEqual(duty.next_run_at, datetime(2026, 11, 23, 2, 0))
        self._run_cron()
        self.assertEqual(len(self._asked(duty)), 1)

    def test_duty_is_the_department_s(self):
        duty = self._create_duty()
        self._run_cron()
        self.assertTrue(self._asked(duty).with_user(self.other_handler).is_mine)
        self._asked(duty).with_user(self.other_handler).action_done()
        self.assertEqual(self._asked(duty).state, "done")

    def test_downtime_asks_once(self):
        duty = self._create_duty()
        with self._later(days=30):
            self._run_cron()
        self.assertEqual(len(self._asked(duty)), 1)
        self.assertEqual(duty.next_run_at, datetime(2026, 12, 21, 2, 0))

    def test_intervals_are_calendar_time(self):
        for unit, expected in (
            ("days", datetime(2026, 11, 18, 2, 0)),
            ("weeks", datetime(2026, 11, 30, 2, 0)),
            ("months", datetime(2027, 1, 16, 2, 0)),
        ):
            duty = self._create_template(
                unit,
                trigger="recurring",
                type="duty",
                interval=2,
                interval_unit=unit,
                next_run_at=self.now,
            )
            self._run_cron()
            self.assertEqual(duty.next_run_at, expected)

    def test_same_hour_after_the_clock_changes(self):
        self.calendar.tz = "Europe/Berlin"
        with freeze_time(datetime(2026, 10, 23, 8, 0)):
            duty = self._create_duty(next_run_at=datetime(2026, 10, 23, 7, 0))
            self._run_cron()
        self.assertEqual(duty.next_run_at, datetime(2026, 10, 30, 8, 0))

    def test_cron_is_woken_at_the_next_time(self):
        cron = self.env.ref("complaint_management.ir_cron_complaint_duties")
        self._create_duty(next_run_at=datetime(2026, 11, 19, 1, 0))
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(datetime(2026, 11, 19, 1, 0), triggers.mapped("call_at"))

    def test_not_for_archived_rules_and_policies(self):
        duty = self._create_duty()
        duty.active = False
        self._run_cron()
        duty.active = True
        self.policy.active = False
        self._run_cron()
        self.assertFalse(self._asked(duty))

    def test_first_time_is_now(self):
        duty = self._create_template("boxes", trigger="recurring", type="duty")
        self.assertEqual(duty.next_run_at, self.now)
        with self.assertRaisesRegex(ValidationError, "Say when"):
            duty.next_run_at = False
        duty.trigger = "event"
        self.assertFalse(duty.next_run_at)

    @mute_logger(
        "odoo.addons.complaint_management.models.complaint_assignment_template"
    )
    def test_bad_duty_stops_none_of_the_others(self):
        bad = self._create_duty(next_run_at=datetime(2026, 11, 16, 1, 0))
        good = self._create_template(
            "good", trigger="recurring", type="duty", next_run_at=self.now
        )
        bad.role_id = self._create_role("broken")
        roles = self.registry["complaint.role"]
        get_target = roles._get_target

        def fail(role, complaint):
            if role.code == "broken":
                raise ValueError("broken")
            return get_target(role, complaint)

        self.patch(roles, "_get_target", fail)
        self._run_cron()
        self.assertFalse(self._asked(bad))
        self.assertEqual(len(self._asked(good)), 1)
        self.assertIn("broken", self.policy.message_ids[:1].body)
        self.assertEqual(bad.next_run_at, datetime(2026, 11, 23, 1, 0))
