"""Debian packages without installing them: private apt state, `dpkg -x`.

The machine's sources, keys, proxies and package status are read; its package
lists, its archive and its installed packages stay as they are.
"""

import functools
import re
import shutil
import tempfile
from pathlib import Path

from . import sources
from .console import Problem, step
from .locks import locked
from .places import cache
from .process import run

CONFIG = """\
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Etc::sourcelist "{folder}/private.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Log "{folder}";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
APT::Get::Assume-Yes "true";
Debug::NoLocking "true";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
"""


class Archive:
    """One set of sources with its own lists and archive."""

    def __init__(self, name, entries):
        self.folder = cache() / "apt" / name
        self.entries = entries
        self.updated = False

    def _apt(self, program, *arguments, **kwargs):
        config = self.folder / "apt.conf"
        return run([program, "-q", "-c", config, *arguments], **kwargs)

    def update(self):
        """Fetch the package lists, once in a run of `./dev`."""
        if self.updated:
            return
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "apt.conf").write_text(CONFIG.format(folder=self.folder))
        text = sources.write_deb822(self.entries)
        (self.folder / "private.sources").write_text(text)
        suites = " ".join(entry["Suites"] for entry in self.entries)
        with step(f"Reading the package lists of {suites}"):
            self._apt("apt-get", "update", "-o", "APT::Update::Error-Mode=any")
        self.updated = True

    def field(self, package, name):
        """Return a field of the newest version of a package, None if there's none."""
        done = self._apt("apt-cache", "show", "--no-all-versions", package, check=False)
        match = re.search(rf"^{name}: (.*)$", done.stdout, re.MULTILINE)
        return match and match[1]

    def unpack(self, packages, target, with_missing=False):
        """Download packages, verified by apt, and unpack them into `target`.

        :param with_missing: also what they need and the machine doesn't have
        """
        with locked(self.folder / "download.lock"):
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                if with_missing:
                    self._download_with_missing(packages, Path(folder))
                else:
                    self._apt("apt-get", "download", *packages, cwd=folder)
                for deb in sorted(Path(folder).glob("*.deb")):
                    run(["dpkg", "-x", deb, target])

    def _download_with_missing(self, packages, folder):
        archives = self.folder / "cache/archives"
        self._apt(
            *("apt-get", "install", "--download-only", "--no-remove"),
            *("--no-install-recommends", "--reinstall", *packages),
        )
        for deb in archives.glob("*.deb"):
            shutil.move(deb, folder)


@functools.cache
def system_archive():
    """Return the machine's own release."""
    return Archive("system", _release_entries())


@functools.cache
def unstable_archive():
    """Return Debian unstable, on the mirror that the machine uses."""
    entry = sources.other_suite(_release_entries(), _codename(), "unstable")
    if entry is None:
        raise Problem("no Debian mirror in /etc/apt that could have unstable")
    return Archive("unstable", [entry])


@functools.cache
def _release_entries():
    if not shutil.which("apt-get"):
        raise Problem("this machine has no apt")
    entries = sources.of_release(sources.read_sources(), _codename())
    if not entries:
        raise Problem(f"no source for Debian {_codename()} in /etc/apt")
    return entries


@functools.cache
def _codename():
    text = Path("/etc/os-release").read_text()
    match = re.search(r'^VERSION_CODENAME="?(\w+)"?$', text, re.MULTILINE)
    return match[1] if match else "unknown"
