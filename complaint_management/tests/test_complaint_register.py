from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintRegister(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["res.partner"].create(
            {
                "name": "Zhao Min",
                "phone": "0411-8888 0000",
                "email": "zhao@example.com",
                "lang": "en_US",
            }
        )

    # ------------------------------------------------------------
    # WHO COMPLAINS
    # ------------------------------------------------------------

    def test_contact_becomes_the_spokesperson(self):
        complaint = self._create_complaint(contact_email="wang@example.com")
        self.assertRecordValues(
            complaint.party_ids,
            [
                {
                    "type": "complainant",
                    "name": "Wang Fang",
                    "phone": "13900001111",
                    "email": "wang@example.com",
                    "is_main": True,
                }
            ],
        )
        self.assertEqual(complaint.complainant_name, "Wang Fang")
        self.assertEqual(complaint.identity, "named")

    def test_known_contact_fills_the_rest(self):
        complaint = self._create_complaint(
            contact_name=False, contact_phone=False, contact_partner_id=self.known.id
        )
        self.assertEqual(complaint.contact_name, "Zhao Min")
        self.assertEqual(complaint.contact_email, "zhao@example.com")

    def test_typed_number_links_the_one_contact_who_has_it(self):
        complaint = self._create_complaint(contact_phone="+86 (0)411 8888-0000")
        self.assertEqual(complaint.contact_partner_id, self.known)
        self.assertEqual(complaint.contact_name, "Wang Fang", "typed names stay")

    def test_typed_mail_links_the_one_contact_who_has_it(self):
        complaint = self._create_complaint(contact_email="Zhao@Example.com")
        self.assertEqual(complaint.contact_partner_id, self.known)

    def test_number_added_later_links_too(self):
        complaint = self._create_complaint()
        complaint.contact_confidential = True
        self.env.invalidate_all()
        complaint.contact_phone = "041188880000"
        self.assertTrue(complaint.party_ids.confidential, "what isn't written stays")
        self.assertEqual(complaint.contact_partner_id, self.known)
        self.assertEqual(complaint.contact_name, "Wang Fang")

    def test_number_of_two_contacts_links_nobody(self):
        self.known.copy({"phone": "041188880000", "email": False})
        complaint = self._create_complaint(contact_phone="0411 88880000")
        self.assertFalse(complaint.contact_partner_id)

    def test_contact_of_another_company_is_not_linked(self):
        self.known.company_id = self.env["res.company"].create({"name": "Other"})
        # Public forms work as superuser, whom no rule hides a contact from.
        for user in (self.registrar, self.env.user):
            complaint = self._create_complaint(user, contact_phone="0411 88880000")
            self.assertFalse(complaint.party_ids.partner_id)

    def test_linking_a_batch_costs_one_search(self):
        values = [
            {"phone": f"139{index:08}", "email": f"{index}@example.com"}
            for index in range(20)
        ]
        with self.assertQueryCount(1):
            self.env["complaint.party"]._link_known_contacts(values)

    def test_on_behalf_of_somebody(self):
        complaint = self._create_complaint(
            contact_relation="guardian", contact_on_behalf_of="Wang Xiaoming"
        )
        self.assertEqual(complaint.party_ids.relation, "guardian")
        self.assertEqual(complaint.party_ids.on_behalf_of, "Wang Xiaoming")

    def test_several_complainants_one_speaks(self):
        complaint = self._create_complaint(
            contact_name=False,
            contact_phone=False,
            party_ids=[
                Command.create({"name": "A", "is_main": True}),
                Command.create({"name": "B", "is_main": True}),
                Command.create({"name": "C"}),
            ],
        )
        first, second, third = complaint.party_ids.sorted("name")
        self.assertEqual(complaint.people_count, 3)
        self.assertEqual(len(complaint.party_ids.filtered("is_main")), 1)
        third.is_main = True
        self.assertEqual(complaint.party_ids.filtered("is_main"), third)
        self.assertEqual(complaint.complainant_name, "C")
        third.unlink()
        self.assertEqual(complaint.party_ids.filtered("is_main"), first)
        first.type = "witness"
        self.assertTrue(second.is_main)

    def test_people_count_is_never_lowered_by_parties(self):
        complaint = self._create_complaint(people_count=12)
        complaint.party_ids = [Command.create({"name": "B"})]
        self.assertEqual(complaint.people_count, 12)

    def test_anonymous(self):
        values = {"contact_name": False, "contact_phone": False}
        complaint = self._create_complaint(**values)
        self.assertEqual(complaint.identity, "anonymous")
        self.assertFalse(complaint.party_ids)
        self.policy.anonymous_allowed = False
        with self.assertRaisesRegex(UserError, "no anonymous complaints"):
            self._create_complaint(**values)

    def _open_form(self, user=None):
        """Return the form in which ``user`` (the registrar) takes a complaint."""
        complaints = self.env["complaint.complaint"].with_user(user or self.registrar)
        return Form(complaints.with_context(default_policy_id=self.policy.id))

    def test_form_fills_in_the_chosen_contact(self):
        form = self._open_form()
        form.subject = "Late"
        form.contact_partner_id = self.known
        self.assertEqual(form.contact_phone, "0411-8888 0000")
        self.assertEqual(form.save().party_ids.name, "Zhao Min")

    # ------------------------------------------------------------
    # WHAT IS KNOWN
    # ------------------------------------------------------------

    def test_known_contacts_while_typing(self):
        form = self._open_form()
        for field, typed in (
            ("contact_phone", "+86 411 88880000"),
            ("contact_phone", "００８６ 411 8888-0000"),
            ("contact_email", "ZHAO@example.com"),
            ("contact_name", "zhao min"),
        ):
            form[field] = typed
            self.assertEqual(form.known_partner_ids.ids, self.known.ids, typed)
            form[field] = False
            self.assertFalse(form.known_partner_ids.ids)
        form.contact_name = "%"
        self.assertFalse(form.known_partner_ids.ids)

    def test_earlier_complaints_and_likely_duplicates(self):
        old = self._create_complaint(
            received_at=self.now - timedelta(days=91), category_id=self.quality.id
        )
        recent = self._create_complaint(category_id=self.quality.id)
        praise = self._create_complaint(kind_id=self.kind_suggestion.id)
        stranger = self._create_complaint(contact_phone="13900002222")
        new = self._create_complaint(category_id=self.quality.id)
        self.assertEqual(new.known_complaint_ids, recent | praise | old)
        self.assertEqual(new.duplicate_ids, recent)
        self.assertEqual(new.duplicate_count, 1)
        new.category_id = self.price
        self.assertFalse(new.duplicate_ids)
        self.assertNotIn(stranger, new.known_complaint_ids)
        other_spelling = self._create_complaint(contact_phone="+86 139-00001111")
        self.assertIn(recent, other_spelling.duplicate_ids)

    def test_found_by_phone_in_any_spelling(self):
        complaint = self._create_complaint(contact_phone="139-0000-1111")
        found = self.env["complaint.complaint"].search(
            [("contact_phone", "ilike", "+86 13900001111")]
        )
        self.assertEqual(found, complaint)

    # ------------------------------------------------------------
    # POLICY
    # ------------------------------------------------------------

    def _default_policy(self, **context):
        complaints = self.env["complaint.complaint"].with_context(**context)
        return complaints.default_get(["policy_id"]).get("policy_id")

    def test_default_policy_is_the_first_valid_one_of_the_company(self):
        second = self.policy.copy({"sequence": 50})
        self.assertEqual(self._default_policy(), self.policy.id)
        self.policy.valid_to = "2026-11-15"
        self.assertEqual(self._default_policy(), second.id)
        self.policy.valid_to = False
        self.policy.active = False
        self.assertEqual(self._default_policy(), second.id)

    def test_default_policy_of_the_current_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        policy = self.policy.copy({"company_id": branch.id, "sequence": 99})
        companies = (branch | self.company).ids
        self.assertEqual(self._default_policy(allowed_company_ids=companies), policy.id)
        policy.active = False
        self.assertEqual(
            self._default_policy(allowed_company_ids=companies), self.policy.id
        )

    def test_no_policy(self):
        self.policy.active = False
        with self.assertRaisesRegex(UserError, "no complaint policy for Dalian"):
            self.env["complaint.complaint"].with_user(self.registrar).create(
                {"subject": "Brakes"}
            )

    def test_policy_that_lacks_something(self):
        self.policy.stage_ids.filtered(lambda s: s.phase != "closed").active = False
        self.policy.kind_ids.active = False
        with self.assertRaisesRegex(UserError, "a stage that is not closed, a kind"):
            self._create_complaint()

    def test_policy_that_takes_no_cases_today(self):
        self.policy.valid_to = "2026-11-15"
        with self.assertRaisesRegex(UserError, "takes no complaints on 2026-11-16"):
            self._create_complaint()
        self._create_complaint(received_at="2026-11-15 02:00:00")
        self.policy.write({"valid_to": False, "active": False})
        with self.assertRaisesRegex(UserError, "takes no complaints"):
            self._create_complaint()

    def test_case_stays_with_its_policy(self):
        complaint = self._create_complaint()
        complaint.policy_id = self.policy
        with self.assertRaisesRegex(UserError, "stays with its policy"):
            complaint.policy_id = self.policy.copy()

    # ------------------------------------------------------------
    # TIME
    # ------------------------------------------------------------

    def test_received_in_the_future(self):
        self._create_complaint(received_at=self.now + timedelta(minutes=5))
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._create_complaint(received_at=self.now + timedelta(minutes=6))

    def test_happened_after_it_was_reported(self):
        with self.assertRaisesRegex(ValidationError, "after it was reported"):
            self._create_complaint(
                received_at="2026-11-15 02:00:00", occurred_at="2026-11-15 02:01:00"
            )

    def test_arrival(self):
        for received_at, arrival in (
            ("2026-11-13 02:00:00", "working"),  # Friday, 10:00
            ("2026-11-13 12:00:00", "after"),  # 20:00
            ("2026-11-14 02:00:00", "holiday"),  # Saturday
        ):
            complaint = self._create_complaint(received_at=received_at)
            self.assertEqual(complaint.arrival, arrival)

    def test_no_or_archived_calendar(self):
        self.calendar.active = False
        self.assertEqual(self._create_complaint().arrival, "working")
        self.policy.calendar_id = False
        self.assertEqual(self._create_complaint().arrival, "working")

    # ------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------

    def test_wrong_mail(self):
        for email in ("wang at example", "a@b.c, d@e.f", "x" * 1_000_000 + "@b.cn"):
            with self.assertRaisesRegex(ValidationError, "no e-mail address"):
                self._create_complaint(contact_email=email)

    def test_huge_text(self):
        huge = "brakes " * 150_000
        complaint = self._create_complaint(
            description=huge,
            demand=huge,
            place=huge,
            contact_name=huge,
            contact_phone="1" * 1_000_000,
            party_ids=[Command.create({"type": "respondent", "name": huge})],
        )
        self.env.flush_all()
        self.assertEqual(complaint.demand, huge)
        with self.assertRaisesRegex(ValidationError, "at most 500 characters"):
            self._create_complaint(subject=huge)

    def test_script_is_never_run(self):
        evil = "<script>alert(1)</script><b onclick='x()'>b</b>"
        complaint = self._create_complaint(
            subject=evil, description=evil, contact_name=evil, place=evil
        )
        self.assertNotIn("<script", complaint.description)
        self.assertNotIn("onclick", complaint.description)
        self.assertEqual(complaint.subject, evil, "plain text stays as it was typed")
        self._close(complaint)
        bodies = "".join(complaint.message_ids.mapped("body"))
        self.assertNotIn("<script", bodies)

    def test_configuration_in_use_is_not_deleted(self):
        channel = self.env["complaint.channel"].create({"name": "Fax", "code": "fax"})
        complaint = self._create_complaint(
            category_id=self.brakes.id, channel_id=channel.id
        )
        for row in (
            self.brakes,
            self.quality,  # has a subcategory
            channel,
            complaint.kind_id,
            complaint.stage_id,
            self.severity_ordinary,
            self.role_sales,
        ):
            with self.assertRaisesRegex(UserError, "in use"):
                row.unlink()
        self.assertTrue(complaint.exists())

    def test_every_reference_to_configuration_is_guarded(self):
        """A field that somebody adds must be named in ``_complaint_used_by``."""
        fields_ = self.env["ir.model.fields"].search(
            [
                ("model", "=like", "complaint.%"),
                ("store", "=", True),
                ("ttype", "in", ("many2one", "many2many")),
            ]
        )
        guarded = self.env.registry["complaint.used.mixin"]
        for field in fields_.filtered(lambda f: not f.related):
            comodel = self.env.get(field.relation)
            model = self.env.get(field.model)
            if model is None or not isinstance(comodel, guarded):
                continue
            if model._transient or model._abstract:
                continue
            if field.ttype == "many2one" and field.on_delete != "restrict":
                continue
            self.assertIn((field.model, field.name), comodel._complaint_used_by)

    def test_spot_case_is_led_by_its_receiver(self):
        complaint = self._create_complaint(track="spot", category_id=self.quality.id)
        self.assertEqual(complaint.handler_id, self.registrar)
        self.assertEqual(complaint.department_id, self.service)
        self.assertEqual(complaint.handover_state, "accepted")
        complaint.with_user(self.registrar).track = "formal"
        self.assertEqual(complaint.handover_state, "pending")
        self.assertFalse(complaint.handler_id)
        self.assertEqual(complaint.responsible_id, self.registrar)
