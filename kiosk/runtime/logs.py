"""Where log lines go: JSON lines in the data folder (rotating, capped) and short ones on stderr.

Two handlers on the root logger, and both mask everything they write (``masking``). Of an exception
only type, typed reason and frames are written: messages of drivers quote rows, and a name in them
could not be recognised. A log that cannot be written never stops the kiosk.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from kiosk.ports import CentreRefused, LastingFault, PassingFault, StoreUnavailable
from kiosk.runtime.crash import frames_of
from kiosk.runtime.masking import mask_entry, mask_text

LOGS_FOLDER = "logs"
LOG_FILE = "kiosk.jsonl"
MAX_BYTES = 5 * 1024 * 1024
KEPT_FILES = 4
"""25 MiB in all: at about 200 bytes a line some weeks of a busy kiosk, and no threat to the disk."""

TALKERS = ("alembic",)
"""Libraries whose INFO lines are about themselves."""

_OWN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_TYPED_FAULTS = (PassingFault, LastingFault, StoreUnavailable, CentreRefused)


class JsonLineFormatter(logging.Formatter):
    """One masked JSON object a line: at, level, logger, thread, event, then what was given as extra."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": mask_text(record.name),
            "thread": mask_text(str(record.threadName)),
            "event": mask_text(_message(record)),
        }
        for key, value in _extras(record).items():
            line.setdefault(key, value)
        return json.dumps(line, ensure_ascii=False, default=str)


class ShortFormatter(logging.Formatter):
    """``21:04:05 WARNING db.sync.worker: words key=value``, local time, masked."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        extras = "".join(f" {key}={value}" for key, value in _extras(record).items() if key != "frames")
        return f"{at} {record.levelname} {mask_text(record.name)}: {mask_text(_message(record))}{extras}"


class PrivateRotatingHandler(logging.handlers.RotatingFileHandler):
    """The log file and its older parts are readable by the kiosk's own user only."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=private)  # type: ignore[return-value]


def set_up_logging(data_dir: Path, *, level: int = logging.INFO, stderr: TextIO | None = None) -> Path:
    """Send every log line of this process to ``data_dir/logs/kiosk.jsonl`` and to ``stderr``; returns the
    logs folder. May be called again. Without a writable folder only stderr is left, and says so."""
    folder = data_dir / LOGS_FOLDER
    short = logging.StreamHandler(stderr or sys.stderr)
    short.setFormatter(ShortFormatter())
    handlers: list[logging.Handler] = [short]
    trouble = ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = PrivateRotatingHandler(folder / LOG_FILE, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        file.setFormatter(JsonLineFormatter())
        handlers.append(file)
    except OSError as fault:
        trouble = type(fault).__name__
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, JsonLineFormatter | ShortFormatter):
            root.removeHandler(old)
            old.close()
        elif type(old) is logging.StreamHandler:  # a library's basicConfig: it would print unmasked
            root.removeHandler(old)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    for talker in TALKERS:
        logging.getLogger(talker).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a failing log call would print its arguments, unmasked, to stderr
    if trouble:
        logging.getLogger(__name__).error("no log file", extra={"fault": trouble})
    return folder


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # wrong number of arguments: keep the constant part
        return str(record.msg)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    extras = {mask_text(k): mask_entry(k, v) for k, v in record.__dict__.items() if k not in _OWN_FIELDS}
    fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if fault is not None:
        extras |= frames_of(fault)
        if isinstance(fault, _TYPED_FAULTS):
            extras["reason"] = mask_text(fault.reason)
    return extras
