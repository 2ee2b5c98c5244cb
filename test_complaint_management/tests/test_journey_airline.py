from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .journey_common import JourneyCommon


class AirlineJourney(JourneyCommon):
    """An airline under the Montreal Convention, with an arbitration body behind it.

    Damaged baggage is reported within 7 days, delayed baggage within 21, a refused
    boarding within ten working days. How late a flight was says what is paid. A missed
    answer costs a voucher by itself; after eight weeks a letter opens the way to
    arbitration, for twelve months.
    """

    def _create_journey_policy(self):
        policy = self._make_policy(
            "AIR",
            acceptance="optional",
            complaint_properties_definition=[
                {"name": "delay_hours", "string": "Hours Late", "type": "integer"}
            ],
        )
        self.journey = policy
        relations = self._add(
            "role", "relations", resolution="department", department_id=self.service.id
        )
        policy.lead_role_id = relations
        self.legal = self._add("role", "legal", user_ids=self.director)
        self.categories = {
            code: self._add("category", code)
            for code in ("damage", "delay", "boarding", "other", "flight")
        }
        self._create_limitations()
        self._create_remedies()
        self._create_ladder()
        self._add(
            "approval.rule",
            "late_refusals",
            subject="refusal",
            role_id=self.legal.id,
            domain="[('acceptance_ids.ground_id.code', '=', 'limitation')]",
        )
        return policy

    def _create_limitations(self):
        self.occurred = self.env["ir.model.fields"]._get(
            "complaint.complaint", "occurred_at"
        )
        for category, delay, unit in (
            ("damage", 7, "days"),
            ("delay", 21, "days"),
            ("boarding", 10, "work_days"),
        ):
            self._add_limitation(
                f"limit_{category}",
                category_ids=self.categories[category],
                delay=delay,
                delay_unit=unit,
            )

    def _add_limitation(self, code, **values):
        return self._add(
            "deadline.rule",
            code,
            **{
                "event": "date",
                "date_field_id": self.occurred.id,
                "end_event": "received",
                "kind": "window",
                "rounding": "day",
                **values,
            },
        )

    def _create_remedies(self):
        self.compensation = self._add(
            "remedy.type", "delay_pay", nature="compensation", measure="amount"
        )
        self.voucher = self._add(
            "remedy.type", "voucher", nature="gift", measure="amount", consent="no"
        )
        scale = self.env["complaint.remedy.scale"].with_user(self.admin)
        for hours, amount in ((8, 600), (4, 400), (2, 200)):
            scale.create(
                {
                    "type_id": self.compensation.id,
                    "name": f"{hours} hours late",
                    "domain": f"[('properties.delay_hours', '>=', {hours})]",
                    "default_amount": amount,
                    "max_amount": amount,
                }
            )
        scale.create(
            {
                "type_id": self.voucher.id,
                "name": "Missed answer",
                "default_amount": 30,
                "max_amount": 30,
            }
        )
        self._add(
            "deadline.rule",
            "paid",
            event="remedy_accepted",
            end_event="remedy_executed",
            delay=7,
            delay_unit="days",
        )

    def _create_ladder(self):
        self.deadlock = self._add(
            "letter.template",
            "deadlock",
            subject="You may go to arbitration",
            body_html="<p>Twelve months from today.</p>",
            automatic=True,
            delivery="mail",
        )
        for code, delay, unit, act in (
            ("answer", 30, "days", {"remedy_type_id": self.voucher.id}),
            ("eight_weeks", 8, "weeks", {"letter_template_id": self.deadlock.id}),
        ):
            rule = self._add(
                "deadline.rule",
                code,
                event="received",
                end_event="answered",
                delay=delay,
                delay_unit=unit,
            )
            self._add(
                "escalation.rule",
                code,
                deadline_rule_id=rule.id,
                delay=0,
                delay_unit="hours",
                role_ids=self.legal,
                **act,
            )
        self._add(
            "deadline.rule",
            "arbitration_right",
            event="letter_sent",
            event_letter_template_id=self.deadlock.id,
            end_event="round_started",
            end_forum="arbitration",
            kind="window",
            delay=12,
            delay_unit="months",
            survives_closing=True,
        )
        self.arbitration = self._add(
            "round.rule",
            "arbitration",
            forum="arbitration",
            stage_id=self._stage("mediation").id,
        )

    def _begin(self, category="other", days=0, **values):
        return self._register(
            category_id=self.categories[category],
            occurred_at=self.now - timedelta(days=days),
            **values,
        )

    def _take(self, case):
        case.with_user(self.handler).action_take()
        case.with_user(self.handler).stage_id = self._stage("handling")
        return case

    def _clock(self, case, code):
        return case.deadline_ids.filtered(lambda row: row.rule_id.code == code)


@tagged("post_install", "-at_install")
class TestJourneyAirline(AirlineJourney):
    """What is awkward in the convention, and in consumer law behind it."""

    def test_each_category_has_its_own_limitation_period(self):
        for category, days, late in (
            ("damage", 7, False),
            ("damage", 8, True),
            ("delay", 21, False),
            ("delay", 22, True),
            # Ten working days are two weeks.
            ("boarding", 14, False),
            ("boarding", 15, True),
            ("other", 900, False),
        ):
            with self.subTest(category=category, days=days):
                case = self._begin(category, days)
                self.assertEqual(bool(case.limitation_text), late)
                self.assertFalse(self._clock(case, f"limit_{category}"))

    def test_the_period_of_the_policy_holds_for_the_others(self):
        self.journey.limitation_delay = 24
        self.assertTrue(self._begin("other", 900).limitation_text)
        self.assertFalse(self._begin("delay", 20).limitation_text)

    def test_a_limitation_counts_from_a_date_of_the_case(self):
        with self.assertRaisesRegex(ValidationError, "has to count from a date"):
            self._add_limitation("wrong", event="received", delay=7)

    def test_legal_approves_what_is_refused_as_too_late(self):
        case = self._begin("damage", 8)
        case.with_user(self.handler).action_take()
        self.assertIn("Limit Damage", case.limitation_text)
        self.assertIn("11/15/2026", case.limitation_text)
        window = self.env["complaint.acceptance.decide"].with_user(self.handler)
        window = window.with_context(active_id=case.id)
        window.create({"decision": "refuse"}).action_decide()
        self.assertEqual(case.acceptance_ids.ground_id.code, "limitation")
        self.assertFalse(case.is_closed)
        self._approve(self.director, case.acceptance_ids)
        self.assertEqual(case.phase, "refused")

    def test_how_late_it_was_says_what_is_paid(self):
        for hours, amount in ((9, 600), (5, 400), (2, 200)):
            case = self._take(self._begin("flight"))
            case.with_user(self.handler).properties = {"delay_hours": hours}
            remedy = self._propose(self.handler, case, self.compensation)
            self.assertEqual(remedy.amount, amount)
        self._step(self.handler, remedy, "offer", offered_how="call")
        self._step(self.handler, remedy, "accept")
        clock = self._clock(case, "paid")
        self.assertEqual(clock.due_at - clock.started_at, timedelta(days=7))
        case.with_user(self.handler).properties = {"delay_hours": 1}
        with self.assertRaisesRegex(UserError, "no line"):
            self._propose(self.handler, case, self.compensation, amount=100)

    def test_a_missed_answer_costs_a_voucher_once(self):
        case = self._take(self._begin())
        clock = self._clock(case, "answer")
        self._wait(days=30, minutes=1)
        for _time in range(2):
            clock._run_due()
        self.assertEqual(case.remedy_ids.type_id, self.voucher)
        self.assertEqual(case.remedy_ids.mapped("amount"), [30])
        self.assertEqual(case.remedy_ids.state, "approved")

    def test_after_eight_weeks_a_letter_opens_the_way_to_arbitration(self):
        case = self._take(self._begin())
        self._wait(weeks=8, minutes=1)
        case.deadline_ids._run_due()
        letter = case.letter_ids
        self.assertEqual(letter.template_id, self.deadlock)
        letter._go_out()
        right = self._clock(case, "arbitration_right")
        self.assertEqual(right.due_at.year, 2028)
        self._answer(self.handler, case, "No.", how="call")
        self._wait(days=400)
        values = {
            "complaint_id": case.id,
            "satisfaction": "dissatisfied",
            "reason_id": self._reason("dissatisfied", "not_fixed").id,
            "rule_id": self.arbitration.id,
        }
        window = self.env["complaint.satisfaction"].with_user(self.handler)
        with self.assertRaisesRegex(UserError, "Arbitration Right"):
            window.create(values).action_note()
        self.assertFalse(
            self.env["complaint.round.course"]._is_exhausted(case),
            "the house may still look at it again",
        )

    def test_a_clock_counts_from_an_extra_field(self):
        self.journey.complaint_properties_definition = [
            {"name": "delay_hours", "string": "Hours Late", "type": "integer"},
            {"name": "a1b2", "string": "Day of the Hearing", "type": "date"},
        ]
        self._add(
            "deadline.rule",
            "minutes",
            event="date",
            date_property="day of the hearing",
            end_event="answered",
            delay=5,
            delay_unit="days",
        )
        self._add(
            "deadline.rule",
            "long_delays",
            event="received",
            end_event="answered",
            delay=2,
            delay_unit="days",
            domain="[('properties.delay_hours', '>', 3)]",
        )
        case = self._take(self._begin())
        self.assertFalse(self._clock(case, "minutes"))
        mine = case.with_user(self.handler)
        mine.properties = {"a1b2": "2026-11-20", "delay_hours": 4}
        # Midnight in Shanghai is 16:00 of the day before.
        due = self._clock(case, "minutes").due_at
        self.assertEqual(str(due), "2026-11-24 16:00:00")
        self.assertEqual(self._clock(case, "long_delays").state, "running")
        mine.properties = {"a1b2": "2026-11-27", "delay_hours": 1}
        due = self._clock(case, "minutes").due_at
        self.assertEqual(str(due), "2026-12-01 16:00:00")
        self.assertEqual(self._clock(case, "long_delays").state, "cancelled")
