import re

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .feedback_common import FeedbackCommon, FeedbackHttpCommon

REPLIES = (303, 404, 422)


class CasePageCommon(FeedbackCommon):
    """A case of a known customer, led by ``handler``, and the token of its page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Wang Fang", "email": "wang@customer.example"}
        )
        cls.refund = cls._create_item(
            "complaint.remedy.type", "refund", nature="refund", measure="amount"
        )
        system = cls.env(user=SUPERUSER_ID, su=True)
        cls.effects = system["complaint.case.effect"]
        cls.messages = cls.env["complaint.message"]
        cls.accesses = cls.env["complaint.public.access"]
        cls.unhappy = cls._reason("dissatisfied_not_fixed")
        cls.why = cls._reason("withdrawal_no_longer")

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=self.partner.id,
            description="<p>The brakes squeal.</p>",
        )
        self.party = self.case.party_ids
        self.system_case = self.case.with_env(self.effects.env)
        self.token = self.accesses._issue(self.case)

    def _propose(self, case=None, amount=100):
        """Return a refund that nobody has to approve."""
        wizard = self.env["complaint.remedy.propose"].with_user(self.handler)
        case = case or self.case
        known = case.remedy_ids
        wizard.create(
            {"complaint_id": case.id, "type_id": self.refund.id, "amount": amount}
        ).action_propose()
        return (case.remedy_ids - known).with_env(self.env)

    def _offer(self, amount=100, case=None, how="call"):
        """Return a refund that was offered, by telephone unless said otherwise."""
        case = case or self.case
        remedy = self._propose(case, amount)
        remedy._offer(how)
        return remedy.with_env(self.effects.env)

    def _answer(self, case=None, text="<p>We changed the pads.</p>"):
        """Give the final answer."""
        case = (case or self.case).with_user(self.handler)
        answer = self.env["complaint.answer"].with_user(self.handler)
        answer = answer.create({"complaint_id": case.id, "how": "call", "text": text})
        answer.action_give()
        return answer

    def _send(self, text="Please come on Monday.", case=None, **values):
        """Return what ``handler`` writes to the complainant."""
        wizard = self.env["complaint.message.write"].with_user(self.handler)
        case = case or self.case
        wizard.create({"complaint_id": case.id, "text": text, **values}).action_send()
        return self.messages.search([("complaint_id", "=", case.id)], limit=1)

    def _create_letter(self, party=None, state="sent", case=None, name="L/1", **values):
        """Return a letter with a PDF, as it stands after it went out."""
        case = case or self.case
        letter = self.env["complaint.letter"].create(
            {
                "name": name,
                "complaint_id": case.id,
                "party_id": (party or case.party_ids[:1]).id,
                "purpose": "final",
                "subject": "Our decision",
                "lang": "en_US",
                **values,
            }
        )
        letter.attachment_id = self.env["ir.attachment"].create(
            {
                "name": f"{name.replace('/', '-')}.pdf",
                "raw": b"%PDF-1.4 our letter %%EOF",
                "res_model": letter._name,
                "res_id": letter.id,
            }
        )
        letter.write({"state": state, "sent_at": self.now})
        return letter

    def _get_activities(self, case=None):
        case = case or self.case
        return case.activity_ids.filtered(lambda row: row.user_id == self.handler)

    def _catch_events(self):
        """Let the events of the cases be collected in the returned list."""
        events = []
        cases = self.env.registry["complaint.complaint"]
        original = cases._complaint_event

        def note(complaints, event, source=None, at=None):
            events.append(event)
            return original(complaints, event, source, at)

        self.patch(cases, "_complaint_event", note)
        return events


class CasePageHttpCommon(CasePageCommon, FeedbackHttpCommon):
    """The page as a phone sees it."""

    def setUp(self):
        super().setUp()
        self.url = f"/c/s/{self.token}"

    def _key(self, url=None):
        return self._get_key(self._open(url or self.url).text)

    def _act(self, action, url=None, files=None, headers=None, **values):
        """Send a form of the page, without following where it leads."""
        url = url or self.url
        data = {"form_key": values.pop("form_key", None) or self._key(url), **values}
        response = self.url_open(
            url,
            data={"action": action, **data},
            files=files,
            headers={"Accept-Language": "en-US", **(headers or {})},
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response

    def _assert_done(self, response, action):
        self.assertEqual(response.status_code, 303, self._get_text(response)[:800])
        self.assertIn(f"done={action}", response.headers["Location"])
        return self.messages.search(
            [("direction", "=", "in")], limit=1, order="id desc"
        )

    def _create_portal_user(self, login="wang", partner=None, **values):
        user = new_test_user(
            self.env,
            login=login,
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            **({"partner_id": partner.id} if partner else {}),
            **values,
        )
        user.password = login
        return user

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _get_csrf(self, url):
        html = self._open(url).text
        return re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)

    def _count_rows(self):
        models = ("complaint.message", "complaint.round", "complaint.withdrawal")
        counts = [self.env[model].search_count([]) for model in models]
        remedies = self.env["complaint.remedy"].search([]).mapped("state")
        stamps = self.accesses.search([]).mapped("seen_at")
        activities = self.env["mail.activity"].search_count([])
        return [*super()._count_rows(), *counts, remedies, stamps, activities]

    @staticmethod
    def _quiet():
        return mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
