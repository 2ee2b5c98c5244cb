from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

#: A Monday, 10:00 in Shanghai: in working hours of the test policy's calendar.
NOW = datetime(2026, 11, 16, 2, 0)


@freeze_time(NOW)
class ComplaintCommon(TransactionCase):
    """A company with departments, people per role, and a policy of its own.

    Departments: ``head`` over ``service`` (over ``workshop``) and ``sales``.
    People: ``registrar`` (head), ``handler`` and ``colleague`` (service),
    ``child_handler`` (workshop), ``other_handler`` (sales), ``manager`` (manages
    service), ``office`` (the policy's complaint office), ``admin``.

    Time stands still at ``NOW``, the database's too; a class that needs real time sets
    ``freeze_time = None``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.freeze_time:
            # create_date, duration tracking and the like come from the database
            cls.startClassPatcher(patch.object(cls.cr, "now", fields.Datetime.now))
        cls.now = fields.Datetime.now()
        cls.company = cls.env["res.company"].create(
            {"name": "Dalian Motors", "email": "office@dalian-motors.example"}
        )
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.calendar = cls.company.resource_calendar_id
        cls.calendar.tz = "Asia/Shanghai"
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls._create_departments()
        cls._create_users()
        cls._create_policy()

    # ------------------------------------------------------------
    # DATA
    # ------------------------------------------------------------

    @classmethod
    def _create_departments(cls):
        cls.head = cls._create_department("Head")
        cls.service = cls._create_department("Service", cls.head)
        cls.workshop = cls._create_department("Workshop", cls.service)
        cls.sales = cls._create_department("Sales", cls.head)

    @classmethod
    def _create_users(cls):
        cls.registrar = cls._create_user("registrar", "registrar", cls.head)
        cls.handler = cls._create_user("handler", "handler", cls.service)
        cls.colleague = cls._create_user("colleague", "handler", cls.service)
        cls.child_handler = cls._create_user("child_handler", "handler", cls.workshop)
        cls.other_handler = cls._create_user("other_handler", "handler", cls.sales)
        cls.manager = cls._create_user("manager", "manager", cls.head)
        cls.office = cls._create_user("office", "office", cls.head)
        cls.admin = cls._create_user("complaint_admin", "admin", cls.head)
        cls.service.manager_id = cls.manager.employee_ids

    @classmethod
    def _create_policy(cls):
        cls.policy = cls.env["complaint.policy"].create(
            {
                "name": "Complaints of Dalian Motors",
                "code": "DM",
                "company_id": cls.company.id,
                "calendar_id": cls.calendar.id,
                "valid_from": False,
                "office_user_ids": [Command.set(cls.office.ids)],
                "kind_ids": cls._rows(
                    ("complaint", {"nature": "complaint"}),
                    ("suggestion", {"nature": "suggestion"}),
                    ("tip_off", {"nature": "tip_off", "confidential": True}),
                ),
                "stage_ids": cls._rows(
                    ("received", {"phase": "received"}),
                    ("handling", {"phase": "handling"}),
                    ("answered", {"phase": "answer"}),
                    ("closed", {"phase": "closed", "fold": True}),
                    ("refused", {"phase": "refused", "fold": True}),
                ),
                "severity_ids": cls._rows(
                    ("minor", {}), ("ordinary", {}), ("serious", {})
                ),
            }
        )
        for name in ("kind", "stage", "severity"):
            for row in cls.policy[f"{name}_ids"]:
                setattr(cls, f"{name}_{row.code}", row)
        cls.role_office = cls._create_role("office", resolution="office")
        cls.role_service = cls._create_role(
            "service", resolution="department", department_id=cls.service.id
        )
        cls.role_sales = cls._create_role(
            "sales", resolution="department", department_id=cls.sales.id
        )
        cls.policy.lead_role_id = cls.role_office
        cls.quality = cls._create_category(
            "quality",
            department_id=cls.service.id,
            severity_id=cls.severity_ordinary.id,
        )
        cls.brakes = cls._create_category("brakes", parent_id=cls.quality.id)
        cls.price = cls._create_category("price", role_id=cls.role_sales.id)
        cls.other = cls._create_category("other")

    @staticmethod
    def _rows(*rows):
        """Return commands that create configuration rows named after their codes."""
        return [
            Command.create(
                {
                    "name": code.replace("_", " ").title(),
                    "code": code,
                    "sequence": 10 * number,
                    **values,
                }
            )
            for number, (code, values) in enumerate(rows, start=1)
        ]

    @classmethod
    def _create_department(cls, name, parent=None, **values):
        return cls.env["hr.department"].create(
            {
                "name": name,
                "parent_id": parent and parent.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _create_user(cls, login, group, department=None, company=None, **values):
        """Return a user of a complaint group, employed in ``department``."""
        company = company or cls.company
        user = new_test_user(
            cls.env,
            login=login,
            name=login.replace("_", " ").title(),
            groups=f"base.group_user,complaint_management.group_complaint_{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            context={"no_reset_password": True},
            tz="Asia/Shanghai",
            email=f"{login}@dalian-motors.example",
            **values,
        )
        if department:
            cls.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "department_id": department.id,
                    "company_id": company.id,
                }
            )
        return user

    @classmethod
    def _create_item(cls, model, code, **values):
        return cls.env[model].create(
            {
                "policy_id": cls.policy.id,
                "name": code.replace("_", " ").title(),
                "code": code,
                **values,
            }
        )

    @classmethod
    def _create_role(cls, code, **values):
        return cls._create_item("complaint.role", code, **values)

    @classmethod
    def _create_category(cls, code, **values):
        return cls._create_item("complaint.category", code, **values)

    @classmethod
    def _create_template(cls, code, role=None, **values):
        """Return an assignment rule of the policy."""
        role = role or cls.role_sales
        return cls._create_item(
            "complaint.assignment.template", code, role_id=role.id, **values
        )

    # ------------------------------------------------------------
    # BUILDERS
    # ------------------------------------------------------------

    @classmethod
    def _prepare_complaint(cls, **values):
        return {
            "policy_id": cls.policy.id,
            "subject": "Brakes squeal after repair",
            "contact_name": "Wang Fang",
            "contact_phone": "13900001111",
            **values,
        }

    @classmethod
    def _create_complaint(cls, user=None, **values):
        """Return a case that ``user`` (the registrar) registered, seen as superuser."""
        user = user or cls.registrar
        complaints = cls.env["complaint.complaint"].with_user(user)
        complaint = complaints.create(cls._prepare_complaint(**values))
        return complaint.with_env(cls.env)

    @classmethod
    def _acknowledge(cls):
        """Let the scheduler write to those who have complained by now."""
        # sudo: complaint.party - as the scheduler does
        parties = cls.env["complaint.party"].sudo()
        parties.search(parties._get_due_domain())._run_due()

    @classmethod
    def _create_accepted(cls, user=None, **values):
        """Return a case of category quality that ``user`` (the handler) accepted."""
        complaint = cls._create_complaint(**{"category_id": cls.quality.id, **values})
        complaint.with_user(user or cls.handler).action_accept()
        return complaint

    @classmethod
    def _ask_opinion(cls, complaint, user=None):
        """Let ``user`` (of sales) read ``complaint`` and not change it; return them."""
        user = user or cls.other_handler
        cls.env["complaint.assignment"].create(
            {"complaint_id": complaint.id, "user_id": user.id}
        )
        return user

    @classmethod
    def _close(cls, complaint, reason="settled", user=None):
        """Close ``complaint`` through the window, with a reason of the add-on."""
        wizard = cls.env["complaint.close"].with_user(user or cls.office)
        return wizard.create(
            {
                "complaint_ids": [Command.set(complaint.ids)],
                "outcome_id": cls._reason(reason).id,
                "note": "The brakes were replaced.",
            }
        ).action_close()

    @classmethod
    def _reason(cls, code):
        return cls.env.ref(f"complaint_management.complaint_reason_{code}")

    @classmethod
    def _reopen(cls, complaint, user=None):
        """Begin the next round of ``complaint`` through the window."""
        cause = cls.env["complaint.reason"].search([("usage", "=", "reopen")], limit=1)
        wizard = cls.env["complaint.reopen"].with_user(user or cls.office)
        return wizard.create(
            {
                "complaint_id": complaint.id,
                "cause_id": cause.id,
                "note": "They squeal again.",
            }
        ).action_reopen()

    @contextmanager
    def _later(self, **delta):
        """Let so much time have passed since ``now``."""
        with freeze_time(self.now + timedelta(**delta)):
            yield fields.Datetime.now()

    @contextmanager
    def assertRefused(self, pattern, error=UserError):
        """Check that something is refused in such words, and leaves nothing behind."""
        # assertRaisesRegex has no savepoint
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    def _tell(self):
        """Let the scheduler tell everybody of what they were just asked."""
        self.env["complaint.assignment"].search(
            [("notice_at", "!=", False), ("policy_id", "=", self.policy.id)]
        )._run_due()

    def _measure_queries_per_record(self, create, counts=(10, 110)) -> float:
        """Return the queries that each further record of ``create(count)`` costs.

        The constant part drops out by comparing two sizes.
        """
        create(1)  # warms the caches up
        costs = []
        for count in counts:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            create(count)
            self.env.flush_all()
            self.cr.precommit.run()
            costs.append(self.cr.sql_log_count - before)
        return (costs[1] - costs[0]) / (counts[1] - counts[0])
