from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW
from .test_satisfaction import SatisfactionCommon


@freeze_time(NOW)
class FollowUpCommon(SatisfactionCommon):
    """Closed cases are called back by sales within a week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.caller = cls._create_user("caller", "handler", cls.sales)
        cls.role_caller = cls._create_role("caller", user_ids=cls.caller.ids)
        cls.satisfied = cls._create_question("satisfied", kind="score", weight=2)
        cls.polite = cls._create_question("polite", kind="yes_no")
        cls.words = cls._create_question("words", kind="text")
        cls.rule = cls._create_follow_up_rule("call_back")

    @classmethod
    def _create_question(cls, code, **values):
        return cls._create_item("complaint.follow.up.question", code, **values)

    @classmethod
    def _create_follow_up_rule(cls, code, **values):
        return cls._create_item(
            "complaint.follow.up.rule",
            code,
            **{
                "role_id": cls.role_caller.id,
                "delay": 7,
                "delay_unit": "days",
                "retry_delay": 1,
                "retry_unit": "days",
                "max_attempts": 3,
                "target_score": 60,
                "low_result": "round",
                "question_ids": [
                    Command.set((cls.satisfied | cls.polite | cls.words).ids)
                ],
                **values,
            },
        )

    @classmethod
    def _create_closed(cls, reason="settled", **values):
        complaint = cls._create_answered(**values)
        cls._close(complaint, reason)
        return complaint

    def _call(
        self, follow_up, user=None, score="5", polite="yes", words="Fine.", **values
    ):
        """Answer the questionnaire as the caller fills it in."""
        follow_up = follow_up.with_user(user or self.caller)
        action = follow_up.action_call()
        call = self.env[action["res_model"]].browse(action["res_id"])
        call = call.with_user(user or self.caller)
        given = {self.satisfied: score, self.polite: polite, self.words: words}
        for line in call.line_ids:
            line.value = given[line.question_id]
        call.write(values)
        return call.action_save_next()

    def _run(self):
        """Let the scheduler look at what is due now."""
        cron = type(self.env["ir.cron"])
        runner, rows = self.env["complaint.runner"], self.env["complaint.follow.up"]
        self.assertIn(rows._name, runner._get_models())
        with patch.object(cron, "_commit_progress", lambda *a, **kw: float("inf")):
            runner._run_model(rows)


@tagged("post_install", "-at_install")
class TestFollowUp(FollowUpCommon):
    # planning

    def test_planned_when_closed(self):
        complaint = self._create_answered()
        self.assertFalse(complaint.follow_up_ids)
        self._close(complaint)
        call = complaint.follow_up_ids
        self.assertEqual(call.rule_id, self.rule)
        self.assertEqual(call.round_id, complaint.round_id)
        self.assertEqual(call.state, "planned")
        self.assertEqual(call.user_id, self.caller)
        self.assertEqual(call.call_at, NOW)
        self.assertEqual(call.due_at, NOW + timedelta(days=7))
        self.assertEqual(call.handled_by_id, self.handler)
        self.assertEqual(call.handled_department_id, self.service)

    def test_working_days_and_later_check(self):
        self.rule.write({"delay": 3, "delay_unit": "work_days"})
        later = self._create_follow_up_rule("later", wait=3, wait_unit="months")
        calls = self._create_closed().follow_up_ids
        self.assertEqual(
            calls.filtered(lambda row: row.rule_id == self.rule).due_at,
            NOW + timedelta(days=3, hours=7),
            "Thursday, closing time",
        )
        check = calls.filtered(lambda row: row.rule_id == later)
        self.assertEqual(check.call_at.date().isoformat(), "2027-02-16")
        self.assertEqual(check.due_at - check.call_at, timedelta(days=7))

    def test_only_such_cases(self):
        self.rule.severity_ids = self.severity_serious
        self.assertFalse(self._create_closed().follow_up_ids)
        serious = self._create_closed(severity_id=self.severity_serious.id)
        self.assertTrue(serious.follow_up_ids)

    def test_not_whom_nobody_can_ask(self):
        anonymous = self._create_closed(contact_name=False, contact_phone=False)
        withdrawn = self._create_closed("withdrawn")
        self.assertFalse((anonymous | withdrawn).follow_up_ids)

    def test_refused_cases_are_asked_when_the_policy_says_so(self):
        self.rule.write({"event": "stage_entered", "event_phase": "refused"})
        complaint = self._create_accepted()
        self._close(complaint, "out_of_scope")
        self.assertTrue(complaint.follow_up_ids)
        self._call(complaint.follow_up_ids, satisfaction="satisfied")
        self.assertEqual(complaint.satisfaction, "satisfied")

    def test_once_a_round(self):
        self.rule.event = "answered"
        complaint = self._create_answered()
        complaint._complaint_event("answered")
        complaint._complaint_event("answered")
        self.assertEqual(len(complaint.follow_up_ids), 1)

    def test_share_is_a_sample_that_can_be_repeated(self):
        self.rule.share = 30
        vals_list = [
            self._prepare_complaint(contact_phone=f"1390000{number:04}")
            for number in range(100)
        ]
        cases = self.env["complaint.complaint"].with_user(self.registrar)
        cases = cases.create(vals_list).with_env(self.env)
        self._close(cases)
        planned = cases.filtered("follow_up_ids")
        self.assertEqual(len(planned), 30)
        self.assertEqual(planned, cases.filtered(self.rule._is_in_sample))

    def test_queries_of_a_mass_close(self):
        def plan(count):
            cases = self.env["complaint.complaint"].create(
                [self._prepare_complaint() for _number in range(count)]
            )
            rules = self.env["complaint.follow.up.rule"]
            self.env.flush_all()
            before = self.cr.sql_log_count
            rules._on_complaint_event(cases, "closed")
            self.env.flush_all()
            self.assertEqual(len(cases.follow_up_ids), count)
            return self.cr.sql_log_count - before

        plan(1)
        few, many = plan(10), plan(110)
        self.assertLess((many - few) / 100, 0.5, f"{few} for 10, {many} for 110")

    # who calls

    def test_handler_does_not_ask(self):
        self.role_caller.user_ids |= self.handler
        self.rule.independent = True
        call = self._create_closed().follow_up_ids
        self.assertEqual(call.user_id, self.caller)
        call.sudo().user_id = self.handler
        with self.assertRaisesRegex(UserError, "answered for .* yourself"):
            call.with_user(self.handler).action_call()
        with self.assertRaisesRegex(UserError, "answered for .* yourself"):
            call.with_user(self.handler).action_take()

    def test_department_of_the_handler_is_asked_by_name(self):
        self.rule.write({"independent": True, "role_id": self.role_service.id})
        call = self._create_closed().follow_up_ids
        self.assertFalse(call.department_id)
        self.assertNotIn(self.handler, call.user_id | call.candidate_ids)
        self.assertIn(self.colleague, call.user_id | call.candidate_ids)

    def test_nobody_else_is_left(self):
        self.role_caller.user_ids = self.handler
        self.rule.independent = True
        call = self._create_closed().follow_up_ids
        self.assertEqual(call.user_id | call.candidate_ids, self.office)

    def test_fewest_calls(self):
        second = self._create_user("second_caller", "handler", self.sales)
        self.role_caller.write(
            {"user_ids": [Command.link(second.id)], "distribution": "load"}
        )
        calls = [self._create_closed().follow_up_ids.user_id for _n in range(4)]
        self.assertEqual(calls.count(self.caller), 2)
        self.assertEqual(calls.count(second), 2)

    def test_archived_caller_is_replaced(self):
        call = self._create_closed().follow_up_ids
        self.role_caller.user_ids = self.colleague
        self.caller.active = False
        self.assertEqual(call.user_id, self.colleague)

    def test_caller_who_is_complained_about_is_replaced(self):
        complaint = self._create_closed()
        call = complaint.follow_up_ids
        self.env["complaint.party"].create(
            {
                "complaint_id": complaint.id,
                "type": "respondent",
                "employee_id": self.caller.employee_ids.id,
            }
        )
        self.assertNotEqual(call.user_id, self.caller)
        self.assertFalse(call.with_user(self.caller).search([("id", "=", call.id)]))

    # access

    def test_caller_sees_case_and_number(self):
        complaint = self._create_closed()
        call = complaint.follow_up_ids.with_user(self.caller)
        self.assertEqual(call.contact_phone, "13900001111")
        self.assertEqual(call.subject, complaint.subject)
        self.assertTrue(call.is_mine and call.can_call)
        self.assertFalse(complaint.with_user(self.caller).has_access("write"))
        stranger = self._create_user("stranger", "handler", self.workshop)
        with self.assertRaises(AccessError):
            complaint.follow_up_ids.with_user(stranger).read(["state"])
        with self.assertRaises(AccessError):
            complaint.follow_up_ids.with_user(stranger).action_call()

    def test_caller_knows_what_only_the_handler_may_know(self):
        self.policy.identity_access = "handler"
        complaint = self._create_closed()
        call = complaint.follow_up_ids
        self.assertEqual(call.with_user(self.caller).contact_phone, "13900001111")
        self.assertEqual(call.with_user(self.caller).contact_name, "Wang Fang")
        self._call(call)
        call.invalidate_recordset()
        self.assertFalse(call.with_user(self.caller).contact_phone, "no more needed")

    def test_confidential_is_for_the_office(self):
        complaint = self._create_closed(contact_confidential=True)
        call = complaint.follow_up_ids
        self.assertEqual(call.user_id, self.office)
        self.assertEqual(call.with_user(self.office).contact_phone, "13900001111")
        self.assertFalse(call.with_user(self.handler).contact_phone)
        with self.assertRaises(AccessError):
            call.with_user(self.caller).read(["state"])

    def test_person_complained_about_sees_nothing(self):
        complaint = self._create_closed(
            party_ids=[
                Command.create(
                    {
                        "type": "respondent",
                        "employee_id": self.colleague.employee_ids.id,
                    }
                ),
                Command.create({"name": "Wang Fang", "phone": "13900001111"}),
            ]
        )
        self._call(complaint.follow_up_ids)
        for rows in (
            complaint.follow_up_ids,
            complaint.follow_up_ids.attempt_ids,
            complaint.follow_up_ids.answer_ids,
            complaint.round_ids,
        ):
            self.assertTrue(rows)
            rows = rows.with_user(self.colleague)
            self.assertFalse(rows.search([("id", "in", rows.ids)]))
            with self.assertRaises(AccessError):
                rows.read(["complaint_id"])

    def test_somebody_elses_call(self):
        complaint = self._create_closed()
        self.env["complaint.assignment"].create(
            {"complaint_id": complaint.id, "user_id": self.child_handler.id}
        )
        with self.assertRaisesRegex(UserError, "somebody else's to ask"):
            complaint.follow_up_ids.with_user(self.child_handler).action_call()
        complaint.follow_up_ids.with_user(self.office).action_take()
        self.assertEqual(complaint.follow_up_ids.user_id, self.office)

    def test_rows_are_written_by_nobody(self):
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids)
        call = complaint.follow_up_ids
        for rows, vals in (
            (call, {"score": 100}),
            (call.answer_ids, {"value": "5"}),
            (call.attempt_ids, {"result": "answered"}),
        ):
            for user in (self.caller, self.office, self.admin):
                with self.assertRaises(AccessError):
                    rows.with_user(user).write(vals)

    # calling

    def test_answers_score_and_events(self):
        self._create_template("done", type="task", event="follow_up_done")
        self._create_template("low", type="task", event="follow_up_low")
        complaint = self._create_closed()
        call = complaint.follow_up_ids
        action = self._call(call, score="4", satisfaction="satisfied", note="Quick.")
        self.assertEqual(action["tag"], "display_notification", "all calls are made")
        self.assertEqual(call.state, "done")
        self.assertEqual(call.score, 83, "(2 × 75 + 100) / 3")
        self.assertFalse(call.is_low)
        self.assertEqual((call.done_by_id, call.done_at), (self.caller, NOW))
        self.assertEqual(call.answer_ids.mapped("answer"), ["4 / 5", "Yes", "Fine."])
        self.assertEqual(call.attempt_ids.mapped("result"), ["answered"])
        self.assertEqual(complaint.satisfaction, "satisfied")
        self.assertEqual(complaint.round_id.satisfaction_by_id, self.caller)
        self.assertTrue(complaint.is_closed)
        events = complaint.assignment_ids.template_id.mapped("event")
        self.assertEqual(events, ["follow_up_done"])

    def test_low_score_begins_round(self):
        self._create_template("low", type="task", event="follow_up_low")
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, score="2", polite="no")
        self.assertEqual(complaint.follow_up_ids[0].score, 17)
        self.assertTrue(complaint.follow_up_ids[0].is_low)
        self.assertFalse(complaint.is_closed)
        self.assertEqual(complaint.round_number, 2)
        self.assertEqual(complaint.round_ids[0].satisfaction, "dissatisfied")
        self.assertEqual(complaint.round_id.rule_id, self.rule_second)
        self.assertEqual(complaint.handler_id, self.manager)
        self.assertIn("17 of 100", complaint.round_id.note)
        self.assertEqual(complaint.round_id.started_by_id, self.caller)
        self.assertTrue(complaint.assignment_ids.template_id)

    def test_low_score_begins_round_whatever_is_said(self):
        complaint = self._create_closed()
        self._call(
            complaint.follow_up_ids, score="1", polite="no", satisfaction="satisfied"
        )
        self.assertEqual(complaint.round_number, 2)

    def test_low_score_is_only_noted(self):
        self.rule.low_result = "event"
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, score="1")
        self.assertTrue(complaint.follow_up_ids.is_low)
        self.assertTrue(complaint.is_closed)
        self.assertEqual(complaint.satisfaction, "unknown")

    def test_target_is_reached_exactly(self):
        self.rule.target_score = 83
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, score="4")
        self.assertFalse(complaint.follow_up_ids.is_low)

    def test_dissatisfied_by_the_same_path(self):
        complaint = self._create_closed()
        reason = self._dissatisfied_reason("answer_wrong")
        self._call(
            complaint.follow_up_ids, satisfaction="dissatisfied", reason_id=reason.id
        )
        self.assertEqual(complaint.round_number, 2)
        self.assertEqual(complaint.round_id.cause_id, reason)
        self.assertEqual(complaint.round_ids[0].dissatisfaction_id, reason)

    def test_promise_not_kept(self):
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, carried_out="no")
        self.assertEqual(complaint.round_number, 2)
        self.assertEqual(complaint.follow_up_ids.carried_out, "no")
        self.assertIn("isn't done", complaint.round_id.note)

    def test_leaves_it_at_that(self):
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, score="1", no_further=True)
        self.assertTrue(complaint.is_closed)
        self.assertEqual(complaint.satisfaction, "dissatisfied")

    def test_no_round_is_left(self):
        self.policy.max_rounds = 1
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, score="1")
        self.assertTrue(complaint.is_closed)
        self.assertEqual(complaint.satisfaction, "dissatisfied")
        self.assertIn("bodies outside", complaint.activity_ids.summary)

    def test_nothing_answered(self):
        call = self._create_closed().follow_up_ids
        with self.assertRaisesRegex(UserError, "Nothing is answered"):
            self._call(call, score=False, polite=False, words=False)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._call(call, satisfaction="dissatisfied")

    def test_not_twice(self):
        call = self._create_closed().follow_up_ids
        self._call(call)
        for action in ("action_call", "action_no_answer", "action_give_up"):
            with self.assertRaisesRegex(UserError, "is over"):
                getattr(call.with_user(self.caller), action)()

    def test_next_one_opens(self):
        first, second = self._create_closed(), self._create_closed()
        second.follow_up_ids.due_at = NOW + timedelta(days=1)
        self.env.flush_all()
        action = self.env["complaint.follow.up"].with_user(self.caller).action_next()
        call = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(call.complaint_id, second, "the most urgent")
        action = self._call(second.follow_up_ids)
        call = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(call.complaint_id, first)
        call.result = "later"
        action = call.with_user(self.caller).action_not_reached()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(first.follow_up_ids.state, "no_answer")
        self.assertEqual(first.follow_up_ids.attempt_ids.result, "later")

    def test_questions_stay_as_asked(self):
        call = self._create_closed().follow_up_ids
        self._call(call)
        self.satisfied.name = "Quite another question"
        self.assertEqual(call.answer_ids[0].name, "Satisfied")

    def test_page_answers_too(self):
        """What a public page hands over ends like a call."""
        complaint = self._create_closed()
        call = complaint.follow_up_ids
        call._record_answers(
            {"answers": {self.satisfied.id: 5}, "satisfaction": "satisfied"}
            | {"via": "page"}
        )
        self.assertEqual((call.state, call.score, call.via), ("done", 100, "page"))
        self.assertEqual(complaint.round_id.satisfaction_via, "page")

    # retries

    def test_retries_until_given_up(self):
        complaint = self._create_closed()
        call = complaint.follow_up_ids.with_user(self.caller)
        call.action_no_answer()
        self.assertEqual((call.state, call.attempt_count), ("no_answer", 1))
        self.assertEqual(call.call_at, NOW + timedelta(days=1))
        self.assertFalse(call._get_next_call(), "not before tomorrow")
        self._run()
        self.assertEqual(call.state, "no_answer")
        with self._later(days=1):
            self._run()
            self.assertEqual(call.state, "planned", "back on the list")
            self.assertEqual(call._get_next_call(), call)
            call.action_no_answer()
        with self._later(days=2):
            call.action_no_answer()
            self.assertEqual(call.state, "given_up")
            self.assertEqual(len(call.attempt_ids), 3)
            self.assertEqual(complaint.satisfaction, "no_answer")
            self.assertFalse(call.next_event_at)

    def test_wrong_number_is_no_use_to_retry(self):
        call = self._create_closed().follow_up_ids
        call._note_attempt("wrong")
        self.assertEqual(call.state, "given_up")

    def test_give_up(self):
        complaint = self._create_closed()
        complaint.follow_up_ids.with_user(self.caller).action_give_up()
        self.assertEqual(complaint.follow_up_ids.state, "given_up")
        self.assertEqual(complaint.follow_up_ids.done_by_id, self.caller)

    def test_given_up_is_the_end_of_the_road(self):
        self.rule.event = "answered"
        self.policy.close_needs_satisfaction = "satisfied"
        complaint = self._create_answered()
        complaint._complaint_event("answered")
        complaint.round_id.satisfaction = "no_answer"
        with self.assertRefused("Not yet ready"):
            self._close(complaint, "unreachable")
        complaint.follow_up_ids.with_user(self.caller).action_give_up()
        self._close(complaint, "unreachable")
        self.assertTrue(complaint.is_closed)

    def test_late(self):
        call = self._create_closed().follow_up_ids
        self.assertFalse(call.is_late)
        with self._later(days=7, minutes=1):
            self.assertTrue(call.search([("is_late", "=", True)]) >= call)
            call.invalidate_recordset()
            self.assertTrue(call.is_late)
            self._run()
            self.assertEqual(call.late_at, NOW + timedelta(days=7))
            self._call(call)
            self.assertFalse(call.is_late)
            self.assertTrue(call.late_at, "evidence stays")

    def test_clock_of_the_call_back(self):
        """A deadline rule may watch the call-back of a closed case."""
        self._create_item(
            "complaint.deadline.rule",
            "call_back_clock",
            event="closed",
            end_event="follow_up_done",
            delay=7,
            delay_unit="days",
        )
        complaint = self._create_closed()
        self.assertEqual(complaint.deadline_ids.state, "running")
        self._call(complaint.follow_up_ids)
        self.assertEqual(complaint.deadline_ids.state, "met")

    def test_called_off(self):
        reopened, merged = self._create_closed(), self._create_answered()
        self._reopen(reopened)
        self.assertEqual(reopened.follow_up_ids.state, "cancelled")
        self.assertFalse(reopened.with_user(self.caller).has_access("read"))
        self.rule.event = "answered"
        merged._complaint_event("answered")
        self.assertEqual(merged.follow_up_ids.state, "planned")
        merged._complaint_event("merged", reopened)
        self.assertEqual(merged.follow_up_ids.state, "cancelled")
        withdrawn = self._create_answered()
        withdrawn._complaint_event("answered")
        withdrawn._complaint_event("withdrawn")
        self.assertEqual(withdrawn.follow_up_ids.state, "cancelled")

    # figures

    def test_call_back_rate(self):
        for score in ("5", "1"):
            self.rule.low_result = "event"
            case = self._create_closed()
            self._call(
                case.follow_up_ids,
                score=score,
                satisfaction="satisfied" if score == "5" else False,
            )
        self._create_closed().follow_up_ids.with_user(self.caller).action_give_up()
        self._create_closed()
        policy = self.policy.with_user(self.office)
        self.assertEqual(policy.follow_up_count, 4)
        self.assertEqual(policy.follow_up_open_count, 1)
        self.assertEqual(policy.follow_up_rate, 67)
        self.assertEqual(policy.satisfied_rate, 50)
        [(reached, score)] = self.env["complaint.follow.up"]._read_group(
            [("policy_id", "=", self.policy.id)],
            [],
            ["reached_count:sum", "score:avg"],
        )
        self.assertEqual(reached, 2)
        self.assertAlmostEqual(score, 66.5, msg="only what was scored counts")


@tagged("post_install", "-at_install")
class TestRoundPolicy(FollowUpCommon):
    def _get_texts(self):
        check = self.env["complaint.policy.check"]
        texts = {}
        for finding in check._get_findings(self.policy):
            texts.setdefault(finding["record"], []).append(finding["text"])
        return {record: "\n".join(found) for record, found in texts.items()}

    def test_check_finds_what_cannot_work(self):
        self.rule_court.forum_partner_id = self.body
        before = self._get_texts()
        self.assertNotIn(self.rule, before)
        self.assertNotIn(self.rule_court, before)
        cases = (
            (self.rule, {"question_ids": [Command.clear()]}, "asks no question"),
            (self.rule, {"question_ids": [Command.set(self.words.ids)]}, "none of its"),
            (self.rule, {"target_score": 0}, "a target that it doesn't have"),
            (self.rule, {"share": 0}, "asks nobody"),
            (self.rule, {"event_phase": "decision"}, "a phase that no stage has"),
            (self.rule_court, {"forum_partner_id": False}, "names no body"),
            (self.rule_second, {"number_from": 3}, "knows only 2"),
        )
        for rule, vals, text in cases:
            with self.env.cr.savepoint() as savepoint:
                rule.write(vals)
                found = self._get_texts().get(rule, "")
                savepoint.rollback()
            rule.invalidate_recordset()
            self.assertIn(text, found)

    def test_check_of_roles(self):
        partner = self._create_role(
            "outside", resolution="partner", partner_id=self.body.id
        )
        self.rule.role_id = partner
        self.assertIn("outside partner", self._get_texts()[self.rule])
        handler = self._create_role("handler", resolution="handler")
        self.rule.write({"role_id": handler.id, "independent": True})
        self.assertIn("not by the handler", self._get_texts()[self.rule])

    def test_check_of_the_ladder(self):
        self.policy.close_needs_satisfaction = "asked"
        self.assertIn("only after closing", self._get_texts()[self.policy])
        self.policy.close_needs_satisfaction = "none"
        (self.rule_court | self.rule_mediation).unlink()
        self.assertIn("nothing is left", self._get_texts()[self.policy])
        hidden = self._create_rule("hidden", sequence=20)
        self.assertIn("never holds", self._get_texts()[hidden])

    def test_used_rows_stay(self):
        complaint = self._create_closed()
        self._call(complaint.follow_up_ids, score="1")
        for rows in (
            self.rule,
            self.satisfied,
            self.rule_second,
            self.role_caller,
            self._dissatisfied_reason(),
        ):
            if rows == self._dissatisfied_reason():
                complaint.round_id.cause_id = rows
            with self.assertRaisesRegex(UserError, "Archive it instead"):
                rows.unlink()

    def test_due_within_some_time(self):
        with self.assertRefused("within how long", ValidationError):
            self.rule.write({"delay": 0, "delay_unit": "weeks"})
        self.rule.write({"delay": 0, "delay_unit": "days"})

    def test_copy_points_at_its_own_rows(self):
        copy = self.policy.copy()
        rule = copy.follow_up_rule_ids
        self.assertEqual(rule.question_ids.policy_id, copy)
        self.assertEqual(len(rule.question_ids), 3)
        self.assertEqual(rule.role_id.policy_id, copy)
        self.assertEqual(
            copy.round_rule_ids.mapped("code"), ["second", "mediation", "court"]
        )
        self.assertEqual(copy.round_rule_ids[0].stage_id.policy_id, copy)
        self.assertEqual(copy.max_rounds, 2)
