from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .complaint_reason import CONCLUSIONS
from .complaint_stage import CLOSED_PHASES

#: Phases that a case may be in before it is accepted.
PHASES_BEFORE_ACCEPTANCE = ("received", "assessment", "refused")


class ComplaintResolutionMixin(models.AbstractModel):
    """How a case came to its end: accepted or not, what was found, what was offered.

    The facts are rows of their own, kept for ever; this shows them on the case.
    """

    _name = "complaint.resolution.mixin"
    _description = "Complaint Resolution"

    # acceptance
    acceptance_ids = fields.One2many(
        "complaint.acceptance", "complaint_id", string="Decisions on Acceptance"
    )
    acceptance = fields.Selection(
        [
            ("undecided", "Undecided"),
            ("completion", "To Be Completed"),
            ("accepted", "Admitted"),
            ("refused", "Not Accepted"),
        ],
        compute="_compute_acceptance",
        store=True,
        tracking=True,
        index="btree_not_null",
        help="Empty: the policy decides on acceptance of no such case.",
    )
    acceptance_pending = fields.Boolean(compute="_compute_can_decide")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    missing = fields.Text(string="What Is Missing", compute="_compute_missing")
    limitation_text = fields.Char(
        string="Limitation Period", compute="_compute_limitation_text"
    )
    # finding
    finding_ids = fields.One2many(
        "complaint.finding", "complaint_id", string="Findings"
    )
    finding_id = fields.Many2one(
        "complaint.finding",
        string="Last Finding",
        compute="_compute_finding",
        store=True,
    )
    finding = fields.Selection(
        CONCLUSIONS, compute="_compute_finding", store=True, tracking=True
    )
    cause_id = fields.Many2one(
        "complaint.reason",
        compute="_compute_finding",
        store=True,
        index="btree_not_null",
    )
    finding_tier = fields.Integer(
        string="Findings in This Round",
        compute="_compute_finding",
        store=True,
        help="1 after the first finding, 2 when the committee has confirmed it.",
    )
    # remedies
    remedy_ids = fields.One2many("complaint.remedy", "complaint_id")
    remedy_count = fields.Integer(compute="_compute_remedies")
    remedy_total = fields.Monetary(
        string="Value of Remedies",
        compute="_compute_remedies",
        help="Of what was executed, or may still be.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    can_propose = fields.Boolean(compute="_compute_can_propose")

    # Not on the policy's setting: changing that must not touch every case it has.
    @api.depends(
        "kind_id",
        "track",
        "round_id",
        "acceptance_ids.state",
        "acceptance_ids.decision",
    )
    def _compute_acceptance(self):
        shown = {"accept": "accepted", "completion": "completion", "refuse": "refused"}
        for case in self:
            rows = case.acceptance_ids.filtered(lambda row: row.state == "valid")
            last = rows.sorted("id")[-1:]
            # Who was refused and comes back is heard anew.
            if last.decision == "accept" or (last and last.round_id == case.round_id):
                case.acceptance = shown[last.decision]
            elif case.policy_id._decides_acceptance(case):
                case.acceptance = "undecided"
            else:
                case.acceptance = False

    @api.depends_context("uid")
    @api.depends("acceptance", "acceptance_ids.state", "is_closed", "can_edit")
    def _compute_can_decide(self):
        for case in self:
            case.acceptance_pending = "pending" in case.acceptance_ids.mapped("state")
            case.can_decide = (
                case.can_edit
                and not case.is_closed
                and not case.acceptance_pending
                and case._is_undecided()
            )

    @api.depends("acceptance_ids.state", "acceptance_ids.missing")
    def _compute_missing(self):
        for case in self:
            asked = case.acceptance_ids.filtered(lambda row: row._is_waiting())
            case.missing = asked[:1].missing

    @api.depends("occurred_at", "received_at", "policy_id", "kind_id", "category_id")
    def _compute_limitation_text(self):
        for case in self:
            policy = case.policy_id
            late = policy._is_too_late(case)
            case.limitation_text = late and case._get_limitation_text(policy)

    @api.depends(
        "round_id", "finding_ids.conclusion", "finding_ids.cause_id", "finding_ids"
    )
    def _compute_finding(self):
        for case in self:
            findings = case.finding_ids.sorted("id")
            last = findings[-1:]
            case.finding_id = last
            case.finding = last.conclusion
            case.cause_id = last.cause_id
            case.finding_tier = len(
                findings.filtered(lambda row, case=case: row.round_id == case.round_id)
            )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for case in self:
            case.currency_id = case.company_id.currency_id

    @api.depends_context("uid")
    @api.depends("remedy_ids.state", "remedy_ids.amount")
    def _compute_remedies(self):
        sums = {
            case: (count, amount)
            for case, count, amount in self.env["complaint.remedy"]._read_group(
                [
                    ("complaint_id", "in", self.ids),
                    ("state", "not in", ("refused", "countered", "cancelled")),
                ],
                ["complaint_id"],
                ["__count", "amount:sum"],
            )
        }
        for case in self:
            case.remedy_count, case.remedy_total = sums.get(case._origin, (0, 0))

    @api.depends_context("uid")
    @api.depends("can_edit", "is_closed", "policy_id")
    def _compute_can_propose(self):
        for case in self:
            case.can_propose = (
                case.can_edit
                and not case.is_closed
                and bool(case.policy_id.remedy_type_ids)
            )

    # ------------------------------------------------------------
    # ACCEPTANCE
    # ------------------------------------------------------------

    def _is_undecided(self) -> bool:
        """Tell whether a decision on the acceptance of this case may be made."""
        self.ensure_one()
        return self.acceptance in (False, "undecided", "completion") and (
            self.policy_id._decides_acceptance(self)
        )

    def _is_acceptance_owed(self) -> bool:
        """Tell whether this case must be accepted before it goes on."""
        self.ensure_one()
        return self.policy_id.acceptance == "required" and self._is_undecided()

    def _get_missing_acceptance(self, stage) -> list:
        """Return ``(case, message)`` of those that may not enter ``stage`` yet."""
        if stage.phase in PHASES_BEFORE_ACCEPTANCE:
            return []
        return [
            (case, self.env._("its acceptance (use “Decide on Acceptance”)."))
            for case in self
            if case._is_acceptance_owed()
            and stage != case.policy_id.completion_stage_id
            # Of what was taken back nothing is left to decide.
            and not (
                stage.phase in CLOSED_PHASES and case.outcome_id.outcome == "withdrawn"
            )
        ]

    def _check_no_decision_owed(self):
        """Refuse to close cases as not accepted beside the decision that says so.

        :raise UserError: naming the button
        """
        for case in self:
            # Its master goes on and is decided on.
            if case._is_undecided() and not case.master_id:
                raise UserError(
                    self.env._(
                        "%s: use “Decide on Acceptance” to refuse it. It asks for the "
                        "ground, and for the approval that the policy wants.",
                        case.name,
                    )
                )

    def _check_accepted(self):
        """Refuse to go on with a case that is not accepted yet.

        :raise UserError: the policy wants it to be accepted before
        """
        for case in self:
            if case._is_acceptance_owed():
                raise UserError(
                    self.env._(
                        "%s is not accepted yet: use “Decide on Acceptance” first.",
                        case.name,
                    )
                )

    def _get_limitation_text(self, policy) -> str:
        """Say how long ago it happened, and how long the policy gives."""
        rule = policy._get_limitation_rule(self)
        if rule:
            end = rule._get_dates(policy, rule._get_date(self))["due_at"]
            return self.env._(
                "The time for it, “%(rule)s”, ended on %(date)s, before it was "
                "reported.",
                rule=rule.name,
                date=format_date(self.env, policy._get_local_day(end)),
            )
        unit, limit = policy.limitation_unit or "months", policy.limitation_delay
        passed = relativedelta(self.received_at, self.occurred_at)
        days = (self.received_at - self.occurred_at).days
        ages = {
            "days": days,
            "weeks": days // 7,
            "months": passed.years * 12 + passed.months,
        }
        # Whole units: what is a day over the limit is "more than" the limit.
        texts = {
            "days": self.env._(
                "It happened more than %(age)s days before it was reported; the "
                "policy's limit is %(limit)s days."
            ),
            "weeks": self.env._(
                "It happened more than %(age)s weeks before it was reported; the "
                "policy's limit is %(limit)s weeks."
            ),
            "months": self.env._(
                "It happened more than %(age)s months before it was reported; the "
                "policy's limit is %(limit)s months."
            ),
        }
        return texts[unit] % {"age": max(ages[unit], limit), "limit": limit}

    def action_completed(self):
        """Note that the complainant has brought what was missing; go on as before."""
        self.check_access("write")
        # sudo: complaint.acceptance - evidence, written by these methods only
        rows = self.sudo().acceptance_ids
        rows.filtered(lambda row: row._is_waiting())._complete()
        return True

    # ------------------------------------------------------------
    # FINDING AND REMEDIES
    # ------------------------------------------------------------

    def _get_own_investigation(self):
        """Return the open request for a finding that is the user's, at most one."""
        asked = self.assignment_ids.filtered(
            lambda row: row.type == "investigation" and row._is_open() and row.is_mine
        )
        return asked[:1]

    def action_view_remedies(self):
        """Open the remedies of this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_remedy_action"
        )
        return {
            **action,
            "domain": [("complaint_id", "=", self.id)],
            "context": {"complaint_of_case": True},
        }
