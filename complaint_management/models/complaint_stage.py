from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

#: Where a case stands, whatever its policy calls the stage. Code tests phases,
#: never names or ids of stages.
PHASES = [
    ("received", "Received"),
    ("assessment", "Assessment"),
    ("handling", "Handling"),
    ("decision", "Decision"),
    ("answer", "Answer"),
    ("follow_up", "Follow-up"),
    ("closed", "Closed"),
    ("refused", "Not Accepted"),
]
CLOSED_PHASES = ("closed", "refused")


class ComplaintStage(models.Model):
    """A column of one policy's pipeline."""

    _name = "complaint.stage"
    _description = "Complaint Stage"
    _inherit = ["complaint.policy.item.mixin"]
    _complaint_used_by = [
        ("complaint.complaint", "stage_id"),
        ("complaint.assignment.template", "event_stage_id"),
        ("complaint.deadline.rule", "event_stage_id"),
        ("complaint.deadline.rule", "end_stage_id"),
        ("complaint.approval.rule", "stage_ids"),
        ("complaint.change.request", "stage_id"),
        ("complaint.escalation.rule", "event_stage_id"),
        ("complaint.escalation.rule", "stage_id"),
        ("complaint.round.rule", "stage_id"),
        ("complaint.follow.up.rule", "event_stage_id"),
        ("complaint.letter.template", "event_stage_id"),
        ("complaint.policy", "completion_stage_id"),
        ("complaint.acceptance", "stage_id"),
    ]

    phase = fields.Selection(
        PHASES,
        required=True,
        default="handling",
        help="What this stage is in the overview of all policies and in public.",
    )
    pauses_clocks = fields.Boolean(
        help="Clocks that may pause stand still here: waiting for the complainant, an "
        "appraisal, a court. What is missed already stays missed and goes on "
        "escalating.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(
        translate=True, help="What is to be done here: shown to staff on the case."
    )
    requirement_ids = fields.One2many(
        "complaint.stage.requirement", "stage_id", string="Needed to Enter", copy=True
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail to the Complainant",
        domain="[('model', '=', 'complaint.party')]",
        help="Sent to every complainant with an e-mail address on entering.",
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        domain="[('res_model', '=', 'complaint.complaint')]",
        help="Activities planned on entering.",
    )

    @api.model
    def _move(self, complaints, before: dict):
        """Check what the new stages of ``complaints`` need and tell the engine.

        One pass per pair of stages, however many cases.

        :param before: the stage that each case was in; none for a new case
        """
        moved = complaints.filtered(lambda case: before[case] != case.stage_id)
        if any(before[case] for case in moved):
            # sudo: complaint.complaint - a fact that follows from the move
            moved.sudo().date_last_stage_update = fields.Datetime.now()
        for (old, new), cases in groupby(
            moved, lambda case: (before[case], case.stage_id)
        ):
            new._enter(complaints.browse().concat(*cases), old)

    def _enter(self, complaints, old):
        """Let ``complaints`` come from stage ``old`` (may be none) into this one."""
        self.ensure_one()
        self._check_entry(complaints, old)
        self.env["complaint.change.request"]._use(self, complaints, old)
        if old:
            complaints._complaint_event("stage_left", old)
        if self.phase in CLOSED_PHASES and old.phase not in CLOSED_PHASES:
            self.env["complaint.round"]._end(complaints)
        complaints._complaint_event("stage_entered", self)
        if self.activity_plan_id:
            self._launch_activity_plan(complaints)

    def _check_entry(self, complaints, old):
        """Refuse cases that aren't ready for this stage.

        :raise UserError: in one line per case and missing thing
        """
        if old.phase in CLOSED_PHASES and self.phase not in CLOSED_PHASES:
            for case in complaints:
                if not case.round_id or case.round_id.ended_at:
                    raise UserError(
                        self.env._(
                            "%s is closed. Use “Reopen”: it asks for the cause and "
                            "begins the next round.",
                            case.display_name,
                        )
                    )
        # A merged case ends whatever it lacks: its master goes on.
        complaints = complaints.filtered(lambda case: not case.master_id)
        missing = self.requirement_ids._get_missing(complaints)
        missing += complaints._get_missing_acceptance(self)
        if self.phase in CLOSED_PHASES:
            missing += self._get_missing_to_close(complaints, old)
        if missing:
            raise UserError(
                self.env._(
                    "Not yet ready for stage “%(stage)s”:\n%(missing)s",
                    stage=self.name,
                    missing="\n".join(f"{case.name}: {text}" for case, text in missing),
                )
            )

    def _is_at(self, stage, phase, or_later=False) -> bool:
        """Tell whether this is ``stage``, in ``phase``; both may be empty.

        :param or_later: or comes after it, in the order of the columns and phases
        """
        self.ensure_one()
        if not or_later:
            return stage in (self, self.browse()) and phase in (self.phase, False)
        order = [key for key, _label in PHASES]
        passed = not stage or (self.sequence, self.id) >= (stage.sequence, stage.id)
        return passed and (not phase or order.index(self.phase) >= order.index(phase))

    def _get_missing_to_close(self, complaints, old) -> list[tuple]:
        """Return ``(case, text)`` of each thing without which no case ends."""
        missing = [
            (case, self.env._("an outcome (use “Close” to say how it ended)."))
            for case in complaints
            if not case.outcome_id
        ]
        unverified = self.env["complaint.withdrawal"]._get_unverified(complaints)
        missing += [
            (case, self.env._("a verified withdrawal (use “Withdraw”)."))
            for case in unverified
        ]
        if self.phase == "closed" and old.phase not in CLOSED_PHASES:
            missing += complaints._get_missing_answers()
            missing += complaints._get_satisfaction_missing()
        return missing

    def _launch_activity_plan(self, complaints):
        wizard = self.env["mail.activity.schedule"].with_context(
            active_model=complaints._name, active_ids=complaints.ids
        )
        wizard.create(
            {
                "res_model": complaints._name,
                "res_ids": repr(complaints.ids),
                "plan_id": self.activity_plan_id.id,
                "plan_on_demand_user_id": self.env.uid,
            }
        ).action_schedule_plan()
