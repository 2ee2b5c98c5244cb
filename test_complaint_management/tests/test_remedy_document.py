"""Remedies that a document of another app carries out."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.complaint_management.tests.test_remedy import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyDocument(RemedyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls._create_user("maker", "manager", cls.sales)
        cls.role_maker = cls._create_role(
            "maker", resolution="users", user_ids=cls.maker.ids
        )
        cls.exchange.write(
            {
                "document_kind": "test",
                "execution_role_id": cls.role_maker.id,
                "needs_proof": True,
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Wang Fang"})

    def setUp(self):
        super().setUp()
        parties = self.case.party_ids.filtered(lambda row: row.type == "complainant")
        parties.partner_id = self.customer
        self.remedy = self._agree(self._propose())

    def _make(self, user=None):
        action = self.remedy.assignment_id.with_user(
            user or self.maker
        ).action_make_document()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _get_notes(self):
        return "\n".join(self.case.message_ids.mapped("body"))

    def test_the_whole_way(self):
        task = self.remedy.assignment_id
        self.assertEqual((task.user_id, task.document_step), (self.maker, "make"))
        document = self._make()
        self.assertEqual(document.partner_id, self.customer)
        self.assertEqual(document.create_uid, self.maker)
        self.assertEqual(document.name, "Exchange")
        self.assertNotIn(self.case.name, document.name)
        self.assertEqual(
            (task.state, task.document_step, self.remedy.state),
            ("accepted", "view", "accepted"),
        )
        self.assertIn("is made to carry out", self._get_notes())
        document.with_user(self.maker).state = "done"
        self.assertEqual(
            (self.remedy.state, self.remedy.proof_reference, task.state),
            ("executed", "Exchange", "done"),
        )
        self.assertEqual(self.remedy.executed_by_id, self.maker)

    def test_somebody_finishes_it_who_knows_nothing_of_the_case(self):
        document = self._make()
        stranger = self._create_user("stranger", "manager", self.workshop)
        self.assertFalse(self.remedy.with_user(stranger).has_access("read"))
        document.with_user(stranger).state = "done"
        self.assertEqual(
            (self.remedy.state, self.remedy.executed_by_id), ("executed", stranger)
        )

    def test_a_draft_proves_nothing(self):
        document = self._make()
        with self.assertRefused("needs a proof"):
            self.remedy.assignment_id.with_user(self.maker).action_done()
        document.state = "done"
        self.assertEqual(self.remedy.state, "executed")

    def test_made_once(self):
        document = self._make()
        self.assertEqual(self._make(), document)

    def test_only_with_rights_in_the_app(self):
        self.role_maker.user_ids = self.other_handler
        self.remedy = self._agree(self._propose())
        with self.assertRaises(AccessError):
            self._make(self.other_handler)
        self.assertFalse(self.remedy.res_id)

    def test_only_whose_task_it_is(self):
        stranger = self._create_user("stranger", "manager", self.workshop)
        with self.assertRaises(AccessError):
            self.remedy.with_user(stranger).action_make_document()
        document = self.env["test.complaint.document"].create(
            {"name": "Another", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            self.remedy.with_user(stranger)._link_document(document)

    def test_nothing_before_it_is_agreed(self):
        remedy = self._propose()
        self.assertFalse(remedy.can_make_document)
        with self.assertRefused("when the complainant has accepted it"):
            remedy.with_user(self.manager).action_make_document()

    def test_no_document(self):
        remedy = self._agree(self._propose(self.refund, amount=5))
        with self.assertRefused("No document of another app"):
            remedy.with_user(self.manager).action_make_document()
        with self.assertRefused("No document was made yet"):
            remedy.with_user(self.manager).action_view_document()

    def test_nobody_to_make_it_for(self):
        self.case.party_ids.partner_id = False
        with self.assertRefused("No contact of the complainant is known to you"):
            self._make()

    def test_cancelled_before_it_was_done(self):
        document, task = self._make(), self.remedy.assignment_id
        document.state = "cancelled"
        self.assertEqual((self.remedy.state, self.remedy.res_id), ("accepted", 0))
        self.assertEqual((task.state, task.document_step), ("accepted", "make"))
        self.assertIn("was cancelled", self._get_notes())
        self.assertNotEqual(self._make(), document)

    def test_cancelled_after_it_was_done(self):
        document, task = self._make(), self.remedy.assignment_id
        document.state = "done"
        document.state = "cancelled"
        self.assertEqual((self.remedy.state, self.remedy.res_id), ("accepted", 0))
        self.assertFalse(self.remedy.executed_at or self.remedy.proof_reference)
        self.assertEqual(task.state, "done")
        again = self.remedy.assignment_id
        self.assertNotEqual(again, task)
        self.assertEqual((again.state, again.user_id), ("pending", self.maker))
        second = self._make()
        second.state = "done"
        self.assertEqual((self.remedy.state, again.state), ("executed", "done"))

    def test_draft_again(self):
        document = self._make()
        document.state = "done"
        document.state = "draft"
        self.assertEqual(
            (self.remedy.state, self.remedy.res_id), ("accepted", document.id)
        )
        self.assertIn("is open again", self._get_notes())
        document.state = "done"
        self.assertEqual(self.remedy.state, "executed")
        self.assertEqual(self.remedy.assignment_id.state, "done")

    def test_deleted(self):
        self._make().unlink()
        self.assertEqual((self.remedy.state, self.remedy.res_id), ("accepted", 0))
        self.assertEqual(self.remedy.assignment_id.document_step, "make")

    def test_given_up_meanwhile(self):
        document = self._make()
        self._step(self.remedy, "cancel")
        document.state = "done"
        self.assertEqual(self.remedy.state, "cancelled")
        self.assertIn("isn't noted as carried out", self._get_notes())

    def test_a_rule_of_the_case_does_not_stop_the_document(self):
        document = self._make()

        def refuse(self):
            """Refuse whatever is asked."""
            raise UserError(self.env._("The case says no."))

        self.patch(type(self.remedy), "_check_proof", refuse)
        document.state = "done"
        self.assertEqual((document.state, self.remedy.state), ("done", "accepted"))
        self.assertIn("The case says no.", self._get_notes())

    def test_batch_costs_one_query(self):
        documents = self.env["test.complaint.document"].create(
            [
                {"name": f"No. {number}", "company_id": self.company.id}
                for number in range(50)
            ]
        )
        self.env.flush_all()
        with self.assertQueryCount(1):
            documents._complaint_remedy_changed()

    # configuration

    def test_policy_check(self):
        check = self.env["complaint.policy.check"]

        def find():
            return [
                finding["text"] for finding in check._check_document_makers(self.policy)
            ]

        self.assertFalse(find())
        self.role_maker.user_ids = self.other_handler
        self.assertIn("of whom nobody may make", find()[0])
        self.exchange.execution_role_id = False
        self.assertIn("no role is asked", find()[0])

    def test_policy_file(self):
        files = self.env["complaint.policy.file"].with_user(self.admin)
        data = files._export(self.policy.with_user(self.admin))
        row = next(row for row in data["remedy_types"] if row["code"] == "exchange")
        self.assertEqual(row["document_kind"], "test")
        reader = self.env["complaint.policy.file.value"]
        field = self.exchange._fields["document_kind"]
        self.assertEqual(reader._check_selection(field, "test"), "test")
        with self.assertRaisesRegex(Exception, "is an add-on missing"):
            reader._check_selection(field, "unknown")
