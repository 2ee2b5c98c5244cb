from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Nobody answers more: two questions, one reminder.
MAX_QUESTIONS = 2
MAX_MAILS = 2


class ComplaintFollowUpRule(models.Model):
    """A rule whose way is mail: nobody calls, a link leads to one page.

    What the others say of attempts, it says of mails: the second one is the reminder,
    and what isn't answered in time is given up.
    """

    _inherit = "complaint.follow.up.rule"

    mail_template_id = fields.Many2one(
        "mail.template",
        string="Survey Mail",
        domain="[('model', '=', 'complaint.party')]",
        help="Its link “/c/link/survey” becomes the page of the one who gets it.",
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        string="Reminder Mail",
        domain="[('model', '=', 'complaint.party')]",
        help="Empty: the survey mail once more.",
    )
    call_instead = fields.Boolean(
        string="Else Call",
        help="Who has no e-mail address, or whose mail comes back, is called.",
    )

    @api.constrains("via", "question_ids", "max_attempts")
    def _check_survey(self):
        for rule in self.filtered(lambda rule: rule.via == "mail"):
            if len(rule.question_ids) > MAX_QUESTIONS:
                raise ValidationError(
                    self.env._("“%s”: a survey asks two questions at most.", rule.name)
                )
            if rule.max_attempts > MAX_MAILS:
                raise ValidationError(
                    self.env._(
                        "“%s”: a survey is mailed twice at most, with one reminder.",
                        rule.name,
                    )
                )

    def _get_concerned(self, complaints, event, source):
        """Return those who are asked; by mail neither who withdrew nor ourselves."""
        cases = super()._get_concerned(complaints, event, source)
        if self.via != "mail":
            return cases
        if event == "withdrawn":
            return cases.browse()
        return cases.filtered(
            lambda case: (
                self.env["complaint.follow.up"]._may_be_surveyed(case)
                and (self.call_instead or case._get_survey_party())
            )
        )

    def _prepare_follow_up(self, complaint, at, memo: dict) -> dict:
        values = super()._prepare_follow_up(complaint, at, memo)
        if self.via != "mail":
            return values
        if not complaint._get_survey_party():
            return {**values, "via": "call"}
        # Nobody asks, so that nobody gets to see the case for it.
        return {**values, **self._prepare_nobody()}

    @api.model
    def _prepare_nobody(self) -> dict:
        """Return the values of a follow-up that is on nobody's list."""
        return {
            "user_id": False,
            "department_id": False,
            "candidate_ids": [fields.Command.clear()],
        }

    def _get_survey_template(self, is_reminder: bool):
        """Return the template of a mail; none when the policy lacks it."""
        # sudo: mail.template - the policy writes, whoever causes it
        rule = self.sudo()
        reminder = is_reminder and rule.reminder_template_id
        return reminder or rule.mail_template_id

    def _asks_satisfaction(self) -> bool:
        """Tell whether the page asks plainly; else the first question tells."""
        return len(self.question_ids) < MAX_QUESTIONS or not self._get_scored()

    def _get_scored(self):
        """Return the first question whose answer tells whether somebody is content."""
        questions = self.question_ids.sorted("sequence")
        return questions.filtered(lambda question: question.kind != "text")[:1]
