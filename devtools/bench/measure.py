"""The measured paths: what a user does, by the calls that the web client makes."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.tools import SQL

from odoo.addons.complaint_management.tools import qr

from .fill import HANDLER
from .rows import row

#: fields that the cards and lists of each contender show
SHOWN = {
    "complaint.complaint": (
        *("name", "subject", "complainant_name", "identity", "received_at"),
        *("category_id", "severity_id", "department_id", "handler_id", "next_due_at"),
        *("handover_state", "round_number", "tag_ids", "stage_id"),
    ),
    "helpdesk.ticket": (
        *("number", "name", "partner_name", "create_date", "category_id", "priority"),
        *("team_id", "user_id", "tag_ids", "stage_id", "sla_deadline", "sla_expired"),
    ),
    "bench.bare": (
        *("name", "subject", "contact", "received_at", "kind", "level"),
        *("department_id", "handler_id", "due_at", "stage_id"),
    ),
}
#: As its views sort what they show; the others by the order of their model.
ORDER = {"complaint.complaint": "next_due_at, received_at desc, id desc"}
MODELS = {
    "ours": "complaint.complaint",
    "oca": "helpdesk.ticket",
    "bare": "bench.bare",
}


def _policy(env):
    return env["complaint.policy"].search([("code", "=", "B")])


def _values(env, contender, number=0):
    """Return the values of a new record, as a form would send them."""
    subject = f"Engine warning lamp {number}"
    if contender == "ours":
        return {
            "policy_id": _policy(env).id,
            "subject": subject,
            "contact_name": f"Li Na {number}",
            "contact_phone": f"0411 {number:08}",
            "description": "<p>Since the repair</p>",
        }
    if contender == "oca":
        team = env["helpdesk.ticket.team"].search([("name", "=", "Own")], limit=1)
        return {
            "name": subject,
            "description": "<p>Since the repair</p>",
            "partner_name": f"Li Na {number}",
            "team_id": team.id,
        }
    return {
        "name": f"N{number}",
        "subject": subject,
        "contact": f"Li Na {number}",
        "phone": f"411{number:08}",
        "description": "<p>Since the repair</p>",
        "stage_id": env["bench.stage"].search([], limit=1).id,
    }


def _create(env, contender, count):
    vals_list = [_values(env, contender, number) for number in range(count)]
    return lambda: env[MODELS[contender]].create([dict(vals) for vals in vals_list])


@row("create one, 5 deadlines", "≤ 1.5 × bare")
def create_one(env):
    return {name: _create(env, name, 1) for name in MODELS}


@row("create 100 in one call", "≤ 2.5 × bare", repeat=3)
def create_100(env):
    return {name: _create(env, name, 100) for name in MODELS}


@row("one due date, 6 working days ahead (1,000 times)", "≤ 50 µs each", repeat=3)
def due_date(env):
    policy = _policy(env)
    calendar, start = policy.calendar_id, datetime(2026, 3, 5, 3)

    def ours():
        for _attempt in range(1000):
            policy._get_working_time(start).add_days(start, 6)

    def oca():  # 1,000 times as for ours, measured on 20
        for _attempt in range(20):
            calendar.plan_hours(48, start, compute_leaves=True)

    return {"ours": ours, "oca (20 times only)": oca}


@row("sweep, nothing due", "≤ 10 ms, no growth")
def sweep_idle(env):
    runner = env["complaint.runner"]
    sql = SQL(
        "SELECT id FROM complaint_deadline WHERE next_event_at <= now() "
        "AND next_event_at IS NOT NULL AND failure_count < 3 LIMIT 200"
    )
    return {
        "ours": lambda: [runner._take(env[name]) for name in runner._get_models()],
        "sql": lambda: env.execute_query(sql),
    }


@row("mark 10 % of the clocks as missed", "≤ 3 × SQL", repeat=1)
def mark_missed(env):
    runner = env["complaint.runner"]
    total = env["complaint.deadline"].search_count([("state", "=", "running")]) // 10
    past = fields.Datetime.now() - timedelta(hours=1)
    ids = env["complaint.deadline"].search([("state", "=", "running")], limit=total).ids

    def due():
        env.cr.execute(
            "UPDATE complaint_deadline SET due_at=%s, next_event_at=%s"
            " WHERE id=ANY(%s)",
            (past, past, ids),
        )

    def ours():
        due()
        model = env["complaint.deadline"]
        while clocks := runner._take(model):
            clocks._run_due()
            env.flush_all()
            env.invalidate_all()

    def sql():
        due()
        env.cr.execute(
            """UPDATE complaint_deadline SET state='missed', missed_at=due_at,
                      next_event_at=NULL
                WHERE next_event_at <= now() AND state='running'"""
        )
        env.cr.execute(
            """INSERT INTO complaint_deadline_log
                      (deadline_id, complaint_id, type, at, due_at)
               SELECT id, complaint_id, 'missed', now(), due_at
                 FROM complaint_deadline WHERE state='missed'"""
        )

    return {"ours": ours, "sql": sql}


def _kanban(env, contender):
    model = env[MODELS[contender]]
    spec = {name: {} for name in SHOWN[model._name]}
    domain = (
        [("is_closed", "=", False)]
        if contender != "oca"
        else [("stage_id.closed", "=", False)]
    )
    return lambda: model.web_read_group(
        domain,
        ["stage_id"],
        ["__count"],
        order=ORDER.get(model._name),
        auto_unfold=True,
        unfold_read_specification=spec,
        unfold_read_default_limit=20,
    )


@row("kanban opened, administrator", "≤ 1.3 × bare")
def kanban_admin(env):
    admin = env(user=env.ref("base.user_admin"))
    return {name: _kanban(admin, name) for name in MODELS}


@row("kanban opened, department handler", "≤ 1.5 × bare, sub-linear")
def kanban_handler(env):
    user = env["res.users"].search([("login", "=", HANDLER)])
    handler = env(user=user)
    thunks = {name: _kanban(handler, name) for name in ("ours", "oca")}
    bare = handler["bench.bare"]
    spec = {name: {} for name in SHOWN["bench.bare"]}
    own = [("is_closed", "=", False)]
    own += [("department_id.member_ids.user_id", "in", [user.id])]
    thunks["bare"] = lambda: bare.web_read_group(
        own,
        ["stage_id"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=spec,
        unfold_read_default_limit=20,
    )
    return thunks


def _list(env, contender, domain=()):
    model = env[MODELS[contender]]
    spec = {name: {} for name in SHOWN[model._name]}
    order = ORDER.get(model._name)
    return lambda: model.web_search_read(list(domain), spec, limit=80, order=order)


@row("list of 80, administrator", "≤ 1.3 × bare")
def list_80(env):
    admin = env(user=env.ref("base.user_admin"))
    return {name: _list(admin, name) for name in MODELS}


def _search(env, **conditions):
    """Return thunks that list what each contender finds by (field, text)."""
    admin = env(user=env.ref("base.user_admin"))
    return {
        name: _list(admin, name, [(field, "ilike", text)])
        for name, (field, text) in conditions.items()
    }


@row("search by a part of the text", "≤ 2 × bare")
def search_text(env):
    text = "car 77 squeal"
    return _search(
        env, ours=("subject", text), oca=("name", text), bare=("subject", text)
    )


@row("search by a number", "≤ 2 × bare")
def search_number(env):
    return _search(env, ours=("name", "/0000077"), bare=("name", "/0000077"))


@row("search by a name", "≤ 2 × bare")
def search_name(env):
    text = "Fang 77"
    return _search(
        env,
        ours=("complainant_name", text),
        oca=("partner_name", text),
        bare=("contact", text),
    )


@row("search by a telephone number", "≤ 2 × bare")
def search_phone(env):
    text = "41100000077"
    return _search(env, ours=("contact_phone", text), bare=("phone", text))


@row("late filter, list of 80", "≤ 1.3 × bare")
def late_filter(env):
    admin = env(user=env.ref("base.user_admin"))
    return {
        "ours": _list(admin, "ours", [("next_due_at", "<", "now +20d")]),
        "oca": _list(admin, "oca", [("sla_expired", "=", False)]),
        "bare": _list(admin, "bare", [("due_at", "<", "now +20d")]),
    }


def _move(env, contender, count):
    """Return a thunk that drags cards to the second column."""
    model = env[MODELS[contender]]
    stages = {
        "ours": lambda: _policy(env).stage_ids.sorted("sequence"),
        "oca": lambda: env["helpdesk.ticket.stage"].search([("closed", "=", False)]),
        "bare": lambda: env["bench.stage"].search([]),
    }[contender]()
    records = model.search([("stage_id", "=", stages[0].id)], limit=count)
    return lambda: records.write({"stage_id": stages[1].id})


@row("stage change of one card", "≤ 1.5 × bare")
def move_one(env):
    return {name: _move(env, name, 1) for name in MODELS}


@row("stage change of 100 cards", "≤ 1.5 × bare", repeat=3)
def move_100(env):
    return {name: _move(env, name, 100) for name in MODELS}


@row("close one", "≤ 2 × bare")
def close_one(env):
    thunks = {name: _move(env, name, 1) for name in ("bare",)}
    case = env["complaint.complaint"].search([("is_closed", "=", False)], limit=1)
    outcome = env.ref("complaint_management.complaint_reason_settled")
    wizard = env["complaint.close"].create(
        {"complaint_ids": [(6, 0, case.ids)], "outcome_id": outcome.id}
    )
    thunks["ours"] = wizard.action_close
    done = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    ticket = env["helpdesk.ticket"].search([("stage_id.closed", "=", False)], limit=1)
    thunks["oca"] = lambda: ticket.write({"stage_id": done.id})
    return thunks


@row("message on the case", "≤ 1.2 × bare")
def message(env):
    records = {name: env[model].search([], limit=1) for name, model in MODELS.items()}
    return {
        name: lambda record=record: record.message_post(body="We look into it.")
        for name, record in records.items()
    }


@row("QR code as SVG, drawn anew and remembered", "≤ 10 ms, 0 when remembered")
def qr_code(env):
    url = f"https://feedback.example.com/c/{'x' * 22}"

    def anew():
        qr.get_modules.cache_clear()
        qr.make_svg.cache_clear()
        qr.make_svg(url)

    return {"ours": anew, "remembered": lambda: qr.make_svg(url)}
