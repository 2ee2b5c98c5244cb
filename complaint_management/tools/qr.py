"""QR codes as crisp SVG, coarse enough for a thermal printer (no ORM)."""

import base64
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

#: 37 modules a side: still read from a 2 cm print of a 203 dpi printer.
MAX_VERSION = 5
#: The quiet zone that the standard asks for, in modules.
BORDER = 4
#: Any mask is valid; trying all eight takes three times as long.
MASK = 2
#: Dots a millimetre of a 203 dpi thermal printer.
DOTS = 8
#: The best error correction for which a text fits.
LEVELS = (ERROR_CORRECT_Q, ERROR_CORRECT_M, ERROR_CORRECT_L)


class TooLong(ValueError):
    """The text needs a finer code than a thermal printer can draw."""


@lru_cache(maxsize=4096)
def get_modules(text: str) -> tuple[str, ...]:
    """Return the rows of the code of ``text`` as strings of 0 and 1, without border.

    The coarsest code with medium error correction (a crumpled receipt); the finest
    takes whatever correction it has room for.

    :raise TooLong: it doesn't fit into version ``MAX_VERSION``
    """
    tries = [(version, ERROR_CORRECT_M) for version in range(2, MAX_VERSION)]
    tries += [(MAX_VERSION, level) for level in LEVELS]
    for version, level in tries:
        code = qrcode.QRCode(
            version=version, error_correction=level, border=0, mask_pattern=MASK
        )
        code.add_data(text, optimize=0)
        try:
            code.make(fit=False)
        except DataOverflowError:
            continue
        return tuple(
            "".join("1" if dark else "0" for dark in row) for row in code.get_matrix()
        )
    raise TooLong(text)


@lru_cache(maxsize=4096)
def make_svg(text: str) -> str:
    """Return the code of ``text`` as an SVG document, quiet zone included."""
    rows = get_modules(text)
    side = len(rows) + 2 * BORDER
    path = "".join(
        f"M{x + BORDER} {y + BORDER}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for x, length in _get_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" '
        f'fill="#fff"/><path d="{path}"/></svg>'
    )


@lru_cache(maxsize=4096)
def make_data_uri(text: str) -> str:
    """Return the code of ``text`` as the ``src`` of an ``<img>``."""
    data = base64.b64encode(make_svg(text).encode()).decode()
    return f"data:image/svg+xml;base64,{data}"


def fit_size(text: str, size_mm: float) -> float:
    """Return the size nearest to ``size_mm`` whose modules are whole printer dots.

    A module that is 3.6 dots wide is printed as 3 or 4 at random, and misread.
    At least 3 dots a module.
    """
    side = len(get_modules(text)) + 2 * BORDER
    dots = max(3, round(size_mm * DOTS / side))
    return round(side * dots / DOTS, 2)


def _get_runs(row):
    """Yield the (start, length) of the dark runs of a row."""
    start = None
    for x, module in enumerate(row + "0"):
        if module == "1" and start is None:
            start = x
        elif module == "0" and start is not None:
            yield start, x - start
            start = None
