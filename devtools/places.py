"""Where things are: the repository, its add-ons, the cache of this user."""

import ast
import functools
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "complaint_management"
# Root's home is closed to the account that PostgreSQL runs under.
ROOT_CACHE = Path("/var/cache") / NAME


@functools.cache
def cache():
    """Return the folder of everything downloaded or built, which may be deleted."""
    if base := os.environ.get("XDG_CACHE_HOME"):
        folder = Path(base).absolute() / NAME
    elif os.geteuid() == 0:
        folder = ROOT_CACHE
    else:
        folder = Path.home() / ".cache" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def service_cache():
    """Return the part of the cache that the PostgreSQL account must reach."""
    folder = cache()
    if os.geteuid() == 0 and not open_to_everybody(folder):
        folder = ROOT_CACHE
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_to_everybody(folder):
    """Tell whether any account may walk into `folder`."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def digest(*parts):
    """Return a short name for whatever the parts are."""
    text = "\0".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


@functools.cache
def checkout():
    """Return the folder of what belongs to this checkout alone."""
    folder = cache() / "checkouts" / f"{ROOT.name}-{checkout_key()}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "path").write_text(f"{ROOT}\n")
    return folder


def checkout_key():
    """Return the short name of this checkout, as used in database names."""
    return digest(ROOT)


@functools.cache
def manifests():
    """Return {add-on name: its manifest} for every add-on of the repository."""
    return {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in sorted(ROOT.glob("*/__manifest__.py"))
    }


def addons():
    """Return the names of all our add-ons."""
    return list(manifests())


def product_addons():
    """Return the names of the add-ons that users install."""
    return [name for name in addons() if not name.startswith("test_")]


def fingerprint(addon):
    """Return a digest of the files of an add-on that `-u` would load."""
    hasher = hashlib.sha256()
    for path in sorted((ROOT / addon).rglob("*")):
        parts = path.relative_to(ROOT / addon).parts
        if path.is_dir() or {"__pycache__", "tests", "readme"} & set(parts):
            continue
        hasher.update("/".join(parts).encode() + b"\0")
        hasher.update(hashlib.sha256(path.read_bytes()).digest())
    return hasher.hexdigest()


def fingerprints():
    """Return {add-on: its fingerprint} for all our add-ons."""
    return {name: fingerprint(name) for name in addons()}
