from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: Field types that a policy file can hold.
FILE_TYPES = frozenset(
    [
        "boolean",
        "integer",
        "float",
        "char",
        "text",
        "html",
        "selection",
        "date",
        "datetime",
        "json",
        "properties_definition",
        "many2one",
        "many2many",
        "one2many",
    ]
)
#: Said by the place of a row in its file, or by where the file is imported.
PLACE_FIELDS = frozenset(
    ["policy_id", "company_id", "sequence", "parent_path", "file_hints"]
)


class ComplaintPolicyFileMixin(models.AbstractModel):
    """A row that a policy file holds, named there by its code.

    A model that inherits it gets a section of the file (or a list in the rows of the
    model that ``_policy_file_parent`` points to), fields that add-ons put on it later
    included. Nothing else has to be done for export, import, preview and schema.
    """

    _name = "complaint.policy.file.mixin"
    _description = "Row of a Policy File"
    # see complaint.policy.memory.mixin
    _inherit = ["complaint.cached.mixin"]

    _policy_file_section = None
    """Key of the rows in the file; by default from the model's name."""
    _policy_file_parent = "policy_id"
    """The field that says to which row these rows belong; None: shared by policies."""
    _policy_file_named = True
    """Whether rows have a code; otherwise their list is compared as one value."""
    _policy_file_skip = ()
    """Fields that don't belong in the file: what happened, not what is ruled."""
    _policy_file_by_addons = ()
    """Selections whose values add-ons bring: an unknown one isn't mistyped."""
    _policy_file_keep = ()
    """Fields whose value a row keeps when a file comes in, once it has one."""

    # ------------------------------------------------------------
    # ONE POLICY
    # ------------------------------------------------------------

    @api.constrains(lambda self: self._get_policy_references())
    def _check_same_policy(self):
        """Refuse what points at another policy's rows: it would never match.

        :raise ValidationError: naming both rows
        """
        if self.env.context.get("complaint_policy_copying"):
            return
        names = self._get_policy_references()
        for row in self:
            own = row._get_own_policy()
            for used in (item for name in names for item in row[name] if own):
                if used.policy_id not in (own, own.browse()):
                    raise ValidationError(
                        self.env._(
                            "“%(row)s” refers to “%(used)s”, which belongs to the "
                            "policy “%(other)s”. Choose one of “%(own)s”.",
                            row=row.display_name,
                            used=used.display_name,
                            other=used.policy_id.name,
                            own=own.name,
                        )
                    )

    @api.model
    def _get_policy_references(self) -> list[str]:
        """Return the fields that point at rows of a policy."""
        return [
            name
            for name, field in self._fields.items()
            if field.type in ("many2one", "many2many")
            and field.store
            and not field.related
            and self._is_policy_row(self.env[field.comodel_name])
        ]

    @api.model
    def _is_policy_row(self, model) -> bool:
        mixin = self.pool["complaint.policy.file.mixin"]
        return isinstance(model, mixin) and "policy_id" in model._fields

    def _get_own_policy(self):
        """Return the policy that this row belongs to; none when it is shared."""
        if "policy_id" in self._fields:
            return self.policy_id
        parent = self._policy_file_parent
        return self[parent].policy_id if parent else self.env["complaint.policy"]

    def _get_copy_key(self, policy) -> tuple:
        """Return what this row and its copy in another policy have in common."""
        parent = self._policy_file_parent
        within = self[parent].code if parent != "policy_id" else None
        return within, self.code

    def _add_missing_texts(self, pairs: list):
        """Give rows the texts of others in the languages that they lack.

        Written past the ORM, which knows active languages only.

        :param pairs: the id of the row that has the texts, the id of the row of self
        """
        columns = [
            SQL.identifier(name)
            for name, field in self._fields.items()
            if field.translate and field.store and field.copy
        ]
        if not columns or not pairs:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s copied SET %(merged)s"
                " FROM %(table)s source, %(pairs)s"
                " WHERE source.id = pair.source AND copied.id = pair.copied",
                table=SQL.identifier(self._table),
                merged=SQL(", ").join(
                    SQL("%(name)s = source.%(name)s || copied.%(name)s", name=name)
                    for name in columns
                ),
                pairs=SQL(
                    "unnest(%s, %s) AS pair(source, copied)",
                    [source for source, _copied in pairs],
                    [copied for _source, copied in pairs],
                ),
            )
        )
        self.invalidate_model()
        self.env.registry.clear_cache()

    # ------------------------------------------------------------
    # FILE
    # ------------------------------------------------------------

    @api.model
    def _get_policy_file_section(self) -> str:
        """Return the key under which rows of this model stand in the file."""
        name = self._name.removeprefix("complaint.").replace(".", "_")
        return self._policy_file_section or f"{name}s"

    @api.model
    def _get_policy_file_fields(self) -> list[str]:
        """Return the fields that the file holds, code and name first.

        Stored, copied, and not computed without a way to write them. An add-on that
        stores run-time values in a field names it in ``_policy_file_skip``.
        """
        skipped = {*PLACE_FIELDS, *self._policy_file_skip, self._policy_file_parent}
        names = [
            name
            for name, field in self._fields.items()
            if name not in skipped
            and field.type in FILE_TYPES
            and name not in models.MAGIC_COLUMNS
            and (self._is_policy_file_list(field) or self._is_policy_file_value(field))
        ]
        first = {"code": 0, "name": 1}
        return sorted(
            names,
            key=lambda name: (
                first.get(name, 2),
                self._fields[name].type == "one2many",
                name,
            ),
        )

    def _is_policy_file_value(self, field) -> bool:
        """Tell whether ``field`` is configuration: stored, copied and writable."""
        writable = not (field.compute and field.readonly)
        return field.type != "one2many" and field.store and field.copy and writable

    def _is_policy_file_list(self, field) -> bool:
        """Tell whether ``field`` lists rows that stand inside this one in the file."""
        if field.type != "one2many":
            return False
        rows = self.env[field.comodel_name]
        return (
            isinstance(rows, self.pool["complaint.policy.file.mixin"])
            and rows._policy_file_parent == field.inverse_name
            and field.inverse_name != "policy_id"
        )

    @api.model
    def _get_policy_file_defaults(self, company) -> dict:
        """Return what a missing link to the organisation means, by field.

        Other defaults are those of the fields.
        """
        return {}

    @api.model
    def _get_policy_file_key(self, row: dict) -> str:
        """Return the name of a row of the file in references; see ``_get_file_key``."""
        return row["code"]

    def _get_file_key(self) -> str:
        """Return by what the file refers to this record."""
        return self._get_policy_file_key(
            {name: self[name] for name in self._fields if name in ("code", "usage")}
        )

    def _after_file_texts(self):
        """Check texts that a file brought, in languages that the ORM didn't see; hook.

        :raise UserError: a text can't be taken
        """

    @api.model
    def _find_policy_file_rows(self, policy):
        """Return the rows of ``policy``, archived ones included."""
        rows = self.with_context(active_test=False)
        return rows.search([(self._policy_file_parent, "in", policy.ids)])

    @api.model
    def _find_policy_file_shared(self, key: str):
        """Return the row of no policy that ``key`` names, if this model has such."""
        if self._policy_file_parent:
            return self.browse()
        return self.with_context(active_test=False).search([("code", "=", key)])
