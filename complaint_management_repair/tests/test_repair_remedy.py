from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.complaint_management.tests.test_remedy import RemedyCommon

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestRepairRemedy(RepairCommon, RemedyCommon):
    """What is to be repaired again becomes a repair order, and is proved by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls._create_user("maker", "manager", cls.sales)
        cls.maker.group_ids += cls.env.ref("stock.group_stock_user")
        cls.role_maker = cls._create_role(
            "maker", resolution="users", user_ids=cls.maker.ids
        )
        cls.rework = cls._create_type(
            "rework",
            nature="repair",
            document_kind="repair_order",
            execution_role_id=cls.role_maker.id,
            needs_proof=True,
        )

    def setUp(self):
        super().setUp()
        self.case.write(
            {
                "res_model": "repair.order",
                "res_id": self.order.id,
                "origin_item_ids": [self.order.move_ids[0].id],
            }
        )

    def _ask(self):
        return self._agree(self._propose(self.rework))

    def _make(self, remedy, user=None):
        task = remedy.assignment_id.with_user(user or self.maker)
        action = task.action_make_document()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_the_whole_way(self):
        remedy = self._ask()
        order = self._make(remedy)
        self.assertNotEqual(order, self.order)
        self.assertEqual(order.create_uid, self.maker)
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual((order.product_id, order.lot_id), (self.car, self.lot))
        self.assertTrue(order.under_warranty)
        self.assertNotIn(self.case.name, order.internal_notes)
        self.assertEqual(remedy.state, "accepted")
        # Both orders lead to the case, for those who may see it.
        for each in self.order + order:
            self.assertEqual(each.with_user(self.office).complaint_count, 1)
            domain = each.with_user(self.office).action_view_complaints()["domain"]
            self.assertEqual(self.env["complaint.complaint"].search(domain), self.case)
        self.assertEqual(order.with_user(self.other_handler).complaint_count, 0)
        self._repair(order.with_user(self.mechanic))
        self.assertEqual(order.state, "done")
        self.assertEqual(
            (remedy.state, remedy.proof_reference), ("executed", order.name)
        )
        self.assertEqual(remedy.assignment_id.state, "done")

    def test_cancelled(self):
        remedy = self._ask()
        order = self._make(remedy)
        order.with_user(self.mechanic).action_repair_cancel()
        self.assertEqual((remedy.state, remedy.res_id), ("accepted", 0))
        self.assertEqual(remedy.assignment_id.document_step, "make")
        self.assertNotEqual(self._make(remedy), order)

    def test_deleted(self):
        remedy = self._ask()
        self._make(remedy).unlink()
        self.assertEqual((remedy.state, remedy.res_id), ("accepted", 0))

    def test_without_rights_in_the_app(self):
        self.maker.group_ids -= self.env.ref("stock.group_stock_user")
        remedy = self._ask()
        with self.assertRaises(AccessError):
            self._make(remedy)
        self.assertFalse(remedy.res_id)

    def test_of_a_case_without_a_document(self):
        """Who is asked fills in what is to be repaired."""
        self.case.write({"res_model": False, "res_id": False})
        parties = self.case.party_ids.filtered(lambda row: row.type == "complainant")
        parties.partner_id = self.customer
        order = self._make(self._ask())
        self.assertEqual(order.partner_id, self.customer)
        self.assertFalse(order.product_id)

    def test_policy_check(self):
        check = self.env["complaint.policy.check"]
        self.assertFalse(list(check._check_document_makers(self.policy)))
        self.maker.group_ids -= self.env.ref("stock.group_stock_user")
        self.assertTrue(list(check._check_document_makers(self.policy)))
