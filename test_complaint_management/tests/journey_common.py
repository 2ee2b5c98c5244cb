from datetime import timedelta

import freezegun

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, freeze_time

from odoo.addons.complaint_management.tests.common import NOW, ComplaintCommon


@freeze_time(NOW)
class JourneyCommon(ComplaintCommon):
    """People who walk a case from the first call to its end.

    The policy of a journey is made of records by an administrator of complaints, and
    everybody works by the windows and buttons that they have, with their own rights.
    Time stands still unless the class sets ``freeze_time = None``.
    """

    def setUp(self):
        super().setUp()
        if self.freeze_time:
            freezer = freezegun.freeze_time(NOW)
            self.time = freezer.start()
            self.addCleanup(freezer.stop)
        self.director = self._create_user("director", "manager", self.head)
        self.journey = self._create_journey_policy()

    # ------------------------------------------------------------
    # CONFIGURATION
    # ------------------------------------------------------------

    def _create_journey_policy(self):
        """Return the policy that the journey is about."""
        raise NotImplementedError

    def _make_policy(self, code, severities=("ordinary",), **values):
        """Return a new policy with stages for the whole way."""
        policy = self.env["complaint.policy"].with_user(self.admin)
        policy = policy.create(
            {
                "name": code,
                "code": code,
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "valid_from": False,
                "office_user_ids": [Command.set(self.office.ids)],
                "kind_ids": self._rows(("complaint", {"nature": "complaint"})),
                "stage_ids": self._rows(
                    ("received", {"phase": "received"}),
                    ("incomplete", {"phase": "assessment", "pauses_clocks": True}),
                    ("handling", {"phase": "handling"}),
                    ("mediation", {"phase": "decision"}),
                    ("answered", {"phase": "answer"}),
                    ("closed", {"phase": "closed", "fold": True}),
                    ("refused", {"phase": "refused", "fold": True}),
                ),
                "severity_ids": self._rows(*((code, {}) for code in severities)),
            }
        )
        policy.write(values)
        return policy

    def _add(self, model, code, policy=None, **values):
        """Return a new row of the policy's configuration."""
        policy = policy or self.journey
        rows = self.env[f"complaint.{model}"].with_user(self.admin)
        name = values.pop("name", code.replace("_", " ").title())
        values = {"policy_id": policy.id, "name": name, "code": code, **values}
        return rows.create(
            {
                key: [Command.set(value.ids)] if key.endswith("_ids") else value
                for key, value in values.items()
            }
        )

    def _stage(self, code):
        return self.journey.stage_ids.filtered(lambda stage: stage.code == code)

    def _severity(self, code):
        return self.journey.severity_ids.filtered(lambda row: row.code == code)

    def _reason(self, usage, code):
        """Return a reason that comes with the product."""
        return self.env["complaint.reason"].search(
            [("usage", "=", usage), ("code", "=", code), ("policy_id", "=", False)]
        )

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _wait(self, **delta):
        """Let time pass."""
        self.time.move_to(fields.Datetime.now() + timedelta(**delta))

    def _register(self, user=None, **values):
        """Register a case as staff do, by the form."""
        complaints = self.env["complaint.complaint"].with_user(user or self.registrar)
        form = Form(complaints.with_context(default_policy_id=self.journey.id))
        values = {
            "subject": "A complaint",
            "contact_name": "Wang Fang",
            "contact_phone": "0411 5550 1234",
            "contact_email": "wang.fang@example.com",
            **values,
        }
        for name, value in values.items():
            form[name] = value
        return form.save().with_env(self.env)

    def _window(self, user, model, case, method, **values):
        """Fill in a window of the case as ``user`` and press its button.

        :return: what the button returns
        """
        window = self.env[f"complaint.{model}"].with_user(user)
        context = {
            "active_model": case._name,
            "active_id": case.id,
            "active_ids": case.ids,
            "default_complaint_id": case.id,
        }
        context |= {
            name: values.pop(name) for name in [*values] if name.startswith("default_")
        }
        form = Form(window.with_context(**context))
        for name, value in values.items():
            form[name] = value
        return getattr(form.save(), method)()

    def _propose(self, user, case, type_, **values):
        """Propose a remedy by its window and return it."""
        self._window(
            user, "remedy.propose", case, "action_propose", type_id=type_, **values
        )
        return case.remedy_ids.sorted("id")[-1:]

    def _step(self, user, remedy, step, **values):
        """Take a step of a remedy by its window."""
        self._window(
            user,
            "remedy.step",
            remedy.complaint_id,
            "action_apply",
            default_remedy_id=remedy.id,
            default_step=step,
            **values,
        )

    def _approve(self, user, row):
        """Answer the open question about ``row`` that ``user`` may answer."""
        questions = self.env["complaint.approval"].search(
            [
                ("res_model", "=", row._name),
                ("res_id", "in", row.ids),
                ("state", "=", "pending"),
            ]
        )
        self.assertIn(user, questions.user_ids)
        questions.with_user(user).action_approve()

    def _answer(self, user, case, text, ticks=True, **values):
        """Write a final answer, tick what was done, and give it."""
        answers = self.env["complaint.answer"].with_user(user)
        answer = answers.create({"complaint_id": case.id, "text": text, **values})
        if ticks:
            answer.check_ids.filtered(lambda row: row.check == "ticked").ticked = True
        answer.action_give()
        return answer

    def _satisfied(self, user, case, satisfaction, **values):
        """Note what the complainant says of the answer, by its window."""
        return self._window(
            user,
            "satisfaction",
            case,
            "action_note",
            satisfaction=satisfaction,
            **values,
        )

    def _close(self, user, case, outcome="settled"):
        reason = self._reason("close", outcome)
        self._window(user, "close", case, "action_close", outcome_id=reason)
