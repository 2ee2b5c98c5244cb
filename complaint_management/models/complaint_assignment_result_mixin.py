from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

#: What a request that is over keeps: who was asked for what, and what they said.
KEPT_FIELDS = {
    "department_id",
    "due_at",
    "instructions",
    "name",
    "opinion",
    "partner_id",
    "type",
    "user_id",
}


class ComplaintAssignmentResultMixin(models.AbstractModel):
    """What comes of an assignment: an opinion, a finding, a remedy carried out."""

    _name = "complaint.assignment.result.mixin"
    _description = "Result of an Assignment"

    finding_ids = fields.One2many("complaint.finding", "assignment_id")
    remedy_ids = fields.One2many("complaint.remedy", "assignment_id")
    has_remedy = fields.Boolean(compute="_compute_has_remedy", compute_sudo=True)
    document_step = fields.Selection(
        [("make", "To Make"), ("view", "Made Already")],
        string="Document",
        compute="_compute_has_remedy",
        compute_sudo=True,
    )

    @api.depends("remedy_ids", "remedy_ids.res_id", "remedy_ids.state")
    def _compute_has_remedy(self):
        for assignment in self:
            remedy = assignment.remedy_ids[:1]
            assignment.has_remedy = bool(remedy)
            due = remedy.document_kind and remedy._is_executable()
            step = "view" if remedy.res_id else due and "make"
            assignment.document_step = step or False

    def action_find(self):
        """Open the window in which the finding is written."""
        self.ensure_one()
        return self._open_window(
            "complaint.finding.make",
            self.env._("Finding"),
            {
                "default_complaint_id": self.complaint_id.id,
                "default_assignment_id": self.id,
            },
        )

    def action_execute_remedy(self):
        """Open the window that notes how the remedy was carried out."""
        self.ensure_one()
        # sudo: complaint.remedy - who is asked to carry it out may say that it is
        remedy = self.sudo().remedy_ids.filtered(lambda row: row._is_executable())[:1]
        return self._open_window(
            "complaint.remedy.step",
            self.env._("Carried Out"),
            {"default_remedy_id": remedy.id, "default_step": "execute"},
        )

    def action_make_document(self):
        """Make the document that carries out the remedy, or open it."""
        self.ensure_one()
        # sudo: complaint.remedy - as above; made with the user's own rights
        return self.sudo().remedy_ids[:1].with_env(self.env).action_make_document()

    @api.model
    def _open_window(self, model, name, context) -> dict:
        """Return the action that opens a new ``model`` in a window."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def _get_types_with_opinion(self) -> tuple:
        """Return the types that can't be finished without words."""
        return ("opinion", "statement", "verification")

    def _check_opinion(self):
        """Refuse to finish what has no result yet.

        :raise UserError: the opinion or the finding isn't written
        """
        for assignment in self:
            owed = assignment.type in self._get_types_with_opinion()
            if owed and is_html_empty(assignment.opinion):
                raise UserError(
                    self.env._(
                        "Write down the opinion or finding of “%s” first.",
                        assignment.display_name,
                    )
                )
            # sudo: complaint.finding - that there is one is no secret to who is asked
            if assignment.type == "investigation" and not assignment.sudo().finding_ids:
                raise UserError(
                    self.env._(
                        "“%s” ends with its finding: use “Write the Finding”.",
                        assignment.display_name,
                    )
                )

    def _carry_out(self):
        """Let the remedies that these finished assignments carry out be executed.

        :raise UserError: one of them lacks its proof
        """
        # sudo: complaint.remedy - as above
        due = self.sudo().remedy_ids.filtered(lambda remedy: remedy._is_executable())
        for remedy in due:
            remedy._execute()

    def _get_agreed(self):
        """Return those that carry out what was agreed: closing doesn't end them."""
        return self.filtered(
            lambda row: any(remedy._is_executable() for remedy in row.remedy_ids)
        )

    def write(self, vals):
        if not self.env.su:
            self._check_kept(vals.keys())
        return super().write(vals)

    def _check_kept(self, names):
        """Refuse to rewrite what is over, and to give oneself more time.

        :raise UserError: saying what is left to do
        """
        for row in self if KEPT_FIELDS & names else ():
            if not row._is_open():
                raise UserError(
                    self.env._("“%s” is over: it is kept as it was.", row.display_name)
                )
            asked_by_rule = "due_at" in names and row.template_id
            if asked_by_rule and not row.complaint_id.has_access("write"):
                raise UserError(
                    self.env._(
                        "The policy says when “%s” is due: ask who leads the case for "
                        "more time.",
                        row.display_name,
                    )
                )
