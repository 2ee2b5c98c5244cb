from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .oracle_common import (
    DAYS_OFF,
    HOLIDAY_EVE,
    MONDAY,
    OUT_OF_HOURS,
    TWO_TIMES,
    OracleCommon,
)


@tagged("post_install", "-at_install")
class TestOracleHospitals(OracleCommon):
    """Hospitals: many departments, reports upwards within hours."""

    def test_hospital_discontent_24h(self):
        self._load("hospital_discontent_24h")
        self._check_clock(
            "initial reply confirming receipt and announcing the milestones "
            "that follow",
            "initial_reply",
            self._register,
            self._enter_later("replied"),
        )
        self._check_all_seen()

    def test_hospital_centre_f6(self):
        self._load("hospital_centre_f6")
        answered = self._enter_later("answered")
        self._check_clock(
            "handling [ordinary]",
            "handling_ordinary",
            lambda: self._register(category="nursing"),
            answered,
            unless=lambda: self._register(severity="difficult"),
        )
        self._check_clock(
            "handling [several departments and difficult]",
            "handling_difficult",
            lambda: self._register(severity="difficult"),
            answered,
            unless=self._register,
        )
        self._check_clock(
            "hand-over of out-of-hours case to functional department in writing "
            "[duty officer or duty director cannot settle]",
            "hand_over",
            self._register,
            self._accept,
            times=OUT_OF_HOURS,
            unless=self._register,
        )
        self._check_duty("check of ward opinion book by head nurse", "ward_book")
        self._check_centre_ladder()
        self._check_all_seen()

    def _check_centre_ladder(self):
        self._check_by_hand(
            "cannot be solved inside the ward → complaint centre",
            "ward",
            {"complaint centre": "office"},
        )
        self._check_by_hand(
            "duty officer cannot handle → duty hospital director, director in charge",
            "duty",
            {
                "duty hospital director": "duty_director",
                "director in charge": "director",
            },
        )
        for severity in ("difficult", "major"):
            case = self._register(severity=severity)
            self._check_rung(
                "difficult case or major dispute → technical committee, "
                "director's office meeting",
                "difficult",
                case,
                {
                    "technical committee": "technical_committee",
                    "director's office meeting": "office_meeting",
                },
            )

    # ------------------------------------------------------------
    # SHANXI
    # ------------------------------------------------------------

    def test_hospital_dispute_shanxi(self):
        self._load("hospital_dispute_shanxi")
        self._check_shanxi_first_hours()
        self._check_shanxi_reports()
        self._check_shanxi_experts()
        self._check_shanxi_answers()
        self._check_shanxi_told_at_once()
        self._check_shanxi_ladder()
        self._check_duty("dispute analysis", "analysis")
        self._check_all_seen()

    def _check_shanxi_first_hours(self):
        self._check_clock(
            "department head on scene",
            "scene",
            self._register,
            lambda case: self._sign(case, "verification"),
        )
        self._check_clock(
            "department mediation organised by department head",
            "mediation",
            self._register,
            self._enter_later("mediation"),
        )
        self._check_clock(
            "department investigation and discussion",
            "investigation",
            self._register_after_an_hour,
            lambda case: self._finish(case, "verification"),
        )
        self._check_clock(
            "investigation led by medical affairs or nursing [two or more departments]",
            "led_investigation",
            lambda: self._register_after_an_hour(severity="several"),
            self._enter_later("investigated"),
            unless=lambda: self._register_after_an_hour()[0],
        )

    def _check_shanxi_reports(self):
        self._check_clock(
            "report to head office [other events]",
            "report",
            lambda: self._register_after_an_hour(severity="other"),
            lambda case: self._finish(case, "task"),
            unless=lambda: self._register_after_an_hour(severity="several")[0],
        )
        self._check_clock(
            "report to head office medical affairs and nursing [major negligence]",
            "report_major",
            lambda: self._register_in("confirmed", severity="major"),
            lambda case: self._finish(case, "task"),
            unless=lambda: self._register_in("confirmed"),
        )
        self._check_clock(
            "report to local health authority or company health office "
            "[major negligence]",
            "authority",
            lambda: self._register_in("confirmed", "approved", severity="major"),
            lambda case: self._finish(case, "report"),
            unless=lambda: self._register_in("confirmed", "approved"),
        )

    def _check_shanxi_experts(self):
        rejected = ("mediation", "rejected")
        self._check_clock(
            "written material and department opinion to head office",
            "written_material",
            lambda: self._register_in(*rejected),
            lambda case: self._finish(case, "opinion"),
        )
        self._check_clock(
            "expert discussion organised by medical affairs or nursing",
            "discussion",
            self._register_with_written_report,
            self._enter_later("discussion"),
        )
        self._check_clock(
            "expert committee discussion",
            "committee",
            lambda: self._register_in(*rejected, "discussion", "talks_failed"),
            self._enter_later("committee"),
        )

    def _check_shanxi_answers(self):
        self._check_clock(
            "written answer [written form]",
            "written_answer",
            lambda: self._register(form="written"),
            self._enter_later("answered"),
            unless=lambda: self._register(form="oral"),
        )
        self._check_clock(
            "hand-over of out-of-hours reception",
            "hand_over",
            self._register,
            self._accept,
            times=DAYS_OFF,
            unless=self._register,
        )
        self._check_clock(
            "internal written circular of the result",
            "circular",
            self._register_closed,
            lambda case: self._finish(case, "circular"),
        )

    def _check_shanxi_told_at_once(self):
        for moment in TWO_TIMES:
            self._go(moment)
            case = self._register(severity="grade_3")
            self._check_rung("report to department head", "head", case, ["head"])
            self._check_rung(
                "report to head office medical affairs and nursing and director "
                "[possibly grade 3 or above]",
                "grade_3",
                case,
                ["medical_affairs", "nursing", "director", "vice_director"],
            )
            self._wait(hours=2)
            self._enter(case, "mediation", "rejected")
            self._check_rung(
                "written report to medical affairs, nursing and vice director "
                "in charge",
                "rejected",
                case,
                ["medical_affairs", "nursing", "vice_director"],
            )
        self._go(HOLIDAY_EVE)
        case = self._register(severity="other")
        self._wait(hours=9)
        self._finish(case, "task")
        self._check_rung(
            "report to vice director in charge", "reported", case, ["vice_director"]
        )

    def _check_shanxi_ladder(self):
        self._go(MONDAY)
        case = self._register(channel="branch", severity="grade_3")
        self._check_rung(
            "every dispute → department head",
            "head",
            case,
            {"department head": "head"},
        )
        self._check_rung(
            "possible grade 3 or above → medical affairs, nursing, director in charge",
            "grade_3",
            case,
            {
                "medical affairs": "medical_affairs",
                "nursing": "nursing",
                "director in charge": "vice_director",
            },
            also=["director"],
        )
        self._check_rung(
            "every dispute → branch medical affairs, head office medical affairs and "
            "nursing and director",
            "branch",
            case,
            {
                "branch medical affairs": "branch_medical_affairs",
                "head office medical affairs and nursing and director": (
                    "medical_affairs"
                ),
            },
            also=["nursing", "director"],
        )
        self._check_rung(
            "event → community section",
            "station",
            self._register(channel="station"),
            {"community section": "community"},
        )
        case = self._register_in("confirmed", "approved", "provincial")
        self._check_rung(
            "patient rejects opinion and director approves → "
            "provincial mediation committee",
            "provincial",
            case,
            {"provincial mediation committee": "mediation_committee"},
        )
        self._check_rung(
            "major negligence → health authority, company health office",
            "authority",
            self._register_in("approved", severity="major"),
            {
                "health authority": "health_authority",
                "company health office": "company_health_office",
            },
            clock="authority",
        )
        self._check_by_hand(
            "disturbance of order → police", "police", {"police": "police"}
        )

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    def _register_after_an_hour(self, **values):
        occurred_at = fields.Datetime.now() - timedelta(hours=1)
        return self._register(occurred_at=occurred_at, **values), occurred_at

    def _register_with_written_report(self):
        case = self._register_in("mediation", "rejected")
        self._wait(hours=5)
        self._finish(case, "opinion")
        return case

    def _register_closed(self):
        case = self._register()
        self._wait(days=4)
        self._close(case)
        return case
