from datetime import timedelta

from odoo import fields
from odoo.fields import Command
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


@tagged("post_install", "-at_install")
class TestWalkFood(WalkCase, FoodJourney):
    """More than the class gets: refused with a reason, lowered, approved, given."""

    def test_walk(self):
        case = self._register(
            subject="Mouldy tofu", category_id=self._category("short")
        )
        self._walk("handler", "food_propose")
        remedy = case.remedy_ids
        self.assertEqual((remedy.amount, remedy.approval_state), (45, "pending"))
        self._walk("director", "food_refuse")
        self.assertEqual(remedy.approval_note, "Three times is enough.")
        self._walk("handler", "food_change")
        self._walk("director", "food_approve")
        self.assertEqual((remedy.state, remedy.amount), ("approved", 27))
        self._walk("handler", "food_close")
        self.assertEqual(remedy.state, "executed")
        self.assertEqual(case.round_id.satisfaction, "satisfied")
        self.assertTrue(case.is_closed)


@tagged("post_install", "-at_install")
class TestWalkCar(WalkCase, CarJourney):
    """Three rounds, a call that begins another one, and a withdrawal under pressure."""

    def test_three_rounds(self):
        case = self._register(subject="Brakes still squeak")
        case.with_user(self.handler).action_take()
        case.with_user(self.handler).stage_id = self._stage("handling")
        self._walk("handler", "car_first")
        self.assertEqual((case.round_number, case.handler_id), (2, self.director))
        case.with_user(self.director).action_take()
        self._walk("director", "car_second")
        self.assertEqual(case.round_id.forum_reference, "M-2026-17")
        self._walk("director", "car_third")
        self.assertEqual(case.round_id.forum_outcome, "Half of the price is paid back.")
        self.assertTrue(case.is_closed)

    def test_call_back(self):
        friendly = self._add("follow.up.question", "friendly", kind="score")
        self._add(
            "follow.up.rule",
            "after_closing",
            question_ids=friendly,
            event="closed",
            role_id=self.journey.role_ids.filtered(
                lambda row: row.code == "manager"
            ).id,
        )
        case = self._register(subject="Squeaks again")
        case.with_user(self.handler).action_take()
        self._answer(self.handler, case, "New pads.", how="call")
        self._satisfied(self.handler, case, "satisfied")
        self._close(self.handler, case)
        self._walk("director", "car_call")
        self.assertEqual(case.follow_up_ids.satisfaction, "dissatisfied")
        self.assertEqual(case.round_number, 2)

    def test_withdrawal(self):
        self.journey.withdrawal_verified = True
        case = self._register(subject="Rude on the telephone")
        case.with_user(self.handler).action_take()
        self._walk("handler", "car_withdraw")
        self.assertEqual(case.withdrawal_ids.state, "asked")
        self._walk("office", "car_verify")
        self.assertEqual(case.withdrawal_ids.state, "pressed")
        self.assertFalse(case.is_closed)


@tagged("post_install", "-at_install")
class TestWalkHospital(WalkCase, HospitalJourney):
    """Two findings, an incomplete answer, an approval and a letter."""

    def test_walk(self):
        case = self._register(form="written", subject="Wrong dose")
        case.with_user(self.office).action_take()
        case.with_user(self.office).stage_id = self._stage("handling")
        case.with_user(self.office).point_ids = [
            Command.create({"name": "Nobody apologised"})
        ]
        self._walk("handler", "hospital_ward")
        self._walk("colleague", "hospital_committee")
        self.assertEqual(
            case.finding_ids.sorted("id").mapped("conclusion"), ["unfounded", "partly"]
        )
        self._walk("office", "hospital_answer")
        self.assertEqual(case.answer_ids.state, "approval")
        self._walk("director", "hospital_approve")
        self.assertEqual(case.answer_ids.state, "given")
        self._walk("office", "hospital_send")
        self.assertEqual(case.letter_ids.state, "served")


@tagged("post_install", "-at_install")
class TestWalkTourism(WalkCase, TourismJourney):
    """Refused by approval; completed, served on two, settled in three copies."""

    def test_refused(self):
        late = fields.Datetime.now() - timedelta(days=120)
        case = self._begin(subject="Journey of last year", occurred_at=late)
        self._walk("office", "tourism_refuse")
        self._walk("director", "tourism_approve")
        self.assertEqual(case.phase, "refused")
        self.assertEqual(case.letter_ids.purpose, "refusal")

    def test_settled(self):
        case = self._begin(subject="Hotel without windows")
        self._walk("office", "tourism_accept")
        notices = case.letter_ids
        self.assertEqual(set(notices.mapped("state")), {"served"})
        self._walk("office", "tourism_statement")
        clocks = case.deadline_ids.filtered("letter_id")
        self.assertEqual(sorted(clocks.mapped("state")), ["met", "running"])
        self._walk("office", "tourism_settle")
        self.assertEqual((case.letter_ids - notices).copies, 3)
        self.assertTrue(case.is_closed)
