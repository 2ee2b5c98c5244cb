from odoo import api, models

from ..models.complaint_resolution_mixin import PHASES_BEFORE_ACCEPTANCE
from ..models.complaint_role import FIXED_RESOLUTIONS


class ComplaintPolicyCheckRemedyMixin(models.AbstractModel):
    """What can't work in acceptance, findings and remedies; of the policy check."""

    _name = "complaint.policy.check.remedy.mixin"
    _description = "Policy Check of Acceptance and Remedies"

    @api.model
    def _check_acceptance(self, policy):
        """Refusals without a stage or a ground, and stages nobody gets to."""
        if policy.acceptance == "none":
            return
        if "refused" not in policy.stage_ids.mapped("phase"):
            text = self.env._(
                "Acceptance is decided, and no stage is in phase Not Accepted: refused "
                "cases end in a closed one."
            )
            yield self._make_finding(policy, text, self._get_weight(policy))
        if not self._find_reasons(policy, "refuse"):
            text = self.env._("There is no ground for not accepting a complaint.")
            yield self._make_finding(policy, text, "error")
        first = policy._get_first_stage()
        if (
            policy.acceptance == "required"
            and first
            and first.phase not in PHASES_BEFORE_ACCEPTANCE
        ):
            text = self.env._(
                "Nothing can be registered: cases begin in “%s”, which needs them to "
                "be accepted before.",
                first.name,
            )
            yield self._make_finding(first, text, "error")

    @api.model
    def _get_weight(self, policy) -> str:
        return "error" if policy.acceptance == "required" else "warning"

    @api.model
    def _check_completion(self, policy):
        stage = policy.completion_stage_id
        if stage and stage.phase in ("closed", "refused"):
            text = self.env._(
                "Cases wait for completion in “%s”, which closes them.", stage.name
            )
            yield self._make_finding(stage, text, "error")
        elif stage and not stage.pauses_clocks and policy.acceptance != "none":
            text = self.env._(
                "Clocks go on in “%s” while the complainant is asked to complete the "
                "complaint.",
                stage.name,
            )
            yield self._make_finding(stage, text)

    @api.model
    def _check_investigations(self, policy):
        """Investigations that can't end: nothing may be found."""
        asked = policy.assignment_template_ids.filtered(
            lambda template: template.type == "investigation"
        )
        if asked and not self._find_reasons(policy, "finding"):
            text = self.env._(
                "“%s” asks for a finding, and there is none to choose.", asked[0].name
            )
            yield self._make_finding(asked[0], text, "error")

    @api.model
    def _find_reasons(self, policy, usage):
        return self.env["complaint.reason"].search(
            [("usage", "=", usage), ("policy_id", "in", (policy.id, False))], limit=1
        )

    @api.model
    def _check_scales(self, policy):
        """Scales that forget a class, or that nothing is measured by."""
        for type_ in policy.remedy_type_ids.filtered("scale_ids"):
            if type_.measure == "none":
                text = self.env._(
                    "“%s” has a scale, and neither an amount nor a multiple.",
                    type_.name,
                )
                yield self._make_finding(type_, text)
                continue
            for severity in self._get_forgotten(policy, type_):
                text = self.env._(
                    "The scale of “%(type)s” has no line for the severity "
                    "“%(severity)s”.",
                    type=type_.name,
                    severity=severity.name,
                )
                yield self._make_finding(type_, text)

    @api.model
    def _get_forgotten(self, policy, type_):
        """Return the severities of which no case can meet a line of the scale."""
        wanted = type_.severity_ids or policy.severity_ids
        covered = wanted.browse()
        for line in type_.scale_ids:
            covered |= line.severity_ids or wanted
        return wanted - covered

    @api.model
    def _check_executors(self, policy):
        """Remedies that nobody is asked to carry out."""
        routing = self.env["complaint.routing"]
        for type_ in policy.remedy_type_ids.filtered("execution_role_id"):
            role = type_.execution_role_id
            if routing._finds_nobody(role):
                text = self.env._(
                    "“%(type)s” is carried out by “%(role)s”, where nobody is found.",
                    type=type_.name,
                    role=role.name,
                )
                yield self._make_finding(type_, text)

    @api.model
    def _check_document_makers(self, policy):
        """Remedies made as documents in an app where nobody who is asked may."""
        models = policy.remedy_type_ids._get_document_models()
        for type_ in policy.remedy_type_ids.filtered("document_kind"):
            role = type_.execution_role_id
            if not role:
                text = self.env._(
                    "“%s” is made as a document of another app, and no role is asked "
                    "to make it.",
                    type_.name,
                )
                yield self._make_finding(type_, text)
                continue
            none = self.env["complaint.complaint"]
            fixed = role.resolution in FIXED_RESOLUTIONS
            # sudo: complaint.role - as when a case is routed
            users = role.sudo()._get_target(none).users if fixed else ()
            model = self.env[models[type_.document_kind]]
            if users and not any(
                model.with_user(user).has_access("create") for user in users
            ):
                text = self.env._(
                    "“%(type)s” is made by “%(role)s”, of whom nobody may make such a "
                    "document.",
                    type=type_.name,
                    role=role.name,
                )
                yield self._make_finding(type_, text)

    @api.model
    def _check_over_maximum(self, policy):
        """Limits that nobody is there to pass."""
        rules = policy.approval_rule_ids.filtered(lambda rule: rule.subject == "remedy")
        for type_ in policy.remedy_type_ids.filtered("scale_ids"):
            if type_.over_maximum == "approval" and not rules.filtered(
                lambda rule, t=type_: (
                    not rule.remedy_type_ids or t in rule.remedy_type_ids
                )
            ):
                text = self.env._(
                    "“%s” may pass its maximum with approval, and no approval rule is "
                    "about it.",
                    type_.name,
                )
                yield self._make_finding(type_, text)
