from odoo import fields, models

from ..tools.events import LETTER_EVENTS, LETTER_PURPOSES


class ComplaintDeadline(models.Model):
    """Clocks about letters: each respondent who is served has a clock of their own."""

    _inherit = "complaint.deadline"

    letter_id = fields.Many2one(
        "complaint.letter", index="btree_not_null", ondelete="cascade"
    )
    end_letter_purpose = fields.Selection(LETTER_PURPOSES)

    def _is_end(self, source) -> bool:
        """Tell whether the end event of this clock happened to what it waits for."""
        if self.end_event not in LETTER_EVENTS:
            return super()._is_end(source)
        # sudo: complaint.letter - clocks run for whoever causes the event
        letters = source.sudo().filtered(
            lambda row: row.complaint_id == self.complaint_id
        )
        purpose, own = self.end_letter_purpose, self.letter_id
        if own and purpose in (False, own.purpose):
            return own in letters
        return bool(letters.filtered(lambda row: purpose in (False, row.purpose)))

    def _is_end_of(self, assignments) -> bool:
        """Tell whether one of ``assignments`` is what this clock waits for."""
        served = self.letter_id.partner_id
        if served:
            # What another outside party does is none of this one's duty.
            assignments = assignments.filtered(
                lambda row: row.partner_id in (served, row.partner_id.browse())
            )
        return super()._is_end_of(assignments)

    def _get_source(self) -> tuple:
        """Return what one clock of a rule is about, and no other of the same rule."""
        return self.complaint_id, self.assignment_id, self.letter_id
