from markupsafe import Markup

from odoo import fields, models
from odoo.tools import formatLang


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
    _approval_ends_with_case = True
    """Whether open questions are called off when the case is closed."""

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

    def unlink(self):
        self.check_access("unlink")
        self._cancel_approval()
        return super().unlink()

    def _request_approval(self):
        """Ask what the policy's rules want; without any, it is approved at once.

        Asked again after a change: questions still open are called off, answers given
        stay as history.

        :raise UserError: somebody has to approve and nobody could
        """
        self.env["complaint.approval"]._ask(self)

    def _cancel_approval(self):
        """Call off what is still asked about these rows; history stays."""
        self.env["complaint.approval"]._cancel_of(self)

    def _set_approved(self):
        """Take note of the last approval, and go on."""
        # sudo: any approvable row - approved by whoever may, not who may edit it
        rows = self.sudo()
        rows.write({"approval_state": "approved", "approval_note": False})
        for row in rows:
            row._on_approved()

    def _set_refused(self, note):
        """Take note of a refusal and of its reason; whoever asked goes on from there.

        :param note: the approver's reason
        """
        # sudo: any approvable row - as above
        rows = self.sudo()
        rows.write({"approval_state": "refused", "approval_note": note})
        rows._on_refused()

    # ------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------

    def _on_approved(self):
        """Do what was approved; one row in sudo mode, for the user who approved."""

    def _on_refused(self):
        """Go back to where it was changed last; in sudo mode."""

    def _get_approval_subject(self) -> str:
        """Return the subject of the rules that look at this row."""
        return self._complaint_subject

    def _get_approval_figures(self) -> dict:
        """Return ``amount`` (company currency) and ``ratio`` for limits."""
        return {}

    def _add_up_approval_figures(self, figures: dict, rule) -> dict:
        """Return ``figures`` together with those of what the case got before.

        :param rule: the ``complaint.approval.rule`` that wants the sum
        """
        return figures

    def _get_approval_scope(self) -> dict:
        """Return what else rules may narrow by: field of the rule → record."""
        return {}

    def _get_approval_reason(self) -> str:
        """Return in one line what is asked. Names no complainant in confidence."""
        return self.display_name

    def _get_approval_summary(self):
        """Return what the approver has to know, as HTML.

        Everybody who sees the case may read it: names no complainant in confidence.
        """
        figures = self._get_approval_figures()
        lines = [self._get_approval_reason()]
        if figures.get("amount"):
            currency = self.complaint_id.company_id.currency_id
            lines.append(formatLang(self.env, figures["amount"], currency_obj=currency))
        if figures.get("ratio"):
            lines.append(self.env._("Ratio 1:%s", f"{figures['ratio']:g}"))
        return Markup("<br/>").join(lines)

    def _get_approval_unfit(self):
        """Return who must not approve this row, beside who asks."""
        return self.create_uid

    def _get_approval_slots(self) -> list:
        """Return ``(role, step)`` of whom to ask beside those the rules name."""
        return []

    def _prepare_approval(self) -> dict:
        """Return further values of the questions about this row."""
        return {}
