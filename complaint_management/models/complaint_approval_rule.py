from odoo import api, fields, models, tools

from ..tools.events import APPROVAL_SUBJECTS


class ComplaintApprovalRule(models.Model):
    """What needs approval, from which figure on, of whom, how many and after whom.

    Several rules may ask about one thing: those of one step are asked at once, those
    of a later step when the earlier ones have approved.
    """

    _name = "complaint.approval.rule"
    _description = "Approval Rule"
    _inherit = ["complaint.policy.item.mixin", "complaint.filter.mixin"]
    _complaint_used_by = [
        ("complaint.approval", "rule_id"),
        ("complaint.deadline", "end_approval_rule_id"),
        ("complaint.deadline.rule", "event_approval_rule_id"),
        ("complaint.deadline.rule", "end_approval_rule_id"),
        ("complaint.escalation.rule", "event_approval_rule_id"),
        ("complaint.follow.up.rule", "event_approval_rule_id"),
    ]
    _order = "step, sequence, id"

    name = fields.Char(help="Stands on the question: whose approval of what it is.")
    subject = fields.Selection(
        APPROVAL_SUBJECTS, string="Matter", required=True, default="remedy"
    )
    # limits
    amount_over = fields.Float(
        aggregator=None,
        help="Asked when the amount, in the company's currency, is over this. With a "
        "ratio beside it, either is enough. Both 0: always.",
    )
    ratio_over = fields.Float(
        aggregator=None,
        help="Asked when the ratio is over this, 1 for 1:1, 10 for 1:10. 0: the ratio "
        "doesn't matter.",
    )
    over_maximum = fields.Boolean(
        string="Above the Maximum Only",
        help="Asked when a remedy is more than the scale of its type allows.",
    )
    cumulative = fields.Boolean(
        string="Together with Earlier Ones",
        help="The limit is for all remedies of the case that this rule is about, so "
        "that a large amount isn't given in small parts.",
    )
    remedy_type_ids = fields.Many2many(
        "complaint.remedy.type",
        string="Remedy Types",
        domain="[('policy_id', '=', policy_id)]",
        help="Which remedies. Empty: any.",
    )
    stage_ids = fields.Many2many(
        "complaint.stage",
        string="Stages",
        domain="[('policy_id', '=', policy_id)]",
        help="Entering which stages. Empty: any.",
    )
    letter_template_ids = fields.Many2many(
        "complaint.letter.template",
        string="Letters",
        domain="[('policy_id', '=', policy_id)]",
        help="Sending which letters. Empty: any.",
    )
    # of whom
    role_id = fields.Many2one(
        "complaint.role",
        string="Asked Of",
        required=True,
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    count = fields.Integer(
        string="How Many",
        aggregator=None,
        default=1,
        help="So many holders of the role have to approve, each of them once. 0: all.",
    )
    independent = fields.Boolean(
        string="Not Who Worked on It",
        help="Whoever handled the case in any round, gave an opinion or made a finding "
        "doesn't approve.",
    )
    step = fields.Integer(
        aggregator=None,
        default=1,
        required=True,
        help="Rules of a later step are asked when those of the earlier ones have "
        "approved.",
    )

    _limits_positive = models.Constraint(
        "CHECK(amount_over >= 0 AND ratio_over >= 0)", "A limit can't be negative."
    )
    _count_positive = models.Constraint(
        "CHECK(count >= 0 AND step >= 0)",
        "The number of approvers and the step can't be negative.",
    )

    @api.model
    @tools.ormcache("subject")
    def _get_ids_by_policy(self, subject: str) -> dict:
        """Return the ids of the rules about ``subject`` by policy."""
        # sudo: complaint.approval.rule - rules work for whoever asks
        rules = self.sudo().search([("subject", "=", subject)])
        return {
            policy.id: rows.ids for policy, rows in rules.grouped("policy_id").items()
        }

    @api.model
    def _get_rules(self, policies, subject: str):
        """Return the rules of ``policies`` about ``subject``, in their order."""
        known = self._get_ids_by_policy(subject)
        # sudo: complaint.approval.rule - as above
        return self.sudo().browse(
            id_ for policy in policies for id_ in known.get(policy.id, ())
        )

    @api.model
    def _get_matching(self, rows) -> dict:
        """Return, by row, the rules by which it needs approval.

        :param rows: ``complaint.approvable.mixin`` rows of one model
        """
        found = {row: self.browse() for row in rows}
        for subject, some in rows.grouped(lambda r: r._get_approval_subject()).items():
            rules = self._get_rules(some.complaint_id.policy_id, subject)
            for rule in rules:
                for row in rule._filter_rows(some):
                    found[row] |= rule
        return found

    def _filter_rows(self, rows):
        """Return those of ``rows`` that need approval by this rule."""
        cases = rows.complaint_id.filtered(
            lambda case: case.policy_id == self.policy_id
        )
        cases = self._filter_complaints(cases)
        return rows.filtered(
            lambda row: (
                row.complaint_id in cases
                and self._is_in_scope(row._get_approval_scope())
                and self._is_over(self._get_figures(row))
            )
        )

    def _get_figures(self, row) -> dict:
        """Return the figures of ``row`` to which the limits of this rule apply."""
        figures = row._get_approval_figures()
        if self.cumulative:
            return row._add_up_approval_figures(figures, self)
        return figures

    def _get_unfit(self, complaint):
        """Return who must not approve anything of ``complaint`` by this rule."""
        if not self.independent:
            return self.env["res.users"]
        return complaint._get_involved_users()

    def _is_in_scope(self, scope: dict) -> bool:
        """Tell whether this rule is about what ``scope`` names.

        :param scope: record by the field of the rule that narrows by such records
        """
        return all(
            not self[name] or self[name] & record
            for name, record in scope.items()
            if name in self._fields
        )

    def _is_over(self, figures: dict) -> bool:
        """Tell whether ``figures`` are above the limits of this rule."""
        if self.over_maximum and not figures.get("over_maximum"):
            return False
        limits = {"amount": self.amount_over, "ratio": self.ratio_over}
        limits = {name: limit for name, limit in limits.items() if limit}
        return not limits or any(
            (figures.get(name) or 0) > limit for name, limit in limits.items()
        )
