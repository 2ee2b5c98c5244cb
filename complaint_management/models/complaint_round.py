from odoo import api, fields, models


class ComplaintRound(models.Model):
    """One pass through the handling of a case; a new cause begins the next one."""

    _name = "complaint.round"
    _description = "Complaint Round"
    _order = "number"
    _rec_name = "number"

    complaint_id = fields.Many2one(
        "complaint.complaint", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(required=True, default=1)
    cause_id = fields.Many2one(
        "complaint.reason",
        domain="[('usage', '=', 'reopen')]",
        ondelete="restrict",
        help="Empty: the first round.",
    )
    note = fields.Text(string="Why It Began")
    started_at = fields.Datetime(default=fields.Datetime.now, required=True)
    started_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    ended_at = fields.Datetime()
    ended_by_id = fields.Many2one("res.users")
    outcome_id = fields.Many2one(
        "complaint.reason", domain="[('usage', '=', 'close')]", ondelete="restrict"
    )
    close_note = fields.Text(string="How It Ended")

    _number_uniq = models.Constraint(
        "UNIQUE(complaint_id, number)", "This round exists already."
    )

    @api.model
    def _start(self, complaints, **values):
        """Begin the next round of each case; earlier rounds stay as they were.

        :param values: cause and note of the round
        """
        # sudo: complaint.round - rows of evidence are made by the case only
        return self.sudo().create(
            [
                {
                    "complaint_id": complaint.id,
                    "number": complaint.round_id.number + 1,
                    **values,
                }
                for complaint in complaints
            ]
        )

    @api.model
    def _file_assignments(self, complaints):
        """File what was asked on cases of the past under the round of that time."""
        for row in complaints.assignment_ids:
            rounds = row.complaint_id.round_ids.sorted("number")
            begun = rounds.filtered(lambda r, row=row: r.started_at <= row.requested_at)
            row.round_id = begun[-1:] or rounds[:1]

    @api.model
    def _end(self, complaints):
        """Close ``complaints``: keep how their current rounds ended, by whom and when.

        What was still asked is called off.
        """
        now = fields.Datetime.now()
        complaints.write({"closed_at": now, "closed_by_id": self.env.uid})
        for (outcome, note), cases in complaints.grouped(
            lambda case: (case.outcome_id, case.close_note)
        ).items():
            # sudo: complaint.round - as above
            cases.sudo().round_id.write(
                {
                    "ended_at": now,
                    "ended_by_id": self.env.uid,
                    "outcome_id": outcome.id,
                    "close_note": note,
                }
            )
        # sudo: complaint.assignment - who may close needn't hold every request
        complaints.sudo().assignment_ids._end_with_case()
        complaints._complaint_event("closed")

    @api.model
    def _reopen(self, complaint, cause, note=None):
        """Begin the next round of a closed case.

        :param cause: ``complaint.reason`` used for reopening
        :param note: what the complainant says
        """
        self._start(complaint, cause_id=cause.id, note=note)
        complaint.write(
            {
                "stage_id": complaint.policy_id._get_first_stage().id,
                "outcome_id": False,
                "close_note": False,
                "closed_at": False,
                "closed_by_id": False,
            }
        )
        self.env["complaint.routing"]._resume(complaint)
        complaint._complaint_event("round_started", complaint.round_id)
