"""`./dev i18n`: export the terms, merge the translations, name what is missing."""

import argparse
import shutil
import tempfile
from pathlib import Path

from . import postgres
from .console import Problem, say, step
from .databases import template
from .instance import Instance, free_port, own_folder
from .locks import locked
from .odoo import odoo
from .places import ROOT, checkout_key, fingerprints, manifests, product_addons
from .process import run
from .pyenv import python
from .run import check_addons

LANGUAGE = "zh_CN"
COMMON_APPS = ("mail", "portal", "web", "base")
SCRIPT = ROOT / "devtools/po_merge.py"


def i18n_command(arguments):
    """Export the .pot, merge zh_CN, fail on untranslated or fuzzy terms."""
    parser = argparse.ArgumentParser(
        prog="./dev i18n", description=i18n_command.__doc__
    )
    parser.add_argument("addons", nargs="*", help="only these add-ons")
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    check_addons(options.addons)
    names = options.addons or product_addons()
    if not names:
        raise Problem("there is no add-on yet")
    odoo()  # its absence is the first thing to say
    folder = own_folder("i18n")
    with locked(folder / "i18n.lock"), postgres.server("test") as server:
        instance = Instance(server, f"complaint_i18n_{checkout_key()}", folder)
        load(instance, names)
        with tempfile.TemporaryDirectory(dir=folder) as exported:
            export(instance, names, Path(exported))
            return merge(Path(exported), names, options.check)


def load(instance, names):
    """Have all add-ons installed as they are now: exporting reads the database."""
    if not instance.server.exists(instance.database) or any(instance.outdated(names)):
        with step(f"Installing {', '.join(names)}"):
            # With demo data: their names are terms too.
            instance.create_from(template(instance.server, "run"))
            loaded = fingerprints()
            instance.odoo_or_fail(
                "-i",
                ",".join(names),
                "--stop-after-init",
                "--no-http",
                http_port=free_port(),
            )
            instance.remember(loaded)


def export(instance, names, folder):
    """Export the terms of the add-ons into `folder`."""
    with step("Exporting the terms"):
        for name in names:
            instance.odoo_or_fail(
                "i18n",
                "export",
                "-d",
                instance.database,
                "-o",
                folder / f"{name}.pot",
                name,
            )


def merge(folder, names, check):
    """Merge in place, or in copies that are compared with what is there."""
    failed = False
    for name in names:
        target = ROOT / name / "i18n"
        place = folder / name if check else target
        if check and target.is_dir():
            shutil.copytree(target, place)
        place.mkdir(parents=True, exist_ok=True)
        words = [folder / f"{name}.pot", place, f"{LANGUAGE}.po", name]
        command = [python("lint"), SCRIPT, *words, *core_translations(name)]
        done = run(command, check=False)
        failed |= bool(done.returncode)
        say(done.stdout.rstrip() or f"✓ {name}")
        if check:
            failed |= _differs(place, target)
    return 1 if failed else 0


def core_translations(name):
    """Return Odoo's own translations of the apps that an add-on builds on."""
    folders = (odoo().core / "addons", *odoo().addons)
    found = []
    for app in (*manifests()[name].get("depends", ()), *COMMON_APPS):
        for folder in folders:
            path = folder / app / f"i18n/{LANGUAGE}.po"
            if path.is_file() and path not in found:
                found.append(path)
    return found


def _differs(new, old):
    """Tell whether `./dev i18n` would change a file."""
    found = False
    for path in sorted(new.glob("*.po*")):
        other = old / path.name
        if not other.is_file() or other.read_bytes() != path.read_bytes():
            say(f"✗ {other.relative_to(ROOT)} is not up to date: run ./dev i18n")
            found = True
    return found
