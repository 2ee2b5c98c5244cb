from odoo import api, fields, models


class ComplaintMessageWrite(models.TransientModel):
    """Asks what to tell the complainant: the one way from staff to the case page."""

    _name = "complaint.message.write"
    _description = "Write to the Complainant"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    text = fields.Text(required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    mail_count = fields.Integer(compute="_compute_mail_count")

    @api.depends("complaint_id")
    def _compute_mail_count(self):
        for wizard in self:
            parties = wizard.complaint_id._get_all_parties()
            reached = parties.get(wizard.complaint_id, self.env["complaint.party"])
            wizard.mail_count = len(
                reached.filtered(
                    lambda row: row.type == "complainant" and row.email_key
                )
            )

    def action_send(self):
        """Put it on the page, and tell those who have an address that it is there."""
        self.ensure_one()
        self.env["complaint.message"]._send(
            self.complaint_id, self.text, self.attachment_ids
        )
        return {"type": "ir.actions.act_window_close"}
