"""Comparable forms of telephone numbers (no ORM)."""

import re
import unicodedata

_NOT_DIGIT = re.compile(r"\D")
_EXTENSION = re.compile(r"(ext\.?|x|#|转|分机).*$", re.IGNORECASE)


def phone_key(phone: str | None, country_code: int | None = None) -> str | None:
    """Return the digits by which two spellings of a number are recognised as one.

    The code of one's own country (``+86``, ``0086``), the trunk zero in front of an
    area code and an extension are dropped, so that ``+86 (0)411 8888-0000`` and
    ``0411-88880000 ext 2`` agree.

    :param phone: a number as somebody typed it
    :param country_code: of the country in which it is dialled; China when unknown
    :return: its digits, or None when there are none
    """
    text = unicodedata.normalize("NFKC", phone or "").strip()
    text = _EXTENSION.sub("", text.replace("(0)", ""))
    digits = _NOT_DIGIT.sub("", text)
    own = str(country_code or 86)
    if text.startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00").removeprefix(own)
    else:
        digits = digits.removeprefix("0")
    return digits or None


def is_complainant(vals: dict) -> bool:
    """Tell whether a row made with ``vals`` is who complains."""
    return vals.get("type", "complainant") == "complainant"


def choose_main(rows: list[dict]) -> list[dict]:
    """Return values of new rows, with one complainant who speaks: the last chosen."""
    complainants = [row for row in rows if is_complainant(row)]
    chosen = [row for row in complainants if row.get("is_main")]
    main = (chosen or complainants[:1] or [None])[-1]
    return [{**row, "is_main": row is main} for row in rows]
