"""Judges the log of an Odoo test run: what passed, and everything that's wrong."""

import re
from collections import Counter
from dataclasses import dataclass, field

from .instance import LOG_LINE

# Noise of Odoo itself that no test of ours can announce: (logger, message).
ALLOWED = (
    # Debian's wkhtmltopdf has no headers and footers, which every layout asks for
    (
        r"odoo\.addons\.base\.models\.ir_actions_report",
        r"wkhtmltopdf: (The switch --(header|footer)-[\w-]+, is not support using "
        r"unpatched qt, and will be ignored\.\s*)+",
    ),
)
BAD_LEVELS = ("WARNING", "ERROR", "CRITICAL")
# They repeat, as an error, that there were failed tests.
SUMMARIES = ("odoo.tests.result", "odoo.modules.loading")
SUMMARY = re.compile(r"(Module \S+: )?\d+ (failed|failures), \d+ error")
FAILED = re.compile(r"(FAIL|ERROR): (?P<test>.+)")
STARTING = re.compile(r"Starting (?P<test>\S+) \.\.\.")
SKIPPED = re.compile(r"skipped (?P<test>\S+) : (?P<reason>.*)")
TEST_LOGGER = re.compile(r"odoo\.addons\.(\w+)\.tests\b")
TRACEBACK = "Traceback (most recent call last)"
EXCERPT = 60


@dataclass
class Record:
    """One entry of the log with the lines that follow it."""

    level: str
    logger: str
    lines: list

    @property
    def message(self):
        """Return the text of the entry."""
        return "\n".join(self.lines)


@dataclass
class Verdict:
    """What a log says."""

    started: Counter = field(default_factory=Counter)  # tests per add-on
    classes: set = field(default_factory=set)  # (add-on, test class) that had a test
    failed: dict = field(default_factory=dict)  # test → excerpt
    findings: list = field(default_factory=list)  # anything else that's wrong

    def add(self, other):
        """Take over what another log says."""
        self.started += other.started
        self.classes |= other.classes
        self.failed |= other.failed
        self.findings += other.findings

    @property
    def total(self):
        """Return the number of tests that were started."""
        return sum(self.started.values())

    @property
    def passed(self):
        """Return the number of tests without any complaint."""
        return max(self.total - len(self.failed), 0)

    @property
    def wrong(self):
        """Return the number of failed tests and other findings."""
        return len(self.failed) + len(self.findings)


def records(lines):
    """Group the lines of a log; raw output of the program is a record, too."""
    current = None
    for line in lines:
        match = LOG_LINE.match(line)
        if match:
            if current:
                yield current
            current = Record(match["level"], match["logger"], [match["message"]])
        elif current:
            current.lines.append(line)
        else:
            current = Record("INFO", "", [line])
    if current:
        yield current


def judge(lines):
    """Return the verdict on the lines of a log."""
    verdict = Verdict()
    for record in records(lines):
        _judge_record(record, verdict)
    return verdict


def _judge_record(record, verdict):
    text = record.message
    if found := STARTING.match(text):
        verdict.started[_module(record)] += 1
        verdict.classes.add((_module(record), found["test"].split(".")[0]))
    if found := SKIPPED.match(text):
        name = f"{_module(record)}: {found['test']}"
        verdict.failed[name] = f"skipped: {found['reason']}"
    elif record.level == "ERROR" and (found := FAILED.match(record.lines[0])):
        name = f"{_module(record)}: {found['test']}"
        excerpt = "\n".join(record.lines[1:])
        verdict.failed[name] = "\n".join(
            filter(None, (verdict.failed.get(name), excerpt))
        )
    elif record.level in BAD_LEVELS and not is_summary(record) and not allowed(record):
        verdict.findings.append(f"{record.level} {record.logger}: {_short(text)}")
    elif record.level not in BAD_LEVELS and TRACEBACK in text:
        verdict.findings.append(f"traceback in the log: {_short(text)}")


def is_summary(record):
    """Tell whether a record only counts the failures that were reported before."""
    return record.logger in SUMMARIES and bool(SUMMARY.match(record.message))


def allowed(record):
    """Tell whether a record is noise of Odoo itself."""
    return any(
        re.fullmatch(logger, record.logger) and re.fullmatch(message, record.message)
        for logger, message in ALLOWED
    )


def _module(record):
    match = TEST_LOGGER.match(record.logger)
    return match[1] if match else "odoo"


def _short(text):
    lines = text.splitlines()
    if len(lines) > EXCERPT:
        lines = [*lines[: EXCERPT // 2], "   …", *lines[-EXCERPT // 2 :]]
    return "\n".join(lines)
