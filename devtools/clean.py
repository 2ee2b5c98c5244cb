"""`./dev clean` and `./dev update`: delete what was made, fetch what is newer."""

import argparse
import shutil

from . import postgres
from .console import Problem, say, step
from .locks import open_lock, try_lock
from .odoo import fetch_newest
from .places import cache, checkout, checkout_key, service_cache


def update_command(_arguments):
    """Fetch the newest revision of Odoo's package; the next start uses it."""
    tree = fetch_newest()
    tree.touch()
    say(f"Odoo's package is {tree.name}")


def clean_command(arguments):
    """Delete the databases and files of this checkout, or with --all the cache."""
    parser = argparse.ArgumentParser(
        prog="./dev clean", description=clean_command.__doc__
    )
    parser.add_argument(
        "--all", action="store_true", help="the whole cache, of all checkouts"
    )
    options = parser.parse_args(arguments)
    if options.all:
        clean_cache()
    else:
        clean_checkout()


def clean_checkout():
    """Delete what this checkout has made."""
    if not any(checkout().glob("*/")):
        say("nothing to delete")
        return
    with step(f"Deleting the databases and files of {checkout().name}"):
        for kind in ("run", "test"):
            _drop_databases(kind)
        shutil.rmtree(checkout())


def _drop_databases(kind):
    with postgres.server(kind) as server:
        query = (
            f"SELECT datname FROM pg_database WHERE datname LIKE '%{checkout_key()}%'"
        )
        for (name,) in server.sql(query):
            server.drop(name)


def clean_cache():
    """Delete the cache, unless somebody is using it."""
    folders = {cache(), service_cache()}
    for folder in folders:
        for path in folder.glob("postgres/.*.users"):
            with open_lock(path) as handle:
                if not try_lock(handle):
                    raise Problem("another ./dev is at work")
                _stop_leftover(path.name[1:].removesuffix(".users"))
    with step(f"Deleting {', '.join(map(str, folders))}"):
        for folder in folders:
            shutil.rmtree(folder)


def _stop_leftover(name):
    """Stop the server of a `./dev` that was killed."""
    kind = name.split("-")[0]
    cluster = postgres.Cluster(kind)
    if cluster.folder.name == name:
        cluster.stop()
