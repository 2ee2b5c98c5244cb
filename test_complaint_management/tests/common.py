from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.complaint_management.tests.common import ComplaintCommon

ROLES = ("registrar", "handler", "manager", "office", "admin")


class AccessCommon(ComplaintCommon):
    """One actor per role, all of department ``service``, and cases around them.

    ``actors["manager"]`` manages the department, ``actors["office"]`` is the office of
    the policy. Another company has a policy that lists all actors as its office.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.actors = {role: cls._create_actor(role) for role in ROLES}
        cls.service.manager_id = cls.actors["manager"].employee_ids
        cls.policy.office_user_ids |= cls.actors["office"]
        cls.customer = cls._create_outsider("customer", "base.group_portal")
        cls.actors["portal"] = cls.customer
        cls.actors["public"] = cls.env.ref("base.public_user")
        cls.follower = cls.env["res.partner"].create({"name": "Li Na"})
        cls.branch = cls.env["res.company"].create({"name": "Dalian Motors Beijing"})
        cls.branch_policy = cls.env["complaint.policy"].create(
            {
                "name": "Complaints of the branch",
                "code": "BJ",
                "company_id": cls.branch.id,
                "calendar_id": cls.branch.resource_calendar_id.id,
                "valid_from": False,
                "office_user_ids": [
                    Command.set([cls.actors[role].id for role in ROLES])
                ],
            }
        )

    @classmethod
    def _create_actor(cls, role):
        user = cls._create_user(f"the_{role}", role, cls.service)
        user.group_ids |= cls.env.ref("base.group_allow_export")
        return user

    @classmethod
    def _create_outsider(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    # ------------------------------------------------------------
    # SITUATIONS
    # ------------------------------------------------------------

    def _make_case(self, situation, actor):
        """Return a case to which ``actor`` stands as ``situation`` says."""
        complaint = getattr(self, f"_make_{situation}")(actor)
        return complaint.with_env(self.env)

    def _make_lead(self, department, user):
        complaint = self._create_complaint()
        complaint.write({"department_id": department.id, "handler_id": user.id})
        complaint.lead_assignment_id.with_user(user).action_accept()
        return complaint

    def _make_own(self, actor):
        return self._make_lead(self.env["hr.department"], actor)

    def _make_asked(self, actor):
        """A case of another department that asks the actor for an opinion."""
        complaint = self._make_lead(self.sales, self.other_handler)
        self.env["complaint.assignment"].create(
            {"complaint_id": complaint.id, "user_id": actor.id}
        ).with_user(actor).action_accept()
        return complaint

    def _make_calls(self, actor):
        """A case of another department whose complainant the actor calls back."""
        complaint = self._make_lead(self.sales, self.other_handler)
        self.env["complaint.follow.up"].create(
            {"complaint_id": complaint.id, "name": "Call-back", "user_id": actor.id}
        )
        return complaint

    def _make_department(self, _actor):
        return self._make_lead(self.service, self.colleague)

    def _make_child(self, _actor):
        return self._make_lead(self.workshop, self.child_handler)

    def _make_other(self, _actor):
        return self._make_lead(self.sales, self.other_handler)

    def _make_company(self, _actor):
        complaints = self.env["complaint.complaint"].with_company(self.branch)
        return complaints.create(
            {"policy_id": self.branch_policy.id, "subject": "Brakes of the branch"}
        )

    def _make_registered(self, actor):
        return self._create_complaint(actor, department_id=self.sales.id)

    def _make_accepted(self, actor):
        complaint = self._make_registered(actor)
        complaint.lead_assignment_id.with_user(self.other_handler).action_accept()
        return complaint

    def _make_about(self, actor):
        """A case that would be the actor's in every way."""
        complaint = self._create_complaint(actor)
        complaint.write({"department_id": self.service.id, "handler_id": actor.id})
        self.env["complaint.party"].create(
            {
                "complaint_id": complaint.id,
                "type": "respondent",
                "employee_id": actor.sudo().employee_ids.id,
            }
        )
        return complaint

    def _make_recused(self, actor):
        complaint = self._create_complaint(actor)
        complaint.write({"department_id": self.service.id, "handler_id": actor.id})
        complaint.recused_user_ids = actor
        return complaint

    def _make_complainant(self, actor):
        return self._create_complaint(contact_partner_id=actor.partner_id.id)

    def _make_stranger(self, _actor):
        return self._create_complaint()
