"""What each further case costs on the way from acceptance to satisfaction."""

from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestResolutionQueries(ApprovalCommon):
    """Queries that one more row costs, with warm caches: the constant part drops out.

    Whoever makes one dearer has to say so here.
    """

    FEW, MANY = 3, 13

    def setUp(self):
        super().setUp()
        complaints = self.env["complaint.complaint"].with_user(self.registrar)
        self.cases = complaints.create(
            [
                self._prepare_complaint(
                    subject=f"No. {number}", category_id=self.quality.id
                )
                for number in range(2 * (self.FEW + self.MANY))
            ]
        ).with_env(self.env)

    def _count(self, work, rows):
        self.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work(rows)
        self.cr.flush()
        return self.cr.sql_log_count - before

    def assertEachCosts(self, most, work, rows):
        """Check what ``work`` on one more of ``rows`` costs; it warms up on some."""
        first = rows[: self.FEW]
        few = rows[self.FEW : 2 * self.FEW]
        many = rows[2 * self.FEW : 2 * self.FEW + self.MANY]
        self._count(work, first)
        few, many = self._count(work, few), self._count(work, many)
        self.assertLessEqual((many - few) / (self.MANY - self.FEW), most)

    def test_approve_many(self):
        self._create_approval_rule("boss")
        rows = self.requests.browse()
        for case in self.cases[: 2 * self.FEW + self.MANY]:
            rows |= self._request(case, user=self.office)
        questions = self._pending(rows[0])
        for row in rows[1:]:
            questions |= self._pending(row)
        questions = questions.with_user(self.manager)
        # What the request itself does: the history of the deadline, the case read.
        self.assertEachCosts(2, lambda some: some.action_approve(), questions)

    def test_ask_many(self):
        self._create_approval_rule("boss", subject="stage")

        def ask(cases):
            self.requests.with_user(self.office)._ask_stage(
                cases.with_user(self.office), self.stage_closed, "Nothing is left"
            )

        self.assertEachCosts(0, ask, self.cases)

    def test_plan_many_follow_ups(self):
        self._create_item(
            "complaint.follow.up.rule",
            "call_back",
            role_id=self.role_board.id,
            event="closed",
            delay=7,
            delay_unit="days",
        )
        rules = self.env["complaint.follow.up.rule"]
        self.assertEachCosts(
            0, lambda cases: rules._on_complaint_event(cases, "closed"), self.cases
        )
        self.assertTrue(self.cases[-20].follow_up_ids)

    def test_write_many_letters(self):
        template = self._create_item(
            "complaint.letter.template",
            "notice",
            subject="About {{ object.complaint_id.name }}",
            body_html='<p>Dear <t t-out="object.addressee">Sir or Madam</t></p>',
        )
        writer = self.env["complaint.letter.writer"]
        self.assertEachCosts(
            0, lambda cases: writer._write(template, cases), self.cases
        )
        self.assertTrue(self.cases[-20].letter_ids)

    def test_take_many_steps(self):
        type_ = self._create_item("complaint.remedy.type", "exchange")
        remedies = self.env["complaint.remedy"]
        for case in self.cases[: 2 * self.FEW + self.MANY]:
            remedies |= remedies._propose(case.with_user(self.office), type_id=type_.id)
        remedies = remedies.with_user(self.office)
        # A message on each case.
        for step in (
            lambda rows: rows._offer("call"),
            lambda rows: rows._answer("accepted"),
            lambda rows: rows._execute(),
        ):
            self.assertEachCosts(1, step, remedies)

    def test_case_lists_cost_the_same_for_all(self):
        cases = self.cases.with_user(self.manager)
        names = ("pending_approval_ids", "remedy_total", "can_decide", "letter_count")
        spec = {name: {} for name in (*names, "can_ask_satisfaction", "satisfaction")}
        self.assertEachCosts(0, lambda some: some.web_read(spec), cases)
