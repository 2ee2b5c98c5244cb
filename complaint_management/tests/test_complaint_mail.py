from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintMail(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.template = cls.env.ref(
            "complaint_management.mail_template_complaint_acknowledgement"
        )
        cls.template.with_context(
            lang="fr_FR"
        ).subject = "Votre message {{ object.complaint_id.name }}"
        cls.policy.acknowledgement_template_id = cls.template

    def _mails(self, complaint):
        self._acknowledge()
        return self.env["mail.mail"].search(
            [
                ("model", "=", "complaint.party"),
                ("res_id", "in", complaint.party_ids.ids),
            ]
        )

    def _create(self, **values):
        return self._create_complaint(**{"contact_email": "Wang@Example.com", **values})

    def test_acknowledgement_is_queued_to_the_complainant(self):
        complaint = self._create()
        mail = self._mails(complaint)
        self.assertRecordValues(
            mail,
            [
                {
                    "email_to": "wang@example.com",
                    "state": "outgoing",
                    "subject": f"We have received your message {complaint.name}",
                }
            ],
        )
        self.assertIn("Dear Wang Fang", mail.body_html)
        self.assertIn(complaint.name, mail.body_html)
        self.assertIn(complaint.subject, mail.body_html)
        self.assertIn("10:00", mail.body_html, "the time of the place")
        self.assertIn(self.company.name, mail.body_html)
        self.assertIn("office@dalian-motors.example", mail.email_from)

    def test_in_the_language_of_the_complainant(self):
        complaint = self._create(
            contact_name=False,
            contact_phone=False,
            contact_email=False,
            party_ids=[
                Command.create({"name": "A", "email": "a@b.fr", "lang": "fr_FR"}),
                Command.create({"name": "B", "email": "b@b.cn", "lang": "en_US"}),
                Command.create({"name": "C"}),
                Command.create(
                    {"type": "witness", "name": "D", "email": "d@example.com"}
                ),
            ],
        )
        subjects = {mail.email_to: mail.subject for mail in self._mails(complaint)}
        self.assertEqual(
            subjects,
            {
                "a@b.fr": f"Votre message {complaint.name}",
                "b@b.cn": f"We have received your message {complaint.name}",
            },
        )

    def test_the_case_notes_that_but_not_to_whom(self):
        complaint = self._create(kind_id=self.kind_tip_off.id)
        self.assertTrue(self._mails(complaint))
        bodies = " ".join(complaint.message_ids.mapped("body"))
        self.assertIn("Mail to the complainant", bodies)
        for told in ("Wang", "wang@example.com", "13900001111"):
            self.assertNotIn(told, bodies)
        self.assertFalse(
            complaint.message_ids.partner_ids.filtered("name")
            & complaint.party_ids.partner_id
        )

    def test_acknowledged_once_and_only_when_the_case_is_safe(self):
        """The scheduler writes the mail, wakes who sends it, and is done with it."""
        sender = self.env.ref("mail.ir_cron_mail_scheduler_action")
        alarms = self.env["ir.cron.trigger"].search([("cron_id", "=", sender.id)])
        alarms.unlink()
        complaint = self._create()
        party = complaint.party_ids
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", party.id)]))
        self.assertEqual(party.next_event_at, self.now)
        mail = self._mails(complaint)
        self.assertEqual(len(mail), 1)
        self.assertFalse(party.next_event_at)
        self.assertEqual(self._mails(complaint), mail, "once")
        self.assertTrue(alarms.search([("cron_id", "=", sender.id)]))

    def test_who_complains_is_not_told_where_it_is_stuck(self):
        complaint = self._create(kind_id=self.kind_tip_off.id)
        party = complaint.party_ids
        failing = patch.object(
            type(party), "_run_due", side_effect=ValueError("no disk")
        )
        logger = "odoo.addons.complaint_management.models.complaint_runner"
        with failing, mute_logger(logger):
            for _attempt in range(3):
                self.env["complaint.runner"]._run_rows(party)
        self.assertFalse(party.next_event_at)
        told = str(complaint.message_ids.mapped("body"))
        self.assertIn(self.template.name, told)
        self.assertNotIn("Wang", told)
        stuck = self.env["complaint.stuck"].search(
            [("complaint_id", "=", complaint.id)]
        )
        self.assertEqual(stuck.kind, "failed")
        self.assertEqual(stuck.policy_id, self.policy)
        self.assertNotIn("Wang", stuck.name)
        stuck.action_retry()
        self.assertTrue(self._mails(complaint))

    def test_no_mail_without_address_or_template(self):
        self.assertFalse(self._mails(self._create(contact_email=False)))
        self.policy.acknowledgement_template_id = False
        self.assertFalse(self._mails(self._create()))

    def test_every_kind_is_acknowledged(self):
        complaint = self._create(kind_id=self.kind_suggestion.id)
        self.assertTrue(self._mails(complaint))

    def test_script_in_a_mail_is_text(self):
        complaint = self._create(
            subject="<script>alert(1)</script>", contact_name="<b>Wang</b>"
        )
        body = self._mails(complaint).body_html
        self.assertNotIn("<script", body)
        self.assertNotIn("<b>Wang", body)
        self.assertIn("&lt;b&gt;Wang", body)

    def test_who_was_merged_is_told_by_the_kept_case_only(self):
        answer = self.template.copy(
            {"subject": "Closed {{ object.complaint_id.name }}"}
        )
        (self.stage_closed | self.stage_refused).mail_template_id = answer
        master, merged = self._create(), self._create()
        before = self._mails(merged)
        self.env["complaint.merge"].create(
            {"complaint_ids": (master | merged).ids, "master_id": master.id}
        ).action_merge()
        self.assertEqual(self._mails(merged), before)

    def test_registering_many_with_mail_costs_no_query_each(self):
        def create(count):
            self.env["complaint.complaint"].with_user(self.registrar).create(
                [
                    self._prepare_complaint(contact_email=f"{index}@example.com")
                    for index in range(count)
                ]
            )

        def acknowledge(count):
            create(count)
            self._acknowledge()

        self.assertLess(self._measure_queries_per_record(create), 1)
        self.assertLess(self._measure_queries_per_record(acknowledge), 1)
