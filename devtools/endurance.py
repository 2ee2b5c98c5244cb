"""The scheduler under fire: two real Odoo servers, killed and cut off in the middle.

Part of `./dev test`: a test inside Odoo can neither commit nor lose its database.
"""

import os
import signal
import time

from .console import Problem, step
from .instance import Instance, free_port, own_folder
from .judge import Verdict
from .places import checkout_key
from .postgres import Cluster
from .process import output, run, start, stop

CASES = 100
RULES = 20
EVENTS = CASES * RULES
PATIENCE = 240
PREPARE = f"""
from datetime import timedelta
from odoo import fields
role = {{"name": "Told", "code": "told", "resolution": "users"}}
policy = env["complaint.policy"].create({{"name": "Endurance", "code": "END"}})
role = env["complaint.role"].create(
    {{**role, "policy_id": policy.id, "user_ids": [(6, 0, env.user.ids)]}}
)
for number in range({RULES}):
    rule = env["complaint.deadline.rule"].create({{
        "policy_id": policy.id, "name": f"Duty {{number}}", "event": "received",
        "end_event": "closed", "delay": 30, "delay_unit": "minutes",
    }})
    env["complaint.escalation.rule"].create({{
        "policy_id": policy.id, "name": f"Rung {{number}}", "trigger": "deadline",
        "deadline_rule_id": rule.id, "delay": 5, "delay_unit": "minutes",
        "role_ids": [(6, 0, role.ids)],
    }})
received = fields.Datetime.now() - timedelta(hours=2)
env["complaint.complaint"].create([
    {{"policy_id": policy.id, "subject": f"Case {{number}}", "received_at": received}}
    for number in range({CASES})
])
cron = env.ref("complaint_management.ir_cron_complaint_runner")
cron.nextcall = received
env.cr.commit()
"""
COUNT = "SELECT count(*) FROM complaint_escalation"
FACTS = {
    "clocks missed": "SELECT count(*) FROM complaint_deadline WHERE state='missed'",
    "rungs fired": COUNT,
    "different rungs fired": "SELECT count(DISTINCT (complaint_id, rule_id)) "
    "FROM complaint_escalation",
    "breaches on record": "SELECT count(*) FROM complaint_deadline_log "
    "WHERE type='missed'",
}


def check_endurance(tested):
    """Fire 2,000 rungs through kills and restarts; each must fire exactly once.

    :param tested: the instance of the tests, whose database is taken as it is
    """
    verdict = Verdict()
    with step(f"Firing {EVENTS} rungs while servers are killed"):
        cluster = Cluster("crash")
        with cluster.used() as server:
            name = f"complaint_crash_{checkout_key()}"
            instance = Instance(server, name, own_folder("crash"))
            instance.forget()
            _copy(tested, instance)
            try:
                # Cases whose deadlines have just been missed, behind Odoo's back.
                instance.script("endurance", PREPARE)
                _torment(cluster, instance)
                found = _facts(instance)
            finally:
                instance.forget()
    wrong = {what: number for what, number in found.items() if number != EVENTS}
    if wrong:
        verdict.failed["endurance"] = f"instead of {EVENTS}: {wrong}"
    verdict.started["endurance"] = 1
    return verdict


def _copy(source, target):
    """Copy a database from one server to another."""
    dump = target.folder / "database.dump"
    tools = source.server.tools
    run(
        [tools / "pg_dump", "-Fc", "-Z1", "-f", dump, source.database],
        env=source.server.environment(),
    )
    env = target.server.environment()
    target.server.sql(f'CREATE DATABASE "{target.database}" TEMPLATE template0')
    run(
        [tools / "pg_restore", "--no-owner", "-d", target.database, dump],
        env=env,
        check=False,  # it can't comment on extensions, which nobody needs
    )
    dump.unlink()


def _torment(cluster, instance):
    """Let two servers work; kill one, then take the database away from the other."""
    servers = [_serve(instance, number) for number in (1, 2)]
    try:
        _wait_for(instance, EVENTS // 10)
        os.killpg(servers[0].pid, signal.SIGKILL)
        servers[0].wait()
        _wait_for(instance, EVENTS // 3)
        cluster.restart()
        servers.append(_serve(instance, 3))
        _wait_for(instance, EVENTS)
        time.sleep(5)  # time enough for a second firing, should there be one
    finally:
        for server in servers:
            stop(server)


def _serve(instance, number):
    """Start an Odoo whose workers come back when they lose the database."""
    command = instance.command(
        *("--workers", 1, "--max-cron-threads", 1, "-d", instance.database),
        *("--gevent-port", free_port(), "--http-port", free_port()),
    )
    with open(instance.folder / f"server-{number}.log", "wb") as log:
        return start(command, env=instance.environment(), stdout=log, stderr=log)


def _wait_for(instance, wanted):
    """Wait until so many rungs have fired; remind the servers meanwhile."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if int(instance.server.sql(COUNT, instance.database)[0][0]) >= wanted:
                return
            # what a commit of a trigger does; servers poll once a minute otherwise
            instance.server.sql(
                f"SELECT pg_notify('cron_trigger', '{instance.database}')"
            )
        except (Problem, IndexError):
            pass  # the database is just coming back
        time.sleep(0.5)
    logs = "\n".join(
        output(["tail", "-n", "15", log], check=False)
        for log in sorted(instance.folder.glob("server-*.log"))
    )
    raise Problem(f"endurance: {wanted} rungs didn't fire in {PATIENCE} s\n{logs}")


def _facts(instance):
    return {
        what: int(instance.server.sql(query, instance.database)[0][0])
        for what, query in FACTS.items()
    }
