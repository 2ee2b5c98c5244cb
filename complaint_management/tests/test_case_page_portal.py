"""The portal: one's own cases only, by whatever road."""

from odoo.tests import JsonRpcException, tagged

from .case_page_common import CasePageHttpCommon


@tagged("post_install", "-at_install")
class TestCasePagePortal(CasePageHttpCommon):
    def setUp(self):
        super().setUp()
        self.customer = self._create_portal_user(partner=self.partner)
        self.my_url = f"/my/complaints/{self.case.id}"

    def _call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        try:
            return self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{model}/{method}", params
            )
        except JsonRpcException as error:
            return f"Error: {error}"

    def _act_in_portal(self, action, url=None, **values):
        url = url or self.my_url
        values.setdefault("csrf_token", self._get_csrf(self.my_url))
        return self._act(action, url, form_key=self._key(self.my_url), **values)

    # one's own

    def test_list(self):
        closed = self._create_accepted(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=self.partner.id,
            subject="The bill is wrong",
        )
        self._close(closed)
        self._create_complaint(subject="Somebody else's")
        self._login(self.customer)
        text = self._open("/my/complaints").text
        self.assertIn(self.case.name, text)
        self.assertIn("The bill is wrong", text)
        self.assertNotIn("Somebody else", text)
        self.assertIn("It is closed", text)
        for query, found in (
            ("filterby=closed", closed),
            ("filterby=open", self.case),
            ("search=bill", closed),
            (f"search={self.case.name}", self.case),
        ):
            text = self._open(f"/my/complaints?{query}").text
            for case in (closed, self.case):
                check = self.assertIn if case == found else self.assertNotIn
                check(f'href="/my/complaints/{case.id}"', text, query)
        for query in ("groupby=stage", "groupby=kind", "sortby=stage", "sortby=name"):
            text = self._open(f"/my/complaints?{query}").text
            self.assertIn(closed.name, text)
        for query in ("groupby=x", "sortby=id;drop", "filterby=x", "search=%25%27"):
            self.assertEqual(self._open(f"/my/complaints?{query}").status_code, 200)
        self.assertIn("Your Complaints", self._open("/my/home").text)
        counted = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["complaint_count"]}
        )
        self.assertEqual(counted, {"complaint_count": 2})

    def test_page(self):
        letter = self._create_letter()
        row = self._send()
        self._login(self.customer)
        response = self._open(self.my_url)
        self.assertIn("Please come on Monday", response.text)
        self.assertIn("Our decision", response.text)
        file = self._open(f"{self.my_url}/file/{letter.attachment_id.id}")
        self.assertIn(b"our letter", file.content)
        seen = self._get_tree(response).xpath("//body/@data-seen")[0]
        self.assertEqual(self.url_open(seen, method="POST").status_code, 204)
        self.env.invalidate_all()
        self.assertTrue(row.seen_at)
        self.assertTrue(self.case.page_seen_at)

    def test_act(self):
        self._login(self.customer)
        response = self._act_in_portal("message", text="From the portal")
        self.assertEqual(response.status_code, 303)
        row = self.case.page_message_ids
        self.assertEqual((row.via, row.party_id), ("portal", self.party))
        self.assertEqual(self.case.message_ids[0].author_id, self.partner)

    def test_confidential_is_reached_by_who_made_it(self):
        self.party.confidential = True
        self._login(self.customer)
        self._act_in_portal("message", text="It is me")
        row = self.case.page_message_ids
        self.assertEqual(row.text, "It is me")
        self.assertEqual(row.create_uid.id, 1)
        self.assertFalse(self.case.message_ids[0].author_id)

    def test_company(self):
        company = self.env["res.partner"].create(
            {"name": "Taxi Company", "is_company": True}
        )
        driver = self.env["res.partner"].create(
            {"name": "Driver", "parent_id": company.id}
        )
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": company.id}
        )
        cases = {
            partner: self._create_complaint(
                contact_name=False, contact_phone=False, contact_partner_id=partner.id
            )
            for partner in (company, driver, colleague)
        }
        user = self._create_portal_user("driver", driver)
        domain = self.case._get_portal_domain(user)
        found = self.env["complaint.complaint"].search(domain)
        self.assertEqual(found, cases[company] | cases[driver])
        cases[company].party_ids.confidential = True
        found = self.env["complaint.complaint"].search(domain)
        self.assertEqual(found, cases[driver])

    def test_internal_customer(self):
        own = self._create_complaint(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=self.colleague.partner_id.id,
        )
        self.colleague.password = self.colleague.login
        self._login(self.colleague)
        self.assertIn(own.name, self._open("/my/complaints").text)
        self.assertEqual(self._open(f"/my/complaints/{own.id}").status_code, 200)
        # A member of the staff sees in the portal what they complained of, no more.
        self.assertEqual(self._open(self.my_url).status_code, 404)

    # not one's own

    def test_strangers(self):
        letter = self._create_letter()
        stranger = self._create_portal_user("stranger")
        about = self._create_portal_user("about")
        self.env["complaint.party"].create(
            {
                "complaint_id": self.case.id,
                "type": "respondent",
                "partner_id": about.partner_id.id,
            }
        )
        # Complained about, and among those who complain: the first one counts.
        self.env["complaint.party"].create(
            {
                "complaint_id": self.case.id,
                "type": "complainant",
                "partner_id": about.partner_id.id,
            }
        )
        csrf = key = "x"
        for user in (stranger, about):
            self._login(user)
            self.assertNotIn(self.case.name, self._open("/my/complaints").text)
            csrf = self._get_csrf_of(user)
            for response in (
                self._open(self.my_url),
                self._open(f"/my/complaints/{self.case.id + 9999}"),
                self._open(f"{self.my_url}/file/{letter.attachment_id.id}"),
                self._act("message", self.my_url, form_key=key, csrf_token=csrf),
            ):
                self.assertEqual(response.status_code, 404)
            self.url_open(f"{self.my_url}/seen", method="POST")
        self.env.invalidate_all()
        self.assertFalse(self.case.page_message_ids)
        self.assertFalse(self.case.page_seen_at)

    def _get_csrf_of(self, user):
        own = self._create_complaint(
            contact_name=False,
            contact_phone=False,
            contact_partner_id=user.partner_id.id,
        )
        return self._get_csrf(f"/my/complaints/{own.id}")

    def test_nobody_logged_in(self):
        response = self.url_open(self.my_url, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
        response = self.url_open(
            f"{self.my_url}?access_token={self.token}", allow_redirects=False
        )
        self.assertIn(f"/c/s/{self.token}", response.headers["Location"])
        other = self._create_accepted()
        for case, token in ((other, self.token), (self.case, "x"), (other, "")):
            url = f"/my/complaints/{case.id}?access_token={token}"
            response = self.url_open(url, allow_redirects=False)
            self.assertNotIn("/c/s/", response.headers.get("Location", ""))

    def test_forms_of_other_sites(self):
        self._login(self.customer)
        with self._quiet():
            response = self._act_in_portal("message", text="x", csrf_token="x")
        self.assertEqual(response.status_code, 400)
        key = self._key(self.my_url)
        foreign = self._create_accepted(
            contact_name=False, contact_phone=False, contact_partner_id=self.partner.id
        )
        csrf = self._get_csrf(self.my_url)
        response = self._act(
            "message",
            f"/my/complaints/{foreign.id}",
            form_key=key,
            csrf_token=csrf,
            text="x",
        )
        self.assertEqual(response.status_code, 422, "the key belongs to one page")
        self.assertFalse(self.case.page_message_ids)

    # the roads beside

    def test_other_roads(self):
        """Ids of files, messages and rows lead to nothing beside the page."""
        secret = b"the statement of the person concerned"
        file = self.env["ir.attachment"].create(
            {
                "name": "statement.txt",
                "raw": secret,
                "res_model": self.case._name,
                "res_id": self.case.id,
            }
        )
        self.case.message_post(
            body="Internal word",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        row = self._send("For you")
        letter = self._create_letter()
        self._login(self.customer)
        with self._quiet():
            for attachment in (file, letter.attachment_id):
                for url in (
                    "/web/content/%s",
                    "/web/image/%s",
                    "/web/content/%s?download=1",
                ):
                    response = self._open(url % attachment.id)
                    self.assertNotIn(secret, response.content)
                    self.assertNotIn(b"our letter", response.content)
            for model, method, args in (
                (
                    "ir.attachment",
                    "search_read",
                    [[("res_model", "=", self.case._name)]],
                ),
                ("ir.attachment", "search_read", [[("id", "=", file.id)]]),
                ("ir.attachment", "read", [file.ids, ["name", "raw"]]),
                ("mail.message", "search_read", [[("model", "=", self.case._name)]]),
                ("mail.message", "read", [self.case.message_ids.ids, ["body"]]),
                ("complaint.message", "read", [row.ids, ["text"]]),
                ("complaint.message", "search_read", [[]]),
                ("complaint.public.access", "search_read", [[]]),
                ("complaint.case.link", "create", [{"complaint_id": self.case.id}]),
                ("complaint.message.write", "create", [{"complaint_id": self.case.id}]),
            ):
                answer = str(self._call(model, method, *args))
                for word in ("Internal word", "statement", "For you", self.token):
                    self.assertNotIn(word, answer, (model, method))
                self.assertTrue(answer == "[]" or "Error" in answer, answer[:200])
            self._try_chatter(row)
        self.env.invalidate_all()
        self.assertNotIn("By the chatter", str(self.case.message_ids.mapped("body")))

    def _try_chatter(self, row):
        """Try the routes of the staff's chatter, with the case's and the page's ids."""
        post = {"post_data": {"body": "By the chatter", "message_type": "comment"}}
        place = {"thread_model": self.case._name, "thread_id": self.case.id}
        tries = (
            ("/mail/thread/messages", place),
            ("/mail/message/post", {**place, **post}),
            ("/mail/message/post", {**place, **post, "token": self.token}),
            (
                "/mail/message/post",
                {**post, "thread_model": row._name, "thread_id": row.id},
            ),
        )
        for route, params in tries:
            try:
                answer = self.make_jsonrpc_request(route, params)
            except JsonRpcException as error:
                answer = str(error)
            self.assertNotIn("Internal word", str(answer), route)
