from contextlib import ExitStack
from datetime import date, datetime, timedelta

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintNumber(ComplaintCommon):
    def test_numbers_run_per_policy(self):
        other = self.policy.copy({"code": "OT"})
        names = [
            self._create_complaint(policy_id=policy.id).name
            for policy in (self.policy, other, self.policy)
        ]
        self.assertEqual(names, ["DM/2026/00001", "OT/2026/00001", "DM/2026/00002"])

    def test_numbers_run_per_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        policy = self.policy.copy({"code": "DM", "company_id": branch.id})
        complaint = self.env["complaint.complaint"].create(
            self._prepare_complaint(policy_id=policy.id)
        )
        self.assertEqual(complaint.name, "DM/2026/00001")
        self.assertEqual(self._create_complaint().name, "DM/2026/00001")

    def test_year_begins_on_the_policy_s_clock(self):
        with freeze_time(datetime(2026, 12, 31, 15, 59)):
            before = self._create_complaint()
        with freeze_time(datetime(2026, 12, 31, 16, 0)):
            after = self._create_complaint()
        self.assertEqual(before.name, "DM/2026/00001")
        self.assertEqual(after.name, "DM/2027/00001")

    def test_number_follows_the_day_of_receipt(self):
        with freeze_time(datetime(2027, 1, 4, 2, 0)):
            late = self._create_complaint(received_at="2026-12-30 02:00:00")
        self.assertEqual(late.name, "DM/2026/00001")

    def test_batch_is_numbered_in_order(self):
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint() for _index in range(3)]
        )
        self.assertEqual(
            complaints.mapped("name"),
            ["DM/2026/00001", "DM/2026/00002", "DM/2026/00003"],
        )

    def test_new_code_begins_new_numbers(self):
        self.policy.code = "50%"
        self.assertEqual(self._create_complaint().name, "50%/2026/00001")

    def test_numbering_chosen_by_hand_stays(self):
        self.policy.sequence_id.prefix = "TS-"
        self.policy.code = "XY"
        self.assertEqual(self._create_complaint().name, "TS-00001")

    def test_sequence_without_gaps_works_too(self):
        self.policy.sequence_id.implementation = "no_gap"
        self.assertEqual(self._create_complaint().name, "DM/2026/00001")

    def test_copy_gets_its_own_number_and_receiver(self):
        complaint = self._create_complaint()
        copied = complaint.with_user(self.office).copy({"contact_name": "Li"})
        self.assertEqual(copied.name, "DM/2026/00002")
        self.assertEqual(copied.registered_by_id, self.office)

    def test_queries_per_record(self):
        def create(count):
            values = [
                self._prepare_complaint(
                    category_id=(self.brakes, self.price)[index % 2].id,
                    received_at=self.now - timedelta(minutes=index),
                    contact_phone=f"139{index:08}",
                    contact_email=f"{count}.{index}@example.com",
                )
                for index in range(count)
            ]
            self.env["complaint.complaint"].with_user(self.registrar).create(values)

        self.assertLess(self._measure_queries_per_record(create), 1)

    def test_queries_per_record_with_rules(self):
        self.role_sales.distribution = "load"
        self.quality.co_role_ids = self.role_sales
        self._create_template("verify", type="verification", delay=3)
        self._create_item(
            "complaint.severity.rule",
            "alike",
            severity_id=self.severity_serious.id,
            min_alike=3,
            delay=30,
            alike_by="place",
        )

        def create(count):
            values = [
                self._prepare_complaint(
                    category_id=self.quality.id,
                    place=f"Bay {index % 40}",
                    received_at=self.now - timedelta(minutes=index),
                )
                for index in range(count)
            ]
            self.env["complaint.complaint"].with_user(self.registrar).create(values)

        self.assertLess(self._measure_queries_per_record(create), 1)


@tagged("post_install", "-at_install")
class TestComplaintNumberConcurrently(TransactionCase):
    """Real transactions side by side: what they make is deleted at the end."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._delete)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            policy = env["complaint.policy"].create(
                {"name": "Concurrency", "code": "CONC", "valid_from": False}
            )
            self.policy_id = policy.id
            # The first case opens the year.
            self._draw(env)

    def _delete(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["complaint.policy"].browse(self.policy_id).unlink()

    def _draw(self, env, year=2026):
        policy = env["complaint.policy"].browse(self.policy_id)
        numbering = env["complaint.numbering"]
        return numbering._get_next_numbers(policy, 5, date(year, 5, 5))

    def _open_transactions(self, stack, count):
        """Return environments of transactions that have begun and see nothing new."""
        for _index in range(count):
            cr = stack.enter_context(self.registry.cursor())
            cr.execute("SELECT 1")
            yield api.Environment(cr, SUPERUSER_ID, {})

    def test_no_number_twice(self):
        with ExitStack() as stack:
            envs = list(self._open_transactions(stack, 4))
            numbers = [
                number
                for _turn in range(3)
                for env in envs
                for number in self._draw(env)
            ]
        self.assertEqual(len(set(numbers)), 60)

    @mute_logger("odoo.sql_db")
    def test_first_case_of_the_year(self):
        """Two open a year at once: the second is told to try again."""
        with ExitStack() as stack:
            first, second = self._open_transactions(stack, 2)
            drawn = self._draw(first, 2031)
            first.cr.commit()
            with self.assertRaises(ConcurrencyError):
                self._draw(second, 2031)
            second.cr.rollback()  # as the request layer does, before it tries again
            drawn += self._draw(second, 2031)
        self.assertEqual(len(set(drawn)), 10)
        self.assertEqual(drawn[0], "CONC/2031/00001")
