"""Virtual environments made from the locked requirements, shared by all checkouts."""

import functools
import importlib.util
import os
import sys
from pathlib import Path

from . import apt
from .console import step
from .locks import built_once
from .places import ROOT, cache, digest
from .process import run

REQUIREMENTS = ROOT / "devtools/requirements"


@functools.cache
def python(name="odoo"):
    """Return the interpreter of the environment with `<name>.txt` installed."""
    lock = REQUIREMENTS / f"{name}.txt"
    version = ".".join(map(str, sys.version_info[:3]))
    key = digest(lock.read_text(), sys.executable)
    folder = cache() / "python"
    folder.mkdir(parents=True, exist_ok=True)

    def build(target):
        with step(f"Installing the Python packages of {lock.relative_to(ROOT)}"):
            _build(target, lock)

    return built_once(folder / f"{name}-{version}-{key}", build) / "bin/python"


def _build(target, lock):
    with_pip = importlib.util.find_spec("ensurepip") is not None
    options = [] if with_pip else ["--without-pip"]
    run([sys.executable, "-m", "venv", *options, target])
    interpreter = target / "bin/python"
    pip = ["-m", "pip"] if with_pip else [pip_wheel() / "pip"]
    # PYTHONPATH and the user's site must not leak into the environment
    env = os.environ | {"PYTHONNOUSERSITE": "1"}
    env.pop("PYTHONPATH", None)
    install = [interpreter, *pip, "install", "--require-hashes", "--no-deps"]
    run([*install, "--no-compile", "-r", lock], env=env)


def pip_wheel():
    """Return Debian's pip, a wheel that runs without being installed."""
    system = Path("/usr/share/python-wheels")
    if found := sorted(system.glob("pip-*.whl")):
        return found[-1]
    folder = cache() / "programs"
    folder.mkdir(parents=True, exist_ok=True)

    def build(target):
        archive = apt.system_archive()
        archive.update()
        archive.unpack(["python3-pip-whl"], target)

    tree = built_once(folder / "pip", build)
    return sorted((tree / "usr/share/python-wheels").glob("pip-*.whl"))[-1]
