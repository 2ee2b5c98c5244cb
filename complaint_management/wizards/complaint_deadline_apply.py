from odoo import api, fields, models
from odoo.fields import Command

#: Cases that are matched at a time.
BATCH = 1000


class ComplaintDeadlineApply(models.TransientModel):
    """Shows what the rules and calendars of today would change in open cases."""

    _name = "complaint.deadline.apply"
    _description = "Apply Deadline Rules to Open Cases"

    policy_id = fields.Many2one(
        "complaint.policy",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    rule_ids = fields.Many2many(
        "complaint.deadline.rule",
        string="Only These Rules",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: all rules.",
    )
    line_ids = fields.One2many(
        "complaint.deadline.apply.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=True,
    )
    count = fields.Integer(compute="_compute_count", string="Deadlines Changed")

    @api.depends("policy_id", "rule_ids")
    def _compute_line_ids(self):
        for wizard in self:
            lines = {}
            for batch in wizard._get_batches():
                for change in wizard._get_changes(batch):
                    wizard._add_to_lines(lines, *change)
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(values) for values in lines.values()),
            ]

    @api.depends("line_ids.count")
    def _compute_count(self):
        for wizard in self:
            wizard.count = sum(wizard.line_ids.mapped("count"))

    def action_apply(self):
        """Move, start and call off the clocks, each on record."""
        self.ensure_one()
        self.policy_id.check_access("write")
        matching = self.env["complaint.deadline.matching"]
        for batch in self._get_batches():
            matching._apply(self._get_changes(batch), "applied")
            self.env.flush_all()
            self.env.invalidate_all()
        return {"type": "ir.actions.act_window_close"}

    def _get_batches(self) -> list:
        # sudo: complaint.complaint - a rule holds for all cases of the policy
        complaints = self.env["complaint.complaint"].sudo()
        cases = complaints.search(
            [("policy_id", "=", self.policy_id.id), ("is_closed", "=", False)],
            order="id",
        )
        return [cases[start : start + BATCH] for start in range(0, len(cases), BATCH)]

    def _get_changes(self, complaints) -> list[tuple]:
        matching = self.env["complaint.deadline.matching"]
        return [
            (rule, clock, values)
            for rule, clock, values in matching._get_changes(complaints, anew=True)
            if not self.rule_ids or (rule or clock.rule_id) in self.rule_ids
        ]

    def _add_to_lines(self, lines, rule, clock, values):
        """Count a change in the line of its rule; the first one is the example."""
        type_ = "start" if not clock else "move" if rule else "cancel"
        rule = rule or clock.rule_id
        line = lines.setdefault(
            (rule, type_),
            {
                "rule_id": rule.id,
                "type": type_,
                "count": 0,
                "complaint_id": clock.complaint_id.id
                if clock
                else values["complaint_id"],
                "old_due_at": clock and clock.due_at,
                "new_due_at": values and values["due_at"],
            },
        )
        line["count"] += 1


class ComplaintDeadlineApplyLine(models.TransientModel):
    """What one rule would change."""

    _name = "complaint.deadline.apply.line"
    _description = "Change of Deadlines by a Rule"

    wizard_id = fields.Many2one(
        "complaint.deadline.apply", required=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("complaint.deadline.rule")
    type = fields.Selection(
        [("move", "Moved"), ("start", "Started"), ("cancel", "Called Off")],
        string="Change",
    )
    count = fields.Integer(string="Cases")
    complaint_id = fields.Many2one("complaint.complaint", string="For Example")
    old_due_at = fields.Datetime(string="Due Now")
    new_due_at = fields.Datetime(string="Due Then")
