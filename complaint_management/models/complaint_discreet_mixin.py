from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.tools import SQL, groupby

#: What excludes somebody from a case, and from the cases merged into it.
EXCLUDED_BY = (
    "recused_user_ids",
    "party_ids.type",
    "party_ids.employee_id.user_id",
    "party_ids.employee_id.work_contact_id.user_ids",
    "party_ids.partner_id.user_ids",
    "party_ids.partner_id.employee_ids.user_id",
)
#: What a complainant may read of their case in the portal. A field that somebody adds
#: is for staff until it is named here.
PORTAL_FIELDS = {
    "active",
    "closed_at",
    "company_id",
    "create_date",
    "demand",
    "description",
    "display_name",
    "form",
    "id",
    "is_closed",
    "kind_id",
    "message_ids",
    "name",
    "nature",
    "occurred_at",
    "phase",
    "place",
    "policy_id",
    "received_at",
    "subject",
    "website_message_ids",
    "write_date",
}


class ComplaintDiscreetMixin(models.AbstractModel):
    """Keeps a case from persons complained about, and complainants' names from staff.

    Configured by what the case has: parties, a master it was merged into. The work is
    done by ``complaint.discretion``; this hooks it into the case.
    """

    _name = "complaint.discreet.mixin"
    _description = "Discreet Complaint"

    recused_user_ids = fields.Many2many(
        "res.users",
        "complaint_complaint_recused_rel",
        string="Recused",
        groups="base.group_user",
        domain="[('share', '=', False)]",
        copy=False,
        help="Have a conflict of interest: the case is hidden from them.",
    )
    complainant_name = fields.Char(
        compute="_compute_complainant",
        store=True,
        index="trigram",
        help="Empty when not everybody who works on the case may know it.",
    )
    identity = fields.Selection(
        [
            ("named", "Named"),
            ("confidential", "Confidential"),
            ("anonymous", "Anonymous"),
        ],
        compute="_compute_complainant",
        store=True,
    )
    excluded_user_ids = fields.Many2many(
        "res.users",
        "complaint_complaint_excluded_rel",
        string="Hidden From",
        compute="_compute_excluded_user_ids",
        compute_sudo=True,
        store=True,
        copy=False,
        groups="base.group_user",
    )

    @api.depends(*(path + name for path in ("", "master_id.") for name in EXCLUDED_BY))
    def _compute_excluded_user_ids(self):
        # A user who is archived today may be back tomorrow.
        cases = self.with_context(active_test=False)
        parties = (cases | cases.master_id)._get_all_parties()

        def named_on(case):
            """Return who is recused or complained about on a case itself."""
            return case.recused_user_ids | parties[case]._get_excluded_users()

        def excluded_of(case):
            """Return whom a case is kept from."""
            # A merged case keeps what it told about whom its master is about.
            master = case.master_id
            return named_on(case) | named_on(master) if master else named_on(case)

        for users, complaints in groupby(cases, excluded_of):
            self.browse().concat(*complaints).excluded_user_ids = users

    @api.depends(
        "party_ids.type",
        "party_ids.name",
        "party_ids.phone",
        "party_ids.email",
        "party_ids.is_main",
        "party_ids.identity_access",
    )
    def _compute_complainant(self):
        parties = self._get_all_parties()
        for complaint in self:
            party = parties[complaint]._get_main()
            contact = party.name or party.phone or party.email
            if not contact:
                complaint.identity = "anonymous"
            elif party.identity_access == "case":
                complaint.identity = "named"
            else:
                complaint.identity = "confidential"
            complaint.complainant_name = complaint.identity == "named" and contact

    def _get_all_parties(self) -> dict:
        """Return the parties of each case, whoever has looked at it before.

        What one user sees of ``party_ids`` stays cached for the others, superuser
        included, so that a computation can't rely on it.
        """
        # What was just registered has no other rows than those just written.
        fresh = self.env.context.get("complaint_fresh", ())
        known = [id_ for id_ in self.ids if id_ not in fresh]
        # sudo: complaint.party - what follows from the parties holds for everybody
        none = self.env["complaint.party"].sudo()
        rows = none.search([("complaint_id", "in", known)]) if known else none
        rows = rows.grouped("complaint_id")

        def parties_of(case):
            """Return the rows of a case, whether saved, being registered or typed."""
            if not isinstance(case.id, int):
                return case.party_ids
            # sudo: complaint.party - as above
            return case.sudo().party_ids if case.id in fresh else rows.get(case, none)

        return {case: parties_of(case) for case in self}

    @api.depends("name", "subject")
    @api.depends_context("uid")
    def _compute_display_name(self):
        # A reference shows its target's name to everybody: here the number only, to
        # whom the case is hidden from.
        # sudo: complaint.complaint - taken off: the user's own rights are asked
        readable = self.sudo(False)._filtered_access("read").ids
        for complaint in self:
            seen = not complaint.ids or complaint._origin.id in readable
            number = complaint.name != "/" and complaint.name
            parts = (number, complaint.subject if seen else None)
            complaint.display_name = " · ".join(filter(None, parts))

    @api.model
    @tools.ormcache()
    def _get_sealed_fields(self) -> frozenset:
        """Return the fields that nobody writes: facts that follow from steps."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.readonly and (field.store or field.inverse)
        )

    @api.model
    def _check_sealed(self, names):
        """Refuse to write what the case works out by itself.

        :raise AccessError: naming the fields
        """
        sealed = self._get_sealed_fields() & set(names)
        if sealed and not self.env.su and not self._is_history():
            raise AccessError(
                self.env._(
                    "%s: the case works this out by itself.",
                    ", ".join(self._fields[name].string for name in sorted(sealed)),
                )
            )

    def _check_archivable(self):
        """Refuse to put cases out of sight, unless one looks after their policy.

        :raise AccessError: saying who may
        """
        if not self._is_steered_by_user():
            raise AccessError(
                self.env._(
                    "Only the complaint office archives cases, and brings them back."
                )
            )

    def _check_receipt(self, received_at):
        """Refuse to gain time by moving the receipt of what somebody has accepted.

        :raise AccessError: saying who may
        """
        moment = fields.Datetime.to_datetime(received_at)
        later = self.filtered(
            lambda case: (
                case.handover_state == "accepted"
                and moment
                and case.received_at
                and moment > case.received_at
            )
        )
        if later and not later._is_steered_by_user():
            raise AccessError(
                self.env._(
                    "Only the complaint office moves the receipt of %s to a later "
                    "time: deadlines count from it.",
                    ", ".join(later.mapped("name")),
                )
            )

    def _is_steered_by_user(self) -> bool:
        """Tell whether the user looks after the policies of these cases."""
        user = self.env.user
        admin = user.has_group("complaint_management.group_complaint_admin")
        offices = [policy.office_user_ids for policy in self.policy_id]
        return self.env.su or admin or all(user in office for office in offices)

    def write(self, vals):
        self._check_sealed(vals)
        if "active" in vals:
            self._check_archivable()
        if "received_at" in vals:
            self._check_receipt(vals["received_at"])
        result = super().write(vals)
        if {"recused_user_ids", "master_id"} & vals.keys():
            self.env["complaint.discretion"]._drop_excluded(self)
        return result

    @api.model
    def _get_portal_fields(self) -> set[str]:
        """Return the fields that portal users may read; an add-on adds its own."""
        return PORTAL_FIELDS

    @api.model
    def _has_field_access(self, field, operation):
        if self.env.su or self._is_asked_by_staff():
            return super()._has_field_access(field, operation)
        return operation == "read" and field.name in self._get_portal_fields()

    @api.model
    def _is_asked_by_staff(self) -> bool:
        """Tell whether the user is none of the portal: asked for each value read."""
        known, key = self.env.cr.cache, ("complaint_staff", self.env.uid)
        if key not in known:
            known[key] = self.env.user._is_internal()
        return known[key]

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        # The usual order reads the severity, which is none of a complainant's business.
        staff = self.env.su or self._is_asked_by_staff()
        if not staff and order == self._order:
            order = "received_at desc, id desc"
        return super()._order_to_sql(order, query, alias=alias, reverse=reverse)

    @api.model
    def search_fetch(self, domain, field_names=None, **kwargs):
        """Fetch what the record rules look at, too: reading checks them again."""
        if field_names:
            field_names = {*field_names, "company_id"}
        return super().search_fetch(domain, field_names, **kwargs)

    def web_read(self, specification):
        """Leave out rows that a computation saw but the user may not."""
        if any(self._ids):
            rows = [
                name
                for name in specification
                if name in self._fields and self._fields[name].type == "one2many"
            ]
            self.invalidate_recordset(rows)
        return super().web_read(specification)

    def action_recuse(self):
        """Step back from cases in which the user has a conflict of interest.

        :return: the list of cases: these are out of sight now
        """
        self.check_access("read")
        # sudo: complaint.complaint - who steps back needn't lead the case
        for complaint in self.sudo():
            complaint.recused_user_ids |= self.env.user
            complaint._message_log(
                body=self.env._("%s has a conflict of interest.", self.env.user.name)
            )
        return self._get_action_after_hand_over()

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def message_post(self, **kwargs):
        """Post; what a complainant in confidence says carries no name."""
        author_id, email = self._message_compute_author(
            kwargs.get("author_id"), kwargs.get("email_from")
        )
        author = self.env["res.partner"].browse(author_id)
        discretion = self.env["complaint.discretion"]
        if not discretion._is_confidential_author(self, author, email):
            return super().message_post(**kwargs)
        message = super().message_post(**kwargs | discretion._get_neutral_author(self))
        self._forget_creator(message)
        return message

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """Keep complainants out of the staff's chatter: they write on the case page."""
        if self.env["complaint.discretion"]._is_outsider():
            return self.browse()
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _forget_creator(self, message):
        # Who created a row is as good as a name, and the ORM never changes it.
        self.env.flush_all()
        # sudo: ir.attachment - whoever posted the message posted its files
        for rows in (message, message.sudo().attachment_ids):
            self.env.execute_query(
                SQL(
                    "UPDATE %(table)s SET create_uid = %(root)s, write_uid = %(root)s"
                    " WHERE id = ANY(%(ids)s) RETURNING id",
                    table=SQL.identifier(rows._table),
                    root=SUPERUSER_ID,
                    ids=rows.ids,
                )
            )
            rows.invalidate_recordset(["create_uid", "write_uid"])

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Subscribe; never those from whom the case or a name on it is kept."""
        unwelcome = self.env["complaint.discretion"]._get_unwelcome_partners
        for partners, cases in groupby(self, unwelcome):
            welcome = [id_ for id_ in partner_ids or [] if id_ not in partners.ids]
            super(
                ComplaintDiscreetMixin, self.browse().concat(*cases)
            )._message_subscribe(welcome, subtype_ids, customer_ids)
        return True

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Nobody is told of a case that they may not see, follower or not."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not (self and recipients):
            return recipients
        return self.env["complaint.discretion"]._filter_recipients(self, recipients)
