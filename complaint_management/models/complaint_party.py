from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
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
    _order = "type, is_main desc, id"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
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
        index="btree_not_null",
    )
    respondent_key = fields.Char(
        compute="_compute_respondent_key", store=True, index="btree_not_null"
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
            party.phone_key = phone_key(party.phone)
            party.email_key = email_normalize(party.email or "") or False

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
            key = f"{records._name},{records.id}" if records else party.name
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
            if party.email and not email_normalize(party.email):
                raise ValidationError(
                    self.env._("“%s” is no e-mail address.", party.email)
                )

    @api.depends("name", "type", "phone", "email")
    def _compute_display_name(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for party in self:
            shown = party.name or party.phone or party.email
            party.display_name = shown or labels.get(party.type)

    @api.model_create_multi
    def create(self, vals_list):
        parties = super().create(vals_list)
        parties._choose_main()
        return parties

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints.exists().party_ids._choose_main()
        return result

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: write to complainants."""
        if event == "received":
            for policy in complaints.policy_id.filtered("acknowledgement_template_id"):
                cases = complaints.filtered(lambda case, p=policy: case.policy_id == p)
                cases._mail_complainants(policy.acknowledgement_template_id)
        elif event == "stage_entered" and source.mail_template_id:
            complaints._mail_complainants(source.mail_template_id)

    def _choose_main(self):
        """Make the first complainant of a case without spokesperson its spokesperson."""
        complainants = self.complaint_id.party_ids.filtered(
            lambda party: party.type == "complainant"
        )
        firsts = self.browse()
        for complaint in complainants.complaint_id:
            own = complaint.party_ids & complainants
            if not any(own.mapped("is_main")):
                firsts |= own[0]
        if firsts:
            firsts.is_main = True

    def _get_main(self):
        """Return the complainant who speaks for the case, at most one."""
        complainants = self.filtered(lambda party: party.type == "complainant")
        return complainants.filtered("is_main")[:1] or complainants[:1]

    def _send_mail(self, template):
        """Queue ``template`` to every party of self with an address.

        The mail hangs on the party, whose access rule hides who was written to.
        """
        addressed = self.filtered("email_key")
        if addressed:
            # sudo: mail.template - who registers may not send at will, the policy may
            template.sudo().send_mail_batch(addressed.ids, force_send=False)

    def _get_person_key(self) -> str | None:
        """Return what tells one person from another, None when nothing is known."""
        if self.partner_id:
            return f"partner,{self.partner_id.commercial_partner_id.id}"
        return self.phone_key or self.email_key or self.name or None

    def _get_same_person_domain(self) -> Domain:
        """Return the domain of parties who are the same person as one of self."""
        domain = Domain.FALSE
        for field in ("partner_id", "phone_key", "email_key"):
            values = [party[field] for party in self if party[field]]
            if values:
                ids = [getattr(value, "id", value) for value in values]
                domain |= Domain(field, "in", ids)
        return domain

    def _get_excluded_users(self):
        """Return the users whom a complaint about these parties is kept from."""
        respondents = self.filtered(lambda party: party.type == "respondent")
        # sudo: hr.employee - whom a rule excludes doesn't depend on who looks
        respondents = respondents.sudo()
        return respondents.employee_id.user_id | respondents.partner_id.user_ids
