from odoo import api, fields, models

from .complaint_feedback_guard import LIMITS, PARAMETER
from .complaint_mail_sender import AUTHSERV


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_complaint_everybody = fields.Boolean(
        string="Every Employee Registers Complaints",
        group="base.group_user",
        implied_group="complaint_management.group_complaint_registrar",
    )
    # mail
    complaint_mail_authserv = fields.Char(
        string="Mail Server that Checks Senders", config_parameter=AUTHSERV
    )
    # public form
    complaint_base_url = fields.Char(
        string="Address of the Public Pages",
        config_parameter="complaint_management.base_url",
    )
    complaint_limit_address_short = fields.Integer("Per address in 10 minutes")
    complaint_limit_address_hour = fields.Integer("Per address and hour")
    complaint_limit_address_day = fields.Integer("Per address and day")
    complaint_limit_document_day = fields.Integer("Per printed document and day")
    complaint_limit_point_day = fields.Integer("Per place and day")
    complaint_limit_total_day = fields.Integer("In all, per day")
    complaint_limit_attempts = fields.Integer("Attempts per address in 10 minutes")
    complaint_limit_scans = fields.Integer("Scans per address and code in 10 minutes")
    # case page
    complaint_limit_message_address_short = fields.Integer(
        "Messages per address in 10 minutes"
    )
    complaint_limit_message_address_day = fields.Integer("Messages per address and day")
    complaint_limit_message_case_short = fields.Integer(
        "Messages on a case in 10 minutes"
    )
    complaint_limit_message_case_day = fields.Integer("Messages on a case and day")
    complaint_limit_phrase_address_short = fields.Integer(
        "Tries of a phrase per address in 10 minutes"
    )
    complaint_limit_phrase_address_day = fields.Integer(
        "Tries of a phrase per address and day"
    )
    complaint_limit_phrase_number_hour = fields.Integer(
        "Tries of a phrase per number and hour"
    )
    complaint_limit_exempt = fields.Char(
        string="Without Limits", config_parameter="complaint_management.limit_exempt"
    )

    @api.model
    def get_values(self):
        """Show the limits that hold; 0 is no limit, not a missing parameter."""
        guard = self.env["complaint.feedback.guard"]
        limits = {f"complaint_{name}": guard._get_limit(name) for name in LIMITS}
        return {**super().get_values(), **limits}

    def set_values(self):
        """Keep the limits; see ``get_values``."""
        result = super().set_values()
        # sudo: ir.config_parameter - the settings may be saved by administrators only
        parameters = self.env["ir.config_parameter"].sudo()
        for name in LIMITS:
            value = max(0, self[f"complaint_{name}"])
            parameters.set_param(f"{PARAMETER}{name}", str(value))
        return result
