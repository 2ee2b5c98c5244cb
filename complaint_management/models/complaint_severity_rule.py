from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.delay import WORK_UNITS, add_calendar_delay


class ComplaintSeverityRule(models.Model):
    """What raises a case to a severity by itself. A rule never lowers one."""

    _name = "complaint.severity.rule"
    _description = "Severity Rule"
    _inherit = [
        "complaint.policy.item.mixin",
        "complaint.filter.mixin",
        "complaint.delay.mixin",
    ]
    _policy_file_section = "rules"
    _policy_file_parent = "severity_id"

    severity_id = fields.Many2one(
        "complaint.severity", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        related="severity_id.policy_id", store=True, precompute=True
    )
    min_people = fields.Integer(
        string="People Concerned",
        help="At least so many people complain or are harmed. 0: any number.",
    )
    min_alike = fields.Integer(
        string="Like Complaints",
        help="At least so many complaints alike, this one included, arrived within "
        "the time below. 0: don't count.",
    )
    alike_by = fields.Selection(
        [
            ("category", "Category"),
            ("department", "Lead Department"),
            ("place", "Place"),
            ("respondent", "Person or Body Complained About"),
        ],
        default="category",
        required=True,
        help="What complaints have in common to be counted as alike.",
    )
    distinct_people = fields.Boolean(
        string="Of Different People",
        help="Several complaints of one person count once.",
    )
    delay_unit = fields.Selection(default="days")

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: a lead was chosen."""
        if event == "assigned" and "lead" in source.mapped("type"):
            # sudo: complaint.severity.rule - rules work for whoever hands over
            rules = complaints.policy_id.sudo().severity_ids.rule_ids
            rules = rules.filtered(
                lambda rule: rule.min_alike and rule.alike_by == "department"
            )
            # sudo: complaint.complaint - like cases of other handlers rise too
            rules._raise_complaints(complaints.sudo())

    def _raise_complaints(self, complaints):
        """Raise those of ``complaints`` that meet a rule to its severity.

        Like complaints that are still open are raised together with the new one:
        they are parts of the same event.

        :param complaints: ``complaint.complaint`` of any policies; closed ones stay
        """
        complaints = complaints.filtered(lambda case: not case.is_closed)
        for rule in self.sorted(lambda rule: -rule.severity_id.sequence):
            matching = rule._filter_complaints(
                complaints.filtered(
                    lambda case, rule=rule: case.policy_id == rule.policy_id
                )
            )
            if rule.min_people:
                matching = matching.filtered(
                    lambda case, rule=rule: case.people_count >= rule.min_people
                )
            if rule.min_alike:
                matching = rule._get_complaints_with_like(matching)
            rule.severity_id._raise_complaints(matching, rule=rule)

    def _get_complaints_with_like(self, complaints):
        """Return ``complaints`` that have enough like ones, and those like ones."""
        alike = self._group_alike(complaints)
        if not alike:
            return complaints.browse()
        arrivals = complaints.mapped("received_at")
        window = (
            self._get_filter_domain()
            & Domain("policy_id", "=", self.policy_id.id)
            & Domain("master_id", "=", False)
            & Domain("received_at", "<=", max(arrivals))
            & Domain(self._get_alike_path(), "in", list(alike))
        )
        if self.delay:
            begin = self._get_window_begin(min(arrivals))
            window &= Domain("received_at", ">=", begin)
        candidates = self._group_alike(complaints.search(window) | complaints)
        found = complaints.browse()
        for key, cases in alike.items():
            for case in cases:
                within = self._get_within_window(candidates[key], case)
                if self._count_alike(within) >= self.min_alike:
                    found |= within.filtered(lambda case: not case.is_closed)
        return found

    def _get_alike_path(self) -> str:
        """Return the field of a case by which this rule compares."""
        return {
            "category": "category_id",
            "department": "department_id",
            "place": "place",
            "respondent": "party_ids.respondent_key",
        }[self.alike_by]

    def _group_alike(self, complaints) -> dict:
        """Return the complaints per key that they have in common."""
        groups = defaultdict(complaints.browse)
        for complaint in complaints:
            keys = complaint.mapped(self._get_alike_path())
            # Relations come as records, texts and keys as lists of values.
            for key in getattr(keys, "ids", keys):
                if key:
                    groups[key] |= complaint
        return groups

    def _get_within_window(self, complaints, complaint):
        """Return those that arrived in the window that ends with ``complaint``."""
        begin = self.delay and self._get_window_begin(complaint.received_at)
        return complaints.filtered(
            lambda case: (
                case.received_at <= complaint.received_at
                and (not begin or case.received_at >= begin)
            )
        )

    def _get_window_begin(self, end):
        tz = self.policy_id._get_tz()
        if self.delay_unit in WORK_UNITS:
            return end - (self._get_delay_end(end, self.policy_id) - end)
        return add_calendar_delay(end, -self.delay, self.delay_unit, tz)

    def _count_alike(self, complaints) -> int:
        """Return the number of complaints, or of different people who made them."""
        if not self.distinct_people:
            return len(complaints)
        people, unknown = set(), 0
        for complaint in complaints:
            parties = complaint.party_ids.filtered(lambda p: p.type == "complainant")
            keys = {party._get_person_key() for party in parties} - {None}
            people |= keys
            unknown += not keys
        return len(people) + unknown
