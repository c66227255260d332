"""What may be told of an exception: its type and where it happened, never its words or values.

Messages, arguments and locals may hold a NIK, a name or a code; type and frames cannot. The crash
record of a program that died is read once at the next start.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

log = logging.getLogger(__name__)

CRASH_FILE = "crash.json"
MAX_FRAMES = 40
"""The innermost frames; a runaway recursion has a thousand equal ones."""
MAX_RECORD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class CrashRecord:
    at: str  # ISO 8601, UTC
    thread: str
    type: str
    frames: tuple[str, ...]  # "file:line function", outermost first


def frames_of(fault: BaseException) -> dict[str, Any]:
    """``{"fault": type name, "frames": [...]}`` for a log line; causes are left out."""
    return {"fault": type(fault).__name__, "frames": list(_frames(fault.__traceback__))}


def watch_for_crashes(logs_folder: Path) -> None:
    """At the start of the program: no memory image when it dies, the last crash told once, hooks in place."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold frames, NIK and PIN in the clear
    last = read_last_crash(logs_folder)
    if last is not None:
        log.warning("the last run crashed", extra={"fault": last.type, "at": last.at, "frame": last.frames[-1:]})
    install_crash_hooks(logs_folder)


def install_crash_hooks(logs_folder: Path) -> None:
    """Record uncaught exceptions of every thread; nothing of them is printed to stderr."""
    file = logs_folder / CRASH_FILE

    def from_main(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        _report(file, "main", kind, trace)

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if not issubclass(args.exc_type, SystemExit):
            _report(file, args.thread.name if args.thread else "?", args.exc_type, args.exc_traceback)

    def from_finaliser(args: Any) -> None:  # __del__, weakref call-backs; sys.UnraisableHookArgs
        log.error("unraisable", extra={"fault": args.exc_type.__name__, "frames": list(_frames(args.exc_traceback))})

    sys.excepthook = from_main
    threading.excepthook = from_thread
    sys.unraisablehook = from_finaliser


def read_last_crash(logs_folder: Path) -> CrashRecord | None:
    """The record of the last crash, once: it is renamed to ``crash.json.read``. None when there is
    none or it is unreadable."""
    file = logs_folder / CRASH_FILE
    try:
        with file.open(encoding="utf-8") as opened:
            told = json.loads(opened.read(MAX_RECORD_BYTES))
        record = CrashRecord(str(told["at"]), str(told["thread"]), str(told["type"]), tuple(map(str, told["frames"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        record = None
    try:
        file.replace(file.with_name(CRASH_FILE + ".read"))
    except OSError as fault:
        log.warning("crash record stays", extra={"errno": fault.errno})
    return record


def _report(file: Path, thread: str, kind: type[BaseException], trace: TracebackType | None) -> None:
    record = CrashRecord(datetime.now(UTC).isoformat(), thread, kind.__name__, _frames(trace))
    log.critical("crash", extra={"thread_name": thread, "fault": record.type, "frames": list(record.frames)})
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            json.dump(asdict(record), opened)
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as fault:
        log.error("crash record not written", extra={"errno": fault.errno})


def _frames(trace: TracebackType | None) -> tuple[str, ...]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{_short(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return tuple(found[-MAX_FRAMES:])


def _short(path: str) -> str:
    """The last three parts: enough to find the line, without the folders of the machine."""
    return "/".join(Path(path).parts[-3:])
