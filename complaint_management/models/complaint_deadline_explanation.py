from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date, format_datetime

from ..tools.delay import WORK_UNITS
from .complaint_delay_mixin import get_delay_end, get_lost_days


class ComplaintDeadlineExplanation(models.AbstractModel):
    """How a due date came about: receipt, counted time, pauses, extensions, due."""

    _name = "complaint.deadline.explanation"
    _description = "Explanation of a Deadline"

    @api.model
    def _get_html(self, clock) -> Markup:
        """Return the explanation of ``clock`` as a table."""
        if not clock.started_at or not clock.due_at:
            return Markup("")
        cell = Markup("<td>%s</td><td>%s</td><td class='text-end'>%s</td>")
        lines = Markup("").join(
            Markup("<tr>%s</tr>") % (cell % (row["label"], row["text"], row["amount"]))
            for row in self._get_rows(clock)
        )
        return Markup(
            "<table class='table table-sm mb-0'><tbody>%s</tbody></table>"
            "<p class='text-muted mb-0'>%s</p>"
        ) % (lines, self._get_zone_note(clock))

    def _get_zone_note(self, clock) -> str:
        """Return in which time zone the times are, and where the office is."""
        shown, office = self._get_shown_tz(), clock._get_office()._get_tz()
        if shown == office:
            return self.env._("Times are those of %s.", shown)
        return self.env._(
            "Times are those of your time zone, %(shown)s. Days and working hours are "
            "counted where the office is: %(office)s.",
            shown=shown,
            office=office,
        )

    def _get_shown_tz(self) -> str:
        """Return the time zone of the reader, in which dates are shown beside."""
        return self.env.context.get("tz") or self.env.user.tz or "UTC"

    @api.model
    def _get_rows(self, clock) -> list[dict]:
        """Return the steps from the start of ``clock`` to its due date.

        A step has a ``label``, a ``text``, what it ``counted`` (seconds or working
        days) and that as an ``amount`` to show. What was counted adds up to the figure
        of the rule and its extensions.
        """
        pauses, extensions = self._get_steps(clock)
        rows = [self._row(clock, self.env._("Started"), self._when(clock.started_at))]
        axis = clock._get_office()._get_working_time(clock.started_at)
        if clock.delay_unit == "work_days" and axis:
            rows += self._get_days(clock, axis, pauses)
        elif clock.delay_unit == "work_hours" and axis:
            rows += self._get_hours(clock, axis, pauses)
        else:
            rows.append(self._get_figure(clock, axis))
        rows += [
            self._row(
                clock,
                self.env._("Paused"),
                f"{self._when(start)} – {self._when(end)}",
            )
            for start, end in pauses
        ]
        rows += [
            self._row(clock, self._label(log), self._when(log.due_at), log.note)
            for log in extensions
        ]
        rows.append(self._row(clock, self.env._("Due"), self._when(clock.due_at)))
        return rows

    def _get_steps(self, clock) -> tuple:
        """Return the pauses as (start, end) pairs, and the log of other moves."""
        pauses, moves, paused_at = [], clock.log_ids.browse(), None
        for log in clock.log_ids.sorted(lambda log: (log.at, log.id)):
            if log.type == "paused":
                paused_at = log.at
            elif log.type == "resumed" and paused_at:
                pauses.append((paused_at, log.at))
                paused_at = None
            elif log.type in ("extended", "agreed", "changed", "applied"):
                moves |= log
        if paused_at:
            pauses.append((paused_at, clock.reached_at or clock.due_at))
        return pauses, moves

    def _get_days(self, clock, axis, pauses) -> list[dict]:
        """Return the working days that count: the day of the start doesn't."""
        lost = {day for p in pauses for day in get_lost_days(axis, clock.started_at, p)}
        first = axis.get_day(clock.started_at)
        rows = []
        for closing in axis.get_closings(clock.started_at, clock.due_at):
            day = axis.get_closing_day(closing)
            if day > first:
                counted = 0 if closing in lost else 1
                label = (
                    self.env._("Working day") if counted else self.env._("Stood still")
                )
                text = format_date(self.env, day)
                rows.append(self._row(clock, label, text, counted, counted))
        return rows

    def _get_hours(self, clock, axis, pauses) -> list[dict]:
        """Return the open hours that count, day by day."""
        days, hours = {}, self._get_hour_format(clock)
        for start, end in self._get_running(clock, pauses):
            for opened, closed in axis.get_spans(start, end):
                spans = days.setdefault(axis.get_day(opened), [])
                spans.append((opened, closed))
        return [
            self._row(
                clock,
                format_date(self.env, day),
                ", ".join(
                    "–".join(self._when(moment, hours) for moment in span)
                    for span in spans
                ),
                counted := sum((end - start).total_seconds() for start, end in spans),
                f"{counted / 3600:.2f} h",
            )
            for day, spans in days.items()
        ]

    def _get_hour_format(self, clock) -> str:
        """Return how open hours are shown: elsewhere they may be on another day."""
        same = self._get_shown_tz() == clock._get_office()._get_tz()
        return "HH:mm" if same else "short"

    def _get_running(self, clock, pauses) -> list[tuple]:
        """Return when the clock ran, as (start, end) pairs without the pauses."""
        start, running = clock.started_at, []
        for paused_at, resumed_at in pauses:
            running.append((start, paused_at))
            start = resumed_at
        return [*running, (start, max(clock.due_at, start))]

    def _get_figure(self, clock, axis) -> dict:
        """Return the figure of the rule, counted in calendar time."""
        labels = dict(clock._fields["delay_unit"]._description_selection(self.env))
        unit = labels[clock.delay_unit]
        if clock.delay_unit in WORK_UNITS and not axis:
            unit = self.env._("%s (no working hours are set: calendar time)", unit)
        end = get_delay_end(
            clock.started_at, clock.delay, clock.delay_unit, clock._get_office()
        )
        figure = clock.delay or ""
        return self._row(
            clock, f"+ {figure} {unit}", self._when(end), clock.delay, figure
        )

    def _label(self, log) -> str:
        return dict(log._fields["type"]._description_selection(self.env))[log.type]

    def _when(self, moment, fmt="short") -> str:
        return format_datetime(self.env, moment, tz=self._get_shown_tz(), dt_format=fmt)

    def _row(self, clock, label, text, counted=0, amount="") -> dict:
        if isinstance(counted, str):
            counted, amount = 0, counted
        return {
            "label": label,
            "text": text,
            "counted": counted or 0,
            "amount": amount or "",
        }
