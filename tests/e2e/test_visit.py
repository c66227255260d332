"""Whole visits, from the start screen to the centre, by the command that others rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.support import Kiosk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ALL_STEPS = ["consent", "identity", "lookup", "confirm", "face", "otp", "pin", "done"]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Kiosk:
    return Kiosk(tmp_path_factory.mktemp("kiosk"))


@pytest.fixture(scope="module")
def happy(kiosk: Kiosk) -> tuple[int, dict[str, Any], str, Path]:
    shots = kiosk.folder / "shots"
    return (*kiosk.visit("happy", shots=shots), shots)


def test_one_command_leads_from_the_start_screen_to_terverifikasi_in_the_centre(
    happy: tuple[int, dict[str, Any], str, Path],
) -> None:
    code, result, printed, _ = happy
    assert code == 0, printed
    assert result["status"] == "TERVERIFIKASI"
    assert result["centre"]["status"] == "TERVERIFIKASI"
    assert result["centre"]["events"] == 10
    assert [step["name"] for step in result["steps"]] == ALL_STEPS
    assert all(step["outcome"] == "ok" and step["machine_ms"] >= 0 for step in result["steps"])


def test_each_screen_leaves_a_picture(happy: tuple[int, dict[str, Any], str, Path]) -> None:
    *_, shots = happy
    names = "".join(sorted(path.name for path in shots.glob("*.png")))
    for screen in ("beranda", "consent", "identity", "nik", "confirm", "face", "otp", "pin", "done"):
        assert screen in names


@pytest.mark.parametrize("scenario", ["impostor", "photo-attack"])
def test_who_is_not_the_live_right_person_ends_with_staff_and_never_reaches_the_code(
    kiosk: Kiosk, scenario: str
) -> None:
    code, result, printed = kiosk.visit(scenario)
    assert code == 0, printed
    assert result["status"] == "PERLU_PETUGAS"
    assert [step["name"] for step in result["steps"]] == ALL_STEPS[:5]
    assert result["steps"][-1]["outcome"].startswith("face_")
    assert result["centre"]["status"] != "TERVERIFIKASI"


def test_pictures_are_refused_outside_demo(kiosk: Kiosk, tmp_path: Path) -> None:
    import subprocess

    from tests.e2e.support import ROOT

    done = subprocess.run(
        kiosk.command("visit", "--scenario", "happy", "--headless", "--shots", str(tmp_path)),
        cwd=ROOT,
        env=kiosk.environment() | {"BPJS_KIOSK__CENTRE__DSN": "host=centre.invalid dbname=central"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "DEMO" in done.stderr
    assert not list(tmp_path.iterdir())
