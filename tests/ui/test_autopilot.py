"""The autopilot presses only what a person could press, and takes no picture of a real person."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from kiosk.config import Settings
from kiosk.journey.state import Stage
from tests.ui.conftest import Bench
from ui.app import assemble
from ui.autopilot import Autopilot, NotThere, ShotsRefused, TookTooLong
from ui.gallery_states import SCENES
from ui.still_door import StillDoor


def test_a_name_that_is_not_on_the_screen_cannot_be_pressed(bench: Bench) -> None:
    with pytest.raises(NotThere):
        bench.pilot.find("consentYes")
    with pytest.raises(TookTooLong, match="consentYes"):
        bench.pilot.click("consentYes", timeout=0.05)


def test_keys_made_by_a_repeater_are_found(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    assert all(bench.pilot.find(f"key{digit}").objectName() == f"key{digit}" for digit in range(10))


def test_a_disabled_button_cannot_be_pressed(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    assert bench.pilot.look("submitNumber") is None


def test_a_stage_that_never_comes_is_told_with_the_present_one(bench: Bench) -> None:
    with pytest.raises(TookTooLong, match="still attract"):
        bench.pilot.wait_stage(Stage.DONE, 0.05)


def test_a_picture_is_as_large_as_the_panel(bench: Bench, tmp_path: Path) -> None:
    picture = QImage(str(bench.pilot.shot(tmp_path / "deep" / "one.png")))
    assert (picture.width(), picture.height()) == (1080, 1920)


def test_pictures_are_refused_outside_demo(qapp: QGuiApplication, settings: Settings, tmp_path: Path) -> None:
    window = assemble(StillDoor(demo=False), settings)
    try:
        with pytest.raises(ShotsRefused):
            Autopilot(window).shot(tmp_path / "never.png")
    finally:
        window.close()
    assert not list(tmp_path.iterdir())


def test_the_first_picture_is_told_once(qapp: QGuiApplication, settings: Settings) -> None:
    window = assemble(StillDoor(), settings)
    told: list[float] = []
    window.on_first_picture(told.append)
    window.show((1366, 768))
    pilot = Autopilot(window)
    pilot.wait_until(lambda: bool(told), 5)
    window.show((1080, 1920))
    pilot.breathe()
    assert told == [window.first_picture_at]
    window.close()
