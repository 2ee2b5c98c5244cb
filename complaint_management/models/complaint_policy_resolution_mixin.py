from odoo import api, fields, models

from ..tools.delay import add_calendar_delay

#: Units in which a limitation period is written.
LIMITATION_UNITS = [
    ("days", "Calendar Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
]


class ComplaintPolicyResolutionMixin(models.AbstractModel):
    """What a policy says about the way from acceptance to satisfaction."""

    _name = "complaint.policy.resolution.mixin"
    _description = "Complaint Policy: Resolution"

    # acceptance
    acceptance = fields.Selection(
        [
            ("none", "Not Used"),
            ("optional", "May Be Decided"),
            ("required", "Required before Handling"),
        ],
        string="Decision on Acceptance",
        required=True,
        default="none",
        help="Required: nothing enters a stage of phase Handling or later before it is "
        "accepted.",
    )
    acceptance_kind_ids = fields.Many2many(
        "complaint.kind",
        "complaint_policy_acceptance_kind_rel",
        string="Decided for Kinds",
        domain="[('policy_id', '=', id)]",
        help="Empty: all kinds.",
    )
    acceptance_track = fields.Selection(
        [("spot", "On the Spot"), ("formal", "Formal")],
        string="Decided on Track",
        help="Empty: both tracks.",
    )
    completion_stage_id = fields.Many2one(
        "complaint.stage",
        string="Stage while Incomplete",
        domain="[('policy_id', '=', id)]",
        help="A case waits here while the complainant is asked for what is missing. "
        "Let the stage pause clocks if they should stand still. Empty: it stays where "
        "it is.",
    )
    limitation_delay = fields.Integer(
        string="Limitation Period",
        help="So long after the event a complaint may be made. 0: always. For periods "
        "that differ by category, or count working days, add deadline rules from a "
        "date of the case to “Complaint Registered”.",
    )
    limitation_unit = fields.Selection(
        LIMITATION_UNITS, string="Unit of the Limitation", default="months"
    )
    # finding and remedies
    investigator_min = fields.Integer(
        string="Investigators at Least", help="So many names stand under a finding."
    )
    remedy_consent = fields.Boolean(
        string="Consent before a Remedy",
        default=True,
        help="A remedy is carried out only when the complainant has accepted it.",
    )
    remedy_type_ids = fields.One2many("complaint.remedy.type", "policy_id", copy=True)
    approval_rule_ids = fields.One2many(
        "complaint.approval.rule", "policy_id", copy=True
    )
    # answers and letters
    letter_template_ids = fields.One2many(
        "complaint.letter.template", "policy_id", copy=True
    )
    answer_requirement_ids = fields.One2many(
        "complaint.answer.requirement", "policy_id", copy=True
    )
    answer_moves_stage = fields.Boolean(
        string="Final Answer Moves the Case",
        help="Giving it moves the case on to the stage of phase “Answer”.",
    )
    close_needs_answer = fields.Boolean(
        string="Closing Needs a Final Answer",
        help="Cases that are withdrawn, not accepted or merged need none.",
    )

    # rounds and follow-up
    max_rounds = fields.Integer(
        string="Internal Rounds",
        help="How often a case is handled in the house, the first time included; then "
        "only bodies outside are left. 0: as often as needed.",
    )
    close_needs_satisfaction = fields.Selection(
        [
            ("none", "Nothing"),
            ("asked", "The Complainant Was Asked"),
            ("satisfied", "A Satisfied Complainant, or the End of the Road"),
            ("declared", "Satisfied, and No Further Complaint Declared"),
        ],
        string="Closing Needs",
        required=True,
        default="none",
        help="Withdrawn, merged and not accepted cases need nothing.",
    )
    round_rule_ids = fields.One2many("complaint.round.rule", "policy_id", copy=True)
    follow_up_question_ids = fields.One2many(
        "complaint.follow.up.question", "policy_id", copy=True
    )
    follow_up_rule_ids = fields.One2many(
        "complaint.follow.up.rule", "policy_id", copy=True
    )

    follow_up_count = fields.Integer(compute="_compute_follow_up_rate")
    follow_up_open_count = fields.Integer(compute="_compute_follow_up_rate")
    follow_up_rate = fields.Integer(
        string="Reached (%)",
        compute="_compute_follow_up_rate",
        help="Of the follow-ups that were made, given up or are overdue.",
    )
    satisfied_rate = fields.Integer(
        string="Satisfied (%)", compute="_compute_follow_up_rate"
    )

    _max_rounds_positive = models.Constraint(
        "CHECK(max_rounds >= 0)", "The number of rounds can't be negative."
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_follow_up_rate(self):
        follow_ups = self.env["complaint.follow.up"]
        figures = follow_ups._get_figures(self)
        for policy in self:
            for name, value in figures[policy].items():
                policy[name] = value

    def action_open_follow_ups(self):
        """Open the follow-ups of this policy that are to be made."""
        self.ensure_one()
        action = "complaint_management.complaint_follow_up_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "context": {"search_default_policy_id": self.id, "search_default_open": 1},
        }

    withdrawal_verified = fields.Boolean(
        string="Withdrawals Are Verified",
        help="Somebody else than who noted it asks whether the complainant was "
        "pressed; until then the case stays open.",
    )
    withdrawal_role_id = fields.Many2one(
        "complaint.role",
        string="Withdrawals Verified By",
        domain="[('policy_id', '=', id)]",
        help="Empty: the complaint office.",
    )

    @api.model
    def _get_item_fields(self) -> list[str]:
        """Return the fields of such rows, in the order in which they may refer."""
        return [
            "remedy_type_ids",
            "letter_template_ids",
            "answer_requirement_ids",
            "approval_rule_ids",
            "round_rule_ids",
            "follow_up_question_ids",
            "follow_up_rule_ids",
        ]

    def _decides_acceptance(self, complaint) -> bool:
        """Tell whether this policy has the acceptance of ``complaint`` decided."""
        kinds, track = self.acceptance_kind_ids, self.acceptance_track
        return (
            self.acceptance in ("optional", "required")
            and (not kinds or complaint.kind_id in kinds)
            and (not track or complaint.track == track)
        )

    def _get_limitation_rule(self, complaint):
        """Return the deadline rule that is the limitation period of ``complaint``.

        The first that counts from a date of the case to its registration and fits;
        none: the period of the policy, if any, holds.
        """
        # sudo: complaint.deadline.rule - rules work for whoever registers
        rules = self.sudo().deadline_rule_ids.filtered(
            lambda rule: rule.end_event == "received"
        )
        for rule in rules.sorted("sequence"):
            start = rule._get_date(complaint)
            if (
                start
                and rule._is_in_force(start)
                and rule._filter_complaints(complaint)
            ):
                return rule
        return rules.browse()

    def _is_too_late(self, complaint) -> bool:
        """Tell whether ``complaint`` was made after the limitation period."""
        rule = self._get_limitation_rule(complaint)
        if rule and complaint.received_at:
            dates = rule._get_dates(self, rule._get_date(complaint))
            return dates["due_at"] < complaint.received_at
        happened, delay = complaint.occurred_at, self.limitation_delay
        if not (happened and delay and complaint.received_at):
            return False
        end = add_calendar_delay(
            happened, delay, self.limitation_unit or "months", self._get_tz()
        )
        return end < complaint.received_at

    def _get_end_stage(self, meaning):
        """Return the stage in which a case with an outcome of this meaning ends.

        :param meaning: a key of ``complaint.reason.outcome``
        """
        stages = self.stage_ids.sorted("sequence")
        closed = stages.filtered(lambda stage: stage.phase == "closed")
        if meaning == "not_accepted":
            closed = stages.filtered(lambda stage: stage.phase == "refused") or closed
        return closed[:1]
