from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.complaint_management.tools.token import make_token
from odoo.addons.point_of_sale.tests.common import TestPoSCommon

from ..tools.receipt_token import make_order_token

BASE_URL = "https://feedback.example.com"


class PosPolicyMixin:
    """A policy for a till and its shop."""

    @classmethod
    def _set_up_complaints(cls, till):
        cls.env.user.group_ids += (
            cls.env.ref("base.group_system")
            + cls.env.ref("hr.group_hr_manager")
            + cls.env.ref("complaint_management.group_complaint_admin")
        )
        cls.env["ir.config_parameter"].set_param(
            "complaint_management.base_url", BASE_URL
        )
        company = till.company_id
        cls.policy = cls._create_policy("SHOP", company)
        cls.shop = cls.env["hr.department"].create(
            {"name": "Shop", "company_id": company.id}
        )
        till.complaint_department_id = cls.shop
        till.complaint_policy_id = cls.policy

    @classmethod
    def _create_policy(cls, code, company):
        default = cls.env.ref("complaint_management.complaint_policy_default").sudo()
        office = new_test_user(
            cls.env,
            f"office_{code.lower()}",
            "complaint_management.group_complaint_office",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return default.copy(
            {
                "name": f"Complaints of {company.name}",
                "code": code,
                "company_id": company.id,
                "calendar_id": company.resource_calendar_id.id,
                "office_user_ids": [Command.set(office.ids)],
            }
        )


class PosReceiptCommon(PosPolicyMixin, TestPoSCommon):
    """A till of a company with a policy, its shop, and a cashier who only sells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As the public page: it runs with elevated rights.
        cls.links = cls.env["complaint.feedback.link"].sudo()
        cls.till = cls.basic_config
        cls._set_up_complaints(cls.till)
        cls.employee = cls._create_employee("till_cashier")
        cls.cashier = cls.employee.user_id
        cls.pad = cls.create_product("Desk Pad", cls.categ_basic, 10.0)
        cls.tray = cls.create_product("Letter Tray", cls.categ_basic, 20.0)

    @classmethod
    def _create_employee(cls, login):
        """Return somebody who only sells, in the shop."""
        user = new_test_user(
            cls.env,
            login,
            "base.group_user,point_of_sale.group_pos_user,stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        return cls.env["hr.employee"].create(
            {
                "name": login.title(),
                "user_id": user.id,
                "company_id": cls.company.id,
                "department_id": cls.shop.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.number = 0
        self.config = self.till
        self.open_new_session()

    # ------------------------------------------------------------
    # SELLING
    # ------------------------------------------------------------

    def _prepare_order(self, *lines, token=None, **kwargs):
        """Return what the till sends of an order, with the token that it drew."""
        lines = lines or ((self.pad, 1), (self.tray, 2))
        order = self.create_ui_order_data(list(lines), **kwargs)
        self.number += 1
        order.update(
            pos_reference=f"26T-1-{self.number:06}",
            tracking_number=f"T{self.number}",
            sequence_number=self.number,
            complaint_token=make_order_token() if token is None else token,
            access_token=self.create_random_uid(),
            user_id=self.cashier.id,
            state="paid",
        )
        return order

    def _sync(self, *orders, user=None):
        """Return the orders that the server has made of what the till sent."""
        model = self.env["pos.order"].with_user(user or self.cashier)
        result = model.sync_from_ui(list(orders))
        ids = [row["id"] for row in result["pos.order"]]
        # sudo: complaints are counted whoever runs the tests
        return self.env["pos.order"].sudo().browse(ids)

    # ------------------------------------------------------------
    # COMPLAINING
    # ------------------------------------------------------------

    def _get_code(self, till=None):
        till = till or self.till
        return self.links._get_for_tills(till)[till].token

    def _get_token(self, order_token, till=None):
        """Return what the receipt prints after the address."""
        return f"{self._get_code(till)}-{order_token}"

    def _complain(self, token, lines=(), **answers):
        """Return the case of who fills in the form that ``token`` opens."""
        link = self.links._find(token)
        self.assertTrue(link, "it opens nothing")
        kept = link._keep()
        answers = {
            "description": "It was torn.",
            "phone": "13900001111",
            "anonymous": False,
            "lines": [str(line) for line in lines],
            **answers,
        }
        intake = self.env["complaint.feedback.intake"].sudo()
        return intake._take(kept, answers, [], make_token())

    def _get_questions(self, link):
        forms = link.env["complaint.feedback.form"]
        return {row["name"]: row for row in forms._get_questions(link)}
