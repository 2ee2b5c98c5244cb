"""PostgreSQL, Chromium, wkhtmltopdf and fonts: the machine's own, or unpacked ones."""

import ctypes.util
import functools
import os
import shutil
from pathlib import Path

from . import apt
from .console import Problem, step
from .locks import built_once
from .places import cache, service_cache
from .process import run

CHROMIUM_NAMES = ("google-chrome", "chromium", "chromium-browser")
CJK_FONTS = ("*[Cc][Jj][Kk]*", "wqy*", "*[Hh]ei*", "*[Ss]ong*", "*[Mm]ing*")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
WRAPPER = """\
#!/bin/sh
# Runs an unpacked program with the libraries unpacked beside it.
tree=$(dirname "$(readlink -f "$0")")/..
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export QT_PLUGIN_PATH="$tree/usr/lib/{triplet}/qt5/plugins"
export QT_QPA_PLATFORM=offscreen
exec "$tree/{program}" "$@"
"""
FONTS_CONF = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer>
    <family>DejaVu Sans</family><family>WenQuanYi Micro Hei</family>
  </prefer></alias>
  <alias><family>serif</family><prefer>
    <family>DejaVu Serif</family><family>WenQuanYi Micro Hei</family>
  </prefer></alias>
  <alias><family>monospace</family><prefer>
    <family>DejaVu Sans Mono</family><family>WenQuanYi Micro Hei Mono</family>
  </prefer></alias>
</fontconfig>
"""


def unpacked(name, *packages, base=None, finish=None):
    """Return the tree of packages unpacked from the machine's own release."""
    folder = (base or cache()) / "programs"
    folder.mkdir(parents=True, exist_ok=True)

    def build(target):
        archive = apt.system_archive()
        archive.update()
        if not all(archive.field(package, "Version") for package in packages):
            raise Problem(f"Debian's package {packages[0]} is not in your sources")
        with step(f"Fetching {', '.join(packages)}"):
            archive.unpack(packages, target, with_missing=True)
            if finish:
                finish(target)

    return built_once(folder / name, build)


def library_path(tree):
    """Return the LD_LIBRARY_PATH of an unpacked tree, its folders of libraries."""
    triplet = _triplet(tree)
    tops = [tree / "usr/lib" / triplet, tree / "lib" / triplet, tree / "usr/lib"]
    folders = []
    for top in tops:
        folders += [top, *sorted(path for path in top.glob("*") if path.is_dir())]
    found = [folder for folder in folders if any(folder.glob("*.so*"))]
    return ":".join(map(str, found))


def _triplet(tree):
    for path in sorted(tree.glob("usr/lib/*-linux-gnu*")):
        return path.name
    return "x86_64-linux-gnu"


def _wrap(name, program):
    def finish(tree):
        libraries = library_path(tree).replace(str(tree), "$tree")
        text = WRAPPER.format(
            libraries=libraries, triplet=_triplet(tree), program=program
        )
        wrapper = tree / "wrappers" / name
        wrapper.parent.mkdir()
        wrapper.write_text(text)
        wrapper.chmod(0o755)
        run([wrapper, "--version"], env=os.environ | {"HOME": str(tree)})

    return finish


@functools.cache
def chromium():
    """Return the path of a Chromium or Chrome."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return Path(path)
    finish = _wrap("chromium", "usr/lib/chromium/chromium")
    return unpacked("chromium", "chromium", finish=finish) / "wrappers/chromium"


@functools.cache
def wkhtmltopdf():
    """Return the path of wkhtmltopdf."""
    if path := shutil.which("wkhtmltopdf"):
        return Path(path)
    finish = _wrap("wkhtmltopdf", "usr/bin/wkhtmltopdf")
    return unpacked("wkhtmltopdf", "wkhtmltopdf", finish=finish) / (
        "wrappers/wkhtmltopdf"
    )


@functools.cache
def fonts_conf():
    """Return a fontconfig file with a CJK font, None if the machine has one."""
    if Path("/etc/fonts/fonts.conf").is_file() and _has_cjk_font():
        return None
    tree = unpacked("fonts", "fonts-wqy-microhei", "fonts-dejavu-core")
    conf = cache() / "fonts.conf"
    text = FONTS_CONF.format(
        fonts=tree / "usr/share/fonts", cache=cache() / "fontconfig"
    )
    if not conf.exists() or conf.read_text() != text:
        conf.write_text(text)
    return conf


def _has_cjk_font():
    return any(
        any(folder.rglob(pattern))
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for pattern in CJK_FONTS
    )


@functools.cache
def postgres_bin():
    """Return (folder of PostgreSQL's programs, the environment they need)."""
    if found := _newest_postgres(Path("/usr/lib/postgresql")):
        return found, {}
    if path := shutil.which("postgres"):
        return Path(path).resolve().parent, {}
    tree = unpacked("postgresql", "postgresql", base=service_cache())
    found = _newest_postgres(tree / "usr/lib/postgresql")
    return found, {"LD_LIBRARY_PATH": library_path(tree)}


def _newest_postgres(folder):
    """Return the programs of the newest usable server below `folder`."""
    versions = [
        int(path.parent.parent.name)
        for path in folder.glob("*/bin/postgres")
        if path.parent.parent.name.isdigit()
    ]
    newest = max(versions, default=0)
    return folder / str(newest) / "bin" if newest >= 13 else None


@functools.cache
def environment():
    """Return the variables with which Odoo finds the programs and fonts."""
    folders = [str(chromium().parent), str(wkhtmltopdf().parent)]
    env = {"PATH": os.pathsep.join([*folders, os.environ.get("PATH", "")])}
    if conf := fonts_conf():
        env["FONTCONFIG_FILE"] = str(conf)
    return env | magic()


@functools.cache
def magic():
    """Return the variables for libmagic, by which Odoo recognises uploaded files."""
    if ctypes.util.find_library("magic"):
        return {}
    tree = unpacked("libmagic", "libmagic1")
    database = next(tree.glob("usr/lib/file/magic.mgc"))
    return {"LD_LIBRARY_PATH": library_path(tree), "MAGIC": str(database)}
