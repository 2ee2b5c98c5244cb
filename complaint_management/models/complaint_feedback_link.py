from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import NO_ACCESS, Domain

from ..tools.qr import make_data_uri
from ..tools.token import LENGTH, make_token


class ComplaintFeedbackLink(models.Model):
    """One printed token: of a place with a poster, or of one printed document.

    Printed paper can't be called back, so a token is never reused and never changed:
    it ends by a date or by being revoked, and the next print gets another one.
    """

    _name = "complaint.feedback.link"
    _description = "Feedback Link"
    _order = "id desc"
    _rec_name = "token"

    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: make_token(),
        help="What is printed after the address. It says nothing about the document.",
    )
    point_id = fields.Many2one(
        "complaint.feedback.point", index="btree_not_null", ondelete="cascade"
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    document_name = fields.Char(compute="_compute_document_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    expires_at = fields.Datetime(help="Opens nothing from then on. Empty: no end.")
    revoked_at = fields.Datetime(readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    state = fields.Selection(
        [("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")],
        compute="_compute_state",
        search="_search_state",
    )
    url = fields.Char(string="Address", compute="_compute_url")
    scan_count = fields.Integer(string="Scans", compute="_compute_counts")
    complaint_count = fields.Integer(string="Complaints", compute="_compute_counts")
    complaint_ids = fields.One2many(
        "complaint.complaint", "origin_link_id", groups=NO_ACCESS
    )

    _token_uniq = models.Constraint("UNIQUE(token)", "This token is taken.")
    _document_uniq = models.UniqueIndex(
        "(res_model, res_id) WHERE res_id IS NOT NULL AND revoked_at IS NULL",
        "This document has a link already.",
    )

    @api.depends("res_model", "res_id", "point_id.name")
    @api.depends_context("lang")
    def _compute_document_name(self):
        for link in self:
            # sudo: any model - which document it is, not what stands in it
            document = link.sudo()._get_document()
            link.document_name = link.point_id.name or document.display_name

    @api.depends("expires_at", "revoked_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for link in self:
            if link.revoked_at:
                link.state = "revoked"
            elif link.expires_at and link.expires_at <= now:
                link.state = "expired"
            else:
                link.state = "valid"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        past = Domain("expires_at", "<=", now)
        revoked = Domain("revoked_at", "!=", False)
        domains = {
            "revoked": revoked,
            "expired": past & ~revoked,
            "valid": ~revoked & (Domain("expires_at", "=", False) | ~past),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("token")
    def _compute_url(self):
        for link in self:
            link.url = link._get_url()

    @api.depends_context("uid")
    def _compute_counts(self):
        scans = self.env["complaint.feedback.hit"]._count_scans(self)
        cases = self.env["complaint.complaint"]
        seen = cases._search([("feedback_link_id", "in", self.ids)])
        # sudo: complaint.complaint - those that the user sees, and may know the code of
        counts = dict(
            cases.sudo()._read_group(
                [("id", "in", seen)], ["origin_link_id"], ["__count"]
            )
        )
        for link in self:
            link.scan_count = scans.get(link.id, 0)
            link.complaint_count = counts.get(link, 0)

    @api.model_create_multi
    def create(self, vals_list):
        self.env["complaint.feedback.guard"]._freeze_base_url()
        return super().create(vals_list)

    def action_revoke(self):
        """Let these codes open nothing from now on; the next print gets another one."""
        self.check_access("write")
        self.filtered(lambda link: not link.revoked_at).write(
            {"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid}
        )
        return True

    def action_open(self):
        """Show the page that the code opens."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_view_complaints(self):
        """Open the cases that came in by these codes."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_complaint_action"
        )
        action["domain"] = [("feedback_link_id", "in", self.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # FINDING AND MAKING
    # ------------------------------------------------------------

    @api.model
    def _find(self, token: str):
        """Return the link that ``token`` opens, an empty record if it opens nothing.

        Unknown, expired and revoked tokens cost the same and answer the same. Add-ons
        whose printed token isn't in the database yet (a till that is offline) extend
        it.
        """
        # sudo: complaint.feedback.link - the token itself is the right to use it
        links = self.sudo()
        known = len(token) == LENGTH and token.isascii()
        # With its columns at once: this is the first query of every page.
        link = links.search_fetch([("token", "=", token if known else "")], limit=1)
        return link if link._is_open() else links

    def _is_open(self) -> bool:
        """Tell whether this link opens the form today."""
        if not self or self.state != "valid":
            return False
        policy = self._get_policy()
        # A page asks for most of what the policy says: it is in memory.
        if not policy or not policy._load():
            return False
        if self.point_id and not self.point_id._is_open():
            return False
        today = policy._get_local_day(fields.Datetime.now())
        return policy._is_valid_on(today)

    @api.model
    def _get_existing(self, documents):
        """Return the links of those of ``documents`` that were printed before.

        Those that are over, too, as long as nothing was printed since.
        """
        # sudo: complaint.feedback.link - whoever prints a document prints its code
        return self.sudo().search_fetch(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("revoked_at", "=", False),
            ],
            ["res_id", "token", "expires_at", "revoked_at"],
        )

    @api.model
    def _get_for_documents(self, documents) -> dict:
        """Return the link of each of ``documents``, made now where there is none.

        :raise ConcurrencyError: somebody else prints one of them at this moment; the
            request layer then tries again
        """
        # sudo: complaint.feedback.link - whoever prints a document prints its code
        links = self.sudo()
        existing = self._get_existing(documents)
        over = existing.filtered(lambda link: link.state == "expired")
        found = existing - over
        ids = set(found.mapped("res_id"))
        missing = documents.filtered(lambda document: document.id not in ids)
        values = [row._prepare_complaint_feedback_link() for row in missing]
        try:
            found |= links._make_for_documents(values, over) if values else links
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        by_id = {link.res_id: link for link in found}
        return {document: by_id[document.id] for document in documents}

    @api.model
    def _make_for_documents(self, vals_list: list[dict], over):
        """Return new links, also where the transaction can only read.

        Odoo prints reports in such a one. What is printed there is in the database, so
        its link may be made, and kept, apart from it.

        :param over: links of the same documents that have expired
        """
        if not self.env.cr.readonly:
            with self.env.cr.savepoint():
                over._make_room()
                return self.create(vals_list)
        self.env.cr.rollback()  # nothing is lost, and what is read next is newer
        with self.env.registry.cursor(readonly=False) as cursor:
            over.with_env(self.env(cr=cursor))._make_room()
            made = self.with_env(self.env(cr=cursor)).create(vals_list)
            rows = [(row.id, row.token) for row in made]
        links = self.browse([id_ for id_, _token in rows])
        for link, values, (_id, token) in zip(links, vals_list, rows, strict=True):
            # A replica hasn't got the row yet.
            link._update_cache({**values, "token": token, "revoked_at": False})
        return links

    def _make_room(self):
        """Let links that are over count no more: their documents get others."""
        for link in self:
            link.revoked_at = link.expires_at
        self.flush_recordset(["revoked_at"])  # a new row would break the unique index

    def _keep(self):
        """Return this link as a row; add-ons make one of what they have found.

        Called when something is sent by it: opening a page writes nothing, so a link
        that ``_find`` has found may not be in the database yet.
        """
        return self

    def _get_counted(self):
        """Return the row that scans count for: this link, unless it is none yet."""
        return self

    # ------------------------------------------------------------
    # WHAT IT TELLS
    # ------------------------------------------------------------

    def _get_document(self):
        """Return the printed document, an empty record if there is none any more."""
        if not self.res_model or self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    def _get_policy(self):
        """Return the policy that runs what comes in by this link."""
        if self.point_id:
            return self.point_id.policy_id
        document = self._get_document()
        # The add-on by which it printed codes may be gone.
        if not hasattr(document, "_complaint_get_policy"):
            return self.env["complaint.policy"]
        return document._complaint_get_policy() if document else document.browse()

    def _get_told(self) -> dict:
        """Return what the place or the document tells, so that nobody is asked for it.

        :return: values of the case; those of a kind or category are records' ids
        """
        if self.point_id:
            return self.point_id._prepare_complaint_values()
        document = self._get_document()
        department = document._complaint_get_department()
        leads = document._get_complaint_feedback_settings().department_leads
        values = {
            "origin_department_id": department.id,
            "department_id": leads and department.id,
            **document._complaint_prepare_values(),
        }
        return {name: value for name, value in values.items() if value}

    def _get_partner(self):
        """Return the contact that the document names, none for a place."""
        document = self._get_document()
        if self.point_id or not document:
            return self.env["res.partner"]
        return document._complaint_get_partner()

    def _get_url(self) -> str:
        """Return the address that is printed."""
        return self.env["complaint.feedback.guard"]._get_url(f"/c/{self.token}")

    def _get_qr(self) -> str:
        """Return the code as the ``src`` of an ``<img>``.

        :raise UserError: the address is too long for a code that can be read
        """
        try:
            return make_data_uri(self._get_url())
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The address “%s” is too long for a code that phones can read: "
                    "set a shorter one in the settings.",
                    self._get_url(),
                )
            ) from error
