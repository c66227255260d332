"""The settings tree. The risk: a secret on a terminal, an invented person before a real centre."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from hardware.camera import assemble as assemble_camera
from hardware.camera.v4l2 import V4l2Camera
from kiosk.config import CameraSettings, CentreSettings, Settings, describe
from kiosk.journey.limits import Limits
from kiosk.journey.state import Language

DSN = "postgresql://kiosk:hunter2@db.internal/central"
REAL = CentreSettings(dsn=DSN)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BPJS_KIOSK__CENTRE__DSN", raising=False)


def test_every_setting_is_described_with_its_name_value_and_purpose() -> None:
    lines = describe(Settings())
    assert "camera.fps = 30  # Frames a second asked of the camera." in lines
    assert any(line.startswith("face.threshold = 0.42  # Pooled cosine") for line in lines)
    assert not [line for line in lines if line.endswith("# None")], "a setting without a purpose"
    assert any(line.startswith("centre.dsn =   # libpq") for line in lines)


def test_no_text_of_the_settings_shows_a_dsn() -> None:
    settings = Settings(centre=REAL, camera=CameraSettings(kind="v4l2"))
    shown = "\n".join(describe(settings))
    assert "centre.dsn = (set)  # libpq" in shown
    for text in (shown, repr(settings), str(settings)):
        assert "hunter2" not in text
        assert "db.internal" not in text


def test_a_refused_setting_does_not_tell_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPJS_KIOSK__CENTRE__DSN", DSN)
    monkeypatch.setenv("BPJS_KIOSK__CAMERA__KIND", "simulated")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "camera.kind" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_misspelt_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPJS_KIOSK__CENTRE__DNS", "host=db password=hunter2")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "centre.dns" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", ["simulated", "video"])
def test_no_simulated_person_stands_before_a_real_centre(kind: str) -> None:
    camera = CameraSettings.model_validate({"kind": kind})
    with pytest.raises(ValidationError, match="real camera"):
        Settings(centre=REAL, camera=camera)
    assert Settings(camera=camera).demo


def test_a_scenario_cannot_bring_the_simulated_person_to_a_real_centre() -> None:
    with pytest.raises(ValueError, match="real camera"):
        Settings(centre=REAL).with_simulated_devices()
    assert Settings(camera=CameraSettings(kind="v4l2")).with_simulated_devices().camera.kind == "simulated"


def test_a_real_centre_without_a_camera_waits_for_one(tmp_path: object) -> None:
    """``auto`` must not fall back to the simulated person there."""
    from pathlib import Path

    empty = Path(str(tmp_path))
    source, levers = assemble_camera(Settings(centre=REAL), sysfs=empty, dev=empty)
    assert isinstance(source, V4l2Camera)
    assert levers is None
    _, levers = assemble_camera(Settings(), sysfs=empty, dev=empty)
    assert levers is not None, "in DEMO it does"


def test_demo_is_a_kiosk_without_a_real_centre() -> None:
    assert Settings().demo
    assert not Settings(centre=REAL).demo


def test_a_setting_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPJS_KIOSK__FACE__TRESHOLD", "0.1")
    with pytest.raises(ValidationError):
        Settings()


def test_the_journeys_limits_are_the_settings_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPJS_KIOSK__FACE__ATTEMPTS", "2")
    monkeypatch.setenv("BPJS_KIOSK__SITE__LANGUAGE", "en")
    monkeypatch.setenv("BPJS_KIOSK__OTP__WRONG_ENTRIES", "4")
    settings = Settings()
    limits = Limits.of(settings)
    assert (limits.face_attempts, limits.language, limits.otp.wrong_entries) == (2, Language.ENGLISH, 4)
    assert (limits.visit, limits.pin) == (settings.visit, settings.pin)
