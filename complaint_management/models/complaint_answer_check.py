from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ComplaintAnswerCheck(models.Model):
    """One thing that the policy demands of one answer: met or not, and by whom."""

    _name = "complaint.answer.check"
    _description = "Checklist of an Answer"
    _order = "sequence, id"
    _rec_name = "requirement_id"

    answer_id = fields.Many2one(
        "complaint.answer", required=True, index=True, ondelete="cascade"
    )
    complaint_id = fields.Many2one(
        related="answer_id.complaint_id",
        store=True,
        precompute=True,
        ondelete="cascade",
    )
    requirement_id = fields.Many2one(
        "complaint.answer.requirement",
        string="What is Required",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(
        related="requirement_id.sequence", store=True, precompute=True
    )
    check = fields.Selection(related="requirement_id.check")
    hint = fields.Text(related="requirement_id.hint")
    ticked = fields.Boolean(string="Done")
    ticked_by_id = fields.Many2one("res.users", readonly=True)
    ticked_at = fields.Datetime(readonly=True)
    is_met = fields.Boolean(string="Met", compute="_compute_is_met")

    _requirement_uniq = models.Constraint(
        "UNIQUE(answer_id, requirement_id)", "It is on the list already."
    )

    @api.depends(
        "ticked",
        "requirement_id.check",
        "answer_id.text",
        "answer_id.state",
        "answer_id.point_ids.answer",
    )
    def _compute_is_met(self):
        for row in self:
            kept = row.ticked and (
                row.check == "ticked" or row.answer_id.state == "given"
            )
            row.is_met = kept or row.requirement_id._is_met(row.answer_id)

    def write(self, vals):
        if not self.env.su:
            self._check_tick(vals)
            if "ticked" in vals:
                # sudo: complaint.answer.check - who ticks is noted, not chosen
                self.sudo().write(
                    {
                        "ticked_by_id": vals["ticked"] and self.env.uid,
                        "ticked_at": vals["ticked"] and fields.Datetime.now(),
                    }
                )
        return super().write(vals)

    def _check_tick(self, vals):
        """Refuse anything but ticking what is to be ticked, as long as it counts."""
        if vals.keys() - {"ticked"}:
            raise AccessError(self.env._("The checklist comes from the policy."))
        for row in self:
            if row.answer_id.state != "draft":
                raise UserError(
                    self.env._("The checklist of this answer is kept as it was.")
                )
            if row.check != "ticked":
                raise UserError(
                    self.env._(
                        "“%s” is checked by itself.", row.requirement_id.display_name
                    )
                )
