from odoo import api, models

from .complaint_policy_file import FORMAT, VERSION

TEXT = {"type": "string"}
CODE = {"type": "string", "minLength": 1, "maxLength": 64}
#: Definitions that the kinds of fields refer to.
DEFINITIONS = {
    "code": CODE,
    "text": {
        "description": "English, or a text by language code.",
        "anyOf": [
            TEXT,
            {
                "type": "object",
                "required": ["en_US"],
                "additionalProperties": TEXT,
            },
        ],
    },
    "hint": {
        "description": "A link to the organisation, matched when it is imported.",
        "anyOf": [
            TEXT,
            {
                "type": "object",
                "properties": {"name": TEXT, "xml_id": TEXT},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ],
    },
}
KINDS = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "float": {"type": "number"},
    "text": TEXT,
    "translated": {"$ref": "#/$defs/text"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"},
    "json": {"type": "array", "items": {"type": "object"}},
    "field": TEXT,
    "item": TEXT,
    "items": {"type": "array", "items": TEXT},
    "hint": {"$ref": "#/$defs/hint"},
    "hints": {"type": "array", "items": {"$ref": "#/$defs/hint"}},
}


class ComplaintPolicyFileSchema(models.AbstractModel):
    """The JSON Schema of policy files, for editors and other programs.

    ``tools/policy_schema.json`` is what it says of this add-on alone.
    """

    _name = "complaint.policy.file.schema"
    _description = "Policy File Schema"

    @api.model
    def _get_schema(self) -> dict:
        """Return the schema of a file that this database imports."""
        sections = self.env["complaint.policy.file"]._get_sections()
        properties = {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "policy": self._get_row_schema("complaint.policy"),
        }
        for section, model in sections.items():
            rows = self._get_row_schema(model)
            if model == "complaint.channel":
                rows["properties"]["taken"] = {"type": "boolean", "default": True}
                rows = {"anyOf": [{"$ref": "#/$defs/code"}, rows]}
            properties[section] = {"type": "array", "items": rows}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"https://github.com/OCA/complaint/policy-{VERSION}.json",
            "title": "Complaint policy",
            "type": "object",
            "required": ["format", "version", "policy"],
            "properties": properties,
            "additionalProperties": False,
            "$defs": DEFINITIONS,
        }

    @api.model
    def _get_row_schema(self, model: str) -> dict:
        """Return the schema of one row of ``model``."""
        files = self.env["complaint.policy.file"]
        reader = self.env["complaint.policy.file.reader"]
        properties, required = {}, []
        for key, (name, kind) in files._get_spec(model).items():
            field = self.env[model]._fields[name]
            properties[key] = self._get_value_schema(field, kind)
            default = files._get_default(model, name)
            if default is not None:
                properties[key]["default"] = default
            elif kind not in ("rows", "lines") and reader._is_needed(field):
                required.append(key)
        schema = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        return {**schema, "additionalProperties": False}

    @api.model
    def _get_value_schema(self, field, kind) -> dict:
        schema = {"title": field.string}
        if field.name == "code":
            return {**schema, "$ref": "#/$defs/code"}
        if kind in ("rows", "lines"):
            items = self._get_row_schema(field.comodel_name)
            return {**schema, "type": "array", "items": items}
        if kind == "selection":
            keys = [key for key, _label in field._description_selection(self.env)]
            value = {"enum": keys}
        else:
            value = KINDS[kind]
        if field.required or kind in ("boolean", "integer", "float"):
            return {**schema, **value}
        return {**schema, "anyOf": [value, {"type": "null"}]}
