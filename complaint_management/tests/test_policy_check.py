from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW, ComplaintCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPolicyCheck(ComplaintCommon):
    """Each test spoils a sound policy in one way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["complaint.policy.check"]
        cls.rule = cls._create_deadline_rule(
            "answer", end_event="stage_entered", end_phase="answer"
        )
        cls.rung = cls._create_item(
            "complaint.escalation.rule",
            "late",
            trigger="deadline",
            deadline_rule_id=cls.rule.id,
            role_ids=[Command.set(cls.role_office.ids)],
        )

    @classmethod
    def _create_deadline_rule(cls, code, **values):
        return cls._create_item(
            "complaint.deadline.rule", code, **{"delay": 5, **values}
        )

    def _get_findings(self):
        return {
            (finding["record"], finding["severity"])
            for finding in self.check._get_findings(self.policy)
        }

    def _assert_found(self, record, severity="warning"):
        self.assertEqual(self._get_findings(), {(record, severity)})

    def test_sound_policy(self):
        self.assertFalse(self._get_findings())

    def test_default_policy(self):
        """The policy that the add-on brings works as it is."""
        default = self.env.ref("complaint_management.complaint_policy_default")
        default.office_user_ids |= self.env.ref("base.user_admin")
        findings = self.check._get_findings(default)
        self.assertNotIn("error", [finding["severity"] for finding in findings])

    def test_no_closed_stage(self):
        (self.stage_closed | self.stage_refused).active = False
        self._assert_found(self.policy, "error")

    def test_no_open_stage(self):
        self.rule.end_phase = False
        self.policy.stage_ids.active = False
        self.policy.with_context(active_test=False).stage_ids.filtered(
            lambda stage: stage.phase == "closed"
        ).active = True
        self._assert_found(self.policy, "error")

    def test_clock_to_a_phase_that_no_stage_has(self):
        self.rule.end_phase = "decision"
        self._assert_found(self.rule, "error")

    def test_clock_to_a_body_that_no_round_reaches(self):
        self.rule.write({"end_event": "round_started", "end_forum": "court"})
        self._assert_found(self.rule, "error")
        self._create_item("complaint.round.rule", "court", forum="court", number_from=2)
        self.assertNotIn((self.rule, "error"), self._get_findings())

    def test_clock_from_an_archived_remedy(self):
        type_ = self._create_item("complaint.remedy.type", "gift", nature="gift")
        self.rule.write({"event": "remedy_accepted", "event_remedy_type_id": type_.id})
        self.assertFalse(self._get_findings())
        type_.active = False
        self._assert_found(self.rule)

    def test_clock_from_a_letter_that_is_archived(self):
        letter = self._create_item(
            "complaint.letter.template", "late", subject="Late", body_html="<p>So</p>"
        )
        values = {"event": "letter_sent", "event_letter_template_id": letter.id}
        self.rule.write(values)
        self.assertFalse(self._get_findings())
        letter.active = False
        self._assert_found(self.rule)

    def test_clock_from_an_extra_field_that_is_none(self):
        self.policy.complaint_properties_definition = [
            {"name": "a1", "string": "Hearing", "type": "date"},
            {"name": "b2", "string": "Hours", "type": "integer"},
        ]
        self.rule.write({"event": "date", "date_property": "hearing"})
        self.assertFalse(self._get_findings())
        self.rule.date_property = "Hours"
        self._assert_found(self.rule)

    def test_clock_to_an_archived_stage(self):
        self.rule.write({"end_phase": False, "end_stage_id": self.stage_answered.id})
        self.stage_answered.active = False
        self.assertIn((self.rule, "error"), self._get_findings())

    def test_clock_to_an_assignment_that_nobody_asks_for(self):
        self.rule.write(
            {
                "end_event": "assignment_done",
                "end_phase": False,
                "end_assignment_type": "statement",
            }
        )
        self._assert_found(self.rule, "error")
        self._create_template("statement", type="statement")
        self.assertFalse(self._get_findings())

    def test_clock_from_a_phase_that_no_stage_has(self):
        self.rule.write({"event": "stage_entered", "event_phase": "decision"})
        self._assert_found(self.rule)

    def test_two_rules_for_one_target(self):
        other = self._create_deadline_rule(
            "again", end_event="stage_entered", end_phase="answer"
        )
        self._assert_found(self.rule)
        self.rule.category_ids = self.quality
        other.category_ids = self.brakes
        self._assert_found(self.rule)
        other.category_ids = self.price
        self.assertFalse(self._get_findings())

    def test_two_rules_that_never_meet(self):
        other = self._create_deadline_rule(
            "again", end_event="stage_entered", end_phase="answer"
        )
        for mine, theirs in (
            (
                {"severity_ids": self.severity_minor},
                {"severity_ids": self.severity_serious},
            ),
            ({"track": "spot"}, {"track": "formal"}),
            ({"valid_to": date(2026, 12, 31)}, {"valid_from": date(2027, 1, 1)}),
            (
                {"domain": "[('track', '=', 'spot')]"},
                {"domain": "[('track', '=', 'formal')]"},
            ),
            ({"promised": True}, {}),
        ):
            with self.subTest(mine=mine):
                self.assertTrue(self._get_findings())
                self.rule.write(self._to_values(mine))
                other.write(self._to_values(theirs))
                self.assertFalse(self._get_findings())
                self.rule.write(self._to_empty(mine))
                other.write(self._to_empty(theirs))

    def _to_values(self, values):
        return {
            name: [Command.set(value.ids)] if name.endswith("_ids") else value
            for name, value in values.items()
        }

    def _to_empty(self, values):
        empty = {"domain": "[]"}
        return {
            name: [Command.clear()] if name.endswith("_ids") else empty.get(name, False)
            for name in values
        }

    def test_rung_without_recipient(self):
        self.rung.role_ids = False
        self._assert_found(self.rung, "error")

    def test_rung_of_an_archived_rule(self):
        self.rule.active = False
        self._assert_found(self.rung)

    def test_role_that_finds_nobody(self):
        role = self._create_role("experts", resolution="users")
        self._assert_found(role)
        role.user_ids = self.handler
        self.assertFalse(self._get_findings())
        for resolution in ("group", "department", "duty", "partner"):
            role.resolution = resolution
            self._assert_found(role)

    def test_archived_user_in_a_role(self):
        role = self._create_role(
            "experts",
            resolution="users",
            user_ids=[Command.set((self.handler | self.colleague).ids)],
        )
        self.colleague.active = False
        self._assert_found(role)

    def test_nobody_in_the_office(self):
        self.rule.per_case = True
        self.assertFalse(self._get_findings())
        self.policy.office_user_ids = False
        self.assertLessEqual(
            {(self.policy, "warning"), (self.rule, "error")}, self._get_findings()
        )

    def test_category_without_lead(self):
        self.policy.lead_role_id = False
        self.assertEqual(
            self._get_findings(), {(self.policy, "warning"), (self.other, "warning")}
        )

    def test_no_calendar(self):
        self.policy.calendar_id = False
        self._assert_found(self.policy)

    def test_empty_calendar(self):
        self.calendar.attendance_ids.unlink()
        self._assert_found(self.calendar)

    def test_makeup_days_of_next_year(self):
        days = self.env["complaint.calendar.exception"]
        values = {"name": "National Day", "calendar_id": self.calendar.id}
        days.create({**values, "date": date(2026, 10, 10)})
        self._assert_found(self.calendar)
        days.create({**values, "date": date(2027, 2, 6)})
        self.assertFalse(self._get_findings())

    def _require(self, stage, *domains):
        for number, domain in enumerate(domains):
            self.env["complaint.stage.requirement"].create(
                {
                    "stage_id": stage.id,
                    "required_domain": domain,
                    "message": f"number {number} is missing",
                }
            )

    def test_requirement_that_may_hold(self):
        self._require(
            self.stage_closed,
            "[('category_id', '!=', False)]",
            "['|', ('track', '=', 'formal'), ('handler_id', '!=', False)]",
        )
        self.assertFalse(self._get_findings())

    def test_requirements_that_block_a_stage(self):
        self._require(
            self.stage_closed, "[('track', '=', 'spot')]", "[('track', '=', 'formal')]"
        )
        self._assert_found(self.stage_closed)

    def test_requirements_that_block_closing(self):
        self.stage_refused.active = False
        self._require(self.stage_closed, "[('track', '=', 'never_heard_of')]")
        self._assert_found(self.stage_closed, "error")

    def _create_approval_rule(self, code, role=None, **values):
        return self._create_item(
            "complaint.approval.rule",
            code,
            role_id=(role or self.role_office).id,
            subject="stage",
            **values,
        )

    def test_approval_that_nobody_gives(self):
        rule = self._create_approval_rule("two")
        self.assertFalse(self._get_findings())
        rule.count = 2
        self._assert_found(rule, "error")
        rule.write({"count": 1, "role_id": self._create_role("nobody").id})
        self.assertIn((rule, "error"), self._get_findings())

    def test_approval_asked_twice(self):
        one = self._create_approval_rule("one")
        other = self._create_approval_rule("other", step=2)
        self.assertFalse(self._get_findings())
        other.step = 1
        self._assert_found(one)

    def test_approval_of_the_first_stage(self):
        rule = self._create_approval_rule("first")
        rule.stage_ids = self.stage_received
        self._assert_found(rule)

    def test_hints_that_found_nobody(self):
        self.policy.file_hints = {"policy/approver_id": ["Li Na"]}
        [finding] = self.check._get_findings(self.policy)
        self.assertIn("Li Na", finding["text"])

    def test_button(self):
        self.rung.role_ids = False
        action = self.policy.with_user(self.admin).action_check()
        check = self.check.with_user(self.admin).browse(action["res_id"])
        self.assertEqual(check.line_ids.mapped("severity"), ["error"])
        opened = check.line_ids.action_open()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), (self.rung._name, self.rung.id)
        )
        self.rung.role_ids = self.role_office
        check.action_check()
        self.assertFalse(check.line_ids)
