"""Tokens that open a page from outside (no ORM)."""

import hashlib
import secrets

#: Neither 0 and O nor 1, l and I: somebody may have to type it.
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: 22 of 58 letters are 128 bits.
LENGTH = 22


def make_token() -> str:
    """Return a new random token."""
    return "".join(secrets.choice(ALPHABET) for _index in range(LENGTH))


def make_token_from(digest: bytes) -> str:
    """Return the token that ``digest`` (at least 17 bytes) always gives."""
    number, letters = int.from_bytes(digest, "big"), []
    for _index in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def hash_token(token: str) -> str:
    """Return what is stored of a token that nobody may read again."""
    return hashlib.sha256(token.encode()).hexdigest()
