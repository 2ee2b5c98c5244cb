from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

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

    @api.depends("phone")
    def _compute_complaint_phone_key(self):
        for partner in self:
            partner.complaint_phone_key = phone_key(partner.phone)

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
        key = isinstance(value, str) and phone_key(value)
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
        action["domain"] = [
            ("party_ids", "any", self._get_complaint_party_domain())
        ]
        action["context"] = {"default_contact_partner_id": self.id}
        return action

    def _get_complaint_party_domain(self) -> list:
        return [("partner_id", "in", self.ids), ("type", "=", "complainant")]

    @api.model
    def _search_complaint_contacts(self, phone=None, email=None):
        """Return the contacts who have this telephone number or e-mail address.

        :return: at most 5 contacts that the user may see
        """
        domain = Domain.FALSE
        if key := phone_key(phone):
            domain |= Domain("complaint_phone_key", "=", key)
        if address := email_normalize(email or ""):
            domain |= Domain("email_normalized", "=", address)
        return self.browse() if domain.is_false() else self.search(domain, limit=5)
