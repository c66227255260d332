"""Programs that tests run in a process of their own, to kill it or to take something from it.

``python -m tests.db.local.child <what> <folder>``; each prints lines of ``word value`` and flushes.
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from db.local.keys import KeyFolder
from db.local.rekey import rekey
from kiosk.ports import LastingFault, StoreUnavailable
from tests.db.local.support import ENDED, HELP, PIN, STARTED, open_store

NOBODY = 65534


def say(word: str, value: object) -> None:
    sys.stdout.write(f"{word} {value}\n")
    sys.stdout.flush()


def record_for_ever(folder: Path) -> None:
    """Says ``recorded <head>`` after each commit, until it is killed."""
    store = open_store(folder)
    say("head", store.head().seq)
    for number in itertools.count():
        store.record(f"visit-{number}", [STARTED, HELP, PIN, ENDED])
        say("recorded", store.head().seq)
        if number % 7 == 3:
            store.acknowledge(store.head().seq - 2)


def record_until_files_may_not_grow(folder: Path) -> None:
    """A file-size limit stands for a full disk: writes fail half-way, as they do there."""
    store = open_store(folder)
    store.record("v", [STARTED])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = max(file.stat().st_size for file in folder.iterdir()) + 40_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    recorded = store.head().seq
    try:
        for _ in range(10_000):
            store.record("v", [HELP])
            recorded += 1
    except StoreUnavailable as fault:
        say("fault", fault.reason)
    say("recorded", recorded)
    say("head", store.head().seq)
    say("intact", store.verify_chain().intact)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.record("v", [ENDED])
    say("after", store.head().seq)
    say("intact", store.verify_chain().intact)


def record_in_a_read_only_folder(folder: Path) -> None:
    """Root would be allowed everything: become nobody first. The folder belongs to nobody."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    for mode in (0o500, 0o700):
        folder.chmod(mode)
        try:
            store = open_store(folder)
            store.record("v", [STARTED])
            say("recorded", store.head().seq)
            store.close()
        except (LastingFault, StoreUnavailable) as fault:
            say("fault", fault.reason)
    (folder / "store.db").chmod(0o400)
    try:
        open_store(folder)
    except LastingFault as fault:
        say("fault", fault.reason)


def hold(folder: Path) -> None:
    store = open_store(folder)
    store.record("v", [STARTED])
    say("holding", store.head().seq)
    sys.stdin.read()


def rekey_and_die_at(folder: Path) -> None:
    """The last part of ``folder`` is the step after which it kills itself, or how large a file may grow after the
    key was sealed: the kernel then kills it within a write. "never" lets it end."""

    def step(done: str) -> None:
        say("step", done)
        if done == "sealed" and folder.name.isdigit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(folder.name), int(folder.name)))
        if done == folder.name:
            os.kill(os.getpid(), signal.SIGKILL)

    rekey(folder.parent, KeyFolder(folder.parent / "keys"), step)


PROGRAMS: dict[str, Callable[[Path], None]] = {
    "record": record_for_ever,
    "small": record_until_files_may_not_grow,
    "readonly": record_in_a_read_only_folder,
    "hold": hold,
    "rekey": rekey_and_die_at,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](Path(sys.argv[2]))
