from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .complaint_assignment import OPEN_STATES


class ComplaintAssignment(models.Model):
    """What those who are asked see and are told."""

    _inherit = "complaint.assignment"

    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    asked_name = fields.Char(string="Who Is Asked", compute="_compute_asked_name")
    can_answer = fields.Boolean(compute="_compute_can_answer")
    can_finish = fields.Boolean(
        compute="_compute_can_finish",
        help="Accepted; or asked of an outside party, whose answer is written down.",
    )
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Asked of me, or of nobody by name in a department or office of mine.",
    )

    withdrawal_ids = fields.One2many("complaint.withdrawal", "assignment_id")
    verifies_withdrawal = fields.Boolean(compute="_compute_verifies_withdrawal")

    @api.depends("withdrawal_ids.state")
    def _compute_verifies_withdrawal(self):
        for assignment in self:
            states = assignment.withdrawal_ids.mapped("state")
            assignment.verifies_withdrawal = "asked" in states

    @api.depends("due_at", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for assignment in self:
            due = assignment._is_open() and assignment.due_at
            assignment.is_late = bool(due and due < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in", OPEN_STATES), ("due_at", "<", "now")]

    @api.depends_context("uid")
    @api.depends("user_id", "department_id", "state")
    def _compute_can_answer(self):
        answerable = self._filtered_access("write")
        for assignment in self:
            assignment.can_answer = assignment in answerable

    @api.depends("partner_id", "user_id", "candidate_ids", "department_id")
    def _compute_asked_name(self):
        for assignment in self:
            # sudo: res.users, res.partner - who was asked is no secret on the case
            row = assignment.sudo()
            asked = row.partner_id or row.user_id or row.candidate_ids
            names = (asked or row.department_id).mapped("name")
            assignment.asked_name = ", ".join(filter(None, names))

    @api.depends_context("uid")
    @api.depends("can_answer", "state", "partner_id")
    def _compute_can_finish(self):
        for assignment in self:
            begun = assignment.state == "accepted" or (
                assignment.state == "pending" and assignment.partner_id
            )
            assignment.can_finish = assignment.can_answer and bool(begun)

    @api.depends_context("uid")
    @api.depends("user_id", "department_id", "partner_id", "candidate_ids")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_domain_of_user(self.env.user))
        for assignment in self:
            assignment.is_mine = assignment in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_domain_of_user(self.env.user)

    def action_refuse(self):
        """Open the window that asks why the assignment goes back."""
        self._check_state(["pending"], self.env._("refused"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "complaint.assignment.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_assignment_id": self.id},
        }

    def action_verify_withdrawal(self):
        """Open the window that asks whether the withdrawal is voluntary."""
        return self.withdrawal_ids[:1].action_verify()

    def _check_ends_by_hand(self):
        result = super()._check_ends_by_hand()
        for assignment in self.filtered("verifies_withdrawal"):
            raise UserError(
                self.env._(
                    "Use “Verify Withdrawal” on “%s”: it asks what was found.",
                    assignment.display_name,
                )
            )
        return result

    def action_open(self):
        """Open this assignment in a window, where its holder writes the opinion."""
        self.ensure_one()
        # The view by its id: the list's context names a shorter one.
        view = self.env.ref("complaint_management.complaint_assignment_view_form")
        return {
            **self._get_records_action(target="new", name=self.display_name),
            "views": [(view.id, "form")],
        }

    def action_open_complaint(self):
        """Open the case of this assignment."""
        self.ensure_one()
        return self.complaint_id._get_records_action()

    def _post_refusal(self):
        """Tell who asked, and who answers for the case again, that it came back."""
        body = self.env._(
            "%(user)s refused “%(name)s”: %(reason)s %(note)s",
            user=self.env.user.name,
            name=self.name,
            reason=self.refusal_reason_id.name,
            note=self.refusal_note or "",
        )
        record = self.complaint_id or self.policy_id
        record.message_post(body=body, author_id=self.env.user.partner_id.id)
        told = self.requested_by_id | self.complaint_id.responsible_id
        told -= self.env.user | self.complaint_id.excluded_user_ids
        if told:
            record.message_notify(
                partner_ids=told.partner_id.ids,
                subject=self.env._("Refused: %s", self.display_name),
                body=body,
            )

    def _check_state(self, allowed, verb):
        wrong = self.filtered(lambda assignment: assignment.state not in allowed)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” can't be %(verb)s: it is “%(state)s” already "
                    "(%(user)s). Reload to see what happened meanwhile.",
                    name=wrong[0].display_name,
                    verb=verb,
                    state=labels[wrong[0].state],
                    user=(wrong[0].done_by_id or wrong[0].user_id).name or "–",
                )
            )

    def _run_due(self):
        """Tell who was just asked; ask again for what recurs until the end."""
        told, now = self.filtered("notice_at"), fields.Datetime.now()
        told._notify_assigned()
        for row in told:
            row.next_event_at = row.template_id._get_repeat_time(row)
        told.notice_at = False
        # After a long silence the next time may have come, too.
        due = self.filtered(lambda r: r.next_event_at and r.next_event_at <= now)
        for template, assignments in due.grouped("template_id").items():
            template._repeat(assignments)

    def _notify_assigned(self):
        """Tell everybody who was just given something: one message a person.

        It comes from whoever gave it, as if they had written it.
        """
        per_pair = defaultdict(self.browse)
        for assignment in self.filtered(lambda row: row.state == "pending"):
            for user in assignment._get_users_to_notify():
                per_pair[user, assignment.create_uid] |= assignment
        for (user, sender), assignments in per_pair.items():
            assignments.with_context(lang=user.lang)._notify_user(user, sender)

    def _get_users_to_notify(self):
        """Return who is told of this assignment; never somebody excluded from it."""
        # sudo: hr.employee - whoever routes needn't read employees
        department = self.department_id.sudo()
        users = (
            self.user_id
            or self.candidate_ids
            or department.complaint_contact_ids
            or department.manager_id.user_id
            or department.complaint_member_ids.user_id
        ).filtered("active")
        return users - self.complaint_id.excluded_user_ids - self.create_uid

    def _notify_user(self, user, sender):
        lines = Markup("").join(
            Markup('<li><a href="/odoo/complaint-assignments/%s">%s</a></li>')
            % (assignment.id, assignment.display_name)
            for assignment in self
        )
        # sudo: complaint.complaint - the notice is the system's, not the registrar's
        record = (self.complaint_id[:1] or self.policy_id[:1]).sudo()
        record.message_notify(
            author_id=sender.partner_id.id,
            partner_ids=user.partner_id.ids,
            subject=self.env._("Complaints: you are asked to act"),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (self.env._("You or your department are asked for:"), lines),
        )

    def _get_domain_of_user(self, user) -> Domain:
        """Return the domain of what ``user`` holds, or can take for a department."""
        departments = self.env["hr.department"].with_user(user)
        departments = departments._get_complaint_departments()
        nobody = Domain("user_id", "=", False) & Domain("partner_id", "=", False)
        return Domain("user_id", "=", user.id) | (
            nobody
            & (
                Domain("department_id", "in", departments.ids)
                | Domain("candidate_ids", "in", user.ids)
            )
        )
