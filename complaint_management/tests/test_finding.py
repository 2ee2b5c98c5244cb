"""What was found, by which tier, and who answers for it."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestFinding(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.founded = cls._reason("finding_founded")
        cls.unfounded = cls._reason("finding_unfounded")
        cls.joint = cls.env["complaint.reason"].create(
            {
                "name": "Joint Fault",
                "code": "joint",
                "usage": "finding",
                "conclusion": "partly",
                "policy_id": cls.policy.id,
            }
        )
        cls.committee = cls._create_role(
            "committee", resolution="users", user_ids=[Command.set(cls.manager.ids)]
        )

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted()

    def _find(self, conclusion=None, case=None, user=None, lines=(), **values):
        wizard = self.env["complaint.finding.make"].with_user(user or self.handler)
        wizard = wizard.create(
            {
                "complaint_id": (case or self.case).id,
                "conclusion_id": (conclusion or self.founded).id,
                "reasons": "<p>The pads were worn.</p>",
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        wizard.action_make()
        return (case or self.case).finding_id

    def _create_tiers(self):
        first = self._create_template(
            "department", self.role_service, type="investigation", event="received"
        )
        second = self._create_template(
            "committee",
            self.committee,
            type="investigation",
            event="last_assignment_done",
            event_assignment_type="investigation",
        )
        return first, second

    def _investigations(self, case):
        rows = case.assignment_ids.filtered(lambda row: row.type == "investigation")
        return rows.sorted("id")

    def test_shown_on_the_case(self):
        cause = self._reason("cause_workmanship")
        finding = self._find(cause_id=cause.id)
        case = self.case
        self.assertEqual(
            (case.finding, case.cause_id, finding.found_by_id, finding.round_id),
            ("founded", cause, self.handler, case.round_id),
        )

    def test_policys_own_list_has_a_meaning(self):
        self._find(self.joint)
        self.assertEqual(self.case.finding, "partly")
        with self.assertRaises(ValidationError):
            self.joint.conclusion = False

    def test_two_tiers(self):
        self._create_tiers()
        case = self._create_accepted()
        department = self._investigations(case)
        self.assertEqual(department.department_id, self.service)
        self._find(self.founded, case, assignment_id=department.id)
        self.assertEqual(
            (department.state, department.opinion), ("done", case.finding_id.reasons)
        )
        committee = self._investigations(case) - department
        self.assertEqual(committee.user_id, self.manager)
        self._find(self.unfounded, case, self.manager, assignment_id=committee.id)
        self.assertEqual(case.finding, "unfounded")
        self.assertEqual(
            case.finding_ids.sorted("id").mapped("conclusion"), ["founded", "unfounded"]
        )
        self.assertEqual(case.finding_tier, 2)
        # the committee isn't asked about its own finding
        self.assertEqual(len(self._investigations(case)), 2)

    def test_tiers_by_finding_made(self):
        rule = self._create_template(
            "committee", self.committee, type="investigation", event="finding_made"
        )
        self._find()
        asked = self._investigations(self.case)
        self.assertEqual(asked.template_id, rule)
        self._find(user=self.manager, assignment_id=asked.id)
        self.assertEqual(self._investigations(self.case), asked)

    def test_investigation_ends_with_its_finding(self):
        self._create_tiers()
        case = self._create_accepted()
        asked = self._investigations(case)
        asked.with_user(self.handler).action_accept()
        asked.with_user(self.handler).opinion = "<p>Worn.</p>"
        with self.assertRefused("Write the Finding"):
            asked.with_user(self.handler).action_done()
        self._find(case=case)  # by the handler on the case: it is theirs to answer
        self.assertEqual(asked.state, "done")
        self.assertEqual(case.finding_id.assignment_id, asked)

    def test_who_is_asked_finds(self):
        asked = self.env["complaint.assignment"].create(
            {
                "complaint_id": self.case.id,
                "type": "investigation",
                "user_id": self.other_handler.id,
            }
        )
        self.assertFalse(self.case.with_user(self.other_handler).has_access("write"))
        self._find(user=self.other_handler, assignment_id=asked.id)
        self.assertEqual(asked.state, "done")
        with self.assertRaises(UserError):
            self._find(user=self.other_handler, assignment_id=asked.id)

    def test_others_find_nothing(self):
        opinion = self.env["complaint.assignment"].create(
            {"complaint_id": self.case.id, "user_id": self.other_handler.id}
        )
        with self.assertRaises(AccessError):
            self._find(user=self.other_handler)
        with self.assertRaises(UserError):
            self._find(user=self.other_handler, assignment_id=opinion.id)
        with self.assertRaises(AccessError):
            self._find(user=self.child_handler)

    def test_findings_are_evidence(self):
        finding = self._find(
            lines=[{"type": "department", "department_id": self.service.id}]
        )
        for row in (finding, finding.liability_ids):
            for user in (self.handler, self.office, self.admin):
                self.assertTrue(row.with_user(user).has_access("read"))
                self.assertFalse(row.with_user(user).has_access("write"))
            self.assertFalse(row.with_user(self.other_handler).has_access("read"))

    def test_closed_or_not_accepted(self):
        self.policy.acceptance = "required"
        with self.assertRefused("not accepted yet"):
            self._find()
        self.policy.acceptance = "none"
        self._close(self.case)
        with self.assertRaises(UserError):
            self._find()

    def test_next_round_begins_anew(self):
        self._find()
        self._close(self.case)
        self._reopen(self.case)
        self.assertEqual((self.case.finding, self.case.finding_tier), ("founded", 0))

    def test_event(self):
        rung = self._create_rung("told", event="finding_made")
        self._find()
        self.assertEqual(self.case.escalation_ids.rule_id, rung)

    # investigators

    def test_investigators(self):
        self.policy.investigator_min = 2
        with self.assertRefused("wants 2 investigators"):
            self._find(investigator_ids=self.handler.ids)
        both = self.handler | self.colleague
        finding = self._find(investigator_ids=both.ids)
        self.assertEqual(finding.investigator_ids, both)

    def test_person_concerned_does_not_investigate(self):
        self.case.recused_user_ids = self.colleague
        with self.assertRefused("can't investigate"):
            self._find(investigator_ids=(self.handler | self.colleague).ids)

    # liability

    def test_liability(self):
        supplier = self.env["res.partner"].create({"name": "Pad Maker"})
        finding = self._find(
            lines=[
                {"type": "department", "department_id": self.service.id, "share": 60},
                {"type": "partner", "partner_id": supplier.id, "share": 30},
                {"type": "complainant", "share": 10},
            ]
        )
        self.assertEqual(
            finding.liability_text,
            "Head / Service 60 %, Pad Maker 30 %, Complainant 10 %",
        )
        self.assertFalse(self.case.excluded_user_ids)

    def test_reasons_for_something_else(self):
        cause = self._create_item("complaint.reason", "wear", usage="cause")
        with self.assertRefused("can't be chosen here"):
            self._find(cause)
        with self.assertRefused("can't be chosen here"):
            self._find(cause_id=self.founded.id)
        self.assertFalse(self.case.finding_ids)

    def test_shares_above_hundred(self):
        line = {"type": "department", "department_id": self.service.id, "share": 60}
        other = {"type": "department", "department_id": self.sales.id, "share": 41}
        with self.assertRefused("more than 100 %", ValidationError):
            self._find(lines=[line, other])

    def test_liability_names_somebody(self):
        with self.assertRaises(ValidationError):
            self._find(lines=[{"type": "employee", "share": 50}])

    def test_warns_of_a_liable_handler(self):
        def warn(user):
            """Return what is said when ``user`` is liable."""
            wizard = self.env["complaint.finding.make"].create(
                {
                    "complaint_id": self.case.id,
                    "conclusion_id": self.founded.id,
                    "reasons": "x",
                    "line_ids": [
                        Command.create(
                            {"type": "employee", "employee_id": user.employee_ids.id}
                        )
                    ],
                }
            )
            return wizard.warning

        self.assertIn("Handler works on this case", warn(self.handler))
        self.assertFalse(warn(self.other_handler))
