"""What the hot paths cost: whoever makes one dearer has to say so here."""

from odoo.fields import Command
from odoo.tests import tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestQueryCounts(EngineCommon):
    """Queries up to the commit, with warm caches: what is tracked and set alarms too.

    In production two fewer are needed: seats made by the transaction itself, as these
    are, are looked up each time.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(5):
            cls._create_rule(f"duty_{number}", number + 30, "work_days", warn_delay=1)

    def _count(self, work):
        self.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.cr.flush()
        return self.cr.sql_log_count - before

    def _create(self, count=1, user=None, **values):
        complaints = self.env["complaint.complaint"].with_user(user or self.env.user)
        return complaints.create(
            [
                self._prepare_complaint(subject=f"No. {number}", **values)
                for number in range(count)
            ]
        ).with_env(self.env)

    def assertCosts(self, most, work):
        """Check the queries of the second time: the first one fills caches."""
        self._count(work)
        self.assertLessEqual(self._count(work), most)

    def test_register_one(self):
        self.assertCosts(22, self._create)

    def test_register_one_at_the_desk(self):
        self.assertCosts(
            28, lambda: self._create(user=self.registrar, category_id=self.quality.id)
        )

    def test_register_a_hundred(self):
        self.assertCosts(27, lambda: self._create(100))

    def test_rules_cost_nothing_to_read(self):
        few = self._count(self._create)
        for number in range(20):
            self._create_rule(f"late_{number}", number + 30, "work_days")
            self._create_template(f"task_{number}", type="task", event="closed")
        self._count(self._create)
        self.assertLessEqual(self._count(self._create), few)

    def test_move_one(self):
        cases = iter(self._create(3))
        self.assertCosts(
            11, lambda: next(cases).write({"stage_id": self.stage_handling.id})
        )

    def test_moving_costs_the_same_after_a_long_history(self):
        fresh, old = self._create(2)
        for _turn in range(10):
            for stage in (self.stage_handling, self.stage_received):
                old.stage_id = stage
        fresh, old = (
            self._count(lambda c=case: c.write({"stage_id": self.stage_handling.id}))
            for case in (fresh, old)
        )
        self.assertLessEqual(old, fresh)

    def test_move_many(self):
        cases = self._create(60)
        few, many = cases[:10], cases[10:]
        self._count(lambda: few[0].write({"stage_id": self.stage_handling.id}))
        few, many = (
            self._count(lambda c=batch: c.write({"stage_id": self.stage_answered.id}))
            for batch in (few, many)
        )
        # A message and its tracked value a card, as any record with a chatter.
        self.assertLessEqual((many - few) / 40, 2)

    def test_close(self):
        cases = iter(self._create(3))
        self.assertCosts(37, lambda: self._close(next(cases), user=self.env.user))

    def test_list(self):
        self._create(30)
        cases = self.env["complaint.complaint"].with_user(self.admin)
        spec = {name: {} for name in ("name", "subject", "next_due_at", "round_number")}
        self.assertCosts(6, lambda: cases.web_search_read([], spec, limit=20))


@tagged("post_install", "-at_install")
class TestPolicyMemory(EngineCommon):
    """What is remembered of policies is what the database says, always."""

    def _recall(self):
        return {
            (model, name, id_): value
            for model, ids, columns in self.policy._remember()
            for name, values in columns
            for id_, value in zip(ids, values, strict=True)
        }

    def assertForgotten(self, change):
        """Check that ``change`` of something remembered makes us forget it."""
        old = self._recall()
        change()
        self.env.flush_all()
        seen = self._recall()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(seen, self._recall())
        self.assertNotEqual(seen, old)

    def test_every_row_of_the_policy(self):
        rule = self._create_rule("reply")
        rung = self._create_rung("late", rule)
        template = self._create_template("ask", type="task", event="closed")
        for row, values in (
            (self.policy, {"anonymous_allowed": False}),
            (self.policy, {"office_user_ids": [Command.link(self.manager.id)]}),
            (self.stage_handling, {"pauses_clocks": True}),
            (self.stage_handling, {"name": "Under Way"}),
            (self.severity_minor, {"sequence": 99}),
            (self.kind_complaint, {"confidential": True}),
            (self.role_boss, {"user_ids": [Command.set(self.office.ids)]}),
            (self.quality, {"department_id": self.sales.id}),
            (rule, {"delay": 9}),
            (rung, {"role_ids": [Command.set(self.role_office.ids)]}),
            (template, {"active": False}),
        ):
            with self.subTest(row=row._name, values=values):
                self.assertForgotten(lambda r=row, v=values: r.write(v))

    def test_rows_that_come_and_go(self):
        self.assertForgotten(lambda: self._create_rule("new"))
        rule = self.policy.deadline_rule_ids
        self.assertForgotten(rule.unlink)
        self.assertForgotten(
            lambda: self.env["complaint.stage.requirement"].create(
                {
                    "stage_id": self.stage_handling.id,
                    "message": "Say where.",
                    "required_domain": "[('place', '!=', False)]",
                }
            )
        )

    def test_what_stands_beside_the_policy(self):
        self.assertForgotten(lambda: self.calendar.write({"tz": "Asia/Tokyo"}))
        sequence = self.policy.sequence_id
        self.assertForgotten(lambda: sequence.write({"prefix": "X/"}))
        self.assertForgotten(lambda: self.office.write({"active": False}))

    def test_a_mail_template_that_is_deleted(self):
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env["ir.model"]._get_id("complaint.party"),
            }
        )
        self.policy.acknowledgement_template_id = template
        self._recall()
        template.unlink()
        self.env.invalidate_all()
        self.assertTrue(self._create_complaint(contact_email="w@example.com"))

    def test_it_is_read_in_the_language_asked_for(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.policy.with_context(lang="zh_CN")
        chinese.stage_ids[0].name = "已收到"
        for policy, name in ((chinese, "已收到"), (self.policy, "received")):
            self.env.invalidate_all()
            policy._load()
            self.assertEqual(policy.stage_ids[0].name.lower(), name)

    def test_what_was_changed_is_not_overwritten(self):
        self.policy._load()
        self.env.invalidate_all()
        with self.env.protecting([], self.policy):
            self.policy._fields["version"]._update_cache(self.policy, "9", dirty=True)
        self.policy._load()
        self.assertEqual(self.policy.version, "9")

    def test_administrators_who_stand_in(self):
        roles = self.env["complaint.routing"]
        known = roles._get_administrator_ids(self.company)
        self.assertIn(self.admin.id, known)
        added = self._create_user("second_admin", "admin", self.head)
        self.assertIn(added.id, roles._get_administrator_ids(self.company))
        self.admin.active = False
        self.assertNotIn(self.admin.id, roles._get_administrator_ids(self.company))

    def test_reasons_on_the_case_page(self):
        reasons = self.env["complaint.reason"]
        options = reasons._get_options(self.policy, "withdrawal")
        reason = reasons.browse(options[0][0])
        reason.name = "Changed my mind"
        changed = reasons._get_options(self.policy, "withdrawal")
        self.assertEqual(changed[0], (reason.id, "Changed my mind"))
        reason.active = False
        left = reasons._get_options(self.policy, "withdrawal")
        self.assertEqual(left, options[1:])
        own = reason.copy({"policy_id": self.policy.id, "active": True})
        mine = reasons._get_options(self.policy, "withdrawal")
        self.assertIn(own.id, dict(mine))
        other = reasons._get_options(self.policy.copy(), "withdrawal")
        self.assertNotIn(own.id, dict(other))

    def test_language_of_the_company(self):
        partners = self.env["res.partner"]
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "zh_CN"
        self.assertEqual(partners._get_complaint_lang(self.company), "zh_CN")
        self.company.partner_id.lang = "en_US"
        self.assertEqual(partners._get_complaint_lang(self.company), "en_US")

    def test_dialling_code_of_the_company(self):
        partners = self.env["res.partner"]
        self.company.country_id = self.env.ref("base.cn")
        self.assertEqual(partners._get_complaint_phone_code(self.company), 86)
        self.company.partner_id.country_id = self.env.ref("base.de")
        self.assertEqual(partners._get_complaint_phone_code(self.company), 49)
