"""What every add-on of the repository has, beyond what the linters know."""

import re

from .budgets import Remark
from .places import ROOT, manifests

FILES = ("README.rst", "readme/DESCRIPTION.rst", "pyproject.toml")
DATA_FOLDERS = ("security", "data", "views", "reports", "wizards")
LOADED = (".xml", ".csv")
VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
# the order in which data files have to be listed
ORDER = ("security", "data", "views", "reports", "wizards")
PYPROJECT = 'build-backend = "whool.buildapi"'


def check(name):
    """Yield the remarks on the add-on `name`."""
    addon, manifest = ROOT / name, manifests()[name]
    yield from check_files(addon)
    yield from check_manifest(addon, manifest)
    yield from check_data(addon, manifest)
    yield from check_demo(addon, manifest)


def check_files(addon):
    """Yield the files that are missing."""
    for name in FILES:
        path = addon / name
        markdown = path.with_suffix(".md")
        if not path.is_file() and not (
            name.startswith("readme") and markdown.is_file()
        ):
            yield Remark(path, 1, "is missing")
    pyproject = addon / "pyproject.toml"
    if pyproject.is_file() and PYPROJECT not in pyproject.read_text():
        yield Remark(pyproject, 1, f"has no line {PYPROJECT}")
    for path in addon.rglob("en*.po"):
        yield Remark(path, 1, "English is the source language")


def check_manifest(addon, manifest):
    """Yield what is wrong in the manifest."""
    path = addon / "__manifest__.py"
    if not VERSION.fullmatch(manifest.get("version", "")):
        yield Remark(path, 1, "the version must be 19.0.x.y.z")
    if manifest.get("license") != "LGPL-3":
        yield Remark(path, 1, "the license must be LGPL-3")
    for key in ("name", "summary", "author", "website", "category", "depends"):
        if not manifest.get(key):
            yield Remark(path, 1, f"{key} is missing")


def check_data(addon, manifest):
    """Yield data files that don't exist, aren't loaded, or are in a wrong order."""
    path = addon / "__manifest__.py"
    listed = [*manifest.get("data", ()), *manifest.get("demo", ())]
    for name in listed:
        if not (addon / name).is_file():
            yield Remark(path, 1, f"there is no file {name}")
    for folder in (*DATA_FOLDERS, "demo"):
        for file in sorted((addon / folder).rglob("*")):
            name = str(file.relative_to(addon))
            if file.suffix in LOADED and name not in listed:
                yield Remark(file, 1, "isn't loaded by the manifest")
    yield from check_order(path, manifest.get("data", ()))


def check_order(path, data):
    """Yield a data file that stands before what it builds on; menus come last."""
    highest = 0
    for name in data:
        folder = name.split("/")[0]
        rank = ORDER.index(folder) if folder in ORDER else 0
        if name.endswith("_menus.xml"):
            rank = len(ORDER)
        if rank < highest:
            yield Remark(path, 1, f"{name}: order is {', '.join(ORDER)}, menus")
        highest = max(highest, rank)


def check_demo(addon, manifest):
    """Yield the ids of demo data that don't end in `_demo`."""
    own_id = re.compile(r'<(?:record|template|menuitem)\b[^>]*?\bid="(\w+)"')
    for name in manifest.get("demo", ()):
        path = addon / name
        if not path.is_file() or path.suffix != ".xml":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for found in own_id.findall(line):
                if not found.endswith("_demo"):
                    yield Remark(path, number, f"id {found} should end in _demo")
