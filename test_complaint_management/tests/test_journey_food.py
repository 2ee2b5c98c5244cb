from odoo.exceptions import UserError
from odoo.tests import tagged

from .journey_common import JourneyCommon


class FoodJourney(JourneyCommon):
    """A food maker: the class of a complaint says what is given for it.

    Class A gets ten times what was bought, B twice, C once; more needs the company's
    approval, and a visit to somebody who was harmed always does.
    Source: ``food_tofu`` of the written policies.
    """

    def _create_journey_policy(self):
        policy = self._make_policy("TOFU", severities=("c", "b", "a"))
        self.journey = policy
        production = self._add(
            "role", "production", resolution="department", department_id=self.service.id
        )
        company = self._add(
            "role", "company", resolution="users", user_ids=self.director
        )
        policy.lead_role_id = production
        for severity, name in (("a", "mouldy"), ("b", "short"), ("c", "broken")):
            self._add("category", name, severity_id=self._severity(severity).id)
        self.gift = self._add(
            "remedy.type",
            "gift",
            nature="gift",
            measure="ratio",
            base_label="Packs bought",
            over_maximum="approval",
            needs_proof=True,
        )
        for severity, ratio in (("a", 10), ("b", 2), ("c", 1)):
            self.env["complaint.remedy.scale"].with_user(self.admin).create(
                {
                    "type_id": self.gift.id,
                    "name": f"Class {severity.upper()}",
                    "severity_ids": self._severity(severity).ids,
                    "default_ratio": ratio,
                    "max_ratio": ratio,
                }
            )
            self._add(
                "approval.rule",
                f"more_for_{severity}",
                subject="remedy",
                remedy_type_ids=self.gift,
                severity_ids=self._severity(severity),
                ratio_over=ratio,
                role_id=company.id,
            )
        self.visit = self._add(
            "remedy.type", "visit", nature="compensation", measure="amount"
        )
        self._add(
            "approval.rule",
            "visits",
            subject="remedy",
            remedy_type_ids=self.visit,
            role_id=company.id,
        )
        return policy

    def _category(self, code):
        return self.journey.category_ids.filtered(lambda row: row.code == code)

    def _begin(self, category):
        """Return a case of ``category`` that production has taken."""
        case = self._register(category_id=self._category(category))
        self.assertEqual(case.department_id, self.service)
        case.with_user(self.handler).action_take()
        case.with_user(self.handler).stage_id = self._stage("handling")
        return case


@tagged("post_install", "-at_install")
class TestJourneyFood(FoodJourney):
    """Every class is walked to its end, and who has to be asked is asked."""

    def test_each_class_gets_what_the_policy_gives(self):
        for category, ratio in (("mouldy", 10), ("short", 2), ("broken", 1)):
            with self.subTest(category=category):
                case = self._begin(category)
                remedy = self._propose(
                    self.handler, case, self.gift, base_quantity=3, unit_value=4.5
                )
                self.assertEqual(remedy.ratio, ratio)
                self.assertEqual(remedy.amount, ratio * 3 * 4.5)
                self.assertEqual(remedy.state, "approved", "nobody has to be asked")
                self._step(self.handler, remedy, "offer", offered_how="call")
                self._step(self.handler, remedy, "accept")
                with self.assertRaisesRegex(UserError, "proof"):
                    self._step(self.handler, remedy, "execute")
                self._step(
                    self.handler, remedy, "execute", proof_reference="Delivery 4711"
                )
                self._answer(self.handler, case, "We are sorry.", how="call")
                self._satisfied(self.handler, case, "satisfied")
                self._close(self.handler, case, "remedied")
                self.assertTrue(case.is_closed)
                self.assertEqual(remedy.state, "executed")
                self.assertEqual(case.round_id.satisfaction, "satisfied")

    def test_more_is_the_company_s_to_approve(self):
        case = self._begin("short")
        remedy = self._propose(
            self.handler, case, self.gift, ratio=5, base_quantity=2, unit_value=4.5
        )
        self.assertEqual((remedy.state, remedy.approval_state), ("proposed", "pending"))
        with self.assertRaisesRegex(UserError, "not approved yet"):
            self._step(self.handler, remedy, "offer", offered_how="call")
        question = case.approval_ids
        with self.assertRaises(UserError):
            question.with_user(self.handler).action_approve()
        self._approve(self.director, remedy)
        self.assertEqual(remedy.state, "approved")
        self._step(self.handler, remedy, "offer", offered_how="call")
        self._step(self.handler, remedy, "counter", note="Ten packs, or I go public.")
        case_remedies = case.remedy_ids.mapped("state")
        self.assertEqual(case_remedies, ["countered"])

    def test_what_a_class_gets_at_the_most_doesn_t_hold_for_another(self):
        remedy = self._propose(
            self.handler,
            self._begin("mouldy"),
            self.gift,
            ratio=5,
            base_quantity=2,
            unit_value=4.5,
        )
        self.assertEqual(remedy.state, "approved")

    def test_a_visit_always_needs_approval_and_goes_back_with_a_reason(self):
        case = self._begin("mouldy")
        remedy = self._propose(self.handler, case, self.visit, amount=300)
        self._window(
            self.director,
            "approval.refuse",
            case,
            "action_refuse",
            default_approval_ids=case.approval_ids.ids,
            reason="Visit her, without money.",
        )
        self.assertEqual(remedy.approval_state, "refused")
        self.assertEqual(remedy.approval_note, "Visit her, without money.")
        self._window(
            self.handler,
            "remedy.propose",
            case,
            "action_propose",
            default_remedy_id=remedy.id,
            amount=50,
        )
        self._approve(self.director, remedy)
        self.assertEqual(remedy.state, "approved")
        self.assertEqual(
            sorted(case.approval_ids.mapped("state")), ["approved", "refused"]
        )
