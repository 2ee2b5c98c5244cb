from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintPolicyPublicMixin(models.AbstractModel):
    """What a policy says about the form and the case page that customers open."""

    _name = "complaint.policy.public.mixin"
    _description = "Complaint Policy: Public Form"

    public_title = fields.Char(
        string="Title of the Form", translate=True, help="Empty: “Tell us”."
    )
    public_intro = fields.Text(
        string="Opening Text", translate=True, help="Stands above the questions."
    )
    public_thanks = fields.Text(
        string="Closing Text",
        translate=True,
        help="Stands on the page after sending, below number and dates.",
    )
    public_privacy = fields.Text(
        string="Privacy Notice",
        translate=True,
        help="Stands below the contact: what the data are used for, how long they "
        "are kept.",
    )
    public_stars = fields.Boolean(
        string="Ask for Stars First",
        help="Who gives many stars is thanked; who gives few is asked what happened.",
    )
    public_stars_happy = fields.Selection(
        [("3", "3 Stars"), ("4", "4 Stars"), ("5", "5 Stars")],
        string="Content From",
        default="4",
        required=True,
    )
    # the case page
    page_messages = fields.Boolean(
        string="Messages on the Case Page",
        default=True,
        help="The complainant may write and send photos there.",
    )
    page_remedies = fields.Boolean(
        string="Offers Answered on the Case Page",
        default=True,
        help="The complainant accepts, declines or counters there what is offered.",
    )
    page_satisfaction = fields.Boolean(
        string="Satisfaction on the Case Page",
        default=True,
        help="Once there is an answer the complainant says there whether it satisfies; "
        "if not, the next round begins.",
    )
    page_withdrawal = fields.Boolean(
        string="Withdrawal on the Case Page",
        default=True,
        help="The complainant may withdraw there. It is verified as the policy says.",
    )
    page_days = fields.Integer(
        string="Days after Closing",
        default=30,
        help="So long after its end a case takes messages and says of the complainant "
        "on its page. It can be read for longer.",
    )
    form_field_ids = fields.One2many(
        "complaint.form.field", "policy_id", string="Questions", copy=True
    )

    _page_days_positive = models.Constraint(
        "CHECK(page_days >= 0)", "The number of days can't be negative."
    )

    @api.model
    def _get_item_fields(self) -> list[str]:
        return [*super()._get_item_fields(), "form_field_ids"]

    def action_load_form_fields(self):
        """Write the usual questions down, to be changed one by one."""
        for policy in self.filtered(lambda policy: not policy.form_field_ids):
            policy.form_field_ids = [
                Command.create({**values, "sequence": 10 * number})
                for number, values in enumerate(self._get_usual_questions(), start=1)
            ]
        return True

    @api.model
    def _get_usual_questions(self) -> list[dict]:
        """Return what a form asks as long as nobody has said otherwise."""
        labels = self.env["complaint.feedback.form"]._get_labels()
        usual = (
            *("kind", "category", "lines", "description", "photos", "demand"),
            *("name", "phone", "email"),
        )
        return [
            {
                "code": element,
                "element": element,
                "name": labels[element],
                "is_required": element == "description",
            }
            for element in usual
        ]

    def _get_form_questions(self) -> list[dict]:
        """Return the questions of this policy's form, in order."""
        self.ensure_one()
        if not self.form_field_ids:
            return [
                {**question, "help_text": False, "property_name": False}
                for question in self._get_usual_questions()
            ]
        return self.form_field_ids.sorted("sequence").read(
            ["code", "element", "name", "is_required", "help_text", "property_name"]
        )

    def _check_no_code_leads_here(self):
        """Refuse to delete a policy whose form somebody may still scan.

        :raise UserError: naming the place or the kind of document
        """
        for model in ("complaint.feedback.point", "complaint.feedback.document"):
            # sudo: complaint.feedback.point, complaint.feedback.document - what the
            # user can't see leads here all the same
            rows = self.env[model].sudo().with_context(active_test=False)
            for row in rows.search([("policy_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "“%(policy)s” can't be deleted: the QR code of “%(row)s” leads "
                        "to it. Choose another policy there, or archive this one.",
                        policy=row.policy_id.name,
                        row=row.display_name,
                    )
                )
