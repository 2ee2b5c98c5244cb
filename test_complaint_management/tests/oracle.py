"""The figures of real policies, and due dates computed the slow, obvious way.

Nothing here asks the add-on: what a policy demands is read from its catalogue entry,
and a date is found by walking the days one by one.

Each policy has an entry in ``policies/oracle.json`` (a copy of the catalogue's), a file
that the add-on imports (``policies/<id>.json``) and a scenario that says which rule of
the file stands for which figure of the entry, and how a case gets there
(``scenarios/<id>.json``, see ``oracle_common``).
"""

import json
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta

try:
    import yaml
except ImportError:  # the copy beside the policy files has the figures too
    yaml = None

POLICIES = Path(__file__).resolve().parents[1] / "policies"
SCENARIOS = POLICIES.parent / "scenarios"
#: What the copy keeps of each entry of the catalogue.
KEPT = ("id", "title_zh", "title_en", "severities", "deadlines", "escalation")
#: "At once" is so many minutes at the most: a policy sets how many, never zero.
AT_ONCE = timedelta(minutes=30)

# The office that the cases are run by: in Shanghai, eight hours before UTC all year.
EAST = timedelta(hours=8)
OPENING, CLOSING = time(8), time(17)
#: The National Day holidays of 2026 and the days worked for them.
HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)}
MAKE_UP_DAYS = {date(2026, 9, 20), date(2026, 10, 10)}


def get_entries() -> dict:
    """Return the entries of the copy by their ids."""
    copy = json.loads((POLICIES / "oracle.json").read_text())
    return {entry["id"]: entry for entry in copy}


def get_scenario(policy_id: str) -> dict:
    """Return how the policy is compared with its entry."""
    return json.loads((SCENARIOS / f"{policy_id}.json").read_text())


def find_catalogue() -> Path | None:
    """Return ``shared/policies.yaml``: of the environment, else beside the checkout."""
    named = os.environ.get("COMPLAINT_POLICIES")
    if named:
        return Path(named)
    candidates = (
        folder / "shared" / "policies.yaml" for folder in POLICIES.resolve().parents
    )
    return next((path for path in candidates if path.exists()), None)


def get_catalogue() -> dict | None:
    """Return the whole catalogue by ids, None where there is none to be read."""
    path = find_catalogue()
    if not path or not yaml:
        return None
    entries = yaml.safe_load(path.read_text())["policies"]
    return {entry["id"]: entry for entry in entries}


def trim(entry: dict) -> dict:
    """Return what the copy keeps of ``entry``: of its remedies, those with a ratio."""
    kept = {key: entry[key] for key in KEPT if key in entry}
    rows = [row for row in entry.get("remedies", []) if isinstance(row, dict)]
    remedies = [row for row in rows if "ratio" in row]
    return {**kept, "remedies": remedies} if remedies else kept


def has_time(entry: dict) -> bool:
    """Tell whether ``entry`` has any deadline or rung of a ladder."""
    return bool(entry.get("deadlines") or entry.get("escalation"))


def get_deadlines(entry: dict) -> dict:
    """Return the deadlines of ``entry`` by "milestone [condition]"."""
    deadlines = {}
    for deadline in entry.get("deadlines", []):
        condition = deadline.get("condition")
        suffix = f" [{condition}]" if condition else ""
        deadlines[deadline["milestone"] + suffix] = deadline
    if len(deadlines) != len(entry.get("deadlines", [])):
        raise ValueError(f"{entry['id']}: two deadlines look the same")
    return deadlines


def get_rungs(entry: dict) -> dict:
    """Return the rungs of ``entry`` by "trigger → who, who"."""
    rungs = {}
    for rung in entry.get("escalation", []):
        key = f"{rung['trigger']} → {', '.join(get_names(rung['to']))}"
        rungs[key] = rung
    if len(rungs) != len(entry.get("escalation", [])):
        raise ValueError(f"{entry['id']}: two rungs look the same")
    return rungs


def get_figures(entry: dict) -> dict:
    """Return what else ``entry`` counts, by "severity: number" and "remedy: class"."""
    ratios = {
        f"remedy: {row['class']}": int(row["ratio"].removeprefix("1:"))
        for row in entry.get("remedies", [])
    }
    return ratios | {
        f"{severity['en']}: {name}": value
        for severity in entry.get("severities", [])
        for name, value in severity.get("rules", {}).items()
        if not isinstance(value, bool)
    }


def get_names(whom) -> list[str]:
    """Return the English names of ``whom``: a text, a pair of texts or a list."""
    if isinstance(whom, list):
        return [name for one in whom for name in get_names(one)]
    return [whom["en"] if isinstance(whom, dict) else whom]


# ------------------------------------------------------------
# TIME, all in naive UTC
# ------------------------------------------------------------


def is_working_day(day: date) -> bool:
    """Tell whether the office opens on the local ``day``."""
    return day in MAKE_UP_DAYS or (day.weekday() < 5 and day not in HOLIDAYS)


def get_day(moment: datetime) -> date:
    """Return the local day of ``moment``."""
    return (moment + EAST).date()


def get_closing(day: date) -> datetime:
    """Return when the office closes on the local ``day``."""
    return datetime.combine(day, CLOSING) - EAST


def get_end_of_day(day: date) -> datetime:
    """Return the last second of the local ``day``."""
    return datetime.combine(day, time(23, 59, 59)) - EAST


def get_next_shift(moment: datetime) -> datetime:
    """Return when the office opens the next time after ``moment``."""
    day = get_day(moment)
    while not is_working_day(day) or datetime.combine(day, OPENING) - EAST <= moment:
        day += timedelta(days=1)
    return datetime.combine(day, OPENING) - EAST


def add_working_days(start: datetime, count: int) -> datetime:
    """Return the closing of the ``count``-th working day after the day of ``start``."""
    day = get_day(start)
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return get_closing(day)


def get_due(start: datetime, value: int, unit: str) -> datetime:
    """Return when ``value`` units of the catalogue have passed since ``start``."""
    if unit == "working_days":
        return add_working_days(start, value)
    if unit == "shift_same_day":
        return get_end_of_day(get_day(start))
    units = {"calendar_days": "days"}
    local = start + EAST + relativedelta(**{units.get(unit, unit): value})
    return local - EAST
