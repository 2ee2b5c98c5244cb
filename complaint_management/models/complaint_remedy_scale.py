from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang


class ComplaintRemedyScale(models.Model):
    """How much of a remedy such a case may get: class A ten times, class B twice."""

    _name = "complaint.remedy.scale"
    _description = "Line of a Remedy Scale"
    _inherit = ["complaint.coded.mixin", "complaint.filter.mixin"]
    _policy_file_section = "scale"
    _policy_file_parent = "type_id"

    type_id = fields.Many2one(
        "complaint.remedy.type", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(related="type_id.policy_id")
    currency_id = fields.Many2one(related="policy_id.company_id.currency_id")
    name = fields.Char(required=True, translate=True)
    default_amount = fields.Float(string="Amount Proposed")
    max_amount = fields.Float(string="Highest Amount", help="0: no limit.")
    default_ratio = fields.Float(string="Multiple Proposed")
    max_ratio = fields.Float(string="Highest Multiple", help="0: no limit.")

    _figures_positive = models.Constraint(
        "CHECK(default_amount >= 0 AND max_amount >= 0"
        " AND default_ratio >= 0 AND max_ratio >= 0)",
        "The figures of a remedy can't be negative.",
    )
    _type_code_uniq = models.Constraint(
        "UNIQUE(type_id, code)", "This code is already used in the scale."
    )

    @api.constrains("default_amount", "max_amount", "default_ratio", "max_ratio")
    def _check_proposal(self):
        for line in self:
            for measure in ("amount", "ratio"):
                most, proposed = line[f"max_{measure}"], line[f"default_{measure}"]
                if most and proposed > most:
                    raise ValidationError(
                        self.env._(
                            "“%s” proposes more than it allows at the most.", line.name
                        )
                    )

    def _get_limit_text(self) -> str:
        """Return what this line allows at the most, in words; nothing: no limit."""
        parts = []
        if self.max_ratio:
            parts.append(f"1:{self.max_ratio:g}")
        if self.max_amount:
            currency = self.currency_id
            parts.append(formatLang(self.env, self.max_amount, currency_obj=currency))
        return ", ".join(parts)
