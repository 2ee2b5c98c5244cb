from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .journey_common import JourneyCommon


class HospitalJourney(JourneyCommon):
    """A hospital dispute: the department finds, the committee finds after it.

    A written complaint is answered in writing within 15 working days; the director
    approves the answer, which has to name every point, the reasons and the routes of
    appeal. Source: ``hospital_dispute_shanxi`` of the written policies.
    """

    def _create_journey_policy(self):
        policy = self._make_policy("DISPUTE", close_needs_answer=True)
        self.journey = policy
        ward = self._add(
            "role", "ward", resolution="department", department_id=self.service.id
        )
        committee = self._add(
            "role", "committee", resolution="users", user_ids=self.colleague
        )
        director = self._add(
            "role", "director", resolution="users", user_ids=self.director
        )
        policy.lead_role_id = self._add("role", "affairs", resolution="office")
        self.by_ward = self._add(
            "assignment.template",
            "ward_finding",
            event="handover_accepted",
            type="investigation",
            role_id=ward.id,
            delay=24,
            delay_unit="hours",
        )
        self._add(
            "assignment.template",
            "committee_finding",
            event="finding_made",
            type="investigation",
            role_id=committee.id,
            domain="[('finding_tier', '=', 1)]",
        )
        self._add(
            "deadline.rule",
            "written_answer",
            event="received",
            end_event="answered",
            form="written",
            delay=15,
            delay_unit="work_days",
            promised=True,
        )
        self._add("approval.rule", "answers", subject="answer", role_id=director.id)
        self._add("answer.requirement", "every_point", check="points")
        self._add("answer.requirement", "reasons")
        self._add("answer.requirement", "routes_of_appeal")
        self._add(
            "letter.template",
            "final_answer",
            purpose="final",
            subject="Our answer to {{ object.complaint_id.name }}",
            body_html='<p>Dear patient,</p><t t-out="object.answer_id.text"/>',
            delivery="both",
        )
        return policy

    def _find(self, user, case, conclusion, **values):
        """Write what ``user`` was asked to find, by its window."""
        asked = case.assignment_ids.filtered(
            lambda row: row.type == "investigation" and row._is_open()
        )
        self._window(
            user,
            "finding.make",
            case,
            "action_make",
            default_assignment_id=asked.id,
            conclusion_id=self._reason("finding", conclusion),
            **values,
        )


@tagged("post_install", "-at_install")
class TestJourneyHospital(HospitalJourney):
    """Walked by the windows that everybody has."""

    def test_two_findings_and_a_written_answer(self):
        case = self._register(form="written", subject="Wrong dose")
        case.with_user(self.office).action_take()
        case.with_user(self.office).stage_id = self._stage("handling")
        clock = case.deadline_ids.filtered("promised")
        self.assertEqual(clock.state, "running")
        case.with_user(self.office).point_ids = [
            Command.create({"name": "The dose was wrong"}),
            Command.create({"name": "Nobody apologised"}),
        ]
        self._find(self.handler, case, "unfounded", reasons="The dose was right.")
        self.assertEqual(case.finding, "unfounded")
        asked = case.assignment_ids.filtered(
            lambda row: row.type == "investigation" and row._is_open()
        )
        self.assertEqual(asked.user_id, self.colleague, "the committee comes second")
        self._find(self.colleague, case, "founded", reasons="It was not.")
        self.assertEqual(case.finding, "founded")
        self.assertEqual(
            case.finding_ids.sorted("id").mapped("conclusion"), ["unfounded", "founded"]
        )
        with self.assertRaises(UserError):
            self._close(self.office, case)

        answers = self.env["complaint.answer"].with_user(self.office)
        answer = answers.create({"complaint_id": case.id, "text": "We were wrong."})
        with self.assertRaises(UserError) as refused:
            answer.action_give()
        for text in ("Every Point", "Reasons", "Routes Of Appeal"):
            self.assertIn(text, str(refused.exception))
        answer.point_ids.answer = "We apologise."
        answer.check_ids.filtered(lambda row: row.check == "ticked").ticked = True
        answer.action_give()
        self.assertEqual(answer.state, "approval")
        self.assertEqual(clock.state, "running", "an answer in a drawer is none")

        self._approve(self.director, answer)
        self.assertEqual(answer.state, "given")
        self.assertEqual(clock.state, "met")
        letter = answer.letter_ids
        self.assertIn("We were wrong.", letter.body)
        self.assertEqual(letter.subject, f"Our answer to {case.name}")
        self._close(self.office, case)
        self.assertTrue(case.is_closed)
