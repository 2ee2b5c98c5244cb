from odoo import api, fields, models


class ComplaintFindingMake(models.TransientModel):
    """Asks what was found, why, and who answers for it."""

    _name = "complaint.finding.make"
    _description = "Write a Finding"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    assignment_id = fields.Many2one("complaint.assignment")
    policy_id = fields.Many2one(related="complaint_id.policy_id")
    company_id = fields.Many2one(related="complaint_id.company_id")
    conclusion_id = fields.Many2one(
        "complaint.reason",
        string="Finding",
        required=True,
        domain="[('usage', '=', 'finding'), ('policy_id', 'in', (policy_id, False))]",
    )
    cause_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', '=', 'cause'), ('policy_id', 'in', (policy_id, False))]",
    )
    reasons = fields.Html(string="Grounds", required=True)
    investigator_ids = fields.Many2many(
        "res.users",
        "complaint_finding_make_investigator_rel",
        string="Investigators",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        default=lambda self: self.env.user,
    )
    investigator_min = fields.Integer(related="policy_id.investigator_min")
    line_ids = fields.One2many("complaint.finding.make.line", "wizard_id")
    warning = fields.Char(compute="_compute_warning")

    @api.depends("line_ids.employee_id", "complaint_id")
    def _compute_warning(self):
        """Warn when somebody who works on the case is found to be liable."""
        for wizard in self:
            case = wizard.complaint_id
            working = case.assignment_ids.user_id | case.handler_id
            # sudo: hr.employee - that a colleague works on the case is shown anyway
            employees = wizard.line_ids.employee_id.sudo()
            liable = employees.filtered(lambda e, users=working: e.user_id in users)
            text = self.env._(
                "%s works on this case: let somebody else go on with it, or enter "
                "them as a party who is complained about.",
                ", ".join(liable.mapped("name")),
            )
            wizard.warning = bool(liable) and text

    def action_make(self):
        """Write the finding."""
        self.ensure_one()
        complaint = self.complaint_id
        assignment = self.assignment_id or complaint._get_own_investigation()
        self.env["complaint.finding"]._make(
            complaint,
            assignment,
            conclusion_id=self.conclusion_id.id,
            cause_id=self.cause_id.id,
            reasons=self.reasons,
            investigator_ids=self.investigator_ids.ids,
            liability_ids=[
                fields.Command.create(line._prepare_liability())
                for line in self.line_ids
            ],
        )
        return complaint._get_action_after_hand_over()
