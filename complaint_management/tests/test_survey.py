import re
from datetime import timedelta
from unittest.mock import patch

import lxml.html

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.token import make_token
from .common import NOW
from .test_follow_up import FollowUpCommon

DAY = timedelta(days=1)


class SurveyCommon(FollowUpCommon):
    """Closed cases are surveyed by mail, with a reminder after three days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.active = False
        cls.template = cls.env.ref(
            "complaint_management.mail_template_complaint_survey"
        )
        cls.reminder = cls.env.ref(
            "complaint_management.mail_template_complaint_survey_reminder"
        )
        cls.env["ir.config_parameter"].set_param(
            "complaint_management.base_url", "https://feedback.example.com"
        )
        cls.survey = cls._create_follow_up_rule(
            "survey",
            via="mail",
            max_attempts=2,
            retry_delay=3,
            delay=14,
            target_score=0,
            low_result="event",
            question_ids=[Command.clear()],
            mail_template_id=cls.template.id,
            reminder_template_id=cls.reminder.id,
        )
        cls.why = cls._reason("dissatisfied_not_fixed")

    @classmethod
    def _create_surveyed(cls, **values):
        """Return a closed case of somebody with an address."""
        return cls._create_closed(**{"contact_email": "wang@example.com", **values})

    def _get_mails(self, case):
        return self.env["mail.mail"].search(
            [("model", "=", "complaint.party"), ("res_id", "in", case.party_ids.ids)],
            order="id",
        )

    def _run_at(self, delta):
        with freeze_time(NOW + delta):
            self._run()

    def _get_token(self, mail):
        """Let a mail leave the house; return the token of its link."""
        body = mail._prepare_outgoing_body()
        found = re.search(r"https://feedback\.example\.com/c/m/(\w+)\?lang=", body)
        return found and found.group(1)


@tagged("post_install", "-at_install")
class TestSurvey(SurveyCommon):
    def test_planned_for_nobodys_list(self):
        case = self._create_surveyed()
        row = case.follow_up_ids
        self.assertRecordValues(
            row,
            [
                {
                    "via": "mail",
                    "state": "planned",
                    "user_id": False,
                    "department_id": False,
                    "call_at": NOW,
                }
            ],
        )
        self.assertFalse(row.candidate_ids)
        self.assertFalse(case.with_user(self.caller).has_access("read"))

    def test_mailed_reminded_and_given_up(self):
        case = self._create_surveyed()
        row = case.follow_up_ids
        self._run()
        self.assertEqual(row.state, "mailed")
        self.assertEqual(row.due_at, NOW + 14 * DAY)
        mails = self._get_mails(case)
        self.assertEqual(mails.mapped("email_to"), ["wang@example.com"])
        self.assertIn("how did we do", mails.subject)
        self.assertTrue(case.round_id.satisfaction_asked_at)
        self._run_at(2 * DAY)
        self.assertEqual(len(self._get_mails(case)), 1)
        self._run_at(3 * DAY)
        self.assertEqual(len(self._get_mails(case)), 2)
        self.assertIn("once more", self._get_mails(case)[1].subject)
        self._run_at(8 * DAY)
        self.assertEqual(len(self._get_mails(case)), 2, "reminded once")
        self._run_at(14 * DAY)
        self.assertEqual(row.state, "given_up")
        self.assertEqual(case.satisfaction, "no_answer")
        self.assertEqual(row.attempt_ids.mapped("result"), ["mailed", "mailed"])
        self.assertFalse(row.next_event_at)

    def test_no_reminder(self):
        self.survey.max_attempts = 1
        case = self._create_surveyed()
        self._run()
        self.assertEqual(case.follow_up_ids.next_event_at, NOW + 14 * DAY)
        self._run_at(4 * DAY)
        self.assertEqual(len(self._get_mails(case)), 1)

    def test_days_later(self):
        self.survey.wait = 5
        case = self._create_surveyed()
        self._run_at(4 * DAY)
        self.assertFalse(self._get_mails(case))
        self._run_at(5 * DAY)
        self.assertTrue(self._get_mails(case))

    def test_after_downtime_one_mail(self):
        case = self._create_surveyed()
        self._run_at(10 * DAY)
        self._run_at(10 * DAY)
        self.assertEqual(len(self._get_mails(case)), 1)
        self.assertEqual(case.follow_up_ids.due_at, NOW + 24 * DAY, "from the mail on")
        self._run_at(40 * DAY)
        self.assertEqual(len(self._get_mails(case)), 1, "too late to remind")
        self.assertEqual(case.follow_up_ids.state, "given_up")

    def test_the_same_run_twice(self):
        case = self._create_surveyed()
        case.follow_up_ids._run_due()
        case.follow_up_ids._run_due()
        self.assertEqual(len(self._get_mails(case)), 1)

    def test_many_in_one_run(self):
        cases = [self._create_surveyed(subject=f"Case {n}") for n in range(5)]
        self._run()
        for case in cases:
            mail = self._get_mails(case)
            self.assertIn(case.name, mail.subject)
            self.assertEqual(case.follow_up_ids.state, "mailed")

    # ------------------------------------------------------------
    # WHO IS NOT ASKED
    # ------------------------------------------------------------

    def test_withdrawn_is_not_asked(self):
        self.assertFalse(self._create_surveyed(reason="withdrawn").follow_up_ids)
        self.survey.event = "withdrawn"
        case = self._create_answered(contact_email="wang@example.com")
        case._complaint_event("withdrawn")
        self.assertFalse(case.follow_up_ids)

    def test_merged_is_not_asked(self):
        case, master = self._create_surveyed(), self._create_surveyed()
        case.master_id = master
        self._run()
        self.assertFalse(self._get_mails(case))
        self.assertEqual(case.follow_up_ids.state, "cancelled")
        self._run_at(5 * DAY)
        self.assertFalse(self._get_mails(case))

    def test_merged_after_the_mail_is_not_reminded(self):
        case, master = self._create_surveyed(), self._create_surveyed()
        self._run()
        case.master_id = master
        self._run_at(4 * DAY)
        self.assertEqual(len(self._get_mails(case)), 1)

    def test_withdrawn_after_the_mail_is_not_reminded(self):
        case = self._create_surveyed()
        self._run()
        case._complaint_event("withdrawn")
        self._run_at(4 * DAY)
        self.assertEqual(len(self._get_mails(case)), 1)

    def test_self_opened_is_not_asked(self):
        case = self._create_surveyed(
            contact_name=False,
            contact_partner_id=self.registrar.partner_id.id,
            contact_email=self.registrar.email,
        )
        self.assertFalse(case.follow_up_ids)

    def test_an_event_of_our_own_is_not_asked(self):
        self.kind_complaint.nature = "event"
        self.assertFalse(self._create_surveyed().follow_up_ids)

    def test_nobody_without_address(self):
        self.assertFalse(self._create_closed().follow_up_ids)

    def test_else_called(self):
        self.survey.call_instead = True
        row = self._create_closed().follow_up_ids
        self.assertEqual((row.via, row.user_id), ("call", self.caller))

    def test_who_wants_no_mails_is_not_asked(self):
        self.env["mail.blacklist"]._add("wang@example.com")
        self.assertFalse(self._create_surveyed().follow_up_ids)

    def test_who_has_said_it_is_not_asked(self):
        case = self._create_surveyed()
        self.env["complaint.round.course"]._note(
            case, "satisfied", satisfaction_via="call"
        )
        self.assertEqual(case.follow_up_ids.state, "cancelled")
        self._run()
        self.assertFalse(self._get_mails(case))

    def test_a_new_round_calls_it_off(self):
        case = self._create_surveyed()
        self._run()
        self._reopen(case)
        self.assertEqual(case.follow_up_ids.state, "cancelled")

    def test_a_mail_that_comes_back(self):
        case = self._create_surveyed()
        self._run()
        mail = self._get_mails(case)
        mail._postprocess_sent_message([], [], "no such box", "mail_smtp")
        self.assertEqual(case.follow_up_ids.state, "mailed", "the server's trouble")
        mail._postprocess_sent_message([], [], "no such box", "mail_email_invalid")
        self.assertEqual(case.follow_up_ids.state, "given_up")

    def test_a_mail_that_comes_back_lets_call(self):
        self.survey.call_instead = True
        case = self._create_surveyed()
        self._run()
        mail = self._get_mails(case)
        mail._postprocess_sent_message([], [], "no such box", "mail_email_invalid")
        row = case.follow_up_ids
        self.assertEqual(
            (row.via, row.state, row.user_id), ("call", "planned", self.caller)
        )

    # ------------------------------------------------------------
    # CONFIGURATION
    # ------------------------------------------------------------

    def test_two_questions_at_most(self):
        with self.assertRaises(ValidationError):
            self.survey.question_ids = self.satisfied | self.polite | self.words

    def test_one_reminder_at_most(self):
        with self.assertRaises(ValidationError):
            self.survey.max_attempts = 3

    def test_without_mail_it_gets_stuck(self):
        self.survey.mail_template_id = False
        case = self._create_surveyed()
        with self.assertRaises(UserError):
            case.follow_up_ids._run_due()
        findings = self.env["complaint.policy.check"]._get_findings(self.policy)
        texts = [finding["text"] for finding in findings]
        self.assertIn("“Survey” asks by mail, and has no mail.", texts)

    def test_a_mail_without_link_is_found(self):
        self.template.body_html = "<p>Hello</p>"
        findings = self.env["complaint.policy.check"]._get_findings(self.policy)
        texts = " ".join(finding["text"] for finding in findings)
        self.assertIn("/c/link/survey", texts)

    def test_ways_are_counted_apart(self):
        self.rule.active = True
        case = self._create_surveyed()
        other = self._create_closed()
        self._call(other.follow_up_ids)
        self._run()
        survey = case.follow_up_ids.filtered(lambda row: row.via == "mail")
        survey._record_answers({"satisfaction": "satisfied", "via": "mail"})
        figures = self.env["complaint.follow.up"]._get_figures(self.policy)
        self.assertEqual(figures[self.policy]["follow_up_count"], 2)
        self.assertEqual(figures[self.policy]["survey_count"], 1)
        self.assertEqual(figures[self.policy]["survey_rate"], 100)
        self.assertEqual(figures[self.policy]["survey_satisfied_rate"], 100)
        self.assertEqual(case.round_id.satisfaction_via, "mail")

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def test_the_token_is_in_the_mail_that_leaves_only(self):
        case = self._create_surveyed()
        self._run()
        mail = self._get_mails(case)
        token = self._get_token(mail)
        self.assertTrue(token)
        stored = str(mail.read()) + str(mail.mail_message_id.read())
        self.assertNotIn(token, stored)
        self.assertIn("/c/link/survey", mail.body_html)
        link = self.env["complaint.public.access"]._find_link(token)
        self.assertEqual(link.follow_up_id, case.follow_up_ids)
        self.assertNotIn(token, str(link.read()))

    def test_other_parties_get_no_link(self):
        case = self._create_surveyed()
        self._run()
        party = case.party_ids.copy({"type": "witness", "complaint_id": case.id})
        access = self.env["complaint.public.access"]
        body = access._fill_links('<a href="/c/link/survey">x</a>', party)
        self.assertNotIn("/c/m/", body)

    def test_without_survey_no_link(self):
        case = self._create_surveyed()
        access = self.env["complaint.public.access"]
        link = '<a href="/c/link/survey">x</a>'
        body = access._fill_links(link, case.party_ids, self.env["complaint.follow.up"])
        self.assertIn("/c/link/survey", body)

    def test_a_link_ends(self):
        case = self._create_surveyed()
        self._run()
        token = self._get_token(self._get_mails(case))
        access = self.env["complaint.public.access"]
        self.assertTrue(access._find_link(token))
        self.assertFalse(access._find(token), "it opens no case page")
        with freeze_time(NOW + 61 * DAY):
            self.assertFalse(access._find_link(token))
        self.assertFalse(access._find_link(token[:-1]))
        self.assertFalse(access._find_link("ä" * 22))


@tagged("post_install", "-at_install")
class TestSurveyPage(SurveyCommon, HttpCase):
    """What the complainant sees, and what programs that open links do."""

    freeze_time = None

    def setUp(self):
        super().setUp()
        self.case = self._create_surveyed()
        self._run()
        self.row = self.case.follow_up_ids
        self.token = self._get_token(self._get_mails(self.case))
        self.url = f"/c/m/{self.token}"
        self.env.flush_all()

    def _open(self, **headers):
        return self.url_open(self.url, headers={"Accept-Language": "en", **headers})

    def _send(self, **data):
        response = self.url_open(self.url, data=data, headers={"Accept-Language": "en"})
        self.env.invalidate_all()
        return response

    def _assert_untouched(self):
        self.env.invalidate_all()
        self.assertEqual(self.row.state, "mailed")
        self.assertEqual(self.case.satisfaction, "unknown")

    def test_a_scanner_changes_nothing(self):
        before = self.env["complaint.public.access"].search([]).mapped("used_at")
        page = self._open()
        self.assertEqual(page.status_code, 200)
        links = re.findall(r'href="([^"]+)"', page.text)
        followed = [link for link in links if not link.startswith("data:")]
        for link in followed:
            self.url_open(link)
        self.opener.head(self.base_url() + self.url)
        self._open(**{"User-Agent": "Barracuda Sentinel"})
        self._assert_untouched()
        after = self.env["complaint.public.access"].search([]).mapped("used_at")
        self.assertEqual(before, after)
        self.assertIn("no-cache", page.headers["Cache-Control"])
        self.assertLess(len(page.content), 30000)

    def test_satisfied(self):
        page = self._send(satisfaction="satisfied", note="Fine.")
        self.assertIn("Thank you", page.text)
        self.assertRecordValues(
            self.row,
            [{"state": "done", "satisfaction": "satisfied", "via": "mail"}],
        )
        self.assertEqual(self.case.satisfaction, "satisfied")
        self.assertTrue(self.case.is_closed)

    def test_not_satisfied_says_why_and_begins_a_round(self):
        page = self._send(satisfaction="dissatisfied", note="It squeals")
        self.assertEqual(page.status_code, 422)
        self.assertIn("wanted", page.text)
        self.assertIn("It squeals", page.text, "what was typed stays")
        self._assert_untouched()
        page = self._send(
            satisfaction="dissatisfied", note="It squeals", reason=self.why.id
        )
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self.row.reason_id, self.why)
        self.assertEqual(self.case.round_number, 2)
        self.assertFalse(self.case.is_closed)
        first = self.case.round_ids.sorted("number")[0]
        self.assertRecordValues(
            first,
            [
                {
                    "satisfaction": "dissatisfied",
                    "satisfaction_via": "mail",
                    "dissatisfaction_id": self.why.id,
                }
            ],
        )

    def test_one_effect(self):
        self._send(satisfaction="satisfied")
        page = self._send(satisfaction="dissatisfied", reason=self.why.id)
        self.assertIn("nothing left to answer", page.text)
        self.assertEqual(self.case.satisfaction, "satisfied")
        self.assertIn("nothing left to answer", self._open().text)

    def test_two_mails_have_one_effect(self):
        mail = self._get_mails(self.case)
        other = self._get_token(mail)
        self.assertNotEqual(other, self.token)
        self._send(satisfaction="satisfied")
        self.url = f"/c/m/{other}"
        self._send(satisfaction="dissatisfied", reason=self.why.id)
        self.assertEqual(self.case.satisfaction, "satisfied")

    def test_nothing_answered(self):
        self.assertEqual(self._send(other="1").status_code, 422)
        self.assertEqual(self._send(satisfaction="x", note="x").status_code, 422)
        self._assert_untouched()

    def test_a_reason_of_another_kind(self):
        reason = self._reason("settled")
        page = self._send(satisfaction="dissatisfied", reason=reason.id)
        self.assertEqual(page.status_code, 422)
        self._assert_untouched()

    def test_who_doesnt_want_to(self):
        self._send(refuse="1")
        self.assertEqual(self.row.state, "given_up")
        self.assertEqual(self.case.satisfaction, "no_answer")

    def test_two_questions(self):
        self.survey.question_ids = self.satisfied | self.words
        page = self._open()
        self.assertNotIn('name="satisfaction"', page.text)
        stars, words = f"q{self.satisfied.id}", f"q{self.words.id}"
        self.assertEqual(self._send(**{stars: "9"}).status_code, 422)
        self._send(**{stars: "5", words: "<b>Fine</b>"})
        self.assertEqual(self.row.satisfaction, "satisfied")
        self.assertEqual(self.row.score, 100)
        self.assertEqual(set(self.row.answer_ids.mapped("value")), {"5", "<b>Fine</b>"})

    def test_few_stars_begin_a_round(self):
        self.survey.question_ids = self.satisfied | self.words
        stars = f"q{self.satisfied.id}"
        self.assertEqual(self._send(**{stars: "1"}).status_code, 422, "why?")
        self._send(**{stars: "1", "reason": self.why.id})
        self.assertEqual(self.case.round_number, 2)

    def test_one_question_and_satisfied(self):
        self.survey.question_ids = self.polite
        self._send(**{"satisfaction": "satisfied", f"q{self.polite.id}": "yes"})
        self.assertEqual(self.row.answer_ids.value, "yes")

    def test_what_was_typed_is_shown_as_text(self):
        page = self._send(note="<script>alert(1)</script>")
        self.assertNotIn("<script>alert", page.text)

    def test_another_site_sends_nothing(self):
        page = self.url_open(
            self.url,
            data={"satisfaction": "satisfied"},
            headers={"Origin": "https://evil.example"},
        )
        self.assertEqual(page.status_code, 403)
        self._assert_untouched()

    def test_unknown_expired_and_unfilled_look_the_same(self):
        texts = set()
        access = self.env["complaint.public.access"]._find_link(self.token)
        access.expires_at = access.create_date - DAY
        self.env.flush_all()
        for url in (self.url, "/c/m/abc", "/c/m/" + "a" * 22, "/c/link/survey"):
            page = self.url_open(url, headers={"Accept-Language": "en"})
            self.assertEqual(page.status_code, 404)
            texts.add(re.sub(r'nonce="[^"]*"|href="[^"]*"', "", page.text))
        self.assertEqual(len(texts), 1)

    def test_a_closed_door_keeps_the_answer(self):
        """Where the house's rules forbid the next round, a person begins it."""
        course = type(self.env["complaint.round.course"])
        refuse = UserError("Not yet")
        with (
            patch.object(course, "_go_on", side_effect=refuse),
            mute_logger("odoo.http"),
        ):
            page = self._send(satisfaction="dissatisfied", reason=self.why.id)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self.row.state, "done")
        self.assertEqual(self.case.satisfaction, "dissatisfied")
        summaries = self.case.activity_ids.mapped("summary")
        self.assertIn("Not satisfied: begin the next round", summaries)

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        page = self.url_open(f"{self.url}?lang=zh_CN")
        self.assertIn('lang="zh-CN"', page.text)


@tagged("post_install", "-at_install")
class TestMailLinks(SurveyCommon, HttpCase):
    """Links of other scopes: satisfied or not, an offer, the case page."""

    freeze_time = None

    def setUp(self):
        super().setUp()
        self.survey.active = False
        self.case = self._create_answered(contact_email="wang@example.com")
        self.party = self.case.party_ids

    def _make_url(self, scope):
        access = self.env["complaint.public.access"]
        body = access._fill_links(f'<a href="/c/link/{scope}">x</a>', self.party)
        self.env.flush_all()
        return re.search(r'href="https://feedback.example.com([^"]+)"', body).group(1)

    def _send(self, url, **data):
        response = self.url_open(url, data=data, headers={"Accept-Language": "en"})
        self.env.invalidate_all()
        return response

    def test_satisfied(self):
        url = self._make_url("satisfaction")
        for _index in range(2):
            self.assertEqual(self.url_open(url).status_code, 200)
        self.opener.head(self.base_url() + url)
        self.env.invalidate_all()
        self.assertEqual(self.case.satisfaction, "unknown")
        self.assertEqual(self._send(url, satisfaction="dissatisfied").status_code, 422)
        self.assertEqual(self.case.satisfaction, "unknown")
        self._send(url, satisfaction="satisfied", note="Thanks")
        self.assertEqual(self.case.satisfaction, "satisfied")
        page = self._send(url, satisfaction="dissatisfied", reason=self.why.id)
        self.assertIn("nothing left", page.text)
        self.assertEqual(self.case.satisfaction, "satisfied")

    def test_way_out(self):
        """Who doesn't want to do it leaves by a link that does nothing."""
        url = self._make_url("satisfaction")
        tree = lxml.html.document_fromstring(self.url_open(url).text)
        [link] = tree.xpath("//a[@class='leave']")
        self.assertEqual(link.text, "Leave it as it is: I say nothing")
        for _index in range(2):
            left = self.url_open(link.get("href"))
            self.assertIn("Nothing was done", left.text)
        self.env.invalidate_all()
        self.assertEqual(self.case.satisfaction, "unknown")
        self.assertFalse(self.case.page_message_ids)
        self._send(url, satisfaction="satisfied")
        self.assertEqual(self.case.satisfaction, "satisfied", "it goes on working")
        self.assertIn("nothing left", self.url_open(link.get("href")).text)

    def test_not_satisfied_begins_a_round(self):
        url = self._make_url("satisfaction")
        self._send(url, satisfaction="dissatisfied", reason=self.why.id, note="No")
        self.assertEqual(self.case.round_number, 2)
        page = self._send(url, satisfaction="satisfied")
        self.assertIn("nothing left", page.text)
        self.assertEqual(self.case.satisfaction, "unknown", "of the new round")

    def test_a_link_of_an_earlier_round_is_over(self):
        url = self._make_url("satisfaction")
        self._close(self.case)
        self._reopen(self.case)
        self.env.flush_all()
        self.assertIn("nothing left", self.url_open(url).text)

    def test_the_page_of_the_case(self):
        url = self._make_url("case")
        self.assertTrue(url.startswith("/c/s/"))
        self.assertIn(self.case.name, self.url_open(url).text)

    def test_an_offer(self):
        remedy_type = self._create_item("complaint.remedy.type", "voucher")
        remedy = self.env["complaint.remedy"].create(
            {
                "complaint_id": self.case.id,
                "type_id": remedy_type.id,
                "nature": "other",
            }
        )
        remedy.state = "offered"
        url = self._make_url("remedy")
        page = self.url_open(url)
        self.assertIn(remedy.display_name, page.text)
        self.env.invalidate_all()
        self.assertEqual(remedy.state, "offered")
        self.assertEqual(self._send(url, answer="take").status_code, 422)
        self._send(url, answer="refused", note="Too little")
        self.assertEqual(remedy.state, "refused")
        self.assertIn("nothing left", self._send(url, answer="accepted").text)
        self.assertEqual(remedy.state, "refused")

    def test_nothing_is_offered(self):
        self.assertEqual(self._make_url("remedy"), "/c/link/remedy")

    def test_a_survey_token_is_no_other(self):
        token = self._make_url("satisfaction").split("/")[-1].split("?")[0]
        access = self.env["complaint.public.access"]
        self.assertFalse(access._find(token))
        self.assertEqual(self.url_open(f"/c/s/{token}").status_code, 404)
        self.assertEqual(self.url_open(f"/c/{token}").status_code, 404)

    def test_guessed_tokens_open_nothing(self):
        access = self.env["complaint.public.access"]
        self._make_url("satisfaction")
        found = [access._find_link(make_token()) for _index in range(10000)]
        self.assertFalse(any(found))
