"""The same data for every contender: users, stages, deadlines, and many cases."""

from datetime import timedelta

from odoo import fields

from .clone import clone

DEADLINES = 5
HANDLER = "bench_handler"
#: one case in so many is the department's whose handler opens the kanban
SHARE = 50


def fill(env, size):
    """Make ``size`` open and half as many closed cases for every contender."""
    env = env(context={"tracking_disable": True, "mail_create_nolog": True})
    people = _make_people(env)
    for make in (_make_ours, _make_oca, _make_bare):
        make(env, people, size)
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute("VACUUM ANALYZE")
    env.cr._cnx.autocommit = False


def _make_people(env):
    """Return the handler and the two departments of the data."""
    groups = ["complaint_management.group_complaint_handler"]
    groups += ["helpdesk_mgmt.group_helpdesk_user_team", "base.group_user"]
    group_ids = [(6, 0, [env.ref(group).id for group in groups])]
    user, stranger = env["res.users"].create(
        [
            {"name": login, "login": login, "group_ids": group_ids}
            for login in (HANDLER, "bench_stranger")
        ]
    )
    own, other = env["hr.department"].create([{"name": "Own"}, {"name": "Other"}])
    env["hr.employee"].create(
        [
            {"name": name, "user_id": who.id, "department_id": department.id}
            for name, who, department in (
                ("Bench Handler", user, own),
                ("Somebody Else", stranger, other),
            )
        ]
    )
    return {"user": user, "own": own, "other": other}


def _spread(size):
    """Return SQL that spreads copies over a year and names."""
    return {
        "received_at": f"now() AT TIME ZONE 'UTC' - g * interval '365 days' / {size}",
        "subject": "'Brakes of car ' || g || ' squeal after repair'",
    }


#: SQL of a name and of a telephone number that each copy has of its own
PERSON = "'Wang Fang ' || g"
PHONE = "'411' || lpad(g::text, 8, '0')"


def _make_ours(env, people, size):
    policy = env["complaint.policy"].create({"name": "Bench", "code": "B"})
    stages = policy.stage_ids.sorted("sequence")
    for number in range(DEADLINES):
        env["complaint.deadline.rule"].create(
            {
                "policy_id": policy.id,
                "name": f"Duty {number}",
                "event": "received",
                "end_event": "stage_entered",
                "end_phase": "answer",
                "delay": number + 30,
                "delay_unit": "work_days",
            }
        )
    rows = [
        (
            *("complaint.party", "complaint_id"),
            {"name": PERSON, "phone": PHONE, "phone_key": PHONE},
        ),
        ("complaint.round", "complaint_id"),
        ("complaint.assignment", "complaint_id"),
        ("complaint.deadline", "complaint_id"),
    ]
    for department, count in ((people["own"], size // SHARE), (people["other"], size)):
        case = env["complaint.complaint"].create(
            {
                "policy_id": policy.id,
                "subject": "Brakes squeal",
                "contact_name": "Wang Fang",
                "contact_phone": "0411 8888 0000",
                "department_id": department.id,
            }
        )
        columns = {
            "name": f"'B/{department.id}/' || lpad(g::text, 7, '0')",
            "complainant_name": PERSON,
        }
        clone(env, case, count, rows, **columns, **_spread(size))
    case.deadline_ids._cancel(fields.Datetime.now())
    closed = {"stage_id": str(stages[-1].id), "phase": "'closed'", "is_closed": "true"}
    columns = {"name": "'B/closed/' || lpad(g::text, 7, '0')"}
    clone(env, case, size // 2, rows[:3], **columns, **closed, **_spread(size))


def _make_oca(env, people, size):
    stage = env["helpdesk.ticket.stage"].search([("closed", "=", False)], limit=1)
    done = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    teams = env["helpdesk.ticket.team"].create(
        [
            {
                "name": name,
                "use_sla": True,
                "resource_calendar_id": env.company.resource_calendar_id.id,
                "user_ids": [(6, 0, users.ids)],
            }
            for name, users in (("Own", people["user"]), ("Other", env.user))
        ]
    )
    env["helpdesk.sla"].create(
        [
            {
                "name": f"Duty {number}",
                "days": number + 30,
                "team_ids": [(6, 0, teams.ids)],
                "stage_id": done.id,
            }
            for number in range(DEADLINES)
        ]
    )
    spread = {"name": _spread(size)["subject"]}
    for team, count in zip(teams, (size // SHARE, size), strict=True):
        ticket = env["helpdesk.ticket"].create(
            {
                "name": "Brakes squeal",
                "description": "<p>Since the repair</p>",
                "team_id": team.id,
                "stage_id": stage.id,
                "partner_name": "Wang Fang",
            }
        )
        rows = [("helpdesk.ticket.sla", "ticket_id")]
        number = {"number": f"'T{team.id}-' || g", "partner_name": PERSON}
        clone(env, ticket, count, rows, **number, **spread)
    number = {"number": "'TC-' || g", "stage_id": str(done.id)}
    clone(env, ticket, size // 2, (), **number, **spread)


def _make_bare(env, people, size):
    stages = env["bench.stage"].create(
        [{"name": name, "sequence": n} for n, name in enumerate("ABCD")]
    )
    stages[-1].fold = True
    now = fields.Datetime.now()
    for department, count in ((people["own"], size // SHARE), (people["other"], size)):
        record = env["bench.bare"].create(
            {
                "name": "B/0",
                "subject": "Brakes squeal",
                "contact": "Wang Fang",
                "phone": "41188880000",
                "description": "<p>Since the repair</p>",
                "stage_id": stages[0].id,
                "department_id": department.id,
                "due_at": now + timedelta(days=30),
            }
        )
        columns = {
            "name": f"'B/{department.id}/' || lpad(g::text, 7, '0')",
            "contact": PERSON,
            "phone": PHONE,
            **_spread(size),
        }
        clone(env, record, count, (), **columns)
    columns = {"is_closed": "true", "stage_id": str(stages[-1].id)}
    clone(env, record, size // 2, (), **columns, **_spread(size))
