from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.complaint_management.tests.remedy_document_common import (
    RemedyDocumentCases,
)

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestStockReturn(DeliveryCommon, RemedyDocumentCases):
    """What is taken back becomes the return of its delivery, and is proved by it."""

    maker_group = "stock.group_stock_user"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_ = cls._create_type(
            "take_back", nature="return", **cls._prepare_kind("return")
        )
        cls.delivery.button_validate()

    def setUp(self):
        super().setUp()
        self._tick("Roof Box · RB-2")

    def _tick(self, *labels):
        lines = self.delivery._complaint_get_lines()
        self.case.write(
            {
                "res_model": "stock.picking",
                "res_id": self.delivery.id,
                "origin_item_ids": [id_ for id_, label in lines if label in labels],
            }
        )

    def _open(self, remedy, user=None):
        """Return the window of the return as who is asked sees it."""
        action = self._start(remedy, user)
        self.assertEqual(action["res_model"], "stock.return.picking")
        wizard = self.env[action["res_model"]].with_user(user or self.maker)
        context = {**action["context"], "skip_sms": True}
        return wizard.with_context(**context).browse(action["res_id"])

    def _make(self, remedy, user=None):
        action = self._open(remedy, user).action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])

    def _cancel(self, document):
        document.with_user(self.storekeeper).action_cancel()

    def _get_quantities(self, wizard):
        rows = wizard.product_return_moves
        return {row.product_id: row.quantity for row in rows}

    def test_the_whole_way(self):
        remedy = self._ask(self.type_)
        wizard = self._open(remedy)
        self.assertFalse(remedy.res_id)
        self.assertEqual(self._get_quantities(wizard), {self.box: 1, self.rack: 0})
        back = self._make(remedy)
        self.assertEqual(back.return_id, self.delivery)
        self.assertEqual(back.create_uid, self.maker)
        self.assertEqual(back.move_ids.lot_ids, self.lots[1])
        self.assertEqual((remedy.res_model, remedy.res_id), (back._name, back.id))
        self.assertEqual(remedy.state, "accepted")
        back.with_user(self.storekeeper).button_validate()
        self.assertEqual(back.state, "done")
        self._assert_executed_by(remedy, back)

    def test_what_has_no_serial_number(self):
        self._tick("Roof Rack × 3")
        wizard = self._open(self._ask(self.type_))
        self.assertEqual(self._get_quantities(wizard), {self.box: 0, self.rack: 3})

    def test_both(self):
        self._tick("Roof Box · RB-1", "Roof Box · RB-2", "Roof Rack × 3")
        back = self._make(self._ask(self.type_))
        quantities = {move.product_id: move.product_uom_qty for move in back.move_ids}
        self.assertEqual(quantities, {self.box: 2, self.rack: 3})

    def test_nothing_ticked(self):
        """How much comes back, whoever makes the return says."""
        self._tick()
        remedy = self._ask(self.type_)
        wizard = self._open(remedy)
        self.assertEqual(self._get_quantities(wizard), {self.box: 0, self.rack: 0})
        wizard.action_create_returns_all()
        self.assertTrue(remedy.res_id)

    def test_each_move_cancelled(self):
        remedy = self._ask(self.type_)
        back = self._make(remedy)
        back.move_ids._action_cancel()
        self.assertEqual((remedy.state, remedy.res_id), ("accepted", 0))

    def test_a_return_of_the_return_proves_nothing(self):
        remedy = self._ask(self.type_)
        back = self._make(remedy)
        back.button_validate()
        context = {**self._get_context(remedy), "skip_sms": True}
        wizard = (
            self.env["stock.return.picking"]
            .with_context(**context)
            .create({"picking_id": back.id})
        )
        wizard.action_create_returns_all()
        self.assertEqual(remedy.res_id, back.id)

    def _get_context(self, remedy):
        return remedy._with_document_context()

    def test_somebody_elses_window(self):
        """A forged context links nothing to a case that isn't one's own."""
        remedy = self._ask(self.type_)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.storekeeper)
            .with_context(**self._get_context(remedy))
            .create({"picking_id": self.delivery.id})
        )
        with self.assertRaises(AccessError):
            wizard.action_create_returns_all()
        self.assertFalse(remedy.res_id)

    def test_nothing_that_could_come_back(self):
        """Not delivered yet, or no delivery at all."""
        waiting = self._create_picking(boxes=1)
        self.case.write({"res_id": waiting.id, "origin_item_ids": []})
        remedy = self._ask(self.type_)
        with self.assertRefused("leads to no delivery"):
            self._open(remedy)
        self.case.write({"res_model": False, "res_id": False})
        with self.assertRefused("leads to no delivery"):
            self._open(remedy)

    def test_deliveries_cost_nothing(self):
        """Only returns are looked for among remedies."""
        delivery = self._create_picking(boxes=1)
        self.env.flush_all()
        delivery.return_id.mapped("id")
        with self.assertQueryCount(0):
            delivery._complaint_return_changed()
