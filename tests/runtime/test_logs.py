"""What really lands in the file and on stderr."""

from __future__ import annotations

import io
import json
import logging
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.ports import LastingFault
from kiosk.runtime import logs
from kiosk.runtime.logs import LOG_FILE, set_up_logging

NIK = "3174075508950001"
PLANTED = (NIK, "3174 0755", "0812-3456", "siti@example", "0001234567890", "Siti Aminah")


class Written:
    def __init__(self, data_dir: Path) -> None:
        self.stderr = io.StringIO()
        self.folder = set_up_logging(data_dir, stderr=self.stderr)

    @property
    def text(self) -> str:
        return (self.folder / LOG_FILE).read_text(encoding="utf-8")

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    root = logging.getLogger()
    before, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    yield Written(tmp_path)
    for handler in list(root.handlers):
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    logging.raiseExceptions = raising
    logging.captureWarnings(False)


log = logging.getLogger("kiosk.some.room")


def test_a_line_is_json_with_its_extras_and_short_on_stderr(written: Written) -> None:
    log.warning("frame late", extra={"milliseconds": 41, "part": "camera"})
    line = written.lines[-1]
    assert (line["level"], line["logger"], line["event"]) == ("warning", "kiosk.some.room", "frame late")
    assert (line["milliseconds"], line["part"]) == (41, "camera")
    assert line["at"].endswith("+00:00")
    assert "WARNING kiosk.some.room: frame late milliseconds=41 part=camera" in written.stderr.getvalue()


def test_planted_values_reach_neither_file_nor_stderr(written: Written) -> None:
    word = "siti@example.go.id"
    log.error("nik %s hp %s", NIK, "0812-3456-7890")
    log.error(f"card 0001234567890 mail {word} nik 3174 0755 0895 0001")
    log.error("answer %r", {"peserta": {"nik": NIK, "rows": [[f"hp 0812-3456-7890 {word}"]]}})
    log.error("extra", extra={"body": {"nik": NIK, "deep": [{"x": word}]}, NIK: 1, "number": int(NIK)})
    log.error("wrong number of arguments %s %s", NIK)  # noqa: PLE1206
    try:
        held = {"name": "Siti Aminah", "nik": NIK}
        raise ValueError(f"Siti Aminah {NIK} {word} {held}")
    except ValueError:
        log.exception("lookup failed for %s", word)
    log.error("stack", stack_info=True)
    warnings.warn(f"odd {NIK}", stacklevel=1)
    both = written.text + written.stderr.getvalue()
    assert not [value for value in PLANTED if value in both]
    assert len(written.lines) == 8


def test_an_exception_is_told_by_type_reason_and_frames_without_its_words(written: Written) -> None:
    def inner(nik: str) -> None:
        raise LastingFault("refused_login")

    try:
        inner(NIK)
    except LastingFault:
        log.exception("sync")
    line = written.lines[-1]
    assert (line["fault"], line["reason"]) == ("LastingFault", "refused_login")
    assert "inner" in line["frames"][-1]
    assert "test_logs.py" in line["frames"][-1]
    assert "Traceback" not in written.stderr.getvalue()


def test_the_log_is_private_and_capped(written: Written, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)
    written = Written(tmp_path)
    for number in range(200):
        log.info("line", extra={"number": number})
    files = sorted(written.folder.iterdir())
    assert len(files) == logs.KEPT_FILES + 1
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert stat.S_IMODE(written.folder.stat().st_mode) == 0o700
    assert written.lines[-1]["number"] == 199


def test_without_a_writable_folder_stderr_goes_on_and_says_so(written: Written, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    stderr = io.StringIO()
    set_up_logging(tmp_path / "file", stderr=stderr)
    log.warning("still here")
    assert "no log file" in stderr.getvalue()
    assert "still here" in stderr.getvalue()


def test_setting_up_twice_does_not_write_twice(written: Written, tmp_path: Path) -> None:
    written = Written(tmp_path)
    log.info("once")
    assert [line["event"] for line in written.lines] == ["once"]
