from odoo import models


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    def _make_document_repair_order(self):
        """Return a new order to repair what the case is about, free of charge."""
        company = self.complaint_id.company_id
        orders = self.env["repair.order"].with_company(company)
        return orders.create(self._prepare_repair_order())

    def _prepare_repair_order(self) -> dict:
        values = {
            "company_id": self.complaint_id.company_id.id,
            "partner_id": self._get_document_partner().id,
            "under_warranty": True,
            # Printed on the order: it says nothing of the complaint.
            "internal_notes": self._get_document_title(),
        }
        return {**values, **self._prepare_repaired_goods()}

    def _prepare_repaired_goods(self) -> dict:
        """Return what is to be repaired; who makes the order fills in what is open."""
        case = self.complaint_id
        # sudo: any model - which goods the case is about is what the user was asked to
        # repair; the document that tells it may be another app's
        origin = case._get_origin_document().sudo()
        if not hasattr(origin, "_complaint_get_goods"):
            return {}
        found = origin._complaint_get_goods(case.origin_item_ids or [])
        # sudo: product.product - as above
        products = self.env["product.product"].sudo()
        goods = [
            row for row in found if products.browse(row["product_id"]).type == "consu"
        ]
        # One order repairs one thing; of several, somebody has to choose.
        if len(goods) != 1:
            return {}
        return {
            "product_id": goods[0]["product_id"],
            "lot_id": goods[0].get("lot_id"),
            "product_qty": goods[0].get("quantity") or 1.0,
        }
