from odoo import api, fields, models
from odoo.exceptions import AccessError


class ComplaintOriginMixin(models.AbstractModel):
    """Where a case came from: the place or the document whose code was scanned."""

    _name = "complaint.origin.mixin"
    _description = "Complaint with an Origin"

    feedback_link_id = fields.Many2one(
        "complaint.feedback.link",
        string="QR Code",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    feedback_point_id = fields.Many2one(
        "complaint.feedback.point",
        string="Scanned At",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    res_model = fields.Char(string="Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        string="Document Id", model_field="res_model", readonly=True, copy=False
    )
    origin_item_ids = fields.Json(
        string="Items Concerned (ids)", readonly=True, copy=False
    )
    origin_items = fields.Text(
        string="Items Concerned",
        readonly=True,
        copy=False,
        help="What was ticked of the document: which item it is about.",
    )
    origin_name = fields.Char(string="Document", compute="_compute_origin_name")
    origin_department_id = fields.Many2one(
        "hr.department",
        string="Department Concerned",
        index="btree_not_null",
        help="Of the place or document where it was told. Roles may mean it.",
    )

    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

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
        model = self.res_model
        if not model or model not in self.env or not self.res_id:
            return self.browse()
        if not self._filter_origin_known():
            return self.browse()
        return self.env[model].browse(self.res_id).exists()

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
            [
                ("complaint_id", "in", kept.ids),
                ("type", "=", "complainant"),
                ("identity_access", "!=", "case"),
            ]
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
