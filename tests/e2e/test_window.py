"""The kiosk with a window and its dock, as a session would start and stop it."""

from __future__ import annotations

import signal
import subprocess

import pytest

from db.local.assembly import assemble
from kiosk.config import Settings
from kiosk.runtime.clock import SystemClock
from tests.e2e.support import ROOT, Kiosk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_a_session_that_ends_the_program_finds_it_cleanly_closed(tmp_path_factory: pytest.TempPathFactory) -> None:
    kiosk = Kiosk(tmp_path_factory.mktemp("window"))
    process = subprocess.Popen(
        kiosk.command("run"),
        cwd=ROOT,
        env=kiosk.environment() | {"DISPLAY": ":offscreen"},  # a display is there; Qt itself draws offscreen
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if "part=sync state=ready" in line:
            process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0, "".join(printed)
    parts = assemble(Settings(data_dir=kiosk.data), SystemClock())
    try:
        assert parts.store.begin_run("test") == "clean"
        assert parts.store.verify_chain().intact
    finally:
        parts.store.close()
