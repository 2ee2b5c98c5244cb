from odoo import models

#: Stands for the repaired product among the items that may be ticked.
PRODUCT = 0
#: More than that is no list to tick on a phone.
MAX_LINES = 60


class RepairOrder(models.Model):
    """A repair order prints a code, and may carry out a remedy."""

    _name = "repair.order"
    _inherit = [
        "repair.order",
        "complaint.feedback.mixin",
        "complaint.remedy.document.mixin",
    ]

    def write(self, vals):
        """Let remedies follow the state."""
        result = super().write(vals)
        if "state" in vals:
            self._complaint_remedy_changed()
        return result

    # ------------------------------------------------------------
    # WHAT A CASE TAKES OVER
    # ------------------------------------------------------------

    def _complaint_has_code(self):
        # A new order is printed too: the customer takes it home when leaving the car.
        return self.state != "cancel"

    def _complaint_get_employee(self):
        """Return the technician as an employee of the order's company, maybe nobody."""
        return self._complaint_find_employee(self.user_id)

    def _complaint_get_department(self):
        department = super()._complaint_get_department()
        warehouse = self.picking_type_id.warehouse_id
        # Of the add-on for deliveries, where it is installed.
        if department or "complaint_department_id" not in warehouse:
            return department
        return warehouse.complaint_department_id

    def _complaint_prepare_values(self):
        values = super()._complaint_prepare_values()
        # sudo: stock.warehouse - the workshop's name is on its door
        warehouse = self.sudo().picking_type_id.warehouse_id
        values["place"] = warehouse.name
        return values

    def _complaint_get_lines(self):
        lines = []
        if self.product_id:
            lot = self.lot_id.name
            name = self.product_id.display_name
            lines.append((PRODUCT, f"{name} · {lot}" if lot else name))
        lines += [
            (move.id, self._complaint_name_part(move))
            for move in self.move_ids
            if move.state != "cancel"
        ]
        services = self._complaint_get_services()
        # Other ids than those of parts.
        lines += [(-line.id, line.product_id.display_name) for line in services]
        return lines[:MAX_LINES]

    def _complaint_name_part(self, move) -> str:
        lots = ", ".join(move.move_line_ids.lot_id.mapped("name"))
        name = move.product_id.display_name
        return f"{name} · {lots}" if lots else name

    def _complaint_get_services(self):
        """Return the services that are sold with this repair, and with no other."""
        order = self.sale_order_id
        if order.state == "cancel" or len(order.repair_order_ids) > 1:
            return self.sale_order_line_id
        return order.order_line.filtered(lambda line: line.product_id.type == "service")

    def _complaint_get_invoices(self):
        """Return what may be credited; see the add-on of accounting."""
        return self.sale_order_id.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    def _complaint_get_invoice_lines(self, line_ids):
        """Return what invoiced these items; see the add-on of accounting."""
        if PRODUCT in line_ids:
            return self._complaint_get_invoices().invoice_line_ids
        parts = self.move_ids.filtered(lambda move: move.id in line_ids).sale_line_id
        services = self._complaint_get_services()
        sold = parts | services.filtered(lambda line: -line.id in line_ids)
        return sold.invoice_lines

    def _complaint_get_goods(self, line_ids):
        # Whatever was ticked: what comes back is what was repaired.
        if not self.product_id:
            return []
        return [
            {
                "product_id": self.product_id.id,
                "lot_id": self.lot_id.id,
                "quantity": self.product_qty,
            }
        ]

    # ------------------------------------------------------------
    # REMEDIES
    # ------------------------------------------------------------

    def _complaint_get_remedy_state(self):
        return {"done": "done", "cancel": "cancelled"}.get(self.state, "open")
