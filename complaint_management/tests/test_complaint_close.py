from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintClose(ComplaintCommon):
    # ------------------------------------------------------------
    # CLOSE
    # ------------------------------------------------------------

    def test_closing_keeps_who_when_and_how(self):
        complaint = self._create_accepted()
        with self._later(days=2) as moment:
            self._close(complaint, user=self.handler)
        self.assertRecordValues(
            complaint,
            [
                {
                    "stage_id": self.stage_closed.id,
                    "is_closed": True,
                    "outcome_id": self._reason("settled").id,
                    "close_note": "The brakes were replaced.",
                    "closed_at": moment,
                    "closed_by_id": self.handler.id,
                    "handler_id": self.handler.id,
                    "handover_state": "accepted",
                }
            ],
        )
        self.assertRecordValues(
            complaint.round_id,
            [
                {
                    "ended_at": moment,
                    "ended_by_id": self.handler.id,
                    "outcome_id": self._reason("settled").id,
                    "close_note": "The brakes were replaced.",
                }
            ],
        )

    def test_open_requests_are_called_off(self):
        complaint = self._create_accepted()
        request = self.env["complaint.assignment"].create(
            {"complaint_id": complaint.id, "department_id": self.sales.id}
        )
        self._close(complaint)
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(complaint.lead_assignment_id.state, "done")

    def test_closed_before_anybody_accepted(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        self._close(complaint, user=self.registrar)
        self.assertEqual(complaint.department_id, self.service, "counts as theirs")
        self.assertFalse(complaint.handover_state)
        open_ = complaint.assignment_ids.filtered(lambda row: row._is_open())
        self.assertFalse(open_, "nobody is asked to accept a closed case")

    def test_closed_while_handed_on(self):
        complaint = self._create_accepted()
        complaint.department_id = self.sales
        self._close(complaint)
        self.assertEqual(complaint.handler_id, self.handler, "who answered for it")

    def test_from_every_stage(self):
        for stage in self.policy.stage_ids.filtered(lambda s: not s.fold):
            complaint = self._create_accepted()
            complaint.stage_id = stage
            self._close(complaint)
            self.assertTrue(complaint.is_closed)

    def test_not_accepted_ends_in_its_own_stage(self):
        complaint = self._create_complaint()
        self._close(complaint, "out_of_scope")
        self.assertEqual(complaint.stage_id, self.stage_refused)
        self.stage_refused.active = False
        complaint = self._create_complaint()
        self._close(complaint, "out_of_scope")
        self.assertEqual(complaint.stage_id, self.stage_closed)

    def test_policy_without_closed_stage(self):
        self.stage_closed.active = False
        with self.assertRaisesRegex(UserError, "no stage in phase “Closed”"):
            self._close(self._create_complaint())

    def test_outcome_is_required(self):
        complaint = self._create_accepted()
        with self.assertRaisesRegex(UserError, "an outcome"):
            complaint.stage_id = self.stage_closed
        with self.assertRaisesRegex(UserError, "an outcome"):
            complaint.phase = "refused"

    def test_outcome_of_another_policy(self):
        reason = self.env["complaint.reason"].create(
            {
                "name": "Own",
                "code": "own",
                "usage": "close",
                "policy_id": self.policy.copy().id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "belongs to another policy"):
            self._create_complaint().outcome_id = reason

    def test_two_people_close_at_once(self):
        complaint = self._create_accepted()
        self._close(complaint, user=self.handler)
        message = f"{complaint.name} was closed already by Handler on 2026-11-16"
        with self.assertRaisesRegex(UserError, message):
            self._close(complaint, "explained", user=self.colleague)
        self.assertEqual(complaint.outcome_id, self._reason("settled"))

    def test_several_policies_at_once(self):
        other = self.policy.copy()
        complaints = self._create_complaint() | self._create_complaint(
            policy_id=other.id
        )
        self._close(complaints)
        self.assertEqual(set(complaints.mapped("phase")), {"closed"})

    # ------------------------------------------------------------
    # REOPEN
    # ------------------------------------------------------------

    def test_reopening_begins_the_next_round(self):
        complaint = self._create_accepted()
        self._close(complaint)
        first = complaint.round_id
        with self._later(days=9) as moment:
            self._reopen(complaint)
        second = complaint.round_id
        self.assertEqual(complaint.round_ids, first | second)
        self.assertEqual(first.outcome_id, self._reason("settled"))
        self.assertRecordValues(
            second,
            [
                {
                    "number": 2,
                    "note": "They squeal again.",
                    "started_at": moment,
                    "started_by_id": self.office.id,
                    "ended_at": False,
                    "outcome_id": False,
                }
            ],
        )
        self.assertTrue(second.cause_id)
        self.assertRecordValues(
            complaint,
            [
                {
                    "stage_id": self.stage_received.id,
                    "is_closed": False,
                    "outcome_id": False,
                    "closed_at": False,
                    "handler_id": self.handler.id,
                    "handover_state": "pending",
                    "responsible_id": self.handler.id,
                }
            ],
        )
        self.assertEqual(complaint.lead_assignment_id.round_id, second)
        earlier = complaint.assignment_ids.filtered(lambda r: r.round_id == first)
        self.assertEqual(set(earlier.mapped("type")), {"reception", "lead"})

    def test_closed_again(self):
        complaint = self._create_accepted()
        for _round in range(3):
            self._close(complaint)
            self._reopen(complaint)
        self.assertEqual(complaint.round_ids.mapped("number"), [1, 2, 3, 4])
        self.assertEqual(len(complaint.round_ids.filtered("ended_at")), 3)

    def test_reopened_when_the_handler_has_left(self):
        complaint = self._create_accepted()
        self._close(complaint)
        self.handler.active = False
        self._reopen(complaint)
        self.assertEqual(complaint.department_id, self.service)
        self.assertFalse(complaint.handler_id)
        self.assertEqual(complaint.handover_state, "pending")

    def test_reopening_twice(self):
        complaint = self._create_accepted()
        with self.assertRaisesRegex(UserError, "is open already"):
            self._reopen(complaint)

    def test_dragging_a_closed_case_out(self):
        complaint = self._create_accepted()
        self._close(complaint)
        with self.assertRaisesRegex(UserError, "Use “Reopen”"):
            complaint.stage_id = self.stage_handling

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def _link(self, one, other, type_):
        return self.env["complaint.link"].create(
            {"complaint_id": one.id, "linked_id": other.id, "type": type_}
        )

    def test_link_shows_on_both_cases(self):
        one, other = self._create_complaint(), self._create_complaint()
        link = self._link(one, other, "became")
        mirror = other.link_ids
        self.assertEqual((mirror.linked_id, mirror.type), (one, "arose"))
        link.type = "part"
        self.assertEqual(mirror.type, "whole")
        mirror.type = "same"
        self.assertEqual(link.type, "same")
        third = self._create_complaint()
        link.linked_id = third
        self.assertFalse(other.link_ids)
        self.assertEqual(third.link_ids.linked_id, one)
        third.link_ids.unlink()
        self.assertFalse(one.link_ids)

    def test_link_to_itself(self):
        one = self._create_complaint()
        with self.assertRaisesRegex(ValidationError, "linked to itself"):
            self._link(one, one, "same")

    def test_links_go_with_a_deleted_case(self):
        one, other = self._create_complaint(), self._create_complaint()
        self._link(one, other, "same")
        other.unlink()
        self.assertFalse(one.link_ids)


@tagged("post_install", "-at_install")
class TestComplaintMerge(ComplaintCommon):
    def _merge(self, master, merged, user=None):
        complaints = master | merged
        wizard = self.env["complaint.merge"].with_user(user or self.office)
        wizard = wizard.with_context(active_ids=complaints.ids).create(
            {"complaint_ids": [Command.set(complaints.ids)], "master_id": master.id}
        )
        return wizard.action_merge()

    def test_everything_moves_to_the_kept_case(self):
        master = self._create_accepted()
        merged = self._create_accepted(
            contact_name="Li Lei", contact_phone="13900002222", people_count=3
        )
        opinion = self.env["complaint.assignment"].create(
            {
                "complaint_id": merged.id,
                "department_id": self.sales.id,
                "opinion": "<p>Fine</p>",
            }
        )
        opinion.with_user(self.other_handler).action_done()
        request = self.env["complaint.assignment"].create(
            {"complaint_id": merged.id, "department_id": self.sales.id}
        )
        message = merged.message_post(body="He called again")
        merged.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.handler.id
        )
        attachment = self.env["ir.attachment"].create(
            {"name": "a.txt", "res_model": merged._name, "res_id": merged.id}
        )
        tag = self.env["complaint.tag"].create({"name": "Noise"})
        merged.write({"tag_ids": tag, "recused_user_ids": self.manager})
        self._merge(master, merged)
        self.assertEqual(master.party_ids.mapped("name"), ["Wang Fang", "Li Lei"])
        self.assertEqual(len(master.party_ids.filtered("is_main")), 1)
        self.assertEqual((opinion | request).complaint_id, master)
        self.assertEqual((opinion | request).round_id, master.round_id)
        self.assertEqual(request.state, "pending")
        self.assertIn(message, master.message_ids)
        self.assertTrue(master.activity_ids)
        self.assertEqual(attachment.res_id, master.id)
        self.assertEqual(master.tag_ids, tag)
        self.assertEqual(master.recused_user_ids, self.manager)
        self.assertEqual(master.people_count, 4)
        self.assertRecordValues(
            merged,
            [
                {
                    "master_id": master.id,
                    "is_closed": True,
                    "outcome_id": self._reason("merged").id,
                }
            ],
        )
        self.assertEqual(master.merged_ids, merged)
        self.assertFalse(master.is_closed)
        self.assertIn(merged.name, master.message_ids[0].body)

    def test_the_same_person_is_not_doubled(self):
        master, merged = self._create_accepted(), self._create_accepted()
        self._merge(master, merged)
        self.assertEqual(len(master.party_ids), 1)
        self.assertEqual(master.people_count, 1)

    def test_cases_merged_before_point_to_the_new_master(self):
        first, second, third = (self._create_accepted() for _index in range(3))
        self._merge(second, first)
        self._merge(third, second)
        self.assertEqual((first | second).master_id, third)

    def test_requirements_do_not_hold_back_what_is_merged(self):
        self.env["complaint.stage.requirement"].create(
            {
                "stage_id": self.stage_refused.id,
                "message": "say where.",
                "required_domain": "[('place', '!=', False)]",
            }
        )
        master, merged = self._create_accepted(), self._create_accepted()
        self._merge(master, merged)
        self.assertTrue(merged.is_closed)

    def test_refusals(self):
        master, merged = self._create_accepted(), self._create_accepted()
        with self.assertRaisesRegex(UserError, "at least two"):
            self._merge(master, master)
        other = self._create_complaint(policy_id=self.policy.copy().id)
        with self.assertRaisesRegex(UserError, "different policies"):
            self._merge(master, other)
        self._merge(master, merged)
        with self.assertRaisesRegex(UserError, "was closed already"):
            self._merge(self._create_accepted(), merged)
        with self.assertRaisesRegex(UserError, f"into {master.name}: reopen that"):
            self._reopen(merged)

    def test_one_selected_case_offers_its_duplicates(self):
        old, new = self._create_accepted(), self._create_accepted()
        closed = self._create_accepted()
        self._close(closed)
        wizard = self.env["complaint.merge"].with_context(active_ids=new.ids).new({})
        self.assertEqual(wizard.complaint_ids._origin, old | new)
