from odoo import fields, models


class ComplaintChannel(models.Model):
    """The way a complaint came in: telephone, visit, letter, suggestion box."""

    _name = "complaint.channel"
    _description = "Complaint Channel"
    _inherit = ["complaint.used.mixin", "complaint.policy.file.mixin"]
    _order = "sequence, id"
    _policy_file_parent = None
    _complaint_used_by = [
        ("complaint.complaint", "channel_id"),
        ("complaint.policy", "channel_ids"),
        ("complaint.severity.rule", "channel_ids"),
        ("complaint.assignment.template", "channel_ids"),
        ("complaint.stage.requirement", "channel_ids"),
        ("complaint.deadline.rule", "channel_ids"),
        ("complaint.escalation.rule", "channel_ids"),
        ("complaint.round.rule", "channel_ids"),
        ("complaint.follow.up.rule", "channel_ids"),
        ("complaint.feedback.point", "channel_id"),
        ("complaint.withdrawal", "channel_id"),
        ("complaint.remedy.type", "channel_ids"),
        ("complaint.remedy.scale", "channel_ids"),
        ("complaint.approval.rule", "channel_ids"),
        ("complaint.letter.template", "channel_ids"),
        ("complaint.answer.requirement", "channel_ids"),
    ]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names this channel in a policy file.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This code is already used.")
