from ast import literal_eval

from odoo import api, models
from odoo.fields import Domain

from ..tools.policy_diff import get_rows

#: Found by external id only: a name is no reason to run something.
BY_XML_ID_ONLY = ("ir.actions.server",)


class ComplaintPolicyFileLink(models.AbstractModel):
    """Finds the people, departments, calendars and templates that a file names.

    Links are a dict: the place of a row and the key of its field → ``(hint, found)``
    pairs, ``found`` being an id or None; of the lines of a rota, a dict of such ids.
    """

    _name = "complaint.policy.file.link"
    _description = "Policy File Link"

    @api.model
    def _find_links(self, data, policy, company) -> dict:
        """Return the links that ``data`` ask for, except those that exist already."""
        files = self.env["complaint.policy.file"]
        records = self._get_records(policy)
        links = {}
        for place, row in get_rows(data, files._get_shape()).items():
            model = files._get_row_model(place)
            for key, (name, kind) in files._get_spec(model).items():
                if kind not in ("hint", "hints", "lines") or not row.get(key):
                    continue
                if place in records and records[place][name]:
                    continue
                field = self.env[model]._fields[name]
                hints = [row[key]] if kind == "hint" else row[key]
                find = self._find_line if kind == "lines" else self._find_hint
                links[(*place, key)] = [
                    (hint, find(hint, field, company)) for hint in hints
                ]
        return links

    @api.model
    def _get_records(self, policy) -> dict:
        """Return the rows of ``policy`` by their place in a file, archived ones too."""
        files = self.env["complaint.policy.file"]
        records = {("policy",): policy} if policy else {}
        for section, model in files._get_sections().items():
            rows = self.env[model].with_context(active_test=False)
            found = rows.search([]) if rows._policy_file_parent is None else rows
            if policy and rows._policy_file_parent:
                found = rows._find_policy_file_rows(policy)
            for row in found:
                place = (section, row._get_file_key())
                records[place] = row
                for key, (name, kind) in files._get_spec(model).items():
                    if kind == "rows":
                        for inner in row[name]:
                            records[(*place, key, inner._get_file_key())] = inner
        return records

    @api.model
    def _find_line(self, line: dict, field, company) -> dict:
        """Return what was found for each link of a line, by field."""
        model = field.comodel_name
        found = {}
        spec = self.env["complaint.policy.file"]._get_spec(model)
        for key, (name, kind) in spec.items():
            if kind == "hint" and line.get(key):
                inner = self.env[model]._fields[name]
                found[key] = self._find_hint(line[key], inner, company)
        return found

    @api.model
    def _find_hint(self, hint, field, company) -> int | None:
        """Return the id of the one record that ``hint`` means, None in doubt."""
        hint = {"name": hint} if isinstance(hint, str) else hint
        domain = self._get_hint_domain(field, company)
        records = self.env[field.comodel_name].with_context(lang=None)
        guarded = records._name in BY_XML_ID_ONLY
        # sudo: any model - finds what the policy names; no more than its name is shown
        records = records.sudo(not guarded)
        if guarded and not records.has_access("read"):
            return None
        if "xml_id" in hint:
            found = self.env["ir.model.data"]._xmlid_to_res_model_res_id(hint["xml_id"])
            if found[0] == records._name:
                record = records.browse(found[1]).exists()
                return record.filtered_domain(domain).id or None
        if "name" not in hint or guarded:
            return None
        return self._find_named(records, hint["name"], domain)

    @api.model
    def _find_named(self, records, name: str, domain: Domain) -> int | None:
        """Return the id of the one record with this name, None if there are more."""
        field = "name" if "name" in records._fields else records._rec_name
        named = records.search(domain & Domain(field, "=", name), limit=2)
        return named.id if len(named) == 1 else None

    @api.model
    def _get_hint_domain(self, field, company) -> Domain:
        """Return which records a link may mean: active, of the company, fitting."""
        records = self.env[field.comodel_name]
        domain = Domain.TRUE
        try:
            domain &= Domain(literal_eval(field.domain or "[]"))
        except (ValueError, SyntaxError, TypeError):
            # A domain on other fields of the row: the form's business.
            domain = Domain.TRUE
        if "active" in records._fields:
            domain &= Domain("active", "=", True)
        if records._name == "res.users":
            return domain & Domain("company_ids", "in", company.ids)
        if "company_id" in records._fields:
            domain &= Domain("company_id", "in", [company.id, False])
        return domain

    @api.model
    def _export_known(self, policy, data) -> dict:
        """Return ``policy`` as a file, with the rows that ``data`` would take up again.

        Those are archived rows, and channels that exist and the policy doesn't take:
        what they say now is compared too, so that nothing is overwritten unseen.

        :param policy: may be empty: the file makes a new one
        """
        files = self.env["complaint.policy.file"]
        shape = files._get_shape()
        # Without its code and name a new policy can't be: they are no choice.
        known = {"policy": {key: data["policy"][key] for key in ("code", "name")}}
        if policy:
            known = files._export(policy)
        records = self._get_records(policy)
        for place in get_rows(data, shape):
            rows = get_rows(known, shape)
            if place in rows or place not in records:
                continue
            record = records[place].with_context(lang=None, active_test=False)
            row = files._export_rows(record, policy, place[:-1])[0]
            holder = known if len(place) == 2 else rows[place[:-2]]
            holder.setdefault(place[-2], []).append(row)
        return known

    @api.model
    def _merge(self, data, policy, links) -> dict:
        """Return ``data`` as they will be: with what this database keeps of its own.

        Links that exist stay, as do languages that the file doesn't name.

        :param links: as of ``_find_links``, perhaps changed by hand
        """
        files = self.env["complaint.policy.file"]
        shape = files._get_shape()
        current = get_rows(self._export_known(policy, data), shape)
        merged = {**data, "policy": dict(data["policy"])}
        for section in files._get_sections():
            merged[section] = [self._copy_row(row) for row in data.get(section, [])]
        for place, row in get_rows(merged, shape).items():
            self._merge_row(row, current.get(place, {}), place, links)
        return {key: value for key, value in merged.items() if value != []}

    @api.model
    def _merge_row(self, row: dict, own: dict, place: tuple, links: dict):
        """Give ``row`` what it keeps of ``own``, the same row in this database."""
        files = self.env["complaint.policy.file"]
        model = files._get_row_model(place)
        if model == "complaint.channel" and not row.keys() - {"code", "taken"}:
            # named only: it stays as it is
            kept = {key: value for key, value in own.items() if key != "taken"}
            row.update({**kept, **row})
        for key, (name, kind) in files._get_spec(model).items():
            if kind == "translated":
                self._merge_texts(row, key, own)
            elif name in self.env[model]._policy_file_keep and key in own:
                row[key] = own[key]
            elif kind in ("hint", "hints", "lines"):
                self._merge_links(row, key, own, model, links.get((*place, key)))

    @api.model
    def _merge_links(self, row, key, own, model, pairs):
        """Set what a link will be: what was found for it, or what is there already."""
        name, kind = self.env["complaint.policy.file"]._get_spec(model)[key]
        if pairs is not None:
            self._set(row, key, self._describe_links(model, name, kind, pairs))
        elif key not in row or row[key] is not None:
            self._set(row, key, own.get(key))

    @api.model
    def _copy_row(self, row: dict) -> dict:
        return {
            key: [dict(inner) for inner in value]
            if isinstance(value, list) and value and isinstance(value[0], dict)
            else value
            for key, value in row.items()
        }

    @api.model
    def _set(self, row: dict, key: str, value):
        if value is None:
            row.pop(key, None)
        else:
            row[key] = value

    @api.model
    def _merge_texts(self, row: dict, key: str, own: dict):
        """Keep the languages of ``own`` that the row doesn't name."""
        if key not in row:
            return
        texts = [
            {"en_US": value} if isinstance(value, str) else value or {}
            for value in (own.get(key), row[key])
        ]
        clean = self.env["complaint.policy.file"]._clean_text({**texts[0], **texts[1]})
        self._set(row, key, clean)

    @api.model
    def _describe_links(self, model, name, kind, pairs):
        """Return the value that the export will write for these links."""
        if kind == "lines":
            # lines that found everybody come first: the others are only remembered
            pairs = sorted(pairs, key=lambda pair: not all(pair[1].values()))
            return [line for line, _found in pairs] or None
        files = self.env["complaint.policy.file"]
        records = self.env[self.env[model]._fields[name].comodel_name]
        hints = [
            files._make_hint(records.browse(id_)) if id_ else hint
            for hint, id_ in pairs
            if id_ or hint
        ]
        if kind == "hint":
            return hints[0] if hints else None
        return files._sort_hints(hints) or None
