"""The document of a case names its customer: who may not know, never learns it."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.complaint_management.models.complaint_origin_mixin import SEALED
from odoo.addons.complaint_management.tests.common import ComplaintCommon

QUIET = ("odoo.addons.base.models.ir_rule", "odoo.models", "odoo.http", "odoo.domains")
#: What a road that is closed raises.
CLOSED = (AccessError, UserError, ValueError, KeyError)


@tagged("post_install", "-at_install")
class TestOriginSealed(ComplaintCommon):
    """``case`` is told in confidence by the code of a document of Li Na."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Li Na"})
        cls.document, cls.other = cls.env["test.complaint.document"].create(
            [
                {
                    "name": name,
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                }
                for name in ("T-007", "T-008")
            ]
        )
        cls.link = cls.document._get_complaint_feedback_link()
        cls.case = cls._create_told()
        cls.named = cls._create_told(confidential=False)
        cls.strangers = (cls.handler, cls.colleague, cls.manager, cls.admin)

    @classmethod
    def _create_told(cls, confidential=True, **values):
        case = cls._create_accepted(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=cls.customer.id,
            **values,
        )
        case.party_ids.confidential = confidential
        case.write(
            {
                "feedback_link_id": cls.link.id,
                "res_model": cls.document._name,
                "res_id": cls.document.id,
                "origin_item_ids": [2],
                "origin_items": "Brake disc",
            }
        )
        cls.env.flush_all()
        return case

    def _try(self, road, *args, **kwargs):
        """Return what a road leads to; None when it is closed."""
        with mute_logger(*QUIET, "odoo.sql_db"), self.env.cr.savepoint():
            try:
                return road(*args, **kwargs)
            except CLOSED:
                return None

    def _as(self, user, case=None):
        self.env.invalidate_all()
        return (case or self.case).with_user(user)

    # ------------------------------------------------------------
    # READ
    # ------------------------------------------------------------

    def test_kept_from_who_may_not_know(self):
        names = [*SEALED, "origin_name"]
        exporters = self.env.ref("base.group_allow_export")
        for user in self.strangers:
            user.group_ids += exporters
            case = self._as(user)
            case.sudo().read(names)  # what one reads isn't there for the next
            if not case.has_access("read"):
                continue
            for name, value in case.read(names)[0].items():
                self.assertFalse(name != "id" and value, f"{user.login}: {name}")
            shown = case.web_read({name: {} for name in names})[0]
            self.assertFalse(any(shown[name] for name in names))
            exported = case.export_data(
                [*names, "feedback_link_id/res_id", "feedback_link_id/token"]
            )
            self.assertFalse(any(exported["datas"][0]))
            assignment = case.lead_assignment_id
            nested = assignment.web_read(
                {"complaint_id": {"fields": {name: {} for name in names}}}
            )
            shown = nested[0]["complaint_id"]
            self.assertFalse(any(shown[name] for name in names))
        self.assertTrue(self._as(self.handler).has_access("read"))

    def test_what_is_sealed_is_read_by_nobody(self):
        for user in (*self.strangers, self.office):
            case = self._as(user)
            described = case.fields_get()
            for name in SEALED.values():
                self.assertNotIn(name, described)
                for road in (
                    lambda n=name, c=case: c.read([n]),
                    lambda n=name, c=case: c.search([(n, "!=", False)]),
                    lambda n=name, c=case: c._read_group([], [n], ["__count"]),
                    lambda n=name, c=case: c.search([], order=n),
                    lambda n=name, c=case: c.write({n: False}),
                    lambda n=name, c=case: c.export_data([n]),
                ):
                    self.assertIsNone(self._try(road), f"{user.login}: {name}")

    def test_nobody_writes_it(self):
        for user in (self.handler, self.office, self.admin):
            for name in SEALED:
                with self.assertRaises(AccessError, msg=name):
                    self._as(user, self.named).write({name: False})

    def test_who_may_know_sees_it(self):
        for case, user in (
            (self.case, self.office),
            (self.named, self.office),
            (self.named, self.handler),
        ):
            case = self._as(user, case)
            self.assertEqual(case.res_model, self.document._name)
            self.assertEqual(case.res_id, self.document.id)
            self.assertEqual(case.origin_items, "Brake disc")
            self.assertEqual(case.origin_item_ids, [2])
            self.assertEqual(case.origin_name, "T-007")
            self.assertEqual(case._get_origin_document(), self.document)
            for domain in self._get_domains(self.document):
                self.assertIn(case, case.search(domain), domain)
        office = self.document.with_user(self.office)
        self.assertEqual(office.complaint_count, 2)

    def test_lead_who_may_know(self):
        """Where the policy lets who leads know, they see the document too."""
        self.case.party_ids.confidential = False
        self.policy.identity_access = "handler"
        self.env.flush_all()
        self.assertEqual(self.case.identity, "confidential")
        self.assertEqual(self._as(self.handler).res_id, self.document.id)
        self.assertIn(self.case, self._as(self.handler).search([("res_id", "!=", 0)]))
        self.assertFalse(self._as(self.colleague).res_id)

    def test_unnamed(self):
        self.case.party_ids.with_context(active_test=False).unlink()
        self.env.flush_all()
        self.assertEqual(self.case.identity, "anonymous")
        self.assertFalse(self._as(self.handler).res_id)
        self.assertEqual(self._as(self.office).res_id, self.document.id)
        for domain in self._get_domains(self.document):
            found = self._as(self.handler).search(domain)
            self.assertNotIn(self.case, found, domain)

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    def _get_domains(self, document):
        link = document._get_complaint_feedback_link()
        return [
            [("res_id", "=", document.id)],
            [("res_id", "in", document.ids)],
            [("res_id", ">=", document.id), ("res_id", "<=", document.id)],
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            [("res_model", "ilike", "complaint.doc")],
            [("feedback_link_id", "=", link.id)],
            [("feedback_link_id", "in", link.ids)],
            [("origin_items", "ilike", "disc")],
        ]

    def _get_oracles(self, document):
        """Return searches that a stranger tries, to see whether they find the case."""
        link = document._get_complaint_feedback_link()
        return [
            *self._get_domains(document),
            [("res_id", "!=", document.id)],
            [("res_id", "not in", document.ids)],
            ["!", ("res_id", "=", document.id)],
            [("res_model", "!=", document._name)],
            [("feedback_link_id", "!=", link.id)],
            [("feedback_link_id.res_id", "=", document.id)],
            [("feedback_link_id.token", "=", link.token)],
            [("feedback_link_id", "ilike", link.token)],
            [("feedback_link_id", "any", [("res_id", "=", document.id)])],
            [("feedback_link_id", "not any", [("res_id", "=", document.id)])],
            [("origin_items", "not ilike", "disc")],
            [("origin_item_ids", "=", [2])],
            [("party_ids.complaint_id.res_id", "=", document.id)],
            [("assignment_ids.complaint_id.res_id", "=", document.id)],
        ]

    def test_no_search_is_an_oracle(self):
        """Whatever is asked of the right document and of a wrong one answers alike."""
        pairs = zip(
            self._get_oracles(self.document), self._get_oracles(self.other), strict=True
        )
        for right, wrong in pairs:
            for user in self.strangers:
                answers = []
                for domain in (right, wrong):
                    for part in (domain, [("id", "=", self.case.id), *domain]):
                        self.env.invalidate_all()
                        cases = self.case.with_user(user)
                        found = self._try(cases.search, part)
                        count = self._try(cases.search_count, part)
                        named = self._try(cases.name_search, self.case.name, part)
                        answers.append(
                            (
                                None if found is None else self.case in found,
                                count if part is not domain else None,
                                bool(named) and self.case.id in dict(named),
                            )
                        )
                self.assertEqual(answers[0], answers[2], (user.login, right))
                self.assertEqual(answers[1], answers[3], (user.login, right))

    def test_rows_of_the_case_are_none(self):
        for model in ("complaint.assignment", "complaint.round", "complaint.party"):
            rows = self.env[model].with_user(self.handler)
            for name in ("res_id", "feedback_link_id.res_id"):
                domain = [(f"complaint_id.{name}", "=", self.document.id)]
                found = self._try(rows.search, domain) or rows.browse()
                self.assertNotIn(self.case, found.complaint_id, (model, name))

    def test_groups(self):
        for user in self.strangers:
            cases = self._as(user).browse()
            for name in SEALED:
                for road in (
                    lambda n=name, c=cases: c._read_group([], [n], ["__count"]),
                    lambda n=name, c=cases: c.formatted_read_group([], [n]),
                    lambda n=name, c=cases: c._read_group([], [], [f"{n}:array_agg"]),
                    lambda n=name, c=cases: c._read_group(
                        [], ["stage_id"], ["__count"], [(f"{n}:max", ">", 0)]
                    ),
                    lambda n=name, c=cases: c.search([], order=n),
                    lambda n=name, c=cases: c.search([], order=f"{n} desc"),
                ):
                    self.assertIsNone(self._try(road), (user.login, name))

    def test_kept_in_memory_too(self):
        case = self._as(self.handler)
        for domain in self._get_domains(self.document):
            self.assertFalse(case.filtered_domain(domain), domain)

    # ------------------------------------------------------------
    # ROADS BESIDE
    # ------------------------------------------------------------

    def test_from_the_document(self):
        self.assertEqual(self.document.with_user(self.handler).complaint_count, 1)
        domain = self.document.with_user(self.handler).action_view_complaints()
        self.assertEqual(self.named.search(domain["domain"]), self.named)

    def test_codes_of_documents(self):
        """Which code it was, and when it was scanned or sent, tells the document."""
        self.env["complaint.feedback.hit"].create(
            {"link_id": self.link.id, "kind": "scan"}
        )
        self.env["complaint.feedback.submission"].create(
            {"link_id": self.link.id, "kind": "case"}
        )
        point = self.env["complaint.feedback.point"].create(
            {"name": "Counter", "policy_id": self.policy.id}
        )
        for user, seen in ((self.handler, False), (self.manager, False)):
            links = self.env["complaint.feedback.link"].with_user(user)
            self.assertEqual(self.link in links.search([]), seen)
            self.assertIn(point.link_id, links.search([]))
            self.assertIsNone(self._try(self.link.with_user(user).read, ["token"]))
            for model in ("complaint.feedback.hit", "complaint.feedback.submission"):
                rows = self.env[model].with_user(user)
                self.assertFalse(rows.search([("link_id", "=", self.link.id)]), model)
        office = self.link.with_user(self.office)
        self.assertEqual(office.search([("id", "=", office.id)]), office)
        self.assertEqual(office.complaint_count, 2)

    def test_posters_tell_nothing(self):
        point = self.env["complaint.feedback.point"].create(
            {"name": "Counter", "policy_id": self.policy.id}
        )
        case = self._create_told()
        of_poster = {
            "feedback_point_id": point.id,
            "feedback_link_id": point.link_id.id,
        }
        case.write({**of_poster, "res_model": False, "res_id": False})
        self.env.flush_all()
        handler = self._as(self.handler, case)
        self.assertEqual(handler.feedback_link_id, point.link_id)
        self.assertIn(
            case, handler.search([("feedback_link_id", "in", point.link_id.ids)])
        )
        self.assertEqual(point.link_id.with_user(self.handler).complaint_count, 1)

    def test_portal(self):
        user = self.env["res.users"].create(
            {
                "name": "Li",
                "login": "li_portal",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        for domain in self._get_domains(self.document):
            self.assertIsNone(self._try(self._as(user).search, domain), domain)

    def test_subject_of_who_wrote_nothing(self):
        intake = self.env["complaint.feedback.intake"]
        subject = intake._get_subject(self.link, {"anonymous": True})
        self.assertNotIn("T-007", subject)
