from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import groupby

from ..tools.events import APPROVAL_SUBJECTS

#: Questions that somebody still has to answer, now or later.
OPEN_STATES = ("waiting", "pending")


class ComplaintApproval(models.Model):
    """One question to the holders of a role about one thing, with the answer.

    The rows of one request are told by the thing they are about and by the attempt.
    Those of a rule that wants several approvals are open one after the other, each for
    whoever of the role has not answered yet, so that nobody sees a question twice.
    Answering is in ``complaint_approval_answer.py``.
    """

    _name = "complaint.approval"
    _description = "Complaint Approval"
    _inherit = ["complaint.row.mixin", "complaint.approval.notice.mixin"]
    _order = "id desc"
    _rec_name = "reason"

    # what about
    subject = fields.Selection(
        APPROVAL_SUBJECTS, string="Matter", required=True, readonly=True
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Row", model_field="res_model", required=True, readonly=True
    )
    attempt = fields.Integer(
        string="Times Asked",
        default=1,
        readonly=True,
        help="Asked again after a change: 2, 3 …",
    )
    deadline_id = fields.Many2one(
        "complaint.deadline", index="btree_not_null", ondelete="cascade"
    )
    due_at = fields.Datetime(string="New Date")
    reason = fields.Char(string="What Is Asked", required=True)
    summary = fields.Html(compute="_compute_summary")
    # of whom
    rule_id = fields.Many2one(
        "complaint.approval.rule", index="btree_not_null", ondelete="restrict"
    )
    role_id = fields.Many2one("complaint.role", string="Asked Of", ondelete="set null")
    step = fields.Integer(default=1, readonly=True)
    user_ids = fields.Many2many("res.users", string="May Answer")
    delegate_ids = fields.Many2many(
        "res.users",
        "complaint_approval_delegate_rel",
        string="Answer for Them",
        help="During an absence.",
    )
    requested_by_id = fields.Many2one(
        "res.users", default=lambda self: self._get_author()
    )
    requested_at = fields.Datetime(default=fields.Datetime.now)
    opened_at = fields.Datetime(
        string="Open Since", readonly=True, help="When it was the turn of this step."
    )
    # answer
    state = fields.Selection(
        [
            ("waiting", "Not Yet Asked"),
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Called Off"),
        ],
        required=True,
        default="pending",
        index=True,
    )
    answered_by_id = fields.Many2one("res.users")
    answered_for_id = fields.Many2one("res.users", string="On Behalf Of")
    answered_at = fields.Datetime()
    answer_note = fields.Text(string="Reason of the Answer", readonly=True)

    _row_idx = models.Index("(res_id, res_model)")

    @api.depends("res_model", "res_id")
    def _compute_summary(self):
        for approval in self:
            row = approval._get_row().exists()
            approval.summary = row._get_approval_summary() if row else approval.reason

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    def _ask(self, rows):
        """Ask what the policies' rules want; approve at once what nobody has to.

        :param rows: ``complaint.approvable.mixin`` rows of one model
        :raise UserError: somebody has to approve and nobody could
        """
        # sudo: any approvable row - rules work for whoever asks
        rows = rows.sudo()
        self._cancel_of(rows)
        # sudo: complaint.approval - evidence, made by the case only
        approvals = self.sudo()
        memo, vals_list = {}, []
        attempts = approvals._get_attempts(rows)
        matching = self.env["complaint.approval.rule"]._get_matching(rows)
        for row, rules in matching.items():
            for slot in approvals._get_slots(row, rules, memo):
                vals_list.append(
                    {**self._prepare(row), **slot, "attempt": attempts[row.id] + 1}
                )
        approvals = approvals.create(vals_list)
        asked = rows.browse(approvals.mapped("res_id"))
        asked.write({"approval_state": "pending", "approval_note": False})
        approvals._open_next(memo)
        if approvals:
            approvals.complaint_id._complaint_event("approval_asked", approvals)
        (rows - asked)._set_approved()

    @api.model
    def _get_author(self):
        """Return whose doing the work at hand is: of who approves, it is who asked."""
        author_id = self.env.context.get("complaint_author_id", self.env.uid)
        return self.env["res.users"].browse(author_id)

    @api.model
    def _get_attempts(self, rows) -> dict:
        """Return how often each of ``rows`` was asked about before, by id."""
        groups = self._read_group(
            [("res_model", "=", rows._name), ("res_id", "in", rows.ids)],
            ["res_id"],
            ["attempt:max"],
        )
        return defaultdict(int, groups)

    def _get_slots(self, row, rules, memo) -> list[dict]:
        """Return what each question about ``row`` has of its own, in their order."""
        complaint = row.complaint_id
        unfit = self._get_author() | row._get_approval_unfit()
        wanted = [
            (rules.browse(), role, step, 1)
            for role, step in row._get_approval_slots()
            if role not in rules.role_id
        ] + [(rule, rule.role_id, rule.step, rule.count) for rule in rules]
        slots = []
        for rule, role, step, count in sorted(wanted, key=lambda want: want[2]):
            others = unfit | rule._get_unfit(complaint)
            users = self._get_able(role, complaint, others, memo, count or 1)
            slot = {"rule_id": rule.id, "role_id": role.id, "step": step}
            slots += [slot] * (count or len(users))
        return slots

    @api.model
    def _prepare(self, row) -> dict:
        """Return the values that all questions about ``row`` have in common."""
        return {
            "complaint_id": row.complaint_id.id,
            "subject": row._get_approval_subject(),
            "res_model": row._name,
            "res_id": row.id,
            "reason": row._get_approval_reason(),
            "state": "waiting",
            **row._prepare_approval(),
        }

    @api.model
    def _get_able(self, role, complaint, unfit, memo, needed=1):
        """Return who may answer for ``role``: its holders, or who stands in for them.

        :param unfit: who must not, such as who asks
        :param needed: how many at least
        :raise UserError: there are fewer
        """
        routing = self.env["complaint.routing"]
        if (role, complaint) not in memo:
            target = routing._resolve(role, complaint, memo)
            users = target.users or target.department.complaint_manager_ids
            memo[role, complaint] = users
        unfit |= complaint.excluded_user_ids
        users = memo[role, complaint].filtered("active") - unfit
        if len(users) >= needed:
            return users
        target = routing._get_stand_in(complaint, complaint.policy_id, unfit)
        users |= target.users - unfit
        if len(users) < needed:
            raise UserError(
                self.env._(
                    "“%(role)s” has to approve %(complaint)s (%(count)s), and there "
                    "are too few besides you who could: ask an administrator of "
                    "complaints.",
                    role=role.name,
                    complaint=complaint.name,
                    count=needed,
                )
            )
        return users

    # ------------------------------------------------------------
    # WHOSE TURN IT IS
    # ------------------------------------------------------------

    def _get_requests(self) -> list:
        """Return all questions of each request that one of self belongs to."""
        rows = self.search(
            [
                ("res_model", "in", list(set(self.mapped("res_model")))),
                ("res_id", "in", self.mapped("res_id")),
            ],
            order="step, id",
        )
        mine = {row._get_request_key() for row in self}
        return [
            self.browse().concat(*some)
            for key, some in groupby(rows, lambda row: row._get_request_key())
            if key in mine
        ]

    def _get_request_key(self) -> tuple:
        return self.res_model, self.res_id, self.attempt

    def _get_first_of_requests(self):
        """Return one of these questions for each matter that was asked about."""
        by_request = self.grouped(lambda row: row._get_request_key())
        return self.browse().concat(*(rows[0] for rows in by_request.values()))

    def _is_about_same(self, other) -> bool:
        """Tell whether two questions are about one row, asked anew or not."""
        return (self.res_model, self.res_id) == (other.res_model, other.res_id)

    def _open_next(self, memo=None):
        """Ask the questions of these requests whose turn it is now.

        :return: the questions that nobody was asked before
        """
        memo = {} if memo is None else memo
        opened = defaultdict(self.browse)
        fresh = self.browse()
        for rows in self._get_requests():
            left = rows.filtered(lambda row: row.state in OPEN_STATES)
            turn = left.filtered(lambda row, left=left: row.step == left[0].step)
            answered = rows._get_answered()
            for slots in turn.grouped(lambda row: (row.rule_id, row.role_id)).values():
                if "pending" in slots.mapped("state"):
                    continue
                unfit = answered | slots[0]._get_unfit()
                users = self._get_able(slots.role_id, slots.complaint_id, unfit, memo)
                opened[users] |= slots[0]
                if not (rows - left).filtered(
                    lambda row, slots=slots: (
                        row.rule_id == slots.rule_id and row.role_id == slots.role_id
                    )
                ):
                    fresh |= slots[0]
        for users, rows in opened.items():
            rows.write(
                {
                    "state": "pending",
                    "opened_at": fields.Datetime.now(),
                    "user_ids": [Command.set(users.ids)],
                }
            )
        self.concat(*opened.values())._set_delegates(tell=False)
        fresh._notify_asked()
        return fresh

    def _get_answered(self):
        """Return who has answered one of these, or was answered for."""
        return self.answered_by_id | self.answered_for_id

    def _set_delegates(self, tell=True):
        """Let in whom those asked have delegated to for now, and nobody else.

        :param tell: also tell them
        """
        for policy, rows in self.grouped("policy_id").items():
            current = self.env["complaint.delegation"]._get_current(policy)
            for row in rows if current else rows.filtered("delegate_ids"):
                reached = current._get_reached(row.user_ids) - row.user_ids
                row._set_delegates_to(reached - row._get_unfit(), tell)
        if tell:
            self._sync_activities()

    def _set_delegates_to(self, users, tell):
        company = self.complaint_id.company_id
        siblings = self._get_requests()[0]
        users = users.filtered(
            lambda user: user.active and company in user.company_ids
        ) - (self.complaint_id.excluded_user_ids | siblings._get_answered())
        new = users - self.delegate_ids
        if users != self.delegate_ids:
            self.delegate_ids = users
        for user in new if tell else ():
            self.with_context(lang=user.lang)._notify_user(user)

    def _get_unfit(self):
        unfit = self.requested_by_id | self._get_row()._get_approval_unfit()
        return unfit | self.rule_id._get_unfit(self.complaint_id)
