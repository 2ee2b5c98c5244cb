from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintPolicy(ComplaintCommon):
    def _configure(self):
        """Let every kind of row point at others of the policy."""
        self.policy.conflict_role_id = self.role_sales
        self.severity_serious.role_id = self.role_sales
        self.brakes.write(
            {
                "severity_id": self.severity_serious.id,
                "co_role_ids": [Command.set(self.role_sales.ids)],
            }
        )
        self.env["complaint.stage.requirement"].create(
            {
                "stage_id": self.stage_answered.id,
                "message": "say where.",
                "required_domain": "[('place', '!=', False)]",
                "category_ids": [Command.set(self.quality.ids)],
                "severity_ids": [Command.set(self.severity_serious.ids)],
            }
        )
        self._create_item(
            "complaint.severity.rule",
            "many",
            severity_id=self.severity_serious.id,
            min_people=3,
            category_ids=[Command.set((self.quality | self.price).ids)],
            kind_ids=[Command.set(self.kind_complaint.ids)],
        )
        self._create_template(
            "verify",
            event="stage_entered",
            event_stage_id=self.stage_answered.id,
            category_ids=[Command.set(self.brakes.ids)],
        )
        self.role_office.duty_ids = [Command.create({"user_id": self.handler.id})]
        self.other.active = False
        self._create_category("below_other", parent_id=self.other.id)

    def _get_rows(self, policy):
        policy = policy.with_context(active_test=False)
        rows = [policy[name] for name in policy._get_item_fields()]
        return [
            policy,
            *rows,
            policy.stage_ids.requirement_ids,
            policy.severity_ids.rule_ids,
            policy.role_ids.duty_ids,
        ]

    def test_copy_is_an_independent_whole(self):
        self._configure()
        copied = self.policy.copy()
        for source, rows in zip(
            self._get_rows(self.policy), self._get_rows(copied), strict=True
        ):
            self.assertEqual(len(source), len(rows), rows)
            for name, field in rows._fields.items():
                if field.type not in ("many2one", "many2many") or not field.store:
                    continue
                if "policy_id" not in self.env[field.comodel_name]._fields:
                    continue
                self.assertEqual(len(source[name]), len(rows[name]), (rows, name))
                self.assertLessEqual(rows[name].policy_id, copied, (rows, name))

    def test_copy_keeps_codes_and_gets_its_own(self):
        self._configure()
        copied = self.policy.copy()
        self.assertEqual(
            (copied.name, copied.code), (f"{self.policy.name} (copy)", "DM-2")
        )
        self.assertEqual(
            copied.category_ids.mapped("code"), self.policy.category_ids.mapped("code")
        )
        self.assertNotEqual(copied.sequence_id, self.policy.sequence_id)
        self.assertEqual(self.policy.copy().code, "DM-3")
        copied.unlink()
        self.assertEqual(self.policy.copy().code, "DM-2", "no code is taken twice")

    def test_policy_that_names_its_own_rows_can_be_deleted(self):
        self._configure()
        copied = self.policy.copy()
        names = copied._get_item_references()
        self.assertIn("completion_stage_id", names)
        rows = {"completion_stage_id": copied.stage_ids[:1].id}
        rows["acceptance_kind_ids"] = copied.kind_ids.ids
        copied.write(rows)
        copied.unlink()
        self.assertFalse(copied.exists())

    def test_changing_the_copy_leaves_the_original(self):
        self._configure()
        copied = self.policy.copy()
        copied.category_ids.filtered(lambda c: c.code == "brakes").parent_id = False
        copied.severity_ids.rule_ids.min_people = 9
        self.assertEqual(self.brakes.parent_id, self.quality)
        self.assertEqual(self.severity_serious.rule_ids.min_people, 3)

    def test_copied_policy_works(self):
        self._configure()
        copied = self.policy.copy()
        category = copied.category_ids.filtered(lambda c: c.code == "price")
        complaint = self._create_complaint(
            policy_id=copied.id, category_id=category.id, people_count=3
        )
        self.assertEqual(complaint.severity_id.code, "serious")
        self.assertEqual(complaint.lead_assignment_id.role_id.policy_id, copied)

    def test_deleting_takes_everything_along(self):
        self._configure()
        copied = self.policy.copy()
        self._create_complaint(policy_id=copied.id).unlink()
        rows, sequence = self._get_rows(copied), copied.sequence_id
        postgres_name = f"ir_sequence_{sequence.id:03d}%"
        seat = self.env["complaint.access"].search([("policy_id", "=", copied.id)])
        copied.unlink()
        for row in (*rows, sequence, seat):
            self.assertFalse(row.exists())
        self.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'S' AND relname LIKE %s",
            [postgres_name],
        )
        self.assertFalse(self.cr.fetchall())

    def test_used_policy_is_not_deleted(self):
        complaint = self._create_complaint()
        complaint.active = False
        with self.assertRaisesRegex(UserError, "A policy that has cases can't be"):
            self.policy.unlink()
        self.policy.active = False
        complaint.active = True
        complaint.stage_id = self.stage_handling  # its cases go on
        self._close(complaint)

    def test_policy_that_printed_codes_lead_to_is_not_deleted(self):
        copied = self.policy.copy()
        point = self.env["complaint.feedback.point"].create(
            {"name": "Counter 3", "policy_id": copied.id, "active": False}
        )
        with self.assertRefused("the QR code of “Counter 3” leads to it"):
            copied.with_user(self.admin).unlink()
        point.policy_id = self.policy
        document = self.env["complaint.feedback.document"].create(
            {
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "company_id": self.company.id,
                "policy_id": copied.id,
            }
        )
        with self.assertRefused(f"the QR code of “{document.display_name}” leads"):
            copied.with_user(self.admin).unlink()
        document.policy_id = False
        copied.with_user(self.admin).unlink()
        self.assertFalse(copied.exists())

    def test_company_of_a_used_policy_stays(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        unused = self.policy.copy()
        unused.write({"calendar_id": False, "company_id": branch.id})
        self.assertEqual(unused.company_id, branch)
        self._create_complaint()
        self.policy.company_id = self.company
        with self.assertRaisesRegex(UserError, "stays with its company"):
            self.policy.company_id = branch

    def test_validity(self):
        with self.assertRaisesRegex(ValidationError, "end before it begins"):
            self.policy.write({"valid_from": "2026-02-01", "valid_to": "2026-01-31"})
        self.policy.write({"valid_from": "2026-11-16", "valid_to": "2026-11-16"})
        self._create_complaint()

    def test_from_nothing(self):
        policy = self.env["complaint.policy"].create({"name": "New", "code": "NEW"})
        self.assertEqual(policy.company_id, self.company)
        self.assertEqual(policy.calendar_id, self.calendar)
        complaint = self._create_complaint(policy_id=policy.id)
        self.assertEqual(complaint.name, "NEW/2026/00001")
        self.assertEqual(complaint.handler_id, self.admin, "somebody is always asked")
        self._close(complaint, user=self.admin)

    def test_default_policy_is_ready(self):
        policy = self.env.ref("complaint_management.complaint_policy_default")
        policy._check_ready()
        self.assertTrue(policy.office_user_ids)
        self.assertFalse(policy.valid_from)

    def test_every_company_begins_with_a_policy(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        from ..hooks import post_init_hook

        post_init_hook(self.env)
        policy = self.env["complaint.policy"].search([("company_id", "=", branch.id)])
        self.assertEqual(policy.code, "C")
        policy._check_ready()

    def test_review_reminds_the_approver(self):
        self.policy.approver_id = self.office
        self.policy.review_date = "2027-01-15"
        activity = self.env["mail.activity"].search(
            [("res_model", "=", "complaint.policy"), ("res_id", "=", self.policy.id)]
        )
        self.assertRecordValues(
            activity,
            [{"user_id": self.office.id, "date_deadline": self.policy.review_date}],
        )

    def test_counts(self):
        self._create_accepted()
        self._create_complaint(category_id=self.quality.id)
        closed = self._create_accepted()
        self._close(closed)
        policy = self.policy.with_user(self.office)
        self.assertRecordValues(
            policy, [{"open_count": 2, "unassigned_count": 1, "to_accept_count": 1}]
        )
        self.assertEqual(self.policy.with_user(self.handler).mine_count, 1)

    def test_category_tree(self):
        with self.assertRaisesRegex(UserError, "Recursion"):
            self.quality.parent_id = self.brakes
        self.quality.parent_id = False
        self.assertEqual(self.brakes.complete_name, "Quality / Brakes")
        found = self.env["complaint.category"].search(
            [("complete_name", "ilike", "qual"), ("policy_id", "=", self.policy.id)]
        )
        self.assertEqual(found, self.quality | self.brakes)

    def test_channels_offered(self):
        telephone = self.env.ref("complaint_management.complaint_channel_telephone")
        complaint = self._create_complaint()
        self.assertIn(telephone, complaint.available_channel_ids)
        self.assertGreater(len(complaint.available_channel_ids), 1)
        self.policy.channel_ids = telephone
        self.assertEqual(complaint.available_channel_ids, telephone)
