"""What a receipt prints: the code of its till and the token of its order (no ORM)."""

import secrets

from odoo.addons.complaint_management.tools.token import ALPHABET

SEPARATOR = "-"
#: 58 bits: nobody finds a till that he has no receipt of.
TILL_LENGTH = 10
#: 93 bits: nobody finds the receipt of somebody else, knowing the till. The till itself
#: draws it, see ``complaint_token.js``.
ORDER_LENGTH = 16


def make_till_code() -> str:
    """Return a new random code of a till."""
    return _make(TILL_LENGTH)


def make_order_token() -> str:
    """Return a new random token of an order."""
    return _make(ORDER_LENGTH)


def is_order_token(token) -> bool:
    """Tell whether ``token`` could be an order's: whatever a till may send."""
    return (
        isinstance(token, str)
        and len(token) == ORDER_LENGTH
        and all(letter in ALPHABET for letter in token)
    )


def join(till_code: str, order_token: str) -> str:
    """Return what is printed after the address."""
    return f"{till_code}{SEPARATOR}{order_token}"


def split(token: str) -> tuple[str, str] | None:
    """Return the code of the till and the token of the order, None for other tokens."""
    till_code, separator, order_token = token.partition(SEPARATOR)
    known = separator and len(till_code) == TILL_LENGTH and is_order_token(order_token)
    return (till_code, order_token) if known else None


def _make(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _index in range(length))
