from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_journey_car import CarJourney
from .test_journey_food import FoodJourney
from .test_journey_hospital import HospitalJourney
from .test_journey_tourism import TourismJourney


class WalkCase(HttpCase):
    """A journey walked in Chromium, by whom it takes."""

    freeze_time = None

    def _walk(self, login, step):
        """Let ``login`` take a step of the journey in the browser."""
        tour = f"complaint_journey_{step}"
        # What is refused on the way is logged as a warning.
        with mute_logger("odoo.http"):
            self.start_tour("/odoo", tour, login=login, timeout=120)

    def _walk_in(self, journey):
        """Return the case that the registrar registers in the browser."""
        self._walk("registrar", f"{journey}_register")
        case = self.env["complaint.complaint"].search(
            [("policy_id", "=", self.journey.id)]
        )
        self.assertEqual(case.registered_by_id, self.registrar)
        return case

    def _call_back(self):
        """Let the journey's director call everybody whose case is closed."""
        caller = self._add("role", "caller", resolution="users", user_ids=self.director)
        question = self._add("follow.up.question", "friendly", kind="score")
        self._add(
            "follow.up.rule",
            "after_closing",
            question_ids=question,
            event="closed",
            role_id=caller.id,
        )


@tagged("post_install", "-at_install")
class TestWalkFood(WalkCase, FoodJourney):
    """More than the class gets: refused with a reason, lowered, approved, given."""

    def test_walk(self):
        self._call_back()
        case = self._walk_in("food")
        self.assertEqual(case.severity_id, self._severity("b"))
        self._walk("handler", "food_propose")
        remedy = case.remedy_ids
        self.assertEqual((remedy.amount, remedy.approval_state), (45, "pending"))
        self._walk("director", "food_refuse")
        self.assertEqual(remedy.approval_note, "Three times is enough.")
        self._walk("handler", "food_change")
        self.assertEqual(remedy.approval_state, "pending")
        self._walk("director", "food_approve")
        self.assertEqual((remedy.state, remedy.amount), ("approved", 27))
        self._walk("handler", "food_close")
        self.assertEqual(
            (remedy.state, remedy.proof_reference), ("executed", "Delivery 4711")
        )
        self.assertEqual(case.answer_ids.state, "given")
        self.assertEqual(case.satisfaction, "satisfied")
        self.assertEqual(case.outcome_id.code, "remedied")
        self._walk("director", "food_call")
        self.assertEqual(case.follow_up_ids.state, "done")
        self.assertEqual(case.follow_up_ids.satisfaction, "satisfied")
        self.assertTrue(case.is_closed, "no other round")


@tagged("post_install", "-at_install")
class TestWalkCar(WalkCase, CarJourney):
    """Three rounds, a call that begins another one, and a withdrawal under pressure."""

    def test_three_rounds(self):
        case = self._walk_in("car")
        self._walk("handler", "car_first")
        self.assertEqual((case.round_number, case.handler_id), (2, self.director))
        self._walk("director", "car_second")
        self.assertEqual(case.round_id.forum_reference, "M-2026-17")
        self.assertEqual(self._get_clock(case, "mediation").state, "running")
        self._walk("director", "car_third")
        rounds = case.round_ids.sorted("number")
        self.assertEqual(rounds.mapped("forum"), ["internal", "internal", "mediation"])
        self.assertEqual(rounds[2].forum_outcome, "Half of the price is paid back.")
        self.assertEqual(self._get_clock(case, "mediation").state, "met")
        self.assertTrue(case.is_closed)

    def test_call_back(self):
        self._call_back()
        case = self._walk_in("car")
        self._walk("handler", "car_satisfied")
        self.assertTrue(case.is_closed)
        self.assertEqual(case.follow_up_ids.state, "planned")
        self._walk("director", "car_call")
        self.assertEqual(case.follow_up_ids.satisfaction, "dissatisfied")
        self.assertEqual((case.round_number, case.is_closed), (2, False))

    def test_withdrawal(self):
        self.journey.withdrawal_verified = True
        case = self._register(subject="Rude on the telephone")
        self._walk("handler", "car_withdraw")
        self.assertEqual(case.withdrawal_ids.state, "asked")
        self._walk("office", "car_verify")
        self.assertEqual(case.withdrawal_ids.state, "pressed")
        self.assertFalse(case.is_closed)


@tagged("post_install", "-at_install")
class TestWalkHospital(WalkCase, HospitalJourney):
    """Two findings, an incomplete answer, an approval and a letter."""

    def test_walk(self):
        case = self._walk_in("hospital")
        clock = case.deadline_ids
        self.assertTrue(clock.promised, "only who writes is answered in writing")
        self._walk("office", "hospital_take")
        self.assertEqual(case.point_ids.name, "Nobody apologised")
        self._walk("handler", "hospital_ward")
        self._walk("colleague", "hospital_committee")
        self.assertEqual(
            case.finding_ids.sorted("id").mapped("conclusion"), ["unfounded", "partly"]
        )
        self._walk("office", "hospital_answer")
        self.assertEqual((case.answer_ids.state, clock.state), ("approval", "running"))
        self._walk("director", "hospital_approve")
        self.assertEqual((case.answer_ids.state, clock.state), ("given", "met"))
        self._walk("office", "hospital_send")
        self.assertEqual(case.letter_ids.state, "served")
        self.assertTrue(case.letter_ids.attachment_id, "kept as it went out")
        self._walk("office", "hospital_close")
        self.assertTrue(case.is_closed)


@tagged("post_install", "-at_install")
class TestWalkTourism(WalkCase, TourismJourney):
    """Refused by approval; completed and served on two, then settled or decided."""

    def _walk_to_statement(self):
        """Return a case about which one of the two agencies has said something."""
        self._get_agencies()
        case = self._walk_in("tourism")
        self._walk("office", "tourism_accept")
        self.assertEqual(case.acceptance_ids.mapped("state"), ["valid", "completed"])
        self._walk("office", "tourism_serve")
        self.assertEqual(set(case.letter_ids.mapped("state")), {"served"})
        clocks = case.deadline_ids.filtered("letter_id")
        self.assertEqual(clocks.mapped("state"), ["running", "running"])
        self._walk("office", "tourism_statement")
        met = clocks.filtered(lambda clock: clock.state == "met")
        self.assertEqual(met.letter_id.addressee, "Sea Tours")
        return case

    def test_refused(self):
        late = fields.Datetime.now() - timedelta(days=120)
        case = self._begin(subject="Journey of last year", occurred_at=late)
        self._walk("office", "tourism_refuse")
        self._walk("director", "tourism_approve")
        self.assertEqual(case.phase, "refused")
        self.assertEqual(case.letter_ids.purpose, "refusal")

    def test_settled(self):
        case = self._walk_to_statement()
        self._walk("office", "tourism_settle")
        letter = case.letter_ids.filtered(lambda row: row.purpose == "agreement")
        self.assertEqual((letter.copies, letter.state), (3, "served"))
        self.assertEqual(case.outcome_id.code, "settled")

    def test_decided_and_appealed(self):
        case = self._walk_to_statement()
        self._walk("office", "tourism_decide")
        self.assertTrue(case.is_closed)
        window = case.deadline_ids.filtered(lambda row: row.kind == "window")
        self.assertEqual(window.state, "running", "it goes on after closing")
        self.assertEqual(window.due_at - window.started_at, timedelta(days=60))
        self._walk("office", "tourism_appeal")
        self.assertEqual((window.state, case.round_number), ("met", 2))
        self.assertFalse(case.is_closed)
