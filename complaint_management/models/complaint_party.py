from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize

from ..tools.contact import phone_key

ON_BEHALF = [
    ("relative", "Relative"),
    ("guardian", "Guardian"),
    ("representative", "Authorised Representative"),
    ("lawyer", "Lawyer"),
    ("colleague", "Colleague"),
    ("other", "Other"),
]


class ComplaintParty(models.Model):
    """One person or body on a case: complainant, respondent, forwarder, witness.

    Who they are is readable here and nowhere else: the case shows a name only when
    everybody who works on it may know it.
    """

    _name = "complaint.party"
    _description = "Complaint Party"
    _inherit = ["complaint.respondent.mixin", "complaint.scheduled.mixin"]
    _order = "type, is_main desc, id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, precompute=True
    )
    told_in_id = fields.Many2one(
        "complaint.complaint",
        string="Complained In",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The case merged into this one in which this person complained: their "
        "page shows that one, and what was answered since.",
    )
    type = fields.Selection(
        [
            ("complainant", "Complainant"),
            ("respondent", "Complained About"),
            ("forwarder", "Forwarded By"),
            ("witness", "Witness"),
        ],
        required=True,
        default="complainant",
    )
    is_main = fields.Boolean(
        string="Spokesperson", help="Speaks for all complainants of the case."
    )
    # contact
    partner_id = fields.Many2one("res.partner", index="btree_not_null")
    name = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
    )
    phone = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    email = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    phone_key = fields.Char(
        compute="_compute_keys", store=True, precompute=True, index="trigram"
    )
    email_key = fields.Char(
        compute="_compute_keys", store=True, precompute=True, index="btree_not_null"
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    # for somebody else
    relation = fields.Selection(ON_BEHALF, help="Empty: speaks for themselves.")
    on_behalf_of = fields.Char(help="The person whom it happened to.")
    # inside the company
    employee_id = fields.Many2one("hr.employee", index="btree_not_null")
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    respondent_key = fields.Char(
        compute="_compute_respondent_key",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    # who may know
    confidential = fields.Boolean(
        compute="_compute_confidential",
        store=True,
        readonly=False,
        precompute=True,
        help="Only the complaint office knows who this is.",
    )
    identity_access = fields.Selection(
        [
            ("case", "Everybody who Works on the Case"),
            ("handler", "Lead Handler and Complaint Office"),
            ("office", "Complaint Office Only"),
        ],
        compute="_compute_identity_access",
        store=True,
        precompute=True,
        required=True,
    )

    @api.depends("partner_id", "employee_id")
    def _compute_contact(self):
        for party in self:
            # sudo: hr.employee - the name of a colleague is no secret, the rest stays
            source = party.partner_id or party.employee_id.sudo().work_contact_id
            party.name = source.name or party.employee_id.name or party.name
            party.phone = source.phone or party.phone
            party.email = source.email or party.email
            party.lang = source.lang or party.lang or self.env.lang

    @api.depends("phone", "email")
    def _compute_keys(self):
        for party in self:
            company = party.complaint_id.company_id
            code = self.env["res.partner"]._get_complaint_phone_code(company)
            party.phone_key = phone_key(party.phone, code)
            party.email_key = self._get_email_key(party.email)

    @api.model
    def _get_email_key(self, email):
        # What is longer than an address can be is none, and no index takes it.
        return len(email or "") <= 254 and email_normalize(email or "") or False

    @api.depends("employee_id")
    def _compute_department_id(self):
        for party in self:
            # sudo: hr.employee - the department of a colleague is no secret
            employee = party.employee_id.sudo()
            party.department_id = employee.department_id or party.department_id

    @api.depends("type", "employee_id", "department_id", "partner_id", "name")
    def _compute_respondent_key(self):
        for party in self:
            records = party.employee_id or party.partner_id or party.department_id
            name = (party.name or "").strip().lower()[:200]
            key = f"{records._name},{records.id}" if records else name
            party.respondent_key = party.type == "respondent" and key

    @api.depends("complaint_id.kind_id", "type")
    def _compute_confidential(self):
        for party in self:
            party.confidential = party.confidential or (
                party.type == "complainant" and party.complaint_id.kind_id.confidential
            )

    @api.depends("confidential", "type", "complaint_id.policy_id.identity_access")
    def _compute_identity_access(self):
        for party in self:
            access = party.complaint_id.policy_id.identity_access or "case"
            if party.type == "respondent":
                access = "case"
            party.identity_access = "office" if party.confidential else access

    @api.constrains("email")
    def _check_email(self):
        for party in self:
            if party.email and not party.email_key:
                raise ValidationError(
                    self.env._("“%s” is no e-mail address.", party.email[:80])
                )

    @api.model
    def _check_names_others(self, vals_list):
        """Refuse new rows that would hide the case from whoever is writing it."""
        for vals in vals_list:
            self._check_told_in(vals)
            if vals.get("type") == "respondent":
                self.new({**vals, "complaint_id": False})._check_not_oneself()

    def _check_not_oneself(self):
        """Refuse what would hide the case from whoever is writing it.

        :raise UserError: one of self is the user, complained about
        """
        if not self.env.su and self.env.user in self._get_excluded_users():
            raise UserError(
                self.env._(
                    "This complaint is about you: ask a colleague to take it, or step "
                    "back from it by “Conflict of Interest”."
                )
            )

    @api.depends("name", "type", "phone", "email")
    def _compute_display_name(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for party in self:
            shown = party.name or party.phone or party.email
            party.display_name = shown or labels.get(party.type)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_names_others(vals_list)
        parties = super().create(self._link_known_contacts(vals_list))
        parties._after_change()
        parties._keep_discretion()
        parties._tell_added()
        return parties

    def write(self, vals):
        self._check_told_in(vals)
        if "complaint_id" in vals and not self.env.su:
            self._check_stays(vals["complaint_id"])
        known = self._get_respondents() if "type" in vals else self
        result = super().write(vals)
        if {"type", "partner_id", "employee_id"} & vals.keys():
            self._check_not_oneself()
        if {"phone", "email"} & vals.keys() and not vals.get("partner_id"):
            self._link_to_known_contacts()
        if {"type", "is_main", "employee_id", "department_id", "name"} & vals.keys():
            self._after_change()
        if {"type", "partner_id", "employee_id", "confidential"} & vals.keys():
            self._keep_discretion()
        (self - known)._tell_added()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_written_to(self):
        # sudo: complaint.letter - a letter that the user can't see was sent too
        letters = self.env["complaint.letter"].sudo()
        if letters.search_count(
            [("party_id", "in", self.ids), ("state", "!=", "draft")], limit=1
        ):
            raise UserError(
                self.env._("A letter went to this party: it stays on the case.")
            )

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints.exists().party_ids._after_change()
        return result

    @api.model
    def _link_known_contacts(self, vals_list):
        """Return ``vals_list`` with the one contact that has the phone or e-mail typed.

        What was typed stays as it is. Two contacts with the same number are a question
        that a person has to answer: nobody is linked.
        """
        complaints = self.env["complaint.complaint"]
        contacts = [
            (None, None, complaints.company_id)
            if vals.get("partner_id") or vals.get("employee_id")
            else (
                vals.get("phone"),
                vals.get("email"),
                complaints.browse(vals.get("complaint_id")).company_id,
            )
            for vals in vals_list
        ]
        partners = self.env["res.partner"]._find_complaint_contacts(contacts)
        return [
            {**vals, "partner_id": partner.id} if partner else vals
            for vals, partner in zip(vals_list, partners, strict=True)
        ]

    def _link_to_known_contacts(self):
        """Link those of self that name no contact yet to the one known by now."""
        open_ = self.filtered(lambda p: not p.partner_id and not p.employee_id)
        partners = self.env["res.partner"]._find_complaint_contacts(
            [(party.phone, party.email, party.company_id) for party in open_]
        )
        for party, partner in zip(open_, partners, strict=True):
            if partner:
                typed = {name: party[name] for name in ("name", "phone", "email")}
                party.write({**typed, "partner_id": partner.id})

    def _check_stays(self, complaint_id):
        """Refuse to carry a party to another case, which may be out of sight.

        :raise UserError: always, unless the case stays the same
        """
        if any(party.complaint_id.id != complaint_id for party in self):
            raise UserError(self.env._("A party stays with its case."))

    def _check_told_in(self, vals):
        """Refuse to open a case to somebody by saying that they complained there."""
        if vals.get("told_in_id") and not self.env.su:
            raise AccessError(self.env._("Where somebody complained is kept as it is."))

    def _keep_discretion(self):
        """Let nobody go on hearing of a case that is now known to be about them."""
        discretion = self.env["complaint.discretion"]
        kept = self.filtered(
            lambda party: party.type == "respondent" or party.identity_access != "case"
        )
        discretion._drop_unwelcome_followers(kept.complaint_id)
        discretion._drop_excluded(kept._get_respondents().complaint_id)

    def _after_change(self):
        """Choose spokespersons again, let severity rules see who is on the cases."""
        # sudo: complaint.complaint - whoever may write a party, rules see all of them
        complaints = self.sudo().complaint_id
        for complaint in complaints:
            self._choose_main(complaint)
        # A case without lead is being registered: its rules are applied at the end.
        known = complaints.filtered("lead_assignment_id")
        known._apply_severity_rules()
        self.env["complaint.deadline.matching"]._rematch_after(known, {"party_ids"})

    def _choose_main(self, complaint):
        """Let exactly one complainant speak for ``complaint``: the last chosen."""
        complainants = complaint.party_ids.filtered(lambda p: p.type == "complainant")
        mains = complainants.filtered("is_main")
        if len(mains) > 1:
            (mains - ((mains & self) or mains)[-1:]).is_main = False
        elif complainants and not mains:
            complainants[0].is_main = True

    def _get_main(self):
        """Return the complainant who speaks for the case, at most one."""
        complainants = self.filtered(lambda party: party.type == "complainant")
        return complainants.filtered("is_main")[:1] or complainants[:1]

    def _get_own_case(self):
        """Return the case that this person has told us, merged into another or not."""
        return self.told_in_id or self.complaint_id

    def _is_person(self, other) -> bool:
        """Tell whether two rows name one person for sure: a name alone doesn't."""
        if not (self and other) or self == other:
            return bool(self and other)
        if self.partner_id or other.partner_id:
            return self.partner_id == other.partner_id
        return bool(self.email_key) and self.email_key == other.email_key

    def _get_person_key(self) -> str | None:
        """Return what tells one person from another, None when nothing is known."""
        if self.partner_id:
            return f"partner,{self.partner_id.id}"
        return self.phone_key or self.email_key or self.name or None
