from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .complaint_stage import CLOSED_PHASES


class ComplaintPolicy(models.Model):
    """A written complaint policy that cases are run by."""

    _name = "complaint.policy"
    _description = "Complaint Policy"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "complaint.policy.mail.mixin",
        "complaint.policy.file.mixin",
        "complaint.local.time.mixin",
        "complaint.policy.public.mixin",
        "complaint.policy.resolution.mixin",
        "complaint.policy.memory.mixin",
    ]
    _order = "sequence, id"
    _check_company_auto = True
    _policy_file_parent = None
    _policy_file_skip = ("channel_ids",)

    # identity
    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True, help="Begins the numbers of the cases; names the policy file."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Cases of this policy belong to this company. Head office works on them "
        "when its users are allowed in this company.",
    )
    description = fields.Html(translate=True)
    # document control
    version = fields.Char(default="1.0", tracking=True)
    valid_from = fields.Date(default=fields.Date.context_today, tracking=True)
    valid_to = fields.Date(tracking=True, help="Takes no new cases after this day.")
    approver_id = fields.Many2one("res.users", string="Approved By", tracking=True)
    review_date = fields.Date(
        string="Next Review", help="The approver is reminded by an activity."
    )
    # intake
    kind_ids = fields.One2many(
        "complaint.kind",
        "policy_id",
        string="Kinds Taken",
        copy=True,
        default=lambda self: self._get_default_kinds(),
    )
    channel_ids = fields.Many2many("complaint.channel", string="Channels Taken")
    anonymous_allowed = fields.Boolean(
        string="Anonymous Complaints", default=True, help="Taken without any contact."
    )
    identity_access = fields.Selection(
        [
            ("case", "Everybody who Works on the Case"),
            ("handler", "Lead Handler and Complaint Office"),
            ("office", "Complaint Office Only"),
        ],
        string="Complainant Known To",
        required=True,
        default="case",
        help="Confidential kinds and parties are known to the complaint office only.",
    )
    sequence_id = fields.Many2one(
        "ir.sequence", string="Numbering", copy=False, ondelete="restrict"
    )
    complaint_properties_definition = fields.PropertiesDefinition("Extra Fields")
    acknowledgement_template_id = fields.Many2one(
        "mail.template",
        string="Acknowledgement Mail",
        domain="[('model', '=', 'complaint.party')]",
        help="Sent to the complainant when a case is registered. Empty: none.",
    )
    # organisation
    office_user_ids = fields.Many2many(
        "res.users",
        "complaint_policy_office_user_rel",
        string="Complaint Office",
        domain="[('share', '=', False)]",
        help="See and steer all cases of this policy; asked when nobody else is.",
    )
    lead_role_id = fields.Many2one(
        "complaint.role",
        string="Default Lead",
        domain="[('policy_id', '=', id)]",
        help="Leads cases that neither severity nor category route.",
    )
    conflict_role_id = fields.Many2one(
        "complaint.role",
        string="In Conflict of Interest",
        domain="[('policy_id', '=', id)]",
        help="Leads when everybody responsible is complained about or recused.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        default=lambda self: self.env.company.resource_calendar_id,
        check_company=True,
    )
    # configuration
    stage_ids = fields.One2many(
        "complaint.stage",
        "policy_id",
        copy=True,
        default=lambda self: self._get_default_stages(),
    )
    category_ids = fields.One2many("complaint.category", "policy_id", copy=True)
    severity_ids = fields.One2many(
        "complaint.severity",
        "policy_id",
        copy=True,
        default=lambda self: self._get_default_severities(),
    )
    role_ids = fields.One2many("complaint.role", "policy_id", copy=True)
    assignment_template_ids = fields.One2many(
        "complaint.assignment.template", "policy_id", copy=True
    )
    deadline_rule_ids = fields.One2many(
        "complaint.deadline.rule", "policy_id", copy=True
    )
    escalation_rule_ids = fields.One2many(
        "complaint.escalation.rule", "policy_id", copy=True
    )
    extension_template_id = fields.Many2one(
        "mail.template",
        string="Mail about an Extension",
        domain="[('model', '=', 'complaint.party')]",
        help="Tells the complainant the new date of a promised deadline.",
    )
    # cards of the overview
    open_count = fields.Integer(compute="_compute_counts")
    unassigned_count = fields.Integer(compute="_compute_counts")
    to_accept_count = fields.Integer(compute="_compute_counts")
    mine_count = fields.Integer(compute="_compute_counts")

    _code_uniq = models.Constraint(
        "UNIQUE(company_id, code)", "This code is already used in the company."
    )

    @api.constrains("valid_from", "valid_to")
    def _check_validity(self):
        for policy in self:
            begin, end = policy.valid_from, policy.valid_to
            if begin and end and end < begin:
                raise ValidationError(
                    self.env._("A policy can't end before it begins.")
                )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        base = Domain("policy_id", "in", self.ids) & Domain("is_closed", "=", False)
        counted = {
            "open_count": Domain.TRUE,
            "unassigned_count": Domain("handler_id", "=", False),
            "to_accept_count": Domain("handover_state", "=", "pending"),
            "mine_count": Domain("handler_id", "=", self.env.uid),
        }
        complaints = self.env["complaint.complaint"]
        for field, domain in counted.items():
            counts = dict(
                complaints._read_group(base & domain, ["policy_id"], ["__count"])
            )
            for policy in self:
                policy[field] = counts.get(policy, 0)

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env["complaint.access"]._get_seats(policies)
        self.env["complaint.numbering"]._create_sequences(policies)
        return policies

    def write(self, vals):
        if "company_id" in vals:
            self._check_company_change(vals["company_id"])
        numbering = self.env["complaint.numbering"]
        prefixes = {policy: numbering._get_prefix(policy) for policy in self}
        result = super().write(vals)
        if "code" in vals:
            numbering._renew_prefixes(prefixes)
        if vals.get("review_date"):
            self._schedule_review()
        return result

    def _check_company_change(self, company_id):
        """Refuse to move policies with cases: the cases' access would move along.

        :raise UserError: one of the policies has cases
        """
        moved = self.filtered(lambda policy: policy.company_id.id != company_id)
        if moved._has_complaints():
            raise UserError(
                self.env._("A policy that has cases stays with its company.")
            )

    def _has_complaints(self) -> bool:
        # sudo: complaint.complaint - cases that the user can't see count too
        complaints = self.env["complaint.complaint"].sudo()
        complaints = complaints.with_context(active_test=False)
        return bool(complaints.search_count([("policy_id", "in", self.ids)], limit=1))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for policy, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", policy.name)
            if "code" not in (default or {}):
                vals["code"] = self.env["complaint.numbering"]._get_free_code(policy)
            company = self.env["res.company"].browse(vals.get("company_id"))
            if company != policy.company_id and "calendar_id" not in (default or {}):
                vals["calendar_id"] = company.resource_calendar_id.id
        return vals_list

    def _check_deletable(self):
        """Refuse to delete what cases live under, or printed codes lead to."""
        if self._has_complaints():
            raise UserError(
                self.env._(
                    "A policy that has cases can't be deleted. Archive it instead: "
                    "its cases stay and are finished under it."
                )
            )
        self._check_no_code_leads_here()

    def unlink(self):
        # Not by @api.ondelete: its rows would refuse before, in other words.
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._check_deletable()
        # The database deletes in any order, also roles that categories still name.
        policies = self.with_context(active_test=False)
        policies.write(dict.fromkeys(self._get_item_references(), False))
        sequences = self.sequence_id
        policies.severity_ids.rule_ids.unlink()
        for field in reversed(self._get_item_fields()):
            policies[field].unlink()
        result = super().unlink()
        self.env["complaint.numbering"]._delete_sequences(sequences)
        return result

    def action_open_complaints(self):
        """Open the cases of this policy, filtered as the clicked count says."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_complaint_action_policy"
        )
        filters = self.env.context.get("complaint_filters", ["open"])
        action["display_name"] = self.name
        action["context"] = {
            "default_policy_id": self.id,
            "search_default_policy_id": self.id,
            **{f"search_default_{name}": 1 for name in filters},
        }
        return action

    @api.model
    def _get_default_stages(self) -> list:
        """Return the pipeline that a policy made from nothing begins with."""
        stages = [
            (self.env._("Received"), "received", "received"),
            (self.env._("In Progress"), "in_progress", "handling"),
            (self.env._("Answered"), "answered", "answer"),
            (self.env._("Closed"), "closed", "closed"),
        ]
        return [
            Command.create(
                {
                    "name": name,
                    "code": code,
                    "phase": phase,
                    "sequence": 10 * number,
                    "fold": phase in CLOSED_PHASES,
                }
            )
            for number, (name, code, phase) in enumerate(stages, start=1)
        ]

    @api.model
    def _get_default_severities(self) -> list:
        """Return the severities that a policy made from nothing begins with."""
        return [
            Command.create(
                {"name": self.env._("Ordinary"), "code": "ordinary", "sequence": 10}
            ),
            Command.create(
                {
                    "name": self.env._("Serious"),
                    "code": "serious",
                    "sequence": 20,
                    "color": 1,
                }
            ),
        ]

    @api.model
    def _get_default_kinds(self) -> list:
        """Return the kinds that a policy made from nothing begins with."""
        return [Command.create({"name": self.env._("Complaint"), "code": "complaint"})]

    @api.model
    def _get_item_fields(self) -> list[str]:
        """Return the fields whose rows are copied and deleted with a policy.

        A row may point at rows of the fields before its own.
        """
        return [
            "kind_ids",
            "role_ids",
            "severity_ids",
            "category_ids",
            "stage_ids",
            "assignment_template_ids",
            *super()._get_item_fields(),
            "deadline_rule_ids",
            "escalation_rule_ids",
        ]

    @api.model
    def _get_item_references(self) -> list[str]:
        """Return the fields by which a policy names rows of its own."""
        items = self.pool["complaint.policy.item.mixin"]
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and field.type in ("many2one", "many2many")
            and isinstance(self.env[field.comodel_name], items)
        ]

    def _schedule_review(self):
        template = "mail.mail_activity_data_todo"
        for policy in self.filtered("approver_id"):
            speech = self.with_context(lang=policy.approver_id.lang).env
            policy.activity_schedule(
                template,
                date_deadline=policy.review_date,
                summary=speech._("Review the policy"),
                user_id=policy.approver_id.id,
            )

    def _check_ready(self):
        """Refuse to take cases as long as something that every case needs is missing.

        :raise UserError: naming what is missing, and who can add it
        """
        if not self:
            raise UserError(
                self.env._(
                    "There is no complaint policy for %s yet. An administrator of "
                    "complaints can add one under Configuration.",
                    self.env.company.name,
                )
            )
        self._load()
        needed = {
            self.env._("a stage that is not closed"): self._get_first_stage(),
            self.env._("a kind of complaint"): self.kind_ids,
            self.env._("a severity"): self.severity_ids,
        }
        missing = [label for label, rows in needed.items() if not rows]
        if missing:
            raise UserError(
                self.env._(
                    "The policy “%(policy)s” can't take complaints yet, it lacks: "
                    "%(missing)s. An administrator of complaints can add it.",
                    policy=self.name,
                    missing=", ".join(missing),
                )
            )

    def _is_valid_on(self, day: date) -> bool:
        """Tell whether this policy takes cases on ``day``."""
        before = self.valid_from and day < self.valid_from
        after = self.valid_to and day > self.valid_to
        return bool(self.active and not before and not after)

    def _get_first_stage(self):
        """Return the stage in which new cases of this policy begin."""
        self.ensure_one()
        return self.stage_ids.sorted("sequence").filtered(
            lambda stage: stage.phase not in CLOSED_PHASES
        )[:1]
