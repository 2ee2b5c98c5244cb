"""What the measured public pages need: a place with a code, somebody with a login."""

import json

LOGIN = "bench_customer"


def prepare(env):
    """Make it in a filled database; print where the pages are."""
    policy = env["complaint.policy"].search([("code", "=", "B")])
    policy.acknowledgement_template_id = env.ref(
        "complaint_management.mail_template_complaint_acknowledgement"
    )
    policy.category_ids = [(0, 0, {"name": f"Category {n}"}) for n in range(6)]
    point = env["complaint.feedback.point"].create(
        {"name": "Counter", "policy_id": policy.id}
    )
    # The limits are looked at, and let everything through: see the addresses.
    for name in ("point_day", "total_day"):
        env["ir.config_parameter"].set_param(
            f"complaint_management.limit_{name}", 10**6
        )
    group = env.ref("base.group_portal")
    customer = env["res.users"].create(
        {
            "name": "Customer",
            "login": LOGIN,
            "password": LOGIN,
            "email": "customer@example.com",
            "group_ids": [(6, 0, group.ids)],
        }
    )
    env.company.helpdesk_mgmt_portal_select_team = True
    team = env["helpdesk.ticket.team"].search([("name", "=", "Own")], limit=1)
    team.show_in_portal = True
    ticket = env["helpdesk.ticket"].search([("team_id", "=", team.id)], limit=1)
    ticket.partner_id = customer.partner_id
    facts = {
        "form": f"/c/{point.link_id.token}?form=1&lang=en_US",
        "send": f"/c/{point.link_id.token}?lang=en_US",
        "kind": policy.kind_ids[:1].id,
        "category": policy.category_ids[:1].id,
        "stage": env["bench.stage"].search([], limit=1).id,
        "team": team.id,
        "ticket": f"/my/ticket/{ticket.id}",
        "login": LOGIN,
    }
    env.cr.commit()
    print("BENCH" + json.dumps(facts))
