"""A real conflict: two cursors, a failed serialisation, a rollback."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestRunnerConflict(BaseCase):
    """Commits for real, on rows of its own, which it deletes in the end."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._transaction() as env:
            policy = env["complaint.policy"].create(
                {
                    "name": "Conflict",
                    "code": "CONFLICT",
                    "deadline_rule_ids": [
                        Command.create(
                            {
                                "name": "Reply",
                                "code": "reply",
                                "delay": 30,
                                "delay_unit": "minutes",
                            }
                        )
                    ],
                }
            )
            case = env["complaint.complaint"].create(
                {
                    "policy_id": policy.id,
                    "subject": "Conflict",
                    "received_at": fields.Datetime.now() - timedelta(hours=1),
                }
            )
            self.ids = {row._name: row.ids for row in (policy, case, case.deadline_ids)}
        self.addCleanup(self._delete)

    @contextmanager
    def _transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _delete(self):
        with self._transaction() as env:
            for name in ("complaint.complaint", "complaint.policy"):
                env[name].browse(self.ids[name]).unlink()

    def _run_against(self, clock, change):
        """Run the scheduler for ``clock`` while somebody else commits ``change``.

        :return: the names that the clock had when the scheduler did its work
        """
        clocks, tried = type(clock), []
        run = clocks._run_due

        def note(rows):
            tried.append(rows.mapped("name"))
            return run(rows)

        # Only this test's own row; nobody else's are run and committed.
        with (
            patch.object(
                clocks, "_get_due_domain", lambda self: [("id", "in", clock.ids)]
            ),
            patch.object(clocks, "_run_due", note),
            patch.object(
                type(clock.env["complaint.runner"]),
                "_get_models",
                lambda self: [clock._name],
            ),
            patch.object(
                type(clock.env["complaint.escalation"]),
                "_send_notices",
                lambda self: None,
            ),
        ):
            clock.env.cr.execute("SELECT 1")  # the snapshot is taken here
            with self._transaction() as other:
                other[clock._name].browse(clock.ids).write(change)
            clock.env["complaint.runner"]._cron_run()
        return tried

    def test_the_conflict_is_real(self):
        with self._transaction() as env:
            clock = env["complaint.deadline"].browse(self.ids["complaint.deadline"])
            env.cr.execute("SELECT 1")
            with self._transaction() as other:
                other[clock._name].browse(clock.ids).name = "Renamed"
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(SerializationFailure),
            ):
                clock.try_lock_for_update(allow_referencing=True)
            env.cr.rollback()

    @mute_logger("odoo.sql_db")
    def test_tried_again_on_a_fresh_snapshot(self):
        with self._transaction() as env:
            clock = env["complaint.deadline"].browse(self.ids["complaint.deadline"])
            rolled_back = []
            env.cr.postrollback.add(lambda: rolled_back.append(True))
            tried = self._run_against(clock, {"name": "Renamed"})
            self.assertEqual(rolled_back, [True])
            # The change of the other transaction is seen, and nothing is done twice.
            self.assertEqual(tried, [["Renamed"]])
        with self._transaction() as env:
            clock = env["complaint.deadline"].browse(self.ids["complaint.deadline"])
            self.assertEqual(clock.state, "missed")
            self.assertFalse(clock.failure_count)
            missed = clock.log_ids.filtered(lambda log: log.type == "missed")
            self.assertEqual(len(missed), 1)

    @mute_logger("odoo.sql_db")
    def test_what_another_one_is_working_on_is_left_to_it(self):
        with self._transaction() as env, self._transaction() as other:
            clock = env["complaint.deadline"].browse(self.ids["complaint.deadline"])
            held = other[clock._name].browse(clock.ids)
            self.assertTrue(held.try_lock_for_update(allow_referencing=True))
            taken = env["complaint.runner"]._take(clock)
            self.assertNotIn(clock, taken)
            env.cr.rollback()
