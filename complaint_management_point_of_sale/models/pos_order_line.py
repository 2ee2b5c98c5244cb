from odoo import models


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _complaint_get_label(self) -> str:
        """Return what was sold, as who bought it would call it, in their language."""
        name, variant = (
            self.product_id.name,
            self.product_id.product_template_variant_value_ids,
        )
        if chosen := (variant | self.attribute_value_ids).mapped("name"):
            name = f"{name} ({', '.join(chosen)})"
        if abs(self.qty) != 1:
            name = f"{abs(self.qty):g} × {name}"
        lots = ", ".join(self.pack_lot_ids.filtered("lot_name").mapped("lot_name"))
        return f"{name} · {lots}" if lots else name

    def _complaint_get_goods(self) -> list[dict]:
        """Return product, lot and quantity of what was sold, a row for each lot."""
        # sudo: stock.lot - which piece it is stands on the receipt
        lots = self.env["stock.lot"].sudo()
        found = lots.search(
            [
                ("name", "in", self.pack_lot_ids.mapped("lot_name")),
                ("product_id", "=", self.product_id.id),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        quantity = abs(self.qty) / (len(found) or 1)
        return [
            {
                "product_id": self.product_id.id,
                "lot_id": lot.id,
                "quantity": quantity,
            }
            for lot in (found or [lots])
        ]
