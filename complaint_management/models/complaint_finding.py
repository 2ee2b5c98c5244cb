from odoo import api, fields, models
from odoo.exceptions import UserError

from .complaint_reason import CONCLUSIONS


class ComplaintFinding(models.Model):
    """What one tier found: a department first, a committee after it.

    Each tier's finding stays as it was written; the case shows the last one.
    """

    _name = "complaint.finding"
    _description = "Finding"
    _inherit = ["complaint.round.row.mixin"]
    _order = "id desc"
    _rec_name = "conclusion_id"

    assignment_id = fields.Many2one(
        "complaint.assignment", string="Asked As", index="btree_not_null"
    )
    department_id = fields.Many2one(
        "hr.department", string="Found By (Department)", index="btree_not_null"
    )
    conclusion_id = fields.Many2one(
        "complaint.reason",
        string="Finding",
        required=True,
        domain="[('usage', '=', 'finding'), ('policy_id', 'in', (policy_id, False))]",
        ondelete="restrict",
    )
    # Not related: what it meant when it was found stays.
    conclusion = fields.Selection(CONCLUSIONS, required=True)
    cause_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', '=', 'cause'), ('policy_id', 'in', (policy_id, False))]",
        ondelete="restrict",
    )
    reasons = fields.Html(string="Grounds", required=True)
    investigator_ids = fields.Many2many(
        "res.users", "complaint_finding_investigator_rel", string="Investigators"
    )
    found_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    found_at = fields.Datetime(default=fields.Datetime.now, required=True)
    liability_ids = fields.One2many("complaint.liability", "finding_id")
    liability_text = fields.Char(
        string="Liable", compute="_compute_liability_text", compute_sudo=True
    )

    @api.depends("liability_ids.display_name", "liability_ids.share")
    def _compute_liability_text(self):
        for finding in self:
            finding.liability_text = ", ".join(
                f"{line.display_name} {line.share:g} %"
                if line.share
                else line.display_name
                for line in finding.liability_ids
            )

    @api.model
    def _make(self, complaint, assignment=None, **values):
        """Write what was found on ``complaint``, and finish the request for it.

        :param assignment: the investigation that asked for it, or None
        :raise UserError: too few investigators, one of them is concerned, or a reason
            isn't meant for findings
        :return: the finding
        """
        assignment = assignment or self.env["complaint.assignment"]
        # Who is asked to investigate finds, even if the case isn't theirs to edit.
        (assignment or complaint).check_access("write")
        complaint._check_open()
        complaint._check_accepted()
        self._check_investigation(complaint, assignment)
        reasons = self.env["complaint.reason"]
        reason = reasons.browse(values["conclusion_id"])
        reason._check_fits("finding", complaint)
        reasons.browse(values.get("cause_id") or [])._check_fits("cause", complaint)
        # sudo: complaint.finding - evidence, made by this method only
        finding = self.sudo().create(
            {
                "department_id": assignment.department_id.id,
                **values,
                "complaint_id": complaint.id,
                "assignment_id": assignment.id,
                "conclusion": reason.conclusion,
            }
        )
        finding._check_investigators()
        if assignment:
            assignment.opinion = finding.reasons
            assignment.action_done()
        # sudo: complaint.complaint - events concern rules, not who investigates
        complaint.sudo()._complaint_event("finding_made", finding)
        return finding

    @api.model
    def _check_investigation(self, complaint, assignment):
        if assignment and (
            assignment.type != "investigation"
            or assignment.complaint_id != complaint
            or not assignment._is_open()
        ):
            raise UserError(
                self.env._(
                    "“%s” is no open request for an investigation of this case.",
                    assignment.display_name,
                )
            )

    def _check_investigators(self):
        """Refuse findings of too few, or of somebody who is concerned.

        :raise UserError: in words
        """
        for finding in self:
            needed = finding.policy_id.investigator_min
            if len(finding.investigator_ids) < needed:
                raise UserError(
                    self.env._(
                        "The policy wants %(needed)s investigators under a finding, "
                        "%(named)s are named.",
                        needed=needed,
                        named=len(finding.investigator_ids),
                    )
                )
            excluded = finding.complaint_id.excluded_user_ids
            for user in finding.investigator_ids & excluded:
                raise UserError(
                    self.env._(
                        "%s is complained about or recused and can't investigate.",
                        user.name,
                    )
                )
