from odoo import api, fields, models

#: What the page asks of every case, its policy and its round, whose rows are wider.
CASE_COLUMNS = (
    *("name", "subject", "description", "demand", "received_at", "active", "phase"),
    *("is_closed", "closed_at", "result", "withdrawal_state"),
    *("company_id", "origin_link_id", "master_id", "policy_id", "round_id"),
)
POLICY_COLUMNS = (
    *("acceptance", "calendar_id", "max_rounds", "public_thanks", "page_days"),
    *("page_messages", "page_remedies", "page_satisfaction", "page_withdrawal"),
)
ROUND_COLUMNS = ("forum", "answered_at", "decided_on", "satisfaction")


class ComplaintCasePageMixin(models.AbstractModel):
    """What a case shows of the complainant's page: what was said there, when seen."""

    _name = "complaint.case.page.mixin"
    _description = "Complaint with a Case Page"

    page_message_ids = fields.One2many(
        "complaint.message", "complaint_id", string="With the Complainant"
    )
    moved_party_ids = fields.One2many(
        "complaint.party",
        "told_in_id",
        string="Complained Here",
        help="Who complained in this case before it was merged into another.",
    )
    told_attachment_ids = fields.Many2many(
        "ir.attachment",
        "complaint_told_attachment_rel",
        string="Files of the Complainant",
        copy=False,
        help="Came with the form or the mail by which it was told.",
    )
    page_message_count = fields.Integer(
        string="Messages with Them", compute="_compute_page_message_count"
    )
    page_seen_at = fields.Datetime(
        string="Complainant Looked",
        compute="_compute_page_seen_at",
        help="When the complainant had the case page open last. Empty: never yet.",
    )

    @api.depends("page_message_ids")
    def _compute_page_message_count(self):
        counts = dict(
            self.env["complaint.message"]._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for case in self:
            case.page_message_count = counts.get(case._origin, 0)

    @api.depends("page_message_ids")
    def _compute_page_seen_at(self):
        seen = self.env["complaint.public.access"]._get_seen(self)
        for case in self:
            case.page_seen_at = seen.get(case._origin.id)

    def _read_for_page(self):
        """Read at once what every visit asks for: columns, not whole rows."""
        self.fetch(CASE_COLUMNS)
        self.round_id.fetch(ROUND_COLUMNS)
        self.company_id.fetch(["name"])
        self.origin_link_id.fetch(["token"])
        self.policy_id.fetch(POLICY_COLUMNS)
        self.policy_id.calendar_id.fetch(["tz"])

    @api.model
    def _get_portal_domain(self, user):
        """Return the domain of the cases that ``user`` has as a complainant.

        Their own, and those that their company has made as such; never a colleague's.
        Somebody complained about finds none of them, whoever has made it.
        """
        partner = user.partner_id
        company = partner.commercial_partner_id
        mine = [("type", "=", "complainant"), ("partner_id", "=", partner.id)]
        if company != partner and company.is_company:
            ours = ["&", ("partner_id", "=", company.id), ("confidential", "=", False)]
            mine = [mine[0], "|", *ours, mine[1]]
        # Of a merged case they have told that one, not the one that goes on.
        return [
            "|",
            ("party_ids", "any", [("told_in_id", "=", False), *mine]),
            ("moved_party_ids", "any", mine),
            ("excluded_user_ids", "not in", user.ids),
        ]

    def _get_page_parties(self):
        """Return the complainants whose page is that of this case."""
        # sudo: complaint.party - as in _get_all_parties
        moved = self.sudo().moved_party_ids
        own = self._get_all_parties()[self].filtered(lambda row: not row.told_in_id)
        return (own | moved).filtered(lambda row: row.type == "complainant")

    def _get_portal_party(self, user):
        """Return the complainant as whom ``user`` opens this case, at most one."""
        partners = user.partner_id | user.partner_id.commercial_partner_id
        parties = self._get_page_parties().filtered(
            lambda row: row.partner_id in partners
        )
        own = parties.filtered(lambda row: row.partner_id == user.partner_id)
        return (own or parties)[:1]

    def action_write_complainant(self):
        """Open the window that writes to the complainant."""
        return self._open_case_page_window(
            "complaint.message.write", self.env._("Write to the Complainant")
        )

    def action_case_link(self):
        """Open the window with the ways to the complainant's page."""
        return self._open_case_page_window(
            "complaint.case.link", self.env._("Page of the Complainant")
        )

    def _open_case_page_window(self, model, name):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }

    def action_view_page_messages(self):
        """Open what the complainant and the house have told each other."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "complaint_management.complaint_message_action"
            ),
            "domain": [("complaint_id", "=", self.id)],
            "context": {},
        }
