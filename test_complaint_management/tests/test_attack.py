from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.complaint_management.tests.common import NOW, ComplaintCommon

#: What the handler of a case writes by hand; every other column follows from steps.
WRITABLE = {
    "category_id",
    "channel_id",
    "close_note",
    "demand",
    "department_id",
    "description",
    "form",
    "handler_id",
    "kind_id",
    "occurred_at",
    "origin_department_id",
    "outcome_id",
    "people_count",
    "phase",
    "place",
    "policy_id",
    "properties",
    "received_at",
    "severity_id",
    "stage_id",
    "subject",
    "track",
}


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestAttack(ComplaintCommon):
    """Members of the staff who know how to call the server past the screens."""

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted()
        self.mine = self.case.with_user(self.handler)
        self.other = self._create_complaint(category_id=self.price.id)
        self.other.with_user(self.other_handler).action_accept()
        self.refund = self._create_item(
            "complaint.remedy.type", "refund", nature="refund", measure="amount"
        )

    def _refused(self, step):
        """Check that ``step`` is refused, not by a crash, and leaves nothing."""
        self.env.flush_all()
        self.env.invalidate_all()
        with (
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(UserError),
        ):
            step()
            self.env.flush_all()
        self.env.invalidate_all()

    def _get_forgery(self, field):
        """Return a value of ``field`` that the case doesn't have."""
        if field.type == "many2one":
            return self.env[field.comodel_name].search([], limit=1).id
        if field.type == "selection":
            keys = [key for key, _label in field._description_selection(self.env)]
            return next(key for key in keys if key != self.case[field.name])
        return {
            "boolean": True,
            "date": NOW.date(),
            "datetime": NOW - timedelta(days=9),
            "float": 77,
            "integer": 77,
            "monetary": 77,
        }.get(field.type, "Forged")

    def _propose(self, user, case, **values):
        remedies = self.env["complaint.remedy"].with_user(user)
        return remedies._propose(case.with_user(user), type_id=self.refund.id, **values)

    # ------------------------------------------------------------
    # FACTS OF A CASE
    # ------------------------------------------------------------

    def test_facts_are_written_by_nobody(self):
        fields_ = self.mine._fields
        magic = {"id", "create_uid", "create_date", "write_uid", "write_date"}
        facts = {
            name
            for name, field in fields_.items()
            if field.store and field.column_type and name not in WRITABLE | magic
        }
        self.assertIn("answered_at", facts)
        for name in sorted(facts):
            with self.subTest(field=name):
                value = self._get_forgery(fields_[name])
                self._refused(lambda n=name, v=value: self.mine.write({n: v}))

    def test_facts_are_registered_by_nobody(self):
        cases = self.env["complaint.complaint"].with_user(self.registrar)
        for name in ("closed_at", "answered_at", "master_id", "is_closed", "name"):
            with self.subTest(field=name):
                value = self._get_forgery(cases._fields[name])
                values = self._prepare_complaint(**{name: value})
                self._refused(lambda v=values: cases.create(v))

    def test_an_answer_is_not_pretended_to_close(self):
        self.policy.close_needs_answer = True
        ending = {
            "stage_id": self.stage_closed.id,
            "outcome_id": self._reason("settled").id,
        }
        self._refused(lambda: self.mine.write({"answered_at": NOW, **ending}))
        self._refused(lambda: self.mine.write(ending))
        history = self.mine.with_context(complaint_history=True)
        self._refused(lambda: history.write(ending))

    def test_only_an_outcome_ends_a_case(self):
        cause = self.env["complaint.reason"].search([("usage", "=", "cause")], limit=1)
        self._refused(lambda: self.mine.write({"outcome_id": cause.id}))

    def test_only_the_office_puts_a_case_out_of_sight(self):
        self._refused(self.mine.action_archive)
        self.case.with_user(self.office).action_archive()
        self.assertFalse(self.case.active)

    def test_nobody_gains_time_by_the_receipt(self):
        self.mine.received_at = NOW - timedelta(days=1)
        self._refused(lambda: self.mine.write({"received_at": NOW}))
        self.case.with_user(self.office).received_at = NOW
        self.assertEqual(self.case.received_at, NOW)

    # ------------------------------------------------------------
    # APPROVALS AND REMEDIES
    # ------------------------------------------------------------

    def test_nobody_makes_others_absent(self):
        delegations = self.env["complaint.delegation"].with_user(self.colleague)
        values = {"date_to": NOW + timedelta(days=3)}
        absent = {**values, "user_id": self.office.id, "delegate_id": self.handler.id}
        self._refused(lambda: delegations.create(absent))
        own = delegations.create({**values, "delegate_id": self.handler.id})
        self._refused(lambda: own.write({"user_id": self.office.id}))

    def test_remedies_of_other_cases(self):
        theirs = self._propose(self.other_handler, self.other, amount=50)
        theirs.state = "proposed"  # sent back by an approver
        windows = self.env["complaint.remedy.propose"].with_user(self.handler)
        values = {
            "complaint_id": self.case.id,
            "type_id": self.refund.id,
            "amount": 5,
        }
        for name in ("remedy_id", "countered_id"):
            with self.subTest(field=name):
                forged = {**values, name: theirs.id}
                self._refused(lambda v=forged: windows.create(v).action_propose())
                remedies = self.env["complaint.remedy"].with_user(self.handler)
                self._refused(lambda r=remedies: r._check_same_case(self.mine, theirs))
        self.assertEqual((theirs.amount, theirs.successor_id.id), (50, False))
        steps = self.env["complaint.remedy.step"].with_user(self.handler)
        spec = {"value_text": {}, "description": {}}
        forged = {"remedy_id": theirs.id, "step": "cancel"}
        self._refused(lambda: steps.onchange(forged, ["remedy_id"], spec))
        self._refused(lambda: steps.create(forged).action_apply())

    # ------------------------------------------------------------
    # WHAT WAS ASKED, SAID AND TOLD
    # ------------------------------------------------------------

    def _ask(self, **values):
        requests = self.env["complaint.assignment"].with_user(self.handler)
        return requests.create(
            {
                "complaint_id": self.case.id,
                "policy_id": self.policy.id,
                "type": "opinion",
                "name": "Why?",
                "user_id": self.colleague.id,
                **values,
            }
        )

    def test_what_is_over_stays_as_it_was(self):
        asked = self._ask().with_user(self.colleague)
        asked.opinion = "<p>The brakes were fine.</p>"
        asked.action_done()
        for user in (self.colleague, self.handler):
            for values in (
                {"opinion": "<p>Forged</p>"},
                {"user_id": self.handler.id},
                {"type": "investigation"},
                {"due_at": NOW},
            ):
                with self.subTest(user=user.login, values=values):
                    row = asked.with_user(user)
                    self._refused(lambda r=row, v=values: r.write(v))

    def test_when_it_was_asked_is_no_choice(self):
        past = {"requested_at": NOW - timedelta(days=9)}
        self._refused(lambda: self._ask(**past))
        self._refused(lambda: self._ask(round_id=self.other.round_id.id))
        self._refused(lambda: self._ask().with_user(self.handler).write(past))

    def test_who_is_asked_by_a_rule_has_no_more_time(self):
        role = self._create_role("clerk", user_ids=[Command.set(self.registrar.ids)])
        self._create_template(
            "clerk", role, event="handover_accepted", delay=2, delay_unit="days"
        )
        case = self._create_accepted()
        asked = case.assignment_ids.filtered("template_id")
        later = {"due_at": asked.due_at + timedelta(days=30)}
        self._refused(lambda: asked.with_user(self.registrar).write(later))
        asked.with_user(self.handler).write(later)
        self.assertEqual(asked.due_at, later["due_at"])

    def test_points_are_kept_as_answered(self):
        self.mine.point_ids = [Command.create({"name": "Noise", "answer": "Fixed."})]
        point = self.case.point_ids.with_user(self.handler)
        self._refused(lambda: point.write({"complaint_id": self.other.id}))
        answers = self.env["complaint.answer"].with_user(self.handler)
        values = {"complaint_id": self.case.id, "text": "Fixed.", "how": "call"}
        answers.create(values).action_give()
        self._refused(lambda: point.write({"answer": "Never said."}))
        self._refused(point.unlink)
        answers.create(values)
        point.answer = "Fixed again."
        self.assertEqual(point.answer, "Fixed again.")

    def test_points_are_answered_on_the_form_of_the_answer(self):
        """The form names the case along with what is said of its points."""
        self.mine.point_ids = [Command.create({"name": "Noise"})]
        point = self.case.point_ids
        answer = self.env["complaint.answer"].with_user(self.handler)
        answer = answer.create({"complaint_id": self.case.id, "how": "call"})
        said = {"answer": "Fixed.", "complaint_id": self.case.id}
        answer.point_ids = [Command.update(point.id, said)]
        self.assertEqual(point.answer, "Fixed.")

    def test_files_of_others_stay_where_they_are(self):
        files = self.env["ir.attachment"].with_user(self.handler)
        place = {"res_model": self.case._name, "res_id": self.case.id}
        kept = files.create({"name": "statement.txt", "raw": b"Mine", **place})
        window = self.env["complaint.message.write"].with_user(self.handler)
        window.create(
            {
                "complaint_id": self.case.id,
                "text": "See the file.",
                "attachment_ids": [Command.set(kept.ids)],
            }
        ).action_send()
        sent = self.case.page_message_ids.attachment_ids
        self.assertEqual((kept.res_model, kept.res_id), tuple(place.values()))
        self.assertEqual((sent.res_model, sent.raw), ("complaint.message", b"Mine"))
        secret = self.env["ir.attachment"].create({"name": "secret", "raw": b"Secret"})
        self._refused(
            lambda: window.create(
                {
                    "complaint_id": self.case.id,
                    "text": "See the file.",
                    "attachment_ids": [Command.set(secret.ids)],
                }
            ).action_send()
        )

    def test_no_score_beyond_the_scale(self):
        answers = self.env["complaint.follow.up.answer"]
        for value in ("12", "45", "", "0", "6"):
            self.assertIsNone(answers._get_points("score", value), value)
        self.assertEqual(answers._get_points("score", "5"), 100)

    def test_no_window_acts_on_a_case_of_others(self):
        window = self.env["complaint.close"].with_user(self.handler)
        outcome = self._reason("settled").id
        values = {"complaint_ids": [Command.set(self.other.ids)], "outcome_id": outcome}
        self._refused(lambda: window.create(values).action_close())
        for model, values, method in (
            ("satisfaction", {"satisfaction": "satisfied"}, "action_note"),
            ("message.write", {"text": "Forged"}, "action_send"),
            ("acceptance.decide", {"decision": "accept"}, "action_decide"),
        ):
            with self.subTest(model=model):
                window = self.env[f"complaint.{model}"].with_user(self.handler)
                values = {**values, "complaint_id": self.other.id}
                self._refused(
                    lambda w=window, v=values, m=method: getattr(w.create(v), m)()
                )
