"""The rows of the bench: registered by their modules, measured in Odoo's shell."""

import gc
import json
import statistics
import time
from importlib import import_module

#: Where rows are registered.
MODULES = ("measure", "measure_engine")
ROWS = {}


def row(label, target, repeat=7):
    """Register a function that returns {contender: thunk} as a measured row.

    A thunk that does the same ``count`` times (its attribute) is shown for one time.
    """

    def register(function):
        ROWS[function.__name__] = (label, target, repeat, function)
        return function

    return register


def main(env, names=None):
    """Measure the rows; print one line of JSON each."""
    for module in MODULES:
        import_module(f".{module}", __package__)
    for name, (label, target, repeat, function) in ROWS.items():
        if names and name not in names:
            continue
        seconds, queries = _measure(env, function(env), repeat)
        result = {"name": name, "label": label, "target": target}
        print("BENCH" + json.dumps({**result, "seconds": seconds, "queries": queries}))


def _measure(env, thunks, repeat):
    """Time the contenders interleaved, each try in a savepoint that is undone."""
    seconds = {name: [] for name in thunks}
    queries = {}
    for attempt in range(repeat + 1):
        for name, thunk in thunks.items():
            env.cr.execute("SAVEPOINT bench")
            env.invalidate_all()
            gc.collect()
            before, start = env.cr.sql_log_count, time.perf_counter()
            thunk()
            # As a commit does: Odoo writes what was tracked, we set the alarm.
            env.cr.flush()
            passed = (time.perf_counter() - start) / getattr(thunk, "count", 1)
            queries[name] = env.cr.sql_log_count - before
            env.clear()
            env.cr.clear()
            env.cr.execute("ROLLBACK TO SAVEPOINT bench")
            if attempt:  # the first try fills caches
                seconds[name].append(passed)
    return {name: statistics.median(times) for name, times in seconds.items()}, queries
