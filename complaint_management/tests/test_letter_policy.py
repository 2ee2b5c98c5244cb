import json

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW
from .letter_common import LetterCommon
from .test_policy_file import PolicyFileCommon

TEMPLATE = {
    "code": "agreement",
    "name": {"en_US": "Agreement", "zh_CN": "和解协议"},
    "automatic": True,
    "body_html": {
        "en_US": '<p>Dear <t t-out="object.addressee"/></p>',
        "zh_CN": '<p>尊敬的<t t-out="object.addressee"/></p>',
    },
    "copies": 3,
    "delivery": "print",
    "event": "stage_entered",
    "event_stage_id": "asking",
    "kind_ids": ["complaint"],
    "number_prefix": "和解〔%(range_year)s〕",
    "number_suffix": "号",
    "purpose": "agreement",
    "role_ids": ["boss"],
    "signatures": "both",
    "subject": {"en_US": "Agreement", "zh_CN": "协议 {{ object.name }}"},
}
REQUIREMENT = {
    "code": "thanks",
    "name": {"en_US": "Thanks", "zh_CN": "致谢"},
    "check": "domain",
    "for_interim": True,
    "hint": {"en_US": "Say thank you", "zh_CN": "表示感谢"},
    "required_domain": "[('place', '!=', False)]",
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestLetterPolicy(PolicyFileCommon, LetterCommon):
    """Letters and answers in the policy: file, copy, check."""

    def _get_file(self):
        data = super()._get_file()
        data["letter_templates"] = [{**TEMPLATE}]
        data["answer_requirements"] = [{**REQUIREMENT}]
        data["policy"]["answer_moves_stage"] = True
        data["policy"]["close_needs_answer"] = True
        return data

    def test_file(self):
        """What comes in goes out, in all languages, and in again."""
        policy = self._import(self._get_file())
        exported = json.loads(policy.with_user(self.admin)._export_file())
        self.assertEqual(exported["letter_templates"], [TEMPLATE])
        self.assertEqual(exported["answer_requirements"], [REQUIREMENT])
        self.assertTrue(exported["policy"]["close_needs_answer"])
        self.assertEqual(self._import(exported), policy)
        again = json.loads(policy.with_user(self.admin)._export_file())
        self.assertEqual(again, exported)

    def test_imported_letters_are_written(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        data = self._get_file()
        policy = self._import(data)
        template = policy.letter_template_ids.with_context(lang="zh_CN")
        self.assertEqual(template.subject, "协议 {{ object.name }}")

    def test_copy(self):
        """A copied policy's letters point at the copies, and have their own numbers."""
        template = self._create_letter_template(
            role_ids=[Command.set(self.role_office.ids)],
            event="stage_entered",
            event_stage_id=self.stage_answered.id,
        )
        template._draw_numbers(1, NOW.date())
        copy = self.policy.copy()
        new = copy.letter_template_ids
        self.assertEqual(new.role_ids.policy_id, copy)
        self.assertEqual(new.event_stage_id.policy_id, copy)
        self.assertFalse(new.sequence_id)

    def test_delete(self):
        template = self._create_letter_template()
        template._draw_numbers(1, NOW.date())
        sequence = template.sequence_id
        self.policy.unlink()
        self.assertFalse(sequence.exists())

    # the check

    def _get_texts(self):
        findings = self.env["complaint.policy.check"]._get_findings(self.policy)
        return [(found["record"]._name, found["text"]) for found in findings]

    def _assert_found(self, text):
        found = self._get_texts()
        self.assertEqual(len(found), 1, found)
        self.assertIn(text, found[0][1])

    def test_check_sound(self):
        self._create_letter_template(event="received")
        self._create_item("complaint.answer.requirement", "thanks")
        self.assertFalse(self._get_texts())

    def test_check_no_text(self):
        self._create_letter_template(body_html="<p><br></p>")
        self._assert_found("has no text")

    def test_check_event_that_never_happens(self):
        self._create_letter_template(event="stage_entered", event_phase="decision")
        self._assert_found("which no stage has")

    def test_check_sent_at_no_time(self):
        self._create_letter_template(automatic=True)
        self._assert_found("nothing says when")

    def test_check_requirement_nobody_can_meet(self):
        self._create_item(
            "complaint.answer.requirement",
            "never",
            check="domain",
            required_domain="[('track', '=', 'nothing')]",
        )
        self._assert_found("can never hold")

    def test_check_requirement_of_nothing(self):
        self._create_item("complaint.answer.requirement", "idle", for_final=False)
        self._assert_found("no type of answer")

    def test_check_answer_without_letter(self):
        self.policy.close_needs_answer = True
        self._assert_found("no letter for it")

    def test_check_stage_of_the_answer(self):
        self.policy.answer_moves_stage = True
        self.assertFalse(self._get_texts())
        self.stage_answered.active = False
        self._assert_found("which no stage")
