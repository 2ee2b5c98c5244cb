"""Who is told when, and what happens: the rungs of a ladder."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestEscalation(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule("reply", 3, "hours")
        cls.due = cls._local(2026, 11, 16, 13)
        cls.role_chief = cls._create_role(
            "chief", resolution="users", user_ids=[Command.set(cls.admin.ids)]
        )

    def _told(self, case, rung=None):
        rows = case.escalation_ids
        return (
            rows.filtered(lambda row: row.rule_id == rung) if rung else rows
        ).user_id

    def _notices(self, user):
        domain = [
            ("message_type", "=", "user_notification"),
            ("partner_ids", "in", user.partner_id.ids),
            ("subject", "like", "Escalated%"),
        ]
        return self.env["mail.message"].search(domain)

    # when

    def test_before_and_after_a_deadline(self):
        before = self._create_rung("near", self.rule, 1, "hours", moment="before")
        after = self._create_rung("late", self.rule, 30, "minutes")
        case = self._create_complaint()
        for time, rungs in (
            ((11, 59), []),
            ((12, 0), [before]),
            ((13, 29), [before]),
            ((13, 30), [before, after]),
        ):
            with self.subTest(time=time), self._at(self._local(2026, 11, 16, *time)):
                self.assertEqual(
                    case.escalation_ids.rule_id.mapped("code"),
                    [r.code for r in reversed(rungs)],
                )

    def test_a_timed_ladder_in_minutes(self):
        first = self._create_rung("first", self.rule)
        second = self._create_rung(
            "second",
            None,
            15,
            trigger="previous",
            previous_id=first.id,
            role=self.role_chief,
            level=2,
        )
        third = self._create_rung(
            "third",
            None,
            30,
            trigger="previous",
            previous_id=second.id,
            role=self.role_office,
            level=3,
        )
        case = self._create_complaint()
        for hour, minute, count in (
            (13, 0, 1),
            (13, 14, 1),
            (13, 15, 2),
            (13, 44, 2),
            (13, 45, 3),
        ):
            with (
                self.subTest(minute=minute),
                self._at(self._local(2026, 11, 16, hour, minute)),
            ):
                self.assertEqual(len(case.escalation_ids), count)
        self.assertEqual(self._told(case, third), self.office)

    def test_acknowledged_stops_the_ladder(self):
        first = self._create_rung("first", self.rule)
        self._create_rung("second", None, 15, trigger="previous", previous_id=first.id)
        deaf = self._create_rung(
            "deaf",
            None,
            20,
            trigger="previous",
            previous_id=first.id,
            unless_acknowledged=False,
        )
        case = self._create_complaint()
        with self._at(self.due):
            row = case.escalation_ids
            with self.assertRaises(UserError):
                row.with_user(self.office).action_acknowledge()
            row.with_user(self.manager).action_acknowledge()
            self.assertEqual(row.acknowledged_by_id, self.manager)
        with self._at(self._local(2026, 11, 16, 16)):
            self.assertEqual(case.escalation_ids.rule_id, first | deaf)

    def test_done_stops_the_ladder(self):
        first = self._create_rung("first", self.rule)
        self._create_rung("second", None, 15, trigger="previous", previous_id=first.id)
        case = self._create_complaint()
        with self._at(self.due):
            self._close(case)
        with self._at(self._local(2026, 11, 16, 16)):
            self.assertEqual(case.escalation_ids.rule_id, first)

    def test_ladder_waits_for_a_pause(self):
        near = self._create_rung("near", self.rule, 1, "hours", moment="before")
        above = self._create_rung(
            "above", None, 15, trigger="previous", previous_id=near.id
        )
        case = self._create_accepted()
        with self._at(self._local(2026, 11, 16, 12)):
            self._move_to(case, self.stage_waiting)
        with self._at(self._local(2026, 11, 16, 15)):
            self.assertEqual(case.escalation_ids.rule_id, near)
            self._move_to(case, self.stage_handling)
        with self._at(self._local(2026, 11, 16, 15, 1)):
            self.assertEqual(case.escalation_ids.rule_id, near | above)

    def test_by_an_event_at_once(self):
        rung = self._create_rung(
            "grave",
            event="severity_raised",
            severity_ids=[Command.set(self.severity_serious.ids)],
        )
        case = self._create_complaint()
        case.with_user(self.office).severity_id = self.severity_ordinary
        self.assertFalse(case.escalation_ids)
        case.with_user(self.office).severity_id = self.severity_serious
        self.assertEqual(self._told(case, rung), self.manager)

    def test_event_of_a_stage(self):
        self._create_rung(
            "waits", event="stage_entered", event_stage_id=self.stage_waiting.id
        )
        case = self._create_accepted()
        self._move_to(case, self.stage_handling)
        self.assertFalse(case.escalation_ids)
        self._move_to(case, self.stage_waiting)
        self.assertTrue(case.escalation_ids)

    def test_an_event_that_happens_again_fires_again(self):
        self._create_rung(
            "waits", event="stage_entered", event_stage_id=self.stage_waiting.id
        )
        case = self._create_accepted()
        for minute in (1, 3):
            with freeze_time(self._local(2026, 11, 16, 11, minute)):
                self._move_to(case, self.stage_waiting)
            with freeze_time(self._local(2026, 11, 16, 11, minute + 1)):
                self._move_to(case, self.stage_handling)
        self.assertEqual(len(case.escalation_ids), 2)

    def test_by_hand(self):
        rung = self._create_rung("help", trigger="manual")
        other = self._create_rung("other", trigger="manual", track="spot")
        case = self._create_accepted()
        wizard = self.env["complaint.escalate"].with_user(self.handler)
        wizard = wizard.create({"complaint_id": case.id, "reason": "Press is here"})
        self.assertEqual(wizard.rule_id, rung)
        self.assertNotIn(other, wizard.available_rule_ids)
        wizard.action_escalate()
        row = case.escalation_ids
        self.assertEqual(
            (row.rule_id, row.note, row.user_id), (rung, "Press is here", self.manager)
        )
        self.assertIn("Press is here", case.message_ids[0].body)

    def test_by_hand_needs_an_open_case(self):
        self._create_rung("help", trigger="manual")
        case = self._create_accepted()
        self._close(case)
        wizard = self.env["complaint.escalate"].with_user(self.office)
        with self.assertRaises(UserError):
            wizard.create({"complaint_id": case.id, "reason": "x"}).action_escalate()

    def test_severity_by_unpaused_age(self):
        age = self._create_rule("age", 5, "days")
        self._create_rung("old", age, severity_id=self.severity_serious.id)
        case = self._create_accepted()
        with freeze_time(self._local(2026, 11, 17, 10)):
            self._move_to(case, self.stage_waiting)
        with freeze_time(self._local(2026, 11, 20, 10)):
            self._move_to(case, self.stage_handling)
        with self._at(self._local(2026, 11, 23, 10)):
            self.assertNotEqual(case.severity_id, self.severity_serious)
        with self._at(self._local(2026, 11, 24, 10)):
            self.assertEqual(case.severity_id, self.severity_serious)
            self.assertEqual(case.severity_change_ids[0].note, "Old")

    # who

    def test_several_roles_at_the_same_time(self):
        partner = self.env["res.partner"].create(
            {"name": "Authority", "email": "a@authority.example"}
        )
        authority = self._create_role(
            "authority", resolution="partner", partner_id=partner.id
        )
        roles = self.role_boss | self.role_chief | authority
        self._create_rung("all", self.rule, role_ids=[Command.set(roles.ids)])
        case = self._create_complaint()
        with self._at(self.due):
            self.assertEqual(self._told(case), self.manager | self.admin)
            self.assertEqual(case.escalation_ids.partner_id, partner)

    def test_somebody_of_two_roles_is_told_once(self):
        same = self._create_role(
            "same", resolution="users", user_ids=[Command.set(self.manager.ids)]
        )
        self._create_rung(
            "all", self.rule, role_ids=[Command.set((self.role_boss | same).ids)]
        )
        case = self._create_complaint()
        with self._at(self.due):
            self.assertEqual(len(case.escalation_ids), 1)

    def test_never_a_dead_end(self):
        empty = self._create_role("empty", resolution="users")
        self._create_rung("late", self.rule, role=empty)
        case = self._create_complaint()
        with self._at(self.due):
            self.assertEqual(self._told(case), self.office)

    def test_managers_of_a_department_whose_contacts_are_complained_about(self):
        self.service.complaint_contact_ids = self.handler
        self._create_rung("late", self.rule, role=self.role_service)
        case = self._create_complaint(
            party_ids=[
                Command.create(
                    {
                        "type": "respondent",
                        "employee_id": self.handler.employee_ids.id,
                    }
                )
            ]
        )
        with self._at(self.due):
            self.assertEqual(self._told(case), self.manager)

    def test_who_left_is_not_told(self):
        self._create_rung("late", self.rule)
        case = self._create_complaint()
        self.manager.active = False
        with self._at(self.due):
            self.assertEqual(self._told(case), self.office)

    def test_the_person_complained_about_is_never_told(self):
        self._create_rung("late", self.rule)
        case = self._create_complaint(
            party_ids=[
                Command.create(
                    {
                        "type": "respondent",
                        "employee_id": self.manager.employee_ids.id,
                        "name": "Boss",
                    }
                )
            ]
        )
        with self._at(self.due):
            self.assertNotIn(self.manager, self._told(case))
            self.assertTrue(case.escalation_ids)
            self.assertFalse(self._notices(self.manager))

    def test_an_outside_partner_complained_about_is_never_told(self):
        partner = self.env["res.partner"].create(
            {"name": "Supplier", "email": "s@s.example"}
        )
        role = self._create_role(
            "supplier", resolution="partner", partner_id=partner.id
        )
        self._create_rung("late", self.rule, role=role)
        case = self._create_complaint(
            party_ids=[Command.create({"type": "respondent", "partner_id": partner.id})]
        )
        with self._at(self.due):
            self.assertFalse(case.escalation_ids.partner_id)

    def test_recused_between_firing_and_telling(self):
        self._create_rung("late", event="round_started")
        case = self._create_accepted()
        self._close(case)
        self._reopen(case)
        self.assertEqual(self._told(case), self.manager)
        case.recused_user_ids = self.manager
        self._run()
        self.assertFalse(self._notices(self.manager))
        self.assertFalse(case.escalation_ids.notified_at)

    def test_who_is_told_sees_the_case(self):
        outsider = self._create_user("outsider", "handler", self.sales)
        role = self._create_role(
            "outside", resolution="users", user_ids=[Command.set(outsider.ids)]
        )
        self._create_rung("late", self.rule, role=role)
        case = self._create_complaint()
        self.assertFalse(case.with_user(outsider).has_access("read"))
        with self._at(self.due):
            self.assertTrue(case.with_user(outsider).has_access("read"))
            self.assertTrue(
                case.with_user(outsider).escalation_ids.action_acknowledge()
            )

    def test_message_says_what_is_late_and_how_late(self):
        self._create_rung("late", self.rule)
        case = self._create_complaint()
        with self._at(self._local(2026, 11, 16, 14)):
            body = self._notices(self.manager).body
        self.assertIn(case.name, body)
        self.assertIn("“Reply” is late by 1 hour", body)

    def test_one_message_a_person_for_a_burst(self):
        self._create_rung("late", self.rule)
        for _number in range(6):
            self._create_complaint()
        with self._at(self.due):
            self.assertEqual(len(self._notices(self.manager)), 1)

    def test_a_notice_that_fails_holds_up_no_other(self):
        both = self.role_boss | self.role_chief
        self._create_rung("late", self.rule, role_ids=[Command.set(both.ids)])
        case = self._create_complaint()
        rows = type(self.env["complaint.escalation"])
        tell = rows._notify_partner

        def fail(rows, partner):
            if partner == self.manager.partner_id:
                raise ValueError("mail server")
            return tell(rows, partner)

        self.patch(rows, "_notify_partner", fail)
        logger = "odoo.addons.complaint_management.models.complaint_escalation"
        with mute_logger(logger), self._at(self.due):
            self.assertTrue(self._notices(self.admin))
            row = case.escalation_ids.filtered(lambda row: row.user_id == self.manager)
            self.assertEqual((row.failure_count, row.notified_at), (1, False))
            self.assertGreater(row.notice_at, self.due)
        self.patch(rows, "_notify_partner", tell)
        with self._at(self._local(2026, 11, 16, 14)):
            self.assertTrue(self._notices(self.manager))

    # what

    def test_reassigns(self):
        self._create_rung("late", self.rule, lead_role_id=self.role_sales.id)
        case = self._create_accepted()
        with self._at(self.due):
            leads = case.assignment_ids.filtered(lambda row: row.type == "lead")
            self.assertEqual(
                {row.department_id: row.state for row in leads},
                {self.service: "accepted", self.sales: "pending"},
            )

    def test_raises_moves_asks_plans_and_runs(self):
        template = self._create_template(
            "report", self.role_office, type="report", event="merged"
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("complaint.complaint"),
                "state": "code",
                "code": "record.write({'place': 'Told'})",
            }
        )
        self._create_rung(
            "late",
            self.rule,
            severity_id=self.severity_serious.id,
            stage_id=self.stage_handling.id,
            assignment_template_id=template.id,
            server_action_id=action.id,
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
        )
        case = self._create_accepted()
        with self._at(self.due):
            self.assertEqual(case.severity_id, self.severity_serious)
            self.assertEqual(case.stage_id, self.stage_handling)
            self.assertIn("report", case.assignment_ids.mapped("type"))
            self.assertEqual(case.place, "Told")
            self.assertEqual(case.activity_ids.user_id, self.manager)

    def test_a_severity_is_never_lowered(self):
        self._create_rung("late", self.rule, severity_id=self.severity_ordinary.id)
        case = self._create_accepted(severity_id=self.severity_serious.id)
        with self._at(self.due):
            self.assertEqual(case.severity_id, self.severity_serious)

    def test_a_refused_move_is_noted_and_goes_on(self):
        broken = self.env["ir.actions.server"].create(
            {
                "name": "Broken",
                "model_id": self.env["ir.model"]._get_id("complaint.complaint"),
                "state": "code",
                "code": "1 / 0",
            }
        )
        self._create_rung(
            "late",
            self.rule,
            severity_id=self.severity_serious.id,
            stage_id=self.stage_closed.id,
            server_action_id=broken.id,
        )
        case = self._create_accepted()
        with mute_logger("odoo.addons.base.models.ir_actions"), self._at(self.due):
            self.assertEqual(case.stage_id.phase, "received")
            self.assertEqual(case.severity_id, self.severity_serious)
            self.assertTrue(case.escalation_ids.notified_at)
        notes = " ".join(case.message_ids.mapped("body"))
        self.assertIn("could not go on", notes)

    # exactly once

    def test_fires_once(self):
        self._create_rung("late", self.rule)
        case = self._create_complaint()
        for minute in (0, 1, 30):
            with self._at(self._local(2026, 11, 16, 13, minute)):
                self.assertEqual(len(case.escalation_ids), 1)
                self.assertEqual(len(self._notices(self.manager)), 1)

    def test_the_same_key_is_refused(self):
        rung = self._create_rung("late", self.rule)
        case = self._create_complaint()
        clock = self._clock(case)
        firing = [(rung, case, clock._get_occasion(), clock, self.due)]
        rules = self.env["complaint.escalation.rule"]
        self.assertEqual(len(rules._fire(firing)), 1)
        self.assertFalse(rules._fire(firing))

    def test_after_downtime_once_and_marked_late(self):
        first = self._create_rung("first", self.rule)
        self._create_rung("second", self.rule, 2, "hours", role=self.role_chief)
        case = self._create_complaint()
        with self._at(self._local(2026, 11, 20, 9)):
            self.assertEqual(len(case.escalation_ids), 2)
            self.assertTrue(all(case.escalation_ids.mapped("is_late")))
            row = case.escalation_ids.filtered(lambda row: row.rule_id == first)
            self.assertEqual(
                (row.planned_at, row.fired_at), (self.due, self._local(2026, 11, 20, 9))
            )

    def test_reopened_case_makes_no_storm(self):
        self._create_rung("late", self.rule)
        case = self._create_accepted()
        with freeze_time(self._local(2026, 11, 16, 12)):
            self._close(case)
        with freeze_time(self._local(2026, 11, 20, 12)):
            self._reopen(case)
        with self._at(self._local(2026, 11, 23, 12)):
            self.assertFalse(case.escalation_ids)

    def test_old_ladder_ends_with_its_round(self):
        first = self._create_rung(
            "grave", event="stage_entered", event_stage_id=self.stage_handling.id
        )
        self._create_rung(
            "above", None, 2, "days", trigger="previous", previous_id=first.id
        )
        case = self._create_accepted()
        self._move_to(case, self.stage_handling)
        with freeze_time(self._local(2026, 11, 16, 12)):
            self._close(case)
            self._reopen(case)
        with self._at(self._local(2026, 11, 20, 12)):
            self.assertEqual(case.escalation_ids.rule_id, first)

    def test_extension_lets_rungs_fire_anew(self):
        self.rule.extensions = 1
        self._create_rung("near", self.rule, 1, "hours", moment="before")
        case = self._create_accepted()
        clock = self._clock(case)
        with self._at(self._local(2026, 11, 16, 12)):
            self.assertEqual(len(case.escalation_ids), 1)
            self._extend(clock, self._local(2026, 11, 16, 16))
        with self._at(self._local(2026, 11, 16, 14, 59)):
            self.assertEqual(len(case.escalation_ids), 1)
        with self._at(self._local(2026, 11, 16, 15)):
            self.assertEqual(len(case.escalation_ids), 2)

    def test_short_extension_does_not_repeat_what_was_said(self):
        self.rule.extensions = 1
        self._create_rung("near", self.rule, 2, "hours", moment="before")
        case = self._create_accepted()
        with self._at(self._local(2026, 11, 16, 12)):
            self._extend(self._clock(case), self._local(2026, 11, 16, 13, 30))
        with self._at(self._local(2026, 11, 16, 12, 30)):
            self.assertEqual(len(case.escalation_ids), 1)

    # rungs that change

    def test_rung_added_to_running_clocks(self):
        case = self._create_complaint()
        clock = self._clock(case)
        self.assertEqual(clock.next_event_at, self.due)
        rung = self._create_rung("near", self.rule, 1, "hours", moment="before")
        self.assertEqual(clock.next_event_at, self._local(2026, 11, 16, 12))
        rung.delay = 2
        self.assertEqual(clock.next_event_at, self._local(2026, 11, 16, 11))
        rung.active = False
        self.assertEqual(clock.next_event_at, self.due)

    def test_new_rung_does_not_catch_up(self):
        case = self._create_complaint()
        with self._at(self._local(2026, 11, 20, 12)):
            self._create_rung("late", self.rule, 1, "days")
            above = self._create_rung("later", self.rule, 5, "days")
        with self._at(self._local(2026, 11, 20, 13)):
            self.assertFalse(case.escalation_ids)
        with self._at(self._local(2026, 11, 21, 13)):
            self.assertEqual(case.escalation_ids.rule_id, above)

    def test_rung_added_above_a_fired_one(self):
        first = self._create_rung("first", self.rule)
        case = self._create_complaint()
        with self._at(self.due):
            above = self._create_rung(
                "above", None, 1, "hours", trigger="previous", previous_id=first.id
            )
        with self._at(self._local(2026, 11, 16, 14)):
            self.assertEqual(case.escalation_ids.rule_id, first | above)

    def test_filter_that_matches_later(self):
        rung = self._create_rung(
            "grave", self.rule, severity_ids=[Command.set(self.severity_serious.ids)]
        )
        case = self._create_accepted()
        with self._at(self.due):
            self.assertFalse(case.escalation_ids)
            self.assertFalse(self._clock(case).next_event_at)
        with freeze_time(self._local(2026, 11, 16, 15)):
            case.with_user(self.office).severity_id = self.severity_serious
            self._run()
        self.assertEqual(case.escalation_ids.rule_id, rung)
