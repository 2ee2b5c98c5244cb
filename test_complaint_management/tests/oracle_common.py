import json
from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError

from . import oracle
from .oracle_resolution import OracleResolution

# Local time is eight hours later.
MONDAY = datetime(2026, 11, 16, 2)
FRIDAY = datetime(2026, 11, 20, 8, 30)
EVENING = datetime(2026, 11, 19, 11, 30)
SATURDAY = datetime(2026, 11, 21, 7)
HOLIDAY_EVE = datetime(2026, 9, 30, 7, 15)
HOLIDAY = datetime(2026, 10, 2, 2)
MAKE_UP_DAY = datetime(2026, 10, 10, 1)
MONTH_END = datetime(2026, 11, 30, 6)

#: When cases are begun; in turn they are finished just in time and too late.
TIMES = {
    # working time ends differently at each of these
    "any": (MONDAY, EVENING, SATURDAY, HOLIDAY_EVE, HOLIDAY),
    # enough for what the calendar doesn't touch: one kept, one missed
    "two": (EVENING, HOLIDAY),
    "one": (EVENING,),
    "monday": (MONDAY,),
    "in_hours": (MONDAY, FRIDAY, MAKE_UP_DAY),
    "days_off": (SATURDAY, HOLIDAY),
    "out_of_hours": (EVENING, SATURDAY, HOLIDAY),
    # in the evening, before a weekend, in the early morning
    "after_hours": (EVENING, EVENING + timedelta(days=1), EVENING.replace(hour=22)),
    "months": (EVENING, HOLIDAY_EVE, MONTH_END),
}
SECOND = timedelta(seconds=1)


class OracleCommon(OracleResolution):
    """Compares policies with the entries of the oracle, as their scenarios say.

    A scenario has these sections, each a list of keyword arguments of the method
    ``_check_<section>``: ``clocks``, ``sources``, ``levels``, ``extensions``,
    ``rungs``, ``numbers``, ``likes``, ``ratios``, ``duties``. Steps are those of
    ``OracleSteps``.
    Two sections are objects: ``missing`` says why a deadline, a rung or the figure of a
    severity can't be said yet, ``beyond`` why there is a rule for which the oracle has
    no figure.
    """

    def _check_policy(self, policy_id):
        """Compare all clocks and rungs of a policy with its entry."""
        scenario = oracle.get_scenario(policy_id)
        missing = scenario.pop("missing", {})
        beyond = scenario.pop("beyond", {})
        self._load_oracle(policy_id)
        for section, checks in scenario.items():
            for check in checks:
                getattr(self, f"_check_{section}")(**check)
        self._check_all_seen(missing, beyond)

    def _load_oracle(self, policy_id):
        self._load(policy_id)
        self.entry = oracle.get_entries()[policy_id]
        self.demanded = oracle.get_deadlines(self.entry)
        self.ladder = oracle.get_rungs(self.entry)
        self.figures = oracle.get_figures(self.entry)
        self.seen, self.used = set(), set()

    def _check_all_seen(self, missing, beyond):
        """Check that nothing of the entry, and no rule of the policy, was forgotten."""
        keys = {*self.demanded, *self.ladder, *self.figures}
        missing = {*missing}
        self.assertFalse(
            (self.seen | missing) - keys, "the policy demands no such thing"
        )
        self.assertFalse(self.seen & missing, "it is compared, so nothing is missing")
        self.assertFalse(keys - self.seen - missing, "not compared")
        duties = self.policy.assignment_template_ids.filtered("next_run_at")
        rules = self.policy.deadline_rule_ids.mapped("code")
        rules += self.policy.escalation_rule_ids.mapped("code") + duties.mapped("code")
        self.assertFalse(self.used & {*beyond}, "compared, so not beyond the oracle")
        self.assertFalse({*beyond} - {*rules}, "no such rule")
        self.assertFalse({*rules} - self.used - {*beyond}, "a rule that nobody demands")

    @contextmanager
    def _at(self, moment, key):
        """Go to ``moment``, for a subtest on a deadline or rung of the oracle."""
        with self.subTest(key=key, time=str(moment)):
            self._go(moment)
            yield

    # ------------------------------------------------------------
    # CLOCKS
    # ------------------------------------------------------------

    def _check_clocks(
        self,
        deadline,
        rule,
        end,
        case=(),
        since=None,
        unless=None,
        unless_at="monday",
        times=None,
        never=None,
        **how,
    ):
        """Compare a clock with a deadline of the oracle, and let it run.

        :param deadline: its key: milestone [condition]
        :param rule: code of the rule
        :param end: steps that do what the policy demands
        :param case: steps of a case whose clock begins with the last of them, or with
            the step "start"
        :param since: field of the case from which the clock counts instead
        :param unless: steps of a case that has no such clock
        :param unless_at: one of ``TIMES`` for that; in working hours by default
        :param times: one of ``TIMES``
        :param never: one of ``TIMES`` at which such a case has no such clock
        :param how: see ``_get_expected``
        """
        self.seen.add(deadline)
        self.used.add(rule)
        demanded = self.demanded[deadline]
        working = demanded["unit"] == "working_days"
        moments = TIMES[times or ("any" if working else "two")]
        for number, moment in enumerate(moments):
            with self._at(moment, deadline):
                row = self._begin(case)
                start = row[since] if since else self.started_at
                clock = self._get_clock(row, rule)
                self.assertEqual(clock.started_at, start or fields.Datetime.now())
                self._check_due(demanded, clock, clock.started_at, **how)
                check_end = self._check_late if number % 2 else self._check_in_time
                check_end(clock, row, end, window=demanded.get("kind") == "window")
        others = [(unless_at, unless)] if unless else []
        others += [(never, case)] if never else []
        for moment, other in (
            (at, case) for name, case in others for at in TIMES[name]
        ):
            with self._at(moment, f"no {deadline}"):
                self.assertNotIn(rule, self._get_running(self._begin(other)))

    def _check_sources(self, deadline, rule, case, step, what):
        """Check that everybody who is asked has a clock, ended by nobody else.

        :param case: steps of a case in which several are asked
        :param step: "sign" or "finish"
        :param what: code of the assignment rule
        """
        with self._at(EVENING, f"each: {deadline}"):
            row = self._begin(case)
            clocks = row.deadline_ids.filtered(lambda clock: clock.rule_id.code == rule)
            self.assertGreater(len(clocks), 1)
            self.assertEqual(clocks.assignment_id, self._get_open(row, what))
            for number, clock in enumerate(clocks, start=1):
                self._wait(hours=1)
                getattr(self, f"_{step}")(clock.assignment_id)
                self.assertEqual(clock.state, "met")
                running = clocks.filtered(lambda clock: clock.state == "running")
                self.assertEqual(len(running), len(clocks) - number)

    def _get_clock(self, case, code):
        clocks = case.deadline_ids.filtered(lambda row: row.rule_id.code == code)
        self.assertTrue(clocks, f"no clock of rule {code}")
        return clocks.sorted("id")[-1]

    def _get_running(self, case):
        """Return the codes of the clocks of ``case`` that run."""
        clocks = case.deadline_ids.filtered(lambda row: row.state == "running")
        return set(clocks.mapped("rule_id.code"))

    def _check_due(self, demanded, clock, start, **how):
        """Compare the due date of ``clock`` with what is ``demanded``."""
        if demanded["value"] is None:
            self.assertTrue(clock.figure_missing, "the figure is to be agreed")
            agreed = clock.due_at + timedelta(hours=5)
            self._extend(clock, agreed)
            self.assertFalse(clock.figure_missing)
            self.assertEqual(clock.due_at, agreed)
        elif demanded["unit"] == "immediate":
            self.assertFalse(clock.figure_missing)
            self.assertGreater(clock.due_at, start)
            self.assertLessEqual(clock.due_at, start + oracle.AT_ONCE)
        else:
            self.assertFalse(clock.figure_missing)
            self.assertEqual(clock.due_at, self._get_expected(demanded, start, **how))

    def _get_expected(
        self, demanded, start, next_shift=False, end_of_day=False, paused=None
    ):
        """Return when ``demanded`` is due, computed from its own figure.

        :param next_shift: counted from when the office opens the next time
        :param end_of_day: the policy counts whole days
        :param paused: for how long the clock stood still
        """
        begin = oracle.get_next_shift(start) if next_shift else start
        due = oracle.get_due(begin, demanded["value"], demanded["unit"])
        due += timedelta(**paused or {})
        return oracle.get_end_of_day(oracle.get_day(due)) if end_of_day else due

    def _extend(self, clock, due_at):
        """Give ``clock`` another date, through the window."""
        wizard = self.env["complaint.deadline.extend"].with_user(self.office)
        wizard.create(
            {"deadline_id": clock.id, "due_at": due_at, "reason": "Agreed."}
        ).action_extend()

    def _check_in_time(self, clock, case, end, window):
        """Let ``clock`` be reached in its last second."""
        due_at = clock.due_at
        self.assertEqual(clock.kind == "window", window)
        self._go(max(due_at - SECOND, fields.Datetime.now()))
        self._step_run(case, None)
        self.assertEqual(clock.state, "running")
        self._play(end, case)
        self.assertEqual(clock.due_at, due_at)
        self.assertEqual(clock.state, "met")
        self.assertFalse(clock.missed_at)

    def _check_late(self, clock, case, end, window):
        """Let ``clock`` be missed and reached too late; a right lapses."""
        due_at = clock.due_at
        self._go(due_at)
        self._step_run(case, None)
        self.assertEqual(clock.state, "lapsed" if window else "missed")
        self._play(end, case)
        self.assertEqual(clock.due_at, due_at)
        self.assertEqual(clock.state, "lapsed" if window else "late")
        if not window:
            self.assertEqual(clock.missed_at, due_at)

    def _check_levels(self, deadline, rule, case, before, after, figure):
        """Check a threshold of time: a case rises to a severity by itself then.

        :param before: code of the severity in the last second
        :param after: code of the severity then
        :param figure: key of the same number among those of the severity
        """
        self.used.add(rule)
        self.seen.add(figure)
        self.assertEqual(self.demanded[deadline]["value"], self.figures[figure])
        for start in TIMES["months"]:
            with self._at(start, deadline):
                row = self._begin(case)
                due = self._get_expected(self.demanded[deadline], start)
                for moment, severity in ((due - SECOND, before), (due, after)):
                    self._go(moment)
                    self._step_run(row, None)
                    self.assertEqual(row.severity_id.code, severity)

    def _check_extensions(self, deadline, rule, case=(), **delta):
        """Check that a clock may be extended, before the old date passes only.

        :param delta: how much later it is then
        """
        self.assertIn("extension", self.demanded[deadline])
        for late in (False, True):
            with self._at(MONDAY, f"extension: {deadline}"):
                clock = self._get_clock(self._begin(case), rule)
                if clock.figure_missing:
                    self._extend(clock, clock.due_at + timedelta(hours=1))
                old, new = clock.due_at, clock.due_at + timedelta(**delta)
                self._go(old + SECOND if late else old - SECOND)
                if late:
                    with self.assertRaises(UserError):
                        self._extend(clock, new)
                else:
                    self._extend(clock, new)
                self.assertEqual(clock.due_at, old if late else new)
                self.assertTrue(clock.promised, "the complainant has to be told")

    # ------------------------------------------------------------
    # LADDERS
    # ------------------------------------------------------------

    def _check_rungs(
        self,
        rule,
        told,
        case=(),
        rung=None,
        deadline=None,
        also=(),
        clock=None,
        before=0,
        unless=None,
        times=None,
    ):
        """Check who is told by a rung, and when.

        :param rule: code of the rung's rule
        :param told: role codes by the oracle's names, or just codes for a deadline
        :param case: steps of a case; the rung is climbed with the last of them
        :param rung: its key in the oracle: trigger → who, or
        :param deadline: key of a deadline of "at once"
        :param also: codes of roles whom the rung tells beside
        :param clock: code of the clock that carries the figure of the rung: whoever
            climbs it has so long; without one, people are told sooner than they must
        :param before: how often the case has climbed the rung already
        :param unless: steps of a case, in working hours, in which nobody is told
        """
        key = rung or deadline
        demanded = self.ladder[rung] if rung else self.demanded[deadline]
        if rung:
            self.assertEqual(set(told), set(oracle.get_names(demanded["to"])))
            told = told.values()
        expected = [who for role in (*told, *also) for who in self.whom[role]]
        for moment in TIMES[times or ("two" if deadline else "one")]:
            with self._at(moment, key):
                row = self._begin(case)
                now = fields.Datetime.now()
                rows = self._get_told(row, rule)
                self.assertEqual(len(set(rows.mapped("planned_at"))), before + 1)
                rows = rows.filtered(lambda row, now=now: row.planned_at == now)
                self.assertEqual(set(rows.mapped("fired_at")), {now})
                self.assertCountEqual([*rows.user_id, *rows.partner_id], expected)
                if clock:
                    due = self._get_expected(demanded, now)
                    self.assertEqual(self._get_clock(row, clock).due_at, due)
        self.used.add(rule)
        if clock or not demanded.get("value"):
            self.seen.add(key)
        if unless:
            with self._at(MONDAY, f"no {key}"):
                self.assertFalse(self._get_told(self._begin(unless), rule))

    def _get_told(self, case, code):
        return case.escalation_ids.filtered(lambda row: row.rule_id.code == code)

    # ------------------------------------------------------------
    # SEVERITIES
    # ------------------------------------------------------------

    def _check_numbers(self, figure, severity, enough, fewer, over=False):
        """Check that a number makes a case more severe, and one less doesn't.

        :param figure: key of the number: severity: number
        :param severity: code of the severity
        :param enough: steps of a case; "N" in them stands for the number
        :param fewer: steps; "N" stands for one less
        :param over: it takes one more than the number
        """
        self.seen.add(figure)
        number = self.figures[figure] + over
        for steps, count in ((fewer, number - 1), (enough, number)):
            with self._at(MONDAY, f"{figure}: {count}"):
                text = json.dumps(steps).replace('"N"', str(count))
                case = self._begin(json.loads(text))
                self.assertEqual(case.severity_id.code == severity, count == number)

    def _check_likes(self, deadline, severity, figures, within, outside):
        """Check that so many like complaints in a time make a case more severe.

        :param figures: keys of the number, and of the time, of the severity
        :param within: category of complaints that all come in that time
        :param outside: category of complaints of which one comes too late
        """
        self.seen |= {deadline, *figures}
        first, demanded = datetime(2027, 11, 16, 2), self.demanded[deadline]
        least, time = (self.figures[figure] for figure in figures)
        self.assertEqual(demanded["value"], time)
        last = oracle.get_due(first, time, demanded["unit"])
        levels = {within: (last, True), outside: (last + timedelta(days=1), False)}
        for category, (moment, raised) in levels.items():
            for number in range(least, 0, -1):
                self._go(first if number > 1 else moment)
                person = f"Neighbour {number} ({category})"
                values = {"category": category, "contact_name": person}
                values["contact_phone"] = f"1380000{len(category)}{number:03}"
                case = self._begin([{"register": values}])
                self.assertEqual(
                    case.severity_id.code == severity, raised and number == 1
                )

    def _check_ratios(self, figure, remedy, case):
        """Check that so many times as much is proposed, and at the most.

        :param figure: key of the ratio: remedy: class
        :param remedy: code of the type of remedy
        """
        self.seen.add(figure)
        with self._at(MONDAY, figure):
            row, type_ = self._begin(case), self._find("remedy_type", remedy)
            wizard = self.env["complaint.remedy.propose"].with_user(self.office)
            wizard = wizard.create({"complaint_id": row.id, "type_id": type_.id})
            self.assertEqual(wizard.ratio, self.figures[figure])
            self.assertEqual(type_._get_scale(row).max_ratio, self.figures[figure])

    # ------------------------------------------------------------
    # DUTIES
    # ------------------------------------------------------------

    def _check_duties(self, deadline, duty, asked):
        """Check that a duty without a case is asked again and again, on its day.

        :param duty: code of the assignment rule
        :param asked: code of the role
        """
        self.seen.add(deadline)
        self.used.add(duty)
        demanded = self.demanded[deadline]
        template = self._find("assignment_template", duty)
        times = 13 if demanded["unit"] == "day_of_month" else 4
        with self._at(template.next_run_at, deadline):
            for _time in range(times):
                self._go(template.next_run_at)
                template._ask_duty()
            rows = self.env["complaint.assignment"].search(
                [("template_id", "=", template.id)], order="id"
            )
            self.assertEqual(len(rows), times)
            self.assertEqual(set(rows.mapped("role_id.code")), {asked})
            moments = rows.mapped("requested_at")
            steps = (demanded["value"], demanded["unit"])
            if demanded["unit"] == "day_of_month":
                days = {oracle.get_day(row.due_at).day for row in rows}
                self.assertEqual(days, {demanded["value"]})
                steps = (1, "months")
            for number, moment in enumerate(moments):
                expected = oracle.get_due(moments[0], number * steps[0], steps[1])
                self.assertEqual(moment, expected)
