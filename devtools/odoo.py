"""Odoo itself: a checkout that ODOO_DIR names, or Debian unstable's package."""

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .console import Problem, say, step
from .locks import built_once, locked
from .places import cache, digest
from .process import run

SERIES = "19.0"
PACKAGE = "odoo-19"
ADVICE = f"""\
Odoo {SERIES} can't be had: {{reason}}.
Get it yourself and say where it is:
    git clone --depth 1 --branch {SERIES} <the repository odoo/odoo> ~/odoo
    ODOO_DIR=~/odoo ./dev {{command}}"""
# The package leaves this file out (its source isn't free); the web client asks for it.
MISSING_SCRIPT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """An Odoo that can be started."""

    script: Path  # the program; `python -m odoo` breaks the websocket worker
    path: Path  # what PYTHONPATH needs
    addons: tuple  # folders for addons_path, those that Odoo finds by itself left out
    identity: str  # changes when the code does

    @property
    def core(self):
        """Return the folder of the package `odoo`."""
        return self.path / "odoo"


@functools.cache
def odoo():
    """Return the Odoo to use, fetched if necessary."""
    if folder := os.environ.get("ODOO_DIR"):
        return _from_checkout(Path(folder).expanduser().resolve())
    return _from_package(_newest_tree() or _fetch())


def _from_checkout(folder):
    script = folder / "odoo-bin"
    if not script.is_file():
        raise Problem(f"ODOO_DIR={folder}: there is no odoo-bin in it")
    _check_series(folder / "odoo")
    done = run(["git", "-C", folder, "rev-parse", "HEAD"], check=False)
    release = (folder / "odoo/release.py").stat().st_mtime_ns
    state = release if done.returncode else done.stdout.strip()
    identity = digest(folder, state)
    return Odoo(script, folder, (folder / "addons",), f"checkout-{identity}")


def _from_package(tree):
    path = tree / "usr/lib/python3/dist-packages"
    _check_series(path / "odoo")
    return Odoo(tree / "usr/bin/odoo", path, (), tree.name)


def _check_series(core):
    text = (core / "release.py").read_text()
    found = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    series = found and f"{found[1]}.{found[2]}"
    if series != SERIES:
        raise Problem(f"{core} is Odoo {series}, not {SERIES}")


def _trees():
    return cache() / "odoo"


def _newest_tree():
    trees = [path for path in _trees().glob("[!.]*") if path.is_dir()]
    return max(trees, key=lambda path: path.stat().st_mtime, default=None)


def _fetch():
    """Fetch the newest revision of the package."""
    _trees().mkdir(parents=True, exist_ok=True)
    with locked(_trees() / ".fetch.lock"):
        if tree := _newest_tree():
            return tree
        try:
            return fetch_newest()
        except Problem as problem:
            reason = str(problem).splitlines()
            detail = "\n".join(reason[1:])
            advice = ADVICE.format(reason=reason[0], command="…")
            raise Problem(f"{advice}\n{detail}".rstrip()) from None


def fetch_newest():
    """Fetch and unpack the newest revision, if it isn't there yet."""
    archive = apt.unstable_archive()
    archive.update()
    version = archive.field(PACKAGE, "Version")
    if not version:
        raise Problem(f"Debian unstable has no package {PACKAGE}")
    packages = [PACKAGE, *_linked_packages(archive)]

    def build(target):
        with step(f"Fetching {PACKAGE} {version} and what its links point to"):
            archive.unpack(packages, target)
            _complete(target / "usr/lib/python3/dist-packages/odoo")

    return built_once(_trees() / re.sub(r"[^\w.+~-]", "-", version), build)


def _linked_packages(archive):
    """Return the packages of scripts and fonts that Odoo's links lead to."""
    depends = archive.field(PACKAGE, "Depends") or ""
    names = [part.split()[0] for part in depends.split(",") if "|" not in part]
    return [name for name in names if re.match(r"(fonts|libjs|node)-", name)]


def _complete(core):
    script = core / MISSING_SCRIPT
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("/* not in Debian's package */\n")
    dangling = [
        path.relative_to(core)
        for path in core.rglob("*.js")
        if path.is_symlink() and not path.exists()
    ]
    for path in dangling:
        say(f"  ! {path} points nowhere")
