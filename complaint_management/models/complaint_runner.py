import logging

from odoo import api, fields, models
from odoo.tools import groupby

_logger = logging.getLogger(__name__)

BATCH = 200


class ComplaintRunner(models.AbstractModel):
    """Does what is due: the one scheduler of clocks and ladders.

    It reads only rows whose ``next_event_at`` has come, oldest first, through a
    partial index. A batch that fails is tried row by row; a row that fails three
    times is left out and reported, the others go on.
    """

    _name = "complaint.runner"
    _description = "Complaint Scheduler"

    @api.model
    def _get_models(self) -> list[str]:
        """Return the models with ``next_event_at``; add-ons add theirs."""
        return ["complaint.deadline", "complaint.escalation"]

    @api.model
    def _wake(self, records):
        """Wake the scheduler at the earliest time one of ``records`` waits for.

        A later wake-up that exists already serves as well; each run sets the next.
        """
        moments = [moment for moment in records.mapped("next_event_at") if moment]
        if not moments:
            return
        first = max(min(moments), fields.Datetime.now())
        cron = self._get_cron()
        # sudo: ir.cron.trigger - the engine wakes its own scheduler
        triggers = self.env["ir.cron.trigger"].sudo()
        if not triggers.search_count(
            [("cron_id", "=", cron.id), ("call_at", "<=", first)], limit=1
        ):
            cron._trigger(at=first)

    @api.model
    def _get_cron(self):
        # sudo: ir.cron - as above
        return self.env.ref("complaint_management.ir_cron_complaint_runner").sudo()

    @api.model
    def _cron_run(self):
        """Take due rows in batches until none is left or the time is up."""
        for name in self._get_models():
            if not self._run_model(self.env[name]):
                break
        self._wake_for_next()

    def _run_model(self, model) -> bool:
        """Run the due rows of ``model``; return whether there is time left."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=model.search_count(model._get_due_domain()))
        left = True
        while left and (rows := self._take(model)):
            self._run_rows(rows)
            left = cron._commit_progress(len(rows))
        return bool(left)

    def _take(self, model):
        """Return the oldest due rows that no other scheduler works on."""
        rows = model.search(
            model._get_due_domain(), order="next_event_at, id", limit=BATCH
        )
        return rows.try_lock_for_update(allow_referencing=True)

    def _run_rows(self, rows):
        """Run a batch; when it fails, row by row, so that a bad one stops nothing."""
        try:
            with self.env.cr.savepoint():
                rows._run_due()
        except Exception:
            if len(rows) == 1:
                self._quarantine(rows)
                return
            for row in rows:
                self._run_rows(row)

    def _quarantine(self, row):
        """Count the failure; report the row when it is left out from now on."""
        row.invalidate_recordset()
        row.failure_count += 1
        if row.failure_count >= 3:
            _logger.exception("%s fails again and again and is left out", row)
            office = row.policy_id.office_user_ids
            row.complaint_id._message_log(
                body=self.env._(
                    "The scheduler can't go on with “%(name)s”; the complaint office "
                    "(%(office)s) sees it under “Stuck”.",
                    name=row.display_name,
                    office=", ".join(office.mapped("name")),
                )
            )

    @api.model
    def _wake_for_next(self):
        """Wake the scheduler when the next row of any model is due."""
        for name in self._get_models():
            row = self.env[name].search(
                [("next_event_at", "!=", False), ("failure_count", "<", 3)],
                order="next_event_at",
                limit=1,
            )
            self._wake(row)
