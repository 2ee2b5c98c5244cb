from odoo import api, models
from odoo.fields import Command

#: Kinds whose missing value is empty whatever the model's default says.
EMPTY_KINDS = ("translated", "date", "datetime", "json", "item", "items", "field")


class ComplaintPolicyFileLoader(models.AbstractModel):
    """Turns the row of a policy file into values that the ORM takes.

    ``_load_<kind>`` does so for one value; other kinds are taken as they are.
    """

    _name = "complaint.policy.file.loader"
    _description = "Policy File Loader"

    @api.model
    def _prepare_values(self, job, place, rows, keys=None, later=False) -> dict:
        """Return the values to write for the row at ``place``: those that differ.

        :param keys: these only, known to differ
        :param later: leave references out, they are written when everything exists
        """
        files = self.env["complaint.policy.file"]
        row, own = job.rows[place], job.current.get(place)
        record = job.records.get(place)
        if own is None and record:
            own = files._export_rows(record, job.policy, place[:-1])[0]
        values = {}
        for key, (name, kind) in files._get_spec(rows._name).items():
            field = rows._fields[name]
            if kind == "rows" or (later and kind in ("item", "items")):
                continue
            if key in keys if keys else self._differs(key, kind, field, row, own):
                values[name] = self._load(job, place, key, field, kind)
        return values

    @api.model
    def _differs(self, key, kind, field, row: dict, own: dict | None) -> bool:
        """Tell whether a field has to be written.

        :param own: what the record says now, None when it is to be made
        """
        named = key in row
        text_of_channel = field.model_name == "complaint.channel" and (
            kind == "translated"
        )
        if text_of_channel and not named:
            # A channel that is named only keeps its texts.
            return False
        if own is None:
            return named or bool(kind in EMPTY_KINDS and field.default)
        return named != (key in own) or row.get(key) != own.get(key)

    @api.model
    def _load(self, job, place, key, field, kind):
        """Return the value of a field of the file as the ORM takes it."""
        files = self.env["complaint.policy.file"]
        row = job.rows[place]
        value = (
            row[key] if key in row else files._get_default(field.model_name, field.name)
        )
        load = getattr(self, f"_load_{kind}", None)
        if load:
            return load(job, place, key, field, value)
        return False if value is None else value

    @api.model
    def _load_translated(self, job, place, key, field, value):
        return (value["en_US"] if isinstance(value, dict) else value) or False

    @api.model
    def _load_field(self, job, place, key, field, value):
        # sudo: ir.model.fields - an administrator of complaints is none of the system
        names = self.env["ir.model.fields"].sudo()
        return names._get("complaint.complaint", value).id if value else False

    @api.model
    def _load_item(self, job, place, key, field, value):
        return self._get_items(job, place, key, field, [value] if value else []).id

    @api.model
    def _load_items(self, job, place, key, field, value):
        items = self._get_items(job, place, key, field, value or [])
        return [Command.set(items.ids)]

    @api.model
    def _get_items(self, job, place, key, field, codes):
        """Return the rows with these codes; those still being made are put off."""
        model = field.comodel_name
        sections = self.env["complaint.policy.file"]._get_sections()
        section = next(name for name, other in sections.items() if other == model)
        items = self.env[model]
        writer = self.env["complaint.policy.file.writer"]
        for code in codes:
            target = (section, code)
            if target not in job.rows:
                items |= items._find_policy_file_shared(code)
                continue
            item = writer._ensure(job, target)
            if item:
                items |= item
            elif target in job.busy:
                job.later.append((place, [key]))
        return items

    @api.model
    def _load_hint(self, job, place, key, field, value):
        pairs = job.links.get((*place, key), [])
        return next((id_ for _hint, id_ in pairs if id_), False)

    @api.model
    def _load_hints(self, job, place, key, field, value):
        pairs = job.links.get((*place, key), [])
        return [Command.set([id_ for _hint, id_ in pairs if id_])]

    @api.model
    def _load_lines(self, job, place, key, field, value):
        pairs = job.links.get((*place, key), [])
        lines = [found for _line, found in pairs if all(found.values())]
        return [Command.clear()] + [
            Command.create({**line, "sequence": 10 * number})
            for number, line in enumerate(lines, start=1)
        ]
