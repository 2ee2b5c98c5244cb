from odoo import api, fields, models
from odoo.fields import Command, Domain

from .complaint_role import RoleTarget


class ComplaintRouting(models.AbstractModel):
    """Who leads a case and who is asked beside: nobody is ever silently nobody.

    A ``memo`` is a dict that the caller keeps for one batch: what was found for one
    case is not looked up again for the next, and turns are taken in turn.
    """

    _name = "complaint.routing"
    _description = "Complaint Routing"
    _inherit = ["complaint.routing.role.mixin"]

    # ------------------------------------------------------------
    # LEAD
    # ------------------------------------------------------------

    @api.model
    def _route(self, complaints):
        """Ask whom severity, category and policy name to lead the cases.

        Who settles a case on the spot leads it without being asked. An earlier lead
        who has accepted answers for the case until the new one accepts.
        """
        memo = {}
        # sudo: complaint.complaint - rules route whatever the registrar may see
        complaints = complaints.sudo()
        vals_list = [self._prepare_lead(complaint, memo) for complaint in complaints]
        self._create_leads(complaints, vals_list)

    def _prepare_lead(self, complaint, memo: dict) -> dict:
        """Return the values of the lead that the rules name for ``complaint``."""
        role, department = self._get_lead(complaint)
        target = self._resolve(role, complaint, memo, department)
        values = self._prepare_assignment(complaint, "lead", role, target, memo)
        if complaint.track == "spot" and complaint.registered_by_id:
            values.update(self._prepare_signature(complaint.registered_by_id))
        return {**values, "is_routed": True}

    @api.model
    def _reroute(self, complaints, accepted=False):
        """Ask somebody else when the rules name another lead by now.

        :param accepted: also where somebody has accepted or was chosen by hand
        """
        # sudo: complaint.complaint - as above
        complaints = complaints.sudo().filtered(lambda case: not case.is_closed)
        self._route(
            complaints.filtered(lambda case: self._is_led_by_another(case, accepted))
        )

    def _is_led_by_another(self, complaint, accepted) -> bool:
        """Tell whether the lead of ``complaint`` isn't whom the rules name by now."""
        lead = complaint.lead_assignment_id
        if lead.is_routed and lead._is_signed_by_receiver():
            return complaint.track == "formal"
        role, department = self._get_lead(complaint)
        named = role == lead.role_id and department in (lead.department_id, None)
        waiting = lead.is_routed and lead.state == "pending"
        return bool(lead) and not named and (waiting or accepted)

    @api.model
    def _hand_over(self, complaints):
        """Ask the department and handler that stand on the cases to take them.

        Who gives a case to themselves has signed for it by doing so.

        :return: the cases that were given to nobody, and went to whom the rules name
        :raise UserError: a case is closed, or who is asked can't take it
        """
        complaints._check_open()
        # sudo: complaint.complaint - who may hand over needn't hold the old lead
        complaints = complaints.sudo()
        to_nobody = complaints.filtered(
            lambda case: not case.department_id and not case.handler_id
        )
        vals_list = []
        for complaint in complaints - to_nobody:
            user, department = complaint.handler_id, complaint.department_id
            lead = complaint.lead_assignment_id
            stays = lead.user_id == user and lead.department_id == department
            mine = user == self.env.user and lead.state != "accepted"
            if not stays or not lead._is_open() or mine:
                vals_list.append(self._prepare_chosen_lead(complaint, department, user))
        self._create_leads(complaints, vals_list)
        self._route(to_nobody)
        return to_nobody

    @api.model
    def _resume(self, complaint):
        """Ask who led the case before its last end to go on, others if they can't."""
        # sudo: complaint.assignment - whoever reopens needn't hold the lead
        lead = complaint.sudo().lead_assignment_id
        target = self.env["complaint.role"]._make_target(lead.department_id)
        if lead and (lead.partner_id or not self._has_nobody(lead, {})):
            self._hand_over(complaint)
        elif self._is_reachable(target, complaint):
            complaint.department_id = lead.department_id
        else:
            self._route(complaint)

    def _prepare_chosen_lead(self, complaint, department, user) -> dict:
        """Return the values of the lead that somebody chose for ``complaint``.

        :raise UserError: who is asked can't take it
        """
        target = self.env["complaint.role"]._make_target(department, user)
        self._check_target(target, complaint)
        values = self._prepare_assignment(complaint, "lead", None, target, {})
        if user == self.env.user:
            values.update(self._prepare_signature(user))
        return values

    def _is_told_in_vain(self, complaint, department, user) -> bool:
        """Tell whether a printed code names a lead who can't take ``complaint``.

        A stranger can't choose another one: the case goes where the rules say.
        """
        target = self.env["complaint.role"]._make_target(department, user)
        # sudo: complaint.complaint - that there was a code, not which
        told = bool(complaint.sudo().origin_link_id)
        return told and not self._is_reachable(target, complaint)

    @api.model
    def _receive(self, complaints, asked: dict):
        """Name who answers for new cases, and ask who leads them and who is heard.

        Who registered a case is responsible until a hand-over is signed. One INSERT
        for all rows of all cases.

        :param asked: department and user whom the registrar chose, maybe none, by case
        """
        memo, vals_list = {}, []
        # sudo: complaint.complaint - rules route whatever the registrar may see
        complaints = complaints.sudo()
        vals_list += [
            self._prepare_reception(complaint, memo)
            for complaint in complaints
            if complaint.registered_by_id
        ]
        for complaint in complaints:
            chosen = asked[complaint]
            vals_list.append(
                self._prepare_chosen_lead(complaint, *chosen)
                if any(chosen) and not self._is_told_in_vain(complaint, *chosen)
                else self._prepare_lead(complaint, memo)
            )
        vals_list += self._prepare_opinions(complaints, memo)
        # sudo: complaint.assignment - evidence of the reception, made by the case only
        rows = self.env["complaint.assignment"].sudo().create(vals_list)
        rows.filtered(
            lambda row: row.type == "lead" and row.state == "accepted"
        )._after_signed()

    def _prepare_reception(self, complaint, memo) -> dict:
        return {
            "complaint_id": complaint.id,
            "policy_id": complaint.policy_id.id,
            "company_id": complaint.company_id.id,
            "round_id": complaint.round_id.id,
            "type": "reception",
            "name": self._get_type_name("reception", memo),
            "requested_at": complaint.received_at,
            **self._prepare_signature(complaint.registered_by_id),
        }

    @api.model
    def _release(self, leads):
        """Free the first receivers and earlier leads: somebody has signed."""
        # sudo: complaint.assignment - the acceptor can't write the others' rows
        rows = leads.sudo().complaint_id.assignment_ids.filtered(
            lambda row: row.state == "accepted" and row not in leads
        )
        rows.filtered(lambda row: row.type == "lead").state = "replaced"
        rows.filtered(lambda row: row.type == "reception").write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )

    @api.model
    def _route_back(self, leads):
        """Give cases that were refused back: to who accepted before, else the office.

        :param leads: the refused ``complaint.assignment`` rows
        """
        vals_list, memo = [], {}
        # sudo: complaint.assignment - who refused may see the case no more
        for lead in leads.sudo():
            complaint = lead.complaint_id
            if complaint.lead_assignment_id:
                continue
            target = self._get_stand_in(complaint, lead.policy_id, self.env.user)
            vals_list.append(
                self._prepare_assignment(complaint, "lead", None, target, memo)
            )
        self._create_leads(leads.complaint_id, vals_list)

    @api.model
    def _create_leads(self, complaints, vals_list):
        # sudo: complaint.assignment - a registrar hands over to whom the rules name
        assignments = self.env["complaint.assignment"].sudo()
        ids = {vals["complaint_id"] for vals in vals_list}
        # sudo: complaint.complaint - as above: the leads so far may be anybody's
        complaints.sudo().filtered(lambda case: case.id in ids)._get_leads(
            "pending"
        ).state = "replaced"
        leads = assignments.create(vals_list)
        leads.filtered(lambda row: row.state == "accepted")._after_signed()

    @api.model
    def _get_lead(self, complaint):
        """Return the role or the department that the rules name as lead.

        :return: a ``complaint.role``, maybe empty, and an ``hr.department`` or None
        """
        role, department = complaint.severity_id.role_id, None
        if not role:
            role, department = complaint.category_id._get_lead()
        if role or not department:
            return role or complaint.policy_id.lead_role_id, None
        return role, department

    # ------------------------------------------------------------
    # OTHERS
    # ------------------------------------------------------------

    @api.model
    def _ask_co_handlers(self, complaints):
        """Ask the co-handlers of the cases' categories for their opinions, once."""
        # sudo: complaint.complaint - rules ask whatever the registrar may see
        vals_list = self._prepare_opinions(complaints.sudo(), {})
        # sudo: complaint.assignment - as above
        self.env["complaint.assignment"].sudo().create(vals_list)

    def _prepare_opinions(self, complaints, memo: dict) -> list[dict]:
        """Return the values of the opinions that are still to be asked for."""
        vals_list = []
        for complaint in complaints.filtered(lambda case: case.track != "spot"):
            asked = complaint.assignment_ids.filtered(lambda row: row.type == "opinion")
            roles = complaint.category_id._get_inherited("co_role_ids")
            for role in roles - asked.role_id:
                target = self._resolve(role, complaint, memo)
                vals_list.append(
                    self._prepare_assignment(complaint, "opinion", role, target, memo)
                )
        return vals_list

    @api.model
    def _replace_leaving(self, users):
        """Ask others for what archived ``users`` were asked for."""
        # sudo: complaint.assignment - whoever archives users needn't see the cases
        assignments = self.env["complaint.assignment"].sudo()
        held = Domain("user_id", "in", users.ids)
        asked = Domain("candidate_ids", "in", users.ids)
        self._replace_unavailable(
            assignments.search(
                (held | asked) & Domain("state", "in", ("pending", "accepted"))
            )
        )

    @api.model
    def _replace_unavailable(self, assignments):
        """Ask others for what nobody can do any more who was asked for it.

        The department is asked if it has others, else whom the rule named.

        :param assignments: ``complaint.assignment`` in sudo mode
        """
        memo, vals_list = {}, []
        gone = assignments.filtered(lambda row: self._is_abandoned(row, memo))
        gone.state = "replaced"
        leads = gone.filtered(lambda row: row.type == "lead")
        left = leads.complaint_id.filtered(lambda case: not case._get_leads("accepted"))
        for row in gone.filtered(lambda r: r not in leads or r.complaint_id in left):
            complaint, role = row.complaint_id, row.role_id
            target = role._make_target(row.department_id)
            if not self._is_reachable(target, complaint, memo):
                if row in leads:
                    role, _department = self._get_lead(complaint)
                target = self._resolve(role, complaint, memo, row.department_id)
            values = self._prepare_assignment(complaint, row.type, role, target, memo)
            kept = {"policy_id": row.policy_id.id, "is_routed": row.is_routed}
            vals_list.append({**row.copy_data()[0], **values, **kept})
        self._create_leads(left, [vals for vals in vals_list if vals["type"] == "lead"])
        assignments.create([vals for vals in vals_list if vals["type"] != "lead"])
        note = self.env._(
            "Somebody who was asked can't act any more: others are asked."
        )
        gone.complaint_id._message_log_batch(
            bodies=dict.fromkeys(gone.complaint_id.ids, note)
        )

    def _is_abandoned(self, row, memo) -> bool:
        """Tell whether nobody is left who could do what ``row`` asks."""
        if not row._is_open() or row.type in ("reception", "statement"):
            return False
        return not row.partner_id and self._has_nobody(row, memo)

    @api.model
    def _has_nobody(self, row, memo) -> bool:
        """Tell whether nobody of the staff is left of those whom ``row`` asks.

        :param row: one of ``complaint.assignment`` or ``complaint.follow.up``
        """
        users = row.user_id or row.candidate_ids
        excluded = row.complaint_id.excluded_user_ids
        if users:
            return not (users.filtered("active") - excluded)
        target = self.env["complaint.role"]._make_target(row.department_id)
        return not self._is_reachable(target, row.complaint_id, memo)

    @api.model
    def _prepare_assignment(
        self, complaint, type_: str, role, target: RoleTarget, memo: dict
    ) -> dict:
        """Return the values of a new assignment of ``complaint`` (may be none).

        :param type_: one of ``tools.events.ASSIGNMENT_TYPES``
        :param role: who is meant, or None when somebody was chosen by hand
        :param target: whom that is on this case
        """
        roles = self.env["complaint.role"]
        user = (role or roles)._choose_user(target.users, type_, memo)
        policy = complaint.policy_id or role.policy_id
        values = {
            "complaint_id": complaint.id,
            "policy_id": policy.id,
            "company_id": policy.company_id.id,
            "round_id": complaint.round_id.id,
            "type": type_,
            "name": self._get_type_name(type_, memo),
            "role_id": role and role.id,
            "department_id": target.department.id,
            "user_id": user.id,
            "partner_id": target.partner[:1].id,
        }
        if not user and not target.department and target.users:
            values["candidate_ids"] = [Command.set(target.users.ids)]
        return values

    @api.model
    def _get_type_name(self, type_: str, memo: dict) -> str:
        """Return what an assignment of such a type asks, when nothing else is said."""
        if "types" not in memo:
            field = self.env["complaint.assignment"]._fields["type"]
            memo["types"] = dict(field._description_selection(self.env))
        return memo["types"][type_]

    @api.model
    def _prepare_signature(self, user) -> dict:
        """Return the values of an assignment that ``user`` has just signed for."""
        return {
            "user_id": user.id,
            "state": "accepted",
            "accepted_by_id": user.id,
            "accepted_at": fields.Datetime.now(),
        }
