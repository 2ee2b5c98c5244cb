from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .journey_common import JourneyCommon


class TourismJourney(JourneyCommon):
    """A tourism authority decides between a tourist and travel agencies.

    What is out of its competence is refused in writing; what is accepted is served on
    each agency, which answers within ten days; an agreement is made in three copies,
    and who gets a decision instead may appeal for sixty days.
    Source: ``tourism_yingkou`` of the written policies.
    """

    def _create_journey_policy(self):
        policy = self._make_policy(
            "TOUR",
            severities=("ordinary", "deposit"),
            acceptance="required",
            limitation_delay=90,
            limitation_unit="days",
        )
        self.journey = policy
        policy.completion_stage_id = self._stage("incomplete")
        leader = self._add("role", "leader", resolution="users", user_ids=self.director)
        agencies = self._add("role", "agencies", resolution="respondents")
        policy.lead_role_id = self._add("role", "officer", resolution="office")
        self._add("approval.rule", "refusals", subject="refusal", role_id=leader.id)
        self._add(
            "letter.template",
            "non_acceptance",
            purpose="refusal",
            event="not_accepted",
            automatic=True,
            subject="Notice of non-acceptance",
            body_html="<p>We can't take your complaint.</p>",
            delivery="both",
        )
        self._add(
            "letter.template",
            "case_notice",
            purpose="handling",
            event="accepted",
            to_complainants=False,
            to_respondents=True,
            subject="Notice of a case",
            body_html="<p>A complaint was made about you. Answer in ten days.</p>",
            delivery="print",
            signatures="receipt",
        )
        self._add(
            "letter.template",
            "settlement",
            purpose="agreement",
            to_complainants="main",
            subject="Settlement agreement",
            body_html="<p>The parties agree.</p>",
            delivery="print",
            copies=3,
            signatures="both",
        )
        self._add(
            "letter.template",
            "decision",
            purpose="final",
            subject="Decision",
            body_html='<t t-out="object.answer_id.text"/>',
            delivery="print",
        )
        self._add(
            "assignment.template",
            "statement",
            event="accepted",
            type="statement",
            role_id=agencies.id,
        )
        self._add(
            "deadline.rule",
            "statement",
            event="letter_served",
            event_letter_purpose="handling",
            end_event="assignment_done",
            end_assignment_type="statement",
            delay=10,
            delay_unit="days",
        )
        self._add(
            "deadline.rule",
            "non_acceptance",
            event="received",
            end_event="acceptance_decided",
            delay=5,
            delay_unit="work_days",
        )
        self._add(
            "deadline.rule",
            "review",
            event="letter_served",
            event_letter_purpose="final",
            end_event="round_started",
            kind="window",
            delay=60,
            delay_unit="days",
            survives_closing=True,
        )
        return policy

    def _letter(self, code):
        return self.journey.letter_template_ids.filtered(lambda row: row.code == code)

    def _begin(self, **values):
        case = self._register(**values)
        case.with_user(self.office).action_take()
        case.with_user(self.office).party_ids = [
            Command.create({"type": "respondent", "partner_id": agency.id})
            for agency in self._get_agencies()
        ]
        return case

    def _get_agencies(self):
        return self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Sea Tours", "Sun Bus")]
        )

    def _decide(self, case, decision, **values):
        """Decide on the acceptance by its window."""
        self._window(
            self.office,
            "acceptance.decide",
            case,
            "action_decide",
            decision=decision,
            **values,
        )

    def _serve(self, letters, step="served"):
        """Note that letters were sent, or served, by the post."""
        letters = letters.with_user(self.office)
        window = self.env["complaint.letter.serve"].with_user(self.office)
        window.with_context(active_ids=letters.ids, active_model=letters._name).create(
            {"step": step, "how": "post"}
        ).action_apply()


@tagged("post_install", "-at_install")
class TestJourneyTourism(TourismJourney):
    """Refused, completed, settled, decided."""

    def test_out_of_time_is_refused_by_approval(self):
        case = self._begin(occurred_at=self.now - timedelta(days=120))
        self.assertTrue(case.limitation_text)
        window = self.env["complaint.acceptance.decide"].with_user(self.office)
        window = window.with_context(active_id=case.id).new({"decision": "refuse"})
        self.assertEqual(window.ground_id.code, "limitation")
        with self.assertRaisesRegex(UserError, "not accepted yet|Not yet ready"):
            case.with_user(self.office).stage_id = self._stage("handling")
        self._decide(case, "refuse", ground_id=window.ground_id)
        self.assertFalse(case.is_closed, "the leader has to approve")
        self._approve(self.director, case.acceptance_ids)
        self.assertEqual(case.phase, "refused")
        self.assertEqual(case.letter_ids.purpose, "refusal")
        clock = case.deadline_ids.filtered(
            lambda row: row.rule_id.code == "non_acceptance"
        )
        self.assertEqual(clock.state, "met")

    def test_what_is_incomplete_waits(self):
        case = self._begin()
        self._decide(case, "completion", missing="The contract of the journey")
        self.assertEqual(case.stage_id, self._stage("incomplete"))
        clock = case.deadline_ids.filtered(
            lambda row: row.rule_id.code == "non_acceptance"
        )
        self.assertEqual(clock.state, "paused")
        case.with_user(self.office).action_completed()
        self.assertEqual(case.stage_id, self._stage("received"))
        self.assertEqual(clock.state, "running")

    def test_each_agency_has_ten_days_from_its_own_service(self):
        case = self._begin()
        self._decide(case, "accept")
        notices = case.letter_ids.sorted("id")
        self.assertEqual(len(notices.partner_id), 2, "one for each agency")
        notices.with_user(self.office).action_send()
        self._serve(notices[0])
        self._wait(days=3)
        self._serve(notices[1])
        clocks = case.deadline_ids.filtered("letter_id").sorted("due_at")
        self.assertEqual(clocks.letter_id, notices)
        self.assertEqual(clocks[1].due_at - clocks[0].due_at, timedelta(days=3))
        asked = case.assignment_ids.filtered(lambda row: row.type == "statement")
        answer = asked.filtered(
            lambda row: row.partner_id == notices[1].partner_id
        ).with_user(self.office)
        answer.opinion = "<p>We deny it.</p>"
        answer.action_done()
        self.assertEqual(clocks.mapped("state"), ["running", "met"])

    def test_settlement_in_three_copies(self):
        case = self._begin()
        self._decide(case, "accept")
        case.with_user(self.office).stage_id = self._stage("mediation")
        self._window(
            self.office,
            "letter.compose",
            case,
            "action_write",
            template_id=self._letter("settlement"),
        )
        letter = case.letter_ids.filtered(lambda row: row.purpose == "agreement")
        self.assertEqual(letter.copies, 3)
        letter.with_user(self.office).action_send()
        self._serve(letter)
        self.assertEqual(letter.state, "served")
        self._close(self.office, case)
        self.assertTrue(case.is_closed)

    def test_decision_and_appeal(self):
        case = self._begin()
        self._decide(case, "accept")
        case.with_user(self.office).stage_id = self._stage("handling")
        self._answer(self.office, case, "The agency pays 500.", how="letter")
        letter = case.letter_ids.filtered(lambda row: row.purpose == "final")
        self._close(self.office, case)
        self.assertFalse(case.deadline_ids.filtered(lambda row: row.kind == "window"))
        self._serve(letter)
        window = case.deadline_ids.filtered(lambda row: row.kind == "window")
        self.assertEqual(window.due_at - window.started_at, timedelta(days=60))
        self._wait(days=61)
        window._run_due()
        self.assertEqual(window.state, "lapsed")
