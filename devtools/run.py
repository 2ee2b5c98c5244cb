"""`./dev run`: Odoo with our add-ons and demo data, on this machine only."""

import argparse
import contextlib
import time
import urllib.error
import urllib.request

from . import postgres
from .console import Problem, duration, say, step
from .databases import template
from .instance import Instance, free_port, own_folder
from .locks import open_lock, try_lock
from .odoo import odoo
from .places import addons, checkout_key, fingerprints, product_addons
from .process import start, stop
from .router import Router

LOGINS = """
SELECT u.login, coalesce(p.function, ''), p.lang, u.share
FROM res_users u
JOIN res_partner p ON p.id = u.partner_id
JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id
WHERE u.active AND d.module IN ({modules}) ORDER BY u.id
"""
SET_PARAMETER = """
INSERT INTO ir_config_parameter (key, value, create_uid, create_date)
VALUES ('{key}', '{value}', 1, now())
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""


def run_command(arguments):
    """Install what is new, upgrade what has changed, serve until Ctrl-C."""
    options = parse(arguments)
    began = time.monotonic()
    folder = own_folder("run")
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(open_lock(folder / "run.lock"))
        if not try_lock(lock):
            raise Problem("this checkout already has a ./dev run")
        (folder / "port").unlink(missing_ok=True)
        odoo()  # its absence is the first thing to say
        server = stack.enter_context(postgres.server("run"))
        instance = own_instance(server)
        prepare(instance, options.addons, options.fresh)
        serve(instance, options, began)


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./dev run", description=run_command.__doc__)
    parser.add_argument("addons", nargs="*", help="only these add-ons of ours")
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        metavar="N",
        help="N processes for pages, one for websockets, one for scheduled jobs",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="start from a new database"
    )
    parser.add_argument(
        "--odoo",
        nargs=argparse.REMAINDER,
        default=[],
        metavar="…",
        help="everything after it is for Odoo, e.g. --odoo --dev=xml",
    )
    options = parser.parse_args(arguments)
    check_addons(options.addons)
    return options


def check_addons(names):
    """Stop at a name that isn't an add-on of ours."""
    if unknown := sorted(set(names) - set(addons())):
        raise Problem(f"no such add-on here: {', '.join(unknown)}")


def own_instance(server):
    """Return this checkout's instance for `run`."""
    return Instance(server, own_database(), own_folder("run"))


def own_database():
    """Return the name of this checkout's database for `run`."""
    return f"complaint_run_{checkout_key()}"


def prepare(instance, names=(), fresh=False):
    """Make the database and load the add-ons into it, as far as not yet done."""
    wanted = list(names) or product_addons()
    if fresh or not instance.server.exists(instance.database):
        base = template(instance.server, "run")
        with step("Copying the database with the host apps and demo data"):
            instance.create_from(base)
    new, changed = instance.outdated(wanted)
    if new or changed:
        words = []
        words += [f"installing {', '.join(new)}"] if new else []
        words += [f"upgrading {', '.join(changed)}"] if changed else []
        arguments = ["-i", ",".join(new)] if new else []
        arguments += ["-u", ",".join(changed)] if changed else []
        with step("; ".join(words).capitalize()):
            loaded = fingerprints()
            instance.odoo_or_fail(*arguments, "--stop-after-init", "--no-http")
            instance.remember(loaded)


def serve(instance, options, began):
    """Start the server, tell when it answers, wait for its end or Ctrl-C."""
    port = free_port(options.port)
    freeze_base_url(instance, f"http://localhost:{port}")
    with contextlib.ExitStack() as stack:
        child = stack.enter_context(running(instance, port, options))
        wait_until_it_answers(child, port)
        (instance.folder / "port").write_text(str(port))
        say(welcome(instance, port, options.workers, time.monotonic() - began))
        with contextlib.suppress(KeyboardInterrupt):
            if code := child.wait():
                raise Problem(f"Odoo ended by itself ({code})")
        say("\nending …")


def freeze_base_url(instance, url):
    """Set the address in links, which each login of an administrator would change."""
    for key, value in (("web.base.url", url), ("web.base.url.freeze", "True")):
        instance.server.sql(
            SET_PARAMETER.format(key=key, value=value), instance.database
        )


@contextlib.contextmanager
def running(instance, port, options):
    """Run Odoo; with workers, behind a router as a proxy would be in production."""
    arguments, settings = list(options.odoo), {"http_port": port}
    router = None
    if options.workers:
        http_port = free_port(port + 1)
        gevent_port = free_port(http_port + 1)
        settings = {"http_port": http_port, "gevent_port": gevent_port}
        settings |= {"workers": options.workers, "max_cron_threads": 1}
        router = Router(port, http_port, {"/websocket": gevent_port})
    command = instance.command(*arguments, **settings)
    child = start(command, env=instance.environment(), cwd=instance.folder)
    try:
        if router:
            router.start()
        yield child
    finally:
        stop(child)
        if router:
            router.stop()


def wait_until_it_answers(child, port, patience=300):
    """Wait for the login page."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Problem(f"Odoo didn't start ({child.returncode})")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login") as page:
                if page.status == 200:
                    return
        time.sleep(0.3)
    raise Problem("Odoo doesn't answer")


def welcome(instance, port, workers, seconds):
    """Return what a developer wants to know now."""
    lines = ["", "=" * 72, f"  http://localhost:{port}    ready in {duration(seconds)}"]
    lines.append("  login / password: admin / admin, demo / demo, portal / portal")
    for login, function, lang, share in demo_logins(instance):
        kind = "portal" if share == "t" else "staff"
        remark = ", ".join(filter(None, (function, lang, kind)))
        lines.append(f"    {login} / {login}    ({remark})")
    if workers:
        lines.append(
            "  /websocket goes to the process for websockets, the rest to the workers;"
        )
        lines.append("  in production your web server must do the same")
    lines += ["  Ctrl-C ends it", "=" * 72]
    return "\n".join(lines)


def demo_logins(instance):
    """Return (login, function, language, external or not) of our demo users."""
    modules = ", ".join(f"'{name}'" for name in addons()) or "''"
    return instance.server.sql(LOGINS.format(modules=modules), instance.database)
