"""Child processes: quiet unless they fail, never outliving `./dev`."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys

from .console import Problem

PR_SET_PDEATHSIG = 1


def run(command, *, check=True, account=None, **kwargs):
    """Run a command without a terminal; show its output only when it fails."""
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    if account:
        kwargs.update(as_account(account))
    command = [str(part) for part in command]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **kwargs,
    )
    if check and done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-40:])
        raise Problem(f"{' '.join(command)}\nfailed ({done.returncode}):\n{tail}")
    return done


def output(command, **kwargs):
    """Return what a command prints."""
    return run(command, **kwargs).stdout


def as_account(name):
    """Return the arguments that make subprocess run as another account."""
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def start(command, **kwargs):
    """Start a long-lived child that gets no Ctrl-C and dies when `./dev` dies."""
    return subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        preexec_fn=_die_with_parent,
        **kwargs,
    )


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(child, patience=20):
    """End a child: ask, insist, kill."""
    for number, wait in ((signal.SIGINT, patience), (signal.SIGTERM, 5)):
        if child.poll() is not None:
            return
        child.send_signal(number)
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            continue
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def end_on_signals():
    """Turn TERM and HUP into the exception that Ctrl-C raises."""

    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def follow(command, log, *, env=None, cwd=None, on_line=None, children=None):
    """Run a command to its end, its output in a file; return its exit code.

    :param children: a list that somebody keeps to end what is running
    """
    with open(log, "ab") as sink:
        child = start(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
        )
        if children is not None:
            children.append(child)
        try:
            for line in child.stdout:
                sink.write(line)
                if on_line:
                    on_line(line.decode(errors="replace").rstrip("\n"))
            return child.wait()
        except BaseException:
            stop(child)
            raise


def exec_in_place(command, env, cwd=None):
    """Run a command with the terminal, and return its exit code."""
    old = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        command = [str(part) for part in command]
        return subprocess.call(
            command,
            env=env,
            cwd=cwd,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    finally:
        signal.signal(signal.SIGINT, old)
        sys.stdout.flush()
