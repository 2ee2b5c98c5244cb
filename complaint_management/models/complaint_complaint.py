from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .complaint_stage import CLOSED_PHASES, PHASES

SUBJECT_LENGTH = 500
#: Writing one of these may meet a severity rule that did not match before.
SEVERITY_FIELDS = {
    "kind_id",
    "channel_id",
    "category_id",
    "track",
    "people_count",
    "place",
    "tag_ids",
    "department_id",
    "properties",
}


class ComplaintComplaint(models.Model):
    """One case, run by one policy.

    It keeps identity, routing and stage; parties, rounds, assignments and changes of
    severity are rows of their own, which are never rewritten. What the case shows of
    such rows is in mixins, one a subject.
    """

    _name = "complaint.complaint"
    _description = "Complaint"
    _inherit = [
        "complaint.discreet.mixin",
        "complaint.responsibility.mixin",
        "complaint.timed.mixin",
        "complaint.approval.mixin",
        "complaint.satisfaction.mixin",
        "complaint.correspondence.mixin",
        "complaint.resolution.mixin",
        "complaint.withdrawal.mixin",
        "complaint.origin.mixin",
        "complaint.case.page.mixin",
        "complaint.mail.mixin",
        "mail.tracking.duration.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "is_closed, severity_level desc, received_at desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _track_duration_field = "stage_id"
    _rec_names_search = ["name", "subject"]

    # identity
    name = fields.Char(
        string="Number", readonly=True, copy=False, default="/", index="trigram"
    )
    subject = fields.Char(required=True, tracking=True, index="trigram")
    active = fields.Boolean(default=True)
    policy_id = fields.Many2one(
        "complaint.policy",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self._get_default_policy(),
        domain="[('company_id', 'in', allowed_company_ids)]",
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    kind_id = fields.Many2one(
        "complaint.kind",
        compute="_compute_from_policy",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        ondelete="restrict",
        tracking=True,
        domain="[('policy_id', '=', policy_id)]",
    )
    nature = fields.Selection(related="kind_id.nature", store=True, precompute=True)
    channel_id = fields.Many2one(
        "complaint.channel",
        ondelete="restrict",
        domain="[('id', 'in', available_channel_ids)]",
    )
    available_channel_ids = fields.Many2many(
        "complaint.channel", compute="_compute_available_channel_ids"
    )
    track = fields.Selection(
        [("spot", "On the Spot"), ("formal", "Formal")],
        required=True,
        default="formal",
        tracking=True,
        help="On the spot: settled at once, with a short record.",
    )
    form = fields.Selection(
        [("oral", "Oral"), ("written", "Written")], required=True, default="oral"
    )
    # arrival
    received_at = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        tracking=True,
        index=True,
        copy=False,
    )
    arrival = fields.Selection(
        [
            ("working", "In Working Hours"),
            ("after", "After Hours"),
            ("holiday", "On a Day Off"),
        ],
        compute="_compute_arrival",
        store=True,
        precompute=True,
    )
    registered_by_id = fields.Many2one(
        "res.users",
        string="First Receiver",
        readonly=True,
        index=True,
        copy=False,
        default=lambda self: self.env.uid,
        help="Answers for the case until somebody has accepted the hand-over.",
    )
    # pipeline
    stage_id = fields.Many2one(
        "complaint.stage",
        compute="_compute_from_policy",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        copy=False,
        group_expand="_group_expand_stage_id",
        domain="[('policy_id', '=', policy_id)]",
    )
    phase = fields.Selection(
        PHASES,
        compute="_compute_phase",
        inverse="_inverse_phase",
        store=True,
        precompute=True,
        index=True,
        group_expand=True,
    )
    is_closed = fields.Boolean(compute="_compute_phase", store=True, precompute=True)
    date_last_stage_update = fields.Datetime(
        string="In Stage Since",
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
    )
    kanban_color = fields.Integer(related="severity_id.color")
    # classification
    category_id = fields.Many2one(
        "complaint.category",
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('policy_id', '=', policy_id)]",
    )
    tag_ids = fields.Many2many("complaint.tag")
    severity_id = fields.Many2one(
        "complaint.severity",
        compute="_compute_severity_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('policy_id', '=', policy_id)]",
    )
    severity_level = fields.Integer(
        related="severity_id.sequence", store=True, precompute=True
    )
    severity_change_ids = fields.One2many("complaint.severity.change", "complaint_id")
    # what happened
    description = fields.Html(string="What Happened", index="trigram")
    occurred_at = fields.Datetime(string="When It Happened")
    place = fields.Char(string="Where It Happened")
    demand = fields.Text(string="What is Wished")
    people_count = fields.Integer(
        string="People Concerned",
        compute="_compute_people_count",
        store=True,
        readonly=False,
        tracking=True,
    )
    properties = fields.Properties(
        definition="policy_id.complaint_properties_definition", copy=True
    )
    party_ids = fields.One2many("complaint.party", "complaint_id", copy=False)
    # end
    outcome_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', '=', 'close'), ('policy_id', 'in', (policy_id, False))]",
        ondelete="restrict",
        tracking=True,
        copy=False,
    )
    close_note = fields.Text(string="How It Ended", copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    # other cases
    master_id = fields.Many2one(
        "complaint.complaint",
        string="Merged Into",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    merged_ids = fields.One2many("complaint.complaint", "master_id", readonly=True)
    link_ids = fields.One2many("complaint.link", "complaint_id", copy=False)
    # access
    access_ids = fields.Many2many(
        "complaint.access",
        compute="_compute_access_ids",
        store=True,
        copy=False,
        groups="complaint_management.group_complaint_admin",
    )

    _policy_name_uniq = models.UniqueIndex(
        "(policy_id, name) WHERE name != '/'", "This number is taken."
    )
    _open_idx = models.Index("(policy_id, received_at) WHERE is_closed IS NOT TRUE")
    # Lists and columns of the kanban view show what is due first, mostly of what is
    # open: the small indexes keep the planner from reading what is closed.
    _due_idx = models.Index("(next_due_at, received_at DESC, id DESC)")
    _open_due_idx = models.Index(
        "(next_due_at, received_at DESC, id DESC) WHERE is_closed IS NOT TRUE"
    )
    _open_stage_idx = models.Index(
        "(stage_id, next_due_at, received_at DESC, id DESC) WHERE is_closed IS NOT TRUE"
    )
    _order_idx = models.Index(
        "(COALESCE(is_closed, FALSE), severity_level DESC, received_at DESC, id DESC)"
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.model
    def _get_default_policy(self):
        """Return the first policy of the user's company that takes cases today."""
        domain = [("company_id", "in", self.env.companies.ids)]
        policies = self.env["complaint.policy"].search(domain)
        policies = policies.sorted(lambda policy: policy.company_id != self.env.company)
        today = fields.Date.context_today(self)
        return policies.filtered(lambda policy: policy._is_valid_on(today))[:1]

    @api.depends("policy_id")
    def _compute_from_policy(self):
        for policy, complaints in self.grouped("policy_id").items():
            kind = policy.kind_ids.sorted("sequence")[:1]
            stage = policy and policy._get_first_stage()
            for complaint in complaints:
                if complaint.kind_id.policy_id != policy:
                    complaint.kind_id = kind
                if complaint.stage_id.policy_id != policy:
                    complaint.stage_id = stage

    @api.depends("policy_id.channel_ids")
    def _compute_available_channel_ids(self):
        every = self.env["complaint.channel"].search([])
        for complaint in self:
            complaint.available_channel_ids = complaint.policy_id.channel_ids or every

    @api.depends("stage_id.phase")
    def _compute_phase(self):
        for complaint in self:
            complaint.phase = complaint.stage_id.phase
            complaint.is_closed = complaint.phase in CLOSED_PHASES

    def _inverse_phase(self):
        """Move to the first stage of the phase that works, else to one that waits."""
        for complaint in self:
            stages = complaint.policy_id.stage_ids.sorted(
                lambda stage: (stage.pauses_clocks, stage.sequence)
            )
            stage = stages.filtered(lambda stage, c=complaint: stage.phase == c.phase)
            if not stage:
                labels = dict(self._fields["phase"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The policy “%(policy)s” has no stage in phase “%(phase)s”.",
                        policy=complaint.policy_id.name,
                        phase=labels[complaint.phase],
                    )
                )
            complaint.stage_id = stage[0]

    @api.depends("received_at", "policy_id")
    def _compute_arrival(self):
        arrivals = {}
        for complaint in self:
            key = (complaint.policy_id, complaint.received_at)
            if all(key) and key not in arrivals:
                arrivals[key] = key[0]._get_arrival(key[1])
            complaint.arrival = arrivals.get(key)

    @api.depends("category_id", "policy_id")
    def _compute_severity_id(self):
        groups = self.grouped(lambda case: (case.policy_id, case.category_id))
        for (policy, category), complaints in groups.items():
            levels = policy.severity_ids.sorted("sequence")
            default = category._get_inherited("severity_id") or levels[:1]
            for complaint in complaints:
                current = complaint.severity_id
                # A new category may raise a case, it never makes it less severe.
                if current.policy_id != policy or default.sequence > current.sequence:
                    complaint.severity_id = default

    @api.depends("party_ids.type")
    def _compute_people_count(self):
        for complaint in self:
            complainants = complaint.party_ids.filtered(
                lambda party: party.type == "complainant"
            )
            count = len(complainants) or 1
            complaint.people_count = max(count, complaint.people_count)

    @api.depends(
        "policy_id",
        "registered_by_id",
        "assignment_ids.type",
        "assignment_ids.state",
        "assignment_ids.user_id",
        "assignment_ids.department_id",
        "assignment_ids.candidate_ids",
        "escalation_ids.user_id",
        "approval_ids.user_ids",
        "approval_ids.delegate_ids",
        "approval_ids.answered_by_id",
        "follow_up_ids.state",
        "follow_up_ids.user_id",
        "follow_up_ids.department_id",
        "follow_up_ids.candidate_ids",
    )
    def _compute_access_ids(self):
        for seats, complaints in self.env["complaint.access"]._get_seats_at(self):
            complaints.access_ids = seats

    @api.constrains("received_at", "occurred_at")
    def _check_dates(self):
        latest = fields.Datetime.now() + timedelta(minutes=5)
        for complaint in self:
            if complaint.received_at > latest:
                raise ValidationError(
                    self.env._("A complaint can't be received in the future.")
                )
            if complaint.occurred_at and complaint.occurred_at > complaint.received_at:
                raise ValidationError(
                    self.env._("It can't have happened after it was reported.")
                )

    @api.constrains("subject")
    def _check_subject(self):
        if any(len(complaint.subject) > SUBJECT_LENGTH for complaint in self):
            raise ValidationError(
                self.env._(
                    "A subject has at most %s characters: tell the rest under “What "
                    "Happened”.",
                    SUBJECT_LENGTH,
                )
            )

    @api.constrains(
        "policy_id", "stage_id", "kind_id", "category_id", "severity_id", "outcome_id"
    )
    def _check_policy(self):
        own = ("stage_id", "kind_id", "category_id", "severity_id", "outcome_id")
        for complaint in self:
            if complaint.outcome_id.usage not in ("close", False):
                raise ValidationError(
                    self.env._("“%s” is no outcome.", complaint.outcome_id.name)
                )
            for field in own:
                row = complaint[field]
                # An outcome of no policy is an outcome of all.
                if row.policy_id and row.policy_id != complaint.policy_id:
                    raise ValidationError(
                        self.env._(
                            "“%(row)s” belongs to another policy than %(complaint)s.",
                            row=row.display_name,
                            complaint=complaint.display_name,
                        )
                    )

    def _creation_message(self):
        # Odoo's own looks up what the model is called, for each case.
        return self.env._("Complaint registered")

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def write(self, vals):
        self.policy_id._load()
        before = {case: (case.stage_id, case.severity_id) for case in self}
        if any(name.startswith("contact_") for name in vals):
            # Read before the write protects them: what isn't written stays as it is.
            self.mapped("contact_name")
        matching = self.env["complaint.deadline.matching"]
        matched = matching._get_snapshot(self, vals)
        if "policy_id" in vals:
            self._check_policy_change(vals["policy_id"])
        result = super().write(vals)
        self._after_write(vals.keys(), before)
        matching._rematch_changed(matched)
        return result

    def _after_write(self, names, before):
        """Do what follows from changes of the fields ``names``.

        :param before: the stage and severity that each case of self had
        """
        if "stage_id" in names:
            stages = {case: old[0] for case, old in before.items()}
            self.env["complaint.stage"]._move(self, stages)
        if {"severity_id", "category_id"} & names:
            severities = {case: old[1] for case, old in before.items()}
            self.env["complaint.severity.change"]._record(self, severities)
        if {"category_id", "track"} & names:
            self.env["complaint.routing"]._reroute(self)
            self.env["complaint.routing"]._ask_co_handlers(self)
        if SEVERITY_FIELDS & names:
            self._apply_severity_rules()

    def _check_policy_change(self, policy_id):
        """Refuse to move a case to another policy: its evidence belongs to this one.

        :raise UserError: always, unless the policy stays the same
        """
        if any(case.policy_id.id != policy_id for case in self):
            raise UserError(
                self.env._(
                    "A case stays with its policy. Register it anew under the other "
                    "one, link the two and close this one."
                )
            )

    def _apply_severity_rules(self):
        """Let the policies' rules raise these cases, or cases like them."""
        if self._is_history():
            return
        # sudo: complaint.severity.rule - rules work for whoever registers or edits
        self.policy_id.sudo().severity_ids.rule_ids._raise_complaints(self.sudo())

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    def _complaint_event(self, event: str, source=None, at=None):
        """Tell everybody who listens what happened: the one entry of the engine.

        :param event: one of ``tools.events.EVENTS`` or of an add-on's own
        :param source: the rows it happened to (stage, assignments …), or None
        :param at: naive UTC; now when None
        """
        self.policy_id._load()
        for model in self._get_event_listeners():
            self.env[model]._on_complaint_event(self, event, source, at)

    @api.model
    def _get_event_listeners(self) -> list[str]:
        """Return the models whose ``_on_complaint_event`` is called, in order."""
        return [
            "complaint.discretion",
            "complaint.round",
            "complaint.follow.up",
            "complaint.assignment.template",
            "complaint.severity.rule",
            "complaint.deadline.rule",
            "complaint.escalation.rule",
            "complaint.approval",
            "complaint.withdrawal",
            "complaint.party",
            "complaint.follow.up.rule",
            "complaint.letter.template",
            "complaint.message",
        ]
