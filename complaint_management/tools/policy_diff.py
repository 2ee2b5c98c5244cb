"""What differs between two policy files (no ORM)."""

from collections.abc import Iterator
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


def get_rows(data: dict, is_rows) -> dict:
    """Return every row of a file by its place, rows in rows included.

    :param is_rows: ``is_rows(place_of_the_list)`` tells whether a list has rows
    """
    rows = {("policy",): data["policy"]}
    for section, found in data.items():
        if section in ("format", "version", "policy"):
            continue
        _add_rows(rows, (section,), found, is_rows)
    return rows


def _add_rows(rows: dict, place: tuple, found: list, is_rows):
    for row in found:
        here = (*place, get_key(place[-1], row))
        rows[here] = row
        for key, value in row.items():
            if isinstance(value, list) and is_rows((*place, key)):
                _add_rows(rows, (*here, key), value, is_rows)


def get_key(section: str, row: dict) -> str:
    """Return the name of a row in its list: reasons are named by their use too."""
    if section == "reasons":
        return f"{row.get('usage') or 'close'}/{row['code']}"
    return row["code"]


def get_changes(old: dict, new: dict, is_rows) -> Iterator[Change]:
    """Yield what has to change in ``old`` to become ``new``.

    A row inside one that is added or goes isn't told of again.
    """
    before, after = get_rows(old, is_rows), get_rows(new, is_rows)
    for place, row in after.items():
        if place not in before:
            if place[:-2] in before or len(place) == 2:
                yield Change("add", place, new=row)
            continue
        for key in sorted({*row, *before[place]}):
            if is_rows((*place[::2], key)):
                continue
            if row.get(key) != before[place].get(key):
                yield Change("change", place, key, before[place].get(key), row.get(key))
    for place, row in before.items():
        if place not in after and (place[:-2] in after or len(place) == 2):
            yield Change("remove", place, old=row)
    yield from _get_moves(before, after)


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
