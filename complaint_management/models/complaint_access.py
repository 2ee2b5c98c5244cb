from odoo import api, fields, models, tools
from odoo.tools import SQL, groupby


class ComplaintAccess(models.Model):
    """One seat at a case: a person's, a department's or a policy's office's.

    A case lists its seats, a seat lists its users. The record rules go from the case
    over its seats to the user, so that moving somebody changes the rows of two seats
    and none of a case, and a search follows a single indexed path.
    """

    _name = "complaint.access"
    _description = "Complaint Access"

    user_id = fields.Many2one("res.users", ondelete="cascade")
    department_id = fields.Many2one("hr.department", ondelete="cascade")
    policy_id = fields.Many2one("complaint.policy", ondelete="cascade")
    user_ids = fields.Many2many(
        "res.users", compute="_compute_user_ids", store=True, string="Users"
    )

    _user_uniq = models.UniqueIndex("(user_id) WHERE user_id IS NOT NULL")
    _department_uniq = models.UniqueIndex(
        "(department_id) WHERE department_id IS NOT NULL"
    )
    _policy_uniq = models.UniqueIndex("(policy_id) WHERE policy_id IS NOT NULL")

    @api.depends(
        "user_id",
        "department_id.complaint_member_ids.user_id.all_group_ids",
        "department_id.complaint_member_ids.active",
        "department_id.complaint_contact_ids.all_group_ids",
        "department_id.manager_id.user_id.all_group_ids",
        "department_id.complaint_manager_ids.all_group_ids",
        "policy_id.office_user_ids.all_group_ids",
    )
    def _compute_user_ids(self):
        for seat in self:
            department = seat.department_id
            members = department.complaint_member_ids.filtered("active").user_id
            staff = (
                members
                | department.complaint_contact_ids
                | department.manager_id.user_id
            )
            # What a place in the organisation lets one see depends on one's group, so
            # that the record rules of all groups are one condition.
            seat.user_ids = (
                seat.user_id
                | _with_group(staff, "handler")
                | _with_group(department.complaint_manager_ids, "manager")
                | _with_group(seat.policy_id.office_user_ids, "office")
            )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Look up the few seats that a rule asks for at once, not by a subquery.

        Every record rule asks for the seats of a user. Given their ids, PostgreSQL
        knows from its statistics how many cases have them. From a subquery it guesses
        that the office sees as few cases as anybody, and then reads all of them
        instead of the 80 that are due first: 3 s against 10 ms with 100,000 cases.
        """
        query = super()._search(domain, offset, limit, order, **kwargs)
        if order or limit or offset:
            return query
        # An ordered query has no WHERE, which a many2many takes for "any row".
        return self.browse(query)._as_query(ordered=False)

    @api.depends("user_id", "department_id", "policy_id")
    def _compute_display_name(self):
        for seat in self:
            owner = seat.user_id or seat.department_id or seat.policy_id
            seat.display_name = owner.display_name

    @api.model
    def _get_seats(self, owners):
        """Return the seats of ``owners``, making those that don't exist yet.

        :param owners: users, departments or policies
        """
        # sudo: complaint.access - only the seats' lists decide who sees what
        return self.sudo().union(*self._map_seats(owners).values())

    @api.model
    def _map_seats(self, owners) -> dict:
        """Return the seat of each of ``owners``; see ``_get_seats``."""
        field = {
            "res.users": "user_id",
            "hr.department": "department_id",
            "complaint.policy": "policy_id",
        }[owners._name]
        # sudo: complaint.access - as above
        seats, known = self.sudo(), self._get_known_seats()
        found = {
            owner: seats.browse(known[field, owner.id])
            for owner in owners
            if (field, owner.id) in known
        }
        unknown = owners.browse(owner.id for owner in owners if owner not in found)
        if unknown:
            rows = seats.search_fetch([(field, "in", unknown.ids)], [field])
            found |= rows.grouped(field)
            # What this transaction has made may be undone.
            fresh = self.env.cr.cache.get("complaint_fresh_seats", ())
            known.update(
                {(field, row[field].id): row.id for row in rows if row.id not in fresh}
            )
        if missing := owners.filtered(lambda owner: owner not in found):
            found |= self._create_seats(field, missing).grouped(field)
        return found

    @api.model
    @tools.ormcache()
    def _get_known_seats(self) -> dict:
        """Return a store of the seats' ids: a seat goes with its owner, not before."""
        return {}

    @api.model
    def _get_seats_at(self, complaints):
        """Return ``(seats, cases)`` pairs: who sits at which of ``complaints``.

        One look-up for all, and one pair per distinct set of seats, so that a batch
        costs what differs in it. Add-ons that let others see a case extend it.
        """
        holding = complaints.assignment_ids.filtered(lambda row: row._gives_access())
        calls = complaints.follow_up_ids.filtered(lambda row: row._gives_access())
        # Who is told, or asked to approve, has to see what it is about.
        told = {
            case: case.escalation_ids.user_id
            | case.approval_ids._get_seated_users()
            | (case.follow_up_ids & calls)._get_asked_users()
            for case in complaints
        }
        waiting = calls.filtered(lambda row: row._is_open())
        policies = self._map_seats(complaints.policy_id)
        users = self._map_seats(holding._get_asked_users().union(*told.values()))
        departments = self._map_seats(holding.department_id | waiting.department_id)
        none = self.browse()

        def seats_at(complaint):
            """Return the seats of those who are at a case."""
            seats = policies.get(complaint.policy_id, none)
            for row in complaint.assignment_ids & holding:
                for user in row._get_asked_users():
                    seats |= users.get(user, none)
                seats |= departments.get(row.department_id, none)
            for row in complaint.follow_up_ids & waiting:
                seats |= departments.get(row.department_id, none)
            for user in told[complaint]:
                seats |= users.get(user, none)
            return seats

        return [
            (seats, complaints.browse().concat(*cases))
            for seats, cases in groupby(complaints, seats_at)
        ]

    def _create_seats(self, field, owners):
        # A seat that somebody else makes at the same time is a conflict that the
        # request layer retries, not an error in the user's face: hence no create().
        self.flush_model()
        owners.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO complaint_access
                          (%(field)s, create_uid, create_date, write_uid, write_date)
                   SELECT unnest(%(ids)s), %(uid)s, now() AT TIME ZONE 'UTC',
                          %(uid)s, now() AT TIME ZONE 'UTC'
                   ON CONFLICT DO NOTHING
                   RETURNING id""",
                field=SQL.identifier(field),
                ids=owners.ids,
                uid=self.env.uid,
            )
        )
        # sudo: complaint.access - as above
        seats = self.sudo().browse(row[0] for row in rows)
        self.env.cr.cache.setdefault("complaint_fresh_seats", set()).update(seats.ids)
        seats._compute_user_ids()
        # Rows made by SQL are missing in the lists that were read before.
        seats.department_id.invalidate_recordset(["complaint_access_ids"])
        return seats


def _with_group(users, group):
    group = users.env.ref(f"complaint_management.group_complaint_{group}")
    return users.filtered(lambda user: group in user.all_group_ids)
