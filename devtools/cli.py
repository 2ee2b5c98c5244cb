"""The command line of `./dev`: which command is which function."""

import importlib
import os
import sys

from .console import Problem, say
from .process import end_on_signals

HELP = """\
usage: ./dev <command> [options]      (./dev <command> --help says more)

Works on a machine with Python 3.11+, git and Debian's apt: whatever else is
needed is fetched into the cache; the system itself is never changed.

  run      Odoo with our add-ons and demo data on http://localhost:8069
  test     our tests in a fresh database; fails on any unannounced log line
  lint     check (or with --fix, also repair) the code
  i18n     export the terms, merge the Chinese, fail on untranslated ones
  shots    screenshots of pages into shots/
  shell    Odoo's Python shell on the database of `run`
  psql     PostgreSQL's shell on the database of `run`
  bench    our speed beside OCA's helpdesk, a bare model and plain SQL
  lock     renew the lock files of the Python and JavaScript packages
  update   fetch the newest revision of Odoo's package
  clean    delete what this checkout has made (--all: the whole cache)

Variables:
  ODOO_DIR                 a checkout of Odoo 19.0 instead of Debian's package
  PGHOST PGPORT PGUSER     a PostgreSQL server instead of private ones
  XDG_CACHE_HOME           where the cache is (default ~/.cache; for root
                           /var/cache, which PostgreSQL's account can reach)
"""
COMMANDS = {
    "run": "run",
    "test": "testing",
    "lint": "lint",
    "i18n": "i18n",
    "shots": "shots",
    "shell": "shell",
    "psql": "shell",
    "bench": "bench.command",
    "lock": "lock",
    "update": "clean",
    "clean": "clean",
}


def main(arguments):
    """Run a command; return the exit code."""
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        say(HELP)
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        say(HELP)
        say(f"there is no command {name!r}")
        return 2
    os.umask(0o022)
    end_on_signals()
    try:
        module = importlib.import_module(f".{COMMANDS[name]}", __package__)
        return getattr(module, f"{name}_command")(rest) or 0
    except Problem as problem:
        say()
        print(f"./dev {name}: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted; the same command continues where this one stopped")
        return 130
