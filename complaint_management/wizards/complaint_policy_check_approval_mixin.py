from itertools import combinations

from odoo import api, models

#: What the approval rules of two rows have in common when they ask the same.
SAME = ("subject", "role_id", "step", "amount_over", "ratio_over", "stage_ids")


class ComplaintPolicyCheckApprovalMixin(models.AbstractModel):
    """What can't work in approval rules; part of ``complaint.policy.check``."""

    _name = "complaint.policy.check.approval.mixin"
    _description = "Policy Check of Approvals"

    @api.model
    def _check_approvals(self, policy):
        """Approvals that nobody can give, or that are asked twice."""
        for rule in policy.approval_rule_ids:
            text = self._get_unanswerable(rule)
            if text:
                yield self._make_finding(rule, text, "error")
            if policy._get_first_stage() in rule.stage_ids:
                text = self.env._(
                    "“%s” is about the first stage, which every case enters without "
                    "approval.",
                    rule.name,
                )
                yield self._make_finding(rule, text)
        for one, other in combinations(policy.approval_rule_ids, 2):
            same = all(one[name] == other[name] for name in SAME)
            if same and self._share_values(one, other):
                text = self.env._(
                    "“%(one)s” and “%(other)s” ask the same role for the same.",
                    one=one.name,
                    other=other.name,
                )
                yield self._make_finding(one, text)

    @api.model
    def _get_unanswerable(self, rule) -> str | None:
        """Return why this approval is never given, None if it may be."""
        role = rule.role_id
        if role.resolution == "partner":
            return self.env._(
                "“%(rule)s” asks “%(role)s”, an outside partner: nobody there can "
                "answer here.",
                rule=rule.name,
                role=role.name,
            )
        if role.resolution not in ("office", "users", "group", "duty"):
            return None
        # sudo: complaint.role - as when it is asked
        target = role.sudo()._get_target(self.env["complaint.complaint"])
        if not target.users:
            return self.env._(
                "“%(rule)s” asks “%(role)s”, and nobody is in it.",
                rule=rule.name,
                role=role.name,
            )
        if role.resolution != "duty" and rule.count > len(target.users):
            return self.env._(
                "“%(rule)s” wants %(count)s approvals of “%(role)s”, which has "
                "%(holders)s holders.",
                rule=rule.name,
                count=rule.count,
                role=role.name,
                holders=len(target.users),
            )
        return None
