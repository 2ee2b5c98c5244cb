from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintFeedbackRotate(models.TransientModel):
    """Asks how long the printed codes go on when places get new ones."""

    _name = "complaint.feedback.rotate"
    _description = "New QR Code"

    point_ids = fields.Many2many(
        "complaint.feedback.point",
        string="Places",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    old_until = fields.Date(
        string="Old Posters Work Until",
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
        help="Last day of the codes that hang there now. Empty: they end at once.",
    )

    def action_rotate(self):
        """Give the places new codes.

        :raise UserError: the old ones would have ended already
        """
        self.ensure_one()
        self.point_ids.check_access("write")
        if self.old_until and self.old_until < fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day to come, or none."))
        for point in self.point_ids:
            until = self.old_until and point.policy_id._get_end_of_day(
                fields.Datetime.to_datetime(self.old_until) + timedelta(hours=4)
            )
            point._add_link(until or None)
        return {"type": "ir.actions.act_window_close"}
