from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.complaint_management.tests.common import ComplaintCommon


class DeliveryCommon(ComplaintCommon):
    """A warehouse that delivers two boxes with serial numbers, and a rack."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "skip_sms": True})
        cls.customer = cls.env["res.partner"].create(
            {"name": "Wang Fang", "phone": "13900001111"}
        )
        cls.storekeeper = new_test_user(
            cls.env,
            login="storekeeper",
            groups="stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.warehouse.write(
            {"name": "Shop Dalian", "complaint_department_id": cls.sales.id}
        )
        cls.box, cls.rack = cls.env["product.product"].create(
            [
                {"name": "Roof Box", "tracking": "serial", "is_storable": True},
                {"name": "Roof Rack"},
            ]
        )
        cls.lots = cls.env["stock.lot"].create(
            [
                {"name": f"RB-{number}", "product_id": cls.box.id}
                for number in range(1, 4)
            ]
        )
        for lot in cls.lots:
            cls.env["stock.quant"]._update_available_quantity(
                cls.box, cls.warehouse.lot_stock_id, 1, lot_id=lot
            )
        cls.delivery = cls.document = cls._create_picking()
        cls.printer = cls.storekeeper

    @classmethod
    def _create_picking(cls, type_=None, boxes=2, racks=3, dest=None, **values):
        type_ = type_ or cls.warehouse.out_type_id
        customers = cls.env.ref("stock.stock_location_customers")
        places = {
            "location_id": type_.default_location_src_id.id
            or cls.warehouse.lot_stock_id.id,
            "location_dest_id": (dest or customers).id,
        }
        goods = [(cls.box, boxes), (cls.rack, racks)]
        moves = [
            {"product_id": product.id, "product_uom_qty": quantity, **places}
            for product, quantity in goods
            if quantity
        ]
        picking = cls.env["stock.picking"].create(
            {
                "partner_id": cls.customer.id,
                "picking_type_id": type_.id,
                "move_ids": [Command.create(move) for move in moves],
                **places,
                **values,
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking
