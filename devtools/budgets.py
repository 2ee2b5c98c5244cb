"""The budgets that keep the add-ons readable (style.md §3.6), measured on each file.

A hard stop fails; a target that is missed is a hint.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from .targets import has_tests_for_others

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler)
BRANCHES += (ast.IfExp, ast.comprehension, ast.match_case)
SKIPPED = {"i18n", "lib", "migrations", "__pycache__"}
CONTEXT_PREFIX = "complaint_"
# keys that the framework reads, and nobody can rename
CORE_CONTEXT = re.compile(
    r"(active_(id|ids|model|test)|lang|tz|allowed_company_ids|bin_size|import_file|"
    r"install_mode|module|uid|force_report_rendering|prefetch_fields|"
    r"image_no_postprocess|"
    r"(default|search_default|ir_sequence|mail|tracking|no|form|list|tree|kanban|group_by)\w*)"
)


@dataclass(frozen=True)
class Remark:
    """Something about one line of a file."""

    path: Path
    line: int
    text: str
    hard: bool = True

    def __str__(self):
        kind = "" if self.hard else "hint: "
        return f"{self.path}:{self.line}: {kind}{self.text}"


@dataclass(frozen=True)
class Budget:
    """A target, and the limit beyond which the check fails."""

    target: int
    limit: int

    def remarks(self, path, line, value, what):
        """Judge a value."""
        if value > self.limit:
            yield Remark(path, line, f"{what}: {value}, the limit is {self.limit}")
        elif value > self.target:
            text = f"{what}: {value}, the target is {self.target}"
            yield Remark(path, line, text, hard=False)


FILE = Budget(200, 400)
COMPLAINT_FILE = Budget(400, 500)
CLASS = Budget(15, 30)
METHOD = Budget(20, 40)
COMPLEXITY = Budget(7, 10)
SCRIPT = Budget(60, 150)
VIEW = Budget(200, 400)


def check(addon):
    """Yield the remarks on an add-on."""
    for path in sorted(addon.rglob("*")):
        parts = path.relative_to(addon).parts
        if path.is_dir() or SKIPPED & set(parts):
            continue
        if path.suffix == ".py" and path.name not in ("__manifest__.py",):
            yield from check_python(path, parts)
        elif path.suffix == ".js" and "tests" not in parts:
            yield from SCRIPT.remarks(path, 1, _length(path), "lines of JavaScript")
        elif path.suffix == ".xml" and parts[0] == "views":
            yield from VIEW.remarks(path, 1, _length(path), "lines of views")


def _length(path):
    return len(path.read_text().splitlines())


def check_python(path, parts):
    """Yield the remarks on a Python file."""
    text = path.read_text()
    tree = ast.parse(text)
    if "tests" in parts:
        yield from check_tests(path, tree)
        return
    budget = COMPLAINT_FILE if path.name == "complaint_complaint.py" else FILE
    yield from budget.remarks(path, 1, len(text.splitlines()), "lines")
    lines = text.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from check_class(path, node)
        elif isinstance(node, FUNCTIONS):
            yield from check_function(path, node, lines)
    yield from check_sudo(path, tree, text)
    yield from check_context(path, tree)
    if parts[0] == "models":
        yield from check_one_model(path, tree)


def check_tests(path, tree):
    """Yield the remarks on tests: each must run when everything is loaded."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        if not any(
            isinstance(item, FUNCTIONS) and item.name.startswith("test_")
            for item in node.body
        ):
            continue
        tags = {
            getattr(argument, "value", None)
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call)
            for argument in decorator.args
        }
        if not {"post_install", "-at_install"} <= tags and _is_odoo_test(node):
            text = f'{node.name}: @tagged("post_install", "-at_install") is missing'
            yield Remark(path, node.lineno, text)


def _is_odoo_test(node):
    names = [ast.unparse(base).split(".")[-1] for base in node.bases]
    alone = "BaseCase" in names or names == ["TestCase"]
    return not alone and not has_tests_for_others(node)


def check_class(path, node):
    """Yield the remarks on the number of methods."""
    methods = [item for item in node.body if isinstance(item, FUNCTIONS)]
    what = f"methods in {node.name}"
    yield from CLASS.remarks(path, node.lineno, len(methods), what)


def check_function(path, node, lines):
    """Yield the remarks on length, branches, docstring and decorators."""
    length = code_lines(node, lines)
    yield from METHOD.remarks(path, node.lineno, length, f"lines of {node.name}()")
    value = complexity(node)
    what = f"cyclomatic complexity of {node.name}()"
    yield from COMPLEXITY.remarks(path, node.lineno, value, what)
    if needs_docstring(node):
        yield Remark(path, node.lineno, f"{node.name}() has no docstring")
    for decorator in node.decorator_list:
        if "api.onchange" in ast.unparse(decorator):
            text = f"{node.name}(): compute instead of @api.onchange"
            yield Remark(path, node.lineno, text)


def needs_docstring(function):
    """Tell whether a function is public, undocumented and not an override."""
    if function.name.startswith("_") or ast.get_docstring(function) is not None:
        return False
    return not any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and ast.unparse(node.value) == "super()"
        for node in ast.walk(function)
    )


def code_lines(function, lines):
    """Count the lines of a function without docstring, comments and blanks."""
    docs = set()
    if ast.get_docstring(function, clean=False) is not None:
        docs = set(range(function.body[0].lineno, function.body[0].end_lineno + 1))
    return sum(
        number not in docs
        and lines[number - 1].strip() != ""
        and not lines[number - 1].lstrip().startswith("#")
        for number in range(function.lineno, function.end_lineno + 1)
    )


def complexity(function):
    """Return the number of ways through a function."""
    return 1 + sum(
        isinstance(node, BRANCHES)
        + (len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0)
        for node in ast.walk(function)
    )


def check_sudo(path, tree, text):
    """Yield the calls of sudo() that don't say why, in a comment beginning `sudo:`."""
    reasons = set()
    own_lines = {}
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row = token.start[0]
            own_lines[row] = lines[row - 1].lstrip().startswith("#")
            if re.match(r"#\s*sudo: \S", token.string):
                reasons.add(row)
    for statement in _statements(tree):
        calls = [node for node in _own_nodes(statement) if _is_sudo(node)]
        for call in calls:
            first, last = statement.lineno, call.end_lineno
            if isinstance(statement, ast.stmt) and not hasattr(statement, "body"):
                last = statement.end_lineno
            rows = set(range(first, last + 1))
            above = first - 1
            while own_lines.get(above):
                rows.add(above)
                above -= 1
            if not rows & reasons:
                text = "sudo() without its reason (`# sudo: model - why`)"
                yield Remark(path, call.lineno, text)


def _statements(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _own_nodes(statement):
    """Yield the nodes of a statement without those of the statements inside it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt):
            yield child
            yield from _own_nodes(child)


def _is_sudo(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
    )


def check_context(path, tree):
    """Yield the context keys of our own without our prefix."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        keys = []
        if node.func.attr == "with_context":
            keys = [keyword.arg for keyword in node.keywords if keyword.arg]
        elif node.func.attr == "get" and ast.unparse(node.func.value).endswith(
            (".context", "._context")
        ):
            keys = [getattr(argument, "value", None) for argument in node.args[:1]]
        for key in filter(None, keys):
            if not key.startswith(CONTEXT_PREFIX) and not CORE_CONTEXT.fullmatch(key):
                text = f"context key {key!r} should begin with {CONTEXT_PREFIX!r}"
                yield Remark(path, node.lineno, text)


def check_one_model(path, tree):
    """Yield a remark on a file that holds several models."""
    models = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).startswith("models.") for base in node.bases)
    ]
    if len(models) > 1:
        names = ", ".join(node.name for node in models)
        yield Remark(path, models[1].lineno, f"several models in a file: {names}")
