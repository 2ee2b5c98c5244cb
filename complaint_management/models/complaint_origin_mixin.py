from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS, Domain

#: What tells which document it is, and where it is kept: read by nobody there. Whoever
#: may know the complainant reads it by the first name.
SEALED = {
    "feedback_link_id": "origin_link_id",
    "res_model": "origin_res_model",
    "res_id": "origin_res_id",
    "origin_item_ids": "origin_item_keys",
    "origin_items": "origin_item_text",
}


def _guarded(name: str) -> dict:
    """Return how the field ``name`` shows what is sealed, and finds it."""

    def seal(cases):
        """Keep what was written where nobody reads it."""
        for case in cases:
            # sudo: complaint.complaint - whoever writes the case writes what is sealed
            case.sudo()[SEALED[name]] = case[name]

    def search(cases, operator, value):
        """Search among what the user may know."""
        return cases._search_origin(name, operator, value)

    return {
        "compute": "_compute_origin",
        "inverse": seal,
        "search": search,
        "readonly": True,
        "copy": False,
    }


class ComplaintOriginMixin(models.AbstractModel):
    """Where a case came from: the place or the document whose code was scanned.

    A document of a customer tells who complains. So it is sealed, and shown, found,
    grouped and exported only to who may know that.
    """

    _name = "complaint.origin.mixin"
    _description = "Complaint with an Origin"

    feedback_point_id = fields.Many2one(
        "complaint.feedback.point",
        string="Scanned At",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    origin_name = fields.Char(string="Document", compute="_compute_origin_name")
    origin_department_id = fields.Many2one(
        "hr.department",
        string="Department Concerned",
        index="btree_not_null",
        help="Of the place or document where it was told. Roles may mean it.",
    )
    # for who may know
    feedback_link_id = fields.Many2one(
        "complaint.feedback.link", string="QR Code", **_guarded("feedback_link_id")
    )
    res_model = fields.Char(string="Document Model", **_guarded("res_model"))
    res_id = fields.Many2oneReference(
        string="Document Id", model_field="res_model", **_guarded("res_id")
    )
    origin_item_ids = fields.Json(
        string="Items Concerned (ids)", **_guarded("origin_item_ids")
    )
    origin_items = fields.Text(
        string="Items Concerned",
        help="What was ticked of the document: which item it is about.",
        **_guarded("origin_items"),
    )
    # sealed
    origin_link_id = fields.Many2one(
        "complaint.feedback.link",
        string="QR Code (sealed)",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )
    origin_res_model = fields.Char(
        string="Document Model (sealed)", copy=False, groups=NO_ACCESS
    )
    origin_res_id = fields.Many2oneReference(
        string="Document Id (sealed)",
        model_field="origin_res_model",
        copy=False,
        groups=NO_ACCESS,
    )
    origin_item_keys = fields.Json(
        string="Items Concerned (ids, sealed)", copy=False, groups=NO_ACCESS
    )
    origin_item_text = fields.Text(
        string="Items Concerned (sealed)", copy=False, groups=NO_ACCESS
    )

    _document_idx = models.Index(
        "(origin_res_model, origin_res_id) WHERE origin_res_id IS NOT NULL"
    )

    @api.depends(*SEALED.values(), "identity")
    @api.depends_context("uid")
    def _compute_origin(self):
        known = self._filter_origin_known()
        for complaint in self:
            # sudo: complaint.complaint - what is sealed, for who may know it
            sealed = complaint.sudo()
            for name, source in SEALED.items():
                complaint[name] = complaint in known and sealed[source]
            if sealed.origin_link_id.point_id:
                # A poster tells nothing of who has scanned it.
                complaint.feedback_link_id = sealed.origin_link_id

    @api.model
    def _search_origin(self, name, operator, value):
        """Search by ``name``, among the cases whose origin the user may know.

        Others are found neither by what is sealed nor by what is not: a search that
        left them out once, and once not, would tell it.
        """
        self._check_field_access(self._fields[name], "read")
        domain = Domain(SEALED[name], operator, value)
        if self.env.su:
            return domain
        told = Domain("origin_res_id", "=", False) & Domain(
            "origin_link_id", "=", False
        )
        if name == "feedback_link_id":
            told |= Domain("origin_link_id.point_id", "!=", False)
        # sudo: complaint.complaint - what is sealed, as far as the user may know it
        cases = self.sudo().with_context(active_test=False)
        known = (
            Domain("identity", "=", "named")
            | Domain("id", "in", cases._search(told))
            | Domain("party_ids", "any", self._get_knowing_domain())
            | (
                Domain("identity", "=", "anonymous")
                & Domain("policy_id.office_user_ids", "in", self.env.uid)
            )
        )
        return Domain("id", "in", cases._search(domain)) & known

    @api.model
    def _get_knowing_domain(self) -> list:
        """Return the domain of the rows that only those see who may know them."""
        return [("type", "=", "complainant"), ("identity_access", "!=", "case")]

    @api.depends("res_model", "res_id", "identity")
    @api.depends_context("uid")
    def _compute_origin_name(self):
        known = self._filter_origin_known()
        for complaint in self:
            # sudo: any model - which document it is, not what stands in it
            document = complaint.sudo()._get_origin_document()
            complaint.origin_name = complaint in known and document.display_name

    def _get_origin_document(self):
        """Return the document that the case is about, an empty record if none.

        Whoever may not know the complainant gets none that tells who it is.
        """
        # sudo: complaint.complaint - read, and then kept from who may not know
        sealed = self.sudo()
        model, id_ = sealed.origin_res_model, sealed.origin_res_id
        if not model or model not in self.env or not id_:
            return self.browse()
        if not self._filter_origin_known():
            return self.browse()
        return self.env[model].browse(id_).exists()

    def _filter_origin_known(self):
        """Return those of self whose document the user may know.

        A document of a customer tells who complains: where that is kept from somebody,
        so is the document. Who stays unnamed is known to the complaint office at most.
        """
        if self.env.su:
            return self
        # sudo: complaint.complaint - whether there is something to keep
        kept = self.sudo().filtered(
            lambda case: case.identity != "named" and case._has_customer_document()
        )
        if not kept:
            return self
        # What the rules of parties let the user see.
        parties = self.env["complaint.party"].search(
            [("complaint_id", "in", kept.ids), *self._get_knowing_domain()]
        )
        told = set(parties.complaint_id.ids)
        told.update(
            case.id
            for case in kept
            if case.identity == "anonymous"
            and self.env.user in case.policy_id.office_user_ids
        )
        return self.filtered(lambda case: case.id not in kept.ids or case.id in told)

    def _has_customer_document(self) -> bool:
        """Tell whether the case is about a document that names a customer."""
        document = self._get_origin_document()
        if not hasattr(document, "_complaint_get_partner"):
            return False
        return bool(document._complaint_get_partner())

    def action_open_origin(self):
        """Open the document, with the user's own rights on it."""
        self.ensure_one()
        document = self._get_origin_document()
        if document._name == self._name:
            raise AccessError(
                self.env._("The document tells who complains, which you may not know.")
            )
        document.check_access("read")
        return document._get_records_action(name=document.display_name)
