import math
import re
from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .complaint_policy_file_reader import Wrong

MAX_CODE = 64
MAX_INTEGER = 2**31 - 1
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z0-9]{2,3})?(@[A-Za-z]+)?")
HINT_KEYS = {"name", "xml_id"}
XML_ID = re.compile(r"[a-z_][a-z0-9_]*\.[\w.]+")
#: What reading a condition may raise, deep nesting included.
CONDITION_ERRORS = (
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    AttributeError,
    NotImplementedError,
    MemoryError,
    RecursionError,
)


class ComplaintPolicyFileValue(models.AbstractModel):
    """One value of a policy file, by its kind.

    ``_check_<kind>`` returns a value that was read as the export writes it, or raises
    ``Wrong``; ``_export_<kind>`` returns that of a record. An add-on with a new kind of
    field adds such methods (see ``complaint.policy.file._get_kind``).
    """

    _name = "complaint.policy.file.value"
    _description = "Policy File Value"

    # in

    @api.model
    def _check_boolean(self, field, value):
        if not isinstance(value, bool):
            raise Wrong(self.env._("Write true or false."))
        return value

    @api.model
    def _check_integer(self, field, value):
        if type(value) is not int or abs(value) > MAX_INTEGER:
            raise Wrong(self.env._("Write a whole number."))
        return value

    @api.model
    def _check_float(self, field, value):
        if type(value) not in (int, float) or not math.isfinite(value):
            raise Wrong(self.env._("Write a number."))
        return value

    @api.model
    def _check_text(self, field, value):
        if not isinstance(value, str):
            raise Wrong(self.env._("Write a text."))
        if field.name == "code" and (value != value.strip() or len(value) > MAX_CODE):
            raise Wrong(
                self.env._(
                    "A code has at most %s characters, no space around.", MAX_CODE
                )
            )
        if field.name.endswith("domain"):
            self._check_condition(value)
        if field.type == "html":
            value = self._clean_html(field, value)
        return value

    @api.model
    def _check_condition(self, value):
        try:
            Domain(literal_eval(value)).validate(self.env["complaint.complaint"])
        except CONDITION_ERRORS as error:
            raise Wrong(self.env._("The condition can't be read: %s", error)) from error

    @api.model
    def _clean_html(self, field, value):
        record = self.env[field.model_name]
        try:
            return field.convert_to_cache(value, record, validate=True) or None
        except (ValueError, TypeError) as error:
            raise Wrong(self.env._("This can't be read: %s", error)) from error

    @api.model
    def _check_translated(self, field, value):
        texts = {"en_US": value} if isinstance(value, str) else value
        if not isinstance(texts, dict):
            raise Wrong(self.env._("Write a text, or one by language."))
        clean = {}
        for lang, text in texts.items():
            if not LANGUAGE.fullmatch(lang):
                raise Wrong(self.env._("“%s” is no code of a language.", lang))
            clean[lang] = self._check_text(field, text)
        clean = self.env["complaint.policy.file"]._clean_text(clean)
        if isinstance(clean, dict) and "en_US" not in clean:
            raise Wrong(self.env._("The English text (en_US) is needed too."))
        return clean

    @api.model
    def _check_selection(self, field, value):
        allowed = [key for key, _label in field._description_selection(self.env)]
        by_addons = field.name in self.env[field.model_name]._policy_file_by_addons
        if value not in allowed and by_addons:
            raise Wrong(
                self.env._("“%s” isn't known here: is an add-on missing?", value)
            )
        if value not in allowed:
            raise Wrong(self.env._("Choose one of: %s.", ", ".join(map(str, allowed))))
        return value

    @api.model
    def _check_date(self, field, value):
        try:
            date = field.from_string(value) if isinstance(value, str) else None
        except ValueError:
            date = None
        if not date or field.to_string(date) != value:
            raise Wrong(
                self.env._("Write a date as %s.", field.to_string(fields.Date.today()))
            )
        return value

    @api.model
    def _check_datetime(self, field, value):
        try:
            moment = fields.Datetime.from_string(value)
        except (ValueError, TypeError):
            moment = None
        if not moment or fields.Datetime.to_string(moment) != value:
            raise Wrong(self.env._("Write a date and time as 2026-01-31 08:00:00."))
        return value

    @api.model
    def _check_json(self, field, value):
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise Wrong(self.env._("This has to be a list of objects."))
        try:
            return field.convert_to_cache(value, self.env[field.model_name])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Wrong(self.env._("This can't be read: %s", error)) from error

    @api.model
    def _check_field(self, field, value):
        # sudo: ir.model.fields - an administrator of complaints is none of the system
        names = self.env["ir.model.fields"].sudo()
        found = isinstance(value, str) and names._get("complaint.complaint", value)
        if not found or found.ttype not in ("date", "datetime") or not found.store:
            raise Wrong(self.env._("Write the name of a date field of the case."))
        return value

    @api.model
    def _check_item(self, field, value):
        if not isinstance(value, str):
            raise Wrong(self.env._("Write the code of a row."))
        return value

    @api.model
    def _check_items(self, field, value):
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise Wrong(self.env._("Write a list of codes."))
        return sorted(set(value)) or None

    @api.model
    def _check_hint(self, field, value):
        hint = {"name": value} if isinstance(value, str) else value
        if not self._is_hint(hint):
            raise Wrong(self.env._("Write a name, or an object with name and xml_id."))
        if "xml_id" in hint and not XML_ID.fullmatch(hint["xml_id"]):
            raise Wrong(self.env._("“%s” is no external id.", hint["xml_id"]))
        return value if hint.keys() != {"name"} else hint["name"]

    @api.model
    def _is_hint(self, value) -> bool:
        if not isinstance(value, dict) or not value or value.keys() - HINT_KEYS:
            return False
        return all(isinstance(text, str) and text for text in value.values())

    @api.model
    def _check_hints(self, field, value):
        if not isinstance(value, list):
            raise Wrong(self.env._("Write a list of names."))
        hints = [self._check_hint(field, hint) for hint in value]
        return self.env["complaint.policy.file"]._sort_hints(hints) or None

    # out

    @api.model
    def _read_texts(self, rows) -> dict:
        """Return the texts of the translated fields of ``rows``: field → id → text.

        Read past the ORM, which shows active languages only.
        """
        files = self.env["complaint.policy.file"]
        spec = files._get_spec(rows._name)
        names = [name for name, kind in spec.values() if kind == "translated"]
        texts = {name: {} for name in names}
        if not names or not rows.ids:
            return texts
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        query = SQL(
            "SELECT id, %s FROM %s WHERE id IN %s",
            columns,
            SQL.identifier(rows._table),
            tuple(rows.ids),
        )
        for id_, *values in self.env.execute_query(query):
            for name, value in zip(names, values, strict=True):
                texts[name][id_] = files._clean_text(value)
        return texts

    @api.model
    def _export_boolean(self, row, field):
        return row[field.name]

    _export_integer = _export_float = _export_boolean

    @api.model
    def _export_text(self, row, field):
        return row[field.name] or None

    _export_selection = _export_text

    @api.model
    def _export_json(self, row, field):
        # The default of a relational property is an id of this database.
        return [
            {
                key: value
                for key, value in sorted(definition.items())
                if key != "default"
                or definition["type"] not in ("many2one", "many2many")
            }
            for definition in row[field.name] or []
        ] or None

    @api.model
    def _export_date(self, row, field):
        return field.to_string(row[field.name]) or None

    _export_datetime = _export_date

    @api.model
    def _export_field(self, row, field):
        # sudo: ir.model.fields - an administrator of complaints is none of the system
        return row.sudo()[field.name].name or None

    @api.model
    def _export_item(self, row, field):
        return row[field.name]._get_file_key() if row[field.name] else None

    @api.model
    def _export_items(self, row, field):
        return sorted(item._get_file_key() for item in row[field.name]) or None

    @api.model
    def _export_hint(self, row, field):
        return self.env["complaint.policy.file"]._make_hint(row[field.name])

    @api.model
    def _export_hints(self, row, field):
        hints = [
            self.env["complaint.policy.file"]._make_hint(record)
            for record in row[field.name]
        ]
        return self.env["complaint.policy.file"]._sort_hints(hints) or None
