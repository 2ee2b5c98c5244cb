"""What `./dev test` is asked to run: add-ons, test classes or Odoo's test tags."""

import ast
import dataclasses
import functools
import re
from dataclasses import dataclass

from .console import Problem
from .places import ROOT, addons

SPEC = re.compile(
    r"(?P<sign>[+-]?)(?P<tag>\w*)(?:/(?P<module>\w+))?"
    r"(?::(?P<class>\w+))?(?:\.(?P<method>\w+))?(?P<parameter>\[.*\])?"
)


#: What a test calls that drives a browser, by itself or by the class that it is of.
BROWSERS = ("start_tour", "start_pos_tour", "browser_js", "_walk", "_start_phone")


@dataclass(frozen=True)
class Selection:
    """Tests to run: tags for Odoo, and the add-ons that must have run some."""

    tags: str
    modules: tuple

    def whole_addons(self):
        """Return the add-ons of which all tests are to be run."""
        specs = self.tags.split(",")
        if any(spec.startswith("-") for spec in specs):
            return []
        return [name for name in self.modules if f"/{name}" in specs]


def select(words):
    """Return what the words on the command line mean; stop at a mistyped one."""
    if not words:
        names = tuple(addons())
        return Selection(_tags(names), names)
    specs = [spec for word in words for spec in _specs(word)]
    modules = tuple(
        dict.fromkeys(
            SPEC.fullmatch(spec)["module"] for spec in specs if not spec.startswith("-")
        )
    )
    if not modules:
        raise Problem("these tags only exclude tests")
    return Selection(",".join(specs), modules)


def _tags(names):
    return ",".join(f"/{name}" for name in names)


def _specs(word):
    """Return the test-tags that a word stands for."""
    if word in addons():
        return [f"/{word}"]
    if word.split(":")[0] in addons():
        word = f"/{word}"
    specs = []
    for part in word.split(",") if "[" not in word else [word]:
        match = SPEC.fullmatch(part)
        if not match:
            raise Problem(f"{part!r} is no test tag")
        specs += _complete(part, match)
    return specs


def _complete(part, match):
    """Check a tag against our tests, and name the add-on if it doesn't."""
    if match["module"]:
        _check(match["module"], match)
        return [part]
    if match["class"] or match["method"] or match["tag"]:
        return _search(part, match)
    raise Problem(f"{part!r} is no test tag")


def _search(part, match):
    tag, rest = match["tag"], part[len(match["sign"]) + len(match["tag"]) :]
    found = []
    for name in addons():
        names = test_names(name)
        if tag in names.classes and not match["class"]:
            found.append(f"{match['sign']}/{name}:{tag}{rest}")
        elif _fits(names, match) and (not tag or tag in names.tags):
            found.append(f"{match['sign']}{tag}/{name}{rest}")
    if not found:
        raise Problem(f"{part!r} is no add-on, test class, test or tag of ours")
    return found


def _check(module, match):
    if module not in addons():
        raise Problem(f"no such add-on here: {module}")
    names = test_names(module)
    if not _fits(names, match):
        raise Problem(f"{module} has no test {match[0]!r}")
    if match["tag"] and match["tag"] not in names.tags:
        raise Problem(f"no test of {module} is tagged {match['tag']!r}")


def _fits(names, match):
    known = (None, *names.classes), (None, *names.methods)
    return match["class"] in known[0] and match["method"] in known[1]


@dataclass(frozen=True)
class Names:
    """The names in the tests of an add-on."""

    classes: frozenset
    methods: frozenset
    tags: frozenset
    standard: frozenset = frozenset()  # classes that a run of the add-on includes
    browser: frozenset = frozenset()  # of those, which drive a browser
    weights: dict = dataclasses.field(default_factory=dict)  # guess of their duration


@functools.cache
def test_names(addon):
    """Return the names that the test files of an add-on define."""
    classes, methods, standard, browser = set(), set(), set(), set()
    tags, weights = {"standard", "at_install", "post_install"}, {}
    for path in (ROOT / addon / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                classes.add(node.name)
                if _is_standard(node):
                    standard.add(node.name)
                    weights[node.name] = _weight(node)
                    if _calls(node, *BROWSERS):
                        browser.add(node.name)
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                methods.add(node.name)
            elif isinstance(node, ast.Call) and _called(node) == "tagged":
                tags |= {arg.value for arg in node.args if _is_text(arg)}
    sets = map(frozenset, (classes, methods, tags, standard, browser))
    return Names(*sets, weights)


def _is_standard(node):
    """Tell whether a class has tests of its own that run without being asked for."""
    if not any(getattr(item, "name", "").startswith("test_") for item in node.body):
        return False
    if has_tests_for_others(node):
        return False
    tags = {
        argument.value
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and _called(decorator) == "tagged"
        for argument in filter(_is_text, decorator.args)
    }
    return not {"-standard", "-post_install"} & tags


def has_tests_for_others(node):
    """Tell whether the tests of a class run in the classes that inherit it."""
    return any(
        isinstance(item, ast.Assign)
        and ast.unparse(item.targets[0]) == "allow_inherited_tests_method"
        for item in node.body
    )


def _weight(node):
    """Return a guess of how long a class takes: pages and browsers are slow."""
    tests = sum(getattr(item, "name", "").startswith("test_") for item in node.body)
    if _calls(node, *BROWSERS):
        return 30 * tests
    return (3 if _calls(node, "url_open") else 1) * (tests + 1)


def _calls(node, *names):
    return any(
        isinstance(child, ast.Call) and _called(child) in names
        for child in ast.walk(node)
    )


def _called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
