from odoo.fields import Command


class AccountMixin:
    """The company of the complaint tests keeps books, and has invoiced a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        charts = cls.env["account.chart.template"]
        charts.try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Wang Fang", "email": "wang@example.com"}
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "13%", "amount": 13, "company_id": cls.company.id}
        )
        products = cls.env["product.product"].create(
            [{"name": "Brake pad"}, {"name": "Brake disc"}, {"name": "Labour"}]
        )
        cls.pad, cls.disc, cls.labour = products
        cls.accountant = cls._create_user("accountant", "registrar", cls.head)
        cls.accountant.group_ids |= cls.env.ref("account.group_account_invoice")
        cls.invoice = cls.document = cls._create_invoice()
        cls.printer = cls.accountant

    @classmethod
    def _create_invoice(cls, post=True, **values):
        lines = ((cls.pad, 4, 33.33), (cls.disc, 2, 80), (cls.labour, 1, 99.9))
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "invoice_date": "2026-11-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(cls.tax.ids)],
                        }
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice
