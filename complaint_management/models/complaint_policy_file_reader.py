import json
import math
import re
from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import html_translate

from ..tools.policy_diff import get_rows
from .complaint_policy_file import FORMAT, VERSION

MAX_BYTES = 2_000_000
MAX_CODE = 64
MAX_INTEGER = 2**31 - 1
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z0-9]{2,3})?(@[a-z]+)?")
XML_ID = re.compile(r"[a-z_][a-z0-9_]*\.[\w.]+")
#: Characters that no PostgreSQL text can hold, or no UTF-8.
BAD_CHARACTERS = re.compile("[\x00\ud800-\udfff]")
#: What reading a condition may raise, deep nesting included.
CONDITION_ERRORS = (
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    AttributeError,
    MemoryError,
    RecursionError,
)


class Wrong(Exception):
    """A value of the file that can't be; its text says why."""


class ComplaintPolicyFileReader(models.AbstractModel):
    """Reads the text of a policy file: what it says, or everything wrong with it.

    The data it returns are as the export would write them (defaults left out, lists of
    codes sorted, HTML cleaned), so that both can be compared.
    """

    _name = "complaint.policy.file.reader"
    _description = "Policy File Reader"

    @api.model
    def _read(self, text: str | bytes) -> tuple[dict | None, list]:
        """Return the data of a file and what is wrong with it.

        :return: the data, None when they are unusable, and ``(place, message)`` pairs
            whose place is a JSON pointer
        """
        try:
            data = self._parse(text)
        except Wrong as wrong:
            return None, [("", str(wrong))]
        errors = []
        clean = self._check_data(data, errors)
        if not errors:
            self._check_references(clean, data, errors)
        return (None if errors else clean), errors

    # the text

    @api.model
    def _parse(self, text):
        if len(text) > MAX_BYTES:
            raise Wrong(
                self.env._("The file is too big: at most %s MB.", MAX_BYTES // 10**6)
            )
        try:
            if isinstance(text, bytes):
                text = text.decode("utf-8-sig")
            return json.loads(
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
        except (ValueError, RecursionError) as error:
            raise Wrong(self.env._("This can't be read: %s", error)) from error

    @api.model
    def _make_object(self, pairs):
        values = dict(pairs)
        if len(values) < len(pairs):
            keys = [key for key, _value in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Wrong(self.env._("“%s” stands twice in one object.", twice))
        return values

    @api.model
    def _refuse_constant(self, name):
        raise Wrong(self.env._("“%s” is no value of JSON.", name))

    # the structure

    @api.model
    def _check_data(self, data, errors: list) -> dict:
        """Return the rows of ``data`` cleaned; append to ``errors`` what is wrong."""
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            errors.append(
                ("/format", self.env._("This is no policy file (%s).", FORMAT))
            )
            return {}
        if type(data.get("version")) is not int or data["version"] != VERSION:
            errors.append(
                ("/version", self.env._("This format is no version %s.", VERSION))
            )
            return {}
        sections = self.env["complaint.policy.file"]._get_sections()
        for key in data.keys() - {"format", "version", "policy", *sections}:
            message = self.env._(
                "The section “%s” isn't known here. Is an add-on missing?", key
            )
            errors.append((self._point(key), message))
        clean = {"format": FORMAT, "version": VERSION}
        clean["policy"] = self._check_row(
            "complaint.policy", data.get("policy"), "/policy", errors
        )
        for section, model in sections.items():
            rows = data.get(section, [])
            if model == "complaint.channel" and isinstance(rows, list):
                rows = [{"code": r} if isinstance(r, str) else r for r in rows]
            rows = self._check_rows(model, rows, f"/{section}", errors, {})
            if rows:
                clean[section] = rows
        return clean

    @api.model
    def _point(self, *keys) -> str:
        """Return the JSON pointer of a place."""
        return "".join(
            "/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys
        )

    @api.model
    def _check_rows(self, model, rows, pointer, errors, known) -> list:
        """Return the rows of a list cleaned.

        :param known: pointers by the code of the rows among which it is unique
        """
        if not isinstance(rows, list):
            errors.append((pointer, self.env._("This has to be a list.")))
            return []
        clean = []
        for number, row in enumerate(rows):
            place = f"{pointer}/{number}"
            values = self._check_row(model, row, place, errors, known)
            if values:
                clean.append(values)
        return clean

    @api.model
    def _check_row(self, model, row, pointer, errors, known=None) -> dict | None:
        """Return one row cleaned, None if it isn't any."""
        if not isinstance(row, dict):
            errors.append((pointer, self.env._("This has to be an object.")))
            return None
        spec = self.env["complaint.policy.file"]._get_spec(model)
        extra = {"taken"} if model == "complaint.channel" else set()
        for key in row.keys() - spec.keys() - extra:
            message = self.env._(
                "The field “%s” isn't known here: is it mistyped, or an add-on missing?",
                key,
            )
            errors.append((pointer + self._point(key), message))
        clean = {}
        for key, (name, kind) in spec.items():
            place = pointer + self._point(key)
            field = self.env[model]._fields[name]
            try:
                value = self._check_value(field, kind, key, row, place, errors, known)
            except Wrong as wrong:
                errors.append((place, str(wrong)))
                continue
            if value is not None:
                clean[key] = value
        if "taken" in row and extra:
            self._check_taken(row, clean, pointer, errors)
        if self.env[model]._policy_file_named and known is not None:
            self._check_key(model, clean, pointer, errors, known)
        return clean

    @api.model
    def _check_taken(self, row, clean, pointer, errors):
        if not isinstance(row["taken"], bool):
            errors.append((f"{pointer}/taken", self.env._("Write true or false.")))
        elif not row["taken"]:
            clean["taken"] = False

    @api.model
    def _check_key(self, model, row, pointer, errors, known):
        if "code" not in row:
            return
        key = self.env[model]._get_policy_file_key(row)
        if key in known:
            message = self.env._("The code is already used at %s.", known[key])
            errors.append((f"{pointer}/code", message))
        known[key] = pointer

    @api.model
    def _check_value(self, field, kind, key, row, pointer, errors, known):
        """Return a value as the export writes it, None for the default.

        :raise Wrong: it can't be
        """
        files = self.env["complaint.policy.file"]
        value = row.get(key)
        default = files._get_default(field.model_name, field.name)
        if kind in ("rows", "lines"):
            model = field.comodel_name
            # Codes of rows that know their policy are unique in it.
            scope = known if "policy_id" in self.env[model]._fields else {}
            if not self.env[model]._fields.get("policy_id", field).store:
                scope = {}
            scope = {} if kind == "lines" else self._get_scope(model, scope, known)
            value = [] if value is None else value
            return self._check_rows(model, value, pointer, errors, scope) or None
        if key == "code":
            return self._check_code(value)
        if value is None:
            shared = field.model_name == "complaint.channel"
            if key in row and default is not None and not field.required:
                return self._get_empty(kind)
            if field.required and default is None and not shared:
                raise Wrong(self.env._("This is needed."))
            return None
        value = getattr(self, f"_check_{kind}")(field, value)
        return None if value == default else value
