from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

#: What the text of a letter may name without the right to write code in templates.
PLACEHOLDERS = (
    "object.addressee",
    "object.address",
    "object.answer_id.text",
    "object.company_id.email",
    "object.company_id.name",
    "object.company_id.phone",
    "object.complaint_id.category_id.name",
    "object.complaint_id.demand",
    "object.complaint_id.department_id.name",
    "object.complaint_id.description",
    "object.complaint_id.handler_id.name",
    "object.complaint_id.kind_id.name",
    "object.complaint_id.name",
    "object.complaint_id.outcome_id.name",
    "object.complaint_id.close_note",
    "object.complaint_id.place",
    "object.complaint_id.severity_id.name",
    "object.complaint_id.subject",
    "object.date_text",
    "object.due_text",
    "object.name",
    "object.occurred_text",
    "object.points_html",
    "object.policy_id.name",
    "object.received_text",
)


class ComplaintLetterWordsMixin(models.AbstractModel):
    """What placeholders in a letter say, in the language of the letter."""

    _name = "complaint.letter.words.mixin"
    _description = "Words of a Letter"

    date_text = fields.Char(string="Date in Words", compute="_compute_words")
    received_text = fields.Char(string="Day of Receipt", compute="_compute_words")
    occurred_text = fields.Char(string="Day it Happened", compute="_compute_words")
    due_text = fields.Char(
        string="Promised Day",
        compute="_compute_words",
        help="The first date that the complainant is promised.",
    )
    points_html = fields.Html(
        string="Points and Answers", compute="_compute_points_html", sanitize=False
    )

    @api.model
    def mail_allowed_qweb_expressions(self):
        """Return what templates may name whose writer is no editor of templates."""
        return (*super().mail_allowed_qweb_expressions(), *PLACEHOLDERS)

    @api.depends("complaint_id", "lang")
    def _compute_words(self):
        for letter in self:
            case = letter.complaint_id
            # sudo: complaint.deadline - promised dates are no secret to whom they are
            # promised
            clocks = case.sudo().deadline_ids.filtered(
                lambda clock: clock.promised and clock.state in ("running", "missed")
            )
            due = min(clocks.mapped("due_at"), default=False)
            letter.date_text = letter._get_day(fields.Datetime.now())
            letter.received_text = letter._get_day(case.received_at)
            letter.occurred_text = letter._get_day(case.occurred_at)
            letter.due_text = letter._get_day(due)

    def _get_day(self, moment) -> str:
        """Return the local day of ``moment`` in the words of the letter's language."""
        if not moment:
            return ""
        day = self.policy_id._get_local_day(moment)
        return format_date(self.env, day, self.lang, "long")

    @api.depends("complaint_id.point_ids.answer")
    def _compute_points_html(self):
        for letter in self:
            # sudo: complaint.point - all of them are answered
            points = letter.complaint_id.sudo().point_ids
            rows = Markup().join(
                Markup("<li><b>%s</b><br/>%s</li>") % (point.name, point.answer or "")
                for point in points
            )
            letter.points_html = rows and Markup("<ol>%s</ol>") % rows
