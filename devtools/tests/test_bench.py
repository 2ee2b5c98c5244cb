"""Which rows of the bench are measured."""

import unittest

from devtools.bench import command
from devtools.console import Problem


class TestRows(unittest.TestCase):
    def test_by_name_or_by_title(self):
        self.assertEqual(
            command.chosen(["close_one", "stage change of one card"]),
            ["close_one", "move_one"],
        )

    def test_without_any_all(self):
        self.assertEqual(command.chosen([]), [])

    def test_a_mistyped_name_is_told(self):
        with self.assertRaisesRegex(Problem, "there is no row 'close'"):
            command.chosen(["close"])
