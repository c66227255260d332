"""SIGKILL at each step: nothing of the person stays, nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from db.local.assembly import assemble
from kiosk.config import Settings
from kiosk.runtime.clock import SystemClock
from tests.e2e.support import Kiosk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

STEPS = ["consent", "identity", "lookup", "confirm", "face", "otp", "pin", "done"]
PLANTED = ("3174075508950001", "3174 0755", "0001234567890", "SITI", "592748", "+62812", "1995-08-15")
"""NIK, card, name, PIN, phone and birth date of the invented participant."""


def test_a_program_killed_at_any_step_forgets_the_person_and_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    kiosk = Kiosk(tmp_path_factory.mktemp("killed"))
    for step in STEPS:
        printed = kiosk.visit_until_killed(lambda line, step=step: line.split()[:1] == [step])  # type: ignore[misc]
        assert any(line.split()[:1] == [step] for line in printed.splitlines()), printed
        _assert_nothing_readable(kiosk.data)
        _assert_chain_whole(kiosk)
    code, result, printed = kiosk.visit("happy")
    assert code == 0, printed
    assert "Kios dimulai ulang" in printed
    _assert_nothing_readable(kiosk.data)
    ended = _visits(kiosk)
    assert all(count == 1 for count in ended.values()), ended
    assert result["centre"]["events"] == 10


def _assert_nothing_readable(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for secret in PLANTED:
                assert secret.encode() not in raw, f"{secret} in {path.name}"


def _assert_chain_whole(kiosk: Kiosk) -> None:
    parts = assemble(Settings(data_dir=kiosk.data), SystemClock())
    try:
        assert parts.store.verify_chain().intact
    finally:
        parts.store.close()


def _visits(kiosk: Kiosk) -> Counter[str]:
    """How often each visit ended, from the kiosk's own chain."""
    parts = assemble(Settings(data_dir=kiosk.data), SystemClock())
    try:
        assert parts.store.backlog() == 0, "the last run left nothing unsent"
        bodies = [json.loads(event.payload) for event in parts.store.events()]
    finally:
        parts.store.close()
    started = {body["visit_id"] for body in bodies if body["event"]["type"] == "visit_started"}
    ended = Counter(body["visit_id"] for body in bodies if body["event"]["type"] == "visit_ended")
    assert started == set(ended)
    return ended
