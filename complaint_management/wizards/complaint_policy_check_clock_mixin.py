from itertools import combinations

from odoo import api, models

from ..models.complaint_deadline_rule import TWIN_FIELDS
from ..tools.events import (
    APPROVAL_EVENTS,
    ASSIGNMENT_EVENTS,
    LETTER_EVENTS,
    REMEDY_EVENTS,
    ROUND_EVENTS,
    STAGE_EVENTS,
)

#: Assignments that no rule has to ask for.
OWN_TYPES = ("reception", "lead")


class ComplaintPolicyCheckClockMixin(models.AbstractModel):
    """What can't work in the deadline rules; part of ``complaint.policy.check``."""

    _name = "complaint.policy.check.clock.mixin"
    _description = "Policy Check of Clocks"

    @api.model
    def _check_reachable(self, policy):
        """Rules that nothing sets off, and clocks that nothing can end."""
        waiting = [(rule, "event") for rule in policy.deadline_rule_ids]
        waiting += [(rule, "end") for rule in policy.deadline_rule_ids]
        for rules in (policy.assignment_template_ids, policy.escalation_rule_ids):
            by_event = rules.filtered(lambda rule: rule.trigger == "event")
            waiting += [(rule, "event") for rule in by_event]
        for rule, prefix in waiting:
            text = self._get_unreachable(policy, rule, prefix)
            if text:
                severity = "error" if prefix == "end" else "warning"
                yield self._make_finding(rule, text, severity)

    @api.model
    def _get_unreachable(self, policy, rule, prefix) -> str | None:
        """Return why the beginning or end of a clock never comes, None if it may."""
        event = rule.event if prefix == "event" else rule.end_event
        text = self._get_missing_date(rule, event)
        if event in STAGE_EVENTS:
            text = self._get_missing_stage(policy, rule, prefix)
        if not text and event in ASSIGNMENT_EVENTS:
            text = self._get_missing_assignment(policy, rule, prefix)
        if not text and event in ROUND_EVENTS:
            text = self._get_missing_forum(policy, rule, prefix)
        return text or self._get_archived(rule, event, prefix)

    @api.model
    def _get_missing_date(self, rule, event) -> str | None:
        if event != "date" or rule.date_field_id or rule._get_property():
            return None
        return self.env._(
            "“%(rule)s” counts from the extra field “%(label)s”: the complaints of "
            "this policy have no such date.",
            rule=rule.name,
            label=rule.date_property,
        )

    @api.model
    def _get_missing_stage(self, policy, rule, prefix) -> str | None:
        stage, phase = rule[f"{prefix}_stage_id"], rule[f"{prefix}_phase"]
        if stage and not stage.active:
            return self.env._(
                "“%(rule)s” waits for the stage “%(stage)s”, which is archived.",
                rule=rule.name,
                stage=stage.name,
            )
        or_later = prefix == "end" and rule.end_stage_or_later
        if phase and not any(
            reached._is_at(reached.browse(), phase, or_later)
            for reached in policy.stage_ids
        ):
            labels = dict(rule._fields["event_phase"]._description_selection(self.env))
            return self.env._(
                "“%(rule)s” waits for the phase %(phase)s, which no stage has.",
                rule=rule.name,
                phase=labels[phase],
            )
        return None

    @api.model
    def _get_missing_assignment(self, policy, rule, prefix) -> str | None:
        asked = {False, *OWN_TYPES, *policy.assignment_template_ids.mapped("type")}
        if policy.category_ids.co_role_ids:
            asked.add("opinion")
        template, type_ = (
            rule[f"{prefix}_template_id"],
            rule[f"{prefix}_assignment_type"],
        )
        if template and not template.active:
            return self.env._(
                "“%(rule)s” waits for what “%(template)s” asks, which is archived.",
                rule=rule.name,
                template=template.name,
            )
        if template and type_ not in (False, template.type):
            return self.env._(
                "“%(rule)s” waits for what “%(template)s” asks, and for another type "
                "of assignment.",
                rule=rule.name,
                template=template.name,
            )
        if type_ in asked:
            return None
        return self.env._(
            "“%(rule)s” waits for an assignment that no rule asks for.", rule=rule.name
        )

    @api.model
    def _get_missing_forum(self, policy, rule, prefix) -> str | None:
        forum = rule[f"{prefix}_forum"]
        if forum in (False, "internal", *policy.round_rule_ids.mapped("forum")):
            return None
        labels = dict(rule._fields["event_forum"]._description_selection(self.env))
        return self.env._(
            "“%(rule)s” waits for a round before %(forum)s: no round rule offers it.",
            rule=rule.name,
            forum=labels[forum],
        )

    @api.model
    def _get_archived(self, rule, event, prefix) -> str | None:
        """Return that a clock waits for what nobody asks or offers any more."""
        wanted = {
            **dict.fromkeys(APPROVAL_EVENTS, f"{prefix}_approval_rule_id"),
            **dict.fromkeys(REMEDY_EVENTS, f"{prefix}_remedy_type_id"),
            **dict.fromkeys(LETTER_EVENTS, f"{prefix}_letter_template_id"),
        }.get(event)
        named = rule[wanted] if wanted in rule._fields else None
        if not named or named.active:
            return None
        return self.env._(
            "“%(rule)s” waits for “%(named)s”, which is archived.",
            rule=rule.name,
            named=named.name,
        )

    @api.model
    def _check_same_target(self, policy):
        for one, other in combinations(policy.deadline_rule_ids, 2):
            same = self._get_target(one) == self._get_target(other)
            if same and self._overlap(one, other):
                text = self.env._(
                    "“%(one)s” and “%(other)s” are clocks for the same thing and fit "
                    "the same cases.",
                    one=one.name,
                    other=other.name,
                )
                yield self._make_finding(one, text)

    @api.model
    def _get_target(self, rule) -> tuple:
        """Return what a clock is from and to."""
        return tuple(rule[name] for name in (*TWIN_FIELDS, "kind", "promised"))

    @api.model
    def _overlap(self, one, other) -> bool:
        """Tell whether two rules may be about one case."""
        return (
            self._share_values(one, other)
            and self._share_days(one, other)
            and self._may_hold([one.domain, other.domain])
        )

    @api.model
    def _share_values(self, one, other) -> bool:
        """Tell whether a case may have the kind, the channel and so on of both."""
        for name in ("kind_ids", "channel_ids", "category_ids", "severity_ids"):
            mine, theirs = one[name], other[name]
            if name == "category_ids":
                mine, theirs = self._with_children(mine), self._with_children(theirs)
            if mine and theirs and not mine & theirs:
                return False
        return all(
            not (one[name] and other[name]) or one[name] == other[name]
            for name in ("track", "arrival")
        )

    @api.model
    def _share_days(self, one, other) -> bool:
        """Tell whether both rules are in force on some day."""
        ends = [(rule.valid_from, rule.valid_to) for rule in (one, other)]
        for (start, _end), (_start, end) in (ends, ends[::-1]):
            if start and end and end < start:
                return False
        return True

    @api.model
    def _with_children(self, categories):
        if not categories:
            return categories
        return categories.search([("id", "child_of", categories.ids)])
