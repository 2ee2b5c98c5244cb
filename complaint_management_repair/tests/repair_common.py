from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.complaint_management.tests.common import ComplaintCommon


class RepairCommon(ComplaintCommon):
    """A workshop that repairs Wang Fang's car; ``mechanic`` knows no complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Wang Fang", "phone": "13900001111"}
        )
        cls.mechanic = new_test_user(
            cls.env,
            login="mechanic",
            groups="stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.env["hr.employee"].create(
            {
                "name": "Mechanic",
                "user_id": cls.mechanic.id,
                "department_id": cls.workshop.id,
                "company_id": cls.company.id,
            }
        )
        cls.car, cls.pads, cls.fluid = cls.env["product.product"].create(
            [
                {"name": "Estate Car", "tracking": "serial", "is_storable": True},
                {"name": "Brake Pads"},
                {"name": "Brake Fluid"},
            ]
        )
        cls.labour = cls.env["product.product"].create(
            {"name": "Labour", "type": "service"}
        )
        cls.lot = cls.env["stock.lot"].create(
            {"name": "VIN-0001", "product_id": cls.car.id}
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.warehouse.name = "Workshop Hall"
        cls.order = cls.document = cls._create_order()
        cls.printer = cls.mechanic

    @classmethod
    def _create_order(cls, **values):
        orders = cls.env["repair.order"].with_company(cls.company)
        parts = [
            {"product_id": part.id, "product_uom_qty": 1, "repair_line_type": "add"}
            for part in (cls.pads, cls.fluid)
        ]
        return orders.create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.mechanic.id,
                "product_id": cls.car.id,
                "lot_id": cls.lot.id,
                "move_ids": [Command.create(part) for part in parts],
                **values,
            }
        )

    @classmethod
    def _repair(cls, order):
        order._action_repair_confirm()
        order.action_repair_start()
        order.action_repair_end()
