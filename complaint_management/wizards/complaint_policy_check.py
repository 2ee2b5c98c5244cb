from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..models.complaint_stage import CLOSED_PHASES

#: The month from which next year's make-up days are known.
PUBLISHED_MONTH = 11


class ComplaintPolicyCheck(models.TransientModel):
    """Lists what can't work in a policy, in words and with links.

    Each ``_check_…`` method that ``_get_checks`` names looks for one thing; an add-on
    adds its own there.
    """

    _name = "complaint.policy.check"
    _description = "Policy Check"
    _inherit = [
        "complaint.policy.check.mail.mixin",
        "complaint.policy.check.clock.mixin",
        "complaint.policy.check.round.mixin",
        "complaint.policy.check.letter.mixin",
        "complaint.policy.check.remedy.mixin",
        "complaint.policy.check.approval.mixin",
        "complaint.policy.check.public.mixin",
    ]
    _rec_name = "policy_id"

    policy_id = fields.Many2one("complaint.policy", required=True, ondelete="cascade")
    line_ids = fields.One2many("complaint.policy.check.line", "check_id")

    def action_check(self):
        """List anew what can't work."""
        self.ensure_one()
        self.env["complaint.policy.file"]._check_admin()
        self.line_ids = [Command.clear()] + [
            Command.create(
                {
                    "severity": finding["severity"],
                    "name": finding["name"],
                    "text": finding["text"],
                    "res_model": finding["record"]._name,
                    "res_id": finding["record"].id,
                }
            )
            for finding in self._get_findings(self.policy_id)
        ]
        return self._get_records_action(name=self.env._("Policy Check"), target="new")

    @api.model
    def _get_checks(self) -> list[str]:
        """Return the methods that look for what can't work.

        Each takes one policy and yields ``_make_finding`` dicts.
        """
        return [
            "_check_phases",
            "_check_calendar",
            "_check_rule_calendars",
            "_check_makeup_days",
            "_check_office",
            "_check_roles",
            "_check_archived_users",
            "_check_leads",
            "_check_reachable",
            "_check_same_target",
            "_check_recipients",
            "_check_requirements",
            "_check_rounds",
            "_check_round_order",
            "_check_follow_ups",
            "_check_mail_address",
            "_check_closed_reply",
            "_check_letters",
            "_check_answers",
            "_check_acceptance",
            "_check_completion",
            "_check_investigations",
            "_check_scales",
            "_check_executors",
            "_check_document_makers",
            "_check_over_maximum",
            "_check_approvals",
            "_check_form_questions",
            "_check_form",
            "_check_case_page",
            "_check_codes",
            "_check_references",
            "_check_lost_hints",
        ]

    @api.model
    def _get_findings(self, policy) -> list[dict]:
        """Return what can't work in ``policy``, errors first."""
        policy.ensure_one()
        # Archived rows count where something active refers to them.
        policy = policy.with_context(active_test=True)
        findings = []
        for check in self._get_checks():
            findings += getattr(self, check)(policy)
        return sorted(findings, key=lambda finding: finding["severity"] != "error")

    @api.model
    def _make_finding(self, record, text, severity="warning") -> dict:
        """Return one finding.

        :param severity: ``error``: it can't work; ``warning``: hardly meant so
        """
        return {
            "record": record,
            "name": record.display_name,
            "text": text,
            "severity": severity,
        }

    # the policy itself

    @api.model
    def _check_phases(self, policy):
        phases = set(policy.stage_ids.mapped("phase"))
        if not phases & set(CLOSED_PHASES):
            text = self.env._("No stage closes a case.")
            yield self._make_finding(policy, text, "error")
        elif "closed" not in phases:
            text = self.env._("Cases can only be refused: no stage is in phase Closed.")
            yield self._make_finding(policy, text)
        if not phases - set(CLOSED_PHASES):
            text = self.env._("There is no stage for new cases to begin in.")
            yield self._make_finding(policy, text, "error")

    @api.model
    def _check_calendar(self, policy):
        if not policy.calendar_id:
            text = self.env._("There are no working hours: clocks use calendar time.")
            yield self._make_finding(policy, text)
        elif not policy.calendar_id.active:
            text = self.env._(
                "The working hours “%s” are archived.", policy.calendar_id.name
            )
            yield self._make_finding(policy.calendar_id, text)
        elif not policy._get_working_time(fields.Datetime.now()):
            text = self.env._(
                "The working hours “%s” are empty or flexible: all clocks use calendar "
                "time.",
                policy.calendar_id.name,
            )
            yield self._make_finding(policy.calendar_id, text)

    @api.model
    def _check_rule_calendars(self, policy):
        for rule in policy.deadline_rule_ids.filtered("calendar_id"):
            office = policy._on_calendar(rule.calendar_id)
            if not rule.calendar_id.active:
                text = self.env._(
                    "“%(rule)s” counts on the working hours “%(calendar)s”, which are "
                    "archived.",
                    rule=rule.name,
                    calendar=rule.calendar_id.name,
                )
                yield self._make_finding(rule, text)
            elif not office._get_working_time(fields.Datetime.now()):
                text = self.env._(
                    "“%(rule)s” counts on the working hours “%(calendar)s”, which are "
                    "empty or flexible: calendar time is used.",
                    rule=rule.name,
                    calendar=rule.calendar_id.name,
                )
                yield self._make_finding(rule, text)

    @api.model
    def _check_makeup_days(self, policy):
        today = fields.Date.context_today(policy)
        years = {
            day.year
            for day in policy.calendar_id.complaint_exception_ids.mapped("date")
        }
        wanted = today.year + (today.month >= PUBLISHED_MONTH)
        if years and wanted not in years:
            text = self.env._(
                "The make-up working days of %(year)s are missing in “%(calendar)s”.",
                year=wanted,
                calendar=policy.calendar_id.name,
            )
            yield self._make_finding(policy.calendar_id, text)

    @api.model
    def _check_office(self, policy):
        if policy.office_user_ids.filtered("active"):
            return
        text = self.env._(
            "Nobody is in the complaint office: what finds no recipient goes to the "
            "administrators."
        )
        yield self._make_finding(policy, text)
        for rule in policy.deadline_rule_ids.filtered("per_case"):
            text = self.env._(
                "The figure of “%s” is set per case, and nobody is in the complaint "
                "office to set it.",
                rule.name,
            )
            yield self._make_finding(rule, text, "error")

    # roles

    @api.model
    def _check_roles(self, policy):
        routing = self.env["complaint.routing"]
        for role in policy.role_ids:
            if routing._finds_nobody(role):
                text = self.env._(
                    "The role “%s” finds nobody; the complaint office stands in.",
                    role.name,
                )
                yield self._make_finding(role, text)

    @api.model
    def _check_archived_users(self, policy):
        for role in policy.role_ids.with_context(active_test=False):
            users = role.user_ids | role.duty_ids.user_id
            for user in users.filtered(lambda user: not user.active):
                text = self.env._(
                    "%(user)s of the role “%(role)s” is archived.",
                    user=user.name,
                    role=role.name,
                )
                yield self._make_finding(role, text)

    @api.model
    def _check_leads(self, policy):
        if policy.lead_role_id:
            return
        text = self.env._("Nobody leads cases without a category: set a default lead.")
        yield self._make_finding(policy, text)
        for category in policy.category_ids:
            if not any(category._get_lead()):
                text = self.env._("Nobody leads cases of “%s”.", category.complete_name)
                yield self._make_finding(category, text)

    # escalation

    @api.model
    def _check_recipients(self, policy):
        for rule in policy.escalation_rule_ids:
            if not rule.role_ids.filtered("active"):
                text = self.env._("The rung “%s” tells nobody.", rule.name)
                yield self._make_finding(rule, text, "error")

    # stages

    @api.model
    def _check_requirements(self, policy):
        """Stages that no case can enter; worst when no case can be closed."""
        blocked = policy.stage_ids.filtered(self._is_blocked)
        closing = policy.stage_ids.filtered(lambda stage: stage.phase in CLOSED_PHASES)
        for stage in blocked:
            never_closed = stage in closing and closing <= blocked
            text = self.env._(
                "No case can enter the stage “%s”: what it needs can never hold.",
                stage.name,
            )
            if never_closed:
                text = self.env._(
                    "No case can be closed: what the stage “%s” needs can never hold.",
                    stage.name,
                )
            yield self._make_finding(
                stage, text, "error" if never_closed else "warning"
            )

    @api.model
    def _is_blocked(self, stage) -> bool:
        """Tell whether what ``stage`` asks of every case contradicts itself."""
        always = stage.requirement_ids.filtered(
            lambda requirement: requirement._get_filter_domain().is_true()
        )
        domains = always.mapped("required_domain")
        return bool(domains) and not self._may_hold(domains)

    @api.model
    def _may_hold(self, domains) -> bool:
        """Tell whether a case may meet all ``domains``, as far as can be seen."""
        cases = self.env["complaint.complaint"]
        domain = Domain.AND([literal_eval(text or "[]") for text in domains])
        if domain.optimize(cases).is_false():
            return False
        for condition in domain.iter_conditions():
            field = cases._fields.get(condition.field_expr)
            if field is None or field.type != "selection" or condition.operator != "=":
                continue
            if condition.value and condition.value not in field.get_values(self.env):
                # one alternative of several may still hold
                return "|" in list(domain)
        return True

    # references

    @api.model
    def _check_references(self, policy):
        """Active rows that refer to archived ones."""
        files = self.env["complaint.policy.file"]
        for model in files._get_sections().values():
            if self.env[model]._policy_file_parent is None:
                continue
            rows = self.env[model]._find_policy_file_rows(policy)
            for row in rows.filtered("active"):
                for name, kind in files._get_spec(model).values():
                    if kind not in ("item", "items"):
                        continue
                    for used in row[name].filtered(lambda used: not used.active):
                        text = self.env._(
                            "“%(row)s” refers to “%(used)s”, which is archived.",
                            row=row.display_name,
                            used=used.display_name,
                        )
                        yield self._make_finding(row, text)

    @api.model
    def _check_lost_hints(self, policy):
        files = self.env["complaint.policy.file"]
        for place, hints in (policy.file_hints or {}).items():
            names = [
                files._get_hint_name(hint)[0] or " / ".join(map(str, hint.values()))
                for hint in hints
            ]
            text = self.env._(
                "The imported file names %(names)s (%(place)s); nobody was found.",
                names=", ".join(names),
                place=place,
            )
            yield self._make_finding(policy, text)
