"""Uninstalling with data: cases of all documents, their remedies carried out.

Part of `./dev test`: a test inside Odoo can't uninstall what it runs in.
"""

PREPARE = """
from odoo.addons.complaint_management.tools.token import make_token

env["account.chart.template"].try_loading(
    "generic_coa", company=env.company, install_demo=False
)
buyer = env["res.partner"].create({"name": "Buyer"})
thing = env["product.product"].create(
    {"name": "Thing", "list_price": 5, "invoice_policy": "order"}
)
line = [(0, 0, {"product_id": thing.id, "product_uom_qty": 2})]
order = env["sale.order"].create({"partner_id": buyer.id, "order_line": line})
order.action_confirm()
invoice = order._create_invoices()
invoice.action_post()
payment = env["account.payment.register"].with_context(
    active_model="account.move", active_ids=invoice.ids
).create({})._create_payments()
repair = env["repair.order"].create({"partner_id": buyer.id, "product_id": thing.id})
till = env["pos.config"].create({"name": "Till"})
session = env["pos.session"].create({"config_id": till.id})
sums = dict.fromkeys(("amount_tax", "amount_total", "amount_paid", "amount_return"), 0)
receipt = env["pos.order"].create(
    {"session_id": session.id, "partner_id": buyer.id, **sums}
)
receipt.state = "paid"
documents = [order, invoice, payment, repair, order.picking_ids, receipt]
intake = env["complaint.feedback.intake"].sudo()
for document in documents:
    link = document._get_complaint_feedback_link()
    answers = {"description": "Torn.", "phone": "13900001111", "anonymous": False}
    case = intake._take(link, answers, [], make_token())
    assert (case.res_model, case.res_id) == (document._name, document.id), document
by_model = {document._name: document for document in documents}
makers = env["complaint.remedy.type"]._get_document_models()
makers = [(kind, model) for kind, model in makers.items() if model in by_model]
assert len(makers) == 5, makers
for kind, model in makers:
    type_ = env["complaint.remedy.type"].create(
        {
            "policy_id": case.policy_id.id,
            "name": kind,
            "code": kind,
            "nature": "other",
            "document_kind": kind,
        }
    )
    env["complaint.remedy"].create(
        {
            "complaint_id": case.id,
            "type_id": type_.id,
            "nature": type_.nature,
            "state": "executed",
            "res_model": model,
            "res_id": by_model[model].id,
        }
    )
env.cr.commit()
"""
#: What holds when only the add-ons of the host apps are gone.
CHECK = """
from odoo.tests import Form

names = ("sale.order", "account.move", "account.payment", "repair.order",
         "stock.picking", "pos.order")
cases = env["complaint.complaint"].search([("res_model", "in", names)])
assert set(cases.mapped("res_model")) == set(names), cases.mapped("res_model")
remedies = env["complaint.remedy"].search([("res_model", "in", names)])
assert remedies, names
for rows in (cases, cases.feedback_link_id, remedies, remedies.type_id):
    rows.get_views([(False, "list"), (False, "form")])
    rows.read()
for case in cases:
    with Form(case):
        pass
    document = env[case.res_model].browse(case.res_id)
    assert case.origin_name == document.display_name, (case, case.origin_name)
    action = case.action_open_origin()
    assert (action["res_model"], action["res_id"]) == (document._name, document.id)
    with Form(document):
        pass
    # Printed paper can't be called back: its code opens nothing, quietly.
    assert not env["complaint.feedback.link"]._find(case.feedback_link_id.token)
for remedy in remedies:
    assert remedy.document_name, remedy
"""
#: What holds when everything is gone.
CHECK_HOSTS = """
from odoo.tests import Form

buyer = env["res.partner"].search([("name", "=", "Buyer")])
for name in ("sale.order", "account.move", "account.payment", "repair.order",
             "stock.picking", "pos.order"):
    document = env[name].search([("partner_id", "=", buyer.id)], limit=1)
    assert document, name
    with Form(document):
        pass
"""
