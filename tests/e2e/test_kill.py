"""SIGKILL at each step: nothing of the person stays, nothing is lost, nothing is there twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import psycopg
import pytest

from db.central.demo_centre import DATABASE
from db.central.embedded import EmbeddedPostgres
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
        assert ("Kios dimulai ulang" in printed) is (step != STEPS[0]), "the next person is told"
        _assert_nothing_readable(kiosk.data)
        _assert_chain_whole(kiosk)
    code, result, printed = kiosk.visit("happy")
    assert code == 0, printed
    assert result["status"] == "TERVERIFIKASI"
    _assert_nothing_readable(kiosk.data)
    bodies = kiosk.chain()
    ended = Counter(body["visit_id"] for body in bodies if body["event"]["type"] == "visit_ended")
    started = [body["visit_id"] for body in bodies if body["event"]["type"] == "visit_started"]
    assert len(started) == len(STEPS) + 1
    assert ended == Counter(started), "each visit ended exactly once"
    at_centre, settled = _centre(kiosk)
    assert at_centre == [body["seq"] for body in bodies], "each event is at the centre exactly once"
    every_step_done = {body["visit_id"] for body in bodies if body["event"]["type"] == "pin_accepted"}
    assert settled == every_step_done, "what was done when the program died is settled, and nothing else"


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


def _centre(kiosk: Kiosk) -> tuple[list[int], set[str]]:
    """Event numbers at the centre in order, and the visits it settled."""
    server = EmbeddedPostgres(kiosk.folder / "centre")
    server.start()
    try:
        with psycopg.connect(server.dsn(DATABASE)) as conn:
            events = conn.execute("SELECT seq FROM store.event ORDER BY seq").fetchall()
            settled = conn.execute("SELECT visit_id FROM store.verification WHERE outcome = 'TERVERIFIKASI'").fetchall()
    finally:
        server.stop()
    return [seq for (seq,) in events], {visit_id for (visit_id,) in settled}
