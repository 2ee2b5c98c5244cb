from odoo import api, fields, models

from .complaint_role import RoleTarget


class ComplaintRouting(models.AbstractModel):
    """Who leads a case and who is asked beside: nobody is ever silently nobody."""

    _name = "complaint.routing"
    _description = "Complaint Routing"

    @api.model
    def _route(self, complaints):
        """Ask the lead that severity, category and policy name to take the cases.

        :param complaints: ``complaint.complaint`` without an open lead assignment
        :return: the ``complaint.assignment`` rows made
        """
        weights, vals_list = {}, []
        for complaint in complaints:
            role, target = self._get_lead(complaint)
            user = role._choose_user(target.users, weights) if role else target.users[:1]
            vals_list.append(
                self._prepare_assignment(
                    complaint, "lead", target.department, user, target.partner
                )
            )
        # sudo: complaint.assignment - a registrar hands over to whom the rules name
        return self.env["complaint.assignment"].sudo().create(vals_list)

    @api.model
    def _ask_co_handlers(self, complaints):
        """Ask the co-handlers of the cases' categories for their opinions, once."""
        vals_list = []
        for complaint in complaints:
            asked = complaint.assignment_ids.filtered(lambda row: row.type == "opinion")
            for role in complaint.category_id._get_inherited("co_role_ids") or ():
                target = self._resolve(role, complaint)
                user = role._choose_user(target.users, {})
                values = self._prepare_assignment(
                    complaint, "opinion", target.department, user, target.partner
                )
                if not asked.filtered(
                    lambda row, values=values: row.department_id.id
                    == values["department_id"]
                    and row.user_id.id == values["user_id"]
                    and row.partner_id.id == values["partner_id"]
                ):
                    vals_list.append(values)
        # sudo: complaint.assignment - as above
        return self.env["complaint.assignment"].sudo().create(vals_list)

    @api.model
    def _receive(self, complaints):
        """Name who registered the cases as responsible until a hand-over is signed."""
        # sudo: complaint.assignment - evidence of the reception, made by the case only
        self.env["complaint.assignment"].sudo().create(
            [
                {
                    **self._prepare_assignment(
                        complaint, "reception", user=complaint.registered_by_id
                    ),
                    "state": "accepted",
                    "accepted_at": complaint.received_at,
                    "accepted_by_id": complaint.registered_by_id.id,
                }
                for complaint in complaints
                if complaint.registered_by_id
            ]
        )

    @api.model
    def _end_reception(self, complaints):
        """Free the first receivers: somebody has signed for the cases."""
        # sudo: complaint.assignment - the acceptor can't write the receiver's row
        complaints.sudo().assignment_ids.filtered(
            lambda row: row.type == "reception" and row.state == "accepted"
        ).write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )

    @api.model
    def _hand_over(self, complaints):
        """Ask the department and handler that stand on the cases to take them.

        The earlier lead is released only now; who gives a case to themselves has
        signed for it by doing so.
        """
        vals_list = []
        for complaint in complaints:
            values = self._prepare_assignment(
                complaint, "lead", complaint.department_id, complaint.handler_id
            )
            if complaint.handler_id == self.env.user:
                values.update(
                    state="accepted",
                    accepted_at=fields.Datetime.now(),
                    accepted_by_id=self.env.uid,
                )
            vals_list.append(values)
        # sudo: complaint.assignment - who may hand over needn't hold the old lead
        assignments = self.env["complaint.assignment"].sudo()
        complaints.sudo().assignment_ids.filtered(
            lambda row: row.type == "lead" and row.state in ("pending", "accepted")
        ).state = "replaced"
        taken = assignments.create(vals_list).filtered(
            lambda row: row.state == "accepted"
        )
        self._end_reception(taken.complaint_id)
        taken._emit("handover_accepted")

    @api.model
    def _route_back(self, complaints):
        """Give cases whose lead was refused back: to the last lead, else the office."""
        for complaint in complaints.sudo():  # sudo: who refused may see it no more
            last = complaint.assignment_ids.filtered(
                lambda row: row.type == "lead" and row.state == "replaced"
            ).sorted("id")[-1:]
            values = {"department_id": False, "handler_id": False}
            if last.accepted_at:
                values["department_id"] = last.department_id.id
                values["handler_id"] = last.user_id.id
            else:
                users = self._get_stand_in(complaint, complaint.policy_id).users
                values["handler_id"] = users.id if len(users) == 1 else False
            complaint.write(values)

    @api.model
    def _prepare_assignment(
        self, complaint, type_: str, department=None, user=None, partner=None
    ) -> dict:
        """Return the values of a new assignment of ``complaint``.

        :param type_: one of ``tools.events.ASSIGNMENT_TYPES``
        """
        return {
            "complaint_id": complaint.id,
            "policy_id": complaint.policy_id.id,
            "round_id": complaint.round_id.id,
            "type": type_,
            "department_id": department.id if department else False,
            "user_id": user.id if user else False,
            "partner_id": partner.id if partner else False,
        }

    @api.model
    def _get_lead(self, complaint):
        """Return the role (may be empty) and target that lead ``complaint``."""
        role = complaint.severity_id.role_id
        if not role:
            role, department = complaint.category_id._get_lead()
            if department and not role:
                target = role._make_target(department)
                if self._is_reachable(target, complaint):
                    return role, target
        role = role or complaint.policy_id.lead_role_id
        return role, self._resolve(role, complaint)

    @api.model
    def _resolve(self, role, complaint) -> RoleTarget:
        """Return whom ``role`` means on ``complaint``, or who stands in for it.

        When nobody is found, because the role is empty or all are complained about
        or recused, the conflict role, the office and at last the administrators of
        complaints are meant, and a note on the case says so.
        """
        role = role.sudo()  # sudo: complaint.role - rules work for whoever registers
        target = role._get_target(complaint) if role else None
        if target and self._is_reachable(target, complaint):
            return target
        target = self._get_stand_in(complaint, role.policy_id or complaint.policy_id)
        if complaint and role:
            self._note_stand_in(role, complaint, target)
        return target

    def _is_reachable(self, target, complaint) -> bool:
        """Tell whether somebody who may see ``complaint`` would get the request."""
        if target.users or target.partner:
            return True
        if not target.department:
            return False
        seat = self.env["complaint.access"]._get_seats(target.department)
        return bool(seat.user_ids.filtered("active") - complaint.excluded_user_ids)

    def _get_stand_in(self, complaint, policy) -> RoleTarget:
        roles = self.env["complaint.role"].sudo()  # sudo: complaint.role - as above
        excluded = complaint.excluded_user_ids
        if excluded and policy.conflict_role_id:
            target = policy.sudo().conflict_role_id._get_target(complaint)
            if self._is_reachable(target, complaint):
                return target
        users = policy.office_user_ids.filtered("active") - excluded
        if not users:
            group = self.env.ref("complaint_management.group_complaint_admin")
            # sudo: res.groups - who administers complaints is no secret from rules
            users = group.sudo().all_user_ids - excluded
        return roles._make_target(users=users)

    def _note_stand_in(self, role, complaint, target):
        # sudo: complaint.complaint - the note is the system's
        complaint.sudo()._message_log(
            body=self.env._(
                "Nobody was found for the role “%(role)s”; %(names)s stand in for it.",
                role=role.name,
                names=", ".join((target.users or target.department).mapped("name")),
            )
        )
