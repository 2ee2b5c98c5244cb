"""A policy is a whole: its rows point at each other only; copies keep everything."""

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestPolicyWhole(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["complaint.policy"].create(
            {
                "name": "Other",
                "code": "OTHER",
                "company_id": cls.company.id,
                "role_ids": [Command.create({"name": "Elsewhere", "code": "there"})],
                "kind_ids": cls._rows(("kind", {})),
                "category_ids": cls._rows(("category", {})),
                "stage_ids": cls._rows(("start", {"phase": "received"})),
                "severity_ids": cls._rows(("level", {})),
            }
        )
        cls.foreign_rule = cls.env["complaint.deadline.rule"].create(
            {
                "policy_id": cls.other.id,
                "name": "Elsewhere",
                "code": "there",
                "delay": 3,
            }
        )
        cls.ask = cls._create_template("ask")
        cls.rule = cls._create_rule("duty")
        cls.rung = cls._create_rung("late", cls.rule)

    def _refuse(self, row, **values):
        with self.assertRaisesRegex(ValidationError, "belongs to the policy “Other”"):
            row.write(values)

    def test_no_row_points_at_another_policy(self):
        stage, role = self.other.stage_ids[0], self.other.role_ids
        severity = self.other.severity_ids[0]
        category = self.other.category_ids
        template = self.env["complaint.assignment.template"].create(
            {
                "policy_id": self.other.id,
                "name": "Ask",
                "code": "ask",
                "role_id": role.id,
            }
        )
        for row, values in (
            (self.rule, {"end_stage_id": stage.id}),
            (self.rule, {"event_stage_id": stage.id}),
            (self.rule, {"extension_role_id": role.id}),
            (self.rule, {"end_template_id": template.id}),
            (self.rule, {"category_ids": [Command.set(category.ids)]}),
            (self.rung, {"deadline_rule_id": self.foreign_rule.id}),
            (self.rung, {"role_ids": [Command.link(role.id)]}),
            (self.rung, {"stage_id": stage.id}),
            (self.rung, {"severity_id": severity.id}),
            (self.rung, {"assignment_template_id": template.id}),
            (self.ask, {"role_id": role.id}),
            (self.ask, {"event_template_id": template.id}),
            (self.quality, {"parent_id": category.id}),
            (self.quality, {"severity_id": severity.id}),
            (self.severity_serious, {"role_id": role.id}),
            (self.policy, {"lead_role_id": role.id}),
        ):
            with self.subTest(row=row, values=values):
                self._refuse(row, **values)

    def test_rows_inside_rows(self):
        category = self.other.category_ids
        requirement = self.env["complaint.stage.requirement"].create(
            {"stage_id": self.stage_closed.id, "message": "Answer first"}
        )
        self._refuse(requirement, category_ids=[Command.set(category.ids)])
        rule = self.env["complaint.severity.rule"].create(
            {"severity_id": self.severity_serious.id, "name": "Many", "min_people": 5}
        )
        self._refuse(rule, kind_ids=[Command.set(self.other.kind_ids.ids)])

    def test_message_names_both(self):
        with self.assertRaisesRegex(ValidationError, "“Duty” refers to “Start”"):
            self.rule.end_stage_id = self.other.stage_ids[0]

    def test_creating_is_checked_too(self):
        with self.assertRaisesRegex(ValidationError, "Elsewhere"):
            self._create_template("bad", self.other.role_ids)

    def test_copy_and_import_still_work(self):
        self.rule.write(
            {"end_event": "stage_entered", "end_stage_id": self.stage_answered.id}
        )
        self.rung.assignment_template_id = self.ask
        self.policy.lead_role_id = self.role_sales
        copied = self.policy.copy()
        rung = copied.escalation_rule_ids
        self.assertEqual(rung.assignment_template_id.policy_id, copied)
        self.assertEqual(copied.lead_role_id.policy_id, copied)
        files = self.env["complaint.policy.file"]
        data = files._export(self.policy)
        self.assertEqual(
            files._import_text(files._dump(data), self.company), self.policy
        )

    def test_copy_keeps_languages_that_are_not_active(self):
        requirement = self.env["complaint.stage.requirement"].create(
            {"stage_id": self.stage_closed.id, "message": "Answer first"}
        )
        level = self.env["complaint.severity.rule"].create(
            {"severity_id": self.severity_serious.id, "name": "Many", "min_people": 5}
        )
        for row, field in (
            (self.policy, "name"),
            (self.rule, "name"),
            (requirement, "message"),
            (level, "name"),
        ):
            self.env.flush_all()
            self.env.cr.execute(
                f"UPDATE {row._table} SET {field} = {field} || "
                "jsonb_build_object('fi_FI', 'Suomeksi') WHERE id = %s",
                [row.id],
            )
            row.invalidate_recordset()
        copied = self.policy.copy()
        files = self.env["complaint.policy.file"]
        data = files._export(copied)
        texts = [
            data["policy"]["name"],
            next(row for row in data["deadline_rules"] if row["code"] == "duty")[
                "name"
            ],
            next(row for row in data["stages"] if row["code"] == "closed")[
                "requirements"
            ][0]["message"],
            next(row for row in data["severities"] if row["code"] == "serious")[
                "rules"
            ][0]["name"],
        ]
        self.assertEqual([text["fi_FI"] for text in texts], ["Suomeksi"] * 4)
        self.assertIn("(copy)", data["policy"]["name"]["en_US"])
        self.assertEqual(copied.name, f"{self.policy.name} (copy)")


@tagged("post_install", "-at_install")
class TestPolicyByForms(TransactionCase):
    """Whatever a policy file can say, an administrator can say by forms."""

    def test_every_field_is_on_a_form(self):
        policy_form = self.env["complaint.policy"].get_view(view_type="form")["arch"]
        for model in self._get_item_models():
            form = self.env[model].get_view(view_type="form")["arch"]
            shown = self._get_fields_of(form) | self._get_fields_of(policy_form)
            with self.subTest(model=model):
                self.assertFalse(self._get_configurable(model) - shown)

    def _get_item_models(self):
        rows = self.registry["complaint.policy.file.mixin"]
        return [
            name
            for name, model in self.env.items()
            if isinstance(model, rows) and not model._abstract
        ]

    def _get_configurable(self, model):
        """Return the fields that a policy file carries, but for technical ones."""
        names = self.env[model]._get_policy_file_fields()
        return {*names} - {"sequence", "active", "recurs_from"}

    def _get_fields_of(self, arch):
        return {node.get("name") for node in etree.fromstring(arch).iter("field")}
