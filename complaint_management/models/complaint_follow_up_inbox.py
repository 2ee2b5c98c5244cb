from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .complaint_follow_up import OPEN_CALLS


class ComplaintFollowUp(models.Model):
    """The calling list: what those who call see and do."""

    _inherit = "complaint.follow.up"

    subject = fields.Char(related="complaint_id.subject", related_sudo=False)
    category_id = fields.Many2one(
        related="complaint_id.category_id", related_sudo=False
    )
    contact_name = fields.Char(string="Complainant", compute="_compute_contact")
    contact_phone = fields.Char(string="Phone", compute="_compute_contact")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Asked of me, or of nobody by name in a department of mine.",
    )
    can_call = fields.Boolean(compute="_compute_is_mine")

    @api.depends_context("uid")
    @api.depends("complaint_id")
    def _compute_contact(self):
        # Not by the case's own fields: what one user sees of them stays cached.
        parties = self.complaint_id._get_contact_parties()
        for row in self:
            party = parties[row.complaint_id]
            row.contact_name = party.name
            row.contact_phone = party.phone

    @api.depends("due_at", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for row in self:
            row.is_late = bool(row._is_open() and row.due_at and row.due_at < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in", OPEN_CALLS), ("due_at", "<", "now")]

    @api.depends_context("uid")
    @api.depends("user_id", "department_id", "candidate_ids", "state")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_domain_of_user(self.env.user))
        writable = self.complaint_id._filtered_access("write")
        for row in self:
            row.is_mine = row in mine
            row.can_call = row._is_open() and (
                row.is_mine or row.complaint_id in writable
            )

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_domain_of_user(self.env.user)

    @api.model
    def _get_domain_of_user(self, user) -> Domain:
        """Return the domain of what ``user`` is asked for, or can take."""
        departments = self.env["hr.department"].with_user(user)
        departments = departments._get_complaint_departments()
        return Domain("user_id", "=", user.id) | (
            Domain("user_id", "=", False)
            & (
                Domain("department_id", "in", departments.ids)
                | Domain("candidate_ids", "in", user.ids)
            )
        )

    def _check_may_call(self):
        """Refuse who isn't to call, and what is over.

        :raise UserError: naming why
        """
        self.check_access("read")
        for row in self:
            if not row._is_open():
                labels = dict(row._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(name)s” is over: %(state)s. Reload to see what happened.",
                        name=row.display_name,
                        state=labels[row.state],
                    )
                )
            if row.rule_id.independent and self.env.user == row.handled_by_id:
                raise UserError(
                    self.env._(
                        "You have answered for %s yourself: somebody else asks whether "
                        "the complainant is satisfied.",
                        row.complaint_id.name,
                    )
                )
            if not row.can_call:
                raise UserError(
                    self.env._(
                        "“%s” is somebody else's to ask. The complaint office can take "
                        "it over.",
                        row.display_name,
                    )
                )

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_call(self):
        """Open the questionnaire of this follow-up."""
        self.ensure_one()
        self._check_may_call()
        call = self.env["complaint.follow.up.call"]._open(self)
        return call._get_records_action(target="new", name=self.display_name)

    def action_no_answer(self):
        """Note that nobody answered: tried again later, given up at last."""
        self._check_may_call()
        self._note_attempt("no_answer")
        return True

    def action_give_up(self):
        """Give the follow-up up."""
        self._check_may_call()
        self.sudo()._end()  # sudo: complaint.follow.up - evidence, written by methods
        return True

    def action_take(self):
        """Take over follow-ups that wait for somebody."""
        self._check_may_call()
        # sudo: complaint.follow.up - as above
        self.sudo().user_id = self.env.user
        return True

    def action_open_complaint(self):
        """Open the case of this follow-up."""
        self.ensure_one()
        return self.complaint_id._get_records_action()

    def action_next(self):
        """Open the questionnaire of the user's next call, the most urgent first."""
        row = self._get_next_call()
        if row:
            return row.action_call()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("All your calls are made for now."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _get_next_call(self):
        """Return the follow-up that the user makes next, none when all are made."""
        waiting = Domain("state", "in", OPEN_CALLS) & Domain("call_at", "<=", "now")
        domain = waiting & Domain("is_mine", "=", True)
        rows = self.search(domain, order="due_at, call_at, id", limit=20)
        return rows.filtered(
            lambda row: (
                not row.rule_id.independent or row.handled_by_id != self.env.user
            )
        )[:1]
