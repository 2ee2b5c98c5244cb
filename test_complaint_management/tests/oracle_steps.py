import json
from datetime import datetime, timedelta
from unittest.mock import patch

import freezegun

from odoo import fields
from odoo.fields import Command, Domain
from odoo.tests import freeze_time

from odoo.addons.complaint_management.models.resource_calendar import ResourceCalendar
from odoo.addons.complaint_management.tests.common import NOW, ComplaintCommon
from odoo.addons.mail.models.mail_thread import MailThread

from . import oracle

IMPORTED = datetime(2026, 9, 1, 2)
#: What takes no time of its own, between two steps of a scenario.
TIMELESS = ("register", "wait", "at_once", "run", "start")


@freeze_time(NOW)
class OracleSteps(ComplaintCommon):
    """Leads cases through a policy that was imported from its file.

    A step of a scenario is the name of a ``_step_<name>`` method, or an object with
    that name and what it is given. Everything is done by ``office``, through the
    methods behind the buttons. ``whom`` says by role code who has to be told.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is written in mails isn't asked here, and costs a quarter of the time.
        cls.startClassPatcher(patch.object(MailThread, "_notify_thread_by_email"))
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "National Day",
                "company_id": cls.company.id,
                "date_from": datetime(2026, 9, 30, 16),
                "date_to": datetime(2026, 10, 7, 15, 59, 59),
            }
        )
        cls.env["complaint.calendar.exception"].create(
            [
                {"name": "Make-up day", "calendar_id": cls.calendar.id, "date": day}
                for day in sorted(oracle.MAKE_UP_DAYS)
            ]
        )
        cls._keep_working_time()
        cls.director = cls._create_user("director", "manager", cls.head)
        cls.head.manager_id = cls.director.employee_ids
        group = cls.env.ref("complaint_management.group_complaint_handler")
        users = cls.env["res.users"].with_context(no_reset_password=True)
        cls.pool_users = users.create(
            [
                {
                    "name": f"Official {number}",
                    "login": f"official_{number}",
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(cls.company.ids)],
                    "group_ids": [Command.set(group.ids)],
                }
                for number in range(18)
            ]
        )
        cls.outsiders = cls.env["res.partner"].create(
            [{"name": f"Outsider {number}"} for number in range(6)]
        )

    @classmethod
    def _keep_working_time(cls):
        """Compute the calendar once: each import would forget it."""
        known, name = {}, "_complaint_get_working_time"
        compute = getattr(ResourceCalendar, name)

        def get(calendar, company, year):
            key = (calendar.id, company.id, year)
            if key not in known:
                known[key] = compute(calendar, company, year)
            return known[key]

        cls.startClassPatcher(patch.object(ResourceCalendar, name, get))

    def setUp(self):
        super().setUp()
        freezer = freezegun.freeze_time(NOW)
        self.time = freezer.start()
        self.addCleanup(freezer.stop)

    # ------------------------------------------------------------
    # THE POLICY
    # ------------------------------------------------------------

    def _load(self, policy_id):
        """Import the file of a policy and give its roles to people."""
        # Rungs that came later wouldn't fire for what was over before.
        self._go(IMPORTED)
        text = (oracle.POLICIES / f"{policy_id}.json").read_text()
        files = self.env["complaint.policy.file"]
        self.policy = files._import_text(text, self.company)
        self._check_file(text)
        self.policy.office_user_ids = self.office
        self.whom = {}
        for role in self.policy.role_ids:
            map_role = getattr(self, f"_map_{role.resolution}", self._map_case)
            self.whom[role.code] = map_role(role)

    def _check_file(self, text):
        """Check that what was imported is exported again just so."""
        exported, kept = json.loads(self.policy._export_file()), json.loads(text)
        # Channels belong to all policies: here they may be named otherwise.
        for data in (exported, kept):
            rows = data["channels"]
            data["channels"] = [
                row if isinstance(row, str) else row["code"] for row in rows
            ]
        self.assertEqual(exported, kept)

    def _map_office(self, role):
        return self.office

    def _map_users(self, role):
        role.user_ids = self.pool_users[len(self.whom)]
        return role.user_ids

    def _map_partner(self, role):
        taken = sum(who._name == "res.partner" for who in self.whom.values())
        role.partner_id = self.outsiders[taken]
        return role.partner_id

    def _map_department(self, role):
        role.department_id = self.service
        return self.handler | self.colleague

    def _map_manager(self, role):
        return (self.manager, self.director)[role.levels]

    def _map_case(self, role):
        """Return nobody: whom the role means depends on the case."""
        return self.env["res.users"]

    def _find(self, name, code):
        """Return the row of the policy with ``code``; channels belong to all."""
        if name == "channel":
            return self.env["complaint.channel"].search([("code", "=", code)])
        rows = self.policy[f"{name}_ids"].filtered(lambda row: row.code == code)
        self.assertEqual(len(rows), 1, f"{name} {code}")
        return rows

    # ------------------------------------------------------------
    # A SCENARIO
    # ------------------------------------------------------------

    def _go(self, moment):
        self.time.move_to(moment)

    def _wait(self, **delta):
        self._go(fields.Datetime.now() + timedelta(**delta))

    def _begin(self, steps):
        """Return a new case that goes through ``steps``, an hour before each."""
        self.started_at = None
        steps = list(steps)
        if not steps or _read_step(steps[0])[0] != "register":
            steps.insert(0, "register")
        return self._play(steps, hours=1)

    def _play(self, steps, case=None, hours=0):
        """Lead ``case`` through ``steps`` and return it."""
        for name, argument in map(_read_step, steps):
            if hours and name not in TIMELESS:
                self._wait(hours=hours)
            case = getattr(self, f"_step_{name}")(case, argument) or case
        return case

    def _step_register(self, _case, values):
        """Register a case; rows of the policy are named by their codes."""
        values = dict(values or {})
        for name in ("kind", "channel", "category", "severity"):
            if name in values:
                values[f"{name}_id"] = self._find(name, values.pop(name)).id
        respondents = self.outsiders[: values.pop("respondents", 0)]
        values["party_ids"] = [
            Command.create({"type": "respondent", "partner_id": partner.id})
            for partner in respondents
        ]
        ago = values.pop("occurred_ago", None)
        if ago:
            values["occurred_at"] = fields.Datetime.now() - timedelta(**ago)
        values["policy_id"] = self.policy.id
        return self._create_complaint(user=self.office, **values)

    def _step_wait(self, _case, delta):
        self._wait(**delta)

    def _step_at_once(self, case, steps):
        """Do something without the hour before it."""
        self._play(steps, case)

    def _step_start(self, _case, _none):
        """Say that the clock in question begins now, whatever follows."""
        self.started_at = fields.Datetime.now()

    def _step_run(self, case, _none):
        """Do what is due by now, on one case: the others wait in their own times."""
        own = Domain("complaint_id", "=", case.id)
        for name in self.env["complaint.runner"]._get_models():
            model = self.env[name]
            if "complaint_id" not in model._fields:
                continue  # of no case
            for _pass in range(10):
                rows = model.search(model._get_due_domain() & own)
                if not rows:
                    break
                rows._run_due()
            else:
                self.fail(f"{name} never comes to an end")

    def _step_accept(self, case, _none):
        """Accept the lead handling."""
        case.with_user(self.office).action_accept()

    def _step_enter(self, case, code):
        case.with_user(self.office).stage_id = self._find("stage", code)

    def _step_raise(self, case, severity):
        case.with_user(self.office).severity_id = self._find("severity", severity)

    def _step_hand_over(self, case, role):
        case.with_user(self.office).handler_id = self.whom[role][:1]

    def _step_close(self, case, reason):
        self._close(case, reason or "settled")

    def _step_reopen(self, case, _none):
        self._reopen(case)

    def _step_escalate(self, case, code):
        """Climb a rung by hand, with a reason."""
        wizard = self.env["complaint.escalate"].with_user(self.office)
        wizard.create(
            {
                "complaint_id": case.id,
                "rule_id": self._find("escalation_rule", code).id,
                "reason": "It can't be solved here.",
            }
        ).action_escalate()

    # ------------------------------------------------------------
    # APPROVALS
    # ------------------------------------------------------------

    def _step_ask_stage(self, case, code):
        """Ask for the approval to move the case to a stage."""
        wizard = self.env["complaint.stage.ask"].with_user(self.office)
        stage = self._find("stage", code)
        wizard.create(
            {"complaint_id": case.id, "stage_id": stage.id, "reason": "It is ready."}
        ).action_ask()

    def _step_approve(self, case, role):
        """Let the holder of a role approve what is asked for."""
        rows = case.approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(set(rows.mapped("role_id.code")), {role})
        rows.with_user(self.whom[role][:1]).action_approve()

    # ------------------------------------------------------------
    # WHAT PEOPLE ARE ASKED FOR
    # ------------------------------------------------------------

    def _step_ask(self, case, type_):
        """Ask somebody outside by hand."""
        rows = self.env["complaint.assignment"].with_user(self.office)
        partner = self.outsiders[-1]
        rows.create({"complaint_id": case.id, "type": type_, "partner_id": partner.id})

    def _step_report(self, case, _none):
        """Let the office report, whether a rule asks for it or not."""
        if not case.assignment_ids.filtered(lambda row: row.type == "report"):
            rows = self.env["complaint.assignment"].with_user(self.office)
            user = self.office
            rows.create({"complaint_id": case.id, "type": "report", "user_id": user.id})
        self._step_finish(case, "report")

    def _step_sign(self, case, what):
        self._sign(self._get_open(case, what))

    def _sign(self, rows):
        rows.with_user(self.office).action_accept()

    def _step_finish(self, case, what):
        self._finish(self._get_open(case, what))

    def _finish(self, rows):
        rows.opinion = "Looked into it."
        rows.with_user(self.office).action_done()

    def _get_open(self, case, what):
        """Return what is asked on ``case``, by its type or the code of its rule."""
        rows = case.assignment_ids.filtered(
            lambda row: (
                what in (row.type, row.template_id.code)
                and row.state in ("pending", "accepted")
            )
        )
        self.assertTrue(rows, f"nobody is asked for a {what}")
        return rows


def _read_step(step) -> tuple:
    """Return the name of a step and what it is given."""
    return (step, None) if isinstance(step, str) else next(iter(step.items()))
