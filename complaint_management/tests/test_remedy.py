"""Remedies: proposed by the scale, approved, offered, agreed, carried out, proved."""

import base64
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .engine_common import EngineCommon


class RemedyCommon(EngineCommon):
    """A policy that compensates by class: 1:10, 1:2, 1:1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.apology = cls._create_type("apology", nature="apology", with_apology=True)
        cls.exchange = cls._create_type("exchange", nature="exchange", sequence=20)
        cls.refund = cls._create_type("refund", nature="refund", measure="amount")
        cls.compensation = cls._create_type(
            "compensation",
            measure="ratio",
            sequence=30,
            base_label="Packs bought",
            scale_ids=[
                Command.create(
                    {
                        "name": f"Class {name}",
                        "severity_ids": [Command.set(severity.ids)],
                        "default_ratio": ratio,
                        "max_ratio": ratio,
                        "sequence": number,
                    }
                )
                for number, (name, severity, ratio) in enumerate(
                    (
                        ("A", cls.severity_serious, 10),
                        ("B", cls.severity_ordinary, 2),
                        ("C", cls.severity_minor, 1),
                    )
                )
            ],
        )

    @classmethod
    def _create_type(cls, code, **values):
        return cls._create_item("complaint.remedy.type", code, **values)

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted()  # ordinary: class B

    def _propose(self, type_=None, case=None, user=None, **values):
        wizard = self.env["complaint.remedy.propose"].with_user(user or self.handler)
        type_ = type_ or self.exchange
        wizard = wizard.create(
            {"complaint_id": (case or self.case).id, "type_id": type_.id, **values}
        )
        wizard.action_propose()
        return (case or self.case).remedy_ids.sorted("id")[-1:]

    def _step(self, remedy, step, user=None, **values):
        wizard = self.env["complaint.remedy.step"].with_user(user or self.handler)
        return wizard.create(
            {"remedy_id": remedy.id, "step": step, **values}
        ).action_apply()

    def _agree(self, remedy):
        self._step(remedy, "offer", offered_how="call")
        self._step(remedy, "accept")
        return remedy

    def _ask_boss(self, **values):
        """Let an approval rule about remedies ask the boss."""
        return self._create_item(
            "complaint.approval.rule",
            "boss",
            subject="remedy",
            role_id=self.role_boss.id,
            **values,
        )

    def _approve(self, remedy, note=None):
        """Let the boss approve, or refuse with a note."""
        question = remedy.complaint_id.approval_ids.filtered(
            lambda row: row.state == "pending" and row.res_id == remedy.id
        ).with_user(self.manager)
        if note:
            question._answer_each("refused", note)
        else:
            question.action_approve()


@tagged("post_install", "-at_install")
class TestRemedy(RemedyCommon):
    # proposing

    def test_the_whole_way(self):
        remedy = self._propose(note=False)
        self.assertEqual((remedy.state, remedy.nature), ("approved", "exchange"))
        self._step(remedy, "offer", offered_how="letter")
        self.assertEqual((remedy.state, remedy.offered_how), ("offered", "letter"))
        self._step(remedy, "accept", note="Fine with me")
        self.assertEqual(
            (remedy.state, remedy.answer_note), ("accepted", "Fine with me")
        )
        self._step(remedy, "execute", note="Given at the counter")
        self.assertEqual(
            (remedy.state, remedy.executed_by_id, remedy.execution_note),
            ("executed", self.handler, "Given at the counter"),
        )

    def test_scale_proposes_by_class(self):
        for severity, ratio in (
            (self.severity_serious, 10),
            (self.severity_ordinary, 2),
            (self.severity_minor, 1),
        ):
            self.case.severity_id = severity
            wizard = self.env["complaint.remedy.propose"].create(
                {
                    "complaint_id": self.case.id,
                    "type_id": self.compensation.id,
                    "base_quantity": 3,
                    "unit_value": 12.5,
                }
            )
            self.assertEqual((wizard.ratio, wizard.amount), (ratio, ratio * 37.5))
            self.assertIn(f"1:{ratio}", wizard.limit_text)

    def test_amount_of_a_multiple_is_worked_out(self):
        remedy = self._propose(self.compensation, base_quantity=4, unit_value=5)
        self.assertEqual((remedy.ratio, remedy.amount), (2, 40))
        self.assertIn("1:2", remedy.display_name)
        self.assertEqual(self.case.remedy_total, 40)

    def test_above_the_maximum_is_refused(self):
        with self.assertRefused(r"1:2 at the most \(Class B\)"):
            self._propose(self.compensation, ratio=3, base_quantity=1)
        self.assertFalse(self.case.remedy_ids)

    def test_highest_amount(self):
        self.compensation.scale_ids.max_amount = 100
        with self.assertRaises(UserError):
            self._propose(self.compensation, base_quantity=1, unit_value=51)
        self._propose(self.compensation, base_quantity=1, unit_value=50)

    def test_above_the_maximum_with_approval(self):
        self.compensation.over_maximum = "approval"
        with self.assertRefused("no approval rule"):
            self._propose(self.compensation, ratio=3, base_quantity=1)
        self._ask_boss(over_maximum=True)
        within = self._propose(self.compensation, ratio=2, base_quantity=1)
        self.assertEqual(within.state, "approved")
        remedy = self._propose(self.compensation, ratio=3, base_quantity=1)
        self.assertEqual((remedy.state, remedy.approval_state), ("proposed", "pending"))
        self.assertTrue(remedy.is_over_maximum)
        self.assertEqual(remedy.max_ratio, 2)
        figures = remedy._get_approval_figures()
        self.assertEqual((figures["ratio"], figures["over_maximum"]), (3, True))
        self.assertEqual(
            remedy._get_approval_scope(), {"remedy_type_ids": self.compensation}
        )

    def test_approval_of_some_types(self):
        self._ask_boss(remedy_type_ids=[Command.set(self.refund.ids)])
        self.assertEqual(self._propose().state, "approved")
        self.assertEqual(self._propose(self.refund, amount=1).state, "proposed")

    def test_authority_by_amount(self):
        self._ask_boss(amount_over=100)
        self.assertEqual(self._propose(self.refund, amount=100).state, "approved")
        self.assertEqual(self._propose(self.refund, amount=101).state, "proposed")

    def test_nobody_approves_what_they_proposed(self):
        self.role_boss.user_ids |= self.handler
        self._ask_boss()
        remedy = self._propose()
        questions = self.case.approval_ids.with_user(self.handler)
        with self.assertRaises(UserError):
            questions.action_approve()
        self._approve(remedy)
        self.assertEqual(remedy.state, "approved")

    def test_class_that_the_scale_forgot(self):
        self.compensation.scale_ids.sorted("sequence")[1].unlink()
        with self.assertRefused("no line for a case"):
            self._propose(self.compensation, ratio=1, base_quantity=1)

    def test_figures_that_are_missing(self):
        with self.assertRefused("needs a figure: Amount"):
            self._propose(self.refund)
        with self.assertRefused("needs a figure: Of Quantity"):
            self._propose(self.compensation)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._propose(self.refund, amount=-5)

    def test_apology_says_who_and_how(self):
        with self.assertRefused("who apologises"):
            self._propose(self.apology)
        remedy = self._propose(self.apology, apology_by="head", apology_form="visit")
        self.assertEqual((remedy.apology_by, remedy.apology_form), ("head", "visit"))

    def test_preferred_remedy(self):
        self.exchange.preferred = True
        wizard = self.env["complaint.remedy.propose"].create(
            {"complaint_id": self.case.id, "type_id": self.compensation.id}
        )
        self.assertEqual(wizard.preferred_text, "The policy prefers: Exchange.")
        wizard.type_id = self.exchange
        self.assertFalse(wizard.preferred_text)

    def test_not_offered_in_such_cases(self):
        self.exchange.category_ids = self.price
        with self.assertRefused("doesn't offer"):
            self._propose()

    def test_wrong_time_to_propose(self):
        self.policy.acceptance = "required"
        with self.assertRefused("not accepted yet"):
            self._propose()
        self.policy.acceptance = "none"
        self._close(self.case)
        with self.assertRefused("closed already"):
            self._propose()
        self.assertFalse(self.case.with_user(self.handler).can_propose)

    # approval

    def test_nothing_is_told_before_approval(self):
        self._ask_boss()
        remedy = self._propose()
        self.assertEqual((remedy.state, remedy.approval_state), ("proposed", "pending"))
        for step in ("offer", "accept", "execute"):
            with self.assertRefused("not approved yet"):
                self._step(remedy, step)
        self._approve(remedy)
        self.assertEqual(remedy.state, "approved")
        self._step(remedy, "offer")

    def test_not_approved_is_changed_and_asked_again(self):
        self._ask_boss()
        remedy = self._propose(self.refund, amount=500)
        with self.assertRefused("waits for approval"):
            self._propose(self.refund, amount=1, remedy_id=remedy.id)
        self._approve(remedy, "Too much")
        self.assertEqual((remedy.state, remedy.approval_note), ("proposed", "Too much"))
        with self.assertRaises(UserError):
            self._step(remedy, "offer")
        self._propose(self.refund, amount=50, remedy_id=remedy.id)
        self.assertEqual(self.case.remedy_ids, remedy)
        self.assertEqual((remedy.amount, remedy.approval_state), (50, "pending"))
        self._approve(remedy)
        with self.assertRaises(UserError):
            self._propose(self.refund, amount=5000, remedy_id=remedy.id)

    # steps

    def test_no_document_carries_it_out(self):
        remedy = self._agree(self._propose())
        with self.assertRefused("No document of another app carries out"):
            remedy.with_user(self.handler).action_make_document()

    def test_carried_out_only_when_agreed(self):
        remedy = self._propose()
        with self.assertRefused("has accepted it"):
            self._step(remedy, "execute")
        self._step(remedy, "offer")
        with self.assertRefused("has accepted it"):
            self._step(remedy, "execute")
        self._step(remedy, "refuse", note="No")
        with self.assertRefused("can't be carried out"):
            self._step(remedy, "execute")

    def test_consent_not_needed(self):
        self.exchange.consent = "no"
        self._step(self._propose(), "execute")
        self.policy.remedy_consent = False
        self.exchange.consent = "policy"
        self._step(self._propose(), "execute")
        self.exchange.consent = "yes"
        with self.assertRaises(UserError):
            self._step(self._propose(), "execute")

    def test_answered_only_when_offered(self):
        remedy = self._propose()
        for step in ("accept", "refuse", "counter"):
            with self.assertRaises(UserError):
                self._step(remedy, step)

    def test_counter_demand_begins_the_next_one(self):
        remedy = self._propose(self.refund, amount=20)
        self._step(remedy, "offer")
        action = self._step(remedy, "counter", note="I want 40")
        self.assertEqual((remedy.state, remedy.answer_note), ("countered", "I want 40"))
        context = action["context"]
        wizard = (
            self.env["complaint.remedy.propose"]
            .with_user(self.handler)
            .with_context(**context)
            .create({"amount": 30})
        )
        self.assertEqual((wizard.type_id, wizard.note), (self.refund, "I want 40"))
        wizard.action_propose()
        self.assertEqual(remedy.successor_id.amount, 30)
        self.assertEqual(remedy.successor_id.state, "approved")

    def test_future_is_not_yet(self):
        remedy = self._propose()
        with self.assertRefused("future"):
            self._step(remedy, "offer", happened_at=self.now + timedelta(hours=1))

    def test_closed_case_is_offered_nothing(self):
        remedy, agreed = self._propose(), self._agree(self._propose())
        self._close(self.case)
        with self.assertRefused("closed already"):
            self._step(remedy, "offer", self.office)
        self._step(agreed, "execute", self.office)
        self.assertEqual(agreed.state, "executed")

    def test_cancelled(self):
        remedy = self._propose()
        self._step(remedy, "cancel", note="Double")
        self.assertEqual(remedy.state, "cancelled")
        self.assertEqual(self.case.remedy_count, 0)
        with self.assertRaises(UserError):
            self._step(remedy, "offer")

    def test_what_is_done_is_not_cancelled(self):
        remedy = self._agree(self._propose())
        self._step(remedy, "execute")
        with self.assertRefused("can't be cancelled: its state is “Carried Out”"):
            self._step(remedy, "cancel")

    def test_events(self):
        events = []
        cases = type(self.case)
        original = cases._complaint_event

        def listen(self, event, source=None, at=None):
            """Remember what is told to the engine."""
            events.append(event)
            return original(self, event, source, at)

        with patch.object(cases, "_complaint_event", listen):
            remedy = self._agree(self._propose())
            self._step(remedy, "execute")
        wanted = ("proposed", "approved", "offered", "accepted", "executed")
        self.assertEqual(events, [f"remedy_{name}" for name in wanted])

    def test_deadline_of_the_execution(self):
        rule = self._create_rule(
            "execute", 5, event="remedy_accepted", end_event="remedy_executed"
        )
        remedy = self._agree(self._propose())
        clock = self._clock(self.case, rule)
        self.assertEqual(clock.state, "running")
        self._step(remedy, "execute")
        self.assertEqual(clock.state, "met")

    # proof

    def test_proof(self):
        self.exchange.needs_proof = True
        remedy = self._agree(self._propose())
        with self.assertRefused("needs a proof"):
            self._step(remedy, "execute")
        self._step(remedy, "execute", proof_reference="CN-1")
        self.assertEqual((remedy.state, remedy.proof_reference), ("executed", "CN-1"))

    def test_proof_file_is_read_with_the_remedy(self):
        self.exchange.needs_proof = True
        remedy = self._agree(self._propose())
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.handler)
            .create(
                {
                    "name": "receipt.txt",
                    "datas": base64.b64encode(b"paid"),
                    "res_model": "complaint.remedy.step",
                }
            )
        )
        self._step(remedy, "execute", attachment_ids=attachment.ids)
        self.assertEqual(remedy.proof_attachment_ids, attachment)
        for user, allowed in ((self.colleague, True), (self.other_handler, False)):
            self.assertEqual(attachment.with_user(user).has_access("read"), allowed)

    # execution by others

    def test_role_carries_it_out(self):
        self.exchange.execution_role_id = self.role_sales
        remedy = self._propose()
        self._step(remedy, "offer")
        self.assertFalse(remedy.assignment_id)
        self._step(remedy, "accept")
        task = remedy.assignment_id
        self.assertEqual((task.type, task.department_id), ("task", self.sales))
        self.assertIn("Exchange", task.name)
        task.with_user(self.other_handler).action_accept()
        task.with_user(self.other_handler).action_done()
        self.assertEqual(
            (remedy.state, remedy.executed_by_id), ("executed", self.other_handler)
        )

    def test_task_needs_the_proof(self):
        self.exchange.write(
            {"execution_role_id": self.role_sales.id, "needs_proof": True}
        )
        remedy = self._agree(self._propose())
        task = remedy.assignment_id.with_user(self.other_handler)
        with self.assertRefused("needs a proof"):
            task.action_done()
        context = task.action_execute_remedy()["context"]
        self._step(
            self.env["complaint.remedy"].browse(context["default_remedy_id"]),
            context["default_step"],
            self.other_handler,
            proof_reference="D-7",
        )
        self.assertEqual((task.state, remedy.state), ("done", "executed"))

    def test_task_outlives_the_case(self):
        self.exchange.execution_role_id = self.role_sales
        remedy = self._agree(self._propose())
        self._close(self.case)
        self.assertEqual(remedy.assignment_id.state, "pending")
        remedy.assignment_id.with_user(self.other_handler).action_done()
        self.assertEqual(remedy.state, "executed")

    def test_task_of_what_is_given_up_is_called_off(self):
        self.exchange.execution_role_id = self.role_sales
        remedy = self._agree(self._propose())
        self._step(remedy, "cancel")
        self.assertEqual(remedy.assignment_id.state, "cancelled")

    def test_without_consent_it_is_asked_at_once(self):
        self.exchange.write({"execution_role_id": self.role_sales.id, "consent": "no"})
        self.assertEqual(self._propose().assignment_id.state, "pending")

    # who may

    def test_only_who_may_change_the_case(self):
        remedy = self._propose()
        for user in (self.other_handler, self.child_handler):
            with self.assertRaises(AccessError):
                self._propose(user=user)
            with self.assertRaises(AccessError):
                self._step(remedy, "offer", user)

    def test_who_is_asked_for_an_opinion_reads_only(self):
        remedy = self._propose()
        asked = remedy.with_user(self._ask_opinion(self.case))
        self.assertTrue(asked.has_access("read"))
        self.assertFalse(asked.can_edit)
        with self.assertRaises(AccessError):
            self._step(remedy, "offer", self.other_handler)

    def test_remedies_are_evidence(self):
        remedy = self._propose()
        for user in (self.handler, self.office, self.admin):
            self.assertFalse(remedy.with_user(user).has_access("write"))
            self.assertFalse(remedy.with_user(user).has_access("unlink"))
        with self.assertRaises(AccessError):
            remedy.with_user(self.handler).write({"amount": 1})

    def test_persons_concerned_see_nothing(self):
        remedy = self._propose()
        self.case.recused_user_ids = self.office
        office = self.env["complaint.remedy"].with_user(self.office)
        self.assertFalse(office.search([("id", "=", remedy.id)]))
        with self.assertRaises(AccessError):
            self._step(remedy, "offer", self.office)

    def test_used_type_stays(self):
        self._propose()
        with self.assertRaises(UserError):
            self.exchange.unlink()

    def test_types_are_the_administrators(self):
        for user in (self.handler, self.office):
            self.assertTrue(self.exchange.with_user(user).has_access("read"))
            self.assertFalse(self.exchange.with_user(user).has_access("write"))
        self.assertTrue(self.exchange.with_user(self.admin).has_access("write"))


@tagged("post_install", "-at_install")
class TestRemedyPolicy(RemedyCommon):
    """Remedies and acceptance as configuration: copied, filed, checked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write(
            {
                "acceptance": "required",
                "acceptance_kind_ids": [Command.set(cls.kind_complaint.ids)],
                "completion_stage_id": cls.stage_waiting.id,
                "limitation_delay": 12,
                "investigator_min": 2,
            }
        )
        cls.compensation.execution_role_id = cls.role_sales

    def _texts(self, policy=None):
        check = self.env["complaint.policy.check"].with_user(self.admin)
        found = check._get_findings(policy or self.policy)
        return {row["text"]: row["severity"] for row in found}

    def test_copied(self):
        copy = self.policy.copy()
        type_ = copy.remedy_type_ids.filtered(lambda t: t.code == "compensation")
        self.assertEqual(type_.execution_role_id.policy_id, copy)
        self.assertEqual(len(type_.scale_ids), 3)
        self.assertEqual(type_.scale_ids.severity_ids.policy_id, copy)
        self.assertEqual(copy.completion_stage_id.policy_id, copy)
        self.assertEqual(copy.acceptance_kind_ids.policy_id, copy)

    def test_round_trip(self):
        files = self.env["complaint.policy.file"].with_user(self.admin)
        text = self.policy.with_user(self.admin)._export_file()
        other = text.replace('"code": "DM"', '"code": "DX"')
        self.assertNotEqual(text, other)
        policy = files._import_text(other, self.company)
        again = policy.with_user(self.admin)._export_file()
        self.assertEqual(again.replace('"code": "DX"', '"code": "DM"'), text)
        self.assertIn('"scale"', text)

    def test_check_is_content(self):
        texts = " ".join(self._texts())
        for word in ("scale", "Acceptance", "ground", "Carry"):
            self.assertNotIn(word, texts)

    def test_check_scale_forgets_a_class(self):
        self.compensation.scale_ids.sorted("sequence")[0].unlink()
        self.assertIn(
            "The scale of “Compensation” has no line for the severity “Serious”.",
            self._texts(),
        )

    def test_check_over_maximum(self):
        self.compensation.over_maximum = "approval"
        self.assertTrue([t for t in self._texts() if "may pass its maximum" in t])
        self._ask_boss()
        self.assertFalse([t for t in self._texts() if "may pass its maximum" in t])

    def test_check_scale_without_measure(self):
        self.compensation.measure = "none"
        self.assertTrue([t for t in self._texts() if "neither an amount" in t])

    def test_check_no_refused_stage(self):
        self.stage_refused.active = False
        texts = self._texts()
        [text] = [t for t in texts if "phase Not Accepted" in t]
        self.assertEqual(texts[text], "error")
        self.policy.acceptance = "optional"
        self.assertEqual(self._texts()[text], "warning")

    def test_check_first_stage_needs_acceptance(self):
        self.stage_received.active = False
        self.assertTrue([t for t in self._texts() if "Nothing can be registered" in t])

    def test_check_no_ground(self):
        self.env["complaint.reason"].search([("usage", "=", "refuse")]).active = False
        self.assertTrue([t for t in self._texts() if "no ground" in t])

    def test_check_completion_stage(self):
        self.policy.completion_stage_id = self.stage_closed
        self.assertTrue([t for t in self._texts() if "which closes them" in t])
        self.policy.completion_stage_id = self.stage_received
        self.assertTrue([t for t in self._texts() if "Clocks go on" in t])

    def test_check_executor(self):
        self.compensation.execution_role_id = self._create_role(
            "nobody", resolution="users"
        )
        self.assertTrue([t for t in self._texts() if "is carried out by" in t])

    def test_check_investigation_without_findings(self):
        self._create_template("investigate", type="investigation")
        self.env["complaint.reason"].search([("usage", "=", "finding")]).active = False
        self.assertTrue([t for t in self._texts() if "asks for a finding" in t])

    def test_scale_proposes_no_more_than_it_allows(self):
        with self.assertRaises(ValidationError):
            self.compensation.scale_ids[0].default_ratio = 11
            self.env.flush_all()
