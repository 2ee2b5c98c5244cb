from datetime import date
from itertools import count

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL


class ComplaintNumbering(models.AbstractModel):
    """Numbers of cases: one sequence a policy, one run of numbers a year."""

    _name = "complaint.numbering"
    _description = "Numbering of Complaints"

    @api.model
    def _create_sequences(self, policies):
        """Give each policy that has none a sequence of its own."""
        for policy in policies.filtered(lambda policy: not policy.sequence_id):
            # sudo: ir.sequence - whoever may make a policy numbers its cases
            policy.sequence_id = (
                self.env["ir.sequence"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Complaints: %s", policy.name),
                        "prefix": self._get_prefix(policy),
                        "padding": 5,
                        "use_date_range": True,
                        "company_id": policy.company_id.id,
                    }
                )
            )

    @api.model
    def _get_prefix(self, policy) -> str:
        code = (policy.code or "").replace("%", "%%")
        return f"{code}/%(range_year)s/"

    @api.model
    def _renew_prefixes(self, prefixes: dict):
        """Let new cases have the new code, unless somebody chose another numbering.

        :param prefixes: the prefix that each policy had by its old code
        """
        for policy, prefix in prefixes.items():
            # sudo: ir.sequence - as above
            sequence = policy.sequence_id.sudo()
            if sequence.prefix == prefix:
                sequence.prefix = self._get_prefix(policy)

    @api.model
    def _delete_sequences(self, sequences):
        """Delete the sequences of policies that are gone."""
        # sudo: ir.sequence - made with the policy, goes with it
        sequences = sequences.sudo()
        # Deleted with their sequence, the years would leave theirs in PostgreSQL.
        sequences.date_range_ids.unlink()
        sequences.unlink()

    @api.model
    def _get_next_numbers(self, policy, number: int, day: date) -> list[str]:
        """Return ``number`` fresh case numbers of the year of ``day``.

        One query however many; gaps are allowed, doubles are not.
        """
        # sudo: ir.sequence - everybody who registers draws a number
        return self._draw(policy.sudo().sequence_id, number, day)

    @api.model
    def _draw(self, sequence, number: int, day: date) -> list[str]:
        """Return ``number`` fresh numbers of ``sequence``; see above."""
        if not number:
            return []
        if sequence.implementation != "standard" or not sequence.use_date_range:
            return [sequence.next_by_id(day) for _index in range(number)]
        rows = self._draw_values(sequence, number, day)
        if not rows:
            self._open_range(sequence, day)
            rows = self._draw_values(sequence, number, day)
        # One range, one prefix: it depends on the day, not on the number.
        prefix, suffix = sequence.with_context(
            ir_sequence_date=day, ir_sequence_date_range=rows[0][0]
        )._get_prefix_suffix()
        padding = sequence.padding
        return [f"{prefix}{value:0{padding}d}{suffix}" for _begin, value in rows]

    @api.model
    def _draw_values(self, sequence, number: int, day: date) -> list[tuple]:
        """Return begin and fresh value of the year's subsequence, none without it."""
        # Named as ir.sequence.date_range names them: of at least three digits each.
        return self.env.execute_query(
            SQL(
                """SELECT year.date_from, nextval(year.name::regclass)
                     FROM (SELECT date_from, %(prefix)s || lpad(
                                      id::text, greatest(3, length(id::text)), '0'
                                  ) AS name
                             FROM ir_sequence_date_range
                            WHERE sequence_id = %(id)s
                              AND %(day)s BETWEEN date_from AND date_to
                            LIMIT 1) AS year,
                          generate_series(1, %(number)s)""",
                prefix=f"ir_sequence_{sequence.id:03d}_",
                id=sequence.id,
                day=day,
                number=number,
            )
        )

    @api.model
    def _open_range(self, sequence, day):
        """Begin the year's subsequence.

        :raise ConcurrencyError: somebody else opens the year at this moment; the
            request layer then tries again
        """
        try:
            with self.env.cr.savepoint():
                sequence._get_current_sequence(day)
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _get_free_code(self, policy) -> str:
        """Return the code of ``policy`` with a number that no other policy has."""
        # sudo: complaint.policy - codes of other companies' policies count too
        policies = policy.sudo().with_context(active_test=False)
        codes = set(policies.search([]).mapped("code"))
        return next(
            code
            for code in (f"{policy.code}-{number}" for number in count(2))
            if code not in codes
        )
