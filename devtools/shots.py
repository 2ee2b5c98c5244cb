"""`./dev shots`: pictures of pages, in two languages and two sizes, into shots/."""

import argparse
import contextlib
import json
import os

from . import postgres, programs
from .console import Problem, say
from .instance import free_port, own_folder
from .locks import open_lock, try_lock
from .places import ROOT
from .process import follow
from .pyenv import python
from .run import (
    freeze_base_url,
    own_database,
    own_instance,
    parse,
    prepare,
    running,
    wait_until_it_answers,
)

SCRIPT = ROOT / "devtools/shots_browser.py"
SIZES = {"desktop": (1280, 800, False), "phone": (390, 844, True)}
LANGUAGES = ("en_US", "zh_CN")


def shots_command(arguments):
    """Take pictures of pages of the running ./dev run, or of one started for it."""
    options = _parse(arguments)
    target = ROOT / "shots"
    target.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(_server())
        job = {
            "url": f"http://localhost:{port}",
            "database": own_database(),
            "chromium": str(programs.chromium()),
            "folder": str(target),
            "user": options.user,
            "password": options.password or options.user,
            "paths": [path for path in options.paths if path],
            "languages": options.lang or list(LANGUAGES),
            "sizes": {name: SIZES[name] for name in options.size or SIZES},
            "full": options.full,
            "click": options.click,
        }
        command = [python(), SCRIPT, json.dumps(job)]
        log = own_folder("run") / "shots.log"
        log.unlink(missing_ok=True)
        env = os.environ | programs.environment()
        return follow(command, log, env=env, on_line=say)


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./dev shots", description=shots_command.__doc__
    )
    parser.add_argument("paths", nargs="+", metavar="/path")
    parser.add_argument("--user", default="admin", help="login; '' for a visitor")
    parser.add_argument("--password", help="if it isn't the login")
    parser.add_argument("--lang", action="append", choices=LANGUAGES)
    parser.add_argument("--size", action="append", choices=sorted(SIZES))
    parser.add_argument("--full", action="store_true", help="the whole page")
    parser.add_argument(
        "--click",
        action="append",
        default=[],
        metavar="SELECTOR",
        help="click on this before the picture (repeatable)",
    )
    options = parser.parse_args(arguments)
    if wrong := [path for path in options.paths if not path.startswith("/")]:
        raise Problem(f"a path begins with /: {wrong[0]}")
    return options


@contextlib.contextmanager
def _server():
    """Yield the port of a server on the database of `run`."""
    folder = own_folder("run")
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(open_lock(folder / "run.lock"))
        if not try_lock(lock):
            with contextlib.suppress(OSError):
                yield int((folder / "port").read_text())
                return
            raise Problem("./dev run is still starting")
        server = stack.enter_context(postgres.server("run"))
        instance = own_instance(server)
        prepare(instance)
        port = free_port(8100)
        freeze_base_url(instance, f"http://localhost:{port}")
        options = parse(["--odoo", "--max-cron-threads=0", "--log-level=warn"])
        child = stack.enter_context(running(instance, port, options))
        wait_until_it_answers(child, port)
        yield port
