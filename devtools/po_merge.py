"""Write a .pot that only changes with the terms, and merge it into a .po file.

Run by `./dev i18n` with the interpreter that has polib:
    po_merge.py EXPORTED.pot FOLDER LANGUAGE.po ADDON [CORE.po…]

A new term gets the translation that Odoo itself has for it in one of the last files.
"""

import difflib
import re
import sys
from pathlib import Path

import polib

LIKE = 0.8  # how like another term must be for its translation to be proposed
# Of a tag the name only: titles and texts in its attributes are translated too.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|\{\w*\}|</?\w+")
HEADER = {
    "Project-Id-Version": "Odoo Server 19.0",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "",
}


def main(exported, folder, language_file, addon, *core):
    """Write both files; return whether there are problems."""
    folder = Path(folder)
    terms = polib.pofile(exported, wrapwidth=78)
    header = f"Translation of Odoo Server.\nThis file contains the terms of {addon}.\n"
    terms.header = header
    terms.metadata = dict(HEADER)
    terms.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    write(terms, folder / f"{addon}.pot")
    path = folder / language_file
    old = polib.pofile(str(path)) if path.is_file() else polib.POFile()
    merged = merge(terms, old, memory(core))
    merged.header = header
    language = path.stem
    plural = "nplurals=1; plural=0;"
    merged.metadata = HEADER | {"Language": language, "Plural-Forms": plural}
    write(merged, path)
    problems = [text for entry in merged for text in judge(entry)]
    for text in problems[:40]:
        print(f"✗ {addon}/i18n/{language_file}: {text}")
    if len(problems) > 40:
        print(f"  … and {len(problems) - 40} more")
    return 1 if problems else 0


def write(catalog, path):
    """Write a catalog, the same terms always as the same bytes."""
    catalog.wrapwidth = 78
    path.write_text(str(catalog).rstrip("\n") + "\n", encoding="utf-8")


def memory(paths):
    """Return {term: translation} of Odoo's own translations."""
    return {
        entry.msgid: entry.msgstr
        for path in reversed(paths)
        for entry in polib.pofile(path)
        if entry.msgstr and not entry.fuzzy and not entry.obsolete
    }


def merge(terms, old, core):
    """Return the terms with the translations of `old`, like ones marked fuzzy."""
    known = {entry.msgid: entry for entry in old if not entry.obsolete}
    current = {entry.msgid for entry in terms}
    gone = {
        msgid: entry
        for msgid, entry in known.items()
        if entry.msgstr and msgid not in current
    }
    merged = polib.POFile()
    for term in terms:
        entry = polib.POEntry(
            msgid=term.msgid, comment=term.comment, occurrences=term.occurrences
        )
        entry.flags = [flag for flag in term.flags if flag != "fuzzy"]
        found = known.get(term.msgid)
        if found and (found.msgstr or term.msgid not in core):
            entry.msgstr = found.msgstr
            entry.tcomment = found.tcomment
            entry.flags += ["fuzzy"] * found.fuzzy
        elif term.msgid in core:
            entry.msgstr = core[term.msgid]
        elif like := difflib.get_close_matches(term.msgid, gone, 1, LIKE):
            entry.msgstr = gone[like[0]].msgstr
            entry.flags.append("fuzzy")
        merged.append(entry)
    return merged


def judge(entry):
    """Yield what is wrong with a translation."""
    text = entry.msgid.replace("\n", "⏎")[:60]
    if entry.fuzzy:
        yield f"fuzzy: {text}"
    elif not entry.msgstr:
        yield f"untranslated: {text}"
    elif sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
        PLACEHOLDER.findall(entry.msgstr)
    ):
        yield f"placeholders or tags differ: {text}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
