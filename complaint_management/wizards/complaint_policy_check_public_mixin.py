from odoo import api, fields, models

from ..models.complaint_feedback_form import CONTACT, PROPERTY_TYPES
from ..tools.qr import TooLong, get_modules


class ComplaintPolicyCheckPublicMixin(models.AbstractModel):
    """What can't work on the public form; part of ``complaint.policy.check``."""

    _name = "complaint.policy.check.public.mixin"
    _description = "Policy Check of the Public Form"

    @api.model
    def _check_form_questions(self, policy):
        """Questions that are never asked, or that nobody can answer."""
        for row in policy.form_field_ids:
            text, severity = self._get_form_gap(policy, row), "warning"
            if not text and row.is_required:
                text, severity = self._get_form_obstacle(policy, row)
            if text:
                yield self._make_finding(row, text, severity)

    @api.model
    def _get_form_gap(self, policy, row) -> str | None:
        """Return why a question never stands on the form, None if it may."""
        if row.element == "property":
            type_ = self._get_form_property(policy, row).get("type")
            if not type_:
                return self.env._(
                    "The form never asks “%(row)s”: the policy has no extra field "
                    "“%(field)s”.",
                    row=row.display_name,
                    field=row.property_name,
                )
            if type_ not in PROPERTY_TYPES:
                return self.env._(
                    "The form never asks “%s”: no form can ask for an extra field of "
                    "this type.",
                    row.display_name,
                )
        if row.element == "category" and not policy.category_ids.filtered(
            "on_public_form"
        ):
            return self.env._(
                "The form never asks “%s”: no category may be chosen on it.",
                row.display_name,
            )
        return None

    @api.model
    def _get_form_obstacle(self, policy, row) -> tuple:
        """Return why a required question keeps people from sending, and how much."""
        definition = self._get_form_property(policy, row)
        if definition.get("type") == "selection" and not definition.get("selection"):
            text = self.env._(
                "Nobody can send the form: “%s” must be answered, and offers nothing "
                "to choose.",
                row.display_name,
            )
            return text, "error"
        if row.element == "confidential" or definition.get("type") == "boolean":
            text = self.env._(
                "Nobody can send the form without ticking “%s”.", row.display_name
            )
            return text, "warning"
        return None, None

    def _get_form_property(self, policy, row) -> dict:
        for definition in policy.complaint_properties_definition or []:
            if row.element == "property" and definition["name"] == row.property_name:
                return definition
        return {}

    @api.model
    def _check_form(self, policy):
        """A form that can't be sent, or after which nobody can be answered."""
        kinds = policy.kind_ids.filtered(lambda kind: kind.nature != "event")
        if not kinds.filtered("on_public_form"):
            text = self.env._(
                "No kind may be chosen on the public form: what comes in gets the "
                "policy's first one."
            )
            yield self._make_finding(policy, text)
        asked = set(policy.form_field_ids.mapped("element"))
        if not asked:
            return  # the usual questions
        if not asked & {"description", "demand", "property"}:
            text = self.env._("The public form asks nothing of what happened.")
            yield self._make_finding(policy, text)
        if policy.anonymous_allowed or asked & {"phone", "email"}:
            return
        if asked & (set(CONTACT) - {"confidential"}):
            text = self.env._(
                "Nobody can be answered: the public form asks for a name, but for "
                "neither telephone nor e-mail."
            )
            yield self._make_finding(policy, text)
        else:
            text = self.env._(
                "Nobody can send the form: the policy takes no anonymous complaints, "
                "and the form asks for neither name, telephone nor e-mail."
            )
            yield self._make_finding(policy, text, "error")

    @api.model
    def _check_case_page(self, policy):
        """Switches of the case page that offer what can't be done, or leads nowhere."""
        gaps = self._get_page_gaps()
        for name, is_wrong in self._find_page_gaps(policy).items():
            if is_wrong:
                yield self._make_finding(policy, gaps[name])

    @api.model
    def _find_page_gaps(self, policy) -> dict:
        """Return which gap of ``_get_page_gaps`` the policy has."""
        asks, withdraws = policy.page_satisfaction, policy.page_withdrawal
        leads_on = (
            policy.max_rounds != 1
            or policy.round_rule_ids.filtered(lambda rule: rule.forum != "internal")
            or policy.follow_up_rule_ids
        )
        reopens = (asks or policy.page_messages) and policy.closed_reply == "reopen"
        return {
            "dissatisfied": asks and not self._has_reasons(policy, "dissatisfied"),
            "withdrawal": withdraws and not self._has_reasons(policy, "withdrawal"),
            "nowhere": asks and not leads_on,
            "too_late": reopens and not policy.page_days,
        }

    def _has_reasons(self, policy, usage) -> bool:
        domain = [("usage", "=", usage), ("policy_id", "in", (policy.id, False))]
        return bool(self.env["complaint.reason"].search_count(domain, limit=1))

    @api.model
    def _get_page_gaps(self) -> dict:
        """Return what can't work on the case page, in words."""
        return {
            "dissatisfied": self.env._(
                "Nobody can say on the case page that they aren't satisfied: there is "
                "no reason of that kind to choose from."
            ),
            "withdrawal": self.env._(
                "Nobody can withdraw on the case page: there is no reason for a "
                "withdrawal to choose from."
            ),
            "nowhere": self.env._(
                "Who isn't satisfied on the case page is heard in vain: the policy "
                "knows one round only, no body outside and no follow-up."
            ),
            "too_late": self.env._(
                "Nobody can reopen a case on its page: it takes nothing after the "
                "closing, although a reply is to begin the next round."
            ),
        }

    @api.model
    def _check_codes(self, policy):
        """Codes that open nothing, or can't be printed."""
        points = self.env["complaint.feedback.point"].search(
            [("policy_id", "=", policy.id)]
        )
        documents = self.env["complaint.feedback.document"].search(
            [
                ("printed", "=", True),
                ("policy_id", "in", (policy.id, False)),
                ("company_id", "in", (policy.company_id.id, False)),
            ]
        )
        if policy.public_stars and not points and not documents:
            text = self.env._(
                "The form asks for stars, but no place or document prints its code."
            )
            yield self._make_finding(policy, text)
        for row in (*points, *documents.filtered("policy_id")):
            if text := self._get_code_gap(policy, row):
                yield self._make_finding(row, text)
        for point in points:
            for row in (point.kind_id, point.category_id):
                if row and not row.active:
                    text = self.env._(
                        "“%(row)s” refers to “%(used)s”, which is archived.",
                        row=point.display_name,
                        used=row.display_name,
                    )
                    yield self._make_finding(point, text)

    @api.model
    def _get_code_gap(self, policy, row) -> str | None:
        """Return why the codes of a place or kind of document lead nowhere, if so."""
        today = policy._get_local_day(fields.Datetime.now())
        if not policy._is_valid_on(today):
            return self.env._(
                "The code of “%s” opens nothing: the policy isn't in force today.",
                row.display_name,
            )
        if row._name == "complaint.feedback.document":
            return None
        if not row.link_id:
            return self.env._(
                "The place “%s” has no code in use: print a new one.", row.name
            )
        try:
            get_modules(row.url)
        except TooLong:
            return self.env._(
                "The code of “%s” can't be printed: the address in the settings is "
                "too long.",
                row.name,
            )
        return None
