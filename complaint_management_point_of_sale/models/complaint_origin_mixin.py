from odoo import api, models


class ComplaintOriginMixin(models.AbstractModel):
    _inherit = "complaint.origin.mixin"

    @api.depends("origin_link_id.pos_config_id")
    def _compute_origin_name(self):
        result = super()._compute_origin_name()
        for complaint in self:
            # sudo: pos.config - at which till it was, not what stands in it
            sealed = complaint.sudo()
            till = sealed.origin_link_id.pos_config_id
            if till and not sealed.origin_res_id:
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
        # sudo: complaint.complaint - at which till it was
        sealed = self.sudo()
        if document or sealed.origin_res_id:
            return document
        return sealed.origin_link_id.pos_config_id.with_env(self.env) or document
