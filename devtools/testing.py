"""`./dev test`: run tests in a fresh database and judge the log."""

import argparse
import contextlib
import functools
import io
import os
import sys
import time
import unittest

from . import nodejs, postgres, uninstall
from .console import Problem, duration, say, step
from .databases import template
from .endurance import check_endurance
from .instance import Instance, free_port, own_folder
from .judge import FAILED, STARTING, Verdict, judge
from .locks import free_slot
from .odoo import odoo
from .parallel import run_all, shares
from .places import ROOT, addons, checkout_key, fingerprints
from .process import output
from .pyenv import python
from .targets import select, test_names

LEFTOVERS = """
SELECT 'external id ' || module || '.' || name FROM ir_model_data
WHERE module IN ({modules})
UNION ALL SELECT 'parameter ' || key FROM ir_config_parameter
WHERE key LIKE 'complaint%'
UNION ALL SELECT 'table ' || table_name FROM information_schema.tables
WHERE table_schema = 'public' AND table_name LIKE 'complaint\\_%'
UNION ALL SELECT 'column ' || table_name || '.' || column_name
FROM information_schema.columns
WHERE table_schema = 'public' AND column_name LIKE 'complaint\\_%'
"""


def test_command(arguments):
    """Test add-ons, classes, tests or tags; without any, everything."""
    options = parse(arguments)
    tools = "devtools" in options.targets
    targets = [name for name in options.targets if name != "devtools"]
    everything = not options.targets
    verdicts = []
    if tools or everything:
        verdicts.append(test_devtools())
    if targets or (everything and addons()):
        selection = select(targets)
        verdicts += test_odoo(selection, options, everything)
    return conclude(verdicts)


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="./dev test",
        description=test_command.__doc__,
        epilog="Targets: complaint_management, TestComplaint, TestComplaint.test_x, "
        ".test_x, /complaint_management:TestComplaint, a tag; devtools.",
    )
    parser.add_argument("targets", nargs="*", metavar="target")
    parser.add_argument(
        "-a",
        "--again",
        action="store_true",
        help="in the database of the last run; upgrades only what has changed",
    )
    parser.add_argument(
        "--no-checks", action="store_true", help="without upgrade and uninstallation"
    )
    parser.add_argument(
        "--coverage", action="store_true", help="measure the coverage of our code"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show the log")
    return parser.parse_args(arguments)


def conclude(verdicts):
    """Print the sum; the closing line stands alone."""
    passed = sum(verdict.passed for verdict in verdicts)
    failed = sum(verdict.wrong for verdict in verdicts)
    if not passed and not failed:
        failed = 1
        say("no test was run")
    say()
    say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


# ---------------------------------------------------------------- Odoo's tests


def test_odoo(selection, options, everything):
    """Install, test, and with everything also upgrade and uninstall."""
    odoo()  # its absence is the first thing to say
    verdicts = []
    with contextlib.ExitStack() as stack:
        slot = stack.enter_context(free_slot(own_folder("test")))
        server = stack.enter_context(postgres.server("test"))
        instance = test_instance(server, slot)
        verdicts.append(run_tests(instance, selection, options))
        if everything and not options.no_checks and not options.again:
            verdicts.append(check_upgrade(instance))
            if "complaint_management" in addons():
                verdicts.append(as_reported(check_endurance(instance)))
            verdicts.append(check_uninstall(instance))
    return verdicts


def test_instance(server, slot):
    """Return the instance for the tests of this checkout."""
    name = f"complaint_test_{checkout_key()}_{slot}"
    return Instance(server, name, own_folder("test") / str(slot))


def run_tests(instance, selection, options):
    """Run the selected tests in Odoo, and judge what it logged."""
    arguments = loading(instance, selection.modules, options.again)
    # What the tests of accessibility ask of the pages.
    os.environ["COMPLAINT_AXE"] = str(nodejs.modules() / "axe-core/axe.min.js")
    single = options.again or options.coverage or options.verbose
    tags = [selection.tags] if single else shares(selection)
    start = time.monotonic()
    if len(tags) == 1:
        say(f"· Testing {selection.tags} …")
        verdict = run_share(instance, tags[0], options, arguments)
    else:
        verdict = run_shares(instance, tags, options, arguments)
    for module in selection.modules:
        if not verdict.started[module] and has_tests(module, selection):
            verdict.findings.append(f"no test of {module} was run")
    verdict.findings += never_run(selection, verdict)
    report(verdict, instance.folder / "test.log")
    say(f"  {verdict.total} tests in {duration(time.monotonic() - start)}")
    if options.coverage:
        coverage_report(instance)
    return verdict


def run_share(instance, tags, options, arguments=(), children=None):
    """Run the tests of ``tags`` in one database."""
    arguments = [*arguments, "--test-tags", tags, "--stop-after-init"]
    arguments += ["--screenshots", instance.folder / "screenshots"]
    loaded = fingerprints()
    verdict = run_odoo(instance, "test", arguments, options, children)
    if verdict.total:  # so everything was loaded
        instance.remember(loaded)
    return verdict


def run_shares(instance, tags, options, arguments):
    """Install once, copy the database, and run a share of the tests in each."""
    with step("Installing"):
        verdict = run_odoo(instance, "install", [*arguments, "--stop-after-init"])
    if verdict.wrong:
        report(verdict, instance.folder / "install.log")
        return verdict
    copies = [
        Instance(instance.server, f"{instance.database}_{n}", instance.folder / str(n))
        for n in range(2, len(tags) + 1)
    ]
    for copy in copies:
        copy.create_from(instance)
    say(f"· Testing in {len(tags)} databases at once …")
    jobs = [
        functools.partial(run_share, place, share, options)
        for place, share in zip([*copies, instance], tags, strict=True)
    ]
    for share in run_all(jobs):
        verdict.add(share)
    for copy in copies:
        say(f"  log: {copy.folder / 'test.log'}")
        copy.forget()
    return verdict


def never_run(selection, verdict):
    """Return a finding for each test class that Odoo didn't know of."""
    return [
        f"{module}: {name} was not run; does tests/__init__.py import its file?"
        for module in selection.whole_addons()
        for name in sorted(test_names(module).standard)
        if verdict.started[module] and (module, name) not in verdict.classes
    ]


def has_tests(module, selection):
    """Tell whether an add-on must have run a test."""
    named = len(selection.modules) < len(addons())
    return named or (ROOT / module / "tests").is_dir()


def loading(instance, modules, again):
    """Make the database ready; return the arguments that load the add-ons."""
    if not again:
        base = template(instance.server, "test")
        with step("Copying the database with the host apps"):
            instance.create_from(base)
    elif not instance.server.exists(instance.database):
        raise Problem("--again: there has been no ./dev test yet")
    new, changed = instance.outdated(modules)
    arguments = ["-i", ",".join(new)] if new else []
    return arguments + (["-u", ",".join(changed)] if changed else [])


def run_odoo(instance, name, arguments, options=None, children=None):
    """Run Odoo with its log in a file; return the verdict on it."""
    log = instance.folder / f"{name}.log"
    command = instance.command(*arguments, http_port=free_port())
    if options and options.coverage:
        command = with_coverage(command, instance)
    progress = Progress(bool(options and options.verbose))
    code = instance.follow(command, log, progress.line, children)
    progress.clear()
    with log.open(errors="replace") as lines:
        verdict = judge(line.rstrip("\n") for line in lines)
    if code and not verdict.wrong:
        verdict.findings.append(f"Odoo ended with exit code {code}")
    return verdict


class Progress:
    """Shows which test is running when somebody watches; failures at once."""

    def __init__(self, verbose):
        self.verbose = verbose
        self.live = sys.stdout.isatty() and not verbose
        self.count = 0

    def line(self, line):
        """Look at a line of the log."""
        if self.verbose:
            say(line)
            return
        text = line.partition(": ")[2]
        if found := STARTING.match(text):
            self.count += 1
            if self.live:
                print(f"\r\033[K  {self.count}  {found['test']}", end="", flush=True)
        elif " ERROR " in line and FAILED.match(text):
            self.clear()
            say(f"  {text}")

    def clear(self):
        """Remove the line that shows the running test."""
        if self.live:
            print("\r\033[K", end="", flush=True)


def report(verdict, log):
    """Print what is wrong, with where to read on."""
    for name, excerpt in verdict.failed.items():
        say(f"\n✗ {name}")
        say("\n".join(f"    {line}" for line in excerpt.splitlines()[-40:]))
    for finding in verdict.findings:
        say(f"\n✗ {finding}")
    say(f"  log: {log}")
    screenshots = log.parent / "screenshots"
    if verdict.failed and any(screenshots.rglob("*.png")):
        say(f"  screenshots: {screenshots}")


def with_coverage(command, instance):
    """Return a command that measures what it covers."""
    interpreter, script, *rest = command
    sources = ",".join(str(ROOT / name) for name in addons())
    options = [f"--source={sources}", "--omit=*/tests/*,*/__manifest__.py"]
    options.append(f"--data-file={instance.folder / 'coverage'}")
    return [interpreter, "-m", "coverage", "run", *options, script, *rest]


def coverage_report(instance):
    """Print which lines no test has reached."""
    command = [python(), "-m", "coverage", "report", "--skip-covered", "-m"]
    command.append(f"--data-file={instance.folder / 'coverage'}")
    say(output(command, check=False, cwd=ROOT))


# ------------------------------------------------------- upgrade, uninstallation


def check_upgrade(instance):
    """Upgrade all add-ons once; it must log nothing bad."""
    with step("Upgrading all add-ons"):
        names = ",".join(addons())
        arguments = ["-u", names, "--stop-after-init", "--no-http"]
        return as_one_test(instance, "upgrade", arguments)


def check_uninstall(instance):
    """Uninstall what the host apps are glued by, then all; nothing may stay behind."""
    glue = [name for name in addons() if name.startswith("complaint_management_")]
    if glue:
        with step("Uninstalling the add-ons of the host apps, with data"):
            instance.script("documents with complaints", uninstall.PREPARE)
            arguments = ["module", "uninstall", "-d", instance.database, *glue]
            verdict = as_one_test(instance, "uninstall_glue", arguments)
            instance.script("complaints without the add-ons", uninstall.CHECK)
        if verdict.wrong:
            return verdict
    with step("Uninstalling all add-ons"):
        rest = [name for name in addons() if name not in glue]
        arguments = ["module", "uninstall", "-d", instance.database, *rest]
        verdict = as_one_test(instance, "uninstall", arguments)
        instance.script("documents without complaints", uninstall.CHECK_HOSTS)
        names = ", ".join(f"'{name}'" for name in addons())
        rows = instance.server.sql(LEFTOVERS.format(modules=names), instance.database)
        if rows:
            found = "\n    ".join(row[0] for row in rows[:20])
            verdict.findings.append(f"uninstallation leaves behind:\n    {found}")
            verdict.started.clear()
            report(verdict, instance.folder / "uninstall.log")
        instance.forget()
        return verdict


def as_reported(verdict):
    """Print what is wrong in a verdict; return it."""
    for name, excerpt in verdict.failed.items():
        say(f"\n✗ {name}: {excerpt}")
    return verdict


def as_one_test(instance, name, arguments):
    """Run Odoo; the whole counts as one test."""
    verdict = run_odoo(instance, name, arguments)
    if verdict.wrong:
        report(verdict, instance.folder / f"{name}.log")
    else:
        verdict.started[name] = 1
    return verdict


# ------------------------------------------------------------- the tools' tests


def test_devtools():
    """Run the unit tests of these tools."""
    with step("Testing devtools"):
        suite = unittest.defaultTestLoader.discover(
            ROOT / "devtools/tests", top_level_dir=ROOT
        )
        stream = io.StringIO()
        result = unittest.TextTestRunner(stream=stream, verbosity=1).run(suite)
    verdict = Verdict()
    verdict.started["devtools"] = result.testsRun
    for test, trace in (*result.failures, *result.errors):
        verdict.failed[str(test)] = trace
    for test, reason in result.skipped:
        verdict.failed[str(test)] = f"skipped: {reason}"
    if verdict.failed:
        say(stream.getvalue())
    return verdict
