from odoo import api, models


class ComplaintOriginMixin(models.AbstractModel):
    _inherit = "complaint.origin.mixin"

    @api.depends("feedback_link_id.pos_config_id")
    def _compute_origin_name(self):
        result = super()._compute_origin_name()
        for complaint in self.filtered(lambda case: not case.res_id):
            # sudo: pos.config - at which till it was, not what stands in it
            till = complaint.sudo().feedback_link_id.pos_config_id
            if till:
                complaint.origin_name = self.env._(
                    "%s: receipt not in yet", till.display_name
                )
        for complaint in self.filtered(lambda case: case.origin_name == "/"):
            # sudo: pos.order - as above
            order = complaint.sudo()._get_origin_document()
            if order._name == "pos.order":
                complaint.origin_name = order._complaint_get_name()
        return result

    def _get_origin_document(self):
        """Return the till while its receipt isn't in."""
        document = super()._get_origin_document()
        if document or self.res_id:
            return document
        return self.feedback_link_id.pos_config_id or document
