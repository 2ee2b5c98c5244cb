from odoo import api, models

from ..tools.events import STAGE_EVENTS

#: Where it is seen that something has happened: rows of the case, a field of theirs
#: that is set by then, and values without which it was something else.
TRACES = {
    "assigned": ("assignment_ids", "requested_at", {}),
    "handover_accepted": ("assignment_ids", "accepted_at", {"type": ("lead",)}),
    "assignment_accepted": ("assignment_ids", "accepted_at", {}),
    "assignment_refused": ("assignment_ids", "state", {"state": ("refused",)}),
    "assignment_cancelled": ("assignment_ids", "state", {"state": ("cancelled",)}),
    "assignment_done": ("assignment_ids", "done_at", {"state": ("done",)}),
    "last_assignment_done": ("assignment_ids", "done_at", {"state": ("done",)}),
    "acknowledged": ("letter_ids", "sent_at", {"purpose": ("receipt",)}),
    "completion_requested": (
        "acceptance_ids",
        "valid_at",
        {"decision": ("completion",)},
    ),
    "completed": ("acceptance_ids", "completed_at", {}),
    "accepted": ("acceptance_ids", "valid_at", {"decision": ("accept",)}),
    "not_accepted": ("acceptance_ids", "valid_at", {"decision": ("refuse",)}),
    "acceptance_decided": (
        "acceptance_ids",
        "valid_at",
        {"decision": ("accept", "refuse")},
    ),
    "finding_made": ("finding_ids", "found_at", {}),
    "remedy_proposed": ("remedy_ids", "proposed_at", {}),
    "remedy_approved": ("remedy_ids", "state", {"approval_state": ("approved",)}),
    "remedy_offered": ("remedy_ids", "offered_at", {}),
    "remedy_accepted": (
        "remedy_ids",
        "answered_at",
        {"state": ("accepted", "executed")},
    ),
    "remedy_refused": ("remedy_ids", "answered_at", {"state": ("refused",)}),
    "remedy_countered": ("remedy_ids", "answered_at", {"state": ("countered",)}),
    "remedy_executed": ("remedy_ids", "executed_at", {}),
    "approval_asked": ("approval_ids", "requested_at", {}),
    "approval_given": ("approval_ids", "answered_at", {"state": ("approved",)}),
    "approval_refused": ("approval_ids", "answered_at", {"state": ("refused",)}),
    "approval_decided": ("approval_ids", "answered_at", {}),
    "letter_approved": ("letter_ids", "name", {"approval_state": ("approved",)}),
    "letter_sent": ("letter_ids", "sent_at", {}),
    "letter_served": ("letter_ids", "served_at", {}),
    "interim_answered": ("answer_ids", "given_at", {"type": ("interim",)}),
    "answered": ("answer_ids", "given_at", {"type": ("final",)}),
    "result_answered": ("answer_ids", "given_at", {"type": ("result",)}),
    "satisfied": ("round_ids", "satisfaction", {"satisfaction": ("satisfied",)}),
    "dissatisfied": ("round_ids", "satisfaction", {"satisfaction": ("dissatisfied",)}),
    "follow_up_done": ("follow_up_ids", "done_at", {"state": ("done",)}),
    "follow_up_low": ("follow_up_ids", "done_at", {"is_low": (True,)}),
    "withdrawal_asked": ("withdrawal_ids", "asked_at", {}),
    "withdrawal_pressed": ("withdrawal_ids", "state", {"state": ("pressed",)}),
}


class ComplaintDeadlinePast(models.AbstractModel):
    """Tells what has happened to a case before a clock begins that would wait for it.

    Events leave no rows of their own; what they are about does.
    """

    _name = "complaint.deadline.past"
    _description = "What Has Happened to Complaints"

    @api.model
    def _get_traces(self) -> dict:
        """Return where each event is seen afterwards; add-ons add theirs."""
        return TRACES

    @api.model
    def _is_over(self, complaint, values: dict) -> bool:
        """Tell whether what a clock of ``complaint`` waits for has happened already.

        :param complaint: in sudo mode
        :param values: those that the clock would begin with
        """
        event = values["end_event"]
        rows = (
            self._get_stages(complaint, event)
            if event in STAGE_EVENTS
            else self._get_rows(complaint, event)
        )
        if not rows:
            return False
        clock = complaint.deadline_ids.new(values)
        sources = rows if event in STAGE_EVENTS else [rows]
        return any(clock._is_end(source) for source in sources)

    def _get_stages(self, complaint, event):
        """Return the stages that ``complaint`` was in, or has left."""
        known = (complaint.duration_tracking or {}).keys()
        stages = complaint.policy_id.with_context(active_test=False).stage_ids
        visited = stages.filtered(lambda row: str(row.id) in known)
        current = complaint.stage_id
        return visited - current if event == "stage_left" else visited | current

    def _get_rows(self, complaint, event):
        """Return the rows of ``complaint`` to which ``event`` has happened."""
        trace = self._get_traces().get(event)
        if not trace:
            return complaint.browse()
        name, field, wanted = trace
        rows = complaint[name].filtered(field)
        if name == "assignment_ids":
            # Nobody is asked to register: no event comes of that.
            rows = rows.filtered(lambda row: row.type != "reception")
        return rows.filtered(
            lambda row: all(row[key] in values for key, values in wanted.items())
        )
