"""PostgreSQL: the server that PG* variables name, or a private one on demand."""

import contextlib
import os
import pwd
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import programs
from .console import Problem, step, warn
from .locks import locked, open_lock, try_lock
from .places import digest, service_cache
from .process import run

ROLE = "odoo"
PORT = 5432
COMMON = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 250
shared_buffers = 256MB
log_min_messages = warning
"""
SETTINGS = {
    "run": COMMON,
    # survives being killed, as a production server does
    "crash": COMMON,
    # what a test writes may be lost with the machine
    "test": COMMON
    + "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
    + "max_wal_size = 4GB\n",
}


@dataclass(frozen=True)
class Server:
    """How to reach a running PostgreSQL."""

    host: str
    port: str
    user: str
    password: str = ""
    tools: Path | None = None
    env: dict = field(default_factory=dict)

    def environment(self):
        """Return the variables that PostgreSQL's own programs need."""
        env = os.environ | self.env
        env |= {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        if self.password:
            env["PGPASSWORD"] = self.password
        return env

    def sql(self, query, database="postgres"):
        """Run SQL; return the rows, each a list of strings."""
        command = [self.tools / "psql", "-X", "-q", "-A", "-t", "-F", "\x1f"]
        command += ["-v", "ON_ERROR_STOP=1", "-d", database, "-c", query]
        text = run(command, env=self.environment()).stdout
        return [line.split("\x1f") for line in text.splitlines() if line]

    def exists(self, database):
        """Tell whether there is such a database."""
        return bool(self.sql(f"SELECT 1 FROM pg_database WHERE datname='{database}'"))

    def drop(self, database):
        """Drop a database, whoever is connected."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def copy(self, template, database):
        """Create a database as a copy."""
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def rename(self, old, new):
        """Rename a database."""
        self.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


@contextlib.contextmanager
def server(kind):
    """Yield the server for `run` or `test`; a private one stops after its last user."""
    if any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER")):
        yield _given()
        return
    cluster = Cluster(kind)
    with cluster.used() as private:
        yield private


def _given():
    tools, env = _client()
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.geteuid()).pw_name
    if user == "postgres":
        raise Problem("PGUSER=postgres: Odoo refuses to work as that role")
    found = Server(
        host=os.environ.get("PGHOST") or "/var/run/postgresql",
        port=os.environ.get("PGPORT") or str(PORT),
        user=user,
        password=os.environ.get("PGPASSWORD", ""),
        tools=tools,
        env=env,
    )
    version = int(found.sql("SHOW server_version_num")[0][0])
    if version < 130000:
        raise Problem(f"PostgreSQL 13 or newer is needed, {found.host} is {version}")
    return found


def _client():
    if path := shutil.which("psql"):
        return Path(path).parent, {}
    return programs.postgres_bin()


class Cluster:
    """A private server that only talks through a socket in the cache."""

    def __init__(self, kind):
        self.kind = kind
        self.tools, self.env = programs.postgres_bin()
        major = self._major()
        self.folder = service_cache() / "postgres" / f"{kind}-{major}"
        self.account = _account()
        self._make_folder()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket = self._socket_folder()
        self.server = Server(
            str(self.socket), str(PORT), ROLE, tools=self.tools, env=self.env
        )

    def _major(self):
        done = run([self.tools / "postgres", "--version"], env=os.environ | self.env)
        return re.search(r"PostgreSQL\) (\d+)", done.stdout)[1]

    def _make_folder(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        if self.account:
            shutil.chown(self.folder, self.account)

    def _socket_folder(self):
        """Return a folder whose path fits into a socket address."""
        if len(str(self.folder)) < 80:
            return self.folder
        folder = Path(f"/tmp/complaint-{os.getuid()}-{digest(self.folder)}")
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid not in (os.getuid(), self._uid()):
            raise Problem(f"{folder} belongs to somebody else")
        if self.account:
            shutil.chown(folder, self.account)
        return folder

    def _uid(self):
        return pwd.getpwnam(self.account).pw_uid if self.account else os.getuid()

    def _run(self, program, *arguments, **kwargs):
        command = [self.tools / program, *arguments]
        env = os.environ | self.env | {"LC_ALL": "C"}
        return run(command, account=self.account, env=env, cwd=self.folder, **kwargs)

    @contextlib.contextmanager
    def used(self):
        """Start the server if necessary, and stop it after its last user."""
        users = open_lock(self.folder.parent / f".{self.folder.name}.users")
        with users:
            with self._changing():
                if not try_lock(users, shared=True):
                    raise Problem(f"{users.name} is locked by something else")
                if not self._running():
                    self._start()
            try:
                yield self.server
            finally:
                with self._changing():
                    if try_lock(users):
                        self.stop()

    def stop(self):
        """Stop the server, if it runs."""
        if (self.data / "postmaster.pid").exists():
            self._pg_ctl("stop", "-m", "fast", check=False)

    def restart(self):
        """Kill the server as a crash would, and start it again."""
        with self._changing():
            self._pg_ctl("stop", "-m", "immediate", check=False)
            self._start()

    def _changing(self):
        return locked(self.folder.parent / f".{self.folder.name}.lock")

    def _running(self):
        command = [self.tools / "psql", "-X", "-d", "postgres", "-c", "SELECT 1"]
        env = self.server.environment()
        return run(command, check=False, env=env).returncode == 0

    def _start(self):
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._forget_dead_server()
        if self._pg_ctl("start", check=False).returncode == 0:
            return
        if self.kind != "test":
            raise Problem(f"PostgreSQL doesn't start:\n{self._log_tail()}")
        warn("the test server doesn't start (was the machine cut off?): a new one")
        shutil.rmtree(self.data)
        self._create()
        if self._pg_ctl("start", check=False).returncode:
            raise Problem(f"PostgreSQL doesn't start:\n{self._log_tail()}")

    def _pg_ctl(self, action, *arguments, **kwargs):
        options = ["-D", self.data, "-w", "-t", "120"]
        if action == "start":
            options += ["-l", self.log, "-o", f"-k '{self.socket}' -p {PORT}"]
        return self._run("pg_ctl", action, *options, *arguments, **kwargs)

    def _log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def _create(self):
        with step(f"Creating a private PostgreSQL server for ./dev {self.kind}"):
            building = self.folder / "data.new"
            shutil.rmtree(building, ignore_errors=True)
            self._run(
                *("initdb", "-D", building, "-U", "admin", "--auth=trust"),
                *(
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-instructions",
                    "--no-sync",
                ),
            )
            with open(building / "postgresql.conf", "a") as conf:
                conf.write(f"\n# from {__name__}\n{SETTINGS[self.kind]}")
            self._create_role(building)
            building.rename(self.data)

    def _create_role(self, folder):
        """Let Odoo be an ordinary role that may create databases."""
        run(
            [self.tools / "postgres", "--single", "-D", folder, "postgres"],
            account=self.account,
            env=os.environ | self.env,
            cwd=self.folder,
            stdin=None,
            input=f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n",
        )

    def _forget_dead_server(self):
        """Remove the mark of a server whose process number is now another's."""
        mark = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            number = int(mark.read_text().split()[0])
            process = Path(f"/proc/{number}")
            name = (process / "comm").read_text().strip() if process.exists() else ""
            if name != "postgres":
                mark.unlink()
            else:
                time.sleep(1)  # it may be about to end


def _account():
    """Return the account for PostgreSQL when `./dev` is root's, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Problem("PostgreSQL can't be root's, and there's no account 'nobody'")
