from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintWithdrawalVerificationMixin(models.AbstractModel):
    """Who is asked to verify a withdrawal, and who learns of pressure."""

    _name = "complaint.withdrawal.verification.mixin"
    _description = "Verification of Withdrawals"

    def _ask_verification(self, refused_by=None):
        """Ask the policy's role, or the complaint office, to verify these.

        :param refused_by: users who have given it back
        :raise UserError: nobody but who noted it could
        """
        routing, memo, vals_list = self.env["complaint.routing"], {}, []
        for row in self:
            role = row.policy_id.withdrawal_role_id
            target = role._make_target(users=row._get_verifiers(memo, refused_by))
            vals_list.append(
                {
                    **routing._prepare_assignment(
                        row.complaint_id, "verification", role, target, memo
                    ),
                    "name": self.env._("Verify the withdrawal"),
                    "instructions": self.env._(
                        "Ask the complainant yourself whether they withdraw of their "
                        "own will, or were pressed, threatened or paid to."
                    ),
                }
            )
        # sudo: complaint.assignment - whoever notes it needn't lead the case
        assignments = self.env["complaint.assignment"].sudo().create(vals_list)
        for row, assignment in zip(self, assignments, strict=True):
            row.assignment_id = assignment

    def _get_verifiers(self, memo, refused_by=None):
        """Return who may be asked: not who noted it or is complained about."""
        routing, complaint = self.env["complaint.routing"], self.complaint_id
        unfit = self.noted_by_id | complaint.excluded_user_ids
        if refused_by:
            unfit |= refused_by
        target = routing._resolve(self.policy_id.withdrawal_role_id, complaint, memo)
        users = target.users or target.department.complaint_manager_ids
        users = users.filtered("active") - unfit
        if not users:
            target = routing._get_stand_in(complaint, self.policy_id, unfit)
            users = target.users - unfit
        if not users:
            raise UserError(
                self.env._(
                    "Nobody but you could verify the withdrawal of %s: ask an "
                    "administrator of complaints.",
                    complaint.name,
                )
            )
        return users

    def _report_pressure(self):
        """Tell the engine, and those who look after the policy whatever its rules."""
        complaint, now = self.complaint_id, fields.Datetime.now()
        complaint._message_log(
            body=self.env._(
                "The complainant was pressed to withdraw: the case goes on. %s",
                self.verification_note,
            )
        )
        complaint._complaint_event("withdrawal_pressed", self)
        self.env["complaint.escalation"]._create_once(
            [
                {
                    "complaint_id": complaint.id,
                    "policy_id": self.policy_id.id,
                    "round_id": complaint.round_id.id,
                    "occasion": f"withdrawal,{self.id}",
                    "name": self.env._("Pressed to withdraw"),
                    "note": self.verification_note,
                    "level": 1,
                    "user_id": user.id,
                    "planned_at": now,
                    "fired_at": now,
                    "notice_at": now,
                    "fire_key": f"withdrawal|{self.id}|{user.id}",
                }
                for user in self._get_guardians()
            ]
        )
        self.env["complaint.runner"]._wake_at(now)

    def _get_guardians(self):
        """Return who learns that a complainant was pressed."""
        complaint, policy = self.complaint_id, self.policy_id
        routing = self.env["complaint.routing"]
        users = policy.office_user_ids.filtered("active")
        if policy.conflict_role_id:
            users |= routing._resolve(policy.conflict_role_id, complaint, {}).users
        users -= complaint.excluded_user_ids | self.env.user
        return users or routing._get_stand_in(complaint, policy, self.env.user).users
