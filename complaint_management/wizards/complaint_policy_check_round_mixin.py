from odoo import api, models


class ComplaintPolicyCheckRoundMixin(models.AbstractModel):
    """What can't work in rounds and follow-ups; part of ``complaint.policy.check``."""

    _name = "complaint.policy.check.round.mixin"
    _description = "Policy Check of Rounds and Follow-ups"

    @api.model
    def _check_rounds(self, policy):
        """Rounds that lead nowhere or never come."""
        rules = policy.round_rule_ids
        labels = dict(rules._fields["forum"]._description_selection(self.env))
        outside = rules.filtered(lambda rule: rule.forum != "internal")
        if policy.max_rounds and not outside:
            text = self.env._(
                "After %s internal rounds nothing is left: no rule names a body "
                "outside.",
                policy.max_rounds,
            )
            yield self._make_finding(policy, text)
        for rule in rules - outside:
            if 0 < policy.max_rounds < rule.number_from:
                text = self.env._(
                    "“%(rule)s” begins with round %(number)s; the policy knows only "
                    "%(count)s internal rounds.",
                    rule=rule.name,
                    number=rule.number_from,
                    count=policy.max_rounds,
                )
                yield self._make_finding(rule, text)
        for rule in outside.filtered(lambda rule: not rule.forum_partner_id):
            text = self.env._(
                "“%(rule)s” (%(forum)s) names no body: it has to be named on each "
                "case.",
                rule=rule.name,
                forum=labels[rule.forum],
            )
            yield self._make_finding(rule, text)

    @api.model
    def _check_round_order(self, policy):
        """Internal rules that an earlier one always hides."""
        hiding = []
        for rule in policy.round_rule_ids.sorted("sequence"):
            if rule.forum != "internal":
                continue
            first = next((one for one in hiding if self._covers(one, rule)), None)
            if first:
                text = self.env._(
                    "“%(rule)s” never holds: “%(first)s” comes first and fits the same "
                    "rounds of all cases.",
                    rule=rule.name,
                    first=first.name,
                )
                yield self._make_finding(rule, text)
            hiding.append(rule)

    @api.model
    def _covers(self, one, other) -> bool:
        """Tell whether ``one`` fits every round that ``other`` fits."""
        last, end = (rule.number_to or 99 for rule in (one, other))
        return (
            one._get_filter_domain().is_true()
            and one.number_from <= other.number_from
            and end <= last
        )

    @api.model
    def _check_follow_ups(self, policy):
        """Follow-ups that ask nothing, nobody or never."""
        phases = policy.stage_ids.mapped("phase")
        for rule in policy.follow_up_rule_ids:
            for text, severity in self._get_follow_up_lacks(rule, phases):
                yield self._make_finding(rule, text, severity)
        needed = policy.close_needs_satisfaction
        early = policy.follow_up_rule_ids.filtered(lambda rule: rule.event != "closed")
        if needed not in ("none", False) and policy.follow_up_rule_ids and not early:
            text = self.env._(
                "Closing needs the complainant's satisfaction, and follow-ups ask "
                "about it only after closing."
            )
            yield self._make_finding(policy, text)

    @api.model
    def _get_follow_up_lacks(self, rule, phases) -> list[tuple]:
        """Return text and severity of what can't work in one rule."""
        scored = rule.question_ids.filtered(lambda row: row.kind != "text")
        lacks = []
        if not rule.question_ids:
            text = self.env._("“%s” asks no question.", rule.name)
            lacks.append((text, "warning"))
        if rule.target_score and not sum(scored.mapped("weight")):
            text = self.env._(
                "“%s” has a target, and none of its questions counts.", rule.name
            )
            lacks.append((text, "error"))
        if rule.low_result == "round" and not rule.target_score:
            text = self.env._(
                "“%s” begins a round below a target that it doesn't have.", rule.name
            )
            lacks.append((text, "warning"))
        if not rule.share:
            text = self.env._("“%s” asks nobody: its share is none.", rule.name)
            lacks.append((text, "error"))
        if rule.event_phase and rule.event_phase not in phases:
            text = self.env._("“%s” waits for a phase that no stage has.", rule.name)
            lacks.append((text, "warning"))
        return lacks + self._get_caller_lacks(rule)

    @api.model
    def _get_caller_lacks(self, rule) -> list[tuple]:
        """Return text and severity of why nobody can ask what one rule wants."""
        if rule.role_id.resolution == "partner":
            text = self.env._(
                "“%(rule)s” is asked by “%(role)s”, an outside partner: nobody here "
                "finds it on a calling list.",
                rule=rule.name,
                role=rule.role_id.name,
            )
            return [(text, "error")]
        if rule.independent and rule.role_id.resolution == "handler":
            text = self.env._(
                "“%s” is asked by the handler and not by the handler: the office "
                "stands in.",
                rule.name,
            )
            return [(text, "warning")]
        return []
