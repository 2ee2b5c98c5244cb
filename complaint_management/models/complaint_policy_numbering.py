from datetime import date
from itertools import count

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL


class ComplaintPolicy(models.Model):
    """Numbers of cases: one sequence a policy, one run of numbers a year."""

    _inherit = "complaint.policy"

    sequence_id = fields.Many2one(
        "ir.sequence", string="Numbering", copy=False, ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        for policy in policies.filtered(lambda policy: not policy.sequence_id):
            policy._create_sequence()
        return policies

    def write(self, vals):
        prefixes = {policy: policy._get_number_prefix() for policy in self}
        result = super().write(vals)
        if "code" in vals:
            self._renew_number_prefix(prefixes)
        return result

    def unlink(self):
        # sudo: ir.sequence - made with the policy, goes with it
        sequences = self.sequence_id.sudo()
        result = super().unlink()
        # Deleted with their sequence, the years would leave theirs in PostgreSQL.
        sequences.date_range_ids.unlink()
        sequences.unlink()
        return result

    def _create_sequence(self):
        # sudo: ir.sequence - whoever may make a policy numbers its cases
        self.sequence_id = (
            self.env["ir.sequence"]
            .sudo()
            .create(
                {
                    "name": self.env._("Complaints: %s", self.name),
                    "prefix": self._get_number_prefix(),
                    "padding": 5,
                    "use_date_range": True,
                    "company_id": self.company_id.id,
                }
            )
        )

    def _get_number_prefix(self) -> str:
        code = (self.code or "").replace("%", "%%")
        return f"{code}/%(range_year)s/"

    def _renew_number_prefix(self, prefixes):
        """Let new cases have the new code, unless somebody chose another numbering."""
        for policy in self:
            # sudo: ir.sequence - as above
            sequence = policy.sequence_id.sudo()
            if sequence.prefix == prefixes[policy]:
                sequence.prefix = policy._get_number_prefix()

    def _get_next_numbers(self, number: int, day: date) -> list[str]:
        """Return ``number`` fresh case numbers of the year of ``day``.

        One query however many; gaps are allowed, doubles are not.
        """
        if not number:
            return []
        # sudo: ir.sequence - everybody who registers draws a number
        sequence = self.sudo().sequence_id
        if sequence.implementation != "standard" or not sequence.use_date_range:
            return [sequence.next_by_id(day) for _index in range(number)]
        current = self._get_number_range(sequence, day)
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}_{current.id:03d}",
                number,
            )
        )
        sequence = sequence.with_context(
            ir_sequence_date=day, ir_sequence_date_range=current.date_from
        )
        return [sequence.get_next_char(value) for (value,) in rows]

    def _get_number_range(self, sequence, day):
        """Return the year's subsequence.

        :raise ConcurrencyError: somebody else opens the year at this moment; the
            request layer then tries again
        """
        try:
            with self.env.cr.savepoint():
                return sequence._get_current_sequence(day)
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _get_free_code(self) -> str:
        """Return this policy's code with a number that no other policy has."""
        # sudo: complaint.policy - codes of other companies' policies count too
        policies = self.sudo().with_context(active_test=False)
        codes = set(policies.search([]).mapped("code"))
        return next(
            code
            for code in (f"{self.code}-{number}" for number in count(2))
            if code not in codes
        )
