from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintAcceptance(models.Model):
    """One decision on whether a complaint is accepted, by whom and on what ground.

    Rows are evidence: each further decision is a row more.
    """

    _name = "complaint.acceptance"
    _description = "Decision on Acceptance"
    _inherit = ["complaint.round.row.mixin", "complaint.approvable.mixin"]
    _order = "id desc"
    _rec_name = "decision"
    _complaint_subject = "refusal"

    decision = fields.Selection(
        [
            ("accept", "Accept the Complaint"),
            ("completion", "Ask for Completion"),
            ("refuse", "Do Not Accept"),
        ],
        required=True,
    )
    ground_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', '=', 'refuse'), ('policy_id', 'in', (policy_id, False))]",
        ondelete="restrict",
    )
    missing = fields.Text(string="What Is Missing")
    note = fields.Text(string="Reasons")
    referral_partner_id = fields.Many2one(
        "res.partner",
        string="Referred To",
        index="btree_not_null",
        help="The body that is competent: told to the complainant.",
    )
    state = fields.Selection(
        [
            ("pending", "Waiting for Approval"),
            ("valid", "In Effect"),
            ("completed", "Completed"),
            ("lapsed", "Not Completed"),
            ("dropped", "Not Approved"),
        ],
        required=True,
        default="valid",
    )
    decided_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    decided_at = fields.Datetime(default=fields.Datetime.now, required=True)
    valid_at = fields.Datetime(string="In Effect Since")
    completed_by_id = fields.Many2one("res.users")
    completed_at = fields.Datetime()
    stage_id = fields.Many2one(
        "complaint.stage",
        string="Came From",
        ondelete="restrict",
        help="Where the case goes on when it is completed.",
    )

    def write(self, vals):
        # A question that is called off with its case leaves nothing to decide.
        if "approval_state" in vals and not vals["approval_state"]:
            vals = {"state": "dropped", **vals}
        return super().write(vals)

    @api.model
    def _decide(self, complaint, **values):
        """Make a decision on ``complaint``; a refusal may wait for approval.

        :param values: ``decision`` and what belongs to it
        :raise UserError: nothing is to be decided, or something is missing
        :return: the decision
        """
        complaint.check_access("write")
        complaint._check_open()
        self._check_decidable(complaint)
        # sudo: complaint.acceptance - evidence, made by these methods only
        row = self.sudo().create(
            {
                **values,
                "complaint_id": complaint.id,
                "stage_id": complaint.stage_id.id,
                "state": "pending",
            }
        )
        row._check_complete()
        if row.decision == "refuse":
            row._get_outcome()
            row._request_approval()
        else:
            row._take_effect()
        return row

    @api.model
    def _check_decidable(self, complaint):
        # sudo: complaint.acceptance - who decides sees them all
        pending = complaint.sudo().acceptance_ids.filtered(
            lambda row: row.state == "pending"
        )
        if pending:
            raise UserError(
                self.env._(
                    "%s: not accepting it waits for approval already.", complaint.name
                )
            )
        if not complaint._is_undecided():
            raise UserError(
                self.env._(
                    "%s: its acceptance is decided, or the policy has none.",
                    complaint.name,
                )
            )

    def _check_complete(self):
        """Refuse decisions without the words that belong to them.

        :raise UserError: the ground, or what is missing, isn't said, or isn't one
        """
        for row in self:
            row.ground_id._check_fits("refuse", row.complaint_id)
            if row.decision == "refuse" and not row.ground_id:
                raise UserError(
                    self.env._(
                        "Say on what ground %s is not accepted.",
                        row.complaint_id.name,
                    )
                )
            if row.decision == "completion" and not (row.missing or "").strip():
                raise UserError(
                    self.env._("Say what is missing, so that it can be asked for.")
                )

    def _get_approval_reason(self) -> str:
        """Return in one line what is asked of the approver."""
        return self.env._(
            "Not to accept %(case)s: %(ground)s",
            case=self.complaint_id.name,
            ground=self.ground_id.name,
        )

    def _on_approved(self):
        """Let an approved refusal take effect."""
        self._take_effect()

    def _on_refused(self):
        """Drop a refusal that was not approved: the case is undecided as before."""
        self.state = "dropped"

    def _take_effect(self):
        # In sudo mode: who approves needn't be able to edit the case.
        for row in self:
            case = row.complaint_id
            case._check_open()
            open_ = case.acceptance_ids.filtered(lambda r: r._is_waiting()) - row
            row.write({"state": "valid", "valid_at": fields.Datetime.now()})
            if row.decision != "completion":
                case._complaint_event("acceptance_decided", row)
            getattr(row, f"_do_{row.decision}")(case, open_)

    def _do_accept(self, case, asked):
        """Accept ``case``; what was asked for before is not waited for any more."""
        asked.state = "lapsed"
        case._complaint_event("accepted", self)
        asked._go_back()

    def _do_completion(self, case, asked):
        """Ask for what is missing; the case waits in the policy's stage."""
        asked.state = "lapsed"
        if asked:
            self.stage_id = asked[:1].stage_id
        case._complaint_event("completion_requested", self)
        stage = case.policy_id.completion_stage_id
        if stage and case.stage_id != stage:
            case.stage_id = stage

    def _do_refuse(self, case, asked):
        """Do not accept ``case``: it ends in the stage for that."""
        asked.state = "lapsed"
        case._complaint_event("not_accepted", self)
        outcome, stage = self._get_outcome()
        case.write(
            {
                "outcome_id": outcome.id,
                "close_note": self.note or self.ground_id.name,
                "stage_id": stage.id,
            }
        )

    def _is_waiting(self) -> bool:
        """Tell whether the complainant is asked to complete something."""
        return self.decision == "completion" and self.state == "valid"

    def _complete(self):
        """Note that what was asked for is there; the cases go on where they were.

        :raise UserError: nobody was asked for anything
        """
        if not self:
            raise UserError(self.env._("Nothing is waited for from the complainant."))
        self.complaint_id._check_open()
        self.write(
            {
                "state": "completed",
                "completed_by_id": self.env.uid,
                "completed_at": fields.Datetime.now(),
            }
        )
        for row in self:
            row.complaint_id._complaint_event("completed", row)
        self._go_back()

    def _go_back(self):
        """Bring cases back from the stage in which completion was waited for."""
        for row in self:
            case = row.complaint_id
            if row.stage_id and case.stage_id == case.policy_id.completion_stage_id:
                case.stage_id = row.stage_id

    def _get_outcome(self):
        """Return the outcome and the stage with which a refused case ends.

        :raise UserError: the policy has no such outcome or stage
        """
        policy = self.complaint_id.policy_id
        outcomes = self.env["complaint.reason"].search(
            [
                ("usage", "=", "close"),
                ("outcome", "=", "not_accepted"),
                ("code", "!=", "merged"),
                ("policy_id", "in", (policy.id, False)),
            ]
        )
        codes = (self.ground_id.code, "not_accepted")
        named = [outcomes.filtered(lambda o, c=code: o.code == c) for code in codes]
        outcome = (named[0] or named[1] or outcomes)[:1]
        stage = policy._get_end_stage("not_accepted")
        if not outcome or not stage:
            raise UserError(
                self.env._(
                    "The policy “%s” has no stage in phase “Not Accepted”, or no "
                    "outcome that means so. An administrator of complaints can add it.",
                    policy.name,
                )
            )
        return outcome, stage
