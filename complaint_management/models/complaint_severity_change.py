from odoo import api, fields, models


class ComplaintSeverityChange(models.Model):
    """Evidence that a case became more or less severe, why and by whom."""

    _name = "complaint.severity.change"
    _description = "Change of Severity"
    _order = "id desc"
    _rec_name = "to_id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    from_id = fields.Many2one("complaint.severity", ondelete="restrict")
    to_id = fields.Many2one("complaint.severity", required=True, ondelete="restrict")
    rule_id = fields.Many2one("complaint.severity.rule", ondelete="set null")
    note = fields.Char(string="Reason")
    user_id = fields.Many2one(
        "res.users", string="By", default=lambda self: self.env.uid
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True)

    @api.model
    def _record(self, complaints, before: dict):
        """Keep each change with its reason, and tell the engine of those upwards.

        :param before: the severity that each case of ``complaints`` had
        """
        changed = complaints.filtered(lambda case: before[case] != case.severity_id)
        if not changed:
            return
        rule = self.env.context.get("complaint_severity_rule")
        note = self.env.context.get("complaint_severity_note")
        # sudo: complaint.severity.change - evidence, written by the case only
        self.sudo().create(
            [
                {
                    "complaint_id": case.id,
                    "from_id": before[case].id,
                    "to_id": case.severity_id.id,
                    "rule_id": rule,
                    "note": note,
                }
                for case in changed
            ]
        )
        raised = changed.filtered(
            lambda case: case.severity_level > before[case].sequence
        )
        if raised:
            raised._complaint_event("severity_raised")
            outranked = raised.filtered(lambda case: case.severity_id.role_id)
            self.env["complaint.routing"]._reroute(outranked, accepted=True)
            # What is being registered reaches its severity at the end of its intake.
            intake = self.env.context.get("complaint_intake", ())
            known = raised.filtered(lambda case: case.id not in intake)
            if known:
                known._complaint_event("severity_reached")
