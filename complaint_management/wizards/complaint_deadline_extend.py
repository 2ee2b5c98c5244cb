from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.complaint_approval import OPEN_STATES
from ..models.complaint_delay_mixin import get_delay_end


class ComplaintDeadlineExtend(models.TransientModel):
    """Asks for another date of a clock, and why."""

    _name = "complaint.deadline.extend"
    _description = "Extend a Deadline"

    deadline_id = fields.Many2one("complaint.deadline", required=True)
    rule_id = fields.Many2one(related="deadline_id.rule_id", related_sudo=False)
    old_due_at = fields.Datetime(
        related="deadline_id.due_at", related_sudo=False, string="Due Now"
    )
    due_at = fields.Datetime(string="New Date", required=True)
    reason = fields.Char(required=True)
    latest_at = fields.Datetime(compute="_compute_latest_at", string="At the Latest")

    @api.depends("deadline_id")
    def _compute_latest_at(self):
        for wizard in self:
            clock = wizard.deadline_id
            most = wizard.rule_id._get_extension_max(clock)
            wizard.latest_at = most and get_delay_end(
                clock.due_at, most, clock.delay_unit, clock._get_office()
            )

    def action_extend(self):
        """Ask for the extension; what nobody has to approve holds at once.

        :raise UserError: the policy doesn't allow this date, or it comes too late
        """
        self.ensure_one()
        clock = self.deadline_id
        clock.complaint_id.check_access("write")
        clock._check_extendable()
        self._check_date(clock)
        if clock.figure_missing:
            # sudo: complaint.deadline - agreed by who leads the case
            clock.sudo()._agree(self.due_at, self.reason)
        else:
            self._create_request(clock)._request_approval()
        return {"type": "ir.actions.act_window_close"}

    def _create_request(self, clock):
        # sudo: complaint.change.request - evidence, made by the case only
        return (
            self.env["complaint.change.request"]
            .sudo()
            .create(
                {
                    "complaint_id": clock.complaint_id.id,
                    "round_id": clock.round_id.id,
                    "subject": "extension",
                    "deadline_id": clock.id,
                    "due_at": self.due_at,
                    "reason": self.reason,
                }
            )
        )

    def _check_date(self, clock):
        if clock.figure_missing:
            if self.due_at <= clock.started_at:
                raise UserError(
                    self.env._(
                        "The date lies before the beginning of “%s”.",
                        clock.display_name,
                    )
                )
            return
        if self.due_at <= clock.due_at:
            raise UserError(self.env._("The new date is not later than the old one."))
        if self.latest_at and self.due_at > self.latest_at:
            units = dict(clock._fields["delay_unit"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The policy allows at most %(count)s %(unit)s more.",
                    count=self.rule_id._get_extension_max(clock),
                    unit=units[clock.delay_unit],
                )
            )
        # sudo: complaint.approval - a question that somebody else has asked counts
        approvals = self.env["complaint.approval"].sudo()
        if approvals.search_count(
            [("deadline_id", "=", clock.id), ("state", "in", OPEN_STATES)], limit=1
        ):
            raise UserError(
                self.env._(
                    "An extension of “%s” waits for approval.", clock.display_name
                )
            )
