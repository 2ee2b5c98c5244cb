from odoo.tests import tagged

from .feedback_common import FeedbackCommon


@tagged("post_install", "-at_install")
class TestPolicyCheckPublic(FeedbackCommon):
    """Each test spoils a sound public form in one way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["complaint.policy.check"]
        cls.policy.complaint_properties_definition = [
            {"name": "plate", "string": "Plate", "type": "char"},
            {"name": "own", "string": "Own", "type": "boolean"},
            {"name": "owner", "string": "Owner", "type": "many2one"},
            {"name": "colour", "string": "Colour", "type": "selection"},
        ]
        cls.policy.action_load_form_fields()

    def _get_findings(self):
        return {
            (finding["record"], finding["severity"])
            for finding in self.check._get_findings(self.policy)
        }

    def _assert_found(self, record, severity="warning"):
        self.assertEqual(self._get_findings(), {(record, severity)})

    def _ask(self, element, **values):
        return self._create_item(
            "complaint.form.field",
            values.get("property_name") or element,
            element=element,
            **values,
        )

    def _keep(self, *elements):
        """Let the form ask for nothing but these."""
        rows = self.policy.form_field_ids
        rows.filtered(lambda row: row.element not in elements).unlink()

    def test_sound(self):
        self._ask("property", property_name="plate", is_required=True)
        self._ask("property", property_name="own")
        self._ask("property", property_name="colour")
        self._ask("confidential")
        self.assertFalse(self._get_findings())

    def test_extra_field_that_is_not_there(self):
        self._assert_found(self._ask("property", property_name="nothing"))

    def test_extra_field_that_no_form_asks(self):
        self._assert_found(self._ask("property", property_name="owner"))

    def test_nothing_to_choose(self):
        row = self._ask("property", property_name="colour", is_required=True)
        self._assert_found(row, "error")

    def test_everybody_must_tick(self):
        row = self._ask("property", property_name="own", is_required=True)
        self._assert_found(row)
        row.unlink()
        self._assert_found(self._ask("confidential", is_required=True))

    def test_no_category(self):
        self.policy.category_ids.on_public_form = False
        row = self.policy.form_field_ids.filtered(lambda row: row.code == "category")
        self._assert_found(row)

    def test_no_kind(self):
        self.policy.kind_ids.on_public_form = False
        self._assert_found(self.policy)

    def test_nothing_of_what_happened(self):
        self._keep("kind", "category", "name", "phone")
        self._assert_found(self.policy)

    def test_nobody_can_be_answered(self):
        self.policy.anonymous_allowed = True
        self._keep("description", "name")
        self.assertFalse(self._get_findings())
        self.policy.anonymous_allowed = False
        self._assert_found(self.policy)
        self._keep("description")
        self._assert_found(self.policy, "error")

    def test_stars_without_a_code(self):
        self.policy.public_stars = True
        self.env["complaint.feedback.document"].search([]).unlink()
        self.assertFalse(self._get_findings())
        self.point.active = False
        self._assert_found(self.policy)
        settings = self.env["complaint.feedback.document"].create(
            {"model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        self.assertFalse(self._get_findings())
        settings.printed = False
        self._assert_found(self.policy)

    def test_codes(self):
        self.point.category_id = self.price
        self.price.active = False
        self._assert_found(self.point)
        self.point.category_id = False
        self.link.action_revoke()
        self._assert_found(self.point)
        self.point._add_link()
        self.assertFalse(self._get_findings())
        self.env["ir.config_parameter"].set_param(
            "complaint_management.base_url", "https://" + "x" * 120
        )
        self.env.invalidate_all()
        self._assert_found(self.point)

    def test_policy_not_in_force(self):
        document = self.env["complaint.feedback.document"].create(
            {
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "policy_id": self.policy.id,
                "company_id": self.company.id,
            }
        )
        self.assertFalse(self._get_findings())
        self.policy.valid_to = "2020-01-01"
        found = {(self.point, "warning"), (document, "warning")}
        self.assertEqual(self._get_findings(), found)

    def test_case_page(self):
        """Switches of the page that offer what nobody can do."""
        self.assertFalse(self._get_findings())
        reasons = self.env["complaint.reason"]
        for usage, switch in (
            ("dissatisfied", "page_satisfaction"),
            ("withdrawal", "page_withdrawal"),
        ):
            rows = reasons.search([("usage", "=", usage)])
            rows.active = False
            self._assert_found(self.policy)
            self.policy[switch] = False
            self.assertFalse(self._get_findings())
            self.policy[switch] = True
            row = reasons.create(
                {
                    "name": "Ours",
                    "code": "ours",
                    "usage": usage,
                    "policy_id": self.policy.id,
                }
            )
            self.assertFalse(self._get_findings())
            row.active = False
            self._assert_found(self.policy)
            rows.active = True
        self.policy.page_days = 0
        self.assertFalse(self._get_findings())
        self.policy.write({"alias_name": "complaints", "closed_reply": "reopen"})
        self.assertIn("Nobody can reopen a case on its page", self._get_page_texts())
        self.policy.page_days = 30
        self.assertNotIn("Nobody can reopen", self._get_page_texts())

    def _get_page_texts(self):
        findings = self.check._check_case_page(self.policy)
        return " ".join(finding["text"] for finding in findings)

    def test_not_satisfied_in_vain(self):
        self.policy.max_rounds = 1
        self.assertIn("heard in vain", self._get_page_texts())
        self.policy.page_satisfaction = False
        self.assertFalse(self._get_page_texts())
        self.policy.page_satisfaction = True
        rule = self._create_item(
            "complaint.round.rule", "court", forum="court", number_from=2
        )
        self.assertFalse(self._get_page_texts())
        rule.forum = "internal"
        self.assertIn("heard in vain", self._get_page_texts())
        self.policy.max_rounds = 0
        self.assertFalse(self._get_page_texts())
