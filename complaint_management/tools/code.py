"""Codes: the stable names of a policy's rows (no ORM)."""

import re
import uuid
from itertools import chain, count

#: Long enough to tell rows apart, short enough to write by hand.
MAX_LENGTH = 48


def make_code(text: str | None) -> str:
    """Return a code made of the Latin letters and digits of ``text``.

    A text without any (a Chinese name) gets a random one.
    """
    slug = re.sub(r"[^a-z0-9]+", "_", (text or "").lower()).strip("_")
    return slug[:MAX_LENGTH].strip("_") or uuid.uuid4().hex[:8]


def get_free_code(stem: str, taken: set[str]) -> str:
    """Return ``stem``, or the first of ``stem_2``, ``stem_3`` … that isn't taken."""
    names = chain([stem], (f"{stem}_{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
