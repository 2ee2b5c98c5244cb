from odoo import fields, models
from odoo.exceptions import UserError

#: What has no row of its own until it is granted.
CHANGES = [("stage", "Move to a Stage"), ("extension", "Extension of a Deadline")]


class ComplaintChangeRequest(models.Model):
    """A change of a case that somebody asks for, and that happens once approved.

    An add-on adds a change by ``selection_add`` on ``subject`` and a method
    ``_apply_<subject>``.
    """

    _name = "complaint.change.request"
    _description = "Request for a Change"
    _inherit = ["complaint.approvable.mixin"]
    _order = "id desc"
    _rec_name = "reason"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        related="complaint_id.policy_id", store=True, precompute=True
    )
    round_id = fields.Many2one("complaint.round", ondelete="set null")
    subject = fields.Selection(CHANGES, required=True, readonly=True)
    reason = fields.Char(required=True)
    requested_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    requested_at = fields.Datetime(default=fields.Datetime.now)
    applied_at = fields.Datetime(readonly=True)
    # extension
    deadline_id = fields.Many2one(
        "complaint.deadline", index="btree_not_null", ondelete="cascade"
    )
    due_at = fields.Datetime(string="New Date")

    def _get_approval_subject(self) -> str:
        return self.subject

    def _get_approval_slots(self) -> list:
        """The deadline rule's own role is asked before those of approval rules."""
        role = self.deadline_id.rule_id.extension_role_id
        return [(role, 0)] if self.subject == "extension" and role else []

    def _prepare_approval(self) -> dict:
        return {"deadline_id": self.deadline_id.id, "due_at": self.due_at}

    def _on_approved(self):
        getattr(self, f"_apply_{self.subject}")()

    def _apply_extension(self):
        clock = self.deadline_id
        clock._check_extendable()
        if self.due_at <= clock.due_at:
            raise UserError(
                self.env._("“%s” was moved meanwhile: it is due later.", clock.name)
            )
        clock._extend(self.due_at, self.reason)
        self.applied_at = fields.Datetime.now()
