from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .journey_common import JourneyCommon


class BankJourney(JourneyCommon):
    """A bank under the regulator's rules for consumer complaints, as its 制度 has them.

    Fifteen days for the answer; fifteen more by the branch, then thirty more by the
    head office. The body that forwarded it is told within three working days. What is
    paid adds up to a limit. Who isn't satisfied may have it reviewed within thirty
    days, by somebody who has not worked on it, and at a mediation body after that.
    """

    def _create_journey_policy(self):
        policy = self._make_policy(
            "BANK",
            severities=("ordinary", "vulnerable", "major"),
            withdrawal_verified=True,
            complaint_properties_definition=[
                {"name": "special_group", "string": "Special Group", "type": "boolean"}
            ],
        )
        self.journey = policy
        self.branch_head = self._create_user("branch_head", "manager", self.service)
        roles = {
            "branch": {"resolution": "department", "department_id": self.service.id},
            "branch_head": {"user_ids": self.branch_head},
            "head_office": {"user_ids": self.director | self.manager},
        }
        self.roles = {
            code: self._add("role", code, **values) for code, values in roles.items()
        }
        policy.lead_role_id = self.roles["branch"]
        self._create_severity_rules()
        self._create_letters()
        self._create_clocks()
        self._create_remedies()
        self._create_rounds()
        return policy

    def _create_severity_rules(self):
        rules = self.env["complaint.severity.rule"].with_user(self.admin)
        rules.create(
            [
                {
                    "name": "Special group",
                    "severity_id": self._severity("vulnerable").id,
                    "domain": "[('properties.special_group', '=', True)]",
                },
                {
                    "name": "Five people",
                    "severity_id": self._severity("major").id,
                    "min_people": 5,
                },
            ]
        )
        self._add(
            "assignment.template",
            "regulator",
            name="Report to the regulator",
            event="severity_reached",
            type="report",
            role_id=self.roles["head_office"].id,
            severity_ids=self._severity("major"),
            delay=24,
            delay_unit="hours",
        )

    def _create_letters(self):
        text = {"subject": "Your complaint", "body_html": "<p>Dear customer</p>"}
        self.letters = {
            code: self._add("letter.template", code, **values, **text)
            for code, values in {
                "forwarder": {
                    "event": "answered",
                    "to_complainants": False,
                    "to_forwarders": True,
                    "delivery": "print",
                },
                "mediation": {"delivery": "print"},
                "late": {"automatic": True, "delivery": "mail"},
            }.items()
        }

    def _create_clocks(self):
        self._add(
            "deadline.rule",
            "answer",
            event="received",
            end_event="answered",
            delay=15,
            delay_unit="days",
            rounding="day",
            promised=True,
            severity_ids=self._severity("ordinary") | self._severity("major"),
            extensions=2,
            extension_max=15,
            extension_role_id=self.roles["branch_head"].id,
            extension_later_max=30,
            extension_later_role_id=self.roles["head_office"].id,
        )
        fast = self._add(
            "deadline.rule",
            "fast_answer",
            event="received",
            end_event="answered",
            delay=7,
            delay_unit="days",
            promised=True,
            severity_ids=self._severity("vulnerable"),
        )
        self._add(
            "escalation.rule",
            "late",
            deadline_rule_id=fast.id,
            moment="before",
            delay=1,
            delay_unit="days",
            role_ids=self.roles["branch_head"],
            letter_template_id=self.letters["late"].id,
        )
        self._add(
            "deadline.rule",
            "tell_forwarder",
            event="answered",
            end_event="letter_sent",
            end_letter_template_id=self.letters["forwarder"].id,
            delay=3,
            delay_unit="work_days",
            domain="[('party_ids.type', '=', 'forwarder')]",
            survives_closing=True,
        )
        self._add(
            "deadline.rule",
            "review_right",
            event="answered",
            end_event="round_started",
            end_forum="internal",
            kind="window",
            delay=30,
            delay_unit="days",
            survives_closing=True,
        )

    def _create_remedies(self):
        self.refund = self._add(
            "remedy.type", "refund", nature="refund", measure="amount"
        )
        for code, limit, role, step in (
            ("branch_limit", 1000, "branch_head", 1),
            ("head_limit", 5000, "head_office", 2),
        ):
            self._add(
                "approval.rule",
                code,
                subject="remedy",
                amount_over=limit,
                cumulative=True,
                role_id=self.roles[role].id,
                step=step,
            )

    def _create_rounds(self):
        self._add(
            "round.rule",
            "review",
            number_to=2,
            role_id=self.roles["head_office"].id,
            other_handler=True,
            stage_id=self._stage("handling").id,
        )
        self.mediation = self._add(
            "round.rule",
            "mediation",
            forum="mediation",
            forum_partner_id=self.env["res.partner"].create({"name": "Board"}).id,
            stage_id=self._stage("mediation").id,
        )
        self._add(
            "approval.rule",
            "review_answer",
            subject="answer",
            role_id=self.roles["head_office"].id,
            independent=True,
            domain="[('round_number', '>', 1)]",
        )

    def _begin(self, user=None, **values):
        case = self._register(**values)
        case.with_user(user or self.handler).action_take()
        case.with_user(user or self.handler).stage_id = self._stage("handling")
        return case

    def _clock(self, case, code):
        return case.deadline_ids.filtered(lambda row: row.rule_id.code == code)

    def _extend(self, user, clock, **delta):
        window = self.env["complaint.deadline.extend"].with_user(user)
        form = Form(window.with_context(default_deadline_id=clock.id))
        form.due_at = clock.due_at + timedelta(**delta)
        form.reason = "Statements from abroad"
        form.save().action_extend()


@tagged("post_install", "-at_install")
class TestJourneyBank(BankJourney):
    """What is awkward in the regulator's rules."""

    def test_first_extension_is_one_thing_and_the_second_another(self):
        case = self._begin()
        clock = self._clock(case, "answer")
        with self.assertRaisesRegex(UserError, "at most 15"):
            self._extend(self.handler, clock, days=16)
        self._extend(self.handler, clock, days=15)
        request = case.approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(request.user_ids, self.branch_head)
        first = clock.due_at
        request.with_user(self.branch_head).action_approve()
        self.assertEqual(clock.due_at - first, timedelta(days=15))
        self._extend(self.handler, clock, days=30)
        request = case.approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(request.user_ids, self.director | self.manager)
        request.with_user(self.director).action_approve()
        self.assertEqual(clock.due_at - first, timedelta(days=45))
        with self.assertRaisesRegex(UserError, "2 times"):
            self._extend(self.handler, clock, days=1)

    def test_special_groups_are_answered_sooner_and_told_when_late(self):
        case = self._begin()
        case.with_user(self.handler).properties = {"special_group": True}
        self.assertEqual(case.severity_id, self._severity("vulnerable"))
        clock = self._clock(case, "fast_answer")
        self.assertEqual(clock.due_at - case.received_at, timedelta(days=7))
        self.assertFalse(
            self._clock(case, "answer").filtered(lambda row: row.state == "running")
        )
        self._wait(days=6, minutes=1)
        clock._run_due()
        self.assertEqual(case.letter_ids.template_id, self.letters["late"])
        self.assertEqual(case.letter_ids.state, "ready", "goes out by itself")

    def test_a_group_is_reported_within_a_day(self):
        case = self._begin(people_count=5)
        report = case.assignment_ids.filtered(lambda row: row.type == "report")
        self.assertEqual(report.due_at - case.received_at, timedelta(hours=24))

    def test_who_forwarded_it_is_told_by_that_letter_and_no_other(self):
        case = self._begin()
        regulator = self.env["res.partner"].create({"name": "Hotline 12378"})
        case.with_user(self.office).party_ids = [
            Command.create({"type": "forwarder", "partner_id": regulator.id})
        ]
        self._answer(self.handler, case, "We pay it back.", how="call")
        clock = self._clock(case, "tell_forwarder")
        self.assertEqual(clock.state, "running")
        letter = case.letter_ids
        self.assertEqual(letter.partner_id, regulator)
        self._window(
            self.handler,
            "letter.compose",
            case,
            "action_write",
            template_id=self.letters["mediation"],
        )
        other = case.letter_ids - letter
        self.assertEqual(other.purpose, letter.purpose)
        for row, state in ((other, "running"), (letter, "met")):
            row.with_user(self.handler).action_send()
            window = self.env["complaint.letter.serve"].with_user(self.handler)
            window.with_context(active_ids=row.ids).create(
                {"step": "sent", "how": "post"}
            ).action_apply()
            self.assertEqual(clock.state, state)

    def test_what_is_paid_in_parts_adds_up(self):
        case = self._begin()
        remedies = [
            self._propose(self.handler, case, self.refund, amount=amount)
            for amount in (900, 200)
        ]
        self.assertEqual([row.state for row in remedies], ["approved", "proposed"])
        self._approve(self.branch_head, remedies[1])
        self.assertEqual(remedies[1].state, "approved")
        third = self._propose(self.handler, case, self.refund, amount=4000)
        self._approve(self.branch_head, third)
        self.assertEqual(third.state, "proposed", "the head office has to agree too")
        self._approve(self.director, third)
        self.assertEqual(third.state, "approved")
        self._step(self.handler, remedies[0], "cancel")
        self._step(self.handler, third, "cancel")
        small = self._propose(self.handler, case, self.refund, amount=700)
        self.assertEqual(small.state, "approved", "what is called off doesn't count")

    def test_review_is_for_fresh_eyes(self):
        case = self._begin()
        self._answer(self.handler, case, "No.", how="call")
        reason = self._reason("dissatisfied", "not_fixed")
        self._satisfied(self.handler, case, "dissatisfied", reason_id=reason)
        self.assertEqual(self._clock(case, "review_right").state, "met")
        reviewer = case.handler_id
        self.assertIn(reviewer, self.director | self.manager)
        case.with_user(reviewer).action_take()
        answer = self._answer(self.office, case, "Still no.", how="call")
        self.assertEqual(answer.state, "approval")
        asked = case.approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(asked.user_ids, (self.director | self.manager) - reviewer)

    def test_the_right_to_a_review_lapses(self):
        case = self._begin()
        self._answer(self.handler, case, "No.", how="call")
        self._wait(days=31)
        clock = self._clock(case, "review_right")
        self.assertEqual(clock.state, "running", "the scheduler is late")
        reason = self._reason("dissatisfied", "not_fixed")
        values = {
            "complaint_id": case.id,
            "satisfaction": "dissatisfied",
            "reason_id": reason.id,
        }
        window = self.env["complaint.satisfaction"].with_user(self.handler)
        with self.assertRaisesRegex(UserError, "ended on 12/16/2026"):
            window.create(values).action_note()
        clock._run_due()
        self.assertEqual(clock.state, "lapsed")
        with self.assertRaisesRegex(UserError, "Only the complaint office"):
            window.create(values).action_note()
        self._satisfied(
            self.handler,
            case,
            "dissatisfied",
            reason_id=reason,
            rule_id=self.mediation,
        )
        self.assertEqual(case.round_id.forum, "mediation")

    def test_the_office_may_grant_a_late_review(self):
        case = self._begin()
        self._answer(self.handler, case, "No.", how="call")
        self._close(self.handler, case)
        self._wait(days=31)
        self._reopen(case, self.office)
        self.assertEqual(case.round_id.number, 2)
