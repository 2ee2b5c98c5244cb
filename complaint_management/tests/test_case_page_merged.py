"""Who complained in a merged case sees what is meant for them, and nobody else's."""

import io

from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.upload import MAX_SIZE
from .case_page_common import CasePageHttpCommon
from .feedback_common import FeedbackHttpCommon
from .test_feedback_upload import make_image, make_png_bomb

SCRIPT = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestCasePageMerged(CasePageHttpCommon):
    """``case`` of Wang Fang is merged into the case that Li Na has told before."""

    def setUp(self):
        super().setUp()
        self.li = self.env["res.partner"].create(
            {"name": "Li Na", "email": "li@customer.example"}
        )
        self.master = self._create_accepted(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=self.li.id,
            subject="Li's car is scratched",
            description="<p>Scratched by the jack.</p>",
        )
        self.li_party = self.master.party_ids
        self.effects._write(self._as_system(self.master), "Li's words")
        self._send("To Li before", case=self.master)
        self._answer(self.master, "<p>An answer to Li before</p>")
        self._later_than_before()
        wizard = self.env["complaint.merge"].with_user(self.office)
        wizard.create(
            {
                "complaint_ids": [Command.set((self.master | self.case).ids)],
                "master_id": self.master.id,
            }
        ).action_merge()

    def _later_than_before(self):
        """Let what was said so far be past."""
        past = {"sent_at": "2026-11-01 08:00:00"}
        self.master.page_message_ids.write(past)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE complaint_answer SET given_at = '2026-11-01 08:00:00'"
            " WHERE complaint_id = %s",
            [self.master.id],
        )
        self.env.invalidate_all()

    def _as_system(self, case):
        return case.with_env(self.effects.env)

    def _assert_nothing_of_li(self, html):
        for word in ("Li Na", "Li&#39;s", "Scratched", "before", self.master.name):
            self.assertNotIn(word, html)

    def test_answer(self):
        self._answer(self.master, "<p>All pads were changed.</p>")
        self._send("We come to all of you", case=self.master)
        letter = self._create_letter(self.party, case=self.master)
        others = self._create_letter(
            self.li_party, case=self.master, name="L/9", subject="To Li Na"
        )
        html = self._open().text
        self.assertIn(self.case.name, html)
        self.assertIn("The brakes squeal", html)
        self.assertIn("All pads were changed", html)
        self.assertIn("We come to all of you", html)
        self.assertIn("Our decision", html)
        self._assert_nothing_of_li(html)
        file = self.url_open(f"{self.url}/file/{letter.attachment_id.id}")
        self.assertIn(b"our letter", file.content)
        denied = self.url_open(f"{self.url}/file/{others.attachment_id.id}")
        self.assertEqual(denied.status_code, 404)

    def test_points_of_others(self):
        self.master.point_ids = [
            Command.create({"name": "Li's point", "answer": "To Li's point"})
        ]
        self._answer(self.master, "<p>To all</p>")
        html = self._open().text
        self.assertIn("To all", html)
        self._assert_nothing_of_li(html)

    def test_the_case_that_goes_on(self):
        """Who complained there reads nothing of those who came with others."""
        self._act("message", text="Only of Wang Fang")
        self.effects._write(
            self._as_system(self.master), "By mail", party_id=self.party.id
        )
        url = f"/c/s/{self.accesses._issue(self.master)}"
        html = self._open(url).text
        self.assertIn("Scratched by the jack", html)
        self.assertIn("Li&#39;s words", html)
        for word in ("Wang", "squeal", "Only of", "By mail", self.case.name):
            self.assertNotIn(word, html)
        self.assertIn("By mail", self._open().text, "a reply lands where it goes on")

    def test_mail_leads_to_their_own_page(self):
        mails = self.env["mail.mail"].search([])
        self._send("To all of you", case=self.master)
        mails = self.env["mail.mail"].search([]) - mails
        self.assertEqual(len(mails), 2)
        [mail] = mails.filtered(lambda row: row.email_to == "wang@customer.example")
        self.assertIn(self.case.name, mail.subject)
        self.assertNotIn(self.master.name, mail.body_html)
        path = mail.body_html.partition("https://feedback.example.com")[2]
        html = self._open(path.partition('"')[0].replace("&amp;", "&")).text
        self.assertIn("The brakes squeal", html)
        self._assert_nothing_of_li(html)

    def test_placeholder_leads_to_their_own_page(self):
        system = self.accesses.with_env(self.effects.env)
        for name in ("case", "satisfaction"):
            body = system._fill_links(
                f'<a href="/c/link/{name}">', self.party.with_env(self.effects.env)
            )
            path = body.partition("https://feedback.example.com")[2].partition('"')[0]
            html = self._open(path.replace("&amp;", "&")).text
            self._assert_nothing_of_li(html)
        self.assertIn("nothing left to answer", html)

    def test_mails_and_letters_quote_their_own_case(self):
        parties = (self.party | self.li_party).with_env(self.effects.env)
        template = "complaint_management.mail_template_complaint_acknowledgement"
        mails = parties._send_mail(self.env.ref(template))
        by_address = {mail.email_to: str(mail.body_html) for mail in mails}
        texts = [
            next(text for email, text in by_address.items() if name in email)
            for name in ("wang", "li@")
        ]
        self._create_item(
            "complaint.letter.template",
            "final",
            purpose="final",
            to_complainants="all",
            subject="About {{ object.complaint_id.name }}",
            body_html='<p>About</p><p t-out="object.complaint_id.subject"/>'
            '<p t-out="object.complaint_id.description"/>'
            '<p t-out="object.answer_id.text"/>',
        )
        answers = self.env["complaint.answer"].with_user(self.handler)
        values = {"complaint_id": self.master.id, "how": "letter"}
        answer = answers.create({**values, "text": "<p>To all of you</p>"})
        answer.action_give()
        letters = answer.letter_ids.sudo()
        self.assertEqual(letters.complaint_id, self.master)
        for party in (self.party, self.li_party):
            [letter] = letters.filtered(lambda row, p=party: row.party_id == p)
            self.assertIn("To all of you", letter.body)
            texts.append(f"{letter.subject} {letter.body}")
        for text in texts[::2]:
            self.assertIn(self.case.name, text)
            self._assert_nothing_of_li(text)
        for text in texts[1::2]:
            self.assertIn(self.master.name, text)
        self.assertEqual(self.party.complaint_id, self.master)

    def test_portal(self):
        self._answer(self.master, "<p>All pads were changed.</p>")
        user = self._create_portal_user(partner=self.partner)
        self._login(user)
        listed = self._open("/my/complaints").text
        self.assertIn(f"/my/complaints/{self.case.id}", listed)
        self.assertNotIn(f"/my/complaints/{self.master.id}", listed)
        html = self._open(f"/my/complaints/{self.case.id}").text
        self.assertIn("All pads were changed", html)
        self._assert_nothing_of_li(html)
        denied = self._open(f"/my/complaints/{self.master.id}")
        self.assertEqual(denied.status_code, 404)
        cases = self.env["complaint.complaint"].with_user(user)
        self.assertEqual(cases.search([]), self.case.with_user(user))
        with self._quiet(), self.assertRaises(AccessError):
            self.master.with_user(user).read(["subject"])

    def test_phrase_of_a_case_that_goes_on(self):
        """Who comes back unnamed isn't taken for who came with another case."""
        self.li_party.with_context(active_test=False).unlink()
        self._create_letter(self.party, case=self.master, subject="To Wang Fang")
        token = self.accesses._issue(self.master)
        self.assertNotIn("To Wang Fang", self._open(f"/c/s/{token}").text)

    def test_surveys_ask_nobody_who_was_merged(self):
        self.assertEqual(self.master._get_survey_party(), self.li_party)
        self.li_party.email = False
        self.assertFalse(self.master._get_survey_party())

    def test_merged_again(self):
        last = self._create_accepted(subject="The last one")
        wizard = self.env["complaint.merge"].with_user(self.office)
        wizard.create(
            {
                "complaint_ids": [Command.set((self.master | last).ids)],
                "master_id": last.id,
            }
        ).action_merge()
        self.assertEqual(self.party.complaint_id, last)
        self.assertEqual(self.party._get_own_case(), self.case)
        self.assertEqual(self.li_party._get_own_case(), self.master)
        self._answer(last, "<p>To all three</p>")
        html = self._open().text
        self.assertIn("To all three", html)
        self._assert_nothing_of_li(html)

    def test_nobody_says_where_somebody_complained(self):
        for user in (self.handler, self.office, self.admin):
            with self.assertRaises(AccessError):
                self.party.with_user(user).told_in_id = self.master
        values = {"complaint_id": self.master.id, "name": "Me", "type": "complainant"}
        with self.assertRaises(AccessError):
            self.env["complaint.party"].with_user(self.office).create(
                {**values, "told_in_id": self.case.id}
            )
        rows = [Command.create({"name": "Me", "told_in_id": self.case.id})]
        with self.assertRaises(AccessError):
            self._create_complaint(contact_name=False, party_ids=rows)


@tagged("post_install", "-at_install")
class TestCasePageFiles(CasePageHttpCommon):
    """What the complainant has sent is shown back to them, and to nobody else."""

    def setUp(self):
        super().setUp()
        self.form_url = f"/c/{self.link.token}"

    def _tell(self, *photos):
        """Return a case told by the form, and the address of its page."""
        self.url = self.form_url
        data = self._prepare(email="li@customer.example")
        response = FeedbackHttpCommon._send(self, data, files=self._photos(*photos))
        case = self._assert_taken(response)
        return case, response.headers["Location"].partition("?")[0]

    def test_photos_of_the_form(self):
        case, page = self._tell(make_image(size=(900, 600)), make_image("PNG"))
        staff = self.env["ir.attachment"].create(
            {"name": "note.png", "res_model": case._name, "res_id": case.id}
        )
        self.assertEqual(len(case.told_attachment_ids), 2)
        tree = self._get_tree(self._open(page))
        links = tree.xpath("//article[last()]//a/@href")
        self.assertEqual(len(links), 2)
        file = self.url_open(links[0])
        self.assertEqual(file.headers["Content-Type"], "image/jpeg")
        self.assertIn("attachment", file.headers["Content-Disposition"])
        pictures = tree.xpath("//article[last()]//img/@src")
        self.assertEqual(len(pictures), 2)
        small = self.url_open(pictures[0])
        self.assertEqual(small.headers["Content-Type"], "image/jpeg")
        self.assertEqual(Image.open(io.BytesIO(small.content)).size, (320, 213))
        denied = self.url_open(f"{page}/file/{staff.id}")
        self.assertEqual(denied.status_code, 404, "a file of the staff")
        theirs = self.url_open(
            f"/c/s/{self.token}/file/{case.told_attachment_ids[0].id}"
        )
        self.assertEqual(theirs.status_code, 404, "a file of another case")

    def test_photos_of_a_merged_case(self):
        case, page = self._tell(make_image())
        self.env["complaint.merge"].with_user(self.office).create(
            {
                "complaint_ids": [Command.set((case | self.case).ids)],
                "master_id": self.case.id,
            }
        ).action_merge()
        [link] = self._get_tree(self._open(page)).xpath("//article//a/@href")
        self.assertEqual(self.url_open(link).status_code, 200)
        page = self._open(f"/c/s/{self.token}")
        self.assertFalse(self._get_tree(page).xpath("//article//a/@href"))
        denied = self.url_open(link.replace(link.split("/")[3], self.token))
        self.assertEqual(denied.status_code, 404)

    def test_small_pictures_are_drawn_anew(self):
        for content in (
            SCRIPT.encode(),
            make_png_bomb(20_000, 20_000),
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ):
            row = self.messages._take(self.case, text="x", via="mail")
            files = self.env["ir.attachment"].with_context(image_no_postprocess=True)
            row.attachment_ids = files.create(
                {"name": "a.bin", "raw": content, "res_model": row._name}
            )
            row.attachment_ids.mimetype = "image/png"
            url = f"/c/s/{self.token}/file/{row.attachment_ids.id}?small=1"
            self.assertEqual(self.url_open(url).status_code, 404)
        row.attachment_ids.raw = make_image() + SCRIPT.encode()
        self.assertNotIn(b"<script", self.url_open(url).content)

    def test_names_of_files(self):
        """Names come with mails: whatever is in them is text, on the page and after."""
        name = '<img src=x onerror=alert(1)>\r\nX-Evil: 1"; filename=a.html'
        files = self.env["ir.attachment"].create(
            {"name": name, "raw": b"x", "res_model": self.case._name}
        )
        self.case.told_attachment_ids = files
        tree = self._get_tree(self._open(f"/c/s/{self.token}"))
        self.assertFalse(tree.xpath("//*[@onerror]"))
        [link] = tree.xpath("//article//a/@href")
        file = self.url_open(link)
        self.assertEqual(file.content, b"x")
        self.assertNotIn("X-Evil", file.headers)
        self.assertTrue(file.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(file.headers["Content-Type"], "application/octet-stream")

    def test_too_large(self):
        """More than 10 MB is refused, and what was written comes back."""
        large = b"%PDF-" + bytes(MAX_SIZE + 1) + b"%%EOF"
        response = self._act("message", text="Keep me", files=self._photos(large))
        self.assertEqual(response.status_code, 422)
        self.assertIn("Keep me", response.text)
        self.assertFalse(self.case.page_message_ids)

    def test_not_by_other_roads(self):
        """In the portal, too, files are had from the page only."""
        case, _page = self._tell(make_image())
        case.party_ids.partner_id = self.partner
        user = self._create_portal_user(partner=self.partner)
        self._login(user)
        file = case.told_attachment_ids
        mine = self._open(f"/my/complaints/{case.id}/file/{file.id}")
        self.assertEqual(mine.status_code, 200)
        other = self._open(f"/my/complaints/{self.case.id}/file/{file.id}")
        self.assertEqual(other.status_code, 404)
        with self._quiet():
            self.assertNotEqual(self._open(f"/web/content/{file.id}").content, file.raw)
            for field in ("told_attachment_ids", "moved_party_ids", "res_id"):
                with self.assertRaises(AccessError):
                    case.with_user(user).read([field])
