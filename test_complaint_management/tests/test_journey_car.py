from odoo.exceptions import UserError
from odoo.tests import tagged

from .journey_common import JourneyCommon


class CarJourney(JourneyCommon):
    """A car owner who isn't satisfied: three rounds, the last one at mediation.

    The workshop answers first, then its manager; after that only a body outside is
    left, and the case can't be closed before the road has come to its end.
    """

    def _create_journey_policy(self):
        policy = self._make_policy(
            "CAR", max_rounds=2, close_needs_satisfaction="satisfied"
        )
        self.journey = policy
        workshop = self._add(
            "role", "workshop", resolution="department", department_id=self.service.id
        )
        manager = self._add(
            "role", "manager", resolution="users", user_ids=self.director
        )
        policy.lead_role_id = workshop
        self._add(
            "round.rule",
            "manager",
            number_to=2,
            role_id=manager.id,
            stage_id=self._stage("handling").id,
        )
        self.board = self.env["res.partner"].create({"name": "Mediation Board"})
        self.mediation = self._add(
            "round.rule",
            "mediation",
            number_from=3,
            forum="mediation",
            forum_partner_id=self.board.id,
            stage_id=self._stage("mediation").id,
        )
        self._add(
            "deadline.rule",
            "mediation",
            event="round_started",
            end_event="forum_decided",
            delay=2,
            delay_unit="months",
            domain="[('forum', '=', 'mediation')]",
        )
        self._add(
            "deadline.rule",
            "first_answer",
            event="received",
            end_event="answered",
            delay=3,
            delay_unit="work_days",
        )
        self._add(
            "deadline.rule",
            "next_answer",
            event="round_started",
            end_event="answered",
            delay=5,
            delay_unit="work_days",
            domain="[('round_number', '=', 2)]",
        )
        return policy

    def _get_clock(self, case, code):
        return case.deadline_ids.filtered(lambda row: row.rule_id.code == code)


@tagged("post_install", "-at_install")
class TestJourneyCar(CarJourney):
    """Walked by the windows that everybody has."""

    def test_three_rounds_up_to_mediation(self):
        case = self._register(subject="Brakes still squeak")
        case.with_user(self.handler).action_take()
        case.with_user(self.handler).stage_id = self._stage("handling")
        with self.assertRaisesRegex(UserError, "answer"):
            self._satisfied(self.handler, case, "satisfied")
        self._wait(days=1)
        self._answer(self.handler, case, "New pads.", how="call")
        self.assertEqual(self._get_clock(case, "first_answer").state, "met")

        not_fixed = self._reason("dissatisfied", "not_fixed")
        self._satisfied(self.handler, case, "dissatisfied", reason_id=not_fixed)
        self.assertEqual(case.round_id.number, 2)
        self.assertEqual(case.handler_id, self.director)
        case.with_user(self.director).action_take()
        clock = self._get_clock(case, "next_answer")
        self.assertEqual(clock.state, "running")
        self.assertEqual(self._get_clock(case, "first_answer").state, "met")

        with self.assertRaises(UserError):
            self._close(self.director, case)
        self._answer(self.director, case, "New discs, free of charge.", how="call")
        self.assertEqual(clock.state, "met")

        # Not by the form, which wants the body to be chosen.
        window = self.env["complaint.satisfaction"].with_user(self.director)
        values = {"satisfaction": "dissatisfied", "reason_id": not_fixed.id}
        with self.assertRaisesRegex(UserError, "What is left: Mediation"):
            window.create({**values, "complaint_id": case.id}).action_note()
        self._satisfied(
            self.director,
            case,
            "dissatisfied",
            reason_id=not_fixed,
            rule_id=self.mediation,
            forum_reference="M-2026-17",
        )
        round_ = case.round_id
        self.assertEqual((round_.number, round_.forum), (3, "mediation"))
        self.assertEqual(round_.forum_partner_id, self.board)
        self.assertEqual(case.stage_id, self._stage("mediation"))
        with self.assertRaises(UserError):
            self._close(self.director, case)

        self.assertEqual(self._get_clock(case, "mediation").state, "running")
        self._wait(days=20)
        self._window(
            self.director,
            "round.forum",
            case,
            "action_note",
            default_round_id=round_.id,
            decided_on="2026-12-05",
            forum_outcome="Half of the price is paid back.",
        )
        self.assertEqual(self._get_clock(case, "mediation").state, "met")
        self._close(self.director, case)
        self.assertTrue(case.is_closed)
        rounds = case.round_ids.sorted("number")
        self.assertEqual(
            rounds[:2].mapped("satisfaction"), ["dissatisfied", "dissatisfied"]
        )
        self.assertTrue(all(rounds.mapped("ended_at")))
