import base64
import binascii

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.complaint_policy_file_reader import Reading
from ..tools.policy_diff import get_changes, revert

#: Fields of a role that the importing administrator maps, role by role.
ROLE_LINKS = {
    "user_ids": "hints",
    "department_id": "hint",
    "group_id": "hint",
    "partner_id": "hint",
}


def get_role_hints(row: dict, field: str) -> list:
    """Return the links of one field of a role in the file, always as a list."""
    hints = row.get(field) or []
    return [hints] if ROLE_LINKS[field] == "hint" and hints else hints


class ComplaintPolicyImport(models.TransientModel):
    """Brings a policy file in: what is wrong, who is meant, what changes, then does it.

    Nothing changes before the last step, and then only what is ticked.
    """

    _name = "complaint.policy.import"
    _description = "Import a Policy File"

    state = fields.Selection(
        [("file", "File"), ("links", "Who Is Meant"), ("preview", "What Changes")],
        default="file",
        required=True,
    )
    file = fields.Binary(attachment=False, required=True)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    policy_id = fields.Many2one(
        "complaint.policy", string="Updates", help="Empty: a new policy is made."
    )
    role_ids = fields.One2many("complaint.policy.import.role", "import_id")
    line_ids = fields.One2many("complaint.policy.import.line", "import_id")
    error_ids = fields.One2many(
        "complaint.policy.import.line", "import_id", domain=[("type", "=", "error")]
    )
    link_ids = fields.One2many(
        "complaint.policy.import.line", "import_id", domain=[("type", "=", "link")]
    )
    change_ids = fields.One2many(
        "complaint.policy.import.line", "import_id", domain=[("type", "=", "change")]
    )
    finding_ids = fields.One2many(
        "complaint.policy.import.line", "import_id", domain=[("type", "=", "finding")]
    )

    # steps

    def action_read(self):
        """Read the file: list what is wrong, or ask whom it means."""
        self.ensure_one()
        self._check_allowed()
        self._clear("error", "link", "change", "finding")
        self.role_ids.unlink()
        data, errors = self._get_data()
        if errors:
            self._add_errors(errors)
            self.state = "file"
            return self._show()
        self.policy_id = self.env["complaint.policy"]._find_by_file_code(
            data["policy"]["code"], self.company_id
        )
        self._add_links(data)
        self.state = "links"
        return self._show()

    def action_preview(self):
        """List every difference, what the models refuse, and what can't work."""
        self.ensure_one()
        self._check_allowed()
        self._clear("error", "change", "finding")
        old, new, links = self._get_both()
        self._add_changes(old, new)
        errors, findings = self._try(new, links)
        self._add_errors(errors)
        self.line_ids = [
            Command.create({"type": "finding", "place": place, "text": text})
            for place, text in findings
        ]
        self.state = "links" if errors else "preview"
        return self._show()

    def action_apply(self):
        """Make the policy what the file says, but for what was unticked."""
        self.ensure_one()
        self._check_allowed()
        old, new, links = self._get_both()
        unticked = self.change_ids.filtered(lambda line: not line.apply)
        shape = self.env["complaint.policy.file"]._get_shape()
        changes = list(get_changes(old, new, shape))
        if len(changes) != len(self.change_ids):
            raise UserError(
                self.env._(
                    "The policy was changed meanwhile. Look at the preview again."
                )
            )
        back = [changes[line.number] for line in unticked]
        if any(change.place == ("policy",) and change.type == "add" for change in back):
            raise UserError(self.env._("Nothing can be imported without the policy."))
        revert(new, old, back, shape)
        reading = Reading()
        self.env["complaint.policy.file.reader"]._check_references(new, reading)
        files = self.env["complaint.policy.file"]
        files._raise_errors(reading.errors)
        policy = files._write_data(new, self.policy_id, self.company_id, links)
        self._log(policy, len(changes) - len(back), len(back))
        return policy._get_records_action()

    def action_back(self):
        """Go one step back."""
        self.ensure_one()
        self._clear("error", "change", "finding")
        self.state = "links" if self.state == "preview" else "file"
        return self._show()

    def _show(self):
        return self._get_records_action(
            name=self.env._("Import a Policy File"), target="new"
        )

    def _check_allowed(self):
        self.env["complaint.policy.file"]._check_admin()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose one of your own companies."))

    def _clear(self, *types):
        self.line_ids.filtered(lambda line: line.type in types).unlink()

    # the file

    def _get_data(self) -> tuple:
        """Return the data of the file and what is wrong with it."""
        try:
            text = base64.b64decode(self.with_context(bin_size=False).file)
        except (binascii.Error, ValueError) as error:
            return None, [("", str(error))]
        reader = self.env["complaint.policy.file.reader"]
        return reader.with_company(self.company_id)._read_file(text)

    def _get_both(self) -> tuple:
        """Return the policy as a file, as it will be, and the links to write."""
        data, errors = self._get_data()
        files = self.env["complaint.policy.file"]
        files._raise_errors(errors)
        links = self._get_links(data)
        for role in self.role_ids:
            row = next(r for r in data["roles"] if r["code"] == role.code)
            row["resolution"] = role.resolution
            if role.resolution == files._get_default("complaint.role", "resolution"):
                del row["resolution"]
        finder = self.env["complaint.policy.file.link"]
        new = finder._merge(data, self.policy_id, links)
        return finder._export_known(self.policy_id, data), new, links

    # whom it means

    def _add_links(self, data):
        """Show what was found for each link of the file, the roles' by role."""
        finder = self.env["complaint.policy.file.link"]
        links = finder._find_links(data, self.policy_id, self.company_id)
        records = finder._get_records(self.policy_id)
        self.role_ids = [
            Command.create(self._prepare_role(row, links, records))
            for row in data.get("roles", [])
        ]
        self.line_ids = [
            Command.create(values)
            for path, pairs in links.items()
            if not (path[0] == "roles" and path[-1] in ROLE_LINKS)
            for values in self._prepare_link_lines(path, pairs)
        ]

    def _prepare_role(self, row, links, records) -> dict:
        place = ("roles", row["code"])
        record = records.get(place)
        values = {
            "code": row["code"],
            "name": self._get_text(row["name"]),
            "resolution": row.get("resolution") or "users",
            "hint": self._describe_role(row),
        }
        for field, kind in ROLE_LINKS.items():
            ids = record[field].ids if record else []
            if not ids:
                ids = [id_ for _hint, id_ in links.get((*place, field), []) if id_]
            values[field] = (
                [Command.set(ids)] if kind == "hints" else next(iter(ids), False)
            )
        return values

    def _get_text(self, value) -> str:
        """Return a text of the file in the language of the user."""
        texts = value if isinstance(value, dict) else {"en_US": value}
        return texts.get(self.env.lang) or texts["en_US"]

    def _describe_role(self, row) -> str:
        """Return in words whom the file means by a role."""
        files = self.env["complaint.policy.file"]
        names = []
        for field in ROLE_LINKS:
            hints = get_role_hints(row, field)
            names += [" ".join(files._get_hint_name(hint)[:1]) for hint in hints]
        return ", ".join(names)

    def _prepare_link_lines(self, path, pairs) -> list[dict]:
        files = self.env["complaint.policy.file"]
        model = files._get_row_model(path[:-1])
        field = self.env[model]._fields[files._get_spec(model)[path[-1]][0]]
        lines = []
        for index, (hint, found) in enumerate(pairs):
            parts = found if isinstance(found, dict) else {None: found}
            for key, id_ in parts.items():
                inner = self.env[field.comodel_name]._fields[key] if key else field
                part = hint[key] if key else hint
                names = files._get_hint_name(part)
                lines.append(
                    {
                        "type": "link",
                        "place": self._describe_place(path[:-1]),
                        "text": inner._description_string(self.env),
                        "path": [*path],
                        "number": index,
                        "key": key,
                        "model": inner.comodel_name,
                        "old_value": names[0] or names[1],
                        "target_ref": id_ and f"{inner.comodel_name},{id_}",
                    }
                )
        return lines

    def _get_links(self, data) -> dict:
        """Return the links as the administrator left them."""
        finder = self.env["complaint.policy.file.link"]
        links = finder._find_links(data, self.policy_id, self.company_id)
        for line in self.link_ids:
            pairs = links.get(tuple(line.path))
            if not pairs or line.number >= len(pairs):
                continue
            target = line.target_ref
            id_ = target.id if target and target._name == line.model else None
            hint, found = pairs[line.number]
            if line.key:
                found = {**found, line.key: id_}
            pairs[line.number] = (hint, found if line.key else id_)
        records = finder._get_records(self.policy_id)
        rows = {row["code"]: row for row in data.get("roles", [])}
        for role in self.role_ids.filtered(lambda role: role.code in rows):
            place = ("roles", role.code)
            links.update(role._get_links(rows[role.code], records.get(place)))
        return links

    # what changes

    def _add_changes(self, old, new):
        shape = self.env["complaint.policy.file"]._get_shape()
        self.line_ids = [
            Command.create({"number": number, **self._prepare_change(change, old, new)})
            for number, change in enumerate(get_changes(old, new, shape))
        ]

    def _prepare_change(self, change, old, new) -> dict:
        labels = {
            "add": self.env._("Added"),
            "remove": self.env._("Archived"),
            "change": self.env._("Changed"),
            "move": self.env._("In another order"),
        }
        place = change.place if change.type != "move" else (*change.place, None)
        values = {
            "type": "change",
            "change": labels[change.type],
            "place": self._describe_place(place, old, new),
            "text": "",
            "old_value": self._describe_value(change.old),
            "new_value": self._describe_value(change.new),
        }
        if change.type == "change":
            files = self.env["complaint.policy.file"]
            model = files._get_row_model(change.place)
            spec = files._get_spec(model)
            name = spec.get(change.key, (change.key, ""))[0]
            field = self.env[model]._fields.get(name)
            taken = self.env._("Not Taken by the Policy")
            values["text"] = field._description_string(self.env) if field else taken
            for key, value in (("old_value", change.old), ("new_value", change.new)):
                if change.key == "taken":
                    value = value is False
                values[key] = self._describe_field(field, value)
        return values

    def _describe_place(self, place, *files) -> str:
        """Return where a row stands, in the words of the user."""
        if place == ("policy",):
            return self.env["complaint.policy"]._description
        shape = self.env["complaint.policy.file"]
        words = []
        for depth in range(2, len(place) + 1, 2):
            model = shape._get_list_model(place[:depth:2])
            label = self.env["ir.model"]._get(model).name
            words.append(f"{label}: {place[depth - 1]}" if place[depth - 1] else label)
        return " / ".join(words)

    def _describe_field(self, field, value) -> str:
        files = self.env["complaint.policy.file"]
        if value is None and field is not None:
            value = files._get_default(field.model_name, field.name)
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value) or ""
        return self._describe_value(value)

    def _describe_value(self, value) -> str:
        """Return a value of a file in words."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, list):
            return ", ".join(self._describe_value(part) for part in value)
        if isinstance(value, dict):
            return self._describe_object(value)
        return str(value)

    def _describe_object(self, value: dict) -> str:
        """Return a text by language, a link or a row in words."""
        if "xml_id" in value and "en_US" not in value:
            return value.get("name") or value["xml_id"]
        return "\n".join(
            f"{key}: {self._describe_value(part)}" for key, part in value.items()
        )

    def _add_errors(self, errors):
        self.line_ids = [
            Command.create({"type": "error", "place": place or "/", "text": message})
            for place, message in errors
        ]

    def _try(self, new, links) -> tuple[list, list]:
        """Do it and undo it: return what is refused, and what couldn't work."""
        writer = self.env["complaint.policy.file.writer"]
        savepoint = self.env.cr.savepoint()
        try:
            policy, errors = writer._write_file(
                new, self.policy_id, self.company_id, links
            )
            findings = []
            if not errors:
                found = self.env["complaint.policy.check"]._get_findings(policy)
                findings = [(row["name"], row["text"]) for row in found]
        finally:
            savepoint.close(rollback=True)
            self.env.registry.clear_cache()  # what was tried is not what holds
        return errors, findings

    def _log(self, policy, done, left):
        """Leave on the policy what was imported, and by whom."""
        text = self.env._(
            "%(file)s was imported: %(done)s changes made, %(left)s left out.",
            file=self.filename or self.env._("A policy file"),
            done=done,
            left=left,
        )
        lines = self.change_ids.filtered("apply").mapped(
            lambda line: (
                Markup("<li>%s</li>")
                % " · ".join(filter(None, [line.place, line.text, line.change]))
            )
        )
        policy._message_log(
            body=Markup("<p>%s</p><ul>%s</ul>") % (text, Markup("").join(lines))
        )
