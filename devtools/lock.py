"""`./dev lock`: renew the lock files from what the `.in` files and package.json ask."""

import shutil
import tempfile
from pathlib import Path

from . import nodejs
from .console import step
from .process import run
from .pyenv import REQUIREMENTS, python

COMPILE = (
    *("-m", "uv", "pip", "compile", "--quiet", "--universal", "--upgrade"),
    *("--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
    *("--custom-compile-command", "./dev lock"),
)


def lock_command(_arguments):
    """Renew all lock files; they name no package registry."""
    for source in sorted(REQUIREMENTS.glob("*.in")):
        target = source.with_suffix(".txt")
        with step(f"Locking {source.name}"):
            command = [python("lint"), *COMPILE, source.name, "-o", target.name]
            run(command, cwd=REQUIREMENTS)
    with step("Locking package.json"), tempfile.TemporaryDirectory() as folder:
        shutil.copy(nodejs.SOURCE / "package.json", folder)
        nodejs.npm(
            "install",
            "--package-lock-only",
            "--omit-lockfile-registry-resolved",
            cwd=folder,
        )
        shutil.copy(Path(folder) / "package-lock.json", nodejs.SOURCE)
