from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty


class ComplaintAnswerRequirement(models.Model):
    """What the policy demands of an answer before it is given.

    ``_meets_<kind>`` says whether it holds by itself; an add-on adds a kind by
    ``selection_add`` and such a method.
    """

    _name = "complaint.answer.requirement"
    _description = "Required of an Answer"
    _inherit = ["complaint.policy.item.mixin", "complaint.filter.mixin"]
    _complaint_used_by = [("complaint.answer.check", "requirement_id")]

    name = fields.Char(
        string="What is Required", help="As in: Every point is answered."
    )
    for_final = fields.Boolean(string="Final Answer", default=True)
    for_interim = fields.Boolean(string="Interim Answer")
    for_result = fields.Boolean(string="Result of the Execution")
    check = fields.Selection(
        [
            ("ticked", "Ticked by Who Answers"),
            ("points", "Every Point has an Answer"),
            ("text", "The Answer has a Text"),
            ("finding", "A Finding is Made"),
            ("remedy", "The Complainant has Accepted a Remedy"),
            ("domain", "The Case Meets a Condition"),
        ],
        string="How it is Checked",
        required=True,
        default="ticked",
    )
    required_domain = fields.Char(
        string="Case Must Meet", default="[]", help="Checked when the answer is given."
    )
    hint = fields.Text(translate=True, help="How to meet it, shown to who answers.")

    @api.constrains("required_domain", "check")
    def _check_required_domain(self):
        for row in self.filtered(lambda row: row.check == "domain"):
            try:
                domain = Domain(literal_eval(row.required_domain or "[]"))
                domain.validate(self.env["complaint.complaint"])
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "What “%(row)s” asks of the case can't be read: %(error)s",
                        row=row.name,
                        error=error,
                    )
                ) from error

    def _get_for(self, answer):
        """Return those of self that hold for ``answer``."""
        return self.filtered(
            lambda row: (
                row[f"for_{answer.type}"]
                and row._filter_complaints(answer.complaint_id)
            )
        )

    def _is_met(self, answer) -> bool:
        """Tell whether ``answer`` meets this by itself; a tick has its own row."""
        return getattr(self, f"_meets_{self.check}")(answer)

    def _meets_ticked(self, answer) -> bool:
        return False

    def _meets_points(self, answer) -> bool:
        # sudo: complaint.point - all of them count
        return all(answer.complaint_id.sudo().point_ids.mapped("is_answered"))

    def _meets_text(self, answer) -> bool:
        return not is_html_empty(answer.text)

    def _meets_finding(self, answer) -> bool:
        # sudo: complaint.finding - as above
        return bool(answer.complaint_id.sudo().finding_ids)

    def _meets_remedy(self, answer) -> bool:
        # sudo: complaint.remedy - as above
        states = answer.complaint_id.sudo().remedy_ids.mapped("state")
        return bool({"accepted", "executed"} & {*states})

    def _meets_domain(self, answer) -> bool:
        # sudo: complaint.complaint - what holds doesn't depend on who asks
        case = answer.complaint_id.sudo()
        return bool(case.filtered_domain(literal_eval(self.required_domain or "[]")))
