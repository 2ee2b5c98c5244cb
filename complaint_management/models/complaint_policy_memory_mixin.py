from odoo import api, fields, models, tools

#: Columns of rows that the policy points at, and that the work on its cases reads.
#: Whatever writes them forgets what is remembered: ``ir_sequence.py``,
#: ``resource_calendar.py`` and Odoo's own ``res.users``.
BESIDE = {
    "ir.sequence": (
        *("name", "implementation", "use_date_range", "prefix", "suffix", "padding"),
        "company_id",
    ),
    "resource.calendar": ("tz",),
    "res.users": ("active", "company_ids"),
}
#: What is deleted under a policy without its knowledge is not remembered; that one of
#: these is deleted is noticed, see ``mail_template.py`` and ``mail_activity_plan.py``.
KEPT_ON_DELETE = ("restrict", "cascade")
NOTICED = ("mail.template", "mail.activity.plan", *BESIDE)


class ComplaintPolicyMemoryMixin(models.AbstractModel):
    """Keeps what policies say in memory, so that working on cases doesn't read it.

    Reading ``is_in_memory`` puts the rows of the policy into Odoo's record cache, from
    a copy that is made once and forgotten when one of the rows changes (see
    ``complaint.policy.file.mixin``, which they all inherit). Nothing else has to know:
    rules are read as ever, and cost no query. Values that the transaction has already
    read or written stay as they are.
    """

    _name = "complaint.policy.memory.mixin"
    _description = "Complaint Policy in Memory"

    is_in_memory = fields.Boolean(compute="_compute_is_in_memory")

    def _compute_is_in_memory(self):
        for policy in self:
            policy.is_in_memory = bool(policy.ids)
            # sudo: complaint.policy - rules work for whoever causes the event
            for model, ids, columns in policy.sudo()._remember() if policy.ids else ():
                rows = policy.env[model].browse(ids)
                for name, values in columns:
                    rows._fields[name]._insert_cache(rows, values)

    def _load(self):
        """Make sure that reading what these policies say costs no query."""
        # sudo: complaint.policy - as above
        return all(self.sudo().mapped("is_in_memory"))

    @tools.ormcache("self.id", "self.env.lang")
    def _remember(self) -> list[tuple]:
        """Return ``(model, ids, [(field, cache values)])`` of the policy's rows."""
        remembered = []
        for rows in filter(None, self._get_remembered_rows()):
            names = BESIDE.get(rows._name) or self._get_remembered_fields(rows)
            rows.fetch(names)
            columns = []
            for name in names:
                cache = rows._fields[name]._get_cache(rows.env)
                columns.append((name, tuple(cache.get(id_) for id_ in rows._ids)))
            remembered.append((rows._name, rows._ids, columns))
        return remembered

    def _get_remembered_rows(self) -> list:
        """Return the recordsets to keep: the policy, its rows, and their rows."""
        policy = self.with_context(active_test=False)
        found, left = {self._name: policy}, [policy]
        while left:
            for lines in self._get_lines(left.pop()):
                if lines._name not in found:
                    found[lines._name] = lines
                    left.append(lines)
        beside = [
            policy.env[model].union(*self._get_pointed_at(found.values(), model))
            for model in BESIDE
        ]
        return [*found.values(), *beside]

    @api.model
    def _get_pointed_at(self, lists, model) -> list:
        """Return the rows of ``model`` at which rows of ``lists`` point."""
        return [
            rows[name]
            for rows in lists
            for name in self._get_remembered_fields(rows)
            if rows._fields[name].comodel_name == model
        ]

    @api.model
    def _get_lines(self, rows) -> list:
        """Return the rows below ``rows``, by model, in the order of the database."""
        # A list that was read before a row was moved in it keeps its order.
        rows.invalidate_recordset(
            [
                name
                for name in self._get_remembered_fields(rows)
                if rows._fields[name].type in ("one2many", "many2many")
            ]
        )
        lines = [
            rows[field.name]
            for field in rows._fields.values()
            if field.type == "one2many" and self._is_remembered(field.comodel_name)
        ]
        return [found for found in lines if found]

    @api.model
    def _is_remembered(self, model_name) -> bool:
        row = self.env.registry["complaint.policy.file.mixin"]
        return isinstance(self.env[model_name], row)

    @api.model
    def _get_remembered_fields(self, rows) -> list[str]:
        """Return the fields of such rows that only a write on such rows changes."""
        return [
            field.name
            for field in rows._fields.values()
            if field.store
            and (not field.compute or field.name == "policy_id")
            and field.name not in models.MAGIC_COLUMNS
            and self._is_kept(field)
        ]

    @api.model
    def _is_kept(self, field) -> bool:
        """Tell whether no more than a write on its own row changes ``field``."""
        if not field.relational:
            return field.type != "binary"
        known = self._is_remembered(field.comodel_name)
        if field.type == "many2one":
            noticed = field.comodel_name in NOTICED
            return known or noticed or field.ondelete in KEPT_ON_DELETE
        return known or field.comodel_name == "res.users"
