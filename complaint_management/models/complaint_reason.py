from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

#: What an investigation may come to, whatever a policy calls it.
CONCLUSIONS = [
    ("founded", "Founded"),
    ("partly", "Partly Founded"),
    ("unfounded", "Unfounded"),
    ("undetermined", "Undetermined"),
]


class ComplaintReason(models.Model):
    """A ground that somebody has to give: for closing, reopening, refusing."""

    _name = "complaint.reason"
    _description = "Complaint Reason"
    _inherit = ["complaint.used.mixin", "complaint.policy.file.mixin"]
    _order = "usage, sequence, id"
    _complaint_used_by = [
        ("complaint.complaint", "outcome_id"),
        ("complaint.round", "cause_id"),
        ("complaint.round", "outcome_id"),
        ("complaint.round", "dissatisfaction_id"),
        ("complaint.follow.up", "reason_id"),
        ("complaint.assignment", "refusal_reason_id"),
        ("complaint.acceptance", "ground_id"),
        ("complaint.finding", "conclusion_id"),
        ("complaint.finding", "cause_id"),
        ("complaint.withdrawal", "reason_id"),
        ("complaint.message", "reason_id"),
        ("complaint.withdrawal", "outcome_id"),
        ("complaint.change.request", "outcome_id"),
    ]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names this reason in a policy file.")
    usage = fields.Selection(
        [
            ("close", "Outcome when Closing"),
            ("reopen", "Cause of a New Round"),
            ("dissatisfied", "Why the Complainant Is Not Satisfied"),
            ("refuse_assignment", "Refusal of an Assignment"),
            ("refuse", "Ground for Not Accepting"),
            ("finding", "Finding"),
            ("cause", "Cause"),
            ("withdrawal", "Withdrawal"),
        ],
        string="Used For",
        required=True,
        default="close",
    )
    outcome = fields.Selection(
        [
            ("settled", "Settled"),
            ("unsettled", "Not Settled"),
            ("withdrawn", "Withdrawn"),
            ("not_accepted", "Not Accepted"),
        ],
        default="settled",
        help="What closing with this reason means in statistics.",
    )
    conclusion = fields.Selection(
        CONCLUSIONS, help="What a finding with this name means in statistics."
    )
    policy_id = fields.Many2one(
        "complaint.policy", index="btree_not_null", help="Empty: all policies."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(COALESCE(policy_id, 0), usage, code)", "This code is already used."
    )

    @api.constrains("usage", "conclusion")
    def _check_conclusion(self):
        for reason in self:
            if reason.usage == "finding" and not reason.conclusion:
                raise ValidationError(
                    self.env._(
                        "Say whether the finding “%s” means founded or not.",
                        reason.name,
                    )
                )

    @api.model
    @tools.ormcache("policy.id", "usage", "self.env.lang")
    def _get_options(self, policy, usage) -> list[tuple]:
        """Return id and name of what complainants choose from: remembered."""
        # sudo: complaint.reason - the words are shown to whoever has the page open
        rows = self.sudo().search(
            [("usage", "=", usage), ("policy_id", "in", (policy.id, False))]
        )
        return [(row.id, row.name) for row in rows]

    def _check_fits(self, usage, complaints):
        """Refuse a reason that isn't meant for this, or is another policy's.

        :raise UserError: naming it
        """
        for reason in self:
            foreign = reason.policy_id and complaints.policy_id - reason.policy_id
            if reason.usage != usage or foreign:
                raise UserError(
                    self.env._("“%s” can't be chosen here.", reason.display_name)
                )

    def _get_copy_key(self, policy) -> tuple:
        return self.usage, self.code

    @api.model
    def _get_policy_file_key(self, row: dict) -> str:
        return f"{row.get('usage') or 'close'}/{row['code']}"

    @api.model
    def _find_policy_file_shared(self, key: str):
        usage, _slash, code = key.partition("/")
        return self.with_context(active_test=False).search(
            [("policy_id", "=", False), ("usage", "=", usage), ("code", "=", code)]
        )
