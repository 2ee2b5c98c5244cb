import logging
from datetime import datetime, timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 500
MAX_CONFLICTS = 5
#: Somebody else wrote the same at the same time: another snapshot cures it.
CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError, UniqueViolation)


class ComplaintRunner(models.AbstractModel):
    """Does what is due: the one scheduler of clocks, ladders and recurring requests.

    It reads only rows whose ``next_event_at`` has come, oldest first, through a
    partial index. A batch that fails is tried in halves; a row that fails three
    times is left out and reported, the others go on. A batch that met somebody
    else's changes is tried again on a fresh snapshot.
    """

    _name = "complaint.runner"
    _description = "Complaint Scheduler"

    @api.model
    def _get_models(self) -> list[str]:
        """Return the models with ``complaint.scheduled.mixin``; add-ons add theirs."""
        return [
            "complaint.party",
            "complaint.deadline",
            "complaint.escalation",
            "complaint.assignment",
            "complaint.delegation",
            "complaint.follow.up",
        ]

    @api.model
    def _wake(self, records):
        """Wake the scheduler at the earliest time one of ``records`` waits for."""
        moments = [moment for moment in records.mapped("next_event_at") if moment]
        if moments:
            self._wake_at(min(moments))

    @api.model
    def _wake_at(self, moment: datetime):
        """Wake the scheduler in the minute of ``moment``: once a transaction."""
        if self.env.context.get("complaint_runner"):
            return
        precommit = self.env.cr.precommit
        earlier = precommit.data.get("complaint_management.wake_at")
        if not earlier:
            precommit.add(self._set_alarm)
        precommit.data["complaint_management.wake_at"] = min(moment, earlier or moment)

    def _set_alarm(self):
        """Let the cron run at the earliest moment asked for in this transaction.

        An alarm that exists for a minute before serves as well: each run sets the
        next. One of this very minute doesn't, that run may have begun already. While
        one is waiting to begin, or is at work, the next is soon enough: a burst wakes
        the scheduler once a minute, not once a case.
        """
        moment = self.env.cr.precommit.data.pop("complaint_management.wake_at", None)
        if not moment:
            return
        now, cron = fields.Datetime.now(), self._get_cron()
        soon = now + timedelta(minutes=1)
        first = moment if moment <= now else self._get_full_minute(moment)
        latest = max(first, self._get_full_minute(soon))
        self.env["ir.cron.trigger"].flush_model()
        query = """
            SELECT call_at FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s
        """
        known = [at for (at,) in self.env.execute_query(SQL(query, cron.id, latest))]
        if moment <= now:
            first = latest if any(at <= now for at in known) else now
        if not any(soon <= at <= first for at in known):
            cron._trigger(at=first)

    @api.model
    def _get_full_minute(self, moment: datetime) -> datetime:
        """Return ``moment``, or the minute that begins after it."""
        minute = moment.replace(second=0, microsecond=0)
        return minute if minute == moment else minute + timedelta(minutes=1)

    @api.model
    def _send_mails(self):
        """Let queued mails leave the house when this is committed."""
        # sudo: ir.cron - what the scheduler writes is for now, not for the next hour
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _get_cron(self):
        # Not env.ref(): it asks the database each time whether the cron exists.
        id_ = self.env["ir.model.data"]._xmlid_to_res_id(
            "complaint_management.ir_cron_complaint_runner", raise_if_not_found=True
        )
        # sudo: ir.cron - as above
        return self.env["ir.cron"].sudo().browse(id_)

    @api.model
    def _cron_run(self):
        """Take due rows in batches until none is left or the time is up."""
        runner = self.with_context(complaint_runner=True)
        in_time = all(
            runner._run_model(runner.env[name]) for name in self._get_models()
        )
        if in_time:
            try:
                runner.env["complaint.escalation"]._send_notices()
            except CONFLICTS:
                self.env.cr.rollback()
        self._wake_for_next()

    def _run_model(self, model) -> bool:
        """Run the due rows of ``model``; return whether there is time left."""
        cron = self.env["ir.cron"]
        conflicts, done = 0, model.browse()
        while conflicts < MAX_CONFLICTS:
            try:
                rows = self._take(model)
                if rows <= done:
                    # Nothing is left, or only what stays due by mistake.
                    return True
                self._run_rows(rows)
                left = cron._commit_progress(len(rows), remaining=self._count(model))
            except CONFLICTS:
                self.env.cr.rollback()
                conflicts += 1
                continue
            if not left:
                return False
            done |= rows
        return True

    def _count(self, model) -> int:
        """Return how many rows are left, counting to one batch at most."""
        return model.search_count(model._get_due_domain(), limit=BATCH)

    def _take(self, model):
        """Return the oldest due rows that no other scheduler works on."""
        rows = model.search(
            model._get_due_domain(), order="next_event_at, id", limit=BATCH
        )
        return rows.try_lock_for_update(allow_referencing=True)

    def _run_rows(self, rows):
        """Run a batch; when it fails, by halves, so that a bad row stops nothing."""
        try:
            with self.env.cr.savepoint():
                rows._run_due()
                rows.filtered("failure_count").failure_count = 0
        except CONFLICTS:
            raise
        except Exception:
            if len(rows) == 1:
                self._quarantine(rows)
                return
            half = len(rows) // 2
            self._run_rows(rows[:half])
            self._run_rows(rows[half:])

    def _quarantine(self, row):
        """Count the failure; report the row when it is left out from now on."""
        _logger.warning("%s could not be run", row, exc_info=True)
        row.invalidate_recordset()
        if row._count_failure() and "complaint_id" in row and row.complaint_id:
            office = row.complaint_id.policy_id.office_user_ids
            row.complaint_id._message_log(
                body=self.env._(
                    "The scheduler can't go on with “%(name)s”; the complaint office "
                    "(%(office)s) sees it under “Stuck”.",
                    name=row._get_stuck_name(),
                    office=", ".join(office.mapped("name")),
                )
            )

    @api.model
    def _wake_for_next(self):
        """Wake the scheduler when the next row of any model is due."""
        queues = [(name, "next_event_at") for name in self._get_models()]
        moments = []
        for name, field in [*queues, ("complaint.escalation", "notice_at")]:
            row = self.env[name].search([(field, "!=", False)], order=field, limit=1)
            moments += [row[field]] if row else []
        if moments:
            self._wake_at(min(moments))
