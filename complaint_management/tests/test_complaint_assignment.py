from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintHandOver(ComplaintCommon):
    def _refuse(self, complaint, user):
        reason = self._reason("not_ours")
        wizard = self.env["complaint.assignment.refuse"].with_user(user)
        action = complaint.with_user(user).action_refuse()
        wizard.with_context(**action["context"]).create(
            {"reason_id": reason.id, "note": "Ask sales"}
        ).action_refuse()

    def _create_request(self, complaint, **values):
        return self.env["complaint.assignment"].create(
            {
                "complaint_id": complaint.id,
                "type": "opinion",
                "department_id": self.sales.id,
                **values,
            }
        )

    # ------------------------------------------------------------
    # SIGNING
    # ------------------------------------------------------------

    def test_first_receiver_answers_until_somebody_signs(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        reception = complaint.assignment_ids.filtered(lambda r: r.type == "reception")
        self.assertEqual(complaint.responsible_id, self.registrar)
        self.assertEqual(complaint.handover_state, "pending")
        self.assertEqual(reception.state, "accepted")
        with self._later(hours=2) as moment:
            complaint.with_user(self.handler).action_accept()
        lead = complaint.lead_assignment_id
        self.assertRecordValues(
            lead,
            [
                {
                    "state": "accepted",
                    "requested_by_id": self.registrar.id,
                    "requested_at": self.now,
                    "accepted_by_id": self.handler.id,
                    "accepted_at": moment,
                    "user_id": self.handler.id,
                }
            ],
        )
        self.assertEqual(complaint.responsible_id, self.handler)
        self.assertEqual(complaint.handover_state, "accepted")
        self.assertEqual((reception.state, reception.done_at), ("done", moment))

    def test_refusing_goes_back_to_the_office(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        refused = complaint.lead_assignment_id
        self._refuse(complaint, self.handler)
        self.assertRecordValues(
            refused,
            [
                {
                    "state": "refused",
                    "refusal_reason_id": self._reason("not_ours").id,
                    "refusal_note": "Ask sales",
                }
            ],
        )
        self.assertEqual(complaint.handler_id, self.office)
        self.assertEqual(complaint.handover_state, "pending")
        self.assertEqual(complaint.responsible_id, self.registrar)
        self.assertIn("Ask sales", complaint.message_ids[:3].mapped("body")[0] or "")

    def test_refused_by_the_office_itself(self):
        complaint = self._create_complaint(category_id=self.other.id)
        self._refuse(complaint, self.office)
        self.assertEqual(complaint.handler_id, self.admin)

    def test_handed_on_the_first_handler_answers_until_the_next_signs(self):
        complaint = self._create_accepted()
        mine = complaint.lead_assignment_id
        complaint.with_user(self.handler).department_id = self.sales
        self.assertEqual(complaint.handover_state, "pending")
        self.assertEqual(complaint.department_id, self.sales)
        self.assertEqual(complaint.responsible_id, self.handler)
        self.assertTrue(complaint.with_user(self.handler).has_access("write"))
        complaint.with_user(self.other_handler).action_accept()
        self.assertEqual(complaint.responsible_id, self.other_handler)
        self.assertEqual(mine.state, "replaced")
        self.assertFalse(complaint.with_user(self.handler).has_access("read"))

    def test_refused_hand_on_comes_back_signed(self):
        complaint = self._create_accepted()
        mine = complaint.lead_assignment_id
        complaint.with_user(self.handler).department_id = self.sales
        self._refuse(complaint, self.other_handler)
        self.assertEqual(complaint.lead_assignment_id, mine)
        self.assertEqual(complaint.handler_id, self.handler)
        self.assertEqual(complaint.handover_state, "accepted")

    def test_re_routed_before_acceptance(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        first = complaint.lead_assignment_id
        complaint.with_user(self.registrar).department_id = self.sales
        self.assertEqual(first.state, "replaced")
        self.assertEqual(complaint.lead_assignment_id.department_id, self.sales)
        self.assertEqual(complaint.responsible_id, self.registrar)

    def test_the_same_again_asks_nobody_again(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        count = len(complaint.assignment_ids)
        complaint.department_id = self.service
        self.assertEqual(len(complaint.assignment_ids), count)

    def test_another_department_chooses_its_own_handler(self):
        complaint = self._create_accepted()
        complaint.department_id = self.sales
        self.assertFalse(complaint.handler_id)

    def test_take(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        complaint.with_user(self.handler).action_take()
        self.assertEqual(complaint.handler_id, self.handler)
        self.assertEqual(complaint.handover_state, "accepted")
        complaint.with_user(self.handler).action_take()
        with self.assertRaisesRegex(UserError, f"taken.*{self.handler.name}"):
            complaint.with_user(self.colleague).action_take()

    def test_two_accept_at_once(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        complaint.with_user(self.handler).action_accept()
        message = f"accepted.*In Progress.*{self.handler.name}.*Reload"
        with self.assertRaisesRegex(UserError, message):
            complaint.with_user(self.colleague).action_accept()

    def test_strangers_do_not_sign(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        lead = complaint.lead_assignment_id
        with self.assertRaises(AccessError):
            lead.with_user(self.other_handler).action_accept()

    def test_signatures_are_not_written_by_hand(self):
        complaint = self._create_accepted()
        lead = complaint.lead_assignment_id.with_user(self.handler)
        for values in (
            {"state": "done"},
            {"accepted_by_id": self.colleague.id},
            {"accepted_at": "2026-01-01 00:00:00"},
        ):
            with self.assertRaisesRegex(AccessError, "by its buttons"):
                lead.write(values)
        lead.opinion = "<p>Fine</p>"

    def test_signatures_are_not_created_by_hand(self):
        complaint = self._create_accepted()
        mine = self.env["complaint.assignment"].with_user(self.handler)
        values = {"complaint_id": complaint.id, "type": "task", "name": "Look"}
        for signature in (
            {"state": "accepted"},
            {"accepted_by_id": self.office.id},
            {"done_at": "2026-01-01 00:00:00"},
        ):
            with self.assertRaisesRegex(AccessError, "by its buttons"):
                mine.create({**values, "user_id": self.handler.id, **signature})
        mine.create({**values, "user_id": self.handler.id, "state": "pending"})

    def test_closed_case_is_handed_to_nobody(self):
        complaint = self._create_accepted()
        self._close(complaint)
        with self.assertRaisesRegex(UserError, "closed already by"):
            complaint.department_id = self.sales

    def test_several_cases_at_once(self):
        complaints = self._create_complaint(category_id=self.quality.id)
        complaints |= self._create_complaint(category_id=self.quality.id)
        complaints.with_user(self.handler).action_accept()
        self.assertEqual(complaints.handler_id, self.handler)
        complaints.department_id = self.sales
        self.assertEqual(set(complaints.mapped("handover_state")), {"pending"})

    # ------------------------------------------------------------
    # OTHER REQUESTS
    # ------------------------------------------------------------

    def test_opinions_of_several_departments_at_once(self):
        complaint = self._create_accepted()
        sales = self._create_request(complaint)
        workshop = self._create_request(complaint, department_id=self.workshop.id)
        self.assertEqual(sales.round_id, complaint.round_id)
        with self.assertRaisesRegex(UserError, "Write down the opinion"):
            sales.with_user(self.other_handler).action_done()
        sales.with_user(self.other_handler).opinion = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "Write down the opinion"):
            sales.with_user(self.other_handler).action_done()
        sales.with_user(self.other_handler).opinion = "<p>Sold as seen</p>"
        sales.with_user(self.other_handler).action_done()
        self.assertRecordValues(
            sales,
            [
                {
                    "state": "done",
                    "accepted_by_id": self.other_handler.id,
                    "done_by_id": self.other_handler.id,
                    "done_at": self.now,
                }
            ],
        )
        self.assertEqual(workshop.state, "pending")
        with self.assertRaisesRegex(UserError, "can't be finished.*Done"):
            sales.action_done()

    def test_outside_partner(self):
        partner = self.env["res.partner"].create({"name": "Institute"})
        complaint = self._create_accepted()
        request = self._create_request(
            complaint, department_id=False, partner_id=partner.id, type="verification"
        )
        request.with_user(self.handler).action_accept()
        self.assertFalse(request.user_id, "it stays the partner's")
        request.with_user(self.handler).opinion = "<p>Worn</p>"
        request.with_user(self.handler).action_done()
        self.assertEqual(request.state, "done")

    def test_what_an_outside_party_says_is_written_down_at_once(self):
        partner = self.env["res.partner"].create({"name": "Institute"})
        case = self._create_accepted()
        outside = self._create_request(
            case, department_id=False, partner_id=partner.id, type="statement"
        )
        inside = self._create_request(case, department_id=self.service.id)
        rows = (outside | inside).with_user(self.handler)
        self.assertEqual(rows.mapped("asked_name"), ["Institute", "Service"])
        self.assertTrue(outside.with_user(self.handler).can_finish)
        self.assertFalse(inside.with_user(self.handler).can_finish, "not signed for")
        self.assertFalse(outside.with_user(self.registrar).can_finish)
        outside.with_user(self.handler).opinion = "<p>Worn</p>"
        outside.with_user(self.handler).action_done()
        self.assertEqual(
            (outside.state, outside.accepted_by_id), ("done", self.handler)
        )
        self.assertFalse(outside.with_user(self.handler).can_finish)
        inside.with_user(self.handler).action_accept()
        self.assertTrue(inside.with_user(self.handler).can_finish)

    def test_sub_assignments(self):
        complaint = self._create_accepted()
        request = self._create_request(complaint)
        request.with_user(self.other_handler).action_accept()
        part = self.env["complaint.assignment"].with_user(self.other_handler)
        part = part.create(
            {
                "complaint_id": complaint.id,
                "parent_id": request.id,
                "type": "task",
                "user_id": self.child_handler.id,
            }
        )
        self.assertTrue(complaint.with_user(self.child_handler).has_access("read"))
        request.with_user(self.other_handler).action_cancel()
        self.assertEqual(part.state, "cancelled")

    def test_lead_and_reception_do_not_end_by_hand(self):
        complaint = self._create_accepted()
        lead = complaint.lead_assignment_id
        for method in (lead.action_done, lead.action_cancel):
            with self.assertRaisesRegex(UserError, "somebody always answers"):
                method()

    def test_late(self):
        request = self._create_request(
            self._create_accepted(), due_at="2026-11-17 02:00:00", opinion="Fine"
        )
        self.assertFalse(request.is_late)
        late = [("is_late", "=", True), ("id", "=", request.id)]
        with self._later(days=1, seconds=1):
            request.invalidate_recordset(["is_late"])
            self.assertTrue(request.is_late)
            self.assertEqual(self.env["complaint.assignment"].search(late), request)
            request.action_done()
            self.assertFalse(request.is_late)
            self.assertFalse(self.env["complaint.assignment"].search(late))

    # ------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------

    def _notices(self, user):
        self._tell()
        return self.env["mail.message"].search(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("message_type", "=", "user_notification"),
                ("subject", "=like", "Complaints:%"),
            ]
        )

    def test_one_message_a_person_for_a_batch(self):
        self.service.complaint_contact_ids = self.handler | self.colleague
        complaints = self.env["complaint.complaint"].with_user(self.registrar)
        complaints = complaints.create(
            [
                self._prepare_complaint(category_id=self.quality.id)
                for _index in range(5)
            ]
        )
        for user in (self.handler, self.colleague):
            notice = self._notices(user)
            self.assertEqual(len(notice), 1)
            for complaint in complaints.sudo():
                self.assertIn(complaint.name, notice.body)

    def test_department_without_contacts_tells_its_manager_else_everybody(self):
        self._create_complaint(category_id=self.quality.id)
        self.assertEqual(len(self._notices(self.manager)), 1)
        self.assertFalse(self._notices(self.handler))
        self._create_complaint(category_id=self.price.id)
        self.assertEqual(len(self._notices(self.other_handler)), 1)

    def test_who_asks_themselves_is_not_told(self):
        self._create_complaint(user=self.office, category_id=self.other.id)
        self.assertFalse(self._notices(self.office))

    def test_who_asked_is_told_of_a_refusal(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        self._refuse(complaint, self.handler)
        told = self.env["mail.message"].search(
            [
                ("subject", "=like", "Refused:%"),
                ("model", "=", complaint._name),
                ("res_id", "=", complaint.id),
            ]
        )
        self.assertEqual(told.partner_ids, self.registrar.partner_id)
