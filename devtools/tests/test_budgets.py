"""The house rules on small samples."""

import ast
import tempfile
import textwrap
import unittest
from pathlib import Path

from devtools import budgets


class TestBudgets(unittest.TestCase):
    def remarks(self, code, name="models/thing.py"):
        """Return the texts of the hard remarks on a file with this code."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(code))
            return [
                remark.text for remark in budgets.check(Path(folder)) if remark.hard
            ]

    def test_clean(self):
        self.assertEqual(
            self.remarks(
                '''
                class Thing(models.Model):
                    def action_do(self):
                        """Do."""
                        return self.with_context(complaint_quiet=True, lang="x")
                '''
            ),
            [],
        )

    def test_long_method(self):
        body = "\n".join(f"    a = {number}" for number in range(41))
        found = self.remarks(f"def _f():\n{body}\n")
        self.assertEqual(len(found), 1)
        self.assertIn("lines of _f()", found[0])

    def test_long_file(self):
        self.assertEqual(len(self.remarks("a = 1\n" * 401)), 1)
        name = "models/complaint_complaint.py"
        self.assertEqual(self.remarks("a = 1\n" * 401, name), [])
        self.assertEqual(len(self.remarks("a = 1\n" * 501, name)), 1)

    def test_complexity(self):
        tree = ast.parse("def f(a):\n  if a and a or a:\n    return [x for x in a]\n")
        self.assertEqual(budgets.complexity(tree.body[0]), 5)

    def test_docstring_of_public_methods(self):
        self.assertEqual(
            self.remarks("def do():\n    pass\n"), ["do() has no docstring"]
        )
        self.assertEqual(self.remarks("def _do():\n    pass\n"), [])
        override = "def write(self, vals):\n    return super().write(vals)\n"
        self.assertEqual(self.remarks(override), [])

    def test_onchange(self):
        code = '@api.onchange("a")\ndef _onchange_a(self):\n    pass\n'
        self.assertEqual(len(self.remarks(code)), 1)

    def test_sudo(self):
        good = (
            "a = b.sudo()  # sudo: thing - why\n",
            "# sudo: thing - why\na = b.sudo()\n",
            "# sudo: thing - why\n# and more\na = (\n    b.sudo()\n)\n",
            "a = (\n    # sudo: thing - why\n    b.sudo()\n)\n",
            "# sudo: thing - why\nfor a in b.sudo():\n    pass\n",
        )
        for code in good:
            self.assertEqual(self.remarks(code), [], code)
        bad = (
            "a = b.sudo()\n",
            "# a remark\na = b.sudo()\n",
            "# sudo: thing - why\n\na = b.sudo()\n",
            "# sudo: thing - why\nc = 1\na = b.sudo()\n",
            "for a in b.sudo():\n    pass  # sudo: thing - why\n",
        )
        for code in bad:
            self.assertEqual(len(self.remarks(code)), 1, code)

    def test_context(self):
        self.assertEqual(len(self.remarks("a.with_context(quiet=True)\n")), 1)
        self.assertEqual(len(self.remarks('a.env.context.get("quiet")\n')), 1)
        self.assertEqual(self.remarks('a.env.context.get("complaint_quiet")\n'), [])
        self.assertEqual(self.remarks("a.with_context(default_name=1, tz=2)\n"), [])

    def test_one_model_a_file(self):
        code = "class A(models.Model):\n    pass\nclass B(models.Model):\n    pass\n"
        self.assertEqual(len(self.remarks(code)), 1)
        self.assertEqual(self.remarks(code, "wizards/thing.py"), [])

    def test_tests_run_when_everything_is_loaded(self):
        code = "class TestA(TransactionCase):\n    def test_a(self):\n        pass\n"
        self.assertEqual(len(self.remarks(code, "tests/test_a.py")), 1)
        tagged = '@tagged("post_install", "-at_install")\n' + code
        self.assertEqual(self.remarks(tagged, "tests/test_a.py"), [])
        inherited = code + "    allow_inherited_tests_method = True\n"
        self.assertEqual(self.remarks(inherited, "tests/a_common.py"), [])

    def test_scripts_and_views(self):
        self.assertEqual(len(self.remarks("a;\n" * 151, "static/src/a.js")), 1)
        self.assertEqual(len(self.remarks("<a/>\n" * 401, "views/a.xml")), 1)
