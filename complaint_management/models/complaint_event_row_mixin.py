from odoo import fields, models


class ComplaintEventRowMixin(models.AbstractModel):
    """An event of one approval rule, of one type of remedy or of one letter.

    For rules that come after those in a policy file, where a row names only what is
    before it.
    """

    _name = "complaint.event.row.mixin"
    _description = "Complaint Event of a Row"
    _inherit = ["complaint.event.mixin"]

    event_approval_rule_id = fields.Many2one(
        "complaint.approval.rule",
        string="Asked by Approval Rule",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Only what this rule wants approved. Empty: any rule.",
    )
    event_remedy_type_id = fields.Many2one(
        "complaint.remedy.type",
        string="Type of Remedy",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: any remedy.",
    )

    event_letter_template_id = fields.Many2one(
        "complaint.letter.template",
        string="Which Letter",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Only letters of this template. Empty: any of the purpose.",
    )

    def _filter_letters(self, letters):
        template = self.event_letter_template_id
        rows = super()._filter_letters(letters)
        return rows.filtered(lambda row: not template or row.template_id == template)

    def _filter_remedies(self, remedies):
        type_ = self.event_remedy_type_id
        rows = super()._filter_remedies(remedies)
        return rows.filtered(lambda row: not type_ or row.type_id == type_)

    def _filter_approvals(self, approvals):
        rule = self.event_approval_rule_id
        rows = super()._filter_approvals(approvals)
        return rows.filtered(lambda row: not rule or row.rule_id == rule)
