"""`./dev shell` and `./dev psql`: a prompt on the database of `run` or `test`."""

import argparse
import contextlib

from . import postgres
from .console import Problem
from .instance import Instance
from .process import exec_in_place
from .run import own_instance, prepare


def shell_command(arguments):
    """Odoo's shell; commit by hand: env.cr.commit()."""
    options, rest = _parse("shell", arguments)
    with _instance(options.test) as instance:
        command = instance.command("shell", "--no-http", *rest)
        return exec_in_place(command, env=instance.environment())


def psql_command(arguments):
    """PostgreSQL's shell."""
    options, rest = _parse("psql", arguments)
    with _instance(options.test) as instance:
        env = instance.server.environment()
        command = [instance.server.tools / "psql", instance.database, *rest]
        return exec_in_place(command, env=env)


def _parse(name, arguments):
    parser = argparse.ArgumentParser(prog=f"./dev {name}")
    parser.add_argument("--test", action="store_true", help="the last test's database")
    return parser.parse_known_args(arguments)


@contextlib.contextmanager
def _instance(test):
    from .testing import test_instance

    with postgres.server("test" if test else "run") as server:
        if not test:
            instance = own_instance(server)
            if not server.exists(instance.database):
                prepare(instance)
        else:
            instance: Instance = test_instance(server, 1)
            if not server.exists(instance.database):
                raise Problem("there has been no ./dev test yet")
        yield instance
