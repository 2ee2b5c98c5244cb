from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ComplaintPoint(models.Model):
    """One thing that is complained of, and what is answered to it."""

    _name = "complaint.point"
    _description = "Point of a Complaint"
    _order = "sequence, id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What Exactly", required=True)
    answer = fields.Text(string="Our Answer")
    is_answered = fields.Boolean(compute="_compute_is_answered")

    def write(self, vals):
        if not self.env.su:
            # The form of an answer writes the case along: nothing moves by that.
            stays = self.complaint_id.ids == [vals.get("complaint_id")]
            self._check_changeable(vals.keys() - ({"complaint_id"} if stays else set()))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        if not self.env.su:
            self._check_changeable({"name"})

    def _check_changeable(self, names):
        """Refuse to move points, and to change what a final answer has said of them.

        Whoever writes another answer may say something else there.

        :raise AccessError: they are moved to another case
        :raise UserError: they are answered
        """
        if "complaint_id" in names:
            raise AccessError(self.env._("A point stays with its case."))
        if not {"name", "answer"} & names:
            return
        # sudo: complaint.answer - what was told counts, whoever edits
        for case in self.sudo().complaint_id:
            answers = case.answer_ids.filtered(
                lambda row, case=case: row.round_id == case.round_id
            )
            final = answers.filtered(lambda row: row.type == "final")
            told = "given" in final.mapped("state")
            if told and "draft" not in answers.mapped("state"):
                raise UserError(
                    self.env._(
                        "The points of %s are kept as they were answered: write "
                        "another answer to change them.",
                        case.name,
                    )
                )

    @api.depends("answer")
    def _compute_is_answered(self):
        for point in self:
            point.is_answered = bool((point.answer or "").strip())
