import logging

from odoo import fields, models

from .complaint_runner import CONFLICTS

_logger = logging.getLogger(__name__)


class ComplaintEscalationActMixin(models.AbstractModel):
    """What a rung does to a case, beside telling people."""

    _name = "complaint.escalation.act.mixin"
    _description = "What an Escalation Does"

    lead_role_id = fields.Many2one(
        "complaint.role",
        string="Hand the Case to",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    severity_id = fields.Many2one(
        "complaint.severity",
        string="Raise to Severity",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    stage_id = fields.Many2one(
        "complaint.stage",
        string="Move to Stage",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    assignment_template_id = fields.Many2one(
        "complaint.assignment.template",
        string="Ask for",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    letter_template_id = fields.Many2one(
        "complaint.letter.template",
        string="Write Letter",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="To the complainant, or whom the letter names: that the answer is late, "
        "that mediation may be asked for. Sent at once, or drafted, as the letter "
        "says.",
    )
    remedy_type_id = fields.Many2one(
        "complaint.remedy.type",
        string="Propose Remedy",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="What is owed by itself, such as a fixed sum for a missed date: with the "
        "amount that the scale proposes, once for each time the rung fires.",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Run",
        ondelete="restrict",
        domain="[('model_name', '=', 'complaint.complaint')]",
    )

    def _act(self, complaint, memo: dict):
        """Do what this rung says; a refused move is noted, not fatal."""
        self.ensure_one()
        complaint = self._as_acting(complaint)
        steps = (
            (self.lead_role_id, self._act_lead),
            (self.severity_id, self._act_severity),
            (self.stage_id, self._act_stage),
            (self.assignment_template_id, self._act_assignment),
            (self.letter_template_id, self._act_letter),
            (self.remedy_type_id, self._act_remedy),
            (self.server_action_id, self._act_server_action),
        )
        for wanted, step in steps:
            if not wanted:
                continue
            try:
                with self.env.cr.savepoint():
                    step(complaint, memo)
            except CONFLICTS:
                raise
            except Exception as error:
                _logger.info("Escalation %s on %s: %s", self, complaint, error)
                complaint._message_log(
                    body=self.env._(
                        "Escalation “%(rule)s” could not go on: %(error)s",
                        rule=self.name,
                        error=error,
                    )
                )

    def _act_lead(self, complaint, memo):
        target = self.env["complaint.routing"]._resolve(
            self.lead_role_id, complaint, memo
        )
        user = self.lead_role_id._choose_user(target.users, "lead", memo)
        if not user and not target.department:
            user = target.users[:1]
        lead = complaint.lead_assignment_id
        if (lead.department_id, lead.user_id) != (target.department, user):
            complaint.write(
                {"department_id": target.department.id, "handler_id": user.id}
            )

    def _act_severity(self, complaint, memo):
        self.severity_id._raise_complaints(complaint, note=self.name)

    def _act_stage(self, complaint, memo):
        if complaint.stage_id != self.stage_id:
            complaint.stage_id = self.stage_id

    def _act_assignment(self, complaint, memo):
        template = self.assignment_template_id
        # sudo: complaint.assignment - a rung asks, whoever has fired it
        complaint.env["complaint.assignment"].sudo().create(
            template._prepare_assignments(complaint, memo=memo)
        )

    def _act_letter(self, complaint, memo):
        writer = complaint.env["complaint.letter.writer"]
        writer._write_by_rule(self.letter_template_id, complaint, "escalated")

    def _act_remedy(self, complaint, memo):
        type_ = self.remedy_type_id
        line = type_._get_scale(complaint)
        complaint.env["complaint.remedy"]._propose(
            complaint,
            type_id=type_.id,
            description=type_.description,
            amount=type_.measure == "amount" and line.default_amount,
            ratio=type_.measure == "ratio" and line.default_ratio,
            base_quantity=type_.measure == "ratio",
        )

    def _act_server_action(self, complaint, memo):
        self.server_action_id.with_context(
            active_model=complaint._name,
            active_id=complaint.id,
            active_ids=complaint.ids,
        ).run()
