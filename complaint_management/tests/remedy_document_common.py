"""For the tests of add-ons whose documents carry out remedies."""

from odoo.exceptions import AccessError

from .test_remedy import RemedyCommon


class RemedyDocumentCases(RemedyCommon):
    """What holds for whatever carries out a remedy.

    ``maker`` has the role that is asked, and rights in the app. The class sets
    ``type_``: the remedies that are made as such documents.
    """

    allow_inherited_tests_method = True
    #: The rights in the app.
    maker_group = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls._create_user("maker", "manager", cls.sales)
        cls.maker.group_ids += cls.env.ref(cls.maker_group)
        cls.role_maker = cls._create_role(
            "maker", resolution="users", user_ids=cls.maker.ids
        )

    @classmethod
    def _prepare_kind(cls, kind) -> dict:
        """Return the values of a type of remedies that are made as ``kind``."""
        return {
            "document_kind": kind,
            "execution_role_id": cls.role_maker.id,
            "needs_proof": True,
        }

    def _ask(self, type_=None, **values):
        """Return a remedy that was agreed upon: now somebody is asked to make it."""
        return self._agree(self._propose(type_, **values))

    def _start(self, remedy, user=None) -> dict:
        """Return what the button opens that who is asked presses."""
        return remedy.assignment_id.with_user(user or self.maker).action_make_document()

    def _make(self, remedy, user=None):
        """Return the document that is made for ``remedy``."""
        action = self._start(remedy, user)
        return self.env[action["res_model"]].browse(action["res_id"])

    def _forget_document(self):
        """Let the case be about no document, of a known customer."""
        self.case.write({"res_model": False, "res_id": False})
        parties = self.case.party_ids.filtered(lambda row: row.type == "complainant")
        parties.partner_id = self.customer

    def _assert_executed_by(self, remedy, document):
        self.assertEqual(
            (remedy.state, remedy.proof_reference), ("executed", document.name)
        )
        self.assertEqual(remedy.assignment_id.state, "done")

    def _assert_to_be_made_again(self, remedy):
        self.assertEqual((remedy.state, remedy.res_id), ("accepted", 0))
        self.assertEqual(remedy.assignment_id.document_step, "make")

    def _cancel(self, document):
        """Cancel the document as its app does."""
        raise NotImplementedError

    def test_cancelled(self):
        remedy = self._ask(self.type_)
        document = self._make(remedy)
        self._cancel(document)
        self._assert_to_be_made_again(remedy)
        self.assertNotEqual(self._make(remedy), document)

    def test_deleted(self):
        remedy = self._ask(self.type_)
        document = self._make(remedy)
        self._cancel(document)
        remedy.write({"res_model": document._name, "res_id": document.id})
        document.unlink()
        self._assert_to_be_made_again(remedy)

    def test_without_rights_in_the_app(self):
        self.maker.group_ids -= self.env.ref(self.maker_group)
        remedy = self._ask(self.type_)
        with self.assertRaises(AccessError):
            self._make(remedy)
        self.assertFalse(remedy.res_id)

    def test_policy_check(self):
        check = self.env["complaint.policy.check"]
        self.assertFalse(list(check._check_document_makers(self.policy)))
        self.maker.group_ids -= self.env.ref(self.maker_group)
        self.assertTrue(list(check._check_document_makers(self.policy)))
