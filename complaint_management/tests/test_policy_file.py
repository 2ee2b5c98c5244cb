import base64
import json
import random
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.misc import file_open

from .common import NOW, ComplaintCommon

FORMAT = {"format": "complaint_management.policy", "version": 1}


def get_full_file():
    """Return a file that uses every section and kind of value."""
    return {
        **FORMAT,
        "policy": {
            "code": "HOSP",
            "name": {"en_US": "Hospital Complaints", "zh_CN": "医院投诉管理办法"},
            "anonymous_allowed": False,
            "color": 3,
            "complaint_properties_definition": [
                {"name": "ward", "string": "Ward", "type": "char"}
            ],
            "conflict_role_id": "quality",
            "description": {"en_US": "<p>Text</p>", "zh_CN": "<p>正文</p>"},
            "identity_access": "office",
            "lead_role_id": "office",
            "close_needs_satisfaction": "declared",
            "max_rounds": 3,
            "office_user_ids": ["Somebody Unknown", "office"],
            "review_date": "2027-01-31",
            "valid_from": "2026-01-01",
            "version": "2.1",
        },
        "kinds": [
            {"code": "complaint", "name": {"en_US": "Complaint", "zh_CN": "投诉"}},
            {"code": "praise", "name": "Praise", "nature": "compliment"},
            {"code": "tip", "name": "Tip", "confidential": True, "nature": "tip_off"},
        ],
        "channels": [
            {"code": "hotline", "name": {"en_US": "12345 Hotline", "zh_CN": "热线"}},
            {"code": "letter", "name": "Letter", "taken": False},
            {"code": "telephone", "name": "Telephone"},
        ],
        "roles": [
            {"code": "office", "name": "Office", "resolution": "office"},
            {
                "code": "quality",
                "name": {"en_US": "Quality", "zh_CN": "质控科"},
                "department_id": "Service",
                "resolution": "department",
            },
            {"code": "people", "name": "People", "user_ids": ["colleague", "handler"]},
            {
                "code": "night",
                "name": "Night Duty",
                "distribution": "turn",
                "resolution": "duty",
                "duties": [{"user_id": "handler"}, {"user_id": "Nobody Known"}],
            },
            {"code": "boss", "name": "Boss", "levels": 2, "resolution": "manager"},
            {
                "code": "admins",
                "name": "Administrators",
                "group_id": {
                    "name": "Administrator",
                    "xml_id": "complaint_management.group_complaint_admin",
                },
                "resolution": "group",
            },
        ],
        "severities": [
            {"code": "ordinary", "name": "Ordinary"},
            {
                "code": "serious",
                "name": "Serious",
                "color": 1,
                "role_id": "quality",
                "rules": [
                    {
                        "code": "many",
                        "name": "Many",
                        "category_ids": ["care"],
                        "delay": 7,
                        "distinct_people": True,
                        "min_alike": 3,
                    },
                    {"code": "crowd", "name": "Crowd", "min_people": 5},
                ],
            },
        ],
        "categories": [
            {
                "code": "nursing",
                "name": {"en_US": "Nursing", "zh_CN": "护理"},
                "parent_id": "care",
            },
            {
                "code": "care",
                "name": "Care",
                "co_role_ids": ["boss", "quality"],
                "role_id": "people",
                "severity_id": "ordinary",
            },
        ],
        "stages": [
            {"code": "received", "name": "Received", "phase": "received"},
            {
                "code": "asking",
                "name": "Asking",
                "description": {"en_US": "Ask.", "zh_CN": "询问。"},
                "pauses_clocks": True,
            },
            {"code": "answered", "name": "Answered", "phase": "answer"},
            {
                "code": "closed",
                "name": "Closed",
                "fold": True,
                "phase": "closed",
                "requirements": [
                    {
                        "code": "category",
                        "kind_ids": ["complaint"],
                        "message": {"en_US": "choose.", "zh_CN": "请选择。"},
                        "required_domain": "[('category_id', '!=', False)]",
                    }
                ],
            },
        ],
        "assignment_rules": [
            {
                "code": "verify",
                "name": "Verify",
                "delay": 2,
                "event": "stage_entered",
                "event_stage_id": "answered",
                "instructions": {"en_US": "<p>Look</p>", "zh_CN": "<p>看</p>"},
                "role_id": "people",
                "share": 20,
                "type": "verification",
            },
        ],
        "deadline_rules": [
            {
                "code": "answer",
                "name": {"en_US": "Answer", "zh_CN": "答复"},
                "channel_ids": ["letter", "telephone"],
                "delay": 10,
                "delay_min": 7,
                "end_event": "stage_entered",
                "end_phase": "answer",
                "extension_max": 30,
                "extension_role_id": "boss",
                "extensions": 1,
                "kind_ids": ["complaint"],
                "promised": True,
                "rounding": "day",
                "severity_ids": ["ordinary"],
                "valid_from": "2026-01-01",
            },
            {
                "code": "incident",
                "name": "From the Incident",
                "date_field_id": "occurred_at",
                "delay": 1,
                "delay_unit": "months",
                "domain": "[('people_count', '>', 1)]",
                "event": "date",
                "kind": "window",
                "pausable": False,
                "warn_delay": 3,
                "warn_unit": "days",
            },
        ],
        "escalation_rules": [
            {
                "code": "late",
                "name": "Late",
                "activity_type_id": {
                    "name": "To-Do",
                    "xml_id": "mail.mail_activity_data_todo",
                },
                "deadline_rule_id": "answer",
                "delay_unit": "hours",
                "role_ids": ["boss", "office"],
            },
            {
                "code": "later",
                "name": "Later",
                "assignment_template_id": "verify",
                "delay": 1,
                "lead_role_id": "quality",
                "level": 2,
                "previous_id": "late",
                "role_ids": ["quality"],
                "severity_id": "serious",
                "stage_id": "asking",
                "trigger": "previous",
                "unless_acknowledged": False,
            },
        ],
        "round_rules": [
            {
                "code": "second",
                "name": {"en_US": "Second Look", "zh_CN": "复查"},
                "other_handler": True,
                "role_id": "boss",
                "severity_id": "serious",
                "stage_id": "asking",
            },
            {
                "code": "court",
                "name": "Court",
                "category_ids": ["care"],
                "forum": "court",
                "number_from": 3,
                "number_to": 9,
            },
        ],
        "follow_up_questions": [
            {"code": "satisfied", "name": {"en_US": "Happy?", "zh_CN": "满意吗？"}},
            {"code": "done", "name": "Done?", "kind": "yes_no", "weight": 2},
        ],
        "follow_up_rules": [
            {
                "code": "call_back",
                "name": "Call-back",
                "delay": 7,
                "delay_unit": "days",
                "independent": True,
                "low_result": "round",
                "question_ids": ["done", "satisfied"],
                "role_id": "people",
                "share": 30,
                "target_score": 60,
                "wait": 1,
                "wait_unit": "months",
            },
        ],
        "reasons": [
            {"code": "moot", "name": {"en_US": "Moot", "zh_CN": "无效"}},
            {"code": "again", "name": "Again", "usage": "reopen"},
        ],
    }


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class PolicyFileCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = cls.env["complaint.policy.file"].with_user(cls.admin)
        cls.files = cls.files.with_company(cls.company)
        for login in ("handler", "colleague", "office"):
            getattr(cls, login).name = login
        cls.reader = cls.files.env["complaint.policy.file.reader"]
        fields_ = cls.env["complaint.complaint"]._fields
        cls.date_field = next(
            name
            for name in ("occurred_at", "occurred_on", "received_at")
            if name in fields_
        )
        # Of the shared channels, those that the files name have just these names.
        channels = cls.env["complaint.channel"]
        for code, name in (("telephone", "Telephone"), ("letter", "Letter")):
            channel = channels._find_policy_file_shared(code)
            channels.flush_model()
            cls._set_json(channel, "name", {"en_US": name})

    @classmethod
    def _set_json(cls, record, field, value):
        """Write all languages of a text, past the ORM."""
        record.flush_recordset()
        cls.env.execute_query(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s RETURNING id",
                SQL.identifier(record._table),
                SQL.identifier(field),
                json.dumps(value),
                record.id,
            )
        )
        record.invalidate_recordset()

    @classmethod
    def _get_json(cls, record, field):
        """Return all languages of a text, past the ORM."""
        record.flush_recordset()
        [(value,)] = cls.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id = %s",
                SQL.identifier(field),
                SQL.identifier(record._table),
                record.id,
            )
        )
        return value

    def _get_file(self):
        data = get_full_file()
        data["deadline_rules"][1]["date_field_id"] = self.date_field
        return data

    def _import(self, data, company=None):
        text = data if isinstance(data, str) else json.dumps(data)
        return self.files._import_text(text, company or self.company)

    def _read(self, data):
        text = data if isinstance(data, str) else json.dumps(data)
        return self.reader._read_file(text)

    def _start_import(self, data, user=None):
        """Return the window after it has read ``data``."""
        text = data if isinstance(data, str) else json.dumps(data)
        windows = self.env["complaint.policy.import"].with_user(user or self.admin)
        window = windows.create(
            {
                "file": base64.b64encode(text.encode()),
                "filename": "policy.json",
                "company_id": self.company.id,
            }
        )
        window.action_read()
        return window


@tagged("post_install", "-at_install")
class TestPolicyFile(PolicyFileCommon):
    def _create_other_company(self):
        """Return a company with people and departments of the same names."""
        company = self.env["res.company"].create({"name": "Second Database"})
        self.admin.company_ids |= company
        (self.handler | self.colleague | self.office).company_ids |= company
        self.service.company_id = False
        self.files = self.files.with_context(allowed_company_ids=company.ids)
        self.files.env.user.invalidate_recordset()
        return company

    def _assert_round_trip(self, policy):
        text = policy.with_user(self.admin)._export_file()
        company = self._create_other_company()
        files = self.files.with_company(company)
        other = files._import_text(text, company)
        self.assertNotEqual(other, policy)
        self.assertEqual(other.company_id, company)
        self.assertEqual(json.loads(other._export_file()), json.loads(text))
        self.assertEqual(other._export_file(), text)
        again = files._import_text(text, company)
        self.assertEqual(again, other)
        self.assertEqual(other._export_file(), text)
        return other

    def test_default_policy_survives(self):
        """The policy that the add-on brings goes out and in unchanged."""
        policy = self.env.ref("complaint_management.complaint_policy_default")
        self.admin.company_ids |= policy.company_id
        policy.office_user_ids = False
        files = self.files.with_context(
            allowed_company_ids=(policy.company_id | self.company).ids
        )
        text = policy.with_user(self.admin).with_env(files.env)._export_file()
        other = files._import_text(text, self.company)
        self.assertEqual(other._export_file(), text)

    def test_full_policy_is_written_as_it_stands(self):
        """What is hand-written in the order of the export comes back to the letter."""
        data = self._get_file()
        policy = self._import(data)
        self.assertEqual(json.loads(policy._export_file()), data)
        self.assertEqual(policy.company_id, self.company)
        self.assertEqual(policy.category_ids.filtered("parent_id").code, "nursing")
        self.assertEqual(policy.office_user_ids, self.office)
        self.assertEqual(
            policy.role_ids.filtered(lambda r: r.code == "night").duty_ids.user_id,
            self.handler,
        )
        rung = policy.escalation_rule_ids.filtered(lambda r: r.code == "later")
        self.assertEqual(rung.previous_id.code, "late")
        self.assertEqual(rung.assignment_template_id.policy_id, policy)
        self.assertFalse(policy.deadline_rule_ids[1].warn_unit == "hours")

    def test_full_policy_survives(self):
        self._assert_round_trip(self._import(self._get_file()))

    def test_full_policy_survives_with_chinese_active(self):
        """An active language changes nothing; an export without it has it too."""
        policy = self._import(self._get_file())
        text = policy._export_file()
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertEqual(policy._export_file(), text)
        chinese = policy.with_context(lang="zh_CN")
        self.assertEqual(chinese.name, "医院投诉管理办法")
        self.assertEqual(chinese._export_file(), text)
        self._assert_round_trip(policy)

    def test_languages_not_active_are_kept(self):
        self.assertFalse(self.env["res.lang"]._get_data(code="zh_CN"))
        policy = self._import(self._get_file())
        for record, field, chinese in (
            (policy, "name", "医院投诉管理办法"),
            (policy, "description", "<p>正文</p>"),
            (policy.stage_ids[1], "description", "询问。"),
            (policy.stage_ids.requirement_ids, "message", "请选择。"),
        ):
            self.assertEqual(self._get_json(record, field)["zh_CN"], chinese)

    def test_languages_that_the_file_does_not_name_stay(self):
        policy = self._import(self._get_file())
        self._set_json(policy, "name", {"en_US": "Old", "fr_FR": "Vieux"})
        self._import(self._get_file())
        self.assertEqual(
            self._get_json(policy, "name"),
            {
                "en_US": "Hospital Complaints",
                "fr_FR": "Vieux",
                "zh_CN": "医院投诉管理办法",
            },
        )

    def test_html_is_cleaned_in_every_language(self):
        data = self._get_file()
        bad = "<p>正文<script>alert(1)</script></p>"
        data["policy"]["description"] = {"en_US": bad, "zh_CN": bad}
        policy = self._import(data)
        for text in self._get_json(policy, "description").values():
            self.assertNotIn("script", text)
        self._import(policy._export_file())

    def test_copy_of_a_policy_is_the_same_file(self):
        """Copying and exporting agree on what belongs to a policy."""
        policy = self._import(self._get_file())
        copied = policy.with_user(self.env.user).copy()
        mine, theirs = (
            json.loads(p.with_user(self.admin)._export_file()) for p in (policy, copied)
        )
        for section in ("kinds", "stages", "categories", "deadline_rules"):
            # Odoo copies texts in active languages only.
            for rows in (mine[section], theirs[section]):
                for row in rows:
                    for key in ("name", "description", "requirements"):
                        row.pop(key, None)
            self.assertEqual(mine[section], theirs[section])

    def test_minimal_file(self):
        """Little has to be said: what is missing has its default, or is empty."""
        policy = self._import({**FORMAT, "policy": {"code": "MIN", "name": "Minimal"}})
        self.assertFalse(policy.kind_ids)
        self.assertFalse(policy.stage_ids)
        self.assertFalse(policy.valid_from)
        self.assertEqual(policy.calendar_id, self.company.resource_calendar_id)
        self.assertTrue(policy.sequence_id)

    def test_null_is_empty(self):
        data = {**FORMAT, "policy": {"code": "M", "name": "M", "calendar_id": None}}
        policy = self._import(data)
        self.assertFalse(policy.calendar_id)
        self.assertEqual(json.loads(policy._export_file()), data)

    def test_rows_in_rows_may_refer_to_later_ones(self):
        data = self._get_file()
        data = dict(reversed(data.items()))
        data["categories"].reverse()
        data["escalation_rules"].reverse()
        self._import(data)

    def test_archived_row_that_is_referred_to_is_exported(self):
        policy = self._import(self._get_file())
        late = policy.deadline_rule_ids.filtered(lambda rule: rule.code == "answer")
        late.active = False
        policy.kind_ids.filtered(lambda kind: kind.code == "praise").active = False
        data = json.loads(policy._export_file())
        self.assertFalse(data["deadline_rules"][0]["active"])
        self.assertNotIn("praise", [kind["code"] for kind in data["kinds"]])

    def test_rows_that_the_file_lacks_are_archived(self):
        policy = self._import(self._get_file())
        data = self._get_file()
        praise = policy.kind_ids.filtered(lambda kind: kind.code == "praise")
        del data["kinds"][1]
        del data["stages"][3]["requirements"]
        self._import(data)
        self.assertFalse(praise.active)
        self.assertFalse(policy.stage_ids.requirement_ids)
        self._import(self._get_file())
        self.assertTrue(praise.active, "a row that comes back is the same row")

    def test_rule_moves_to_another_severity(self):
        policy = self._import(self._get_file())
        rule = policy.severity_ids.rule_ids.filtered(lambda rule: rule.code == "crowd")
        data = self._get_file()
        moved = data["severities"][1]["rules"].pop()
        data["severities"][0]["rules"] = [moved]
        self._import(data)
        self.assertEqual(rule.severity_id.code, "ordinary")
        self.assertEqual(json.loads(policy._export_file()), data)

    def test_order_of_rows_is_that_of_the_list(self):
        policy = self._import(self._get_file())
        data = self._get_file()
        data["stages"][1:3] = data["stages"][2:0:-1]
        self._import(data)
        self.assertEqual(
            policy.stage_ids.sorted().mapped("code"),
            ["received", "answered", "asking", "closed"],
        )
        self.assertEqual(json.loads(policy._export_file()), data)

    def test_links_of_this_database_stay(self):
        policy = self._import(self._get_file())
        role = policy.role_ids.filtered(lambda role: role.code == "quality")
        role.department_id = self.sales
        self._import(self._get_file())
        self.assertEqual(role.department_id, self.sales)

    def test_links_are_never_made_or_guessed(self):
        self._create_department("Service")
        before = self.env["hr.department"].search_count([])
        policy = self._import(self._get_file())
        role = policy.role_ids.filtered(lambda role: role.code == "quality")
        self.assertFalse(role.department_id, "two departments have that name")
        self.assertEqual(self.env["hr.department"].search_count([]), before)
        self.assertEqual(json.loads(policy._export_file()), self._get_file())

    def test_server_action_by_external_id_only(self):
        self.admin.group_ids |= self.env.ref("base.group_system")
        model = self.env["ir.model"]._get("complaint.complaint")
        action = self.env["ir.actions.server"].create(
            {"name": "Do It", "model_id": model.id, "state": "code"}
        )
        data = self._get_file()
        rung = data["escalation_rules"][0]
        rung["server_action_id"] = "Do It"
        policy = self._import(data)
        self.assertFalse(policy.escalation_rule_ids.server_action_id)
        self.env["ir.model.data"].create(
            {
                "module": "x_test",
                "name": "do_it",
                "model": action._name,
                "res_id": action.id,
            }
        )
        rung["server_action_id"] = {"name": "Do It", "xml_id": "x_test.do_it"}
        with patch.object(type(action), "run") as run:
            self._import(data)
        run.assert_not_called()
        self.assertEqual(policy.escalation_rule_ids.server_action_id, action)
        self.assertEqual(json.loads(policy._export_file()), data)

    def test_server_action_out_of_reach(self):
        """Who can't read actions doesn't put one into a policy by way of a file."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Do It",
                "model_id": self.env["ir.model"]._get("complaint.complaint").id,
                "state": "code",
            }
        )
        xml_id = action._get_external_ids()[action.id]
        self.assertFalse(xml_id)
        self.env["ir.model.data"].create(
            {
                "module": "x_test",
                "name": "do_it",
                "model": action._name,
                "res_id": action.id,
            }
        )
        data = self._get_file()
        data["escalation_rules"][0]["server_action_id"] = {"xml_id": "x_test.do_it"}
        policy = self._import(data)
        if not action.with_user(self.admin).has_access("read"):
            self.assertFalse(policy.escalation_rule_ids.server_action_id)

    def test_schema_is_published(self):
        """The published schema says what this database would say of its fields."""
        with file_open("complaint_management/tools/policy_schema.json") as file:
            published = json.load(file)
        current = self.env["complaint.policy.file.schema"]._get_schema()
        self._assert_part_of(published, current)

    def _assert_part_of(self, part, whole, path=""):
        """Other add-ons may add to the schema, never change it."""
        if isinstance(part, dict):
            for key, value in part.items():
                self.assertIn(key, whole, path)
                self._assert_part_of(value, whole[key], f"{path}/{key}")
        elif isinstance(part, list) and path.endswith(("enum", "required")):
            self.assertLessEqual(set(part), set(whole), path)
        elif isinstance(part, list):
            for mine, theirs in zip(part, whole, strict=True):
                self._assert_part_of(mine, theirs, path)
        else:
            self.assertEqual(part, whole, path)

    def test_only_administrators(self):
        policy = self._import(self._get_file())
        text = policy._export_file()
        for user in (self.handler, self.office, self.manager):
            files = self.env["complaint.policy.file"].with_user(user)
            with self.assertRaises(AccessError):
                files._import_text(text, self.company)
            with self.assertRaises(AccessError):
                policy.with_user(user)._export_file()
            with self.assertRaises(AccessError):
                self._start_import(text, user)
            with self.assertRaises(AccessError):
                policy.with_user(user).action_check()

    def test_export_button(self):
        policy = self._import(self._get_file())
        action = policy.action_export_file()
        id_ = int(action["url"].split("/")[3].partition("?")[0])
        attachment = self.env["ir.attachment"].browse(id_)
        self.assertEqual(attachment.raw.decode(), policy._export_file())


@tagged("post_install", "-at_install")
class TestPolicyFileErrors(PolicyFileCommon):
    def _assert_errors(self, data, *places):
        clean, errors = self._read(data)
        self.assertIsNone(clean)
        self.assertEqual([place for place, _message in errors], list(places))
        with self.assertRaises(UserError):
            self._import(data)
        return errors

    def test_no_file_at_all(self):
        for text in ("", "[]", "null", "3", "{", "{}", '{"a": NaN}', "[" * 5000):
            self._assert_errors(text, "")
        self.assertTrue(self.reader._read_file(b"\xff\xfe\x00")[1])
        self._assert_errors(" " * 2_000_001, "")

    def test_other_version(self):
        data = self._get_file()
        for version in (2, 0, "1", None, True):
            self._assert_errors({**data, "version": version}, "")

    def test_key_twice(self):
        text = json.dumps(self._get_file()).replace(
            '"code": "praise"', '"code": "a", "code": "b"'
        )
        [(_place, message)] = self._assert_errors(text, "")
        self.assertIn("code", message)

    def test_every_error_has_its_place(self):
        data = self._get_file()
        data["surprise"] = []
        data["policy"]["surprise"] = 1
        data["kinds"][0]["nature"] = "unheard_of"
        data["kinds"][1]["code"] = "complaint"
        data["roles"][1]["name"] = {"zh_CN": "质控科"}
        data["stages"][3]["requirements"][0]["required_domain"] = (
            "[('no_field', '=', 1)]"
        )
        data["deadline_rules"][0]["delay"] = "ten"
        data["deadline_rules"][0]["valid_from"] = "31.1.2026"
        data["deadline_rules"][1]["date_field_id"] = "name"
        del data["escalation_rules"][1]["code"]
        errors = dict(self._read(data)[1])
        self.assertEqual(
            set(errors),
            {
                "/surprise",
                "/policy/surprise",
                "/kinds/0/nature",
                "/kinds/1/code",
                "/roles/1/name",
                "/stages/3/requirements/0/required_domain",
                "/deadline_rules/0/delay",
                "/deadline_rules/0/valid_from",
                "/deadline_rules/1/date_field_id",
                "/escalation_rules/1/code",
            },
        )
        self.assertIn("complaint", errors["/kinds/0/nature"])

    def test_codes_of_nothing(self):
        data = self._get_file()
        data["categories"][0]["parent_id"] = "nothing"
        data["deadline_rules"][0]["channel_ids"] = ["carrier_pigeon"]
        data["channels"].append("smoke_signal")
        self._assert_errors(
            data,
            "/categories/0/parent_id",
            "/deadline_rules/0/channel_ids",
            "/channels/3",
        )

    @mute_logger("odoo.sql_db")
    def test_what_the_models_refuse(self):
        """Everything that the models refuse is listed; nothing is left behind."""
        data = self._get_file()
        data["deadline_rules"][0]["delay_min"] = 11
        data["assignment_rules"][0]["share"] = 101
        data["categories"][1]["parent_id"] = "nursing"
        before = self.env["complaint.policy"].search_count([])
        with self.assertRaises(UserError) as caught:
            self._import(data)
        text = str(caught.exception)
        self.assertIn("/deadline_rules/answer: ", text)
        self.assertIn("/assignment_rules/verify: ", text)
        self.assertIn("/categories/", text)
        self.assertEqual(self.env["complaint.policy"].search_count([]), before)

    def test_errors_are_shown_in_the_window(self):
        data = self._get_file()
        data["kinds"][0]["nature"] = "unheard_of"
        window = self._start_import(data)
        self.assertEqual(window.state, "file")
        self.assertEqual(window.error_ids.place, "/kinds/0/nature")

    @mute_logger("odoo.sql_db")
    def test_mutations(self):
        """A broken file is an error in words and changes nothing, whatever is wrong."""
        policy = self._import(self._get_file())
        text = policy._export_file()
        counts = self._count()
        generator = random.Random(20261116)
        refused = 0
        for _number in range(60):
            broken = self._mutate(generator, text)
            try:
                with self.env.cr.savepoint():
                    self.files._import_text(broken, self.company)
                    raise AssertionError("taken")
            except UserError as error:
                self.assertTrue(str(error).strip())
                refused += 1
                self.assertEqual(policy._export_file(), text)
                self.assertEqual(self._count(), counts)
            except AssertionError as error:
                self.assertEqual(str(error), "taken")
        self.assertGreater(refused, 20)

    def _count(self):
        models = self.files._get_sections().values()
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in [*models, "complaint.policy", "complaint.stage.requirement"]
        }

    def _mutate(self, generator, text):
        """Return ``text`` with one thing wrong: a value, a key, or a character."""
        if generator.random() < 0.2:
            at = generator.randrange(len(text))
            return text[:at] + generator.choice('{}[]",:\\x0\u0000') + text[at + 1 :]
        data = json.loads(text)
        holder, key = self._choose(generator, data)
        action = generator.randrange(3)
        values = [None, True, -1, 2**70, 1e308, "", "x" * 5000, "\u0000", "\ud800"]
        values += [[], {}, [[]], [None], {"en_US": 1}, [{"code": "x"}], "[(", "('" * 99]
        if action == 0:
            holder[key] = generator.choice(values)
        elif action == 1 and isinstance(holder, dict):
            del holder[key]
        elif isinstance(holder, list):
            holder.append(holder[key])
        else:
            holder[generator.choice(["x", "id", "policy_id", "company_id"])] = 1
        return json.dumps(data)

    def _choose(self, generator, data):
        """Return a random place: an object or list, and a key of it."""
        places = []
        pending = [data]
        while pending:
            holder = pending.pop()
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            for key in keys:
                places.append((holder, key))
                if isinstance(holder[key], dict | list):
                    pending.append(holder[key])
        return generator.choice(places)


@tagged("post_install", "-at_install")
class TestPolicyImport(PolicyFileCommon):
    def _get_changes(self, window):
        return {
            (line.change, line.place, line.text or "") for line in window.change_ids
        }

    def test_new_policy(self):
        before = self.env["complaint.policy"].search_count([])
        window = self._start_import(self._get_file())
        self.assertEqual(window.state, "links")
        self.assertFalse(window.policy_id)
        self.assertEqual(
            window.role_ids.mapped("code"),
            ["office", "quality", "people", "night", "boss", "admins"],
        )
        self.assertEqual(window.role_ids[1].department_id, self.service)
        self.assertEqual(window.role_ids[2].user_ids, self.handler | self.colleague)
        unknown = window.link_ids.filtered(lambda line: not line.target_ref)
        self.assertEqual(
            set(unknown.mapped("old_value")), {"Somebody Unknown", "Nobody Known"}
        )
        window.action_preview()
        self.assertEqual(window.state, "preview")
        self.assertFalse(window.error_ids)
        self.assertTrue(window.finding_ids, "somebody unknown is told of")
        self.assertEqual(self.env["complaint.policy"].search_count([]), before)
        action = window.action_apply()
        policy = self.env["complaint.policy"].browse(action["res_id"])
        self.assertEqual(
            json.loads(policy.with_user(self.admin)._export_file()), self._get_file()
        )
        self.assertIn("policy.json", policy.message_ids[0].body)

    def test_mapping(self):
        window = self._start_import(self._get_file())
        window.role_ids[1].write({"resolution": "users", "user_ids": self.manager.ids})
        night = window.link_ids.filtered(lambda line: line.old_value == "Nobody Known")
        night.target_ref = self.colleague
        window.action_preview()
        policy = self.env["complaint.policy"].browse(window.action_apply()["res_id"])
        role = policy.role_ids.filtered(lambda role: role.code == "quality")
        self.assertEqual((role.resolution, role.user_ids), ("users", self.manager))
        duty = policy.role_ids.filtered(lambda role: role.code == "night").duty_ids
        self.assertEqual(duty.user_id, self.handler | self.colleague)

    def test_preview_of_the_same_is_empty(self):
        policy = self._import(self._get_file())
        window = self._start_import(policy._export_file())
        self.assertEqual(window.policy_id, policy)
        window.action_preview()
        self.assertFalse(window.change_ids)

    def test_preview_tells_every_difference(self):
        policy = self._import(self._get_file())
        data = self._get_file()
        data["kinds"].append({"code": "enquiry", "name": "Enquiry"})
        del data["reasons"][1]
        data["deadline_rules"][0]["delay"] = 15
        data["stages"][3]["requirements"][0]["message"] = "pick."
        data["stages"][0], data["stages"][1] = data["stages"][1], data["stages"][0]
        window = self._start_import(data)
        window.action_preview()
        self.assertEqual(
            self._get_changes(window),
            {
                ("Added", "Complaint Kind: enquiry", ""),
                ("Archived", "Complaint Reason: reopen/again", ""),
                ("Changed", "Deadline Rule: answer", "Within"),
                (
                    "Changed",
                    "Complaint Stage: closed / Stage Requirement: category",
                    "What Is Missing",
                ),
                ("In another order", "Complaint Stage", ""),
            },
        )
        change = window.change_ids.filtered(lambda line: line.text == "Within")
        self.assertEqual((change.old_value, change.new_value), ("10", "15"))
        window.action_apply()
        after = self._start_import(data)
        after.action_preview()
        self.assertFalse(after.change_ids, "what was shown was done, and nothing else")
        self.assertEqual(
            self._get_json(policy.stage_ids.requirement_ids, "message"),
            {"en_US": "pick.", "zh_CN": "请选择。"},
        )

    def test_own_edits_are_shown_and_may_stay(self):
        policy = self._import(self._get_file())
        rule = policy.deadline_rule_ids[0]
        rule.delay = 12
        own = self._create_item("complaint.kind", "own", policy_id=policy.id)
        data = self._get_file()
        data["kinds"].append({"code": "enquiry", "name": "Enquiry"})
        window = self._start_import(data)
        window.action_preview()
        self.assertEqual(
            self._get_changes(window),
            {
                ("Added", "Complaint Kind: enquiry", ""),
                ("Archived", "Complaint Kind: own", ""),
                ("Changed", "Deadline Rule: answer", "Within"),
            },
        )
        window.change_ids.filtered(lambda line: line.change != "Added").apply = False
        window.action_apply()
        self.assertEqual(rule.delay, 12)
        self.assertTrue(own.active)
        self.assertIn("enquiry", policy.kind_ids.mapped("code"))

    def test_unticked_row_that_others_need(self):
        window = self._start_import(self._get_file())
        window.action_preview()
        role = window.change_ids.filtered(
            lambda line: line.place == "Complaint Role: quality"
        )
        role.apply = False
        with self.assertRaisesRegex(UserError, "quality"):
            window.action_apply()

    def test_archived_rows_and_shared_channels_are_not_overwritten_unseen(self):
        policy = self._import(self._get_file())
        praise = policy.kind_ids.filtered(lambda kind: kind.code == "praise")
        praise.write({"active": False, "name": "Kudos"})
        data = self._get_file()
        data["channels"].append({"code": "visit", "name": "Walk-in"})
        window = self._start_import(data)
        window.action_preview()
        changes = self._get_changes(window)
        self.assertIn(("Changed", "Complaint Kind: praise", "Name"), changes)
        self.assertIn(("Changed", "Complaint Kind: praise", "Active"), changes)
        self.assertIn(("Changed", "Complaint Channel: visit", "Name"), changes)

    def test_policy_changed_since_the_preview(self):
        policy = self._import(self._get_file())
        window = self._start_import(self._get_file())
        window.action_preview()
        policy.deadline_rule_ids[0].delay = 12
        with self.assertRaises(UserError):
            window.action_apply()

    def test_back(self):
        window = self._start_import(self._get_file())
        window.action_preview()
        window.action_back()
        self.assertEqual(window.state, "links")
        window.action_back()
        self.assertEqual(window.state, "file")

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Not Mine"})
        window = self._start_import(self._get_file())
        window.company_id = company
        with self.assertRaises(AccessError):
            window.action_preview()
