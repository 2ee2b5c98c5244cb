from odoo import fields

from .oracle_steps import OracleSteps


class OracleResolution(OracleSteps):
    """Steps on the way from the answer to the satisfaction of the complainant."""

    # ------------------------------------------------------------
    # SATISFACTION
    # ------------------------------------------------------------

    def _step_dissatisfied(self, case, code):
        """Let the complainant go on: in the house, or at the body of a round rule."""
        wizard = self.env["complaint.satisfaction"].with_user(self.office)
        rule = self._find("round_rule", code) if code else None
        wizard.create(
            {
                "complaint_id": case.id,
                "satisfaction": "dissatisfied",
                "reason_id": self._reason("dissatisfied_not_fixed").id,
                "rule_id": rule and rule.id,
            }
        ).action_note()

    def _step_decided_outside(self, case, _none):
        """Note that the body outside has decided."""
        wizard = self.env["complaint.round.forum"].with_user(self.office)
        today = fields.Date.context_today(wizard)
        wizard.create({"round_id": case.round_id.id, "decided_on": today}).action_note()

    def _step_call(self, case, code):
        """Call the complainant back, as a follow-up rule has planned."""
        rows = case.follow_up_ids.filtered(
            lambda row: row.rule_id.code == code and row._is_open()
        )
        self.assertEqual(len(rows), 1, f"no follow-up {code} is planned")
        calls = self.env["complaint.follow.up.call"].with_user(self.office)
        call = calls._open(rows.with_user(self.office))
        call.satisfaction = "satisfied"
        call.action_save()
