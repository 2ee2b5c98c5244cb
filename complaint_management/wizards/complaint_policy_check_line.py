from odoo import fields, models


class ComplaintPolicyCheckLine(models.TransientModel):
    """One thing that can't work in a policy."""

    _name = "complaint.policy.check.line"
    _description = "Policy Check Line"
    _order = "severity, id"

    check_id = fields.Many2one(
        "complaint.policy.check", required=True, index=True, ondelete="cascade"
    )
    severity = fields.Selection(
        [("error", "Can't Work"), ("warning", "Hardly Meant So")], required=True
    )
    name = fields.Char(string="Where")
    text = fields.Char(string="What")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")

    def action_open(self):
        """Open the record that this is about."""
        self.ensure_one()
        return (
            self.env[self.res_model]
            .browse(self.res_id)
            ._get_records_action(target="current")
        )
