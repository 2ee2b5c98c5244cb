from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from . import oracle
from .oracle_common import (
    DAYS_OFF,
    EVENING,
    IN_HOURS,
    MONDAY,
    MONTH_END,
    TWO_TIMES,
    OracleCommon,
)

GROUP = {"company": "company", "group coordination centre": "group_centre"}
CENTRE = "unclear validity or major or emergency → service centre"


@tagged("post_install", "-at_install")
class TestOracleVanke(OracleCommon):
    """A developer whose complaints rise through four levels."""

    def test_developer_vanke(self):
        self._load("developer_vanke")
        self._check_passing_on()
        self._check_validity()
        self._check_replies()
        self._check_notices()
        self._check_rising()
        self._check_duties()
        self._check_all_seen()

    def _check_passing_on(self):
        passed = "complaint passed to handler"
        forum = "forum post or e-mail passed to handler"
        self._check_passed(
            f"{passed} [in working hours]", "passed", "telephone", IN_HOURS, "email"
        )
        self._check_passed(
            "complaint e-mail passed to handler [in working hours]",
            "email_passed",
            "email",
            IN_HOURS,
            "telephone",
        )
        self._check_passed(
            "forum post passed to handler [in working hours]",
            "forum_passed",
            "company_forum",
            IN_HOURS,
            "telephone",
        )
        self._check_passed(
            f"{forum} [arrived outside working hours on a working day]",
            "passed_next_shift",
            "group_forum",
            # in the evening, before a weekend, in the early morning
            (EVENING, EVENING + timedelta(days=1), EVENING.replace(hour=22)),
            "group_forum",
            begin=oracle.get_next_shift,
        )
        self._check_passed(
            f"{passed} [public holiday]",
            "passed_on_holiday",
            "email",
            DAYS_OFF,
            "email",
        )

    def _check_passed(self, key, code, channel, times, other_channel, **how):
        self._check_clock(
            key,
            code,
            lambda: self._register(channel=channel),
            self._accept,
            times=times,
            unless=lambda: self._register(channel=other_channel),
            **how,
        )

    def _check_validity(self):
        self._check_clock(
            "validity question sent to service centre with draft opinion "
            "[specialist cannot decide validity]",
            "validity_question",
            self._register_accepted,
            self._enter_later("validity_centre"),
        )
        self._check_clock(
            "service centre answers validity question",
            "validity_answer",
            self._register_with_question,
            self._enter_later("handling"),
        )
        self._go(EVENING)
        case = self._register_with_question()
        self._check_rung(CENTRE, "validity", case, {"service centre": "office"})
        for values in ({"severity": "major"}, {"kind": "urgent"}):
            self._go(MONDAY)
            case = self._register(**values)
            self._accept(case)
            self._check_rung(
                CENTRE,
                "major_centre",
                case,
                {"service centre": "office"},
                clock="reported",
            )

    def _check_replies(self):
        self._check_clock(
            "reported to service centre [emergency or major (property specialist)]",
            "reported",
            lambda: self._register_accepted(severity="major"),
            lambda case: self._finish(case, "report"),
            unless=self._register_accepted,
        )
        for values in ({"severity": "major"}, {"kind": "enquiry"}):
            self._check_clock(
                "first handling status to customer [major complaint or enquiry]",
                "first_status",
                lambda values=values: self._register_reported(**values),
                self._enter_later("status_told"),
                unless=self._register_reported,
            )
        self._check_clock(
            "written receipt/answer by specialist or department to service centre",
            "written_answer",
            self._register_accepted,
            lambda case: self._finish(case, "opinion"),
        )
        self._check_clock(
            "reply on the forum (courtesy reply is enough but must show acceptance) "
            "[online complaint]",
            "forum_reply",
            lambda: self._register(channel="company_forum"),
            self._enter_later("status_told"),
            unless=lambda: self._register(channel="telephone"),
        )

    def _check_notices(self):
        key = "notice to company and group coordination centre"
        self._check_clock(
            f"{key} [hot]",
            "notice_hot",
            self._register_and_raise,
            lambda case: self._finish(case, "circular"),
            unless=self._register,
        )
        for moment in TWO_TIMES:
            self._go(moment)
            case = self._register(severity="major")
            self._check_rung(f"{key} [major]", "major", case, list(GROUP.values()))
        self._wait(minutes=1)
        case = self._register(severity="hot")
        self._check_rung(
            "hot → company, group coordination centre",
            "hot",
            case,
            GROUP,
            clock="notice_hot",
        )
        self._wait(days=1)
        self._raise(case, "major")
        self._check_rung(
            "major → company, group coordination centre", "major", case, GROUP
        )
        rung = "major complaint or enquiry → expert advisory panel"
        panel = {"expert advisory panel": "expert_panel"}
        self._check_rung(rung, "expert_panel", case, panel)
        enquiry = self._register(kind="enquiry")
        self._check_rung(rung, "expert_panel_enquiry", enquiry, panel)
        self._check_bulletins()

    def _check_bulletins(self):
        """The bulletin of a major complaint comes every week until it is closed."""
        key = "progress bulletin [major]"
        self._check_clock(
            key,
            "bulletin",
            lambda: self._register(severity="major"),
            lambda case: self._finish(case, "task"),
        )
        self._go(MONDAY)
        case = self._register(severity="major")
        for week in range(1, 4):
            due = oracle.get_due(MONDAY, week, "weeks")
            self.assertEqual(self._get_clock(case, "bulletin").due_at, due)
            self._go(due)
            self._finish(case, "task")
            self._run_scheduler(case)
        self._close(case)
        self._wait(weeks=3)
        self._run_scheduler(case)
        rows = case.assignment_ids.filtered(lambda row: row.type == "task")
        self.assertEqual(rows.mapped("state"), ["done"] * 3 + ["cancelled"])

    def _check_rising(self):
        """Time and number raise a complaint by themselves."""
        weeks = "unresolved - becomes hot [our own reasons]"
        months = "unresolved - becomes major [our own reasons]"
        for key, code in {weeks: "unresolved_week", months: "unresolved_month"}.items():
            self._check_clock(
                key, code, self._register, self._close, times=(EVENING, MONTH_END)
            )
        for moment in (EVENING, MONTH_END):
            self._go(moment)
            case = self._register(category="design")
            self._check_level(case, moment, "ordinary", weeks, "hot")
            self._check_level(case, moment, "hot", months, "major")
            self._go(moment + relativedelta(months=2))
            self._close(case)
        self._check_waiting_for_customer()
        self._check_same_complaint()
        self._check_collective()

    def _check_level(self, case, start, before, key, after):
        due = self._get_expected(self.demanded[key], start)
        self._go(due - timedelta(seconds=1))
        self._run_scheduler(case)
        self.assertEqual(case.severity_id.code, before)
        self._go(due)
        self._run_scheduler(case)
        self.assertEqual(case.severity_id.code, after)

    def _check_waiting_for_customer(self):
        """What we wait for isn't for our own reasons: the threshold moves on."""
        self._go(MONDAY)
        case = self._register(category="sales")
        self._accept(case)
        self._enter(case, "waiting")
        self._wait(days=2)
        self._enter(case, "handling")
        clock = self._get_clock(case, "unresolved_week")
        self.assertEqual(clock.due_at, MONDAY + timedelta(days=9))

    def _check_same_complaint(self):
        key = "same-complaint counting window [3 different complainants]"
        self.seen.add(key)
        first = MONDAY + relativedelta(years=1)
        demanded = self.demanded[key]
        last = oracle.get_due(first, demanded["value"], demanded["unit"])
        self.assertEqual(self._get_level_of_last("service", first, last), "hot")
        last += timedelta(days=1)
        self.assertEqual(self._get_level_of_last("other", first, last), "ordinary")

    def _get_level_of_last(self, category, first, last):
        """Return the severity of the last of so many like complaints as make one hot.

        All but the last arrive at ``first``.
        """
        count = self._get_criteria("hot")["same_complaint_min"]
        level = "ordinary"
        for number in range(1, count + 1):
            self._go(last if number == count else first)
            self.assertEqual(level, "ordinary")
            case = self._register(
                category=category,
                contact_name=f"Neighbour {number} ({category})",
                contact_phone=f"1380000{len(category)}{number:03}",
            )
            level = case.severity_id.code
        return level

    def _check_collective(self):
        for level in ("hot", "major"):
            least = self._get_criteria(level)["collective_min"]
            fewer, enough = (
                self._register(people_count=count).severity_id.code
                for count in (least - 1, least)
            )
            self.assertNotEqual(fewer, level)
            self.assertEqual(enough, level)

    def _get_criteria(self, level):
        """Return the figures by which the oracle tells ``level``."""
        return next(
            row["rules"] for row in self.entry["severities"] if row["en"] == level
        )

    def _check_duties(self):
        duties = {
            "property report and repair-quality record": "property_report",
            "half-month complaint report": "half_month_report",
            "monthly complaint report": "month_report",
            "specialised theme meeting": "theme_meeting",
            "quarterly analysis of hot / important / ordinary complaints": (
                "quarter_analysis"
            ),
            "quarterly report to expert panel and leaders; evaluation per department": (
                "quarter_report"
            ),
            "quarterly appraisal of specialists": "quarter_appraisal",
            "specialist meeting": "specialist_meeting",
        }
        for key, code in duties.items():
            self._check_duty(key, code)

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    def _register_accepted(self, **values):
        """Return a case that was accepted just now and whose validity is looked at."""
        case = self._register(**values)
        self._wait(minutes=20)
        self._enter(case, "validity")
        self._accept(case)
        return case

    def _register_with_question(self):
        case = self._register_accepted()
        self._wait(hours=3)
        self._enter(case, "validity_centre")
        return case

    def _register_reported(self, **values):
        """Return a case that the specialist has just reported to the centre."""
        case = self._register_accepted(**values)
        self._wait(hours=2)
        if not case.assignment_ids.filtered(lambda row: row.type == "report"):
            self._ask(case, "report", user_id=self.office.id)
        self._finish(case, "report")
        return case

    def _register_and_raise(self):
        case = self._register()
        self._wait(days=2)
        self._raise(case, "hot")
        return case
