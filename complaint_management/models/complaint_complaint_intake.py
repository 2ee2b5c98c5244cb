from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import groupby

from ..tools.contact import phone_key

#: Days in which another case of the same person is offered as a likely duplicate.
DUPLICATE_DAYS = 90


class ComplaintComplaint(models.Model):
    """Taking a complaint: who it is, whether it is known, its number and severity."""

    _inherit = "complaint.complaint"

    contact_partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_contact",
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
    known_partner_ids = fields.Many2many(
        "res.partner",
        string="Known Contacts",
        compute="_compute_known_complaint_ids",
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
    duplicate_count = fields.Integer(compute="_compute_known_complaint_ids")

    @api.depends("party_ids.partner_id", "party_ids.name", "party_ids.is_main")
    def _compute_contact(self):
        for complaint in self:
            # The party's own rule decides whether the user may know who it is.
            party = complaint.party_ids._get_main()._filtered_access("read")
            complaint.contact_partner_id = party.partner_id
            complaint.contact_name = party.name
            complaint.contact_phone = party.phone
            complaint.contact_email = party.email

    def _inverse_contact(self):
        for complaint in self:
            values = complaint._prepare_contact()
            party = complaint.party_ids._get_main()
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
        return {name: value for name, value in values.items() if value}

    def _search_contact_phone(self, operator, value):
        return self._search_contact("phone_key", operator, phone_key(value) or value)

    def _search_contact_email(self, operator, value):
        return self._search_contact("email", operator, value)

    def _search_contact(self, field, operator, value):
        if operator not in ("ilike", "=", "in", "=ilike"):
            return NotImplemented
        return [("party_ids", "any", [(field, operator, value)])]

    @api.depends("contact_partner_id", "contact_phone", "contact_email", "category_id")
    def _compute_known_complaint_ids(self):
        for complaint in self:
            partners = self.env["res.partner"]._search_complaint_contacts(
                complaint.contact_phone, complaint.contact_email
            )
            complaint.known_partner_ids = partners - complaint.contact_partner_id
            known = complaint._search_known_complaints()
            since = fields.Datetime.now() - timedelta(days=DUPLICATE_DAYS)
            duplicates = known.filtered(
                lambda case, complaint=complaint: case.received_at >= since
                and case.kind_id.nature == complaint.nature
                and (
                    not case.category_id
                    or not complaint.category_id
                    or case.category_id == complaint.category_id
                )
            )
            complaint.known_complaint_ids = known
            complaint.duplicate_ids = duplicates
            complaint.duplicate_count = len(duplicates)

    def _search_known_complaints(self):
        """Return the other cases of the complainants, as far as the user sees them."""
        domain = Domain.FALSE
        if self.contact_partner_id:
            domain |= Domain("partner_id", "=", self.contact_partner_id.id)
        if phone_key(self.contact_phone):
            domain |= Domain("phone_key", "=", phone_key(self.contact_phone))
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
        # The first receiver follows by "My Registrations", not as a follower: after
        # the hand-over the discussion is no longer theirs to read.
        creator = self.with_context(mail_create_nosubscribe=True)
        vals_list, parties = self._split_parties(vals_list)
        self._number(vals_list)
        complaints = super(ComplaintComplaint, creator).create(vals_list)
        complaints = complaints.with_env(self.env)
        self.env["complaint.round"]._start(complaints)
        routing = self.env["complaint.routing"]
        routing._receive(complaints)
        complaints._create_parties(parties)
        complaints._check_intake()
        routing._route(complaints.filtered(lambda case: not case.lead_assignment_id))
        routing._ask_co_handlers(complaints)
        complaints._apply_severity_rules()
        complaints._complaint_event("received")
        return complaints

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
            if contact and not any(self._is_complainant(row) for row in rows):
                rows.append(contact)
            cases.append(vals)
            parties.append(rows)
        return cases, parties

    @api.model
    def _is_complainant(self, party_vals) -> bool:
        return party_vals.get("type", "complainant") == "complainant"

    def _create_parties(self, parties):
        self.env["complaint.party"].create(
            [
                {**row, "complaint_id": complaint.id}
                for complaint, rows in zip(self, parties, strict=True)
                for row in rows
            ]
        )

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
                        "The policy “%s” takes no anonymous complaints: ask for a name, "
                        "a telephone number or an e-mail address.",
                        policy.name,
                    )
                )

    @api.model
    def _number(self, vals_list):
        """Draw the numbers of new cases: one query a policy and year."""
        unnumbered = [vals for vals in vals_list if vals.get("name", "/") == "/"]
        default = self.default_get(["policy_id"]).get("policy_id")
        now = fields.Datetime.now()

        def number_range(vals):
            policy = self.env["complaint.policy"].browse(
                vals.get("policy_id") or default
            )
            received = fields.Datetime.to_datetime(vals.get("received_at")) or now
            return policy, policy and policy._get_local_day(received).replace(
                month=1, day=1
            )

        for (policy, day), group in groupby(unnumbered, number_range):
            if not policy:
                raise UserError(
                    self.env._(
                        "There is no complaint policy for %s yet. An administrator of "
                        "complaints can add one under Configuration.",
                        self.env.company.name,
                    )
                )
            numbers = policy._get_next_numbers(len(group), day)
            for vals, number in zip(group, numbers, strict=True):
                vals["name"] = number

    # ------------------------------------------------------------
    # SEVERITY
    # ------------------------------------------------------------

    def _apply_severity_rules(self):
        """Let the policies' rules raise these cases, or cases like them."""
        # sudo: complaint.severity.rule - rules work for whoever registers or edits
        rules = self.policy_id.sudo().severity_ids.rule_ids
        for policy, own_rules in groupby(rules, lambda rule: rule.policy_id):
            cases = self.sudo().filtered(lambda case, p=policy: case.policy_id == p)
            own_rules[0].concat(*own_rules[1:])._raise_complaints(cases)

    def _raise_severity(self, severity, rule=None, note=None):
        """Raise those of self that are less severe; never lower one.

        :param rule: ``complaint.severity.rule`` that demands it
        :param note: a person's reason
        """
        lower = self.filtered(lambda case: case.severity_level < severity.sequence)
        lower.with_context(
            complaint_severity_rule=rule and rule.id, complaint_severity_note=note
        ).severity_id = severity

    def _after_severity_change(self, before: dict):
        """Keep each change with its reason, and tell the engine of those upwards.

        :param before: the severity that each case of self had
        """
        changed = self.filtered(lambda case: before[case] != case.severity_id)
        rule = self.env.context.get("complaint_severity_rule")
        note = self.env.context.get("complaint_severity_note")
        # sudo: complaint.severity.change - evidence, written by the case only
        self.env["complaint.severity.change"].sudo().create(
            [
                {
                    "complaint_id": case.id,
                    "from_id": before[case].id,
                    "to_id": case.severity_id.id,
                    "rule_id": rule,
                    "note": note,
                }
                for case in changed
            ]
        )
        raised = changed.filtered(
            lambda case: case.severity_level > before[case].sequence
        )
        if raised:
            raised._complaint_event("severity_raised")

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def _mail_complainants(self, template):
        """Queue ``template`` to the complainants; the case notes that, not to whom."""
        # sudo: complaint.party - the policy writes to people whom staff may not know
        parties = self.sudo().party_ids.filtered(
            lambda party: party.type == "complainant" and party.email_key
        )
        parties._send_mail(template)
        note = self.env._("Mail to the complainant: %s", template.name)
        parties.complaint_id._message_log_batch(
            bodies=dict.fromkeys(parties.complaint_id.ids, note)
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Nobody is told of a case that they may not see, follower or not."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self:
            return recipients
        users = self.env["res.users"].browse(
            recipient["uid"] for recipient in recipients if recipient.get("uid")
        )
        blind = users.filtered(lambda user: not self.with_user(user).has_access("read"))
        return [row for row in recipients if row.get("uid") not in blind.ids]
