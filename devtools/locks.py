"""Locks between several `./dev`, and folders that are there whole or not at all."""

import contextlib
import fcntl
import os
import shutil
import tempfile

from .console import say


@contextlib.contextmanager
def locked(path, busy="waiting for another ./dev"):
    """Hold the file lock `path`; say so when another process has it."""
    with open_lock(path) as handle:
        if not try_lock(handle):
            say(f"· {busy} ({path.name}) …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def open_lock(path):
    """Open a lock file; it is never deleted, for another may be waiting on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return open(path, "a+")


def try_lock(handle, shared=False):
    """Take a lock if it is free."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def free_slot(folder, count=8):
    """Hold the first free one of some numbered lock files; yield its number."""
    for number in range(1, count + 1):
        handle = open_lock(folder / f"slot-{number}.lock")
        if try_lock(handle):
            with handle:
                yield number
            return
        handle.close()
    raise RuntimeError(f"more than {count} runs at the same time in {folder}")


def built_once(target, build):
    """Return folder `target`, made by `build(folder)` if it isn't there yet.

    It is built beside its place and renamed when complete, so an interruption
    leaves nothing behind that could be taken for the finished thing.
    """
    if target.exists():
        return target
    with locked(target.parent / f".{target.name}.lock"):
        if target.exists():
            return target
        for leftover in target.parent.glob(f".{target.name}.tmp-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = tempfile.mkdtemp(prefix=f".{target.name}.tmp-", dir=target.parent)
        os.chmod(folder, 0o755)
        try:
            build(type(target)(folder))
            os.rename(folder, target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return target
