"""Comparable forms of telephone numbers and e-mail addresses (no ORM)."""

import re

_NOT_DIGIT = re.compile(r"\D")


def phone_key(phone: str | None) -> str | None:
    """Return the digits by which two spellings of a number are recognised as one.

    A country code (``+86``, ``0086``) and the trunk zero in front of an area code
    are dropped, so that ``+86 (0)411 8888-0000`` and ``0411-88880000`` agree.

    :param phone: a number as somebody typed it
    :return: its digits, or None when there are none
    """
    if not phone:
        return None
    text = phone.strip().replace("(0)", "")
    digits = _NOT_DIGIT.sub("", text)
    if text.startswith("+86"):
        digits = digits[2:]
    elif digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("0"):
        digits = digits[1:]
    return digits or None
