"""What `./dev` says: steps with their duration, and problems in one message."""

import contextlib
import sys
import time


class Problem(Exception):
    """Something the developer must know or do; printed without a traceback."""


def say(text=""):
    """Print at once, also into a pipe."""
    print(text, flush=True)


def warn(text):
    """Print a remark that must not be mistaken for a result."""
    print(f"! {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text):
    """Announce a step that may take long, and say how long it took."""
    say(f"· {text} …")
    start = time.monotonic()
    yield
    say(f"  {duration(time.monotonic() - start)}")


def duration(seconds):
    """Write a duration for people: `0.4 s`, `12 s`, `2 min 05 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
