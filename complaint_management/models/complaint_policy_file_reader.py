import json
import re
from collections import defaultdict
from collections.abc import Iterator

from odoo import api, models

from ..tools.policy_diff import get_rows
from .complaint_policy_file import FORMAT, VERSION

MAX_BYTES = 2_000_000
#: What no PostgreSQL text can hold, or no UTF-8.
BAD_CHARACTERS = re.compile("[\x00\ud800-\udfff]")
#: Deeper than any policy, far from the recursion limit of what reads the values.
MAX_DEPTH = 40


class Wrong(Exception):
    """A value of the file that can't be; its text says why."""


class Reading:
    """What is found while one file is read."""

    def __init__(self):
        self.errors = []
        # pointers by code, by the scope in which a code is unique
        self.codes = defaultdict(dict)
        self.pointers = {}

    def add(self, pointer: str, message: str):
        """Note what is wrong at a place."""
        self.errors.append((pointer, message))


def point(*keys) -> str:
    """Return the JSON pointer of a place."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def get_depth(text: str) -> int:
    """Return how deep the brackets of a JSON text nest."""
    depth = deepest = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def get_texts(data) -> Iterator[str]:
    """Yield every text and key of JSON data."""
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value


class ComplaintPolicyFileReader(models.AbstractModel):
    """Reads the text of a policy file: what it says, or everything wrong with it.

    The data it returns are as the export would write them (defaults left out, lists of
    codes sorted, HTML cleaned), so that both can be compared.
    """

    _name = "complaint.policy.file.reader"
    _description = "Policy File Reader"

    @api.model
    def _read_file(self, text: str | bytes) -> tuple[dict | None, list]:
        """Return the data of a file and what is wrong with it.

        :return: the data, None when something is wrong, and ``(place, message)`` pairs
            whose place is a JSON pointer
        """
        reading = Reading()
        clean = None
        try:
            clean = self._check_data(self._parse(text), reading)
        except Wrong as wrong:
            reading.add("", str(wrong))
        if not reading.errors:
            self._check_references(clean, reading)
        return (None if reading.errors else clean), reading.errors

    # the text

    @api.model
    def _parse(self, text):
        if len(text) > MAX_BYTES:
            megabytes = MAX_BYTES // 10**6
            raise Wrong(self.env._("The file is too big: at most %s MB.", megabytes))
        try:
            if isinstance(text, bytes):
                text = text.decode("utf-8-sig")
            if get_depth(text) > MAX_DEPTH:
                raise Wrong(self.env._("The file is nested too deeply."))
            data = json.loads(
                text,
                object_pairs_hook=self._make_object,
                parse_constant=self._refuse_constant,
            )
        except json.JSONDecodeError as error:
            raise Wrong(
                self.env._(
                    "This is no JSON: line %(line)s, column %(column)s: %(error)s",
                    line=error.lineno,
                    column=error.colno,
                    error=error.msg,
                )
            ) from error
        except ValueError as error:
            raise Wrong(self.env._("This can't be read: %s", error)) from error
        if any(BAD_CHARACTERS.search(text) for text in get_texts(data)):
            raise Wrong(self.env._("The file has characters that can't be kept."))
        return data

    @api.model
    def _make_object(self, pairs):
        values = dict(pairs)
        if len(values) < len(pairs):
            keys = [key for key, _value in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Wrong(
                self.env._("“%s” stands twice in one object.", repr(twice)[1:-1])
            )
        return values

    @api.model
    def _refuse_constant(self, name):
        raise Wrong(self.env._("“%s” is no value of JSON.", name))

    # the structure

    @api.model
    def _check_data(self, data, reading) -> dict:
        """Return ``data`` cleaned; add to ``reading`` what is wrong with them."""
        self._check_format(data)
        sections = self.env["complaint.policy.file"]._get_sections()
        for key in data.keys() - {"format", "version", "policy", *sections}:
            reading.add(
                point(key),
                self.env._("This section isn't known here. Is an add-on missing?"),
            )
        policy = data.get("policy")
        clean = {"format": FORMAT, "version": VERSION}
        clean["policy"] = self._check_row(
            "complaint.policy", policy, "/policy", reading
        )
        for section, model in sections.items():
            rows = data.get(section, [])
            if model == "complaint.channel" and isinstance(rows, list):
                rows = [{"code": row} if isinstance(row, str) else row for row in rows]
            rows = self._check_rows(model, rows, point(section), reading)
            if rows:
                clean[section] = rows
        return clean

    @api.model
    def _check_format(self, data):
        """Refuse other files, and those of another version.

        :raise Wrong: it is one
        """
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise Wrong(
                self.env._("This is no policy file: its format isn't %s.", FORMAT)
            )
        if type(data.get("version")) is not int or data["version"] != VERSION:
            raise Wrong(
                self.env._("The version of this file's format isn't %s.", VERSION)
            )

    @api.model
    def _check_rows(self, model, rows, pointer, reading) -> list | None:
        """Return the rows of a list cleaned, None without any."""
        if not isinstance(rows, list):
            reading.add(pointer, self.env._("This has to be a list."))
            return None
        clean = []
        for number, row in enumerate(rows):
            place = f"{pointer}/{number}"
            values = self._check_row(model, row, place, reading)
            if values is None:
                continue
            clean.append(values)
            if self.env[model]._policy_file_named:
                self._check_key(model, values, place, reading)
        return self._sort_rows(model, clean) or None

    @api.model
    def _sort_rows(self, model, rows) -> list:
        """Return the rows in the order in which the export would write them.

        That is the order of the file, but for rows shared by policies and models that
        aren't ordered by sequence first.
        """
        if self.env[model]._policy_file_parent is None:
            return sorted(rows, key=lambda row: row.get("code") or "")
        first = self.env[model]._order.partition(",")[0]
        if first == "sequence":
            return rows
        default = self.env["complaint.policy.file"]._get_default(model, first)
        return sorted(rows, key=lambda row: row.get(first) or default or "")

    @api.model
    def _check_key(self, model, row, pointer, reading):
        """Refuse a code that another row of the list, or of the policy, has."""
        if "code" not in row:
            return
        field = self.env[model]._fields.get("policy_id")
        scope = model if field and field.store else pointer.rpartition("/")[0]
        key = self.env[model]._get_policy_file_key(row)
        first = reading.codes[scope].setdefault(key, pointer)
        if first != pointer:
            reading.add(
                f"{pointer}/code", self.env._("The code is already used at %s.", first)
            )

    @api.model
    def _check_row(self, model, row, pointer, reading) -> dict | None:
        """Return one row cleaned, None if it isn't any."""
        if not isinstance(row, dict):
            reading.add(pointer, self.env._("This has to be an object."))
            return None
        clean = {}
        reading.pointers[id(clean)] = pointer
        spec = self.env["complaint.policy.file"]._get_spec(model)
        extra = {"taken"} if model == "complaint.channel" else set()
        for key in row.keys() - spec.keys() - extra:
            reading.add(
                pointer + point(key),
                self.env._(
                    "This field isn't known here: is it mistyped, or an add-on missing?"
                ),
            )
        for key, (name, kind) in spec.items():
            place = pointer + point(key)
            field = self.env[model]._fields[name]
            try:
                self._check_field(field, kind, key, row, clean, place, reading)
            except Wrong as wrong:
                reading.add(place, str(wrong))
        if extra & row.keys():
            if not isinstance(row["taken"], bool):
                reading.add(f"{pointer}/taken", self.env._("Write true or false."))
            elif not row["taken"]:
                clean["taken"] = False
        return clean

    @api.model
    def _check_field(self, field, kind, key, row, clean, pointer, reading):
        """Set ``key`` of the cleaned row, unless its value is the default.

        :raise Wrong: the value can't be
        """
        if kind in ("rows", "lines"):
            self._check_inner(field, key, row, clean, pointer, reading)
            return
        files = self.env["complaint.policy.file"]
        default = files._get_default(field.model_name, field.name)
        if row.get(key) in (None, ""):
            value = None if key in row else default
            rows = self.env[field.model_name]
            defaults = rows._get_policy_file_defaults(self.env.company)
            if key in row and field.name in defaults:
                clean[key] = None
        else:
            values = self.env["complaint.policy.file.value"]
            value = getattr(values, f"_check_{kind}")(field, row[key])
        if value is None and self._is_needed(field):
            raise Wrong(self.env._("This is needed."))
        if value != default:
            clean[key] = value

    @api.model
    def _check_inner(self, field, key, row, clean, pointer, reading):
        """Set the list of rows that stand inside a row, unless it is empty."""
        if row.get(key) is None:
            return
        rows = self._check_rows(field.comodel_name, row[key], pointer, reading)
        if rows:
            clean[key] = rows

    @api.model
    def _is_needed(self, field) -> bool:
        """Tell whether a row can't do without a value of ``field``."""
        if field.model_name == "complaint.channel" and field.name != "code":
            return False
        return bool(field.name == "code" or (field.required and field.column_type))

    # the references

    @api.model
    def _check_references(self, data, reading):
        """Refuse codes that name nothing."""
        files = self.env["complaint.policy.file"]
        shape = files._get_shape()
        rows = get_rows(data, shape)
        known = defaultdict(set)
        for place in rows:
            if len(place) == 2:
                known[files._get_sections()[place[0]]].add(place[1])
        for place, row in rows.items():
            for key, comodel, code in self._get_codes(place, row):
                if code in known[comodel]:
                    continue
                if not self.env[comodel]._find_policy_file_shared(code):
                    reading.add(
                        reading.pointers.get(id(row), point(*place)) + point(key),
                        self.env._("Nothing has the code “%s”.", code),
                    )
        self._check_channels(data, reading)

    @api.model
    def _get_codes(self, place: tuple, row: dict) -> Iterator[tuple]:
        """Yield the key, model and code of each reference of a row."""
        files = self.env["complaint.policy.file"]
        model = files._get_row_model(place)
        for key, (name, kind) in files._get_spec(model).items():
            if kind not in ("item", "items") or not row.get(key):
                continue
            comodel = self.env[model]._fields[name].comodel_name
            for code in row[key] if kind == "items" else [row[key]]:
                yield key, comodel, code

    @api.model
    def _check_channels(self, data, reading):
        """Refuse channels that neither exist nor have a name to be made with."""
        channels = self.env["complaint.channel"]
        for row in data.get("channels", []):
            if "name" not in row and not channels._find_policy_file_shared(row["code"]):
                reading.add(
                    reading.pointers.get(id(row), point("channels", row["code"])),
                    self.env._(
                        "There is no channel “%s”; give it a name to make it.",
                        row["code"],
                    ),
                )
