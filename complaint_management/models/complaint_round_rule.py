from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.events import FORUMS


class ComplaintRoundRule(models.Model):
    """Where such a case goes on when the complainant isn't satisfied.

    An internal rule says who leads the next round and where it begins; the first that
    fits holds. Every rule with another forum is a body that may be chosen.
    """

    _name = "complaint.round.rule"
    _description = "Round Rule"
    _inherit = ["complaint.policy.item.mixin", "complaint.filter.mixin"]
    _complaint_used_by = [("complaint.round", "rule_id")]

    name = fields.Char(help="What whoever asks the complainant chooses from.")
    number_from = fields.Integer(
        string="From Round", aggregator=None, required=True, default=2
    )
    number_to = fields.Integer(
        string="To Round", aggregator=None, help="0: any later round."
    )
    forum = fields.Selection(FORUMS, required=True, default="internal")
    forum_partner_id = fields.Many2one(
        "res.partner",
        string="Outside Body",
        ondelete="restrict",
        help="Mediation committee, authority, court … Empty: named on the case.",
    )
    role_id = fields.Many2one(
        "complaint.role",
        string="Led By",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: who led the round before.",
    )
    other_handler = fields.Boolean(
        string="Not the Same Handler",
        help="Whoever handled the round before doesn't handle this one, nor who "
        "handled an earlier one as long as there is somebody else.",
    )
    stage_id = fields.Many2one(
        "complaint.stage",
        string="Begins In",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: in the first stage; outside the house, where the case is.",
    )
    severity_id = fields.Many2one(
        "complaint.severity",
        string="Raise to Severity",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )

    @api.constrains("number_from", "number_to")
    def _check_numbers(self):
        for rule in self:
            if rule.number_from < 2 or 0 < rule.number_to < rule.number_from:
                raise ValidationError(
                    self.env._(
                        "“%s” is about later rounds: from 2 on, and not ending before "
                        "it begins.",
                        rule.name,
                    )
                )

    @api.model
    def _get_matching(self, complaint):
        """Return the rules for the next round of ``complaint``, best first."""
        number = complaint.round_id.number + 1
        # sudo: complaint.round.rule - rules work for whoever asks the complainant
        case = complaint.sudo()
        return case.policy_id.round_rule_ids.sorted("sequence").filtered(
            lambda rule: (
                rule.number_from <= number
                and (not rule.number_to or number <= rule.number_to)
                and rule._filter_complaints(case)
            )
        )
