from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    # ------------------------------------------------------------
    # REPLACEMENT
    # ------------------------------------------------------------

    def _make_document_sale_replacement(self):
        """Return a draft order, free of charge, of the goods that are concerned."""
        origin = self.complaint_id._get_origin_document()
        if origin:
            origin.check_access("read")
        values = self._prepare_sale_order()
        values["order_line"] = [
            Command.create(line) for line in self._prepare_replaced_lines(origin)
        ]
        return self.env["sale.order"].create(values)

    def _prepare_sale_order(self) -> dict:
        order = self._get_origin_of("sale.order")
        return {
            "partner_id": self._get_document_partner().id,
            "company_id": self.company_id.id,
            "origin": order.name,
            "user_id": self.env.uid,
        }

    def _prepare_replaced_lines(self, origin) -> list[dict]:
        """Return the values of a line for each of the goods, at no price."""
        if not hasattr(origin, "_complaint_get_goods"):
            return []
        ids = self.complaint_id.origin_item_ids or []
        return [
            {
                "product_id": goods["product_id"],
                "product_uom_qty": goods.get("quantity", 1),
                "price_unit": 0,
                "discount": 0,
            }
            for goods in origin._complaint_get_goods(ids)
            if goods.get("product_id")
        ]

    # ------------------------------------------------------------
    # DISCOUNT
    # ------------------------------------------------------------

    def _make_document_sale_discount(self):
        """Return the order with the discount on it, or a new one for the next sale.

        A new one where nothing can be taken off any more: invoiced, locked, cancelled.

        :raise UserError: the remedy has no amount
        """
        if self.measure == "none" or not self.amount:
            raise UserError(
                self.env._("“%s” has no amount to take off.", self.display_name)
            )
        order = self._get_origin_of("sale.order")
        if not order or not order._complaint_takes_discount():
            order = self.env["sale.order"].create(self._prepare_sale_order())
            order.order_line = [Command.create(self._prepare_discount_line(order))]
            return order
        amount = self._get_amount_on(order)
        if order.currency_id.compare_amounts(amount, order.amount_total) > 0:
            raise UserError(
                self.env._(
                    "“%(remedy)s” is more than the order, %(total)s.",
                    remedy=self.display_name,
                    total=order.currency_id.format(order.amount_total),
                )
            )
        discount = self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "amount",
                "discount_amount": amount,
            }
        )
        discount.action_apply_discount()
        return order

    def _prepare_discount_line(self, order) -> dict:
        discount = self.env["sale.order.discount"].create({"sale_order_id": order.id})
        return {
            "name": self._get_document_title(),
            "product_id": discount._get_discount_product().id,
            "product_uom_qty": 1,
            "price_unit": -self._get_amount_on(order),
            "tax_ids": [Command.clear()],
        }

    def _get_amount_on(self, order) -> float:
        """Return the amount of the remedy in the currency of ``order``."""
        today = fields.Date.context_today(self)
        return self.currency_id._convert(
            self.amount, order.currency_id, order.company_id, today
        )

    # ------------------------------------------------------------
    # FOLLOWING
    # ------------------------------------------------------------

    def _on_document_open(self, document):
        """Take a discount as given when its order is confirmed, delivered or not."""
        confirmed = document._name == "sale.order" and document.state == "sale"
        if confirmed and self.document_kind == "sale_discount":
            return self._on_document_done(document)
        return super()._on_document_open(document)
