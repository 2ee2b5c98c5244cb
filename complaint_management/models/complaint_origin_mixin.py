from odoo import api, fields, models


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

    @api.depends("res_model", "res_id")
    def _compute_origin_name(self):
        for complaint in self:
            # sudo: any model - which document it is, not what stands in it
            document = complaint.sudo()._get_origin_document()
            complaint.origin_name = document.display_name if document else False

    def _get_origin_document(self):
        """Return the document that the case is about, an empty record if none."""
        model = self.res_model
        if not model or model not in self.env or not self.res_id:
            return self.browse()
        return self.env[model].browse(self.res_id).exists()

    def action_open_origin(self):
        """Open the document, with the user's own rights on it."""
        self.ensure_one()
        document = self._get_origin_document()
        document.check_access("read")
        return document._get_records_action(name=document.display_name)
