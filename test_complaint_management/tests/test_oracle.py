import json
from datetime import timedelta

from odoo import fields
from odoo.tests import BaseCase, tagged

from . import oracle
from .oracle_common import (
    ANY_TIME,
    EVENING,
    HOLIDAY_EVE,
    MONDAY,
    MONTH_END,
    TWO_TIMES,
    OracleCommon,
)


@tagged("post_install", "-at_install")
class TestOracleCopy(BaseCase):
    """The copy of the catalogue has the catalogue's figures."""

    def test_copy(self):
        entries = oracle.get_entries()
        self.assertGreaterEqual(len(entries), 10)
        # Only the maintainers have the catalogue beside their checkout.
        catalogue = oracle.get_catalogue() or {}
        for id_, entry in entries.items():
            self.assertTrue(entry["deadlines"])
            if id_ in catalogue:
                self.assertEqual(entry, oracle.trim(catalogue[id_]))

    def test_files(self):
        files = {path.stem for path in oracle.POLICIES.glob("*.json")} - {"oracle"}
        self.assertEqual(files, set(oracle.get_entries()))

    def test_naive_dates(self):
        eve = HOLIDAY_EVE
        self.assertEqual(
            oracle.get_day(oracle.add_working_days(eve, 3)).isoformat(), "2026-10-10"
        )
        self.assertEqual(oracle.get_next_shift(eve).isoformat(), "2026-10-08T00:00:00")
        self.assertEqual(
            oracle.get_due(MONTH_END, 3, "months").isoformat(), "2027-02-28T06:00:00"
        )


@tagged("post_install", "-at_install")
class TestOracle(OracleCommon):
    """Shops, offices and authorities."""

    def test_files_are_what_is_exported(self):
        for policy_id in oracle.get_entries():
            exported = json.loads(self._import(policy_id)._export_file())
            kept = json.loads((oracle.POLICIES / f"{policy_id}.json").read_text())
            # Channels belong to all policies: here they may be named otherwise.
            for data in (exported, kept):
                rows = data["channels"]
                data["channels"] = [
                    row if isinstance(row, str) else row["code"] for row in rows
                ]
            self.assertEqual(exported, kept)

    def test_customer_service_24h_3d_7d(self):
        self._load("customer_service_24h_3d_7d")
        replied = self._enter_later("replied")
        self._check_clock(
            "initial response",
            "initial_response",
            self._register,
            self._enter_later("responded"),
        )
        self._check_clock(
            "full reply [ordinary]",
            "full_reply_ordinary",
            lambda: self._register(severity="ordinary"),
            replied,
            unless=lambda: self._register(severity="complex"),
        )
        self._check_clock(
            "full reply [complex or serious]",
            "full_reply_complex",
            lambda: self._register(severity="complex"),
            replied,
            unless=self._register,
        )
        self._check_all_seen()

    def test_customer_service_becomes_complex(self):
        self._load("customer_service_24h_3d_7d")
        self._go(MONDAY)
        case = self._register(severity="ordinary")
        self.assertEqual(
            self._get_running(case), {"initial_response", "full_reply_ordinary"}
        )
        self._wait(days=1)
        self._raise(case, "complex")
        self.assertEqual(
            self._get_running(case), {"initial_response", "full_reply_complex"}
        )
        clock = self._get_clock(case, "full_reply_complex")
        self._check_due("full reply [complex or serious]", clock, MONDAY)

    def test_property_shangjun(self):
        self._load("property_shangjun")
        self._check_clock(
            "handling", "handling", self._register, self._enter_later("replied")
        )
        rung = "multiple or complex complaint → superior"
        superior = {"superior": "superior"}
        self._go(MONDAY)
        case = self._register(severity="multiple")
        self._check_rung(rung, "complex", case, superior)
        case = self._register()
        self.assertFalse(case.escalation_ids)
        self._wait(hours=2)
        self._raise(case, "multiple")
        self._check_rung(rung, "complex", case, superior)
        self._check_all_seen()

    def test_health_supervision_coop(self):
        self._load("health_supervision_coop")
        self._check_clock(
            "handled and answered [minor violation]",
            "answer",
            lambda: self._register(severity="minor"),
            self._enter_later("answered"),
            unless=lambda: self._register(severity="serious"),
        )
        self._check_clock(
            "reported to municipal health supervision brigade [serious violation]",
            "report",
            lambda: self._register(severity="serious"),
            lambda case: self._finish(case, "report"),
            unless=self._register,
        )
        self._check_duty("annual summary", "annual_summary")
        for moment in ANY_TIME:
            self._go(moment)
            case = self._register(severity="serious")
            self._check_rung(
                "serious violation → municipal brigade",
                "brigade",
                case,
                {"municipal brigade": "brigade"},
                clock="report",
            )
            report = self._get_open(case, "report")
            self.assertEqual(report.partner_id, self.whom["brigade"])
        self._check_all_seen()

    def test_scenic_garden(self):
        self._load("scenic_garden")
        self._check_clock(
            "handling begins [telephone, written or oral]",
            "handling_begins",
            self._register,
            self._accept,
        )
        self._check_duty("summary and penalties", "summary")
        rung = "major or not solved → next level up"
        next_level = {"next level up": "level_1"}
        self._go(MONDAY)
        case = self._register()
        self._wait(hours=3)
        self._raise(case, "major")
        self._check_rung(rung, "major", case, next_level)
        self._wait(minutes=30)
        self._run_scheduler(case)
        self._check_rung(rung, "major_2", case, {"next level up": "level_2"})
        again = self._register()
        self._wait(hours=3)
        self._close(again)
        self._wait(days=2)
        self._reopen(again)
        self._check_rung(rung, "unsolved", again, next_level)
        self._check_by_hand(rung, "by_hand", next_level)
        self._check_all_seen()

    def test_debt_collection(self):
        self._load("debt_collection")
        self._check_clock(
            "handled [special cases]",
            "handled",
            self._register,
            self._enter_later("handled"),
        )
        self._check_clock(
            "handled [special cases]",
            "handled",
            self._register_and_hand_over,
            self._enter_later("handled"),
            unless=lambda: self._register(track="spot"),
        )
        self._check_clock(
            "status told to customer [cannot be answered at once]",
            "status",
            self._register,
            self._enter_later("told"),
            unless=lambda: self._register(track="spot"),
        )
        for moment in TWO_TIMES:
            self._go(moment)
            case = self._register(channel="bank")
            self._check_rung("report to supervisor", "bank", case, ["supervisor"])
        self._go(EVENING)
        case = self._register()
        self._accept(case)
        self._wait(hours=20)
        self._raise(case, "breach")
        self._check_rung(
            "rule breach by staff discovered during handling → superior",
            "breach",
            case,
            {"superior": "supervisor"},
        )
        leaders = {"leader in charge": "leader", "general manager": "general_manager"}
        self._check_rung(
            "major → leader in charge, general manager",
            "major",
            self._register(severity="major"),
            leaders,
        )
        self._check_all_seen()

    def test_tourism_yingkou(self):
        self._load("tourism_yingkou")
        self._check_tourism_office()
        self._check_tourism_respondent()
        self._check_tourism_rights()
        leader = {"leader in charge": "leader"}
        rung = "filing and decision approval → leader in charge"
        case = self._register()
        self._wait(days=1)
        self._enter(case, "filing")
        self._check_rung(rung, "filing", case, leader)
        self._wait(days=20)
        self._enter(case, "accepted", "drafted")
        self._check_rung(rung, "decision", case, leader)
        self._check_all_seen()

    def _check_tourism_office(self):
        self._check_clock(
            "notice of non-acceptance [expired or out of jurisdiction]",
            "non_acceptance",
            self._register,
            lambda case: self._close(case, "out_of_scope"),
        )
        self._check_clock(
            "settlement agreement delivered to the office by respondent",
            "agreement",
            lambda: self._register_in("filing", "accepted", "agreement"),
            self._close,
        )
        self._check_clock(
            "decision [deposit compensation case]",
            "decision",
            lambda: self._register_in("filing", "accepted", severity="deposit"),
            self._enter_later("decided"),
            unless=lambda: self._register_in("filing", "accepted"),
        )
        self._check_clock(
            "limitation period for complaining",
            "limitation",
            self._register_after_ten_days,
            self._enter_later("filing"),
            end_of_day=True,
        )

    def _check_tourism_respondent(self):
        finish = self._finish
        self._check_clock(
            "service receipt (送达回证) returned by respondent",
            "receipt",
            lambda: self._register_and_ask("statement"),
            lambda case: self._sign(case, "statement"),
        )
        self._check_clock(
            "respondent's written answer",
            "answer",
            lambda: self._register_and_serve("statement"),
            lambda case: finish(case, "statement"),
        )
        self._check_clock(
            "fine paid",
            "fine",
            lambda: self._register_and_serve("task"),
            lambda case: finish(case, "task"),
        )

    def _check_tourism_rights(self):
        windows = {
            "application for review by superior authority [deposit decision]": "review",
            "court action [deposit decision]": "court",
        }
        for key, code in windows.items():
            self._check_clock(
                key,
                code,
                self._register_served,
                self._reopen,
                times=(EVENING, HOLIDAY_EVE, MONTH_END),
                unless=lambda: self._register_in("filing", "accepted", "served"),
                end_of_day=True,
            )
        windows = {
            "application for review of penalty": "penalty_review",
            "court action against penalty": "penalty_court",
        }
        for key, code in windows.items():
            self._check_clock(
                key,
                code,
                self._register_penalty,
                self._reopen,
                times=(EVENING, HOLIDAY_EVE, MONTH_END),
                end_of_day=True,
            )

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    def _register_and_hand_over(self):
        case = self._register()
        self._wait(days=1)
        case.with_user(self.office).handler_id = self.whom["general_manager"]
        return case

    def _register_after_ten_days(self):
        occurred_at = fields.Datetime.now() - timedelta(days=10)
        return self._register(occurred_at=occurred_at), occurred_at

    def _register_and_ask(self, type_):
        case = self._register()
        self._wait(hours=1)
        self._ask(case, type_, partner_id=self.outsiders[3].id)
        return case

    def _register_and_serve(self, type_):
        case = self._register_and_ask(type_)
        self._wait(days=3)
        self._sign(case, type_)
        return case

    def _register_served(self):
        """Return a closed case; its decision was served before."""
        case = self._register_in("filing", "accepted", severity="deposit")
        self._wait(days=30)
        self._enter(case, "decided", "served")
        served_at = fields.Datetime.now()
        self._wait(days=2)
        self._close(case)
        return case, served_at

    def _register_penalty(self):
        case = self._register_and_serve("task")
        served_at = fields.Datetime.now()
        self._finish(case, "task")
        self._close(case)
        return case, served_at
