"""One database of this checkout, and the Odoo that works on it."""

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import programs, pyenv
from .console import Problem
from .odoo import odoo
from .places import ROOT, addons, cache, checkout, digest, fingerprint
from .postgres import Server
from .process import follow

LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>[\w.]+): (?P<message>.*)$"
)


@dataclass
class Instance:
    """A database with its folder: configuration, files, logs, what's installed."""

    server: Server
    database: str
    folder: Path
    options: dict = field(default_factory=dict)

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def filestore(self):
        """Return the folder of the database's attachments."""
        return self.data / "filestore" / self.database

    @property
    def data(self):
        """Return Odoo's folder for the databases of this server."""
        return self.folder / f"data-{digest(self.server.host, self.server.port)}"

    def configure(self, **options):
        """Write the configuration file and return its path."""
        values = {
            "addons_path": ",".join(map(str, (*odoo().addons, ROOT))),
            "data_dir": self.data,
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "db_name": self.database,
            "list_db": "False",
            "http_interface": "127.0.0.1",
            "admin_passwd": secrets.token_hex(16),
            "limit_time_real": 1200,
            "limit_time_cpu": 600,
        }
        if self.server.password:
            values["db_password"] = self.server.password
        values |= self.options | options
        lines = [f"{name} = {value}" for name, value in values.items()]
        path = self.folder / "odoo.conf"
        path.touch(mode=0o600)
        path.write_text("\n".join(["[options]", *lines, ""]))
        return path

    def command(self, *arguments, **options):
        """Return the command that starts Odoo."""
        conf = self.configure(**options)
        words = list(map(str, arguments))
        subcommand = []
        while words and not words[0].startswith("-"):
            subcommand.append(words.pop(0))
        return [pyenv.python(), odoo().script, *subcommand, "-c", conf, *words]

    def environment(self):
        """Return the variables of an Odoo process."""
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "ODOO", "COVERAGE"))
        }
        env |= programs.environment()
        tools = self.server.tools
        env["PATH"] = os.pathsep.join([env["PATH"], str(tools)])
        env |= {"PYTHONPATH": str(odoo().path), "LC_ALL": "C.UTF-8"}
        env["PYTHONUNBUFFERED"] = "1"
        runtime = self.folder / "runtime"  # Qt complains without one
        runtime.mkdir(mode=0o700, exist_ok=True)
        env["XDG_RUNTIME_DIR"] = str(runtime)
        env["PYTHONPYCACHEPREFIX"] = str(cache() / "pycache")
        return env

    def odoo(self, *arguments, log=None, on_line=None, **options):
        """Run Odoo to its end; return its exit code."""
        log = log or self.folder / "odoo.log"
        return self.follow(self.command(*arguments, **options), log, on_line)

    def follow(self, command, log, on_line=None, children=None):
        """Run a command that Odoo is in, its output in a new file; return its code."""
        log.unlink(missing_ok=True)
        env = self.environment()
        return follow(command, log, env=env, on_line=on_line, children=children)

    def script(self, name, code):
        """Run Python in Odoo's shell; stop when it fails."""
        command = self.command("shell", "--no-http", "-d", self.database)
        done = subprocess.run(
            list(map(str, command)),
            env=self.environment(),
            input=code,
            capture_output=True,
            text=True,
        )
        if "Traceback" in done.stderr or done.returncode:
            raise Problem(f"{name}:\n{done.stderr[-3000:]}")

    def odoo_or_fail(self, *arguments, log=None, **options):
        """Run Odoo and stop with its errors when something goes wrong."""
        bad = []

        def judge(line):
            match = LOG_LINE.match(line)
            if match and match["level"] in ("ERROR", "CRITICAL"):
                bad.append(line)

        log = log or self.folder / "odoo.log"
        code = self.odoo(*arguments, log=log, on_line=judge, **options)
        if code or bad:
            tail = bad or log.read_text(errors="replace").splitlines()[-30:]
            lines = "\n".join(tail[:20])
            raise Problem(f"Odoo failed ({code}), see {log}:\n{lines}")

    def create_from(self, template):
        """Make the database anew as a copy of a template."""
        self.forget()
        building = f"{self.database}_new"
        self.server.drop(building)
        self.filestore.parent.mkdir(parents=True, exist_ok=True)
        if template.filestore.is_dir():
            shutil.copytree(template.filestore, self.filestore)
        self.server.copy(template.database, building)
        self.server.rename(building, self.database)  # it is complete, or not there

    def forget(self):
        """Drop the database and what belongs to it."""
        self.state_file.unlink(missing_ok=True)
        self.server.drop(self.database)
        shutil.rmtree(self.filestore, ignore_errors=True)

    @property
    def state_file(self):
        """Return the file that remembers what was loaded into the database."""
        return self.data / f"{self.database}.json"

    def remember(self, fingerprints):
        """Note that our installed add-ons were loaded as they were then."""
        state = {name: fingerprints.get(name) for name in self._installed()}
        new = self.state_file.with_suffix(".new")
        new.write_text(json.dumps(state, indent=1))
        new.replace(self.state_file)

    def outdated(self, wanted):
        """Split add-ons into (not installed, changed since they were loaded).

        :param wanted: add-ons to have; of the others only installed ones can be changed
        """
        installed, state = self._installed(), {}
        with contextlib.suppress(OSError, ValueError):
            state = json.loads(self.state_file.read_text())
        new = [name for name in wanted if name not in installed]
        changed = [name for name in installed if state.get(name) != fingerprint(name)]
        return new, changed

    def _installed(self):
        """Return the names of our add-ons that are installed."""
        query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        rows = self.server.sql(query, self.database)
        return sorted({name for (name,) in rows} & set(addons()))


def own_folder(kind):
    """Return the folder of this checkout's `run` or `test` instance."""
    folder = checkout() / kind
    folder.mkdir(exist_ok=True)
    return folder


def scope(server):
    """Return a name that keeps the templates of several users or servers apart."""
    return digest(cache(), socket.gethostname(), server.host, server.port)


def free_port(wanted=0):
    """Return a free port of the loopback interface, `wanted` or one after it."""
    for port in range(wanted, wanted + 50) if wanted else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise Problem(f"no free port from {wanted} on")
