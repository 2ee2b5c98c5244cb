import json

from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError

from ..tools.policy_diff import Shape

FORMAT = "complaint_management.policy"
VERSION = 1
#: Order of the sections that people write first; others follow by their names.
SECTIONS = (
    "kinds",
    "channels",
    "roles",
    "severities",
    "categories",
    "stages",
    "assignment_rules",
    "deadline_rules",
    "escalation_rules",
    "reasons",
)
#: Kinds that are never empty.
NUMBERS = ("boolean", "integer", "float")
#: Modules of external ids that say nothing in another database.
LOCAL_MODULES = ("__export__", "__import__", "__custom__", "__cloc_exclude__")


class ComplaintPolicyFile(models.AbstractModel):
    """What stands in a policy file, and how a policy is written into one.

    Everything is driven by the fields of the models that inherit
    ``complaint.policy.file.mixin``; ``readme/POLICY_FILE.md`` describes the result.
    """

    _name = "complaint.policy.file"
    _description = "Policy File"

    # what a file is made of

    @api.model
    @tools.ormcache()
    def _get_sections(self) -> dict:
        """Return the model of each section of the file, in their order."""
        mixin = "complaint.policy.file.mixin"
        sections = {}
        for name in self.pool.descendants([mixin], "_inherit"):
            rows = self.env[name]
            own = (
                rows._policy_file_parent == "policy_id" and "policy_id" in rows._fields
            )
            if not rows._abstract and (own or name == "complaint.channel"):
                sections[rows._get_policy_file_section()] = name
        rank = {section: number for number, section in enumerate(SECTIONS)}
        return dict(
            sorted(
                sections.items(),
                key=lambda item: (rank.get(item[0], len(rank)), item[0]),
            )
        )

    @api.model
    @tools.ormcache("model")
    def _get_spec(self, model: str) -> dict:
        """Return the kind of each field of ``model`` in the file, by its key there.

        The key of a list of rows inside the row is their section; see ``_get_kind``.
        """
        rows = self.env[model]
        spec = {}
        for name in rows._get_policy_file_fields():
            field = rows._fields[name]
            kind = self._get_kind(field)
            if kind in ("rows", "lines"):
                section = self.env[field.comodel_name]._get_policy_file_section()
                spec[section] = (name, kind)
            else:
                spec[name] = (name, kind)
        return spec

    @api.model
    def _get_list_model(self, sections: tuple) -> str | None:
        """Return the model of the rows in a list, None when it is no such list.

        :param sections: the keys on the way to it, as ``("stages", "requirements")``
        """
        if len(sections) == 1:
            return self._get_sections().get(sections[0])
        holder = self._get_list_model(sections[:-1])
        name, kind = (
            self._get_spec(holder).get(sections[-1], ("", "")) if holder else ("", "")
        )
        return self.env[holder]._fields[name].comodel_name if kind == "rows" else None

    @api.model
    def _get_row_model(self, place: tuple) -> str:
        """Return the model of the row that stands at ``place``."""
        if place == ("policy",):
            return "complaint.policy"
        return self._get_list_model(place[::2])

    @api.model
    def _get_shape(self) -> Shape:
        """Return how rows stand in a file, for ``tools.policy_diff``."""
        return Shape(
            lambda sections: bool(self._get_list_model(sections)),
            lambda sections, row: self.env[
                self._get_list_model(sections)
            ]._get_policy_file_key(row),
        )

    @api.model
    def _get_kind(self, field) -> str:
        """Return how the values of ``field`` are written in the file.

        ``rows`` and ``lines`` stand inside (with and without code), ``item(s)`` are
        references to rows of the policy, ``hint(s)`` are links to the organisation,
        ``field`` is the name of a field of the case.
        """
        if field.relational:
            rows = self.env[field.comodel_name]
            inside = isinstance(rows, self.pool["complaint.policy.file.mixin"])
            if field.type == "one2many":
                return "rows" if rows._policy_file_named else "lines"
            if field.comodel_name == "ir.model.fields":
                return "field"
            many = "s" if field.type == "many2many" else ""
            return ("item" if inside else "hint") + many
        if field.type in ("char", "text", "html"):
            return "translated" if field.translate else "text"
        return "json" if field.type == "properties_definition" else field.type

    @api.model
    def _get_default(self, model: str, name: str):
        """Return what a missing value of a field means, as the file writes it."""
        rows = self.env[model]
        field = rows._fields[name]
        if self._get_kind(field) not in (*NUMBERS, "text", "selection"):
            return None
        value = field.default(rows) if field.default else None
        if field.type in NUMBERS:
            return value or (False if field.type == "boolean" else 0)
        return value or None

    # out

    @api.model
    def _dump(self, data: dict) -> str:
        """Return ``data`` as the text of a file."""
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    @api.model
    def _export(self, policy) -> dict:
        """Return ``policy`` as a policy file has it.

        :raise AccessError: the user doesn't administer complaints
        """
        policy.ensure_one()
        self._check_admin()
        policy.check_access("read")
        # Texts are read in the source language and with archived rows.
        policy = policy.with_context(lang=None, active_test=False)
        policy.env.flush_all()
        data = {"format": FORMAT, "version": VERSION}
        data["policy"] = self._export_rows(policy, policy, ("policy",))[0]
        for section, rows in self._collect(policy).items():
            exported = self._export_rows(rows, policy, (section,))
            if exported:
                data[section] = exported
        return data

    @api.model
    def _check_admin(self):
        if not self.env.su and not self.env.user.has_group(
            "complaint_management.group_complaint_admin"
        ):
            raise AccessError(
                self.env._("Policy files are for administrators of complaints.")
            )

    @api.model
    def _collect(self, policy) -> dict:
        """Return the rows of each section: active ones, and what those refer to."""
        rows = {}
        for section, model in self._get_sections().items():
            if model == "complaint.channel":
                rows[section] = policy.env[model]
            else:
                found = policy.env[model]._find_policy_file_rows(policy)
                rows[section] = found.filtered("active") if "active" in found else found
        while self._add_referred(policy, rows):
            pass
        rows["channels"] = policy._find_policy_file_channels(
            {**rows, **self._get_inner_rows(rows)}
        )
        rows["channels"] = rows["channels"].sorted("code")
        return {
            section: found if section == "channels" else found.sorted()
            for section, found in rows.items()
        }

    @api.model
    def _get_inner_rows(self, rows: dict) -> dict:
        """Return the rows that stand inside ``rows``, by section and key."""
        return {
            (section, key): found[name].filtered(
                lambda row: "active" not in row or row.active
            )
            for section, found in rows.items()
            for key, (name, kind) in self._get_spec(found._name).items()
            if kind == "rows"
        }

    @api.model
    def _add_referred(self, policy, rows: dict) -> bool:
        """Add the archived rows to which others refer; tell whether there were any."""
        sections = {model: section for section, model in self._get_sections().items()}
        before = sum(len(found) for found in rows.values())
        holders = [policy, *rows.values(), *self._get_inner_rows(rows).values()]
        for holder in holders:
            for name, kind in self._get_spec(holder._name).values():
                if kind in ("item", "items"):
                    referred = holder[name]
                    section = sections.get(referred._name)
                    if section and section != "channels":
                        rows[section] |= referred.filtered(
                            lambda row: row.policy_id == policy
                        )
        return sum(len(found) for found in rows.values()) > before

    @api.model
    def _export_rows(self, rows, policy, place: tuple) -> list[dict]:
        """Return ``rows`` as the file has them.

        :param place: the section, or the place of the row they stand in, and theirs
        """
        texts = self.env["complaint.policy.file.value"]._read_texts(rows)
        return [self._export_row(row, policy, place, texts) for row in rows]

    @api.model
    def _export_row(self, row, policy, place: tuple, texts: dict) -> dict:
        if row._policy_file_named and row != policy:
            place = (*place, row._get_file_key())
        company = policy.company_id or self.env.company
        defaults = row._get_policy_file_defaults(company)
        values = {}
        for key, (name, _kind) in self._get_spec(row._name).items():
            value = self._export_value(row, policy, (*place, key), texts)
            default = self._get_default(row._name, name)
            if name in defaults:
                default = self._make_hint(defaults[name])
            if value != default:
                values[key] = value
        if row._name == "complaint.channel" and row not in policy.channel_ids:
            values["taken"] = False
        return values

    @api.model
    def _export_value(self, row, policy, place: tuple, texts: dict):
        """Return the value of the field at ``place``, with hints that were lost."""
        name, kind = self._get_spec(row._name)[place[-1]]
        if kind == "translated":
            return texts[name].get(row.id)
        if kind in ("rows", "lines"):
            value = self._export_inner(row[name], policy, place)
        else:
            formats = self.env["complaint.policy.file.value"]
            value = getattr(formats, f"_export_{kind}")(row, row._fields[name])
        if kind in ("hint", "hints", "lines"):
            value = self._add_lost_hints(policy, place, kind, value)
        return value

    @api.model
    def _export_inner(self, rows, policy, place: tuple) -> list | None:
        """Return the rows that stand inside another one; None without any."""
        if "active" in rows:
            rows = rows.filtered("active")
        return self._export_rows(rows.sorted(), policy, place) or None

    @api.model
    def _add_lost_hints(self, policy, place: tuple, kind: str, value):
        """Return ``value`` with the hints that found nobody when it was imported."""
        lost = (policy.file_hints or {}).get("/".join(map(str, place)))
        if not lost or (kind == "hint" and value):
            return value
        if kind == "hint":
            return lost[0]
        return self._sort_hints((value or []) + lost, kind)

    @api.model
    def _sort_hints(self, hints: list, kind="hints") -> list:
        if kind == "lines":
            return hints
        unique = {json.dumps(hint, sort_keys=True): hint for hint in hints}
        return sorted(unique.values(), key=self._get_hint_name)

    @api.model
    def _get_hint_name(self, hint) -> tuple:
        if isinstance(hint, str):
            return hint, ""
        return hint.get("name") or "", hint.get("xml_id") or ""

    @api.model
    def _clean_text(self, texts: dict | None):
        """Return a text by language as the file has it: English alone is a string."""
        # Languages with a leading "_" are Odoo's drafts of translations.
        kept = {
            lang: text
            for lang, text in sorted((texts or {}).items())
            if text and not lang.startswith("_")
        }
        if set(kept) == {"en_US"}:
            return kept["en_US"]
        return kept or None

    @api.model
    def _make_hint(self, record):
        """Return by what another database may find ``record``; None for no record."""
        if not record:
            return None
        # sudo: any model - the name of what the policy names; templates, groups and
        # actions are closed to an administrator of complaints
        record = record.sudo().with_context(lang=None)
        name = record.name or record.display_name
        xml_ids = sorted(
            xml_id
            for xml_id in record._get_external_ids()[record.id]
            if not xml_id.startswith(LOCAL_MODULES)
        )
        return {"name": name, "xml_id": xml_ids[0]} if xml_ids else name

    # in

    @api.model
    def _import_text(self, text, company=None):
        """Make or update the policy that a file describes, without asking back.

        :param text: of the file
        :param company: default: the user's
        :return: the ``complaint.policy``
        :raise UserError: the list of what is wrong; nothing has changed then
        """
        self._check_admin()
        company = company or self.env.company
        data, errors = self.env["complaint.policy.file.reader"]._read_file(text)
        self._raise_errors(errors)
        policy = self.env["complaint.policy"]._find_by_file_code(
            data["policy"]["code"], company
        )
        links = self.env["complaint.policy.file.link"]._find_links(
            data, policy, company
        )
        return self._import_data(data, policy, company, links)

    @api.model
    def _import_data(self, data, policy, company, links):
        """Make ``policy`` what ``data`` say; see ``_import_text``."""
        merged = self.env["complaint.policy.file.link"]._merge(data, policy, links)
        return self._write_data(merged, policy, company, links)

    @api.model
    def _write_data(self, data, policy, company, links):
        """Write merged ``data``, all or nothing; see ``_import_text``."""
        self._check_admin()
        with self.env.cr.savepoint():
            policy, errors = self.env["complaint.policy.file.writer"]._write_file(
                data, policy, company, links
            )
            self._raise_errors(errors)
        return policy

    @api.model
    def _raise_errors(self, errors: list):
        if errors:
            lines = [f"{place or '/'}: {message}" for place, message in errors]
            raise UserError("\n".join(lines))
