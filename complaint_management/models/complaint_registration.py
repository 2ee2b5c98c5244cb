from odoo import fields, models

from .complaint_stage import PHASES


class ComplaintRegistration(models.Model):
    """What the person who took a complaint may know of it once others handle it."""

    _name = "complaint.registration"
    _description = "My Registered Complaints"
    _auto = False
    _order = "received_at desc, id desc"
    _rec_name = "name"
    _depends = {
        "complaint.complaint": [
            "name",
            "policy_id",
            "phase",
            "received_at",
            "registered_by_id",
            "handover_state",
            "closed_at",
            "company_id",
        ]
    }

    name = fields.Char(string="Number", readonly=True)
    complaint_id = fields.Many2one("complaint.complaint", readonly=True)
    policy_id = fields.Many2one("complaint.policy", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    phase = fields.Selection(PHASES, string="Status", readonly=True)
    received_at = fields.Datetime(string="Received", readonly=True)
    closed_at = fields.Datetime(string="Closed", readonly=True)
    registered_by_id = fields.Many2one("res.users", readonly=True)
    handover_state = fields.Selection(
        [("pending", "Waiting for Acceptance"), ("accepted", "Accepted")],
        string="Hand-over",
        readonly=True,
    )

    @property
    def _table_query(self):
        return """
            SELECT id, id AS complaint_id, name, policy_id, company_id, phase,
                   received_at, closed_at, registered_by_id, handover_state
              FROM complaint_complaint
             WHERE master_id IS NULL
        """
