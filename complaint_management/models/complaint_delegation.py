from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ComplaintDelegation(models.Model):
    """Somebody is away, somebody else answers questions for them so long.

    Also those asked before the absence began. Who is away may answer all the same.
    """

    _name = "complaint.delegation"
    _description = "Delegation of Approvals"
    _inherit = ["complaint.scheduled.mixin"]
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Who Is Away",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.uid,
        domain="[('share', '=', False)]",
    )
    delegate_id = fields.Many2one(
        "res.users",
        string="Who Answers",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
    )
    date_from = fields.Datetime(
        string="Away From", required=True, default=fields.Datetime.now
    )
    date_to = fields.Datetime(string="Until", required=True)
    policy_id = fields.Many2one(
        "complaint.policy", ondelete="cascade", help="Empty: for all policies."
    )
    note = fields.Char(string="Why")
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Away Now"), ("over", "Over")],
        compute="_compute_state",
    )

    _dates_order = models.Constraint(
        "CHECK(date_from < date_to)", "An absence ends after it began."
    )

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        now = fields.Datetime.now()
        for row in self:
            begun = row.date_from and row.date_from <= now
            over = row.date_to and row.date_to <= now
            row.state = "over" if over else "running" if begun else "planned"

    @api.depends("user_id", "delegate_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = (
                f"{row.user_id.name or ''} → {row.delegate_id.name or ''}"
            )

    @api.constrains("user_id", "delegate_id", "date_from", "date_to", "policy_id")
    def _check_circle(self):
        for row in self:
            if row.user_id == row.delegate_id:
                raise ValidationError(
                    self.env._("Nobody answers for themselves: choose somebody else.")
                )
            # sudo: complaint.delegation - others' absences count, seen or not
            overlapping = self.sudo().search(row._get_overlapping_domain())
            reached = overlapping._get_reached(row.delegate_id)
            if row.user_id in reached:
                raise ValidationError(
                    self.env._(
                        "%(delegate)s has delegated to %(user)s, directly or through "
                        "others, in the same time: questions would go round in a "
                        "circle. Choose somebody else or other dates.",
                        delegate=row.delegate_id.name,
                        user=row.user_id.name,
                    )
                )

    def _get_overlapping_domain(self) -> Domain:
        """Return the domain of the others that hold at some time of this one."""
        domain = (
            Domain("id", "!=", self.id)
            & Domain("date_from", "<", self.date_to)
            & Domain("date_to", ">", self.date_from)
        )
        if self.policy_id:
            domain &= Domain("policy_id", "in", (self.policy_id.id, False))
        return domain

    def _get_reached(self, users):
        """Return ``users`` and whom they delegate to by these rows, step by step."""
        reached, last = users, users
        while last:
            rows = self.filtered(lambda row, last=last: row.user_id in last)
            last = rows.delegate_id - reached
            reached |= last
        return reached

    # ------------------------------------------------------------
    # WHO ANSWERS FOR WHOM NOW
    # ------------------------------------------------------------

    @api.model
    def _get_current(self, policy):
        """Return the delegations that hold now for questions of ``policy``."""
        now = fields.Datetime.now()
        # sudo: complaint.delegation - the rules work for whoever asks
        return self.sudo().search(
            [
                ("date_from", "<=", now),
                ("date_to", ">", now),
                ("policy_id", "in", (policy.id, False)),
            ]
        )

    # ------------------------------------------------------------
    # BEGIN AND END
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._plan()
        rows._update_approvals(rows.user_id | rows.delegate_id)
        return rows

    def write(self, vals):
        users = self.user_id | self.delegate_id
        result = super().write(vals)
        # Nobody makes their own absence one of somebody else.
        self.check_access("write")
        if {"user_id", "delegate_id", "date_from", "date_to", "policy_id"} & set(vals):
            self._plan()
            self._update_approvals(users | self.user_id | self.delegate_id)
        return result

    def unlink(self):
        users = self.user_id | self.delegate_id
        result = super().unlink()
        self._update_approvals(users)
        return result

    def _plan(self):
        """Set when this begins or ends, and wake the scheduler for it."""
        now = fields.Datetime.now()
        for row in self:
            moments = [row.date_from, row.date_to]
            ahead = [moment for moment in moments if moment > now]
            # sudo: complaint.delegation - the time is the scheduler's, not the user's
            row.sudo().next_event_at = min(ahead, default=False)
        self.env["complaint.runner"]._wake(self)

    def _run_due(self):
        """Let the delegates in, or out again."""
        self._plan()
        self._update_approvals(self.user_id | self.delegate_id)

    @api.model
    def _update_approvals(self, users):
        """Look anew at who may answer the open questions to ``users``."""
        # sudo: complaint.approval - the questions of the cases are the system's
        approvals = self.env["complaint.approval"].sudo()
        domain = Domain("user_ids", "in", users.ids)
        domain |= Domain("delegate_ids", "in", users.ids)
        approvals.search(domain & Domain("state", "=", "pending"))._set_delegates()
