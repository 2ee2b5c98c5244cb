from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    def _make_document_credit_note(self):
        """Return a draft credit note: of the invoice, its ticked lines, or an amount.

        :raise UserError: the amount is higher than what can be credited
        """
        remedy = self.with_company(self.company_id)
        invoice = remedy._get_invoice_to_credit()
        if not invoice:
            return remedy._make_free_credit_note()
        reversals = remedy.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        reversal = reversals.create(
            {"reason": self._get_document_title(), "journal_id": invoice.journal_id.id}
        )
        reversal.refund_moves()
        note = reversal.new_move_ids
        remedy._keep_ticked_lines(invoice, note)
        if remedy.measure != "none" and remedy.amount:
            remedy._credit_amount(note)
        return note

    def _get_invoice_to_credit(self):
        """Return the one invoice that the case is about, maybe none."""
        origin = self.complaint_id._get_origin_document()
        if not hasattr(origin, "_complaint_get_invoices"):
            return self.env["account.move"]
        origin.check_access("read")
        invoices = origin._complaint_get_invoices()
        return invoices if len(invoices) == 1 else invoices.browse()

    def _keep_ticked_lines(self, invoice, note):
        """Leave only what the customer ticked on the invoice, if anything."""
        case = self.complaint_id
        ticked = case._get_origin_document()._complaint_get_invoice_lines(
            case.origin_item_ids or []
        )
        pairs = zip(
            invoice._complaint_get_item_lines(),
            note._complaint_get_item_lines(),
            strict=True,
        )
        kept = note.invoice_line_ids.browse(
            [mine.id for line, mine in pairs if line in ticked]
        )
        others = note.invoice_line_ids - kept
        if kept and others:
            note.invoice_line_ids = [Command.delete(line.id) for line in others]

    def _credit_amount(self, note):
        """Let ``note`` credit the amount of the remedy, taxed as what was sold.

        Goods aren't named on it then: nothing comes back but money.
        """
        amount = self._get_amount_in(note.currency_id, note.company_id)
        total, currency = note.amount_total, note.currency_id
        if currency.compare_amounts(amount, total) > 0:
            raise UserError(
                self.env._(
                    "“%(remedy)s” is more than what can be credited of the invoice, "
                    "%(total)s. Make the credit note in accounting, and give its "
                    "number here as the proof.",
                    remedy=self.display_name,
                    total=currency.format(total),
                )
            )
        if not currency.compare_amounts(amount, total):
            return
        groups = defaultdict(note.invoice_line_ids.browse)
        for line in note._complaint_get_item_lines():
            groups[line.account_id, line.tax_ids] |= line
        note.invoice_line_ids = [
            *(Command.delete(line.id) for line in note.invoice_line_ids),
            *(
                Command.create(self._prepare_share(lines, amount / total))
                for lines in groups.values()
            ),
        ]
        self._settle_rounding(note, amount)

    def _prepare_share(self, lines, share) -> dict:
        """Return the values of a line that credits a share of ``lines``."""
        taxes = lines[0].tax_ids
        figure = (
            "price_total" if any(taxes.mapped("price_include")) else "price_subtotal"
        )
        return {
            "name": self._get_document_title(),
            "account_id": lines[0].account_id.id,
            "tax_ids": [Command.set(taxes.ids)],
            "quantity": 1,
            "price_unit": lines.currency_id.round(sum(lines.mapped(figure)) * share),
        }

    def _settle_rounding(self, note, amount):
        """Put what rounding took or gave on the biggest line."""
        missing = amount - note.amount_total
        if not note.currency_id.is_zero(missing):
            line = note.invoice_line_ids.sorted("price_total")[-1:]
            factor = line.price_unit / line.price_total if line.price_total else 1
            line.price_unit += missing * factor

    def _make_free_credit_note(self):
        """Return a draft credit note of the amount, of no invoice."""
        partner = self._get_document_partner()
        line = {"name": self._get_document_title(), "quantity": 1}
        if self.measure != "none":
            line["price_unit"] = self.amount
        # Made for an amount that was agreed, taxes included.
        line["tax_ids"] = [Command.clear()]
        return self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": partner.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "ref": self._get_document_title(),
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def _get_amount_in(self, currency, company) -> float:
        """Return the amount of the remedy in another currency, at today's rate."""
        today = fields.Date.context_today(self)
        return self.currency_id._convert(self.amount, currency, company, today)
