from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestRoleRespondents(EngineCommon):
    """Every outside respondent is asked apart, and has a clock of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role_each = cls._create_role("each", resolution="respondents")
        cls.ask = cls._create_template(
            "answer", cls.role_each, event="stage_entered", type="statement"
        )
        cls.ask.event_stage_id = cls.stage_handling
        cls.rule = cls._create_rule(
            "answer",
            10,
            "days",
            event="assignment_accepted",
            event_template_id=cls.ask.id,
            end_event="assignment_done",
        )
        cls.agency, cls.hotel = cls.env["res.partner"].create(
            [{"name": "Agency"}, {"name": "Hotel"}]
        )

    def _create_case(self, *respondents):
        case = self._create_accepted(
            party_ids=[
                Command.create({"type": "respondent", **values})
                for values in respondents
            ]
        )
        self._move_to(case, self.stage_handling)
        return case

    def _asked(self, case):
        return case.assignment_ids.filtered(lambda row: row.template_id == self.ask)

    def test_each_is_asked_apart(self):
        case = self._create_case(
            {"partner_id": self.agency.id}, {"partner_id": self.hotel.id}
        )
        self.assertEqual(self._asked(case).partner_id, self.agency | self.hotel)
        self.assertEqual(len(self._asked(case)), 2)
        self.assertFalse(self._asked(case).user_id)

    def test_each_has_a_clock_from_its_own_service(self):
        case = self._create_case(
            {"partner_id": self.agency.id}, {"partner_id": self.hotel.id}
        )
        first, second = self._asked(case).sorted("partner_id")
        first.with_user(self.handler).action_accept()
        with freeze_time(self._local(2026, 11, 18, 9)):
            second.with_user(self.handler).action_accept()
        clocks = {clock.assignment_id: clock for clock in case.deadline_ids}
        self.assertDue(clocks[first], 2026, 11, 26, 10)
        self.assertDue(clocks[second], 2026, 11, 28, 9)
        first.opinion = "<p>We disagree</p>"
        first.action_done()
        self.assertEqual(clocks[first].state, "met")
        self.assertEqual(clocks[second].state, "running")

    def test_colleagues_are_not_meant(self):
        case = self._create_case(
            {"partner_id": self.agency.id},
            {"employee_id": self.other_handler.employee_ids.id},
            {"department_id": self.sales.id, "name": "Sales"},
            {"partner_id": self.colleague.partner_id.id},
        )
        self.assertEqual(self._asked(case).partner_id, self.agency)
        self.assertEqual(len(self._asked(case)), 1)

    def test_office_stands_in_for_whom_no_contact_is_known(self):
        case = self._create_case(
            {"partner_id": self.agency.id}, {"name": "A Bus Company"}
        )
        rows = self._asked(case)
        self.assertEqual(rows.partner_id, self.agency)
        self.assertEqual((rows - rows.filtered("partner_id")).user_id, self.office)
        self.assertIn("A Bus Company", str(case.message_ids.mapped("body")))

    def test_office_stands_in_for_nobody(self):
        case = self._create_case()
        self.assertEqual(self._asked(case).user_id, self.office)

    def test_repeated_of_each_apart(self):
        self.ask.write({"repeats": True, "interval": 1, "interval_unit": "weeks"})
        case = self._create_case(
            {"partner_id": self.agency.id}, {"partner_id": self.hotel.id}
        )
        with self._at(self._local(2026, 11, 23, 11)):
            asked = self._asked(case)
        self.assertEqual(len(asked), 4)
        for partner in self.agency | self.hotel:
            self.assertEqual(
                len(asked.filtered(lambda r, p=partner: r.partner_id == p)), 2
            )

    def test_rung_asks_each(self):
        rung = self._create_rung(
            "late", event="stage_entered", assignment_template_id=self.ask.id
        )
        rung.event_stage_id = self.stage_answered
        case = self._create_case(
            {"partner_id": self.agency.id}, {"partner_id": self.hotel.id}
        )
        self._move_to(case, self.stage_answered)
        self.assertEqual(len(self._asked(case)), 4)

    def test_rung_never_tells_them(self):
        self._create_rung("late", event="severity_raised", role=self.role_each)
        case = self._create_case({"partner_id": self.agency.id})
        self.severity_serious._raise_complaints(case, note="worse")
        self.assertFalse(case.escalation_ids.partner_id)
        self.assertEqual(case.escalation_ids.user_id, self.office)

    def test_lead_is_one(self):
        self.policy.lead_role_id = self.role_each
        case = self._create_complaint(
            party_ids=[
                Command.create({"type": "respondent", "partner_id": partner.id})
                for partner in self.agency | self.hotel
            ]
        )
        self.assertEqual(case.lead_assignment_id.partner_id, self.agency)
