from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command


class ComplaintFeedbackMixin(models.AbstractModel):
    """A document that prints a feedback code and counts its complaints.

    The host overrides the hooks that begin with ``_complaint_``; nothing that a hook
    tells is asked of the customer. All run with elevated rights: the page is open to
    whoever holds the paper, so they return nothing that isn't printed there anyway.
    """

    _name = "complaint.feedback.mixin"
    _description = "Document with a Feedback Code"

    complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_complaint_count",
        groups="complaint_management.group_complaint_registrar",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        found = self._get_complaints()
        for document in self:
            document.complaint_count = len(found[document._origin.id])

    def _get_complaints(self) -> dict:
        """Return the ids of the cases that the user may see at each document.

        Those about it, and those of which it carries out a remedy; not those whose
        complainant the document would give away.
        """
        found, cases = defaultdict(set), self.env["complaint.complaint"]
        # sudo: complaint.complaint - which document it is, until the user's own rights
        # are asked below
        sealed = cases.sudo()._read_group(
            [("origin_res_model", "=", self._name), ("origin_res_id", "in", self.ids)],
            ["origin_res_id"],
            ["id:array_agg"],
        )
        made = self.env["complaint.remedy"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id"],
            ["complaint_id:array_agg"],
        )
        for id_, case_ids in (*sealed, *made):
            found[id_].update(case_ids)
        all_ids = set().union(*found.values())
        seen = cases.search([("id", "in", list(all_ids))]) if all_ids else cases
        known = set(seen._filter_origin_known().ids)
        return defaultdict(set, {id_: ids & known for id_, ids in found.items()})

    def action_view_complaints(self):
        """Open the cases about these documents, or of which they carry out a remedy."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_complaint_action"
        )
        action["domain"] = self._get_complaint_domain()
        action["context"] = {}
        return action

    def _get_complaint_domain(self) -> list:
        return [("id", "in", sorted(set().union(*self._get_complaints().values())))]

    # ------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------

    def _complaint_get_partner(self):
        """Return the customer of this document, maybe nobody."""
        return self["partner_id"] if "partner_id" in self else self.env["res.partner"]

    def _complaint_get_company(self):
        """Return the company whose policies apply."""
        own = "company_id" in self and self["company_id"]
        return own or self.env.company

    def _complaint_get_department(self):
        """Return the department or shop concerned: of who served, maybe none."""
        return self._complaint_get_employee().department_id

    def _complaint_get_policy(self):
        """Return the policy that runs complaints about this document."""
        settings = self._get_complaint_feedback_settings()
        if settings.policy_id:
            return settings.policy_id
        company = self._complaint_get_company()
        # sudo: complaint.policy - whoever prints needn't know the policies
        complaints = self.env["complaint.complaint"].sudo().with_company(company)
        context = {"allowed_company_ids": company.ids}
        return complaints.with_context(**context)._get_default_policy()

    def _complaint_get_employee(self):
        """Return who served, as an employee of the document's company, maybe nobody."""
        return self.env["hr.employee"]

    def _complaint_find_employee(self, user):
        """Return ``user`` as an employee of the document's company, maybe nobody.

        Looked up: the field of the user knows those of the current company only, and
        remembers them.
        """
        if not user:
            return self.env["hr.employee"]
        company = self._complaint_get_company()
        # sudo: hr.employee - who served stands on the document
        return (
            self.env["hr.employee"]
            .sudo()
            .search(
                [("user_id", "=", user.id), ("company_id", "=", company.id)], limit=1
            )
        )

    def _complaint_get_lines(self) -> list[tuple[int, str]]:
        """Return what the customer may tick as concerned: (id, text) of each item."""
        return []

    def _complaint_prepare_values(self) -> dict:
        """Return values of the case that the document tells.

        ``kind_id``, ``category_id``, ``place``, ``occurred_at``, ``people_count`` and
        ``properties`` are then not asked; ``party_ids`` adds respondents.
        """
        respondent = self._complaint_prepare_respondent()
        return {"party_ids": [Command.create(respondent)]} if respondent else {}

    def _complaint_prepare_respondent(self) -> dict:
        """Return who served as a party: the person whom it may be about.

        Nobody where that person is the whole complaint office: a shop of one person
        would never see what comes in.
        """
        employee = self._complaint_get_employee()
        # sudo: complaint.policy - who runs the policy isn't kept from its cases
        office = self._complaint_get_policy().sudo().office_user_ids
        if not employee or (office and office <= employee.user_id):
            return {}
        return {"type": "respondent", "employee_id": employee.id}

    def _complaint_prepare_line_values(self, line_ids: list[int]) -> dict:
        """Return values of the case that follow from the items that were ticked.

        :param line_ids: ids out of ``_complaint_get_lines``
        """
        return {}

    def _complaint_get_goods(self, line_ids: list[int]) -> list[dict]:
        """Return the goods that these items are: for remedies that another app makes.

        :param line_ids: ids out of ``_complaint_get_lines``; none: the whole document
        :return: of each ``product_id``, ``lot_id``, ``quantity``, as far as known
        """
        return []

    def _complaint_has_code(self) -> bool:
        """Tell whether this document prints a code: not a draft, not internal ones."""
        return True

    # ------------------------------------------------------------
    # THE PRINTED CODE
    # ------------------------------------------------------------

    def _prepare_complaint_feedback_link(self) -> dict:
        """Return the values of this document's link; add-ons may give it a token."""
        return {
            "res_model": self._name,
            "res_id": self.id,
            "company_id": self._complaint_get_company().id,
        }

    def _get_complaint_feedback_settings(self):
        """Return what is set for this kind of document, an empty record if nothing."""
        settings = self.env["complaint.feedback.document"]
        return settings._get_for(self._name, self._complaint_get_company())

    def _get_complaint_feedback_link(self, together=None):
        """Return the link of this document, made when it is first printed.

        :param together: documents in the same print; their links are made at once
        """
        self.ensure_one()
        links = self.env["complaint.feedback.link"]
        link = links._get_existing(self)
        if link.state == "valid":
            return link
        documents = (together or self).filtered(
            lambda document: document.id and document._is_complaint_code_printed()
        )
        return links._get_for_documents(self | documents.with_env(self.env))[self]

    def _get_complaint_feedback_url(self) -> str:
        """Return the address that this document prints, for mails and pages too."""
        return self._get_complaint_feedback_link()._get_url()

    def _get_complaint_feedback_qr(self) -> str:
        """Return the code of this document as the ``src`` of an ``<img>``."""
        return self._get_complaint_feedback_link()._get_qr()

    def _is_complaint_code_printed(self) -> bool:
        """Tell whether this document prints a code, as it is and as it is set."""
        if not self.id or not self._complaint_has_code():
            return False
        return self._get_complaint_feedback_settings()._is_printed()

    def _get_complaint_feedback_block(self, together=None) -> dict:
        """Return what a report prints, empty when this document prints no code.

        ``url``, ``qr`` (an image's ``src``), ``text``, ``size`` in millimetres: render
        it by the template ``complaint_management.feedback_block``.

        :param together: documents in the same print, ``docs`` in a report
        """
        if not self._is_complaint_code_printed():
            return {}
        settings = self._get_complaint_feedback_settings()
        link = self._get_complaint_feedback_link(together)
        url = link._get_url()
        return {
            "url": url,
            "qr": link._get_qr(),
            "text": settings._get_text(),
            "size": settings._get_size(url),
        }
