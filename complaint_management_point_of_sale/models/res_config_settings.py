from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_complaint_printed = fields.Boolean(
        related="pos_config_id.complaint_printed", readonly=False
    )
    pos_complaint_department_id = fields.Many2one(
        related="pos_config_id.complaint_department_id", readonly=False
    )
    pos_complaint_policy_id = fields.Many2one(
        related="pos_config_id.complaint_policy_id", readonly=False
    )
    pos_complaint_text = fields.Char(
        related="pos_config_id.complaint_text", readonly=False
    )
    pos_complaint_size = fields.Float(
        related="pos_config_id.complaint_size", readonly=False
    )
    complaint_pos_problem = fields.Char(compute="_compute_complaint_pos_problem")

    @api.depends("pos_config_id", "pos_complaint_printed", "pos_complaint_policy_id")
    def _compute_complaint_pos_problem(self):
        for settings in self:
            till = settings.pos_config_id
            problem = False
            if till and settings.pos_complaint_printed:
                problem = settings._get_complaint_pos_problem(till)
            settings.complaint_pos_problem = problem

    def _get_complaint_pos_problem(self, till):
        """Return why receipts of ``till`` carry no code, in words, or nothing."""
        if not till._get_complaint_feedback_settings()._is_printed():
            return self.env._("Codes on receipts are switched off for all tills.")
        if not till._takes_complaints(self.pos_complaint_policy_id):
            return self.env._("No complaint policy of the company is in force.")
        if not till._is_complaint_address_short():
            return self.env._(
                "The address of the public pages is too long for a code that phones "
                "can read: set a shorter one in the settings of complaints."
            )
        return False

    def action_pos_complaint_replace_code(self):
        """Let the till print a new code."""
        self.pos_config_id.action_complaint_replace_code()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The till prints a new code. The old one opens nothing but "
                    "receipts whose order is in."
                ),
            },
        }
