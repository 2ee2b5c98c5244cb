from odoo import models

#: More serial numbers than that of one product aren't ticked one by one.
MAX_LOTS = 20
#: More than that is no list to tick on a phone.
MAX_LINES = 60


class StockPicking(models.Model):
    """A delivery prints a code; a return may carry out a remedy."""

    _name = "stock.picking"
    _inherit = [
        "stock.picking",
        "complaint.feedback.mixin",
        "complaint.remedy.document.mixin",
    ]

    # ------------------------------------------------------------
    # WHAT A CASE TAKES OVER
    # ------------------------------------------------------------

    def _complaint_has_code(self):
        return self.state not in ("draft", "cancel") and self._complaint_is_delivery()

    def _complaint_is_delivery(self) -> bool:
        """Tell whether goods go to a customer: not back to a supplier, not within."""
        to_supplier = self.location_dest_id.usage == "supplier"
        return self._is_to_external_location() and not to_supplier

    def _complaint_get_partner(self):
        return self.partner_id or self.move_ids.partner_id[:1]

    def _complaint_get_department(self):
        return self.picking_type_id.warehouse_id.complaint_department_id

    def _complaint_prepare_values(self):
        values = super()._complaint_prepare_values()
        # sudo: stock.warehouse - where it comes from stands on the slip
        values["place"] = self.sudo().picking_type_id.warehouse_id.name
        return values

    def _complaint_get_lines(self):
        lines = []
        for move in self._complaint_get_moves():
            tracked = self._complaint_get_tracked(move)
            # Lines with a lot have other ids than moves without.
            lines += [(-row.id, self._complaint_name_item(row)) for row in tracked]
            if not tracked:
                lines.append((move.id, self._complaint_name_item(move)))
        return lines[:MAX_LINES]

    def _complaint_get_moves(self):
        return self.move_ids.filtered(
            lambda move: (
                move.state != "cancel" and (move.quantity or self.state != "done")
            )
        )

    def _complaint_get_tracked(self, move):
        """Return the lines of ``move`` that tell a lot, if somebody would tick them."""
        lines = move.move_line_ids.filtered(lambda row: row.lot_id and row.quantity)
        return lines if len(lines) <= MAX_LOTS else lines.browse()

    def _complaint_name_item(self, row) -> str:
        """Return the words for a move or a line: product, quantity, lot or serial."""
        quantity = row.quantity or row["product_uom_qty"]
        parts = [row.product_id.display_name]
        if quantity != 1:
            parts.append(f"× {quantity:g}")
        if row._name == "stock.move.line":
            parts.append(f"· {row.lot_id.name}")
        return " ".join(parts)

    def _complaint_get_goods(self, line_ids):
        known = {
            id_: self._complaint_find_item(id_)
            for id_, _label in self._complaint_get_lines()
        }
        rows = [known[id_] for id_ in line_ids or known if id_ in known]
        return [
            {
                "product_id": row.product_id.id,
                "lot_id": row._name == "stock.move.line" and row.lot_id.id,
                "quantity": row.quantity,
            }
            for row in rows
        ]

    def _complaint_find_item(self, id_):
        """Return the move or the line with a lot that was offered as an item."""
        if id_ < 0:
            return self.env["stock.move.line"].browse(-id_)
        return self.env["stock.move"].browse(id_)

    # ------------------------------------------------------------
    # REMEDIES
    # ------------------------------------------------------------

    def _complaint_get_remedy_state(self):
        return {"done": "done", "cancel": "cancelled"}.get(self.state, "open")

    def _complaint_return_changed(self):
        # Whatever isn't a return costs nothing.
        returns = self.filtered("return_id")
        if returns:
            returns._complaint_remedy_changed()
        # An order that replaces what was sold is carried out when it is delivered.
        if "sale_id" in self and hasattr(self["sale_id"], "_complaint_remedy_changed"):
            self["sale_id"]._complaint_remedy_changed()

    def _complaint_get_ticked(self, remedy):
        """Return the moves that the case of ``remedy`` names, with the lines ticked."""
        case = remedy.complaint_id
        if (case.res_model, case.res_id) != (self._name, self.id):
            return {}
        ticked = case.origin_item_ids or []
        found = {}
        for id_, _label in self._complaint_get_lines():
            if id_ in ticked:
                row = self._complaint_find_item(id_)
                move = row if id_ > 0 else row.move_id
                found.setdefault(move, self.env["stock.move.line"])
                found[move] |= row if id_ < 0 else found[move]
        return found

    def _complaint_open_return(self, remedy) -> dict:
        """Return the window of the return, filled with what was ticked."""
        wizard = self.env["stock.return.picking"].create({"picking_id": self.id})
        ticked = self._complaint_get_ticked(remedy)
        for row in wizard.product_return_moves.filtered(lambda r: r.move_id in ticked):
            lines = ticked[row.move_id]
            row.quantity = sum(lines.mapped("quantity")) or row.move_id.quantity
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self.id,
                "active_ids": self.ids,
                **remedy._with_document_context(),
            },
        }

    def _complaint_choose_lots(self, remedy):
        """Let this return expect the very serial numbers that were ticked."""
        for move, lines in self.return_id._complaint_get_ticked(remedy).items():
            back = self.move_ids.filtered(
                lambda row, move=move: row.origin_returned_move_id == move
            )
            serial = back.has_tracking == "serial"
            if serial and len(lines.lot_id) == back.product_uom_qty:
                back.lot_ids = lines.lot_id
