from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: A row that fails so often in a row is left out and reported.
MAX_FAILURES = 3


class ComplaintScheduledMixin(models.AbstractModel):
    """A row at which ``complaint.runner`` looks again at a certain time.

    A model that inherits it has a method ``_run_due`` that does on a batch of rows what
    is due by now and sets their next time (or none), and adds its name to
    ``_get_models`` of the runner.
    """

    _name = "complaint.scheduled.mixin"
    _description = "Scheduled Row"
    #: Where what the board of stuck rows calls a row is stored.
    _stuck_column = "name"

    next_event_at = fields.Datetime(
        copy=False, help="When the scheduler looks at this row next; empty: never."
    )
    failure_count = fields.Integer(
        copy=False, help="Failed attempts of the scheduler in a row."
    )

    _next_idx = models.Index("(next_event_at, id) WHERE next_event_at IS NOT NULL")

    @api.model
    def _get_due_domain(self) -> Domain:
        """Return the domain of the rows that the scheduler has to look at now."""
        return Domain("next_event_at", "<=", fields.Datetime.now())

    def _write_each(self, vals_list):
        """Write other values to each row: ``write`` on each, in one pass.

        Only values that differ are written, and what depends on them is worked out
        once for all. For columns without constraints.
        """
        changed = set()
        for row, vals in zip(self, vals_list, strict=True):
            for name, value in vals.items():
                field = self._fields[name]
                value = field.convert_to_cache(value, row)
                if value == field.convert_to_cache(row[name], row):
                    continue
                if field.type == "many2one":
                    row[name] = value  # lists of rows follow it
                else:
                    field._update_cache(row, value, dirty=True)
                    changed.add(name)
        self.modified(changed)

    def _get_stuck_name(self) -> str:
        """Return what the case calls this row when the scheduler leaves it out."""
        return self.display_name

    def _count_failure(self) -> bool:
        """Count a failed attempt and try again later, at last never.

        :return: whether the row is left out from now on
        """
        self.ensure_one()
        self.failure_count += 1
        gone = self.failure_count >= MAX_FAILURES
        later = fields.Datetime.now() + timedelta(minutes=5 * self.failure_count)
        self.next_event_at = False if gone else later
        return gone

    def action_retry(self):
        """Let the scheduler try again what it had left out."""
        self.check_access("read")
        # sudo: any scheduled row - the complaint office can't write evidence
        rows = self.sudo().filtered(lambda row: row.failure_count >= MAX_FAILURES)
        rows.write({"failure_count": 0, "next_event_at": fields.Datetime.now()})
        self.env["complaint.runner"]._wake(rows)
        return True
