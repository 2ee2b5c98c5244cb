from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.complaint_management.tools.qr import get_modules

from ..tools.receipt_token import make_order_token, make_till_code
from .common import BASE_URL, PosReceiptCommon


@tagged("post_install", "-at_install")
class TestPosReceipt(PosReceiptCommon):
    """What a printed receipt opens, and what it never tells."""

    def setUp(self):
        super().setUp()
        self.order = self._sync(self._prepare_order(customer=self.customer))
        self.token = self._get_token(self.order.complaint_token)

    def _count_rows(self):
        self.env.flush_all()
        return self.links.search_count([])

    # ------------------------------------------------------------
    # FINDING
    # ------------------------------------------------------------

    def test_receipt_opens_its_order(self):
        rows = self._count_rows()
        link = self.links._find(self.token)
        self.assertEqual((link.res_model, link.res_id), ("pos.order", self.order.id))
        self.assertEqual(self._count_rows(), rows, "opening a page writes nothing")
        labels = [label for _id, label in self._get_questions(link)["lines"]["options"]]
        self.assertEqual(labels, ["Desk Pad", "2 × Letter Tray"])

    def test_unknown_order_tells_nothing(self):
        rows = self._count_rows()
        link = self.links._find(self._get_token(make_order_token()))
        self.assertTrue(link)
        self.assertFalse(link.res_id)
        self.assertEqual(link.document_name, self.till.name)
        self.assertFalse(link._get_partner())
        self.assertNotIn("lines", self._get_questions(link))
        self.assertEqual(self._count_rows(), rows)

    def test_one_page_after_the_other(self):
        """What one receipt tells isn't told by the next one in the same process."""
        self.assertTrue(self.links._find(self.token).res_id)
        other = self.links._find(self._get_token(make_order_token()))
        self.assertFalse(other.res_id)
        self.assertEqual(self.links._find(self.token).res_id, self.order.id)

    def test_order_of_another_till_tells_nothing(self):
        other = self.till.copy({"name": "Other Shop"})
        link = self.links._find(self._get_token(self.order.complaint_token, other))
        self.assertTrue(link, "as for any token that this till could have drawn")
        self.assertFalse(link.res_id)
        self.assertEqual(link.document_name, "Other Shop")

    def test_forged_tokens_open_nothing(self):
        own, code = self.order.complaint_token, self._get_code()
        forged = (
            code,
            f"{code}-",
            f"-{own}",
            own,
            f"{make_till_code()}-{own}",
            f"{code[:-1]}-{own}",
            f"{code}-{own[:-1]}",
            f"{code}-{own}-",
            f"{code}--{own}",
            f"{code} -{own}",
            f"{code}-{self.order.uuid}",
            f"{code}-{self.order.access_token}",
            f"{code}-{'%' * 16}",
            f"{code}-{own[:-1]}é",
            f"{'_' * 10}-{own}",
            self.order.uuid,
            self.order.access_token,
        )
        for token in forged:
            with self.subTest(token=token):
                self.assertFalse(self.links._find(token))

    def test_nothing_printed_is_secret(self):
        receipt = self.till._prepare_complaint_receipt()
        printed = receipt["url"] + self.order.complaint_token
        for secret in (
            self.order.uuid,
            self.order.access_token,
            self.order.ticket_code,
        ):
            if secret:
                self.assertNotIn(secret, printed)
        self.assertEqual(self.order._get_complaint_feedback_url(), printed)

    def test_guesses(self):
        code = self._get_code()
        for _index in range(300):
            guess = f"{make_till_code()}-{make_order_token()}"
            self.assertFalse(self.links._find(guess))
            self.assertFalse(self.links._find(f"{guess[:11]}{self.token[11:]}"))
        for _index in range(100):
            self.assertFalse(self.links._find(f"{code}-{make_order_token()}").res_id)

    def test_code_is_coarse_enough(self):
        url = self.till._prepare_complaint_receipt()["url"] + make_order_token()
        self.assertTrue(url.startswith(f"{BASE_URL}/c/"))
        self.assertLessEqual(len(get_modules(url)), 37, "QR version 5")

    # ------------------------------------------------------------
    # ENDING
    # ------------------------------------------------------------

    def test_revoked_receipt(self):
        self.links._find(self.token)._keep().action_revoke()
        self.assertFalse(self.links._find(self.token))

    def test_deleted_order(self):
        """A receipt whose order is gone still opens the form of its till."""
        case = self._complain(self.token)
        self.env.flush_all()
        self.env.cr.execute("UPDATE pos_order SET state = 'cancel'")
        self.order.invalidate_recordset()
        self.order.lines.unlink()
        self.order.payment_ids.unlink()
        self.order.unlink()
        link = self.links._find(self.token)
        self.assertEqual(link.document_name, self.till.name)
        self.assertTrue(case.exists())

    # ------------------------------------------------------------
    # WHAT THE CASE TAKES OVER
    # ------------------------------------------------------------

    def test_case(self):
        line = self.order.lines[1]
        case = self._complain(self.token, lines=line.ids)
        self.assertEqual((case.res_model, case.res_id), ("pos.order", self.order.id))
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.policy_id, self.policy)
        self.assertEqual(case.origin_department_id, self.shop)
        self.assertEqual(case.place, self.till.name)
        self.assertEqual(case.occurred_at, self.order.date_order)
        parties = {row.type: row for row in case.party_ids}
        self.assertEqual(parties["complainant"].partner_id, self.customer)
        self.assertEqual(parties["respondent"].employee_id, self.employee)
        self.assertEqual(self.order.complaint_count, 1)
        self.assertEqual(self.till.sudo().complaint_count, 1)
        domain = self.till.action_view_complaints()["domain"]
        self.assertEqual(self.env["complaint.complaint"].sudo().search(domain), case)

    def test_who_logged_in_at_the_till_may_be_meant(self):
        """Not the user who opened it: several employees sell at one till."""
        if "employee_id" not in self.order:
            self.skipTest("pos_hr isn't installed")
        colleague = self.env["hr.employee"].create(
            {"name": "Without a User", "company_id": self.company.id}
        )
        data = self._prepare_order()
        data["employee_id"] = colleague.id
        order = self._sync(data)
        self.assertEqual(order.employee_id, colleague)
        case = self._complain(self._get_token(order.complaint_token))
        respondent = case.party_ids.filtered(lambda row: row.type == "respondent")
        self.assertEqual(respondent.employee_id, colleague)

    def test_who_runs_the_office_alone_isnt_kept_from_the_case(self):
        self.policy.office_user_ids = self.cashier
        case = self._complain(self.token)
        self.assertEqual(case.party_ids.mapped("type"), ["complainant"])

    def test_shop_leads(self):
        document = self.env.ref(
            "complaint_management_point_of_sale.complaint_feedback_document_pos_order"
        )
        document.department_leads = True
        case = self._complain(self.token)
        self.assertNotEqual(case.department_id, self.shop, "nobody else is there")
        colleague = self._create_employee("colleague").user_id
        colleague.group_ids += self.env.ref(
            "complaint_management.group_complaint_handler"
        )
        self.assertEqual(self._complain(self.token).department_id, self.shop)

    def test_names_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.pad.with_context(lang="zh_CN").name = "桌垫"
        link = self.links.with_context(lang="zh_CN")._find(self.token)
        labels = [label for _id, label in self._get_questions(link)["lines"]["options"]]
        self.assertEqual(labels[0], "桌垫")

    def test_serial_numbers(self):
        self.pad.tracking = "serial"
        lots = self.env["stock.lot"].create(
            [
                {
                    "name": name,
                    "product_id": self.pad.id,
                    "company_id": self.company.id,
                }
                for name in ("SN-1", "SN-2")
            ]
        )
        line = self.order.lines[0]
        line.pack_lot_ids = [Command.create({"lot_name": lot.name}) for lot in lots]
        labels = dict(self.order._complaint_get_lines())
        self.assertEqual(labels[line.id], "Desk Pad · SN-1, SN-2")
        goods = self.order._complaint_get_goods(line.ids)
        self.assertEqual([row["lot_id"] for row in goods], lots.ids)
        self.assertEqual([row["quantity"] for row in goods], [0.5, 0.5])
        self.assertFalse(self.order._complaint_get_goods([0]))

    def test_what_may_be_credited(self):
        """Only what was invoiced; of that, what the customer has ticked."""
        self.assertFalse(self.order._complaint_get_invoices())
        data = self._prepare_order(customer=self.customer, is_invoiced=True)
        order = self._sync(data, user=self.env.user)
        invoice = order.account_move
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(order._complaint_get_invoices(), invoice)
        ticked = order.lines.filtered(lambda line: line.product_id == self.tray)
        lines = order._complaint_get_invoice_lines(ticked.ids)
        self.assertEqual(lines.product_id, self.tray)
        self.assertFalse(order._complaint_get_invoice_lines([]))

    def test_refund_tells_what_came_back(self):
        refund = self.env["pos.order"].browse(self.order.refund()["res_id"])
        labels = [label for _id, label in refund._complaint_get_lines()]
        self.assertEqual(labels, ["Desk Pad", "2 × Letter Tray"])

    def test_order_without_a_till_token(self):
        order = self.order.copy()
        link = order._get_complaint_feedback_link()
        self.assertEqual(len(link.token), 22)
        self.assertEqual(self.links._find(link.token), link)

    # ------------------------------------------------------------
    # RIGHTS, COMPANIES, SETTINGS
    # ------------------------------------------------------------

    def test_cashier_needs_no_rights_on_complaints(self):
        self._complain(self.token)
        self.cashier.group_ids = self.env.ref("base.group_user") + self.env.ref(
            "point_of_sale.group_pos_user"
        )
        order = self.order.with_user(self.cashier)
        registrar = self.cashier.has_group(
            "complaint_management.group_complaint_registrar"
        )
        row = order.read()[0]
        self.assertEqual("complaint_count" in row, registrar)
        with Form(order) as form:
            self.assertEqual(form.name, order.name)
        till = self.till.with_user(self.cashier)
        data = till._load_pos_data_read(till, till)[0]
        self.assertTrue(data["_complaint_url"])

    def test_count_only_what_one_may_see(self):
        self._complain(self.token)
        stranger = new_test_user(
            self.env,
            "stranger",
            "base.group_user,point_of_sale.group_pos_user,"
            "complaint_management.group_complaint_handler",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.assertEqual(self.order.with_user(stranger).complaint_count, 0)
        self.assertEqual(self.till.with_user(stranger).complaint_count, 0)

    def test_several_companies(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        policy = self._create_policy("OTHER", other)
        with self.assertRaises(UserError):
            self.till.complaint_policy_id = policy
        department = self.env["hr.department"].create(
            {"name": "Elsewhere", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self.till.complaint_department_id = department
        self.till.complaint_policy_id = False
        self.assertEqual(self.till._complaint_get_policy().company_id, self.company)

    def test_text_and_size(self):
        receipt = self.till._prepare_complaint_receipt()
        self.assertEqual(receipt["text"], "Not content? Scan and tell us.")
        self.assertEqual(receipt["size"], 22)
        document = self.env.ref(
            "complaint_management_point_of_sale.complaint_feedback_document_pos_order"
        )
        document.write({"text": "For all", "size": 25})
        receipt = self.till._prepare_complaint_receipt()
        self.assertEqual((receipt["text"], receipt["size"]), ("For all", 25))
        self.till.write({"complaint_text": "For us", "complaint_size": 30})
        receipt = self.till._prepare_complaint_receipt()
        self.assertEqual((receipt["text"], receipt["size"]), ("For us", 30))

    def test_settings(self):
        settings = self.env["res.config.settings"].create(
            {
                "pos_config_id": self.till.id,
                "pos_complaint_text": "Scan me",
                "pos_complaint_size": 30,
            }
        )
        settings.execute()
        self.assertEqual(self.till.complaint_text, "Scan me")
        self.assertFalse(settings.complaint_pos_problem)
        code = self._get_code()
        settings.action_pos_complaint_replace_code()
        self.assertNotEqual(self._get_code(), code)
        self.env["ir.config_parameter"].set_param(
            "complaint_management.base_url", f"https://{'long' * 25}.example.com"
        )
        settings.invalidate_recordset(["complaint_pos_problem"])
        self.assertIn("too long", settings.complaint_pos_problem)
