from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import groupby

from ..tools.contact import choose_main, is_complainant
from .complaint_party import ON_BEHALF

#: Days in which another case of the same person is offered as a likely duplicate.
DUPLICATE_DAYS = 90


class ComplaintComplaint(models.Model):
    """Taking a complaint: who it is, whether it is known, its number and severity."""

    _inherit = "complaint.complaint"

    contact_partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_contact_partner_id",
        inverse="_inverse_contact",
        readonly=False,
    )
    contact_name = fields.Char(
        string="Complainant",
        compute="_compute_contact",
        inverse="_inverse_contact",
        readonly=False,
    )
    contact_phone = fields.Char(
        string="Phone",
        compute="_compute_contact",
        inverse="_inverse_contact",
        search="_search_contact_phone",
        readonly=False,
    )
    contact_email = fields.Char(
        string="E-mail",
        compute="_compute_contact",
        inverse="_inverse_contact",
        search="_search_contact_email",
        readonly=False,
    )
    contact_relation = fields.Selection(
        ON_BEHALF,
        string="Complains As",
        compute="_compute_contact",
        inverse="_inverse_contact",
        readonly=False,
        help="Empty: the person complains for themselves.",
    )
    contact_on_behalf_of = fields.Char(
        string="On Behalf Of",
        compute="_compute_contact",
        inverse="_inverse_contact",
        readonly=False,
    )
    contact_confidential = fields.Boolean(
        string="Confidential",
        compute="_compute_contact",
        inverse="_inverse_contact",
        readonly=False,
        help="Only the complaint office knows who complains.",
    )
    contact_hidden = fields.Boolean(
        compute="_compute_contact",
        help="Somebody complains, the user may not know who.",
    )
    known_partner_ids = fields.Many2many(
        "res.partner", string="Known Contacts", compute="_compute_known_complaint_ids"
    )
    known_complaint_ids = fields.Many2many(
        "complaint.complaint",
        string="Earlier Complaints of this Person",
        compute="_compute_known_complaint_ids",
    )
    duplicate_ids = fields.Many2many(
        "complaint.complaint",
        string="Likely Duplicates",
        compute="_compute_known_complaint_ids",
    )
    known_complaint_count = fields.Integer(compute="_compute_known_complaint_ids")
    duplicate_count = fields.Integer(compute="_compute_known_complaint_ids")
    # shown
    stage_hint = fields.Text(related="stage_id.description", string="What to Do Here")
    can_edit = fields.Boolean(compute="_compute_can_edit")
    can_accept = fields.Boolean(compute="_compute_can_edit")

    @api.depends_context("uid")
    @api.depends("party_ids.partner_id", "party_ids.is_main")
    def _compute_contact_partner_id(self):
        parties = self._get_contact_parties()
        for complaint in self:
            complaint.contact_partner_id = parties[complaint].partner_id

    @api.depends_context("uid")
    @api.depends(
        "contact_partner_id",
        "party_ids.name",
        "party_ids.phone",
        "party_ids.email",
        "party_ids.relation",
        "party_ids.on_behalf_of",
        "party_ids.confidential",
        "party_ids.is_main",
        "identity",
    )
    def _compute_contact(self):
        parties = self._get_contact_parties()
        for complaint in self:
            party = parties[complaint]
            # A contact chosen just now says more than the party written before.
            source = complaint.contact_partner_id - party.partner_id or party
            complaint.contact_name = source.name
            complaint.contact_phone = source.phone
            complaint.contact_email = source.email
            complaint.contact_relation = party.relation
            complaint.contact_on_behalf_of = party.on_behalf_of
            complaint.contact_confidential = party.confidential
            complaint.contact_hidden = (
                not party and complaint.identity == "confidential"
            )

    def _get_contact_parties(self) -> dict:
        """Return each spokesperson's row, none where the user may not know who."""
        mains = {
            case: parties._get_main()
            for case, parties in self._get_all_parties().items()
        }
        # sudo: complaint.party - taken off: the user's own rights say who is known
        mains = {case: main.sudo(False) for case, main in mains.items()}
        rows = self.env["complaint.party"].concat(*mains.values())
        known = rows._filtered_access("read")
        return {case: main & known for case, main in mains.items()}

    def _inverse_contact(self):
        for complaint in self:
            values = complaint._prepare_contact()
            # sudo: complaint.party - taken off: the party's own rule decides who
            # writes, even if it hides the row
            party = complaint._get_all_parties()[complaint]._get_main().sudo(False)
            if party:
                party.write(values)
            elif any(values.values()):
                complaint.party_ids = [Command.create(values)]

    def _prepare_contact(self) -> dict:
        """Return the values of the spokesperson's party row."""
        values = {
            "partner_id": self.contact_partner_id.id,
            "name": self.contact_name,
            "phone": self.contact_phone,
            "email": self.contact_email,
        }
        # What was left empty is filled from the known contact, not emptied.
        values = {name: value for name, value in values.items() if value}
        if values or self.party_ids:
            values["relation"] = self.contact_relation
            values["on_behalf_of"] = self.contact_on_behalf_of
            values["confidential"] = self.contact_confidential
        return values

    def _search_contact_phone(self, operator, value):
        if operator == "in":
            keys = [self._get_phone_key(phone) or phone for phone in value]
        else:
            keys = self._get_phone_key(value) or value
        return self._search_contact("phone_key", operator, keys)

    def _search_contact_email(self, operator, value):
        return self._search_contact("email", operator, value)

    @api.model
    def _get_phone_key(self, phone):
        return self.env["res.partner"]._get_complaint_phone_key(phone)

    def _search_contact(self, field, operator, value):
        if operator not in ("ilike", "=", "in", "=ilike"):
            return NotImplemented
        return [("party_ids", "any", [(field, operator, value)])]

    @api.depends_context("uid")
    @api.depends(
        "contact_partner_id",
        "contact_name",
        "contact_phone",
        "contact_email",
        "category_id",
    )
    def _compute_known_complaint_ids(self):
        since = fields.Datetime.now() - timedelta(days=DUPLICATE_DAYS)
        for complaint in self:
            partners = self.env["res.partner"]._search_complaint_contacts(
                complaint.contact_phone, complaint.contact_email, complaint.contact_name
            )
            complaint.known_partner_ids = partners - complaint.contact_partner_id
            known = complaint._search_known_complaints()
            duplicates = known.filtered(
                lambda case, complaint=complaint: (
                    case.received_at >= since
                    and case.kind_id.nature == complaint.nature
                    and (
                        not case.category_id
                        or not complaint.category_id
                        or case.category_id == complaint.category_id
                    )
                )
            )
            complaint.known_complaint_ids = known
            complaint.duplicate_ids = duplicates
            complaint.known_complaint_count = len(known)
            complaint.duplicate_count = len(duplicates)

    @api.depends_context("uid")
    @api.depends("responsible_id", "handler_id", "lead_assignment_id.state")
    def _compute_can_edit(self):
        editable = self._origin._filtered_access("write")
        for complaint in self:
            lead = complaint.lead_assignment_id
            complaint.can_edit = not complaint._origin or complaint._origin in editable
            complaint.can_accept = lead.state == "pending" and lead.is_mine

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        """Show every stage of the policy whose cases are looked at, empty ones too."""
        policy = self.env.context.get("default_policy_id")
        shown = Domain("id", "in", stages.ids) | Domain("policy_id", "=", policy)
        return stages.search(shown)

    def action_view_cases(self):
        """Open the cases of the field that the key ``complaint_cases`` names."""
        self.ensure_one()
        field = self._fields[self.env.context["complaint_cases"]]
        return self[field.name]._get_records_action(
            name=field._description_string(self.env)
        )

    def _search_known_complaints(self):
        """Return the other cases of the complainants, as far as the user sees them."""
        domain = Domain.FALSE
        if self.contact_partner_id:
            domain |= Domain("partner_id", "=", self.contact_partner_id.id)
        if key := self._get_phone_key(self.contact_phone):
            domain |= Domain("phone_key", "=", key)
        if self.contact_email:
            domain |= Domain("email_key", "=", self.contact_email.strip().lower())
        if domain.is_false():
            return self.browse()
        domain &= Domain("type", "=", "complainant")
        known = Domain("party_ids", "any", domain) & Domain("master_id", "=", False)
        return self.search(known & Domain("id", "!=", self._origin.id), limit=40)

    # ------------------------------------------------------------
    # REGISTERING
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Register cases: number them, find who leads, start their clocks."""
        # The first receiver follows by "My Registrations", not as a follower: after
        # the hand-over the discussion is no longer theirs to read.
        creator = self.with_context(mail_create_nosubscribe=True)
        self._check_sealed(set().union(*vals_list))
        vals_list, parties = self._split_parties(vals_list)
        self._number(vals_list)
        complaints = super(ComplaintComplaint, creator).create(vals_list)
        complaints = complaints.with_env(self.env)
        if self._is_history():
            complaints._create_parties(parties)
            self.env["complaint.round"]._file_assignments(complaints)
            return complaints
        asked = {case: (case.department_id, case.handler_id) for case in complaints}
        # Clocks start at the very end. What was just written needn't be looked for.
        fresh = complaints.with_context(complaint_fresh=complaints.ids)
        complaints = fresh.with_context(complaint_intake=complaints.ids)
        self.env["complaint.round"]._start(complaints)
        complaints._create_parties(parties)
        complaints._check_intake()
        self.env["complaint.repetition"]._propose(complaints)
        complaints._apply_severity_rules()
        complaints.env["complaint.routing"]._receive(complaints, asked)
        stages = self.env["complaint.stage"]
        stages._move(complaints, dict.fromkeys(complaints, stages))
        complaints._complaint_event("received")
        # Worked out here, where the rows of the cases are at hand.
        complaints._recompute_recordset()
        fresh._complaint_event("severity_reached")
        return complaints.with_env(self.env)

    @api.model
    def _is_history(self) -> bool:
        """Tell whether cases of the past are loaded, with their rounds and assignments.

        Such cases are as they were: nobody is asked, written to or told again.
        """
        group = "complaint_management.group_complaint_admin"
        return bool(
            self.env.context.get("complaint_history") and self.env.user.has_group(group)
        )

    @api.model
    def _split_parties(self, vals_list):
        """Return the values of the cases, and those of their parties apart.

        Parties are made when the first receiver has their seat at the case: only
        then may the receiver write down who complains.
        """
        cases, parties = [], []
        for vals in vals_list:
            vals = dict(vals)
            commands = vals.pop("party_ids", None) or []
            rows = [command[2] for command in commands if command[2]]
            contact = {
                name.removeprefix("contact_"): vals.pop(name)
                for name in list(vals)
                if name.startswith("contact_")
            }
            contact = {name: value for name, value in contact.items() if value}
            if contact and not any(map(is_complainant, rows)):
                rows.append(contact)
            cases.append(vals)
            parties.append(rows)
        return cases, parties

    def _create_parties(self, parties):
        """Write down who is on these new cases.

        Whoever may register a case may say who complains; then record rules decide.

        :param parties: the values of the rows of each case
        """
        vals_list = [
            {**row, "complaint_id": complaint.id}
            for complaint, rows in zip(self, parties, strict=True)
            for row in choose_main(rows)
        ]
        self.env["complaint.party"].check_access("create")
        self.env["complaint.party"]._check_names_others(vals_list)
        # sudo: complaint.party - the seats that open them are given with the lead
        self.env["complaint.party"].sudo().create(vals_list)

    def _check_intake(self):
        """Refuse what the policy doesn't take.

        :raise UserError: naming the policy's rule
        """
        for complaint in self:
            policy = complaint.policy_id
            day = policy._get_local_day(complaint.received_at)
            if not policy._is_valid_on(day):
                raise UserError(
                    self.env._(
                        "The policy “%(policy)s” takes no complaints on %(day)s.",
                        policy=policy.name,
                        day=day,
                    )
                )
            if not policy.anonymous_allowed and complaint.identity == "anonymous":
                raise UserError(
                    self.env._(
                        "The policy “%s” takes no anonymous complaints: ask for a "
                        "name, a telephone number or an e-mail address.",
                        policy.name,
                    )
                )

    @api.model
    def _get_default_policy_id(self, vals_list):
        """Return the policy of those of ``vals_list`` that name none."""
        if all(vals.get("policy_id") for vals in vals_list):
            return None
        return self.default_get(["policy_id"]).get("policy_id")

    @api.model
    def _number(self, vals_list):
        """Draw the numbers of new cases: one query a policy and year.

        :raise UserError: no policy is there, or it lacks what every case needs
        """
        policies = self.env["complaint.policy"]
        default = self._get_default_policy_id(vals_list)
        for id_ in {vals.get("policy_id") or default for vals in vals_list}:
            policies.browse(id_)._check_ready()
        numbering = self.env["complaint.numbering"]
        now = fields.Datetime.now()

        def number_range(vals):
            """Return the policy and the year whose numbers a case draws from."""
            policy = policies.browse(vals.get("policy_id") or default)
            received = fields.Datetime.to_datetime(vals.get("received_at")) or now
            return policy, policy._get_local_day(received).replace(month=1, day=1)

        for (policy, day), group in groupby(vals_list, number_range):
            group = [vals for vals in group if vals.get("name", "/") == "/"]
            numbers = numbering._get_next_numbers(policy, len(group), day)
            for vals, number in zip(group, numbers, strict=True):
                vals["name"] = number
