from odoo import fields

from .oracle_steps import OracleSteps


class OracleResolution(OracleSteps):
    """Steps on the way from acceptance to the satisfaction of the complainant."""

    # ------------------------------------------------------------
    # DECISION AND FINDING
    # ------------------------------------------------------------

    def _step_decide(self, case, decision):
        """Decide on acceptance: accept or refuse."""
        wizard = self.env["complaint.acceptance.decide"].with_user(self.office)
        ground = decision == "refuse" and self._reason("refuse_out_of_scope").id
        wizard.create(
            {"complaint_id": case.id, "decision": decision, "ground_id": ground}
        ).action_decide()

    def _step_find(self, case, found):
        """Write the finding of an investigation: [code of its rule, conclusion]."""
        what, conclusion = found
        wizard = self.env["complaint.finding.make"].with_user(self.office)
        people = self.office | self.handler | self.colleague
        wizard.create(
            {
                "complaint_id": case.id,
                "assignment_id": self._get_open(case, what).id,
                "conclusion_id": self._reason(f"finding_{conclusion}").id,
                "reasons": "<p>Looked into it.</p>",
                "investigator_ids": people[: self.policy.investigator_min or 1].ids,
            }
        ).action_make()

    # ------------------------------------------------------------
    # REMEDY AND ANSWER
    # ------------------------------------------------------------

    def _step_propose(self, case, code):
        """Propose a remedy of the policy's catalogue."""
        wizard = self.env["complaint.remedy.propose"].with_user(self.office)
        type_ = self._find("remedy_type", code)
        wizard.create({"complaint_id": case.id, "type_id": type_.id}).action_propose()

    def _step_remedy(self, case, step):
        """Take a step of the remedy: offer, accept, execute …"""
        wizard = self.env["complaint.remedy.step"].with_user(self.office)
        remedy = case.remedy_ids.sorted("id")[-1:]
        wizard.create({"remedy_id": remedy.id, "step": step}).action_apply()

    def _step_answer(self, case, type_):
        """Answer the complainant by telephone."""
        answers = self.env["complaint.answer"].with_user(self.office)
        answers.create(
            {"complaint_id": case.id, "type": type_, "how": "call"}
        ).action_give()

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
