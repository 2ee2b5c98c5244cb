"""What differs between two policy files (no ORM)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Change(NamedTuple):
    """One difference: a row added or gone, a field changed, or rows in new order."""

    type: str
    place: tuple
    """Where the row stands: ``("stages", "closed")``, ``("policy",)``; of an order,
    the list."""
    key: str | None = None
    old: object = None
    new: object = None


class Shape(NamedTuple):
    """How rows stand in a file; a list is named by the sections on the way to it."""

    is_rows: Callable[[tuple], bool]
    """Whether ``("stages", "requirements")`` is a list of rows with codes."""
    get_key: Callable[[tuple, dict], str]
    """By what a row of such a list is named."""


def get_rows(data: dict, shape: Shape) -> dict:
    """Return every row of a file by its place, rows in rows included."""
    rows = {("policy",): data["policy"]}
    for section, found in data.items():
        if shape.is_rows((section,)):
            _add_rows(rows, (section,), found, shape)
    return rows


def _add_rows(rows: dict, place: tuple, found: list, shape: Shape):
    sections = place[::2]
    for row in found:
        here = (*place, shape.get_key(sections, row))
        rows[here] = row
        for key, value in row.items():
            if shape.is_rows((*sections, key)):
                _add_rows(rows, (*here, key), value, shape)


def get_changes(old: dict, new: dict, shape: Shape) -> Iterator[Change]:
    """Yield what has to change in ``old`` to become ``new``.

    A row inside one that is added or goes isn't told of again.
    """
    before, after = get_rows(old, shape), get_rows(new, shape)
    for place, row in after.items():
        if place in before:
            yield from _get_field_changes(place, before[place], row, shape)
        elif len(place) == 2 or place[:-2] in before:
            yield Change("add", place, new=row)
    for place, row in before.items():
        if place not in after and (len(place) == 2 or place[:-2] in after):
            yield Change("remove", place, old=row)
    yield from _get_moves(before, after)


def _get_field_changes(place: tuple, old: dict, new: dict, shape: Shape) -> Iterator:
    for key in sorted({*new, *old}):
        if shape.is_rows((*place[::2], key)):
            continue
        if new.get(key) != old.get(key):
            yield Change("change", place, key, old.get(key), new.get(key))


def _get_moves(before: dict, after: dict) -> Iterator[Change]:
    lists = dict.fromkeys(place[:-1] for place in before if len(place) > 1)
    for place in lists:
        common = set(_get_order(before, place)) & set(_get_order(after, place))
        old = [key for key in _get_order(before, place) if key in common]
        new = [key for key in _get_order(after, place) if key in common]
        if old != new:
            yield Change("move", place, old=old, new=new)


def _get_order(rows: dict, place: tuple) -> list:
    return [row[-1] for row in rows if row[:-1] == place]


def revert(new: dict, old: dict, changes: list[Change], shape: Shape):
    """Take ``changes`` from ``old`` to ``new`` back, in place."""
    before = get_rows(old, shape)
    for change in changes:
        rows = get_rows(new, shape)
        place, sections = change.place, change.place[::2]
        if change.type == "change":
            if change.old is None and change.key not in before[place]:
                rows[place].pop(change.key, None)
            else:
                rows[place][change.key] = change.old
            continue
        if change.type == "move":
            found = _get_list(new, rows, place)
            found.sort(key=_get_rank(change.old, found, sections, shape))
            continue
        found = _get_list(new, rows, place[:-1])
        if change.type == "add":
            found.remove(rows[place])
        else:
            found.append(change.old)


def _get_list(data: dict, rows: dict, place: tuple) -> list:
    holder = data if len(place) == 1 else rows[place[:-1]]
    return holder.setdefault(place[-1], [])


def _get_rank(order: list, found: list, sections: tuple, shape: Shape) -> Callable:
    """Return the sort key that puts rows in ``order``; others keep their places."""
    ranks = {}
    last = -1
    for row in found:
        key = shape.get_key(sections, row)
        last = order.index(key) if key in order else last
        ranks[key] = (last, key not in order)
    return lambda row: ranks[shape.get_key(sections, row)]
