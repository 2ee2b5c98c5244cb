from odoo import api, models, tools
from odoo.exceptions import UserError

from .complaint_role import FIXED_RESOLUTIONS, RoleTarget


class ComplaintRoutingRoleMixin(models.AbstractModel):
    """Whom a role means on a case, and who stands in; part of ``complaint.routing``."""

    _name = "complaint.routing.role.mixin"
    _description = "Complaint Routing: Roles"

    @api.model
    def _resolve(self, role, complaint, memo: dict, department=None) -> RoleTarget:
        """Return whom ``role``, or else ``department``, means on ``complaint``.

        When nobody is found, because the role is empty or all are complained about
        or recused, the conflict role, the office and at last the administrators of
        complaints are meant, and a note says so.

        :param complaint: one case, or none for a duty without a case
        """
        role = role.sudo()  # sudo: complaint.role - rules work for whoever registers
        target = role._get_target(complaint) if role else role._make_target(department)
        if self._is_reachable(target, complaint, memo):
            return target
        policy = complaint.policy_id or role.policy_id
        target = self._get_stand_in(complaint, policy)
        named = role.name or (department and department.name)
        if named:
            self._note_stand_in(named, complaint or policy, target)
        return target

    @api.model
    def _resolve_each(self, role, complaint, memo: dict) -> list[RoleTarget]:
        """Return whom ``role`` means, one target for everybody who is asked apart.

        Where some can't be asked, because the case names no contact, somebody stands
        in for them.
        """
        target = self._resolve(role, complaint, memo)
        targets = [target]
        if target.partner:
            targets = [target._replace(partner=partner) for partner in target.partner]
        # sudo: complaint.role - as above
        missing = role.sudo()._get_missing_names(complaint)
        if target.partner and missing:
            stand_in = self._get_stand_in(complaint, complaint.policy_id)
            self._note_stand_in(", ".join(missing), complaint, stand_in)
            targets.append(stand_in)
        return targets

    def _is_reachable(self, target, complaint, memo=None) -> bool:
        """Tell whether somebody who may see ``complaint`` would get the request."""
        memo = {} if memo is None else memo
        if target.users or target.partner:
            return True
        department = target.department
        if not department:
            return False
        if department not in memo:
            seat = self.env["complaint.access"]._get_seats(department)
            memo[department] = seat.user_ids.filtered("active")
        return bool(memo[department] - complaint.excluded_user_ids)

    @api.model
    def _finds_nobody(self, role) -> bool:
        """Tell whether ``role`` means nobody, whatever the case."""
        none = self.env["complaint.complaint"]
        # sudo: complaint.role - as when a case is routed
        return role.resolution in FIXED_RESOLUTIONS and not self._is_reachable(
            role.sudo()._get_target(none), none
        )

    @api.model
    def _get_others(self, target, complaint, user):
        """Return who of ``target`` could do it beside ``user``, by name.

        A department as a whole would let the same person do it.
        """
        # sudo: complaint.access - who is asked is no secret from the rule that asks
        seats = target.department.sudo().complaint_access_ids.user_ids
        users = (target.users or seats).filtered("active")
        return users - user - complaint.excluded_user_ids

    def _check_target(self, target, complaint):
        """Refuse to give ``complaint`` to somebody who can't take it.

        :raise UserError: naming who
        """
        user = target.users
        if user:
            able = user.active and complaint.company_id in user.company_ids
            if able and user not in complaint.excluded_user_ids:
                return
        elif self._is_reachable(target, complaint, {}):
            return
        raise UserError(
            self.env._(
                "%(name)s can't take %(complaint)s: nobody there works here, is "
                "allowed in the company and free of a conflict of interest.",
                name=(user or target.department).display_name,
                complaint=complaint.name,
            )
        )

    def _get_stand_in(self, complaint, policy, refused_by=None) -> RoleTarget:
        """Return who is asked when nobody else is left; the first receiver at last."""
        # sudo: complaint.policy, res.groups - who is asked is no secret from rules
        policy = policy.sudo()
        role = policy.conflict_role_id
        excluded = complaint.excluded_user_ids
        if excluded and role:
            target = role._get_target(complaint)
            if self._is_reachable(target, complaint, {}):
                return target
        if refused_by:
            excluded |= refused_by
        company = policy.company_id

        def able(users):
            """Return those of ``users`` who work here and may know."""
            users = users.filtered(
                lambda user: user.active and company in user.company_ids
            )
            return users - excluded

        # sudo: res.users - as above
        administrators = self.env["res.users"].sudo()
        administrators = administrators.browse(self._get_administrator_ids(company))
        users = (
            able(policy.office_user_ids)
            or administrators - excluded
            or able(complaint.registered_by_id)
        )
        return role._make_target(users=users)

    @api.model
    @tools.ormcache("company.id")
    def _get_administrator_ids(self, company) -> tuple:
        """Return the ids of the administrators of complaints in ``company``.

        Kept until a user or group changes: Odoo forgets it then, see ``res_users.py``.
        """
        group = "complaint_management.group_complaint_admin"
        # sudo: res.groups - as above
        users = self.env.ref(group).sudo().all_user_ids
        return users.filtered(
            lambda user: user.active and company in user.company_ids
        )._ids

    def _note_stand_in(self, named, record, target):
        # sudo: complaint.complaint, complaint.policy - the note is the system's
        record.sudo()._message_log(
            body=self.env._(
                "Nobody was found for “%(name)s”; %(stand_in)s stand in.",
                name=named,
                stand_in=", ".join((target.users or target.department).mapped("name")),
            )
        )
