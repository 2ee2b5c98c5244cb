from odoo import fields, models

from ..tools.events import (
    ASSIGNMENT_EVENTS,
    ASSIGNMENT_TYPES,
    EVENTS,
    LETTER_EVENTS,
    LETTER_PURPOSES,
    STAGE_EVENTS,
)
from .complaint_stage import PHASES


class ComplaintDeadlineEndMixin(models.AbstractModel):
    """What a clock waits for: an event, of which stage, assignment or letter.

    Where the source is plural each has a clock of its own: every assignment, every
    respondent who is served.
    """

    _name = "complaint.deadline.end.mixin"
    _description = "End of a Deadline"

    assignment_id = fields.Many2one(
        "complaint.assignment", index="btree_not_null", ondelete="cascade"
    )
    letter_id = fields.Many2one(
        "complaint.letter", index="btree_not_null", ondelete="cascade"
    )
    end_event = fields.Selection(EVENTS, required=True)
    end_stage_id = fields.Many2one("complaint.stage", ondelete="set null")
    end_phase = fields.Selection(PHASES)
    end_stage_or_later = fields.Boolean()
    end_assignment_type = fields.Selection(ASSIGNMENT_TYPES)
    end_template_id = fields.Many2one(
        "complaint.assignment.template", ondelete="restrict"
    )
    end_letter_purpose = fields.Selection(LETTER_PURPOSES)

    def _get_source(self) -> tuple:
        """Return what one clock of a rule is about, and no other of the same rule."""
        return self.complaint_id, self.assignment_id, self.letter_id

    def _is_end(self, source) -> bool:
        """Tell whether the end event of this clock happened to what it waits for."""
        if self.end_event in STAGE_EVENTS:
            return source._is_at(
                self.end_stage_id, self.end_phase, self.end_stage_or_later
            )
        if self.end_event in ASSIGNMENT_EVENTS:
            # sudo: complaint.assignment - clocks run for whoever causes the event
            return self._is_end_of(source.sudo())
        if self.end_event in LETTER_EVENTS:
            return self._is_end_by(source.sudo())  # sudo: complaint.letter - as above
        return source is None or source._name != self._name or self not in source

    def _is_end_of(self, assignments) -> bool:
        """Tell whether one of ``assignments`` is what this clock waits for."""
        type_, template = self.end_assignment_type, self.end_template_id
        rows = self._filter_served(assignments)
        rows = rows.filtered(lambda row: row.complaint_id == self.complaint_id)
        own, last = self.assignment_id, self.end_event == "last_assignment_done"
        if own and not last and own._filter_event(self.end_event, type_, template):
            return own in rows
        type_ = type_ or (not template and own.type)
        return bool(rows._filter_event(self.end_event, type_, template))

    def _filter_served(self, assignments):
        """Return those of ``assignments`` that may be the duty of who was served."""
        served = self.letter_id.partner_id
        if not served:
            return assignments
        # What another outside party does is none of this one's duty.
        return assignments.filtered(lambda row: row.partner_id <= served)

    def _is_end_by(self, letters) -> bool:
        """Tell whether one of ``letters`` is what this clock waits for."""
        rows = letters.filtered(lambda row: row.complaint_id == self.complaint_id)
        purpose, own = self.end_letter_purpose, self.letter_id
        if own and purpose in (False, own.purpose):
            return own in rows
        return bool(rows.filtered(lambda row: purpose in (False, row.purpose)))
