"""What the words after `./dev test` mean."""

import unittest
from unittest import mock

from devtools import targets
from devtools.console import Problem

NAMES = {
    "complaint": targets.Names(
        frozenset({"TestCase", "TestOther"}),
        frozenset({"test_a"}),
        frozenset({"post_install", "access"}),
    ),
    "complaint_sale": targets.Names(
        frozenset({"TestSale"}), frozenset({"test_s"}), frozenset({"post_install"})
    ),
}


class TestTargets(unittest.TestCase):
    def setUp(self):
        for name, fake in (("addons", list(NAMES).copy), ("test_names", NAMES.get)):
            patch = mock.patch.object(targets, name, fake)
            patch.start()
            self.addCleanup(patch.stop)

    def select(self, *words):
        """Return the tags and add-ons of a selection."""
        found = targets.select(words)
        return found.tags, found.modules

    def test_everything(self):
        self.assertEqual(
            self.select(),
            ("/complaint,/complaint_sale", ("complaint", "complaint_sale")),
        )

    def test_addon(self):
        self.assertEqual(
            self.select("complaint_sale"), ("/complaint_sale", ("complaint_sale",))
        )

    def test_class_and_method(self):
        expected = ("/complaint:TestCase.test_a", ("complaint",))
        for word in (
            "TestCase.test_a",
            "complaint:TestCase.test_a",
            "/complaint:TestCase.test_a",
            ":TestCase.test_a",
        ):
            self.assertEqual(self.select(word), expected, word)

    def test_method_alone(self):
        self.assertEqual(
            self.select(".test_s"), ("/complaint_sale.test_s", ("complaint_sale",))
        )

    def test_tag_is_limited_to_our_addons(self):
        self.assertEqual(self.select("access"), ("access/complaint", ("complaint",)))

    def test_exclusion(self):
        self.assertEqual(
            self.select("complaint", "-access"),
            ("/complaint,-access/complaint", ("complaint",)),
        )

    def test_whole_addons(self):
        self.assertEqual(targets.select(["complaint"]).whole_addons(), ["complaint"])
        for words in (["TestCase"], ["complaint", "-access"]):
            self.assertEqual(targets.select(words).whole_addons(), [])

    def test_mistyped(self):
        for word in (
            *("complain", "TestCas", ".test_x", "/complain", "/complaint:TestX"),
            *(
                "/complaint:TestCase.test_x",
                "acess",
                "acess/complaint",
                "a b",
                "-access",
            ),
        ):
            with self.assertRaises(Problem, msg=word):
                self.select(word)
