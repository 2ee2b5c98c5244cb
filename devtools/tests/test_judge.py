"""The verdict on a log."""

import unittest

from devtools.judge import judge

STAMP = "2026-11-22 05:01:36,229 155"
TESTS = "db odoo.addons.complaint_management.tests.test_x"
START = f"{STAMP} INFO {TESTS}: Starting TestX.test_a ... "
SUMMARY = (
    f"{STAMP} ERROR db odoo.tests.result: 1 failed, 0 error(s) of 1 tests "
    "when loading database 'db' "
)


def log(*lines):
    """Judge lines of a log."""
    return judge("\n".join(lines).splitlines())


class TestJudge(unittest.TestCase):
    def test_success(self):
        verdict = log(START, f"{STAMP} INFO db odoo.sql_db: fine")
        self.assertEqual((verdict.passed, verdict.wrong), (1, 0))
        self.assertEqual(verdict.started["complaint_management"], 1)

    def test_failure_is_counted_once(self):
        failure = f"{STAMP} ERROR {TESTS}: FAIL: TestX.test_a\nTraceback (most recent"
        failure += " call last):\nAssertionError: 1 != 2"
        verdict = log(START, failure, SUMMARY)
        self.assertEqual((verdict.passed, verdict.wrong), (0, 1))
        (excerpt,) = verdict.failed.values()
        self.assertIn("1 != 2", excerpt)

    def test_failure_in_setup(self):
        setup = f"{STAMP} ERROR db odoo.tests.suite: ERROR: setUpClass (TestX)\nboom"
        verdict = log(setup)
        self.assertEqual((verdict.passed, verdict.wrong), (0, 1))

    def test_skipped(self):
        skipped = f"{STAMP} INFO {TESTS}: skipped TestX.test_a : no Chrome "
        verdict = log(START, skipped)
        self.assertEqual((verdict.passed, verdict.wrong), (0, 1))

    def test_warning(self):
        warning = f"{STAMP} WARNING db odoo.modules.loading: invalid module names"
        verdict = log(START, warning)
        self.assertEqual((verdict.passed, verdict.wrong), (1, 1))

    def test_error_and_critical(self):
        for level in ("ERROR", "CRITICAL"):
            verdict = log(START, f"{STAMP} {level} db odoo.sql_db: bad query")
            self.assertEqual(verdict.wrong, 1, level)

    def test_traceback_without_a_level(self):
        trace = "Traceback (most recent call last):\n  File\nValueError: x"
        for lines in ([START, trace], [trace, START]):
            self.assertEqual(log(*lines).wrong, 1)

    def test_headers_of_wkhtmltopdf_are_noise_but_errors_are_not(self):
        logger = "odoo.addons.base.models.ir_actions_report"
        noise = (
            f"{STAMP} WARNING db {logger}: wkhtmltopdf: The switch --header-html, is "
            "not support using unpatched qt, and will be ignored.The switch "
            "--footer-html, is not support using unpatched qt, and will be ignored."
        )
        self.assertEqual(log(START, noise).wrong, 0)
        self.assertEqual(log(START, noise + "Exit with code 1").wrong, 1)

    def test_database_and_pid_may_be_anything(self):
        line = f"{STAMP} WARNING ? odoo.tools.config: unknown option"
        self.assertEqual(log(line).wrong, 1)
