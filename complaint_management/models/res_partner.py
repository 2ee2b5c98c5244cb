from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from ..tools.contact import phone_key


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_phone_key = fields.Char(
        compute="_compute_complaint_phone_key", store=True, index="trigram"
    )
    complaint_count = fields.Integer(
        compute="_compute_complaint_count",
        groups="complaint_management.group_complaint_registrar",
    )

    @api.depends("phone", "country_id", "company_id")
    def _compute_complaint_phone_key(self):
        for partner in self:
            company = partner.company_id or self.env.company
            country = partner.country_id or company.country_id
            partner.complaint_phone_key = phone_key(partner.phone, country.phone_code)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        counts = dict(
            self.env["complaint.party"]._read_group(
                self._get_complaint_party_domain(),
                ["partner_id"],
                ["complaint_id:count_distinct"],
            )
        )
        for partner in self:
            partner.complaint_count = counts.get(partner, 0)

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        key = isinstance(value, str) and self._get_complaint_phone_key(value)
        # At the complaint desk a contact is found by telephone number too.
        if (
            self.env.context.get("complaint_contact_search")
            and operator == "ilike"
            and key
            and len(key) > 3
        ):
            domain = Domain(domain) | Domain("complaint_phone_key", "ilike", key)
        return domain

    def action_view_complaints(self):
        """Open the cases on which this contact is a complainant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_complaint_action"
        )
        action["domain"] = [("party_ids", "any", self._get_complaint_party_domain())]
        action["context"] = {"default_contact_partner_id": self.id}
        return action

    def _get_complaint_party_domain(self) -> list:
        return [("partner_id", "in", self.ids), ("type", "=", "complainant")]

    def write(self, vals):
        result = super().write(vals)
        if {"country_id", "lang"} & vals.keys():
            # sudo: res.company - a company in which the user isn't allowed counts too
            companies = self.env["res.company"].sudo()
            if companies.search_count([("partner_id", "in", self.ids)], limit=1):
                self.env.registry.clear_cache("stable")  # see the two methods below
        return result

    @api.model
    @tools.ormcache("company.id", cache="stable")
    def _get_complaint_lang(self, company) -> str | None:
        """Return the language in which ``company`` keeps its cases."""
        # sudo: res.company - whoever registers needn't be allowed in it
        return company.sudo().partner_id.lang

    @api.model
    @tools.ormcache("company.id", cache="stable")
    def _get_complaint_phone_code(self, company) -> int:
        """Return the dialling code of ``company``, kept until its country changes."""
        # sudo: res.company - whoever registers needn't be allowed in it
        return company.sudo().country_id.phone_code

    @api.model
    def _get_complaint_phone_key(self, phone):
        """Return the comparable digits of a number typed in the user's company."""
        return phone_key(phone, self._get_complaint_phone_code(self.env.company))

    @api.model
    def _search_complaint_contacts(self, phone=None, email=None, name=None):
        """Return the contacts who have this telephone number, e-mail address or name.

        :return: at most 5 contacts that the user may see
        """
        domain = Domain.FALSE
        if key := self._get_complaint_phone_key(phone):
            domain |= Domain("complaint_phone_key", "=", key)
        if address := email_normalize(email or ""):
            domain |= Domain("email_normalized", "=", address)
        if name := (name or "").strip():
            domain |= Domain("name", "=ilike", escape_psql(name))
        return self.browse() if domain.is_false() else self.search(domain, limit=5)

    @api.model
    def _find_complaint_contacts(self, contacts: list) -> list:
        """Return per ``(phone, email, company)`` the only contact who has one of them.

        One query however many are looked for; an empty record where nobody or several
        have it.
        """
        if not contacts:
            return []
        keys = [
            (
                phone_key(phone, self._get_complaint_phone_code(company)) or None,
                email_normalize(email or "") or None,
            )
            for phone, email, company in contacts
        ]
        phones, emails = (
            list(set(values) - {None}) for values in zip(*keys, strict=True)
        )
        known = self.search_fetch(
            Domain("complaint_phone_key", "in", phones)
            | Domain("email_normalized", "in", emails),
            ["complaint_phone_key", "email_normalized", "company_id"],
        )
        by_phone = known.grouped("complaint_phone_key")
        by_email = known.grouped("email_normalized")
        none, found = self.browse(), []
        for (phone, email), contact in zip(keys, contacts, strict=True):
            partners = by_phone.get(phone, none) | by_email.get(email, none)
            companies = (contact[2], contact[2].browse())
            partners = partners.filtered(
                lambda partner, own=companies: partner.company_id in own
            )
            found.append(partners if len(partners) == 1 else none)
        return found
