from odoo import api, fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    complaint_approval_id = fields.Many2one(
        "complaint.approval", index="btree_not_null", ondelete="cascade"
    )

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._redirect_from_excluded()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "res_id", "res_model_id"} & vals.keys():
            self._redirect_from_excluded()
        return result

    def _redirect_from_excluded(self):
        """Give what was planned for a person complained about to somebody else."""
        model = "complaint.complaint"
        ids = {row.res_id for row in self if row.res_model == model}
        if ids:
            complaints = self.env[model].browse(ids).exists()
            self.env["complaint.discretion"]._drop_excluded(complaints)
