from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.complaint_round import SATISFACTION_VIA


class ComplaintSatisfaction(models.TransientModel):
    """Asks what the complainant says of the answer, and lets the case go on."""

    _name = "complaint.satisfaction"
    _description = "Is the Complainant Satisfied?"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    round_id = fields.Many2one(
        "complaint.round", compute="_compute_round_id", store=True, precompute=True
    )
    round_number = fields.Integer(related="round_id.number")
    satisfaction = fields.Selection(
        [
            ("satisfied", "Satisfied"),
            ("dissatisfied", "Not Satisfied"),
            ("no_answer", "Doesn't Answer"),
        ],
        required=True,
        default="satisfied",
    )
    via = fields.Selection(
        SATISFACTION_VIA, string="How Asked", required=True, default="call"
    )
    reason_id = fields.Many2one(
        "complaint.reason",
        string="Why Not",
        domain="[('usage', '=', 'dissatisfied'),"
        " ('policy_id', 'in', (policy_id, False))]",
    )
    note = fields.Text(string="What the Complainant Says")
    no_further = fields.Boolean(
        string="No Further Complaint",
        help="The complainant declares to leave it at that.",
    )
    # how it goes on
    is_exhausted = fields.Boolean(compute="_compute_course")
    outside_rule_ids = fields.Many2many(
        "complaint.round.rule", compute="_compute_course"
    )
    next_text = fields.Char(compute="_compute_course")
    rule_id = fields.Many2one(
        "complaint.round.rule",
        string="Goes On At",
        domain="[('id', 'in', outside_rule_ids)]",
        help="Empty: the next round in the house.",
    )
    forum_partner_id = fields.Many2one(
        "res.partner",
        string="Outside Body",
        compute="_compute_forum",
        store=True,
        readonly=False,
    )
    forum_reference = fields.Char(string="Case Number There")
    filed_on = fields.Date(default=fields.Date.context_today)

    @api.depends("complaint_id")
    def _compute_round_id(self):
        for wizard in self:
            wizard.round_id = wizard.complaint_id.round_id

    @api.depends("complaint_id")
    def _compute_course(self):
        course = self.env["complaint.round.course"]
        rules = self.env["complaint.round.rule"]
        for wizard in self:
            case = wizard.complaint_id
            wizard.is_exhausted = course._is_exhausted(case)
            wizard.outside_rule_ids = course._get_outside_rules(case)
            rule = rules._get_matching(case).filtered(
                lambda row: row.forum == "internal"
            )
            wizard.next_text = self.env._(
                "Round %(number)s begins: %(rule)s",
                number=case.round_id.number + 1,
                rule=rule[:1].name or self.env._("led by whom it was before."),
            )

    @api.depends("rule_id")
    def _compute_forum(self):
        for wizard in self:
            wizard.forum_partner_id = wizard.rule_id.forum_partner_id

    def action_note(self):
        """Note what was said; a complainant who isn't satisfied begins a round.

        :raise UserError: no reason was given, somebody else has noted it meanwhile,
            or the policy knows no such round
        """
        self.ensure_one()
        case, course = self.complaint_id, self.env["complaint.round.course"]
        case.check_access("write")
        if self.round_id != case.round_id:
            raise UserError(
                self.env._(
                    "Round %s has begun meanwhile. Reload to see what happened.",
                    case.round_id.number,
                )
            )
        course._check_answered(case)
        dissatisfied = self.satisfaction == "dissatisfied"
        if dissatisfied and not self.reason_id:
            raise UserError(self.env._("Say why the complainant isn't satisfied."))
        goes_on = dissatisfied and not self.no_further
        if goes_on:
            course._check_next(case, self.rule_id)
        course._note(
            case,
            self.satisfaction,
            satisfaction_via=self.via,
            satisfaction_note=self.note,
            dissatisfaction_id=dissatisfied and self.reason_id.id,
            no_further=self.no_further and self.satisfaction != "no_answer",
        )
        if goes_on:
            course._go_on(
                case,
                self.reason_id,
                self.note,
                self.rule_id,
                forum_partner_id=self.forum_partner_id.id,
                forum_reference=self.forum_reference,
                filed_on=self.filed_on,
            )
        return case._get_action_after_hand_over()
