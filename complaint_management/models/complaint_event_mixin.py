from odoo import fields, models

from ..tools.events import ASSIGNMENT_TYPES, EVENTS
from .complaint_stage import PHASES


class ComplaintEventMixin(models.AbstractModel):
    """What has to happen to a case: an event, and to which stage or assignment."""

    _name = "complaint.event.mixin"
    _description = "Complaint Event"

    event = fields.Selection(EVENTS, string="When")
    event_stage_id = fields.Many2one(
        "complaint.stage",
        string="Stage",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: any stage of the phase.",
    )
    event_phase = fields.Selection(PHASES, string="Phase", help="Empty: any phase.")
    event_assignment_type = fields.Selection(
        ASSIGNMENT_TYPES, string="Assignment", help="Empty: any type."
    )

    def _filter_event(self, complaints, source):
        """Return those of ``complaints`` to which just this event happened.

        :param source: the stage or the assignments it happened to, or None
        """
        self.ensure_one()
        cases = complaints.filtered(lambda case: case.policy_id == self.policy_id)
        if source is not None and "complaint_id" in source:
            return cases & self._filter_source(source).complaint_id
        return cases if self._filter_source(source) is not False else cases.browse()

    def _filter_source(self, source):
        """Return the part of ``source`` that this event is about, False if none is."""
        if self.event in ("stage_entered", "stage_left"):
            wrong_stage = self.event_stage_id and self.event_stage_id != source
            wrong_phase = self.event_phase and self.event_phase != source.phase
            return False if wrong_stage or wrong_phase else source
        if source is not None and source._name == "complaint.assignment":
            type_ = self.event_assignment_type
            return source.filtered(lambda row: not type_ or row.type == type_)
        return source
