"""Runs the tests of whole add-ons in several databases at once."""

import os
import threading
from collections import defaultdict

from .process import stop
from .targets import test_names

#: Fewer test classes than that are done before a second database is there.
WORTHWHILE = 8
#: Databases at once; each has a process of Odoo that keeps a core busy.
MOST = 4


def shares(selection, count=None):
    """Split a selection of whole add-ons into tags for several processes.

    The last share is what the others exclude, so that nothing can be forgotten.
    Tests that drive a browser stay together: two browsers on two cores run into
    each other's time limits.

    :param count: how many; by default as many as there are cores
    """
    whole = selection.whole_addons()
    count = count or min(os.cpu_count() or 1, MOST)
    weights = {
        f"/{module}:{name}": test_names(module).weights[name]
        for module in whole
        for name in test_names(module).standard - test_names(module).browser
    }
    if len(whole) < len(selection.modules) or len(weights) < WORTHWHILE or count < 2:
        return [selection.tags]
    browser = sum(
        test_names(module).weights[name]
        for module in whole
        for name in test_names(module).browser
    )
    loads, members = [0] * (count - 1) + [browser], defaultdict(list)
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = loads.index(min(loads))
        loads[lightest] += weights[name]
        members[lightest].append(name)
    given = [members[number] for number in range(count - 1)]
    rest = [f"-{name}" for names in given for name in names]
    tags = [",".join(names) for names in given if names]
    return [*tags, ",".join([selection.tags, *rest])]


def run_all(jobs):
    """Run ``jobs`` at the same time and return their results, in order.

    :param jobs: functions that put the processes they start into the list that they
        get as ``children``: those are ended when somebody interrupts
    """
    children, results, errors = [], [None] * len(jobs), []

    def work(number):
        try:
            results[number] = jobs[number](children=children)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(number,), daemon=True)
        for number in range(len(jobs))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:
        for child in list(children):
            stop(child)
        raise
    if errors:
        raise errors[0]
    return results
