from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.events import ASSIGNMENT_TYPES
from .complaint_assignment_event_mixin import OPEN_STATES

#: Evidence of who took what over and finished it.
SIGNATURE_FIELDS = {
    "state",
    "accepted_by_id",
    "accepted_at",
    "done_by_id",
    "done_at",
    "refusal_reason_id",
    "refusal_note",
    "recurs_from",
    "requested_at",
    "round_id",
    "template_id",
    "is_routed",
}


class ComplaintAssignment(models.Model):
    """One request to one party: lead the case, give an opinion, verify, report.

    The signed hand-over (who gave it when, who took it when) is the row itself.
    """

    _name = "complaint.assignment"
    _description = "Complaint Assignment"
    _inherit = [
        "complaint.scheduled.mixin",
        "complaint.company.mixin",
        "complaint.assignment.event.mixin",
        "complaint.assignment.result.mixin",
    ]
    _order = "due_at, id"
    _check_company_auto = True

    # request
    complaint_id = fields.Many2one(
        "complaint.complaint",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: a duty of the policy, without a case.",
    )
    policy_id = fields.Many2one(
        "complaint.policy",
        compute="_compute_policy_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="cascade",
    )
    template_id = fields.Many2one(
        "complaint.assignment.template", index="btree_not_null", ondelete="restrict"
    )
    round_id = fields.Many2one("complaint.round", index="btree_not_null")
    role_id = fields.Many2one(
        "complaint.role",
        readonly=True,
        ondelete="restrict",
        help="Whom the rule named. Empty: somebody was chosen by hand.",
    )
    is_routed = fields.Boolean(help="The rules chose this lead, not a person.")
    recurs_from = fields.Datetime(
        copy=False, help="When a recurring request was made the first time."
    )
    parent_id = fields.Many2one(
        "complaint.assignment",
        string="Part Of",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    child_ids = fields.One2many(
        "complaint.assignment", "parent_id", string="Sub-assignments"
    )
    type = fields.Selection(ASSIGNMENT_TYPES, required=True, default="opinion")
    name = fields.Char(
        string="What Is Asked",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    instructions = fields.Html()
    # to whom
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    candidate_ids = fields.Many2many(
        "res.users",
        "complaint_assignment_candidate_rel",
        string="One Of",
        readonly=True,
        help="Asked together, by no department: who accepts first has it.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Outside Partner", index="btree_not_null"
    )
    # signed hand-over
    state = fields.Selection(
        [
            ("pending", "To Accept"),
            ("accepted", "In Progress"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("replaced", "Handed On"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="pending",
        index=True,
        copy=False,
    )
    requested_by_id = fields.Many2one(
        "res.users", string="Handed Over By", default=lambda self: self.env.uid
    )
    requested_at = fields.Datetime(
        string="Handed Over On", default=fields.Datetime.now, required=True
    )
    accepted_by_id = fields.Many2one("res.users", copy=False)
    accepted_at = fields.Datetime(copy=False)
    due_at = fields.Datetime(string="Due", index=True)
    notice_at = fields.Datetime(
        readonly=True, copy=False, help="When who is asked is told; empty: they were."
    )
    done_by_id = fields.Many2one("res.users", copy=False)
    done_at = fields.Datetime(copy=False)
    # result
    opinion = fields.Html(string="Opinion or Finding", copy=False)
    refusal_reason_id = fields.Many2one(
        "complaint.reason", ondelete="restrict", copy=False
    )
    refusal_note = fields.Text(copy=False)
    _open_idx = models.Index("(user_id, due_at) WHERE state IN ('pending', 'accepted')")
    _role_idx = models.Index("(role_id, id) WHERE role_id IS NOT NULL")

    @api.depends("complaint_id", "template_id", "parent_id")
    def _compute_policy_id(self):
        for assignment in self:
            origin = assignment.complaint_id or assignment.template_id
            assignment.policy_id = origin.policy_id or assignment.policy_id

    @api.depends("type")
    def _compute_name(self):
        # In the company's language, whoever asks: everybody reads the same.
        for company, assignments in self.grouped("company_id").items():
            # sudo: res.partner - the language of the company is no secret
            lang = company.sudo().partner_id.lang or self.env.lang
            env = self.with_context(lang=lang).env
            labels = dict(self._fields["type"]._description_selection(env))
            for assignment in assignments:
                assignment.name = assignment.name or labels.get(assignment.type)

    @api.depends("name", "complaint_id")
    def _compute_display_name(self):
        for assignment in self:
            parts = (assignment.complaint_id.name, assignment.name)
            assignment.display_name = " · ".join(filter(None, parts))

    @api.model_create_multi
    def create(self, vals_list):
        history = self.env["complaint.complaint"]._is_history()
        for vals in vals_list:
            self._complete_values(vals, history)
        assignments = super().create(vals_list)
        if history:
            return assignments
        # Who is asked sees the case at once, not after the next flush.
        self.env["complaint.access"]._map_seats(assignments.department_id)
        if not self.env.context.get("complaint_intake"):
            assignments.complaint_id._recompute_recordset(["access_ids"])
        for rows in assignments.grouped("type").values():
            rows._emit("assigned")
        self.env["complaint.runner"]._wake(assignments)
        return assignments

    def _complete_values(self, vals, history):
        """File a new request under its round, and let who is asked be told.

        :raise AccessError: it is said to be signed already
        """
        if not self.env.su:
            given = {name for name, value in vals.items() if value != "pending"}
            self._check_signature(given)
        if vals.get("complaint_id") and not vals.get("round_id"):
            complaint = self.env["complaint.complaint"].browse(vals["complaint_id"])
            vals["round_id"] = complaint.round_id.id
        if not history and vals.get("state", "pending") == "pending":
            now = fields.Datetime.now()
            vals.update(notice_at=now, next_event_at=now)

    def write(self, vals):
        if not self.env.su:
            self._check_signature(vals.keys())
            self.env["complaint.discretion"]._check_request(self, vals)
        return super().write(vals)

    @api.model
    def _check_signature(self, names):
        """Refuse to write who signed what and when: accepting and finishing do.

        :raise AccessError: somebody tries
        """
        if SIGNATURE_FIELDS & names:
            raise AccessError(
                self.env._(
                    "Accept, finish or refuse an assignment by its buttons: its "
                    "signatures aren't written by hand."
                )
            )

    @api.constrains("complaint_id", "policy_id", "company_id", "parent_id")
    def _check_origin(self):
        for assignment in self:
            case, parent = assignment.complaint_id, assignment.parent_id
            policy = assignment.policy_id
            if (
                (case and policy != case.policy_id)
                or policy.company_id != assignment.company_id
                or (parent and parent.complaint_id != case)
            ):
                raise ValidationError(
                    self.env._("An assignment belongs to one case and its policy.")
                )

    # ------------------------------------------------------------
    # HAND-OVER
    # ------------------------------------------------------------

    def action_accept(self):
        """Sign for the hand-over: from now on the acceptor answers for it.

        :raise UserError: it is not waiting for acceptance any more
        """
        self._check_state(["pending"], self.env._("accepted"))
        self.check_access("write")
        self._sign()
        return True

    def _sign(self):
        """Let the user take over what waits in self."""
        # sudo: complaint.assignment - signatures are written by these methods only
        assignments = self.sudo()
        signed = {
            "state": "accepted",
            "accepted_by_id": self.env.uid,
            "accepted_at": fields.Datetime.now(),
        }
        # What an outside partner does stays theirs: who signs has only heard of it.
        outside = assignments.filtered("partner_id")
        outside.write(signed)
        (assignments - outside).write({**signed, "user_id": self.env.uid})
        assignments._after_signed()

    def _after_signed(self):
        """Free who held the cases before, and tell the engine."""
        leads = self.filtered(lambda assignment: assignment.type == "lead")
        self.env["complaint.routing"]._release(leads)
        self._emit("assignment_accepted")
        leads._emit("handover_accepted")

    def action_done(self):
        """Finish: the opinion, statement or task is there.

        :raise UserError: it is finished or called off already, an opinion is empty,
            or it ends by a hand-over or with the case
        """
        self._check_state(OPEN_STATES, self.env._("finished"))
        self._check_ends_by_hand()
        self._check_opinion()
        self.check_access("write")
        self.filtered(lambda assignment: assignment.state == "pending")._sign()
        # sudo: complaint.assignment - as above
        self.sudo().write(
            {
                "state": "done",
                "done_by_id": self.env.uid,
                "done_at": fields.Datetime.now(),
            }
        )
        self._emit("assignment_done")
        self._emit_last()
        self._carry_out()
        return True

    def _check_ends_by_hand(self):
        for assignment in self:
            if assignment.type in ("lead", "reception"):
                raise UserError(
                    self.env._(
                        "“%s” ends when somebody else accepts the case or when it is "
                        "closed: somebody always answers for it.",
                        assignment.display_name,
                    )
                )

    def action_cancel(self):
        """Call the request and its parts off; what was written so far stays."""
        self._check_state(OPEN_STATES, self.env._("cancelled"))
        self._check_ends_by_hand()
        self.check_access("write")
        # sudo: complaint.assignment - as above; parts may be other departments'
        parts = self.sudo().search(
            [("id", "child_of", self.ids), ("state", "in", OPEN_STATES)]
        )
        parts.state = "cancelled"
        parts._emit("assignment_cancelled")
        parts._emit_last()
        return True

    def _refuse(self, reason, note=None):
        """Give the assignment back with a reason; the sender answers for it again.

        :param reason: ``complaint.reason``
        :param note: free text
        :raise UserError: it is not waiting for acceptance any more
        """
        self._check_state(["pending"], self.env._("refused"))
        self.check_access("write")
        # sudo: complaint.assignment - as above
        refused = self.sudo()
        refused.write(
            {
                "state": "refused",
                "refusal_reason_id": reason.id,
                "refusal_note": note,
            }
        )
        for assignment in refused:
            assignment._post_refusal()
        leads = refused.filtered(lambda assignment: assignment.type == "lead")
        self.env["complaint.routing"]._route_back(leads)
        refused._emit("assignment_refused")
        (refused - leads)._emit_last()

    def _gives_access(self) -> bool:
        """Tell whether who holds this assignment sees its case."""
        if self.type == "reception":
            return self.state == "accepted"
        return self.state in ("pending", "accepted", "done")

    def _get_asked_users(self):
        """Return who is asked by name: one user, or several as long as it waits."""
        waiting = self.filtered(lambda row: row.state == "pending" and not row.user_id)
        return self.user_id | waiting.candidate_ids

    def _end_with_case(self):
        """Call off what is still open when the case closes; a lead has done its part.

        An add-on whose assignments go on after closing overrides it.
        """
        still_open = self.filtered(lambda row: row._is_open()) - self._get_agreed()
        accepted = still_open.filtered(lambda row: row.state == "accepted")
        led = accepted.filtered(lambda row: row.type == "lead").complaint_id
        # The last one asked stands for the case in statistics, signed or not.
        ended = still_open.filtered(
            lambda row: (
                row.type == "lead"
                and (row.state == "accepted" or row.complaint_id not in led)
                or row.type == "reception"
            )
        )
        ended.write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )
        (still_open - ended).write({"state": "cancelled"})

    def _is_open(self) -> bool:
        return self.state in OPEN_STATES

    def _is_signed_by_receiver(self) -> bool:
        """Tell whether the first receiver of the case holds this assignment."""
        receiver = self.complaint_id.registered_by_id
        return self.state == "accepted" and self.user_id == receiver

    def _get_handover_state(self):
        """Return what this lead assignment (maybe none) says about the hand-over."""
        if self.state == "pending":
            return "pending"
        return bool(self.accepted_at) and "accepted"
