import threading
from datetime import datetime

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.token import make_token
from ..tools.upload import Upload
from .feedback_common import FeedbackCommon


@tagged("post_install", "-at_install")
class TestFeedbackConcurrency(FeedbackCommon):
    """Two real connections send the same form at the same moment."""

    freeze_time = None

    def test_same_key(self):
        key, results = f"test {datetime.now()}", []
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            link_id = (
                env["complaint.feedback.link"]
                .create({"res_model": "res.users", "res_id": 2_000_000_000})
                .id
            )
            cr.commit()
        self.addCleanup(self._clean, link_id)

        def send_second(submissions, link):
            results.append(bool(submissions._find(key)))
            ready.set()
            try:
                results.append(submissions._claim(link, key, "b"))
            except SerializationFailure:
                submissions.env.cr.rollback()
                submissions.env.invalidate_all()
                results.append("again")
                results.append(bool(submissions._find(key)))

        ready = threading.Event()
        connection = db_connect(self.cr.dbname)
        with connection.cursor() as first_cr, connection.cursor() as second_cr:
            first, second = (
                (
                    api.Environment(cr, SUPERUSER_ID, {})[
                        "complaint.feedback.submission"
                    ],
                    api.Environment(cr, SUPERUSER_ID, {})[
                        "complaint.feedback.link"
                    ].browse(link_id),
                )
                for cr in (first_cr, second_cr)
            )
            self.assertTrue(first[0]._claim(first[1], key, "a"))
            thread = threading.Thread(target=send_second, args=second)
            with mute_logger("odoo.sql_db"):
                thread.start()
                ready.wait(10)
                first_cr.commit()
                thread.join(10)
        self.assertEqual(results, [False, "again", True])
        with db_connect(self.cr.dbname).cursor() as cr:
            rows = api.Environment(cr, SUPERUSER_ID, {})[
                "complaint.feedback.submission"
            ]
            self.assertEqual(rows.search_count([("link_id", "=", link_id)]), 1)

    def test_photos_sent_twice(self):
        """Two processes take the same form with three photos: one case, three photos.

        Each has a transaction of its own, which is really committed.
        """
        uploads = [
            Upload("image/jpeg", self._make_image(size=(60 + number, 40)))
            for number in range(3)
        ]
        key, token = f"photos {datetime.now()}", make_token()
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            point = env["complaint.feedback.point"].create(
                {
                    "name": "Concurrency",
                    "policy_id": env.ref(
                        "complaint_management.complaint_policy_default"
                    ).id,
                }
            )
            link_id = point.link_id.id
            cr.commit()
        self.addCleanup(self._clean_point, link_id)
        both, results = threading.Barrier(2), []

        def attempt(env, number):
            """Do what the controller does."""
            link = env["complaint.feedback.link"].browse(link_id)
            submissions = env["complaint.feedback.submission"]
            if submissions._find(key):
                return "found"
            if number == 1:
                both.wait(20)
            if not submissions._claim(link, key, "b"):
                return "refused"
            answers = {"description": "Squeal", "phone": "139", "phrase": ""}
            answers["anonymous"] = False
            env["complaint.feedback.intake"]._take(link, answers, uploads, token)
            return "made"

        def send(env):
            """Try again after a conflict, as the request layer does."""
            for number in range(1, 4):
                try:
                    result = attempt(env, number)
                    env.cr.commit()
                except SerializationFailure:
                    env.cr.rollback()
                    env.transaction.clear()
                    continue
                results.append((result, number))
                return

        connection = db_connect(self.cr.dbname)
        # What the threads need of the registry is taken here, where it isn't locked.
        with connection.cursor() as one, connection.cursor() as other:
            threads = [
                threading.Thread(
                    target=send,
                    args=(api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"}),),
                )
                for cr in (one, other)
            ]
            with mute_logger("odoo.sql_db"):
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(60)
        self.assertEqual(sorted(results), [("found", 2), ("made", 1)])
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = env["complaint.complaint"].search(
                [("feedback_link_id", "=", link_id)]
            )
            self.assertEqual(len(case), 1)
            files = env["ir.attachment"].search_count(
                [("res_model", "=", case._name), ("res_id", "=", case.id)]
            )
            self.assertEqual(files, 3)
            self.assertEqual(env["complaint.public.access"]._find(token), case)

    def _clean_point(self, link_id):
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            link = env["complaint.feedback.link"].browse(link_id)
            cases = link.complaint_ids
            cases.deadline_ids.unlink()
            cases.with_context(complaint_history=True).unlink()
            link.point_id.unlink()
            cr.commit()

    def _clean(self, link_id):
        with db_connect(self.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["complaint.feedback.submission"].search(
                [("link_id", "=", link_id)]
            ).unlink()
            env["complaint.feedback.link"].browse(link_id).unlink()
            cr.commit()


@tagged("post_install", "-at_install")
class TestFormField(FeedbackCommon):
    """The questions of a policy are configuration like any other."""

    def test_usual_questions_written_down(self):
        link = self.link
        before = self.env["complaint.feedback.form"]._get_questions(link)
        self.policy.action_load_form_fields()
        self.policy.action_load_form_fields()
        after = self.env["complaint.feedback.form"]._get_questions(link)
        self.assertEqual(
            [(q["name"], q["label"], q["required"]) for q in before],
            [(q["name"], q["label"], q["required"]) for q in after],
        )

    def test_copied_with_the_policy(self):
        self.policy.action_load_form_fields()
        self.policy.public_title = "Tell the workshop"
        copy = self.policy.copy()
        self.assertEqual(len(copy.form_field_ids), len(self.policy.form_field_ids))
        self.assertEqual(copy.public_title, "Tell the workshop")
        copy.unlink()

    def test_property_named(self):
        with self.assertRaises(ValidationError):
            self._create_item("complaint.form.field", "x", element="property")
        with self.assertRaises(ValidationError):
            self._create_item(
                "complaint.form.field", "y", element="name", property_name="plate"
            )

    @mute_logger("odoo.sql_db")
    def test_asked_once(self):
        self._create_item("complaint.form.field", "a", element="name")
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self._create_item("complaint.form.field", "b", element="name")
        self.assertNotIsInstance(caught.exception, UserError)
        plate = {"element": "property", "property_name": "plate"}
        self._create_item("complaint.form.field", "c", **plate)
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self._create_item("complaint.form.field", "d", **plate)
