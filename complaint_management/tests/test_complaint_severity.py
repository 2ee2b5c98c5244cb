from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintSeverity(ComplaintCommon):
    def _create_rule(self, code="rule", **values):
        return self._create_item(
            "complaint.severity.rule",
            code,
            **{"severity_id": self.severity_serious.id, **values},
        )

    def _changes(self, complaint):
        return complaint.severity_change_ids.sorted("id")

    # ------------------------------------------------------------
    # BY HAND AND BY CATEGORY
    # ------------------------------------------------------------

    def test_category_gives_the_severity(self):
        self.assertEqual(self._create_complaint().severity_id, self.severity_minor)
        complaint = self._create_complaint(category_id=self.brakes.id)
        self.assertEqual(complaint.severity_id, self.severity_ordinary, "inherited")
        self.assertFalse(complaint.severity_change_ids)

    def test_new_category_raises_and_never_lowers(self):
        complaint = self._create_complaint(category_id=self.other.id)
        complaint.category_id = self.quality
        self.assertEqual(complaint.severity_id, self.severity_ordinary)
        self.assertRecordValues(
            self._changes(complaint),
            [
                {
                    "from_id": self.severity_minor.id,
                    "to_id": self.severity_ordinary.id,
                    "rule_id": False,
                }
            ],
        )
        complaint.category_id = self.other
        self.assertEqual(complaint.severity_id, self.severity_ordinary)

    def test_changed_by_hand_with_its_reason(self):
        complaint = self._create_accepted()
        for severity in (self.severity_serious, self.severity_minor):
            self.env["complaint.severity.set"].with_user(self.handler).create(
                {
                    "complaint_id": complaint.id,
                    "severity_id": severity.id,
                    "note": f"It is {severity.code}.",
                }
            ).action_set()
        self.assertEqual(complaint.severity_id, self.severity_minor)
        self.assertRecordValues(
            self._changes(complaint),
            [
                {
                    "to_id": self.severity_serious.id,
                    "note": "It is serious.",
                    "user_id": self.handler.id,
                    "date": self.now,
                },
                {
                    "to_id": self.severity_minor.id,
                    "note": "It is minor.",
                    "user_id": self.handler.id,
                    "date": self.now,
                },
            ],
        )

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    def test_filter(self):
        rule = self._create_rule(domain="[('place', '=', 'Ward')]")
        self.assertEqual(self._create_complaint().severity_id, self.severity_minor)
        complaint = self._create_complaint(place="Ward")
        self.assertEqual(complaint.severity_id, self.severity_serious)
        self.assertEqual(self._changes(complaint).rule_id, rule)
        later = self._create_complaint()
        later.place = "Ward"
        self.assertEqual(later.severity_id, self.severity_serious)

    def test_people_concerned(self):
        self._create_rule(min_people=3)
        complaint = self._create_complaint(people_count=2)
        self.assertEqual(complaint.severity_id, self.severity_minor)
        complaint.people_count = 3
        self.assertEqual(complaint.severity_id, self.severity_serious)

    def test_complainants_added_later_count(self):
        self._create_rule(min_people=3)
        complaint = self._create_complaint()
        complaint.party_ids = [Command.create({"name": n}) for n in ("B", "C")]
        self.assertEqual(complaint.severity_id, self.severity_serious)

    def test_never_lowered_and_highest_first(self):
        self._create_rule("low", severity_id=self.severity_ordinary.id)
        self._create_rule("high", min_people=2)
        complaint = self._create_complaint(people_count=2)
        self.assertEqual(self._changes(complaint).to_id, self.severity_serious)
        complaint.place = "Ward"
        self.assertEqual(len(self._changes(complaint)), 1)
        self.assertEqual(complaint.severity_id, self.severity_serious)

    def test_closed_cases_stay(self):
        complaint = self._create_accepted()
        self._close(complaint)
        self._create_rule()
        complaint.place = "Ward"
        self.assertEqual(complaint.severity_id, self.severity_ordinary)

    def test_rules_of_other_policies_do_not_count(self):
        self._create_rule()
        other = self.policy.copy()
        other.severity_ids.rule_ids.unlink()
        complaint = self._create_complaint(policy_id=other.id)
        self.assertEqual(complaint.severity_id.code, "minor")

    def test_severity_chosen_by_a_rule_leads(self):
        self.severity_serious.role_id = self.role_sales
        self._create_rule(min_people=3)
        complaint = self._create_complaint(people_count=5, category_id=self.quality.id)
        self.assertEqual(complaint.department_id, self.sales)
        leads = complaint.assignment_ids.filtered(lambda row: row.type == "lead")
        self.assertEqual(len(leads), 1, "the service is not asked in vain")

    # ------------------------------------------------------------
    # LIKE COMPLAINTS
    # ------------------------------------------------------------

    def _create_alike(self, *days, **values):
        return self.env["complaint.complaint"].concat(
            *[
                self._create_complaint(
                    **{
                        "received_at": self.now - timedelta(days=day),
                        "contact_phone": f"1390000{index:04}",
                        "contact_name": f"Person {index}",
                        **values,
                    }
                )
                for index, day in enumerate(days)
            ]
        )

    def test_like_complaints_in_a_window(self):
        self._create_rule(min_alike=3, delay=30, alike_by="category")
        values = {"category_id": self.quality.id}
        complaints = self._create_alike(40, 29, 1, **values)
        self.assertEqual(complaints.severity_id, self.severity_ordinary)
        new = self._create_complaint(**values)
        raised = (complaints | new).filtered(
            lambda case: case.severity_id == self.severity_serious
        )
        self.assertEqual(raised, complaints[1:] | new, "they are raised together")
        other = self._create_complaint(category_id=self.price.id)
        self.assertEqual(other.severity_id, self.severity_minor)

    def test_closed_ones_count_but_stay(self):
        self._create_rule(min_alike=2, delay=30, alike_by="category")
        old = self._create_alike(3, category_id=self.quality.id)
        self._close(old)
        new = self._create_complaint(category_id=self.quality.id)
        self.assertEqual(new.severity_id, self.severity_serious)
        self.assertEqual(old.severity_id, self.severity_ordinary)

    def test_filter_holds_for_the_like_ones(self):
        self._create_rule(
            min_alike=2,
            delay=30,
            alike_by="category",
            kind_ids=[Command.set(self.kind_complaint.ids)],
        )
        values = {"category_id": self.quality.id}
        self._create_complaint(kind_id=self.kind_suggestion.id, **values)
        new = self._create_complaint(**values)
        self.assertEqual(new.severity_id, self.severity_ordinary)

    def test_by_place(self):
        self._create_rule(min_alike=2, delay=7, alike_by="place")
        self._create_complaint()
        nowhere = self._create_complaint()
        self.assertEqual(nowhere.severity_id, self.severity_minor)
        pair = self._create_alike(0, 0, place="Ward 3")
        self.assertEqual(pair.severity_id, self.severity_serious)

    def test_by_lead_department(self):
        self._create_rule(min_alike=2, delay=7, alike_by="department")
        first = self._create_complaint(category_id=self.quality.id)
        second = self._create_complaint(department_id=self.service.id)
        self.assertEqual((first | second).severity_id, self.severity_serious)
        third = self._create_complaint(category_id=self.price.id)
        fourth = self._create_complaint(category_id=self.other.id)
        fourth.department_id = self.sales
        self.assertEqual((third | fourth).severity_id, self.severity_serious)

    def test_by_respondent(self):
        self._create_rule(min_alike=2, delay=7, alike_by="respondent")
        employee = self.handler.employee_ids.id
        parties = [
            Command.create({"type": "respondent", "name": "Somebody"}),
            Command.create({"type": "respondent", "employee_id": employee}),
        ]
        pair = self._create_complaint(party_ids=parties)
        pair |= self._create_complaint(party_ids=parties[1:])
        self.assertEqual(pair.severity_id, self.severity_serious)
        third = self._create_complaint()
        third.party_ids = [Command.create({"type": "respondent", "name": " SOMEBODY"})]
        self.assertEqual(third.severity_id, self.severity_serious)

    def test_of_different_people(self):
        self._create_rule(min_alike=3, delay=7, alike_by="place", distinct_people=True)
        values = {"place": "Ward 3"}
        complaints = self._create_complaint(contact_phone="139-00001111", **values)
        complaints |= self._create_complaint(contact_phone="+86 13900001111", **values)
        complaints |= self._create_alike(0, **values)
        self.assertEqual(complaints.severity_id, self.severity_minor)
        nobody = {"contact_name": False, "contact_phone": False}
        complaints |= self._create_complaint(**nobody, **values)
        self.assertEqual(complaints.severity_id, self.severity_serious)

    def test_batch(self):
        self._create_rule(min_alike=3, delay=7, alike_by="place")
        complaints = self.env["complaint.complaint"].create(
            [
                self._prepare_complaint(place=place)
                for place in ("A", "B", "A", "B", "A")
            ]
        )
        raised = [case.severity_id == self.severity_serious for case in complaints]
        self.assertEqual(raised, [True, False, True, False, True])

    def test_no_window_counts_all_of_the_past(self):
        self._create_rule(min_alike=2, alike_by="place")
        pair = self._create_alike(900, 0, place="Ward")
        self.assertEqual(pair.severity_id, self.severity_serious)

    def test_merged_ones_do_not_count(self):
        self._create_rule(min_alike=3, delay=7, alike_by="place")
        first, second = self._create_alike(0, 0, place="Ward")
        self.env["complaint.merge"].create(
            {
                "complaint_ids": [Command.set((first | second).ids)],
                "master_id": first.id,
            }
        ).action_merge()
        third = self._create_complaint(place="Ward")
        self.assertEqual(third.severity_id, self.severity_minor)
