from odoo.tests import HttpCase, tagged

from odoo.addons.complaint_management.tests.feedback_document_common import (
    FeedbackDocumentCases,
)

from ..models.stock_picking import MAX_LOTS
from .delivery_common import DeliveryCommon

REPORT = "stock.action_report_delivery"


@tagged("post_install", "-at_install")
class TestStockPicking(FeedbackDocumentCases, DeliveryCommon, HttpCase):
    """From the slip in the parcel to the case, and back to the delivery."""

    report = REPORT
    template = "stock.report_delivery_document"

    @classmethod
    def _create_document(cls):
        return cls._create_picking(boxes=0)

    # the paper

    def test_scan_and_complain(self):
        """Printed by a storekeeper, who has no rights on complaints."""
        self.delivery.button_validate()
        path = self._scan(REPORT, self.delivery, self.storekeeper)
        case = self._complain(path, lines=["RB-2"])
        self._assert_leads_to(self.delivery, case)
        self.assertEqual(case.origin_items, "Roof Box · RB-2")
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.place, "Shop Dalian")
        self.assertEqual(case.origin_department_id, self.sales)
        self.assertEqual(case.party_ids.partner_id, self.customer)

    def test_in_the_parcel(self):
        """The slip is printed and packed before the delivery is finished."""
        self.assertEqual(self.delivery.state, "assigned")
        path = self._scan(REPORT, self.delivery)
        self.delivery.button_validate()
        self.assertEqual(self._scan(REPORT, self.delivery), path)
        self.assertEqual(len(self._get_links(self.delivery)), 1)

    def test_the_department_leads(self):
        self.settings.department_leads = True
        case = self._complain(self._scan(REPORT, self.delivery))
        self.assertEqual(case.department_id, self.sales)

    def test_draft_and_cancelled(self):
        places = {
            "location_id": self.warehouse.lot_stock_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        draft = self.env["stock.picking"].create(
            {"picking_type_id": self.warehouse.out_type_id.id, **places}
        )
        self.assertEqual(draft.state, "draft")
        self._assert_no_code(draft)
        self.delivery.action_cancel()
        self._assert_no_code(self.delivery)

    def test_internal_incoming_and_back_to_the_supplier(self):
        stock = self.warehouse.lot_stock_id
        internal = self._create_picking(self.warehouse.int_type_id, dest=stock)
        self._assert_no_code(internal)
        incoming = self._create_picking(self.warehouse.in_type_id, dest=stock)
        self._assert_no_code(incoming)
        supplier = self.env.ref("stock.stock_location_suppliers")
        self._assert_no_code(self._create_picking(dest=supplier))

    def test_a_mixed_print(self):
        """Only the deliveries get a code."""
        internal = self._create_picking(
            self.warehouse.int_type_id, dest=self.warehouse.lot_stock_id
        )
        deliveries = self.delivery + self._create_picking(boxes=0)
        html = self._render_html(REPORT, deliveries + internal, self.storekeeper)
        links = self._get_links(deliveries + internal)
        self.assertEqual(set(links.mapped("res_id")), set(deliveries.ids))
        for link in links:
            self.assertEqual(html.count(link.url), 1)

    # what may be ticked

    def test_lines(self):
        labels = [label for _id, label in self.delivery._complaint_get_lines()]
        self.assertEqual(
            labels, ["Roof Box · RB-1", "Roof Box · RB-2", "Roof Rack × 3"]
        )
        ids = [id_ for id_, _label in self.delivery._complaint_get_lines()]
        self.assertEqual(len(set(ids)), 3)

    def test_what_was_not_delivered_is_not_offered(self):
        rack = self.delivery.move_ids.filtered(lambda m: m.product_id == self.rack)
        rack.quantity = 0
        self.delivery.with_context(skip_backorder=True).button_validate()
        labels = [label for _id, label in self.delivery._complaint_get_lines()]
        self.assertEqual(labels, ["Roof Box · RB-1", "Roof Box · RB-2"])

    def test_a_pallet_of_serial_numbers(self):
        lots = self.env["stock.lot"].create(
            [
                {"name": f"P-{number}", "product_id": self.box.id}
                for number in range(MAX_LOTS + 1)
            ]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                self.box, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        pallet = self._create_picking(boxes=MAX_LOTS + 1, racks=0)
        self.assertEqual(len(pallet.move_line_ids.lot_id), MAX_LOTS + 1)
        labels = [label for _id, label in pallet._complaint_get_lines()]
        self.assertEqual(labels, [f"Roof Box × {MAX_LOTS + 1}"])

    def test_goods(self):
        ids = {label: id_ for id_, label in self.delivery._complaint_get_lines()}
        goods = self.delivery._complaint_get_goods([ids["Roof Box · RB-2"]])
        self.assertEqual(
            goods,
            [
                {
                    "product_id": self.box.id,
                    "lot_id": self.lots[1].id,
                    "quantity": 1,
                }
            ],
        )
        self.assertEqual(len(self.delivery._complaint_get_goods([])), 3)
        # An id that isn't of this delivery means nothing.
        other = self._create_picking(boxes=0).move_ids
        self.assertFalse(self.delivery._complaint_get_goods(other.ids))
