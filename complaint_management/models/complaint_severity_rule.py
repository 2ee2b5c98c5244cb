from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain


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

    def _raise_complaints(self, complaints):
        """Raise those of ``complaints`` that meet a rule to its severity.

        Like complaints that are still open are raised together with the new one:
        they are parts of the same event.

        :param complaints: ``complaint.complaint`` of this rule's policy
        """
        for rule in self.sorted(lambda rule: -rule.severity_id.sequence):
            matching = rule._filter_complaints(complaints)
            if rule.min_people:
                matching = matching.filtered(
                    lambda case, rule=rule: case.people_count >= rule.min_people
                )
            if rule.min_alike:
                matching = rule._get_complaints_with_like(matching)
            matching._raise_severity(rule.severity_id, rule=rule)

    def _get_complaints_with_like(self, complaints):
        """Return ``complaints`` that have enough like ones, and those like ones."""
        keys = defaultdict(self.env["complaint.complaint"].browse)
        for complaint in complaints:
            key = self._get_alike_domain(complaint)
            if key is not None:
                keys[key] |= complaint
        found = complaints.browse()
        for domain, alike in keys.items():
            last = max(alike.mapped("received_at"))
            window = complaints.search(self._get_window_domain(domain, last) & domain)
            if self._count_alike(window | alike) >= self.min_alike:
                found |= alike | window.filtered(lambda case: not case.is_closed)
        return found

    def _get_alike_domain(self, complaint) -> Domain | None:
        """Return the domain of complaints like ``complaint``, None if it has no key."""
        fields_by_key = {
            "category": ("category_id", complaint.category_id.id),
            "department": ("department_id", complaint.department_id.id),
            "place": ("place", complaint.place),
            "respondent": (
                "party_ids.respondent_key",
                complaint.party_ids.filtered("respondent_key")[:1].respondent_key,
            ),
        }
        field, value = fields_by_key[self.alike_by]
        return Domain(field, "=", value) if value else None

    def _get_window_domain(self, domain, last) -> Domain:
        window = Domain("policy_id", "=", self.policy_id.id)
        window &= Domain("master_id", "=", False)
        if self.delay:
            first = last - (self._get_delay_end(last, self.policy_id) - last)
            window &= Domain("received_at", ">=", first)
        return window & Domain("received_at", "<=", last)

    def _count_alike(self, complaints) -> int:
        """Return the number of complaints, or of different people who made them."""
        if not self.distinct_people:
            return len(complaints)
        parties = complaints.party_ids.filtered(lambda p: p.type == "complainant")
        named = {party._get_person_key() for party in parties} - {None}
        anonymous = complaints.filtered(
            lambda case: not any(p._get_person_key() for p in case.party_ids)
        )
        return len(named) + len(anonymous)
