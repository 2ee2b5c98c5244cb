from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import AccessCommon

RULE_LOG = "odoo.addons.base.models.ir_rule"


@tagged("post_install", "-at_install")
class TestExclusion(AccessCommon):
    """Persons complained about and recused hear nothing of the case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.actors["handler"]
        cls.complaint = cls._create_complaint(department_id=cls.service.id)
        cls.complaint.lead_assignment_id.with_user(cls.person).action_accept()

    def _blame(self, complaint=None, **values):
        return self.env["complaint.party"].create(
            {
                "complaint_id": (complaint or self.complaint).id,
                "type": "respondent",
                "employee_id": self.person.employee_ids.id,
                **values,
            }
        )

    def _sees(self, complaint=None):
        complaint = complaint or self.complaint
        return complaint.with_user(self.person).has_access("read")

    def test_by_employee_partner_or_second_job(self):
        self.assertTrue(self._sees())
        party = self._blame()
        self.assertFalse(self._sees())
        party.unlink()
        self.assertTrue(self._sees())
        self._blame(employee_id=False, partner_id=self.person.partner_id.id).unlink()
        self.assertTrue(self._sees())
        second = self.env["hr.employee"].create(
            {
                "name": "Second job",
                "company_id": self.branch.id,
                "work_contact_id": self.person.partner_id.id,
            }
        )
        self._blame(employee_id=second.id)
        self.assertFalse(self._sees())

    def test_user_linked_or_returned_later(self):
        employee = self.env["hr.employee"].create({"name": "Not yet a user"})
        newcomer = self._create_user("newcomer", "office")
        self.policy.office_user_ids |= newcomer
        self._blame(employee_id=employee.id)
        self.complaint._message_subscribe(newcomer.partner_id.ids)
        self.assertTrue(self.complaint.with_user(newcomer).has_access("read"))
        employee.user_id = newcomer
        self.assertFalse(self.complaint.with_user(newcomer).has_access("read"))
        self.assertNotIn(newcomer.partner_id, self.complaint.message_partner_ids)
        newcomer.active = False
        self.complaint.recused_user_ids = self.colleague
        newcomer.active = True
        self.assertFalse(self.complaint.with_user(newcomer).has_access("read"))

    def test_what_they_held_goes_to_others(self):
        activity = self.complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.person.id
        )
        self.complaint._message_subscribe(self.person.partner_id.ids)
        message = self.complaint.message_post(
            body="A word", partner_ids=self.person.partner_id.ids
        )
        self._blame()
        self.assertNotIn(self.person.partner_id, self.complaint.message_partner_ids)
        self.assertNotEqual(activity.user_id, self.person)
        self.assertFalse(
            self.env["mail.notification"].search(
                [
                    ("res_partner_id", "=", self.person.partner_id.id),
                    ("mail_message_id", "=", message.id),
                ]
            )
        )
        self.assertIn("had received 2 messages", self._get_log())
        self.assertNotEqual(self.complaint.handler_id, self.person)
        self.assertTrue(self.complaint.lead_assignment_id)
        self.assertEqual(self.complaint.lead_assignment_id.state, "pending")

    def _get_log(self):
        return " ".join(self.complaint.message_ids.mapped("body"))

    def test_later_notices_do_not_reach_them(self):
        self._blame()
        self.env["mail.followers"]._insert_followers(
            self.complaint._name, self.complaint.ids, self.person.partner_id.ids
        )
        message = self.complaint.message_post(
            body="A word",
            partner_ids=(self.person.partner_id | self.colleague.partner_id).ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(message.notified_partner_ids, self.colleague.partner_id)
        activity = self.complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.person.id
        )
        self.assertNotEqual(activity.user_id, self.person)
        activity.user_id = self.person
        self.assertNotEqual(activity.user_id, self.person)
        self.complaint._message_subscribe(self.person.partner_id.ids)
        self.env["mail.followers"].flush_model()

    def test_own_words_are_hidden_too(self):
        words = self.complaint.with_user(self.person).message_post(body="My words")
        mine = self.env["mail.message"].with_user(self.person)
        self.assertIn(words, mine.search([("author_id", "=", words.author_id.id)]))
        self._blame()
        self.assertNotIn(words, mine.search([("author_id", "=", words.author_id.id)]))
        with self.assertRaises(AccessError):
            words.with_user(self.person).read(["body"])

    def test_merged_case_hides_what_its_master_hides(self):
        master = self._create_complaint(department_id=self.service.id)
        self._blame()
        self.env["complaint.merge"].with_user(self.office).create(
            {
                "complaint_ids": [Command.set((self.complaint | master).ids)],
                "master_id": master.id,
            }
        ).action_merge()
        self.assertEqual(self.complaint.master_id, master)
        self.assertFalse(self._sees())
        self.assertFalse(self._sees(master))

    def test_reference_shows_no_subject(self):
        self._blame()
        for model, field in (
            ("complaint.reopen", "complaint_id"),
            ("complaint.severity.set", "complaint_id"),
        ):
            wizard = self.env[model].with_user(self.person)
            shown = wizard.with_context(active_id=self.complaint.id).onchange(
                {}, [], {field: {"fields": {"display_name": {}}}}
            )["value"]
            self.assertNotIn(self.complaint.subject, str(shown))

    def test_registering_a_complaint_about_oneself(self):
        with self.assertRaisesRegex(UserError, "about you"):
            self._create_complaint(
                self.person,
                party_ids=[
                    Command.create(
                        {
                            "type": "respondent",
                            "employee_id": self.person.employee_ids.id,
                        }
                    )
                ],
            )

    def test_manager_complained_about(self):
        manager = self.actors["manager"]
        self.assertTrue(self.complaint.with_user(manager).has_access("read"))
        self._blame(employee_id=manager.employee_ids.id)
        self.assertFalse(self.complaint.with_user(manager).has_access("read"))
        self.assertTrue(self._sees(), "the department goes on")

    def test_step_back(self):
        self.complaint.with_user(self.person).action_recuse()
        self.assertFalse(self._sees())
        self.assertIn("conflict of interest", self._get_log())

    def test_party_can_not_be_removed_by_a_co_handler(self):
        party = self._blame(employee_id=self.colleague.employee_ids.id)
        self.env["complaint.assignment"].create(
            {"complaint_id": self.complaint.id, "user_id": self.other_handler.id}
        )
        with (
            self.assertRaises(AccessError),
            mute_logger(RULE_LOG),
        ):
            party.with_user(self.other_handler).unlink()

    def test_sealed_fields(self):
        case = self.complaint.with_user(self.person)
        for field, value in (
            ("excluded_user_ids", [Command.clear()]),
            ("handover_state", "pending"),
            ("registered_by_id", self.person.id),
        ):
            with self.subTest(field=field), self.assertRaises(AccessError):
                case.write({field: value})


@tagged("post_install", "-at_install")
class TestBackDoors(AccessCommon):
    """Ways around the rules that were open once, or looked open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.actors["handler"]
        cls.complaint = cls._create_complaint(department_id=cls.sales.id)
        cls.complaint.lead_assignment_id.with_user(cls.other_handler).action_accept()

    def _refused(self):
        return self.assertRaises(UserError)

    @mute_logger(RULE_LOG)
    def test_no_way_in_by_an_assignment(self):
        own = self._create_accepted(self.stranger)
        lead = own.lead_assignment_id.with_user(self.stranger)
        assignments = self.env["complaint.assignment"].with_user(self.stranger)
        with self._refused():
            lead.complaint_id = self.complaint
        for values in (
            {"department_id": self.service.id},
            {"user_id": self.stranger.id},
            {"parent_id": lead.id},
            {"policy_id": self.policy.id, "candidate_ids": [self.stranger.id]},
        ):
            with self.subTest(values=values), self._refused():
                assignments.create({"complaint_id": self.complaint.id, **values})
        self.assertFalse(self.complaint.with_user(self.stranger).has_access("read"))

    @mute_logger(RULE_LOG)
    def test_holder_does_not_let_strangers_in(self):
        asked = (
            self.env["complaint.assignment"]
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "department_id": self.service.id,
                    "user_id": self.stranger.id,
                }
            )
            .with_user(self.stranger)
        )
        for values in (
            {"user_id": self.child_handler.id},
            {"department_id": self.workshop.id},
            {"candidate_ids": [Command.link(self.child_handler.id)]},
        ):
            with self.subTest(values=values), self._refused():
                asked.write(values)
        asked.user_id = self.colleague
        self.assertTrue(self.complaint.with_user(self.colleague).has_access("read"))

    @mute_logger(RULE_LOG)
    def test_party_stays_with_its_case(self):
        own = self._create_accepted(self.stranger)
        with self._refused():
            own.party_ids.with_user(self.stranger).complaint_id = self.complaint

    @mute_logger(RULE_LOG)
    def test_windows_do_not_act_for_strangers(self):
        env = self.env(user=self.stranger)
        own = self._create_accepted(self.stranger)
        with self._refused():
            env["complaint.close"].create(
                {
                    "complaint_ids": [Command.set(self.complaint.ids)],
                    "outcome_id": self._reason("settled").id,
                }
            ).action_close()
        with self._refused():
            env["complaint.severity.set"].create(
                {
                    "complaint_id": self.complaint.id,
                    "severity_id": self.severity_serious.id,
                    "note": "No",
                }
            ).action_set()
        other = self._create_accepted(self.stranger)
        with self._refused():
            env["complaint.merge"].create(
                {
                    "complaint_ids": [Command.set((own | other).ids)],
                    "master_id": self.complaint.id,
                }
            ).action_merge()
        with self._refused():
            env["complaint.assignment.refuse"].create(
                {
                    "assignment_id": self.complaint.lead_assignment_id.id,
                    "reason_id": self.env["complaint.reason"]
                    .search([("usage", "=", "refuse_assignment")], limit=1)
                    .id,
                }
            ).action_refuse()
        self._close(self.complaint)
        with self._refused():
            self._reopen(self.complaint, user=self.stranger)

    def test_searching_probes_nothing(self):
        """A domain over the parties or cases obeys the rules of their models."""
        secret = self.env["complaint.party"].create(
            {
                "complaint_id": self.complaint.id,
                "name": "Ouyang Xiu",
                "phone": "13977778888",
                "email": "ouyang@example.com",
                "confidential": True,
            }
        )
        env = self.env(user=self.other_handler)
        cases = env["complaint.complaint"]
        for domain in (
            [("party_ids.name", "ilike", "ouyang")],
            [("party_ids", "any", [("email", "=", secret.email)])],
            [("party_ids", "ilike", "ouyang")],
            [("party_ids.phone_key", "like", "1397777")],
            [("contact_phone", "=", secret.phone)],
            [("contact_email", "=", secret.email)],
            [("complainant_name", "ilike", "ouyang")],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(cases.search_count(domain))
        self.assertFalse(env["complaint.party"].name_search("Ouyang"))
        link = [("complaint_id.subject", "ilike", self.complaint.subject)]
        for model in ("complaint.party", "complaint.assignment", "complaint.round"):
            self.assertFalse(
                self.env[model].with_user(self.stranger).search_count(link)
            )

    def test_statistics_of_others(self):
        groups = self.env["complaint.complaint"].with_user(self.stranger)
        found = groups.formatted_read_group([], ["subject"], ["__count"])
        self.assertFalse(found)
        partner = self.complaint.party_ids.partner_id or self.customer.partner_id
        self.assertEqual(partner.with_user(self.stranger).complaint_count, 0)

    def test_company_of_the_session(self):
        cases = self.env["complaint.complaint"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            cases.with_context(allowed_company_ids=self.branch.ids).search([])

    def test_registrar_is_no_follower_after_the_hand_over(self):
        complaint = self._create_complaint(department_id=self.service.id)
        complaint.with_user(self.registrar).message_post(
            body="He is angry", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        self.assertIn(self.registrar.partner_id, complaint.message_partner_ids)
        complaint.lead_assignment_id.with_user(self.handler).action_accept()
        self.assertNotIn(self.registrar.partner_id, complaint.message_partner_ids)
        status = self.env["complaint.registration"].with_user(self.registrar)
        [row] = status.search_read([("name", "=", complaint.name)])
        self.assertNotIn(complaint.subject, str(row))

    @mute_logger(RULE_LOG)
    def test_configuration_of_another_company(self):
        admin = self.actors["admin"]
        for field in ("stage_ids", "severity_ids", "kind_ids"):
            row = self.branch_policy[field][:1].with_user(admin)
            with self.subTest(model=row._name), self.assertRaises(AccessError):
                row.read(["name"])
            with self.subTest(model=row._name), self.assertRaises(AccessError):
                row.name = "Changed"


@tagged("post_install", "-at_install")
class TestConfidential(AccessCommon):
    """Who complains in confidence is readable on the party row and nowhere else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.actors["handler"]
        cls.complaint = cls._create_complaint(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=cls.customer.partner_id.id,
            kind_id=cls.kind_tip_off.id,
            department_id=cls.service.id,
        )
        cls.complaint.lead_assignment_id.with_user(cls.boss).action_accept()
        cls.party = cls.complaint.party_ids
        cls.name = cls.customer.partner_id.name

    def _assert_masked(self, found):
        self.assertNotIn(self.name, str(found))
        self.assertNotIn(str(self.customer.email), str(found))

    def test_case_shows_no_name(self):
        case = self.complaint.with_user(self.boss)
        names = [
            name
            for name, field in case._fields.items()
            if case._has_field_access(field, "read") and name != "message_ids"
        ]
        self._assert_masked(case.read(names))
        self.env.invalidate_all()
        self._assert_masked(
            case.export_data(["party_ids/name", "contact_name"])["datas"]
        )
        specification = {
            "complainant_name": {},
            "contact_name": {},
            "party_ids": {"fields": {"name": {}, "display_name": {}}},
        }
        self._assert_masked(case.web_save({"place": "Hall"}, specification))
        office = self.complaint.with_user(self.office)
        self.assertEqual(office.contact_name, self.name)

    def test_lead_handler_only(self):
        self.policy.identity_access = "handler"
        named = self._create_complaint(department_id=self.service.id)
        named.lead_assignment_id.with_user(self.boss).action_accept()
        self.assertTrue(named.party_ids.with_user(self.boss).has_access("read"))
        self.assertFalse(named.party_ids.with_user(self.colleague).has_access("read"))
        self.assertFalse(named.party_ids.with_user(self.admin).has_access("read"))

    def test_no_follower(self):
        partner = self.customer.partner_id
        self.complaint.with_user(self.office).message_subscribe(partner.ids)
        self.assertNotIn(partner, self.complaint.message_partner_ids)
        named = self._create_complaint(contact_partner_id=partner.id)
        named.message_subscribe(partner.ids)
        self.assertIn(partner, named.message_partner_ids)
        named.party_ids.confidential = True
        self.assertNotIn(partner, named.message_partner_ids)

    def test_neutral_author(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.customer)
            .sudo()
            .create({"name": "a.txt", "raw": b"a", "res_model": "mail.compose.message"})
        )
        message = (
            self.complaint.with_user(self.customer)
            .sudo()
            .message_post(
                body="It happened again",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=attachment.ids,
            )
        )
        self.assertTrue(message.sudo().attachment_ids)
        self._assert_masked(message.with_user(self.boss).read())
        self._assert_masked(message.sudo().attachment_ids.with_user(self.boss).read())
        self.assertNotIn(self.customer.partner_id, self.complaint.message_partner_ids)

    def test_staff_keep_their_names(self):
        self.boss.email = False
        self.party.write({"partner_id": False, "email": False})
        message = self.complaint.with_user(self.boss).message_post(body="I rang")
        self.assertEqual(message.author_id, self.boss.partner_id)

    def test_mail_to_the_complainant(self):
        template = self.env["mail.template"].create(
            {
                "name": "Receipt",
                "model_id": self.env["ir.model"]._get_id("complaint.party"),
                "subject": "Dear {{ object.name }}",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        self.party.with_user(self.boss).sudo()._send_mail(template)
        mails = self.env["mail.message"].with_user(self.boss)
        self._assert_masked(mails.search([("model", "=", "complaint.party")]).ids)
        self.assertFalse(mails.search([("model", "=", "complaint.party")]))
        self._assert_masked(self.complaint.message_ids.with_user(self.boss).read())

    def test_complainant_reads_their_case_only(self):
        other = self._create_complaint()
        cases = self.env["complaint.complaint"].with_user(self.customer)
        self.assertEqual(cases.search([]), self.complaint)
        mine = self.complaint.with_user(self.customer)
        self.assertEqual(mine.read(["subject", "phase"])[0]["phase"], "received")
        for field in (
            "department_id",
            "handler_id",
            "severity_id",
            "severity_level",
            "excluded_user_ids",
            "registered_by_id",
            "access_ids",
            "stage_id",
            "assignment_ids",
            "party_ids",
            "close_note",
            "contact_name",
        ):
            with self.subTest(field=field), self.assertRaises(AccessError):
                mine.read([field])
            with self.subTest(order=field), self.assertRaises(AccessError):
                cases.search([], order=field)
            with self.subTest(domain=field), self.assertRaises(AccessError):
                cases.search([(field, "in", [self.env.uid])])
        with self.assertRaises(AccessError):
            other.with_user(self.customer).read(["subject"])


@tagged("post_install", "-at_install")
class TestMoves(AccessCommon):
    """Who sees what follows people and groups at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mover = cls.actors["handler"]
        cls.complaint = cls._create_complaint(department_id=cls.sales.id)
        cls.complaint.lead_assignment_id.with_user(cls.other_handler).action_accept()

    def _sees(self, user=None):
        self.env.flush_all()
        cases = self.env["complaint.complaint"].with_user(user or self.mover)
        return bool(cases.search_count([("id", "=", self.complaint.id)]))

    def test_other_department(self):
        self.assertFalse(self._sees())
        self.mover.employee_ids.department_id = self.sales
        self.assertTrue(self._sees())
        self.mover.employee_ids.department_id = self.service
        self.assertFalse(self._sees())

    def test_move_on_a_day_to_come(self):
        employee = self.mover.employee_ids
        day = fields.Date.to_date(self.now) + timedelta(days=10)
        employee.create_version({"date_version": day, "department_id": self.sales.id})
        self.assertFalse(self._sees(), "not before the day")
        with freeze_time(day):
            self.env["hr.employee"]._cron_update_current_version_id()
            self.assertTrue(self._sees())

    def test_archived_employee_or_user(self):
        self.mover.employee_ids.department_id = self.sales
        self.assertTrue(self._sees())
        self.mover.employee_ids.active = False
        self.assertFalse(self._sees())

    def test_group_taken_away(self):
        self.mover.employee_ids.department_id = self.sales
        handler = self.env.ref("complaint_management.group_complaint_handler")
        self.mover.group_ids -= handler
        self.assertFalse(self._sees())
        self.mover.group_ids |= handler
        self.assertTrue(self._sees())

    def test_manager_without_the_group(self):
        self.sales.parent_id.manager_id = self.mover.employee_ids
        self.assertFalse(self._sees())
        self.mover.group_ids |= self.env.ref(
            "complaint_management.group_complaint_manager"
        )
        self.assertTrue(self._sees())
        self.sales.parent_id = False
        self.assertFalse(self._sees())

    def test_office_left(self):
        office = self.actors["office"]
        self.assertTrue(self._sees(office))
        self.policy.office_user_ids -= office
        self.assertFalse(self._sees(office))
