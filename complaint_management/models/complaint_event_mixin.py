from odoo import api, fields, models, tools

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

#: Which method narrows the rows to which an event happened.
FILTERS = {
    **dict.fromkeys(ASSIGNMENT_EVENTS, "_filter_assignments"),
    **dict.fromkeys(LETTER_EVENTS, "_filter_letters"),
    **dict.fromkeys(REMEDY_EVENTS, "_filter_remedies"),
    **dict.fromkeys(APPROVAL_EVENTS, "_filter_approvals"),
    **dict.fromkeys(ROUND_EVENTS, "_filter_rounds"),
}


class ComplaintEventMixin(models.AbstractModel):
    """What has to happen to a case: an event, and to which stage or assignment."""

    _name = "complaint.event.mixin"
    _description = "Complaint Event"

    event = fields.Selection(EVENTS, string="On Event")
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
    event_template_id = fields.Many2one(
        "complaint.assignment.template",
        string="Asked by Rule",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Only what this assignment rule asked for. Empty: any rule, or by hand.",
    )
    event_letter_purpose = fields.Selection(
        LETTER_PURPOSES, string="Letter", help="Empty: any letter."
    )
    event_approval_subject = fields.Selection(
        APPROVAL_SUBJECTS, string="Approval Of", help="Empty: of anything."
    )
    event_forum = fields.Selection(FORUMS, string="Before", help="Empty: any round.")

    @api.model
    def _get_listening(self, complaints, event: str):
        """Return the rules of the cases' policies that wait for ``event``.

        Not those that cause it just now: a rule never answers to itself, nor to what
        another rule does because of it.
        """
        known = self._get_listening_ids().get(event)
        if not known:
            return self.browse()
        policies = complaints.policy_id.ids
        acting = self.env.context.get("complaint_acting", ())
        # sudo: any rule - rules work for whoever causes the event
        return self.sudo().browse(
            id_
            for policy in policies
            for id_ in known.get(policy, ())
            if (self._name, id_) not in acting
        )

    def _as_acting(self, records):
        """Return ``records`` in an environment that knows that self is at work."""
        acting = self.env.context.get("complaint_acting", ())
        mine = [(self._name, id_) for id_ in self.ids]
        return records.with_context(complaint_acting=(*acting, *mine))

    @api.model
    @tools.ormcache()
    def _get_listening_ids(self) -> dict:
        """Return, by event and policy, the ids of the rules that wait for it.

        Most events are of interest to nobody: those cost no query.
        """
        # sudo: any rule - as above
        rules = self.sudo().search(self._get_listening_domain())
        known: dict = {}
        for rule in rules:
            by_policy = known.setdefault(rule.event, {})
            by_policy.setdefault(rule.policy_id.id, []).append(rule.id)
        return known

    @api.model
    def _get_listening_domain(self) -> list:
        """Return the domain of the rules that wait for an event."""
        return [("event", "!=", False)]

    def _filter_event(self, complaints, event: str, source):
        """Return those of ``complaints`` to which just this event happened.

        :param source: the stage or the rows it happened to, or None
        """
        self.ensure_one()
        cases = complaints.filtered(lambda case: case.policy_id == self.policy_id)
        if event in STAGE_EVENTS:
            right = source._is_at(self.event_stage_id, self.event_phase)
            return cases if right else cases.browse()
        if event in FILTERS:
            return cases & self._filter_source(event, source).complaint_id
        if source is not None and "complaint_id" in source:
            return cases & source.complaint_id
        return cases

    def _filter_source(self, event: str, source):
        """Return the rows of ``source`` that ``event`` of ``FILTERS`` is about."""
        # sudo: any row of a case - rules work for whoever causes the event
        return getattr(self, FILTERS[event])(source.sudo())

    def _filter_assignments(self, assignments):
        """Return those of ``assignments`` that the event is about."""
        return assignments._filter_event(
            self.event, self.event_assignment_type, self.event_template_id
        )

    def _filter_letters(self, letters):
        """Return those of ``letters`` that the event is about."""
        purpose = self.event_letter_purpose
        return letters.filtered(lambda row: not purpose or row.purpose == purpose)

    def _filter_remedies(self, remedies):
        """Return those of ``remedies`` that the event is about."""
        return remedies

    def _filter_approvals(self, approvals):
        """Return those of ``approvals`` that the event is about."""
        subject = self.event_approval_subject
        return approvals.filtered(lambda row: not subject or row.subject == subject)

    def _filter_rounds(self, rounds):
        """Return those of ``rounds`` that the event is about."""
        forum = self.event_forum
        return rounds.filtered(lambda row: not forum or row.forum == forum)
