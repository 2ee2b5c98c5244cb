from odoo import fields, models

from ..tools.events import (
    APPROVAL_SUBJECTS,
    ASSIGNMENT_TYPES,
    EVENTS,
    FORUMS,
    LETTER_PURPOSES,
)
from .complaint_stage import PHASES


class ComplaintDeadlineRuleEndMixin(models.AbstractModel):
    """What ends the clocks of a rule; each of them keeps a copy."""

    _name = "complaint.deadline.rule.end.mixin"
    _description = "End of a Deadline Rule"

    end_event = fields.Selection(
        EVENTS, string="Ends With", required=True, default="closed"
    )
    end_stage_id = fields.Many2one(
        "complaint.stage",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: any stage of the phase.",
    )
    end_phase = fields.Selection(PHASES, help="Empty: any phase.")
    end_stage_or_later = fields.Boolean(
        string="Or Any Later One",
        help="A case that skips this stage or phase ends the clock too, in the order "
        "of the columns.",
    )
    end_assignment_type = fields.Selection(
        ASSIGNMENT_TYPES, help="Empty: any type, or the assignment that began it."
    )
    end_template_id = fields.Many2one(
        "complaint.assignment.template",
        string="Asked by This Rule",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Only what this assignment rule asked for. Empty: any rule, or by hand.",
    )
    end_letter_purpose = fields.Selection(LETTER_PURPOSES, help="Empty: any letter.")
    end_letter_template_id = fields.Many2one(
        "complaint.letter.template",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Only letters of this template. Empty: any of the purpose.",
    )
    end_approval_subject = fields.Selection(
        APPROVAL_SUBJECTS, help="Empty: of anything."
    )
    end_approval_rule_id = fields.Many2one(
        "complaint.approval.rule",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: any rule.",
    )
    end_remedy_type_id = fields.Many2one(
        "complaint.remedy.type",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Empty: the remedy that began it, or any.",
    )
    end_forum = fields.Selection(FORUMS, help="Empty: any round.")
