from datetime import datetime, timedelta
from unittest.mock import patch

import freezegun

from odoo import fields
from odoo.fields import Command, Domain
from odoo.tests import freeze_time

from odoo.addons.complaint_management.tests.common import NOW, ComplaintCommon
from odoo.addons.mail.models.mail_thread import MailThread

from . import oracle

# Local time is eight hours later.
IMPORTED = datetime(2026, 9, 1, 2)
MONDAY = datetime(2026, 11, 16, 2)
FRIDAY = datetime(2026, 11, 20, 8, 30)
EVENING = datetime(2026, 11, 19, 11, 30)
SATURDAY = datetime(2026, 11, 21, 7)
HOLIDAY_EVE = datetime(2026, 9, 30, 7, 15)
HOLIDAY = datetime(2026, 10, 2, 2)
MAKE_UP_DAY = datetime(2026, 10, 10, 1)
MONTH_END = datetime(2026, 11, 30, 6)

#: Working time ends differently at each of these.
ANY_TIME = (MONDAY, EVENING, SATURDAY, HOLIDAY_EVE, HOLIDAY)
#: Enough for what the calendar doesn't touch: one kept, one missed.
TWO_TIMES = (EVENING, HOLIDAY)
IN_HOURS = (MONDAY, FRIDAY, MAKE_UP_DAY)
DAYS_OFF = (SATURDAY, HOLIDAY)
OUT_OF_HOURS = (EVENING, SATURDAY, HOLIDAY)


@freeze_time(NOW)
class OracleCommon(ComplaintCommon):
    """Runs cases through a policy that was imported from its file.

    ``whom`` says by role code who has to be told. Everything is done by ``office``,
    through the methods behind the buttons.
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
            [{"name": f"Outsider {number}"} for number in range(4)]
        )

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
        self.entry = oracle.get_entries()[policy_id]
        self.demanded = oracle.get_deadlines(self.entry)
        self.ladder = oracle.get_rungs(self.entry)
        self.seen = set()
        # Rungs that came later wouldn't fire for what was over before.
        self._go(IMPORTED)
        self.policy = self._import(policy_id)
        self.policy.office_user_ids = self.office
        self.whom = {}
        for role in self.policy.role_ids:
            self.whom[role.code] = getattr(self, f"_map_{role.resolution}")(role)

    def _import(self, policy_id):
        text = (oracle.POLICIES / f"{policy_id}.json").read_text()
        return self.env["complaint.policy.file"]._import_text(text, self.company)

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

    def _map_handler(self, role):
        return self.env["res.users"]

    def _find(self, name, code):
        """Return the row of the policy with ``code``; channels belong to all."""
        if name == "channel":
            return self.env["complaint.channel"].search([("code", "=", code)])
        rows = self.policy[f"{name}_ids"].filtered(lambda row: row.code == code)
        self.assertEqual(len(rows), 1, f"{name} {code}")
        return rows

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _go(self, moment):
        self.time.move_to(moment)

    def _wait(self, **delta):
        self._go(fields.Datetime.now() + timedelta(**delta))

    def _register(self, **values):
        """Return a case registered now; rows of the policy are named by their codes."""
        for name in ("kind", "channel", "category", "severity"):
            if name in values:
                values[f"{name}_id"] = self._find(name, values.pop(name)).id
        values["policy_id"] = self.policy.id
        return self._create_complaint(user=self.office, **values)

    def _register_in(self, *stages, **values):
        """Return a case that has gone through ``stages``, the last one just now."""
        case = self._register(**values)
        for stage in stages:
            self._wait(hours=1)
            self._enter(case, stage)
        return case

    def _enter_later(self, *stages):
        """Return a function that moves a case on."""
        return lambda case: self._enter(case, *stages)

    def _accept(self, case):
        case.with_user(self.office).action_accept()

    def _enter(self, case, *codes):
        for code in codes:
            case.with_user(self.office).stage_id = self._find("stage", code)

    def _raise(self, case, severity):
        case.with_user(self.office).severity_id = self._find("severity", severity)

    def _ask(self, case, type_, **values):
        """Return what ``office`` asks of somebody by hand."""
        rows = self.env["complaint.assignment"].with_user(self.office)
        row = rows.create({"complaint_id": case.id, "type": type_, **values})
        return row.sudo()

    def _get_open(self, case, type_):
        rows = case.assignment_ids.filtered(
            lambda row: row.type == type_ and row.state in ("pending", "accepted")
        )
        self.assertTrue(rows, f"nobody is asked for a {type_}")
        return rows

    def _sign(self, case, type_):
        self._get_open(case, type_).with_user(self.office).action_accept()

    def _finish(self, case, type_):
        rows = self._get_open(case, type_)
        rows.opinion = "Looked into it."
        rows.with_user(self.office).action_done()

    def _agree(self, clock, due_at):
        """Set a figure that the policy leaves to be agreed for each case."""
        wizard = self.env["complaint.deadline.extend"].with_user(self.office)
        wizard.create(
            {"deadline_id": clock.id, "due_at": due_at, "reason": "Agreed."}
        ).action_extend()

    def _run_scheduler(self, case):
        """Do what is due by now, on one case: the others wait in their own times."""
        own = Domain("complaint_id", "=", case.id)
        for name in self.env["complaint.runner"]._get_models():
            model = self.env[name]
            for _pass in range(10):
                rows = model.search(model._get_due_domain() & own)
                if not rows:
                    break
                rows._run_due()
            else:
                self.fail(f"{name} never comes to an end")

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _get_clock(self, case, code):
        clocks = case.deadline_ids.filtered(lambda row: row.rule_id.code == code)
        self.assertTrue(clocks, f"no clock of rule {code}")
        return clocks.sorted("id")[-1]

    def _get_running(self, case):
        """Return the codes of the clocks of ``case`` that run."""
        clocks = case.deadline_ids.filtered(lambda row: row.state == "running")
        return set(clocks.mapped("rule_id.code"))

    def _check_clock(self, key, code, make, finish, times=None, unless=None, **how):
        """Compare a clock with the deadline ``key`` of the oracle, and let it run.

        :param make: returns a case whose clock begins now, or (case, beginning)
        :param finish: does to a case what the policy demands
        :param times: when cases are begun; in turn they are finished just in time
            and too late
        :param unless: returns a case in working hours that has no such clock
        :param how: see ``_get_expected``
        """
        self.seen.add(key)
        working = self.demanded[key]["unit"] == "working_days"
        times = times or (ANY_TIME if working else TWO_TIMES)
        for number, moment in enumerate(times):
            with self.subTest(deadline=key, time=str(moment)):
                self._go(moment)
                made = make()
                case, start = made if isinstance(made, tuple) else (made, None)
                start = start or fields.Datetime.now()
                clock = self._get_clock(case, code)
                self.assertEqual(clock.started_at, start)
                self._check_due(key, clock, start, **how)
                self._check_end(clock, case, finish, late=number % 2)

        if unless:
            self._go(MONDAY)
            with self.subTest(no_deadline=key):
                self.assertNotIn(code, self._get_running(unless()))

    def _check_due(self, key, clock, start, **how):
        """Compare the due date of ``clock`` with the deadline ``key`` of the oracle."""
        demanded = self.demanded[key]
        if demanded["value"] is None:
            self.assertTrue(clock.figure_missing, "the figure is to be agreed")
            agreed = clock.due_at + timedelta(hours=5)
            self._agree(clock, agreed)
            self.assertFalse(clock.figure_missing)
            self.assertEqual(clock.due_at, agreed)
        elif demanded["unit"] == "immediate":
            self.assertGreater(clock.due_at, start)
            self.assertLessEqual(clock.due_at, start + oracle.AT_ONCE)
        else:
            self.assertEqual(clock.due_at, self._get_expected(demanded, start, **how))

    def _get_expected(self, demanded, start, begin=None, end_of_day=False):
        """Return when ``demanded`` is due, computed from its own figure.

        :param begin: returns from when it counts, where that isn't the start
        :param end_of_day: the policy counts whole days
        """
        begin = begin(start) if begin else start
        due = oracle.get_due(begin, demanded["value"], demanded["unit"])
        return oracle.get_end_of_day(oracle.get_day(due)) if end_of_day else due

    def _check_end(self, clock, case, finish, late):
        """Let ``clock`` be reached in its last second, or be missed."""
        due_at = clock.due_at
        second = timedelta(seconds=1)
        self._go(due_at if late else max(due_at - second, fields.Datetime.now()))
        self._run_scheduler(case)
        over = "lapsed" if clock.kind == "window" else "missed"
        if late:
            self.assertEqual(clock.state, over)
        finish(case)
        self.assertEqual(clock.due_at, due_at)
        if not late:
            self.assertEqual(clock.state, "met")
            self.assertFalse(clock.missed_at)
        elif clock.kind == "due":
            self.assertEqual(clock.state, "late")
            self.assertEqual(clock.missed_at, due_at)

    def _check_rung(self, key, code, case, roles, at=None, also=(), clock=None):
        """Check who was told by a rung, and when.

        :param key: a rung of the oracle, or a deadline of "at once"
        :param roles: codes by the oracle's names, or just codes for a deadline
        :param at: now when None
        :param also: codes of roles whom the rung tells beside
        :param clock: code of the clock that carries the figure of the rung: whoever
            climbs it has so long; without one, people are told sooner than they must
        """
        at = at or fields.Datetime.now()
        demanded = self.ladder.get(key) or self.demanded[key]
        with self.subTest(rung=key, rule=code):
            if key in self.ladder:
                self.assertEqual(set(roles), set(oracle.get_names(demanded["to"])))
                roles = roles.values()
            rows = case.escalation_ids.filtered(lambda row: row.rule_id.code == code)
            self.assertEqual(set(rows.mapped("planned_at")), {at})
            self.assertEqual(set(rows.mapped("fired_at")), {fields.Datetime.now()})
            told = [*rows.user_id, *rows.partner_id]
            expected = [who for role in (*roles, *also) for who in self.whom[role]]
            self.assertCountEqual(told, expected)
            if clock:
                due = self._get_expected(demanded, at)
                self.assertEqual(self._get_clock(case, clock).due_at, due)
            if clock or not demanded.get("value"):
                self.seen.add(key)

    def _check_by_hand(self, key, code, roles):
        """Check a rung that somebody climbs by hand, with a reason."""
        self._go(MONDAY)
        case = self._register()
        self._wait(hours=1)
        self._escalate(case, code)
        self._check_rung(key, code, case, roles)

    def _escalate(self, case, code):
        wizard = self.env["complaint.escalate"].with_user(self.office)
        wizard.create(
            {
                "complaint_id": case.id,
                "rule_id": self._find("escalation_rule", code).id,
                "reason": "It can't be solved here.",
            }
        ).action_escalate()

    def _check_duty(self, key, code):
        """Check that a duty without a case is asked again and again, on its day."""
        self.seen.add(key)
        demanded = self.demanded[key]
        template = self._find("assignment_template", code)
        times = 13 if demanded["unit"] == "day_of_month" else 4
        with self.subTest(duty=key):
            for _time in range(times):
                self._go(template.next_run_at)
                template._ask_duty()
            rows = self.env["complaint.assignment"].search(
                [("template_id", "=", template.id)], order="id"
            )
            self.assertEqual(len(rows), times)
            if demanded["unit"] == "day_of_month":
                days = [oracle.get_day(row.due_at) for row in rows]
                self.assertEqual({day.day for day in days}, {demanded["value"]})
                self.assertEqual(len({(day.year, day.month) for day in days}), times)
            else:
                asked = rows.mapped("requested_at")
                steps = (demanded["value"], demanded["unit"])
                for first, second in zip(asked[:-1], asked[1:], strict=True):
                    self.assertEqual(second, oracle.get_due(first, *steps))

    def _check_all_seen(self, later=None):
        """Check that nothing of the policy was forgotten.

        :param later: reasons why something can't be said yet, by its key
        """
        keys, later = {*self.demanded, *self.ladder}, {*(later or {})}
        self.assertFalse((self.seen | later) - keys, "the policy demands no such thing")
        self.assertFalse(keys - self.seen - later, "not compared")
