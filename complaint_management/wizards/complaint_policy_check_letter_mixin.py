from odoo import api, models


class ComplaintPolicyCheckLetterMixin(models.AbstractModel):
    """What can't work in letters and answers; part of ``complaint.policy.check``."""

    _name = "complaint.policy.check.letter.mixin"
    _description = "Policy Check of Letters"

    @api.model
    def _check_letters(self, policy):
        """Letters without words, without an occasion, or to nobody."""
        for template in policy.letter_template_ids:
            if not template._has_text():
                text = self.env._("The letter “%s” has no text.", template.name)
                yield self._make_finding(template, text, "error")
            text = self._get_unreachable(policy, template, "event")
            if text:
                yield self._make_finding(template, text)
            told = template in policy.escalation_rule_ids.letter_template_id
            if template.automatic and not (template.event or told):
                text = self.env._(
                    "The letter “%s” is sent at once, but nothing says when.",
                    template.name,
                )
                yield self._make_finding(template, text)

    @api.model
    def _check_answers(self, policy):
        """Answers that can't be given, or that a setting waits for in vain."""
        for requirement in policy.answer_requirement_ids:
            if requirement.check == "domain" and not self._may_hold(
                [requirement.required_domain]
            ):
                text = self.env._(
                    "No answer can be given: “%s” can never hold.", requirement.name
                )
                yield self._make_finding(requirement, text, "error")
            if not self._is_for_any_answer(requirement):
                text = self.env._(
                    "“%s” is required of no type of answer.", requirement.name
                )
                yield self._make_finding(requirement, text)
        purposes = policy.letter_template_ids.mapped("purpose")
        if policy.close_needs_answer and "final" not in purposes:
            text = self.env._(
                "Closing needs a final answer, but there is no letter for it: it can "
                "only be given by telephone, in a talk or on a page."
            )
            yield self._make_finding(policy, text)
        if policy.answer_moves_stage and "answer" not in policy.stage_ids.mapped(
            "phase"
        ):
            text = self.env._(
                "The final answer moves the case to the phase “Answer”, which no stage "
                "has."
            )
            yield self._make_finding(policy, text)

    @api.model
    def _is_for_any_answer(self, requirement) -> bool:
        return any(
            requirement[f"for_{type_}"] for type_ in ("final", "interim", "result")
        )
