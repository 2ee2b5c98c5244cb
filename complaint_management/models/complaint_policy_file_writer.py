import json

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..tools.policy_diff import get_rows
from .complaint_policy_file_reader import point

#: What a row may be refused with; anything else is a defect of ours.
ROW_ERRORS = (
    UserError,
    ValueError,
    TypeError,
    KeyError,
    psycopg2.IntegrityError,
    psycopg2.DataError,
)


class Job:
    """One file on its way into one policy."""

    def __init__(self, data, policy, company, links):
        self.data = data
        self.policy = policy
        self.company = company
        self.links = links
        self.rows = {}
        self.current = {}
        self.records = {}
        self.by_code = {}
        self.done = {}
        self.busy = set()
        self.later = []
        self.errors = []


class ComplaintPolicyFileWriter(models.AbstractModel):
    """Makes a policy what a file says it is. Rows are matched by their codes.

    Only fields that differ are written, so that what the models refuse to change is
    refused only when it would change.
    """

    _name = "complaint.policy.file.writer"
    _description = "Policy File Writer"

    @api.model
    def _write_file(self, data, policy, company, links):
        """Return the policy that ``data`` describe and what went wrong.

        The caller rolls back when something did.

        :param data: merged with what the policy keeps, see
            ``complaint.policy.file.link._merge``
        :return: the policy and ``(place, message)`` pairs
        """
        files = self.env["complaint.policy.file"]
        writer = self.with_company(company).with_context(
            lang=None, tracking_disable=True, active_test=False
        )
        job = Job(data, policy.with_env(writer.env), company, links)
        shape = files._get_shape()
        job.rows = get_rows(data, shape)
        if policy:
            job.current = get_rows(files._export(policy), shape)
        job.records = writer.env["complaint.policy.file.link"]._get_records(job.policy)
        job.by_code = writer._get_records_by_code(job.policy)
        writer._write_all(job)
        return job.policy.with_env(self.env), job.errors

    @api.model
    def _write_all(self, job):
        if not job.policy:
            self._guard(job, ("policy",), self._create_policy)
        if job.errors:
            return
        # Rows inside rows may refer to any row, so they come last.
        for place in sorted(job.rows, key=len):
            if place != ("policy",):
                self._ensure(job, place)
        for place, keys in job.later:
            if job.done.get(place):
                self._guard(job, place, self._write_keys, keys)
        job.done["policy",] = job.policy
        self._guard(job, ("policy",), self._write_policy)
        for place in [*job.current]:
            self._guard(job, place, self._remove)
        if not job.errors:
            self._renumber(job)
            self._remember_lost(job)

    @api.model
    def _guard(self, job, place, method, *args):
        """Run ``method(job, place, …)``; note an error at its place, don't raise."""
        try:
            with self.env.cr.savepoint():
                return method(job, place, *args)
        except ROW_ERRORS as error:
            message = str(error)
            if isinstance(error, psycopg2.Error):
                model = self.env["complaint.policy.file"]._get_row_model(place)
                message = self.env[model]._sql_error_to_message(error)
            job.errors.append((point(*place), message))
        return None

    @api.model
    def _get_records_by_code(self, policy) -> dict:
        """Return rows inside rows that are unique in the policy, by model and code."""
        records = {}
        for model in self.pool.descendants(["complaint.policy.file.mixin"], "_inherit"):
            rows = self.env[model]
            field = rows._fields.get("policy_id")
            if policy and field and field.store and not rows._abstract:
                for row in rows.search([("policy_id", "=", policy.id)]):
                    records[model, row.code] = row
        return records

    # rows

    @api.model
    def _create_policy(self, job, place):
        policies = self.env["complaint.policy"]
        values = self.env["complaint.policy.file.loader"]._prepare_values(
            job, place, policies, later=True
        )
        values = policies._drop_taken_alias(values, policies, job.company)
        # The rows that a policy made by hand begins with aren't the file's.
        empty = {
            name: []
            for name, field in policies._fields.items()
            if field.type == "one2many" and field.default
        }
        job.policy = policies.create({**empty, **values, "company_id": job.company.id})
        self._write_texts(job, place, job.policy)

    @api.model
    def _write_policy(self, job, place):
        model = self.env["complaint.policy"]
        values = self.env["complaint.policy.file.loader"]._prepare_values(
            job, place, model
        )
        policy = job.policy
        values = model._drop_taken_alias(values, policy, policy.company_id)
        taken = [
            job.done[row].id
            for row, value in job.rows.items()
            if row[0] == "channels" and value.get("taken", True) and job.done.get(row)
        ]
        if set(taken) != set(job.policy.channel_ids.ids):
            values["channel_ids"] = [Command.set(taken)]
        if values:
            job.policy.write(values)
            self._write_texts(job, place, job.policy)

    @api.model
    def _ensure(self, job, place):
        """Return the record of the row at ``place``, made or changed when need be.

        None while it is being made (rows that refer to each other) and when it failed.
        """
        if place in job.done or place in job.busy:
            return job.done.get(place)
        job.busy.add(place)
        job.done[place] = self._guard(job, place, self._write_row)
        job.busy.discard(place)
        return job.done[place]

    @api.model
    def _write_row(self, job, place):
        model = self.env["complaint.policy.file"]._get_row_model(place)
        rows = self.env[model]
        record = job.records.get(place)
        if not record and len(place) > 2:
            record = job.by_code.get((model, job.rows[place]["code"]))
        values = self.env["complaint.policy.file.loader"]._prepare_values(
            job, place, rows
        )
        parent = self._get_parent(job, place, rows)
        if parent is None:
            return None
        if record:
            values.update(self._prepare_return(job, place, record, parent))
            if values:
                record.write(values)
        else:
            if "sequence" in rows._fields:
                lists = [other for other in job.rows if other[:-1] == place[:-1]]
                values["sequence"] = 10 * (lists.index(place) + 1)
            record = rows.create({**parent, **values})
        self._write_texts(job, place, record)
        return record

    @api.model
    def _prepare_return(self, job, place, record, parent) -> dict:
        """Return the values that move a row here, or out of the archive."""
        values = {}
        if any(record[name].id != id_ for name, id_ in parent.items()):
            values.update(parent)
        archived = "active" in record and not record.active
        if archived and "active" not in job.rows[place]:
            values["active"] = True
        return values

    @api.model
    def _get_parent(self, job, place, rows) -> dict | None:
        """Return the values that say to what the row belongs, None if that failed."""
        if rows._policy_file_parent is None:
            return {}
        if len(place) == 2:
            return {"policy_id": job.policy.id}
        holder = job.done.get(place[:-2])
        return {rows._policy_file_parent: holder.id} if holder else None

    @api.model
    def _write_keys(self, job, place, keys):
        record = job.done[place]
        record.write(
            self.env["complaint.policy.file.loader"]._prepare_values(
                job, place, record, keys=keys
            )
        )

    @api.model
    def _write_texts(self, job, place, record):
        """Write texts in all languages of the file, also those not active here.

        The ORM takes active languages only.
        """
        files = self.env["complaint.policy.file"]
        own = job.current.get(place, {})
        for key, (name, kind) in files._get_spec(record._name).items():
            value = job.rows[place].get(key)
            if (
                kind == "translated"
                and isinstance(value, dict)
                and value != own.get(key)
            ):
                record.flush_recordset([name])
                self.env.execute_query(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s RETURNING id",
                        SQL.identifier(record._table),
                        SQL.identifier(name),
                        json.dumps(value),
                        record.id,
                    )
                )
                record.invalidate_recordset([name], flush=False)
        record._after_file_texts()

    # what the file doesn't name

    @api.model
    def _remove(self, job, place):
        """Archive a row that the file doesn't have; what can't be archived goes."""
        record = job.records.get(place)
        if place in job.rows or not record or record in job.done.values():
            return
        if record._policy_file_parent is None or not record.exists():
            return
        if "active" in record._fields:
            record.active = False
        else:
            record.unlink()

    @api.model
    def _renumber(self, job):
        """Number the rows anew where their order isn't the file's."""
        for place in dict.fromkeys(place[:-1] for place in job.rows if len(place) > 1):
            records = [job.done[row] for row in job.rows if row[:-1] == place]
            rows = records[0].concat(*records)
            if "sequence" not in rows._fields or rows._policy_file_parent is None:
                continue
            if rows.sorted().ids != rows.ids:
                for number, row in enumerate(rows, start=1):
                    row.sequence = 10 * number

    @api.model
    def _remember_lost(self, job):
        """Keep the hints that found nobody, for the next export."""
        paths = {
            "/".join((*place, key)) for place, row in job.rows.items() for key in row
        }
        lost = {
            path: hints
            for path, hints in (job.policy.file_hints or {}).items()
            if path in paths
        }
        for path, pairs in job.links.items():
            hints = self._get_lost(pairs)
            lost.pop("/".join(path), None)
            if hints:
                lost["/".join(path)] = hints
        if lost != (job.policy.file_hints or {}):
            job.policy.file_hints = lost or False

    @api.model
    def _get_lost(self, pairs: list) -> list:
        """Return the hints, or lines of hints, that found nobody."""
        return [
            hint
            for hint, found in pairs
            if hint and not (all(found.values()) if isinstance(found, dict) else found)
        ]
