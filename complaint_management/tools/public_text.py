"""What strangers type, made harmless for databases, logs and readers (no ORM)."""

import re
import unicodedata

#: Control characters, and those that turn the direction of what follows.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACE = re.compile(r"\s+")


def clean_text(value, length: int) -> str:
    """Return ``value`` as text of at most ``length`` characters, lines kept."""
    text = value if isinstance(value, str) else ""
    text = text[: 4 * length].replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _HARMFUL.sub("", text))
    return _BLANK_LINES.sub("\n\n", text).strip()[:length]


def clean_line(value, length: int) -> str:
    """Return ``value`` as one line of at most ``length`` characters."""
    return _SPACE.sub(" ", clean_text(value, length)).strip()


def shorten(text: str, length: int) -> str:
    """Return the beginning of ``text`` in one line, cut at a word if there is one."""
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, space, _rest = cut.rpartition(" ")
    return (head if space and len(head) > length // 2 else cut) + "…"
