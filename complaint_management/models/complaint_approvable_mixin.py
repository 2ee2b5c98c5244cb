from odoo import fields, models


class ComplaintApprovableMixin(models.AbstractModel):
    """A row of a case that may need approval before it takes effect.

    The policy's approval rules say whether, of whom and in which order. A model that
    inherits this names its ``_complaint_subject``, has ``complaint_id`` and
    ``policy_id``, calls ``_request_approval`` and does in ``_on_approved`` what it was
    asked for. Answers are rows of ``complaint.approval``.
    """

    _name = "complaint.approvable.mixin"
    _description = "Needs Approval"
    _complaint_subject = None
    """What approval rules call rows of this model, a key of their ``subject``."""

    approval_state = fields.Selection(
        [("pending", "Waiting for Approval"), ("approved", "Approved")]
        + [("refused", "Refused")],
        string="Approval",
        readonly=True,
        copy=False,
        help="Empty: not asked for.",
    )
    approval_note = fields.Char(
        string="Answer of the Approver", readonly=True, copy=False
    )

    def _request_approval(self):
        """Ask what the policy's rules want; without any, it is approved at once."""
        for row in self:
            row._set_approved()

    def _set_approved(self):
        """Take note of the last approval, and go on."""
        # sudo: any approvable row - approved by whoever may, not who may edit it
        self.sudo().approval_state = "approved"
        self._on_approved()

    def _set_refused(self, note):
        """Take note of a refusal and of its reason; whoever asked goes on from there.

        :param note: the approver's reason
        """
        # sudo: any approvable row - as above
        self.sudo().write({"approval_state": "refused", "approval_note": note})
        self._on_refused()

    def _on_approved(self):
        """Do what was approved; hook."""

    def _on_refused(self):
        """Go back to where it was changed last; hook."""

    def _get_approval_figures(self) -> dict:
        """Return ``amount`` (company currency) and ``ratio`` for limits; hook."""
        return {}

    def _get_approval_scope(self) -> dict:
        """Return what else rules may narrow by: field of the rule → record; hook."""
        return {}
