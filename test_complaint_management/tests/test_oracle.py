from odoo.tests import BaseCase, tagged

from . import oracle
from .oracle_common import HOLIDAY_EVE, MONTH_END, OracleCommon


@tagged("post_install", "-at_install")
class TestOracleCopy(BaseCase):
    """The copy of the catalogue has the catalogue's figures."""

    def test_copy(self):
        # Only the maintainers have the catalogue beside their checkout.
        catalogue = oracle.get_catalogue() or {}
        for id_, entry in oracle.get_entries().items():
            self.assertTrue(oracle.has_time(entry))
            if catalogue:
                self.assertEqual(entry, oracle.trim(catalogue[id_]))

    def test_every_policy_with_a_clock_or_rung(self):
        entries = oracle.get_entries()
        self.assertGreaterEqual(len(entries), 30)
        catalogue = oracle.get_catalogue() or {}
        timed = {id_ for id_, entry in catalogue.items() if oracle.has_time(entry)}
        self.assertFalse(timed - {*entries})

    def test_files(self):
        entries = set(oracle.get_entries())
        files = {path.stem for path in oracle.POLICIES.glob("*.json")} - {"oracle"}
        self.assertEqual(files, entries)
        scenarios = {path.stem for path in oracle.SCENARIOS.glob("*.json")}
        self.assertEqual(scenarios, entries)

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
    """Each policy of the oracle: its file, and all its clocks and rungs."""

    def test_own_figures(self):
        """What the policies demand is compared in a test of each, made below."""
        tests = {name.removeprefix("test_") for name in dir(self)}
        self.assertFalse({*oracle.get_entries()} - tests)


def _make_test(policy_id):
    def test(self):
        self._check_policy(policy_id)

    return test


for _policy_id in oracle.get_entries():
    setattr(TestOracle, f"test_{_policy_id}", _make_test(_policy_id))
