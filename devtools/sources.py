"""The package sources that a Debian machine is configured with."""

import re
from pathlib import Path

SUFFIXES = ("", "-updates", "-security")
ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<rest>\S+\s+\S+.*)")
# option names of the one-line format that differ from the fields of the other
FIELDS = {"arch": "Architectures", "lang": "Languages", "target": "Targets"}


def read_sources(folder=Path("/etc/apt")):
    """Return the enabled binary sources below `folder`, each as a deb822 dict."""
    parts = folder / "sources.list.d"
    entries = []
    for path in (folder / "sources.list", *sorted(parts.glob("*.list"))):
        if path.is_file():
            entries += parse_one_line(path.read_text())
    for path in sorted(parts.glob("*.sources")):
        entries += parse_deb822(path.read_text())
    return entries


def parse_one_line(text):
    """Parse lines like `deb [signed-by=/a.gpg] http://mirror/debian bookworm main`."""
    entries = []
    for line in text.splitlines():
        match = ONE_LINE.fullmatch(line.split("#")[0].strip())
        if not match:
            continue
        uri, suite, *components = match["rest"].split()
        entry = {"Types": "deb", "URIs": uri, "Suites": suite}
        if components:
            entry["Components"] = " ".join(components)
        for option in (match["options"] or "").split():
            name, _, value = option.partition("=")
            entry[FIELDS.get(name, name.title())] = value.replace(",", " ")
        entries.append(entry)
    return entries


def parse_deb822(text):
    """Parse stanzas of `Field: value`, with their continuation lines."""
    entries = []
    for stanza in re.split(r"\n\s*\n", text):
        entry, field = {}, None
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace() and field:
                entry[field] += "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                field = _spelling(name.strip())
                entry[field] = value.strip()
        enabled = entry.pop("Enabled", "yes").lower() not in ("no", "false", "0")
        if enabled and "deb" in entry.get("Types", "").split():
            entries.append(entry | {"Types": "deb"})
    return entries


def _spelling(name):
    known = {"uris": "URIs", "signed-by": "Signed-By"}
    return known.get(name.lower(), name.title())


def of_release(entries, codename):
    """Return the entries of the Debian release `codename` and its updates."""
    wanted = {codename + suffix for suffix in SUFFIXES}
    wanted |= {f"{codename}/updates"}
    found = []
    for entry in entries:
        suites = [suite for suite in entry["Suites"].split() if suite in wanted]
        if suites and "main" in entry.get("Components", "").split():
            found.append(entry | {"Suites": " ".join(suites)})
    return found


def other_suite(entries, codename, suite):
    """Return the source of another suite on the mirror that has `codename` itself."""
    for entry in entries:
        if codename in entry["Suites"].split():
            return entry | {"Suites": suite, "Components": "main"}
    return None


def write_deb822(entries):
    """Write entries the way apt reads them."""
    return "\n".join(
        "".join(f"{name}: {value}\n" for name, value in entry.items())
        for entry in entries
    )
