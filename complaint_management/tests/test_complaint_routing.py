from datetime import datetime

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintRouting(ComplaintCommon):
    def _lead(self, **values):
        return self._create_complaint(**values).lead_assignment_id

    def _use_role(self, **values):
        """Let a role of these values lead whatever nothing else routes."""
        role = self._create_role("meant", **values)
        self.policy.lead_role_id = role
        return role

    def _notes(self, complaint):
        return " ".join(complaint.message_ids.mapped("body"))

    # ------------------------------------------------------------
    # WHICH RULE
    # ------------------------------------------------------------

    def test_category_names_a_department_or_role(self):
        self.assertEqual(
            self._lead(category_id=self.quality.id).department_id, self.service
        )
        lead = self._lead(category_id=self.price.id)
        self.assertEqual(lead.department_id, self.sales)
        self.assertEqual(lead.role_id, self.role_sales)

    def test_role_outranks_the_department_of_a_category(self):
        self.quality.role_id = self.role_sales
        self.assertEqual(
            self._lead(category_id=self.quality.id).department_id, self.sales
        )

    def test_subcategory_inherits_the_nearest_lead(self):
        self.assertEqual(
            self._lead(category_id=self.brakes.id).department_id, self.service
        )
        self.brakes.role_id = self.role_sales
        self.assertEqual(
            self._lead(category_id=self.brakes.id).department_id, self.sales
        )

    def test_severity_outranks_category(self):
        self.severity_serious.role_id = self.role_sales
        lead = self._lead(
            category_id=self.quality.id, severity_id=self.severity_serious.id
        )
        self.assertEqual(lead.department_id, self.sales)

    def test_severity_raised_later_outranks_who_has_accepted(self):
        self.severity_serious.role_id = self.role_sales
        complaint = self._create_accepted()
        complaint.severity_id = self.severity_serious
        self.assertEqual(complaint.department_id, self.sales)
        self.assertEqual(complaint.handover_state, "pending")
        self.assertEqual(complaint.responsible_id, self.handler, "until acceptance")

    def test_default_lead(self):
        complaint = self._create_complaint(category_id=self.other.id)
        self.assertEqual(complaint.handler_id, self.office)
        self.policy.lead_role_id = False
        complaint = self._create_complaint(category_id=self.other.id)
        self.assertEqual(complaint.handler_id, self.office)

    def test_new_category_asks_another_lead_while_nobody_accepted(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        first = complaint.lead_assignment_id
        complaint.category_id = self.brakes
        self.assertEqual(complaint.lead_assignment_id, first, "the same is meant")
        complaint.category_id = self.price
        self.assertEqual(complaint.department_id, self.sales)
        self.assertEqual(first.state, "replaced")
        complaint.lead_assignment_id.with_user(self.other_handler).action_accept()
        complaint.category_id = self.quality
        self.assertEqual(complaint.handler_id, self.other_handler, "has accepted")

    def test_lead_chosen_by_hand_stays(self):
        complaint = self._create_complaint(handler_id=self.other_handler.id)
        self.assertEqual(complaint.handler_id, self.other_handler)
        complaint.category_id = self.quality
        self.assertEqual(complaint.handler_id, self.other_handler)

    # ------------------------------------------------------------
    # WHO A ROLE IS
    # ------------------------------------------------------------

    def test_named_users_are_asked_together(self):
        users = self.handler | self.other_handler
        self._use_role(resolution="users", user_ids=[Command.set(users.ids)])
        complaint = self._create_complaint()
        lead = complaint.lead_assignment_id
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.candidate_ids, users)
        for user in users:
            self.assertTrue(complaint.with_user(user).has_access("read"))
            self.assertTrue(lead.with_user(user).is_mine)
        self.assertFalse(complaint.with_user(self.colleague).has_access("read"))
        complaint.with_user(self.handler).action_accept()
        self.assertEqual(complaint.handler_id, self.handler)
        self.assertFalse(complaint.with_user(self.other_handler).has_access("read"))

    def test_group(self):
        group = self.env["res.groups"].create(
            {"name": "Duty", "user_ids": [Command.set(self.handler.ids)]}
        )
        self._use_role(resolution="group", group_id=group.id)
        self.assertEqual(self._lead().user_id, self.handler)

    def test_contact_persons_of_a_department(self):
        self.service.complaint_contact_ids = self.colleague
        self._use_role(resolution="department", department_id=self.service.id)
        lead = self._lead()
        self.assertEqual(
            (lead.department_id, lead.user_id), (self.service, self.colleague)
        )

    def test_department_without_people_is_its_manager_s(self):
        empty = self._create_department("Empty", self.service)
        self._use_role(resolution="department", department_id=empty.id)
        lead = self._lead()
        self.assertEqual((lead.department_id, lead.user_id), (empty, self.manager))

    def test_manager_levels(self):
        self.head.manager_id = self.office.employee_ids
        role = self._create_role("boss", resolution="manager", levels=0)
        complaint = self._create_complaint(department_id=self.workshop.id)
        target = role._get_target(complaint)
        self.assertEqual(target.users, self.manager, "the workshop has none of its own")
        self.assertFalse(target.department, "the manager is meant, not the members")
        role.levels = 2
        self.assertEqual(role._get_target(complaint).users, self.office)
        role.levels = 9
        self.assertEqual(role._get_target(complaint).users, self.office)

    def test_manager_who_is_complained_about_is_passed_over(self):
        self.head.manager_id = self.office.employee_ids
        role = self._create_role("boss", resolution="manager")
        complaint = self._create_complaint(department_id=self.service.id)
        complaint.recused_user_ids = self.manager
        self.assertEqual(role._get_target(complaint).users, self.office)

    def test_respondent_s_department_and_manager(self):
        respondent = Command.create(
            {"type": "respondent", "employee_id": self.handler.employee_ids.id}
        )
        complaint = self._create_complaint(party_ids=[respondent])
        department = self._create_role("unit", resolution="respondent_department")
        manager = self._create_role("boss", resolution="respondent_manager")
        self.assertEqual(department._get_target(complaint).department, self.service)
        self.assertNotIn(self.handler, department._get_target(complaint).users)
        self.assertEqual(manager._get_target(complaint).users, self.manager)

    def test_handler_receiver_and_partner(self):
        partner = self.env["res.partner"].create({"name": "Institute"})
        complaint = self._create_accepted()
        for resolution, users in (
            ("handler", self.handler),
            ("receiver", self.registrar),
            ("lead_department", self.handler | self.colleague),
            ("office", self.office),
        ):
            role = self._create_role(resolution + "_x", resolution=resolution)
            self.assertEqual(role._get_target(complaint).users, users, resolution)
        role = self._create_role("lab", resolution="partner", partner_id=partner.id)
        self.assertEqual(role._get_target(complaint).partner, partner)

    def test_duty_rota(self):
        night = self.env["resource.calendar"].create(
            {
                "name": "Night",
                "tz": "Asia/Shanghai",
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.clear(),
                    Command.create(
                        {"name": "N", "dayofweek": "0", "hour_from": 18, "hour_to": 23}
                    ),
                ],
            }
        )
        self._use_role(
            resolution="duty",
            duty_ids=[
                Command.create({"user_id": self.handler.id, "calendar_id": night.id}),
                Command.create({"user_id": self.colleague.id}),
            ],
        )
        self.assertEqual(self._lead().user_id, self.colleague, "stands in by day")
        with freeze_time(datetime(2026, 11, 16, 12, 0)):
            self.assertEqual(self._lead().user_id, self.handler)

    # ------------------------------------------------------------
    # DISTRIBUTION
    # ------------------------------------------------------------

    def _take_turns(self, count, **values):
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint(**values) for _index in range(count)]
        )
        return complaints.mapped(lambda case: case.handler_id.login)

    def test_in_turn(self):
        users = self.handler | self.colleague | self.other_handler
        role = self._use_role(
            resolution="users", user_ids=[Command.set(users.ids)], distribution="turn"
        )
        logins = users.sorted("id").mapped("login")
        handlers = [self._create_complaint().handler_id.login for _index in range(4)]
        self.assertEqual(handlers, [*logins, logins[0]])
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint() for _index in range(3)]
        )
        handlers = [case.handler_id.login for case in complaints]
        self.assertEqual(handlers, [logins[1], logins[2], logins[0]])
        role.user_ids -= users.sorted("id")[1]
        self.assertEqual(self._create_complaint().handler_id.login, logins[2])

    def test_least_loaded(self):
        self._create_accepted()
        users = self.handler | self.colleague
        self._use_role(
            resolution="users", user_ids=[Command.set(users.ids)], distribution="load"
        )
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint() for _index in range(3)]
        )
        self.assertEqual(
            len(complaints.filtered(lambda c: c.handler_id == self.handler)), 1
        )
        self.assertEqual(complaints[0].handler_id, self.colleague)
        self._close(complaints.filtered(lambda c: c.handler_id == self.colleague))
        self.assertEqual(self._create_complaint().handler_id, self.colleague)

    def test_by_hand_in_a_department(self):
        lead = self._lead(category_id=self.quality.id)
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.candidate_ids)

    # ------------------------------------------------------------
    # NOBODY IS EVER SILENTLY NOBODY
    # ------------------------------------------------------------

    def test_empty_role_is_noted_and_the_office_stands_in(self):
        role = self._use_role(resolution="users", user_ids=False)
        complaint = self._create_complaint()
        self.assertEqual(complaint.handler_id, self.office)
        self.assertIn(role.name, self._notes(complaint))
        self.assertIn(self.office.name, self._notes(complaint))

    def test_department_without_anybody_is_noted(self):
        self.other.department_id = self._create_department("Ghost")
        complaint = self._create_complaint(category_id=self.other.id)
        self.assertEqual(complaint.handler_id, self.office)
        self.assertIn("Ghost", self._notes(complaint))

    def test_everybody_excluded_goes_to_the_conflict_role(self):
        self.policy.conflict_role_id = self._create_role(
            "conflict", resolution="users", user_ids=[Command.set(self.admin.ids)]
        )
        complaint = self._create_complaint(
            category_id=self.price.id,
            recused_user_ids=[Command.set(self.other_handler.ids)],
        )
        self.assertEqual(complaint.handler_id, self.admin)

    def test_without_conflict_role_and_office_the_administrators(self):
        self.policy.office_user_ids = False
        complaint = self._create_complaint(
            category_id=self.price.id,
            recused_user_ids=[Command.set(self.other_handler.ids)],
        )
        self.assertEqual(complaint.handler_id, self.admin)

    def test_nobody_at_all_leaves_the_first_receiver(self):
        self.policy.office_user_ids = False
        self.admin.active = False
        complaint = self._create_complaint(category_id=self.other.id)
        self.assertEqual(complaint.handler_id, self.registrar)

    def test_users_of_other_companies_or_archived_are_nobody(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        stranger = self._create_user("stranger", "handler", company=branch)
        self.colleague.active = False
        users = stranger | self.colleague
        self._use_role(resolution="users", user_ids=[Command.set(users.ids)])
        self.assertEqual(self._create_complaint().handler_id, self.office)

    def test_asking_nobody_asks_the_rules(self):
        complaint = self._create_accepted()
        complaint.write({"department_id": False, "handler_id": False})
        self.assertEqual(complaint.department_id, self.service)

    def test_who_cannot_take_it_is_not_asked(self):
        complaint = self._create_accepted()
        branch = self.env["res.company"].create({"name": "Branch"})
        self.colleague.active = False
        complaint.recused_user_ids = self.other_handler
        for user in (
            self.other_handler,
            self.colleague,
            self._create_user("stranger", "handler", company=branch),
        ):
            with self.assertRaisesRegex(UserError, "can't take"):
                complaint.handler_id = user
        with self.assertRaisesRegex(UserError, "can't take"):
            complaint.department_id = self._create_department("Ghost")

    def test_archived_handler_leaves_the_case_to_the_department(self):
        complaint = self._create_accepted()
        self.handler.active = False
        self.assertEqual(complaint.department_id, self.service)
        self.assertFalse(complaint.handler_id)
        self.assertEqual(complaint.handover_state, "pending")
        self.assertEqual(complaint.responsible_id, self.office, "has access")
        self.assertIn("can't act any more", self._notes(complaint))
        complaint.with_user(self.colleague).action_accept()
        self.assertEqual(complaint.responsible_id, self.colleague)

    def test_archived_last_member_leaves_the_case_to_the_rules(self):
        complaint = self._create_accepted(
            user=self.other_handler, category_id=self.price.id
        )
        self.other_handler.active = False
        self.assertEqual(complaint.handler_id, self.office)

    def test_archived_candidate_and_co_handler(self):
        users = self.handler | self.colleague
        self._use_role(resolution="users", user_ids=[Command.set(users.ids)])
        complaint = self._create_complaint()
        self.handler.active = False
        self.assertFalse(complaint.handler_id, "the other one can still accept")
        self.colleague.active = False
        self.assertEqual(complaint.handler_id, self.office)
        opinion = self.env["complaint.assignment"].create(
            {
                "complaint_id": complaint.id,
                "type": "opinion",
                "user_id": self.other_handler.id,
                "department_id": self.sales.id,
            }
        )
        self.other_handler.active = False
        self.assertEqual(opinion.state, "replaced")
        new = complaint.assignment_ids.filtered(lambda row: row.type == "opinion")
        self.assertEqual((new - opinion).user_id, self.office)

    # ------------------------------------------------------------
    # CO-HANDLERS
    # ------------------------------------------------------------

    def _opinions(self, complaint):
        return complaint.assignment_ids.filtered(lambda row: row.type == "opinion")

    def test_co_handlers_are_asked_once(self):
        self.quality.co_role_ids = self.role_sales
        complaint = self._create_complaint(category_id=self.brakes.id)
        self.assertEqual(self._opinions(complaint).department_id, self.sales)
        complaint.category_id = self.quality
        complaint.category_id = self.brakes
        self.assertEqual(len(self._opinions(complaint)), 1)

    def test_co_handlers_of_a_new_category(self):
        self.price.co_role_ids = self.role_service
        complaint = self._create_complaint(category_id=self.quality.id)
        self.assertFalse(self._opinions(complaint))
        complaint.category_id = self.price
        self.assertEqual(self._opinions(complaint).department_id, self.service)

    def test_co_handlers_in_turn_within_a_batch(self):
        users = self.handler | self.colleague
        self.quality.co_role_ids = self._create_role(
            "experts",
            resolution="users",
            user_ids=[Command.set(users.ids)],
            distribution="turn",
        )
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint(category_id=self.quality.id) for _index in "12"]
        )
        self.assertEqual(self._opinions(complaints).user_id, users)

    def test_nobody_is_asked_for_what_is_settled_on_the_spot(self):
        self.quality.co_role_ids = self.role_sales
        complaint = self._create_complaint(track="spot", category_id=self.quality.id)
        self.assertFalse(self._opinions(complaint))
        complaint.track = "formal"
        self.assertTrue(self._opinions(complaint))
