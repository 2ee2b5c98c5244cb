from collections import namedtuple

from odoo import fields, models

#: Whom a role means on one case: an ``hr.department``, ``res.users`` and outside
#: ``res.partner``, each of whom is asked apart; any of them may be empty.
RoleTarget = namedtuple("RoleTarget", ["department", "users", "partner"])
#: Meanings of a role that don't depend on the case.
FIXED_RESOLUTIONS = ("office", "users", "group", "department", "duty", "partner")


class ComplaintRole(models.Model):
    """A named "whom" of a policy: rules name roles, so that people can leave."""

    _name = "complaint.role"
    _description = "Complaint Role"
    _inherit = ["complaint.policy.item.mixin"]
    _complaint_used_by = [
        ("complaint.category", "role_id"),
        ("complaint.category", "co_role_ids"),
        ("complaint.severity", "role_id"),
        ("complaint.assignment.template", "role_id"),
        ("complaint.policy", "lead_role_id"),
        ("complaint.policy", "conflict_role_id"),
        ("complaint.policy", "withdrawal_role_id"),
        ("complaint.assignment", "role_id"),
        ("complaint.deadline.rule", "extension_role_id"),
        ("complaint.deadline.rule", "extension_later_role_id"),
        ("complaint.approval.rule", "role_id"),
        ("complaint.escalation.rule", "role_ids"),
        ("complaint.escalation.rule", "lead_role_id"),
        ("complaint.round.rule", "role_id"),
        ("complaint.follow.up.rule", "role_id"),
        ("complaint.follow.up", "role_id"),
        ("complaint.letter.template", "role_ids"),
        ("complaint.remedy.type", "execution_role_id"),
    ]

    resolution = fields.Selection(
        [
            ("office", "Complaint Office of the Policy"),
            ("users", "Named Users"),
            ("group", "User Group"),
            ("department", "A Department"),
            ("lead_department", "Lead Department of the Case"),
            ("respondent_department", "Department Complained About"),
            ("origin_department", "Department of the QR Code or Document"),
            ("manager", "Manager above the Lead Department"),
            ("respondent_manager", "Manager of the Person Complained About"),
            ("handler", "Handler of the Case"),
            ("receiver", "First Receiver of the Case"),
            ("duty", "Duty Rota"),
            ("partner", "Outside Partner"),
            ("respondents", "Each Outside Party Complained About"),
        ],
        string="Means",
        required=True,
        default="users",
        help="Each outside party complained about is asked apart, with an assignment, "
        "and so a clock, of its own. Colleagues complained about are not meant.",
    )
    user_ids = fields.Many2many("res.users", string="Users")
    group_id = fields.Many2one("res.groups", string="User Group", ondelete="restrict")
    department_id = fields.Many2one("hr.department", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", ondelete="restrict")
    levels = fields.Integer(
        string="Levels Up",
        default=0,
        help="0: the manager of the department itself, 1: of the one above it …",
    )
    duty_ids = fields.One2many(
        "complaint.role.duty", "role_id", string="Rota", copy=True
    )
    distribution = fields.Selection(
        [
            ("hand", "By Hand: Somebody There Accepts"),
            ("turn", "In Turn"),
            ("load", "To Whom Has the Fewest Open Cases"),
        ],
        required=True,
        default="hand",
        help="How one handler is chosen when several people are meant.",
    )

    def _get_target(self, complaint) -> RoleTarget:
        """Return whom this role means on ``complaint``; all parts may be empty.

        Dispatches to ``_get_target_<resolution>``: an add-on adds a meaning by
        ``selection_add`` and such a method.

        :param complaint: one case, or none for a duty without a case
        """
        self.ensure_one()
        target = getattr(self, f"_get_target_{self.resolution}")(complaint)
        company = self.policy_id.company_id
        # sudo: res.users - whom a role means doesn't depend on who asks
        users = target.users.sudo().filtered(
            lambda user: user.active and company in user.company_ids
        )
        return target._replace(users=users - complaint.excluded_user_ids)

    def _make_target(self, department=None, users=None, partner=None) -> RoleTarget:
        return RoleTarget(
            department or self.env["hr.department"],
            users or self.env["res.users"],
            partner or self.env["res.partner"],
        )

    def _get_target_office(self, complaint):
        return self._make_target(users=self.policy_id.office_user_ids)

    def _get_target_users(self, complaint):
        return self._make_target(users=self.user_ids)

    def _get_target_group(self, complaint):
        return self._make_target(users=self.group_id.all_user_ids)

    def _get_target_department(self, complaint):
        return self._make_department_target(self.department_id)

    def _get_target_lead_department(self, complaint):
        return self._make_department_target(complaint.department_id)

    def _get_target_respondent_department(self, complaint):
        return self._make_department_target(
            complaint.party_ids._get_respondents_meant().department_id[:1]
        )

    def _get_target_origin_department(self, complaint):
        return self._make_department_target(complaint.origin_department_id)

    def _get_target_manager(self, complaint):
        return self._make_manager_target(complaint.department_id, complaint)

    def _get_target_respondent_manager(self, complaint):
        department = complaint.party_ids._get_respondents_meant().department_id[:1]
        return self._make_manager_target(department, complaint)

    def _get_target_handler(self, complaint):
        return self._make_target(complaint.department_id, complaint.handler_id)

    def _get_target_receiver(self, complaint):
        return self._make_target(users=complaint.registered_by_id)

    def _get_target_duty(self, complaint):
        users = self.duty_ids._get_users_on_duty(fields.Datetime.now())
        return self._make_target(users=users)

    def _get_target_partner(self, complaint):
        return self._make_target(partner=self.partner_id)

    def _get_target_respondents(self, complaint):
        outside = complaint.party_ids._get_outside_respondents()
        return self._make_target(partner=outside.partner_id)

    def _get_missing_names(self, complaint) -> list[str]:
        """Return the names of those whom this role means and nobody can reach."""
        if self.resolution != "respondents":
            return []
        outside = complaint.party_ids._get_outside_respondents()
        return outside.filtered(lambda party: not party.partner_id).mapped(
            "display_name"
        )

    def _make_department_target(self, department):
        # sudo: hr.employee - registrars may not read employees, only route to them
        department = department.sudo()
        users = (
            department.complaint_contact_ids
            or department.complaint_member_ids.user_id
            or department.complaint_manager_ids
        )
        return self._make_target(department, users)

    def _make_manager_target(self, department, complaint):
        """Return the manager so many levels up, or the next one above who can act.

        The manager is meant, not the department: its members learn nothing.
        """
        # sudo: hr.employee - as above
        department = department.sudo()
        for _level in range(self.levels):
            department = department.parent_id or department
        while department:
            users = department.manager_id.user_id - complaint.excluded_user_ids
            if users.filtered("active"):
                return self._make_target(users=users)
            department = department.parent_id
        return self._make_target()

    def _choose_user(self, users, type_: str, memo: dict):
        """Return the one of ``users`` who is asked next, by distribution.

        :param users: candidates
        :param type_: type of the assignment, counted apart
        :param memo: kept by the caller while it routes a batch; filled here
        :return: one user, or none when somebody there accepts by hand
        """
        if self.distribution == "turn" and users:
            return self._choose_in_turn(users, type_, memo)
        if self.distribution == "load" and users:
            return self._choose_by_load(users, type_, memo)
        return users if len(users) == 1 else users.browse()

    def _choose_in_turn(self, users, type_, memo):
        key = (self, type_, "turn")
        if key not in memo:
            # sudo: complaint.assignment - a registrar can't see the handlers' cases
            last = (
                self.env["complaint.assignment"]
                .sudo()
                .search(
                    [
                        ("role_id", "=", self.id),
                        ("type", "=", type_),
                        ("user_id", "!=", False),
                    ],
                    order="id desc",
                    limit=1,
                )
            )
            memo[key] = last.user_id.id
        later = users.filtered(lambda user: user.id > memo[key])
        chosen = (later or users).sorted("id")[0]
        memo[key] = chosen.id
        return chosen

    def _choose_by_load(self, users, type_, memo):
        counts = memo.setdefault((self, type_, "load"), {})
        new = users.filtered(lambda user: user not in counts)
        if new:
            domain = [
                ("type", "=", type_),
                ("state", "in", ("pending", "accepted")),
                ("user_id", "in", new.ids),
            ]
            # sudo: complaint.assignment - as above
            assignments = self.env["complaint.assignment"].sudo()
            loads = assignments._read_group(domain, ["user_id"], ["__count"])
            counts.update(dict.fromkeys(new, 0) | dict(loads))
        chosen = min(users, key=lambda user: (counts[user], user.id))
        counts[chosen] += 1
        return chosen
