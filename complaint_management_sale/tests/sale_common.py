from odoo.fields import Command


class SaleMixin:
    """The company of the complaint tests sells, and has an order of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Wang Fang", "email": "wang@example.com"}
        )
        products = cls.env["product.product"].create(
            [
                {"name": name, "type": "service", "invoice_policy": "order"}
                for name in ("Brake check", "Oil change")
            ]
        )
        cls.check, cls.oil = products
        cls.seller = cls._create_user("seller", "registrar", cls.head)
        cls.seller.group_ids |= cls.env.ref("sales_team.group_sale_salesman")
        cls.company.sale_discount_product_id = cls.env["product.product"].create(
            {"name": "Discount", "type": "service", "invoice_policy": "order"}
        )
        cls.order = cls.document = cls._create_order()
        cls.printer = cls.seller

    @classmethod
    def _create_order(cls, **values):
        return cls.env["sale.order"].create(
            {
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create({"display_type": "line_section", "name": "Brakes"}),
                    *(
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "price_unit": price,
                                "tax_ids": [Command.clear()],
                            }
                        )
                        for product, quantity, price in (
                            (cls.check, 2, 50),
                            (cls.oil, 1, 120),
                        )
                    ),
                ],
                **values,
            }
        )
