"""How tests are shared between databases."""

import unittest
from unittest import mock

from devtools import parallel, targets


def names(tours=(), **weights):
    """Return the names of an add-on with test classes of these weights."""
    classes = frozenset({*weights, *tours})
    return targets.Names(
        classes,
        frozenset(),
        frozenset(),
        standard=classes,
        browser=frozenset(tours),
        weights={**weights, **dict.fromkeys(tours, 5)},
    )


class TestShares(unittest.TestCase):
    def share(self, known, count=2, tags="/complaint"):
        """Return the tags of each process."""
        with mock.patch.object(parallel, "test_names", lambda _name: known):
            selection = targets.Selection(tags, ("complaint",))
            return parallel.shares(selection, count)

    def test_nothing_is_forgotten(self):
        known = names(**{f"Test{number}": number for number in range(1, 11)})
        given, rest = self.share(known)
        given = given.split(",")
        self.assertEqual(rest, ",".join(["/complaint", *(f"-{tag}" for tag in given)]))
        weights = [int(tag.removeprefix("/complaint:Test")) for tag in given]
        self.assertAlmostEqual(sum(weights), 55 / 2, delta=2)

    def test_browsers_stay_together(self):
        known = names(tours=["TestTour"], **dict.fromkeys("abcdefgh", 1))
        given, _rest = self.share(known)
        self.assertNotIn("TestTour", given)

    def test_few_classes_or_one_core(self):
        self.assertEqual(self.share(names(TestOne=1)), ["/complaint"])
        many = names(**dict.fromkeys("abcdefgh", 1))
        self.assertEqual(self.share(many, count=1), ["/complaint"])

    def test_a_part_of_an_addon(self):
        known = names(**dict.fromkeys("abcdefgh", 1))
        tags = "/complaint:a"
        self.assertEqual(self.share(known, tags=tags), [tags])


class TestRunAll(unittest.TestCase):
    def test_results_are_in_order(self):
        jobs = [lambda children, n=number: n for number in range(3)]
        self.assertEqual(parallel.run_all(jobs), [0, 1, 2])

    def test_an_error_is_told(self):
        def fail(children):
            raise ValueError("broken")

        with self.assertRaisesRegex(ValueError, "broken"):
            parallel.run_all([fail, lambda children: 1])
