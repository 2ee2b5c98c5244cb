"""The package sources of a machine, in both formats."""

import tempfile
import unittest
from pathlib import Path

from devtools import sources

ONE_LINE = """\
# deb http://mirror.test/debian bookworm main
deb http://mirror.test/debian bookworm main contrib # the mirror
deb-src http://mirror.test/debian bookworm main
deb [arch=amd64,arm64 signed-by=/k.gpg] https://other.test/apt nodistro main
"""
DEB822 = """\
Types: deb deb-src
# a remark
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
Enabled: no
URIs: http://off.test/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://src.test/debian
Suites: bookworm
Components: main
"""


class TestSources(unittest.TestCase):
    def test_one_line(self):
        first, second = sources.parse_one_line(ONE_LINE)
        self.assertEqual(first["URIs"], "http://mirror.test/debian")
        self.assertEqual(first["Components"], "main contrib")
        self.assertEqual(second["Architectures"], "amd64 arm64")
        self.assertEqual(second["Signed-By"], "/k.gpg")

    def test_deb822(self):
        first, second = sources.parse_deb822(DEB822)
        self.assertEqual(first["Types"], "deb")
        self.assertEqual(first["Suites"], "bookworm bookworm-updates")
        self.assertIn("\n abc", second["Signed-By"])

    def test_of_release(self):
        entries = sources.parse_one_line(ONE_LINE) + sources.parse_deb822(DEB822)
        found = sources.of_release(entries, "bookworm")
        suites = [entry["Suites"] for entry in found]
        self.assertEqual(
            suites, ["bookworm", "bookworm bookworm-updates", "bookworm-security"]
        )

    def test_other_suite_is_on_the_same_mirror_with_the_same_key(self):
        entries = sources.parse_deb822(DEB822)
        entry = sources.other_suite(entries, "bookworm", "unstable")
        self.assertEqual(entry["URIs"], "http://mirror.test/debian")
        self.assertEqual(entry["Suites"], "unstable")
        self.assertIn("keyring", entry["Signed-By"])

    def test_no_mirror(self):
        self.assertIsNone(sources.other_suite([], "bookworm", "unstable"))

    def test_written_entries_are_read_again(self):
        entries = sources.parse_deb822(DEB822)
        again = sources.parse_deb822(sources.write_deb822(entries))
        self.assertEqual(again, entries)

    def test_read_sources(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "sources.list.d").mkdir()
            (folder / "sources.list").write_text(ONE_LINE)
            (folder / "sources.list.d/debian.sources").write_text(DEB822)
            (folder / "sources.list.d/ignored.txt").write_text(ONE_LINE)
            self.assertEqual(len(sources.read_sources(folder)), 4)
