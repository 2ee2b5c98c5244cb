"""`./dev lint`: the linters of OCA's repositories, and the budgets of our own."""

import argparse
import os
import time

from . import budgets, conventions, nodejs, pyenv
from .console import duration, say
from .places import ROOT, addons
from .process import run

# OCA checks that Odoo's own data files don't meet either
TASTE = "xml-header-wrong,xml-field-numeric-without-eval"
PRETTIER_FILES = "**/*.{js,xml,scss,css,json,md,yml,yaml}"


def lint_command(arguments):
    """Check the code; --fix repairs what a program can repair."""
    parser = argparse.ArgumentParser(
        prog="./dev lint", description=lint_command.__doc__
    )
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("--no-hints", action="store_true", help="only what fails")
    options = parser.parse_args(arguments)
    pyenv.python("lint")
    nodejs.modules()
    failed = [check.__name__ for check in CHECKS if not _passes(check, options)]
    say()
    if failed:
        say(f"lint: {len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
        return 1
    say(f"lint: all {len(CHECKS)} checks passed")
    return 0


def _passes(check, options):
    start = time.monotonic()
    text = check(options)
    verdict = "✗" if text else "✓"
    say(f"{verdict} {check.__name__} ({duration(time.monotonic() - start)})")
    if text:
        say(text)
    return not text


def _run(*command):
    """Return what a tool prints when it fails, else nothing."""
    done = run(command, check=False, cwd=ROOT, env=nodejs.environment())
    return (done.stdout.strip() or f"exit code {done.returncode}") * bool(
        done.returncode
    )


def _python(module, *arguments):
    return _run(pyenv.python("lint"), "-m", module, *arguments)


def ruff(options):
    """Errors, complexity, order of imports."""
    return _python("ruff", "check", "--no-cache", *["--fix"] * options.fix, ".", "dev")


def ruff_format(options):
    """Form of the Python code."""
    check = [] if options.fix else ["--check"]
    return _python("ruff", "format", "--no-cache", *check, ".", "dev")


def pylint_odoo(_options):
    """OCA's mandatory list."""
    return _python("pylint", "--jobs=2", *addons()) if addons() else ""


def oca_checks(_options):
    """Duplicate ids, XML and CSV data, translations."""
    found = []
    for name in addons():
        found.append(_oca("cli", f"--disable={TASTE}", ROOT / name))
        if files := sorted((ROOT / name).glob("i18n/*.po*")):
            found.append(_oca("cli_po", "--disable=po-pretty-format", *files))
    return "\n".join(filter(None, found))


def _oca(module, *arguments):
    code = (
        f"import sys; from oca_pre_commit_hooks.{module} import main; sys.exit(main())"
    )
    return _run(pyenv.python("lint"), "-c", code, *arguments)


def prettier(options):
    """Form of XML, JavaScript, SCSS, JSON, Markdown and YAML."""
    mode = "--write" if options.fix else "--check"
    plugin = f"--plugin={nodejs.modules() / '@prettier/plugin-xml/src/plugin.js'}"
    tool = nodejs.tool("prettier", "bin/prettier.cjs")
    quiet = ["--log-level=warn", "--no-error-on-unmatched-pattern"]
    return _run(*tool, plugin, mode, *quiet, PRETTIER_FILES)


def eslint(options):
    """Errors in JavaScript."""
    files = [str(path) for name in addons() for path in (ROOT / name).rglob("*.js")]
    if not files:
        return ""
    tool = nodejs.tool("eslint", "bin/eslint.js")
    return _run(*tool, "--max-warnings=0", *["--fix"] * options.fix, *files)


def house_rules(options):
    """Budgets and conventions."""
    remarks = [
        remark
        for name in addons()
        for remark in (*budgets.check(ROOT / name), *conventions.check(name))
    ]
    remarks = [remark for remark in remarks if remark.hard or not options.no_hints]
    lines = [str(remark).replace(f"{ROOT}{os.sep}", "") for remark in remarks]
    if any(remark.hard for remark in remarks):
        return "\n".join(lines)
    if lines:
        say("\n".join(lines))
    return ""


CHECKS = (
    ruff,
    ruff_format,
    pylint_odoo,
    oca_checks,
    prettier,
    eslint,
    house_rules,
)
