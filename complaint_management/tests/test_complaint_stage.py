from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintStage(ComplaintCommon):
    def _require(self, message, domain, stage=None, **values):
        return self.env["complaint.stage.requirement"].create(
            {
                "stage_id": (stage or self.stage_answered).id,
                "message": message,
                "required_domain": domain,
                **values,
            }
        )

    # ------------------------------------------------------------
    # REQUIREMENTS
    # ------------------------------------------------------------

    def test_everything_missing_is_named_at_once(self):
        self._require("say where it happened.", "[('place', '!=', False)]")
        self._require("say what is wished.", "[('demand', '!=', False)]")
        first = self._create_complaint(place="Bay 3")
        second = self._create_complaint()
        with self.assertRaises(UserError) as refused:
            (first | second).stage_id = self.stage_answered
        self.assertEqual(
            str(refused.exception),
            "Not yet ready for stage “Answered”:\n"
            f"{second.name}: say where it happened.\n"
            f"{first.name}: say what is wished.\n"
            f"{second.name}: say what is wished.",
        )

    def test_outcome_and_requirements_together(self):
        self._require(
            "say where it happened.", "[('place', '!=', False)]", self.stage_closed
        )
        complaint = self._create_complaint()
        with self.assertRaisesRegex(UserError, "where it happened(.|\n)*an outcome"):
            complaint.stage_id = self.stage_closed

    def test_only_of_cases_that_it_is_about(self):
        self._require(
            "say where it happened.",
            "[('place', '!=', False)]",
            category_ids=[Command.set(self.quality.ids)],
        )
        complaint = self._create_complaint(category_id=self.price.id)
        complaint.stage_id = self.stage_answered
        with self.assertRaisesRegex(UserError, "where it happened"):
            self._create_complaint(
                category_id=self.brakes.id, stage_id=self.stage_answered.id
            )

    def test_met(self):
        self._require("somebody has to accept.", "[('handover_state','=','accepted')]")
        complaint = self._create_complaint(category_id=self.quality.id)
        with self.assertRaisesRegex(UserError, "has to accept"):
            complaint.stage_id = self.stage_answered
        complaint.with_user(self.handler).action_accept()
        complaint.with_user(self.handler).stage_id = self.stage_answered
        self.assertEqual(complaint.stage_id, self.stage_answered)

    def test_broken_condition_is_refused(self):
        for domain in ("[('nothing', '=', 1)]", "[(", "1", "open('/etc/passwd')"):
            with (
                self.assertRaisesRegex(ValidationError, "can't be read"),
                self.cr.savepoint(),
            ):
                self._require("x", domain)

    # ------------------------------------------------------------
    # MOVES
    # ------------------------------------------------------------

    def test_drag_in_the_overview_by_phase(self):
        complaint = self._create_complaint()
        complaint.phase = "handling"
        self.assertEqual(complaint.stage_id, self.stage_handling)
        with self.assertRaisesRegex(UserError, "has no stage in phase “Decision”"):
            complaint.phase = "decision"

    def test_phase_goes_to_the_first_of_its_stages(self):
        early = self._create_item(
            "complaint.stage", "early", phase="handling", sequence=15
        )
        complaint = self._create_complaint()
        complaint.phase = "handling"
        self.assertEqual(complaint.stage_id, early)

    def test_phase_goes_to_a_stage_that_works(self):
        """Where the clocks stand still, a case waits: not without being told to."""
        waiting = self._create_item(
            "complaint.stage", "wait", phase="handling", sequence=15, pauses_clocks=True
        )
        complaint = self._create_complaint()
        complaint.phase = "handling"
        self.assertEqual(complaint.stage_id, self.stage_handling)
        self.stage_handling.active = False
        other = self._create_complaint()
        other.phase = "handling"
        self.assertEqual(other.stage_id, waiting)

    def test_stage_of_another_policy(self):
        other = self.policy.copy()
        complaint = self._create_complaint()
        with self.assertRaisesRegex(ValidationError, "belongs to another policy"):
            complaint.stage_id = other.stage_ids[0]

    def test_since_when(self):
        complaint = self._create_complaint()
        self.assertEqual(complaint.date_last_stage_update, self.now)
        with self._later(hours=3):
            complaint.stage_id = self.stage_received
            self.assertEqual(complaint.date_last_stage_update, self.now)
        with self._later(hours=4) as moment:
            complaint.stage_id = self.stage_handling
        self.assertEqual(complaint.date_last_stage_update, moment)

    def test_nothing_depends_on_names(self):
        self.policy.stage_ids.name = "X"
        complaint = self._create_complaint()
        self.assertEqual(complaint.stage_id, self.stage_received)
        self._close(complaint)
        self.assertEqual(complaint.stage_id, self.stage_closed)
        self._reopen(complaint)
        self.assertEqual(complaint.stage_id, self.stage_received)
        self.assertEqual(self.stage_closed.code, "closed", "codes stay")

    def test_added_and_reordered(self):
        first = self._create_item(
            "complaint.stage", "triage", phase="assessment", sequence=5
        )
        self.assertEqual(self._create_complaint().stage_id, first)
        first.sequence = 35
        self.assertEqual(self._create_complaint().stage_id, self.stage_received)
        self.stage_closed.sequence = 1
        self.assertEqual(self._create_complaint().stage_id, self.stage_received)

    def test_archived_stage_is_not_entered_by_itself(self):
        self.stage_received.active = False
        self.assertEqual(self._create_complaint().stage_id, self.stage_handling)

    def test_codes_are_made_and_never_double(self):
        stage = {"policy_id": self.policy.id, "name": "Check"}
        stages = self.env["complaint.stage"].create([stage, stage])
        stages |= self.env["complaint.stage"].create(stage)
        stages |= self.env["complaint.stage"].create({**stage, "name": "核查"})
        codes = stages.mapped("code")
        self.assertEqual(codes[:3], ["check", "check_2", "check_3"])
        self.assertEqual(len(codes[3]), 8)

    # ------------------------------------------------------------
    # WHAT ENTERING DOES
    # ------------------------------------------------------------

    def _create_mail(self):
        return self.env["mail.template"].create(
            {
                "name": "Answer",
                "model_id": self.env["ir.model"]._get_id("complaint.party"),
                "subject": "Answer to {{ object.complaint_id.name }}",
                "email_to": "{{ object.email_key }}",
                "use_default_to": False,
                "body_html": "<p>Done</p>",
            }
        )

    def test_mail_on_entering(self):
        self.stage_answered.mail_template_id = self._create_mail()
        complaint = self._create_complaint(contact_email="wang@example.com")
        complaint.stage_id = self.stage_answered
        mail = self.env["mail.mail"].search(
            [("subject", "=", f"Answer to {complaint.name}")]
        )
        self.assertEqual(mail.email_to, "wang@example.com")
        self.assertEqual(mail.state, "outgoing")

    def test_activity_plan_on_entering(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Call",
                "res_model": "complaint.complaint",
                "template_ids": [
                    Command.create(
                        {
                            "summary": "Call back",
                            "responsible_type": "on_demand",
                            "activity_type_id": self.env.ref(
                                "mail.mail_activity_data_call"
                            ).id,
                        }
                    )
                ],
            }
        )
        self.stage_handling.activity_plan_id = plan
        complaints = self._create_accepted() | self._create_accepted()
        complaints.with_user(self.handler).stage_id = self.stage_handling
        for complaint in complaints:
            activity = complaint.activity_ids
            self.assertEqual(activity.summary, "Call back")
            self.assertEqual(activity.user_id, self.handler)

    def test_moving_many_costs_no_query_each(self):
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint() for _index in range(40)]
        )
        self._require("say where.", "[('subject', '!=', False)]")
        self.env.flush_all()

        def move(batch, stage):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch.stage_id = stage
            self.env.flush_all()
            return self.cr.sql_log_count - before

        move(complaints[0], self.stage_handling)
        few = move(complaints[:5], self.stage_answered)
        many = move(complaints[5:], self.stage_answered)
        self.assertLessEqual((many - few) / 30, 0.2)
