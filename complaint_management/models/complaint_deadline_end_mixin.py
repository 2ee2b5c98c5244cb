from odoo import api, fields, models

from ..tools.events import (
    APPROVAL_EVENTS,
    APPROVAL_SUBJECTS,
    ASSIGNMENT_EVENTS,
    ASSIGNMENT_TYPES,
    EVENTS,
    FORUMS,
    LETTER_EVENTS,
    LETTER_PURPOSES,
    REMEDY_EVENTS,
    ROUND_EVENTS,
    STAGE_EVENTS,
)
from .complaint_stage import PHASES

#: Which method tells whether the rows to which an event happened are awaited.
ENDS = {
    **dict.fromkeys(ASSIGNMENT_EVENTS, "_is_end_of"),
    **dict.fromkeys(LETTER_EVENTS, "_is_end_by"),
    **dict.fromkeys(REMEDY_EVENTS, "_is_end_with"),
    **dict.fromkeys(APPROVAL_EVENTS, "_is_end_after"),
    **dict.fromkeys(ROUND_EVENTS, "_is_end_before"),
}


class ComplaintDeadlineEndMixin(models.AbstractModel):
    """What a clock waits for: an event, of which stage, assignment, letter and so on.

    Where the source is plural each has a clock of its own: every assignment, every
    respondent who is served, every remedy, every matter that waits for approval.
    """

    _name = "complaint.deadline.end.mixin"
    _description = "End of a Deadline"

    assignment_id = fields.Many2one(
        "complaint.assignment", index="btree_not_null", ondelete="cascade"
    )
    letter_id = fields.Many2one(
        "complaint.letter", index="btree_not_null", ondelete="cascade"
    )
    remedy_id = fields.Many2one(
        "complaint.remedy", index="btree_not_null", ondelete="cascade"
    )
    approval_id = fields.Many2one(
        "complaint.approval", index="btree_not_null", ondelete="cascade"
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
    end_letter_template_id = fields.Many2one(
        "complaint.letter.template", ondelete="restrict"
    )
    end_approval_subject = fields.Selection(APPROVAL_SUBJECTS)
    end_approval_rule_id = fields.Many2one(
        "complaint.approval.rule", ondelete="restrict"
    )
    end_remedy_type_id = fields.Many2one("complaint.remedy.type", ondelete="restrict")
    end_forum = fields.Selection(FORUMS)

    @api.depends("name", "assignment_id", "letter_id", "remedy_id", "approval_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for clock in self:
            # sudo: any row of a case - tells nothing but what all who see it may know
            about = clock.sudo()._get_source_name()
            clock.display_name = " · ".join(filter(None, (clock.name, about)))

    def _get_source_name(self) -> str:
        """Return what tells this clock from another one of the same rule, maybe ""."""
        return (
            self.letter_id._get_safe_name()
            or self.remedy_id.display_name
            or self.assignment_id.asked_name
            or self.approval_id.reason
            or ""
        )

    def _get_source(self) -> tuple:
        """Return what one clock of a rule is about, and no other of the same rule."""
        about = self.assignment_id, self.letter_id, self.remedy_id, self.approval_id
        return self.complaint_id, *about

    def _is_end(self, source) -> bool:
        """Tell whether the end event of this clock happened to what it waits for."""
        if self.end_event in STAGE_EVENTS:
            return source._is_at(
                self.end_stage_id, self.end_phase, self.end_stage_or_later
            )
        if self.end_event in ENDS:
            # sudo: any row of a case - clocks run for whoever causes the event
            rows = source.sudo()
            rows = rows.filtered(lambda row: row.complaint_id == self.complaint_id)
            return getattr(self, ENDS[self.end_event])(rows)
        return source is None or source._name != self._name or self not in source

    def _is_end_of(self, assignments) -> bool:
        """Tell whether one of ``assignments`` is what this clock waits for."""
        type_, template = self.end_assignment_type, self.end_template_id
        rows = self._filter_served(assignments)
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
        own = self.letter_id
        if own and self._is_awaited_letter(own):
            return own in letters
        return any(self._is_awaited_letter(letter) for letter in letters)

    def _is_awaited_letter(self, letter) -> bool:
        purpose, template = self.end_letter_purpose, self.end_letter_template_id
        return purpose in (False, letter.purpose) and (
            not template or letter.template_id == template
        )

    def _is_end_with(self, remedies) -> bool:
        """Tell whether one of ``remedies`` is what this clock waits for."""
        type_, own = self.end_remedy_type_id, self.remedy_id
        if own and (not type_ or type_ == own.type_id):
            return own in remedies
        return bool(remedies.filtered(lambda row: not type_ or row.type_id == type_))

    def _is_end_after(self, approvals) -> bool:
        """Tell whether one of ``approvals`` is what this clock waits for."""
        subject, rule = self.end_approval_subject, self.end_approval_rule_id
        own = self.approval_id
        if own and subject in (False, own.subject):
            approvals = approvals.filtered(lambda row: row._is_about_same(own))
        return any(
            subject in (False, row.subject) and (not rule or row.rule_id == rule)
            for row in approvals
        )

    def _is_end_before(self, rounds) -> bool:
        """Tell whether one of ``rounds`` is what this clock waits for."""
        return any(self.end_forum in (False, row.forum) for row in rounds)
