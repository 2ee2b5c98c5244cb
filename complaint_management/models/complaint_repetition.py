from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

#: Days in which another complaint about the same is offered as a repetition.
REPEAT_DAYS = 365
#: The youngest of so many cases is enough: some people, and programs, complain daily.
MAX_KNOWN = 200


class ComplaintRepetition(models.AbstractModel):
    """Recognises the second complaint of the same person on the same matter.

    A repetition says that two cases have the same complainant. It is therefore
    proposed only where everybody who works on the cases may know who that is, and
    never to persons from whom the earlier case is kept.
    """

    _name = "complaint.repetition"
    _description = "Repeated Complaints"

    @api.model
    def _propose(self, complaints):
        """Name on new ``complaints`` the earlier case that they may repeat.

        Two queries, however many cases.
        """
        # sudo: complaint.complaint - the earlier case may be out of the user's sight
        complaints = complaints.sudo()
        mains = {
            case: parties._get_main()
            for case, parties in complaints._get_all_parties().items()
        }
        mains = {
            case: main
            for case, main in mains.items()
            if main.identity_access == "case" and _get_keys(main)
        }
        known = self._search_known(mains) if mains else {}
        every = complaints.browse().union(*known.values())
        for case, main in mains.items():
            earlier = complaints.browse().union(
                *(known.get(key, complaints.browse()) for key in _get_keys(main))
            )
            earlier = earlier.with_prefetch(every.ids)  # read together, not by case
            earlier = earlier.filtered(
                lambda other, case=case: self._is_same_matter(case, other)
            )
            if earlier:
                case.repeat_proposal_id = earlier.sorted("received_at")[-1]

    def _search_known(self, mains: dict) -> dict:
        """Return the earlier cases of these persons by what tells who they are."""
        cases = self.env["complaint.complaint"].concat(*mains)
        keys = {key for main in mains.values() for key in _get_keys(main)}
        since = min(cases.mapped("received_at")) - timedelta(days=REPEAT_DAYS)
        values = {
            name: [value for field, value in keys if field == name]
            for name in ("partner_id", "phone_key", "email_key")
        }
        self.env["complaint.party"].flush_model()
        cases.flush_model(["policy_id", "master_id", "received_at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id
                  FROM complaint_party p
                  JOIN complaint_complaint c ON c.id = p.complaint_id
                 WHERE p.type = 'complainant' AND p.identity_access = 'case'
                   AND c.id != ALL(%(cases)s) AND c.policy_id = ANY(%(policies)s)
                   AND c.master_id IS NULL AND c.received_at >= %(since)s
                   AND (p.partner_id = ANY(%(partner_id)s::int[])
                        OR p.phone_key = ANY(%(phone_key)s::text[])
                        OR p.email_key = ANY(%(email_key)s::text[]))
                 ORDER BY c.received_at DESC
                 LIMIT %(limit)s
                """,
                limit=MAX_KNOWN * len(cases),
                cases=cases.ids,
                policies=cases.policy_id.ids,
                since=since,
                **values,
            )
        )
        # sudo: complaint.party - who may know the person is in the query
        parties = self.env["complaint.party"].sudo().browse(id_ for (id_,) in rows)
        known: dict = {}
        for party in parties:
            for key in _get_keys(party):
                known[key] = known.get(key, cases.browse()) | party.complaint_id
        return known

    def _is_same_matter(self, case, other) -> bool:
        """Tell whether ``case`` may be about what ``other`` was about."""
        same = (
            other.policy_id == case.policy_id
            and other.nature == case.nature
            and other.received_at <= case.received_at
            and other.received_at >= case.received_at - timedelta(days=REPEAT_DAYS)
        )
        both = case.category_id and other.category_id
        return bool(
            same
            and (not both or case.category_id == other.category_id)
            # Whom the earlier case is kept from may not learn of it here.
            and not other.excluded_user_ids - case.excluded_user_ids
        )

    @api.model
    def _may_tell(self, case, other) -> bool:
        """Tell whether everybody on both cases may know that the person is the same."""
        return all(
            # sudo: complaint.complaint - the other case may be out of the user's sight
            row.sudo().identity == "named"
            for row in (case, other)
        )


def _get_keys(party) -> list[tuple]:
    """Return what tells who a party is: contact, number, address."""
    keys = [
        ("partner_id", party.partner_id.id),
        ("phone_key", party.phone_key),
        ("email_key", party.email_key),
    ]
    return [key for key in keys if key[1]]
