"""Events of one remedy, of one approval rule, of one kind of round, of who is added."""

from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCommon
from .test_remedy import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyClock(RemedyCommon):
    """From “agreed to” to “carried out”, each remedy has a clock of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            "carry_out",
            2,
            "days",
            event="remedy_accepted",
            end_event="remedy_executed",
        )

    def _clocks(self, remedy):
        return self.case.deadline_ids.filtered(lambda row: row.remedy_id == remedy)

    def test_each_remedy_has_its_clock(self):
        first, second = self._propose(), self._propose(self.refund, amount=20)
        self._agree(first)
        self.assertEqual(
            self._clocks(first).display_name, f"Carry Out · {first.display_name}"
        )
        with self._later(days=1):
            self._agree(second)
            self.assertEqual(
                self._clocks(second).started_at - self._clocks(first).started_at,
                self._clocks(second).due_at - self._clocks(first).due_at,
            )
            self._step(second, "execute")
        self.assertEqual(self._clocks(first).state, "running")
        self.assertEqual(self._clocks(second).state, "met")

    def test_only_of_one_type(self):
        self.rule.event_remedy_type_id = self.refund
        self.assertFalse(self._clocks(self._agree(self._propose())))
        self.assertTrue(
            self._clocks(self._agree(self._propose(self.refund, amount=20)))
        )

    def test_one_type_may_end_what_another_began(self):
        self.rule.end_remedy_type_id = self.apology
        exchange = self._agree(self._propose())
        self._step(exchange, "execute")
        self.assertEqual(self._clocks(exchange).state, "running")
        apology = self._propose(self.apology, apology_by="head", apology_form="call")
        self._step(self._agree(apology), "execute")
        self.assertEqual(self._clocks(exchange).state, "met")

    def test_what_is_cancelled_is_owed_no_more(self):
        remedy = self._agree(self._propose())
        self._step(remedy, "cancel")
        self.assertEqual(self._clocks(remedy).state, "cancelled")

    def test_what_is_declined_is_owed_no_more(self):
        self.rule.event = "remedy_offered"
        remedy = self._propose()
        self._step(remedy, "offer", offered_how="call")
        self.assertEqual(self._clocks(remedy).state, "running")
        self._step(remedy, "refuse")
        self.assertEqual(self._clocks(remedy).state, "cancelled")

    def test_a_type_that_a_clock_names_is_kept(self):
        self.rule.event_remedy_type_id = self.refund
        with self.assertRefused("in use"):
            self.refund.unlink()


@tagged("post_install", "-at_install")
class TestApprovalClock(ApprovalCommon):
    """Clocks and rungs for what one approval rule asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_approval_rule("mine")
        cls.clock_rule = cls._create_rule(
            "approve",
            1,
            "days",
            event="approval_asked",
            event_approval_rule_id=cls.mine.id,
            end_event="approval_decided",
            end_approval_rule_id=cls.mine.id,
        )

    def test_of_one_rule(self):
        row = self._request()
        clock = self._clock(self.case, self.clock_rule)
        self.assertEqual(clock.state, "running")
        self._approve(self._pending(row), self.manager)
        self.assertEqual(clock.state, "met")

    def test_each_matter_has_its_own(self):
        """The answer to one question leaves the clock of the other running."""
        first, second = self._request(), self._request(reason="Expert on leave")
        clocks = self.case.deadline_ids.filtered(
            lambda clock: clock.rule_id == self.clock_rule
        )
        self.assertEqual(len(clocks), 2)
        self.assertEqual(len(set(clocks.mapped("display_name"))), 2)
        self._refuse(self._pending(first), self.manager)
        by_row = {clock.approval_id.res_id: clock.state for clock in clocks}
        self.assertEqual(by_row, {first.id: "met", second.id: "running"})

    def test_several_steps_have_one(self):
        self._create_approval_rule("other", self.role_top, step=2)
        self.clock_rule.write(
            {"event_approval_rule_id": False, "end_approval_rule_id": False}
        )
        self._request()
        self.assertEqual(len(self._clock(self.case, self.clock_rule)), 1)

    def test_asked_anew(self):
        """What is asked again ends the clock of the first time, where that waits."""
        self.clock_rule.end_event = "approval_given"
        row = self._request()
        clock = self._clock(self.case, self.clock_rule)
        self._refuse(self._pending(row), self.manager)
        self.assertEqual(clock.state, "running")
        row.with_user(self.handler)._request_approval()
        self._approve(self._pending(row), self.manager)
        self.assertEqual(clock.state, "met")

    def test_not_of_another_rule(self):
        self.clock_rule.event_approval_rule_id = self._create_approval_rule(
            "other", self.role_top, amount_over=1
        )
        self._request()
        self.assertFalse(self._clock(self.case, self.clock_rule))

    def test_ends_not_with_another_rule_s(self):
        other = self._create_approval_rule("other", self.role_top, step=2)
        self.clock_rule.end_approval_rule_id = other
        row = self._request()
        clock = self._clock(self.case, self.clock_rule)
        self._approve(self._pending(row), self.manager)
        self.assertEqual(clock.state, "running")
        self._approve(self._pending(row), self.office)
        self.assertEqual(clock.state, "met")

    def test_of_one_subject(self):
        self.clock_rule.write(
            {"event_approval_rule_id": False, "event_approval_subject": "remedy"}
        )
        self._request()
        self.assertFalse(self._clock(self.case, self.clock_rule))
        self.clock_rule.event_approval_subject = "extension"
        self._request()
        self.assertTrue(self._clock(self.case, self.clock_rule))

    def test_rung_of_one_rule(self):
        rung = self._create_rung(
            "refused", event="approval_refused", event_approval_rule_id=self.mine.id
        )
        row = self._request()
        self._refuse(self._pending(row), self.manager)
        self.assertEqual(self.case.escalation_ids.rule_id, rung)


@tagged("post_install", "-at_install")
class TestRoundClock(ApprovalCommon):
    """A right that ends when the case is brought before a body outside."""

    def _go_on(self, forum):
        rule = self._create_item(
            "complaint.round.rule", f"go_on_{forum}", forum=forum, number_from=2
        )
        self.env["complaint.round.course"]._go_on(self.case, rule=rule)

    def test_ends_before_a_court_only(self):
        rule = self._create_rule(
            "appeal",
            60,
            "days",
            event="received",
            end_event="round_started",
            end_forum="court",
            kind="window",
        )
        case = self.case = self._create_accepted()
        clock = self._clock(case, rule)
        self._go_on("mediation")
        self.assertEqual(clock.state, "running")
        self._go_on("court")
        self.assertEqual(clock.state, "met")

    def test_begins_before_mediation_only(self):
        rule = self._create_rule(
            "mediate", 60, "days", event="round_started", event_forum="mediation"
        )
        self._go_on("court")
        self.assertFalse(self._clock(self.case, rule))
        self._go_on("mediation")
        self.assertEqual(len(self._clock(self.case, rule)), 1)


@tagged("post_install", "-at_install")
class TestRespondentAdded(ApprovalCommon):
    """Who is complained about only later is asked then, and nobody twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agencies = cls.env["res.partner"].create(
            [{"name": "Sea Tours"}, {"name": "Sun Bus"}]
        )
        role = cls._create_role("agencies", resolution="respondents")
        for event in ("handover_accepted", "respondent_added"):
            cls._create_template(event, role, event=event, type="statement")
        cls._create_item(
            "complaint.letter.template",
            "notice",
            event="respondent_added",
            to_complainants=False,
            to_respondents=True,
            subject="Notice",
            body_html="<p>Answer.</p>",
        )

    def _add_respondent(self, case, partner):
        case.with_user(self.handler).party_ids = [
            Command.create({"type": "respondent", "partner_id": partner.id})
        ]

    def _asked(self, case):
        rows = case.assignment_ids.filtered(lambda row: row.type == "statement")
        return rows.partner_id.mapped("name"), len(rows)

    def test_only_who_was_added_is_asked(self):
        case = self._create_complaint(
            category_id=self.quality.id,
            party_ids=[
                Command.create(
                    {"type": "respondent", "partner_id": self.agencies[0].id}
                )
            ],
        )
        case.with_user(self.handler).action_accept()
        self.assertEqual(self._asked(case), (["Sea Tours"], 1))
        self.assertFalse(case.letter_ids, "who is there from the start isn't added")
        self._add_respondent(case, self.agencies[1])
        self.assertEqual(self._asked(case), (["Sea Tours", "Sun Bus"], 2))
        self.assertEqual(case.letter_ids.partner_id, self.agencies[1])

    def test_who_becomes_a_respondent_is_asked(self):
        case = self.case
        case.with_user(self.handler).party_ids = [
            Command.create({"type": "witness", "partner_id": self.agencies[1].id})
        ]
        asked = self._asked(case)
        party = case.party_ids.filtered(lambda row: row.type == "witness")
        party.with_user(self.handler).type = "respondent"
        self.assertEqual(self._asked(case)[1], asked[1] + 1)

    def test_a_closed_case_asks_nobody(self):
        self._close(self.case)
        before = len(self.case.assignment_ids)
        self.case.party_ids = [
            Command.create({"type": "respondent", "partner_id": self.agencies[1].id})
        ]
        self.assertEqual(len(self.case.assignment_ids), before)


@tagged("post_install", "-at_install")
class TestOwnReasonsCopied(ApprovalCommon):
    """A policy's own reasons go with its copy, and rules then name the copies."""

    def test_copied(self):
        reasons = self.env["complaint.reason"]
        own = reasons.create(
            [
                {
                    "name": "No Goodwill",
                    "code": "goodwill",
                    "usage": usage,
                    "policy_id": self.policy.id,
                }
                for usage in ("close", "reopen")
            ]
        )
        own[0].with_context(lang="en_US").name = "No Goodwill at All"
        copy = self.policy.copy()
        copied = reasons.search([("policy_id", "=", copy.id)])
        self.assertEqual(sorted(copied.mapped("usage")), sorted(own.mapped("usage")))
        self.assertIn("No Goodwill at All", copied.mapped("name"))
        self.assertEqual(
            reasons.search([("policy_id", "=", self.policy.id)]), own.sorted()
        )
