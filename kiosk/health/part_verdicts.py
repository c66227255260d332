"""When a guided test passes: limits of the face step, for the same camera must serve it."""

from __future__ import annotations

from kiosk.face.quality import BLURRED, BRIGHT_MEDIAN, BURNT_SHARE, DARK_MEDIAN, MIN_EYE_PX
from kiosk.health.diagnostics import PictureNumbers
from kiosk.staff.state import Shortcoming

MIN_FPS = 8.0
"""A blink keeps the eye shut for a quarter of a second: two pictures of it."""


def judge_camera(numbers: PictureNumbers | None) -> Shortcoming:
    """The first thing that is wrong, in the order in which a technician would mend it."""
    if numbers is None:
        return Shortcoming.NO_PICTURE
    checks = (
        (numbers.fps < MIN_FPS, Shortcoming.TOO_SLOW),
        (numbers.eye_px is None or numbers.eye_px < MIN_EYE_PX, Shortcoming.NO_FACE),
        (numbers.brightness < DARK_MEDIAN, Shortcoming.TOO_DARK),
        (numbers.brightness > BRIGHT_MEDIAN or numbers.burnt > BURNT_SHARE, Shortcoming.TOO_BRIGHT),
        (numbers.sharpness < BLURRED, Shortcoming.NOT_SHARP),
    )
    return next((reason for wrong, reason in checks if wrong), Shortcoming.NOTHING)


def as_measured(numbers: PictureNumbers | None) -> tuple[tuple[str, str], ...]:
    """Numbers as they are recorded and shown; nothing of a person is in them."""
    if numbers is None:
        return ()
    eyes = "" if numbers.eye_px is None else f"{numbers.eye_px:.0f}"
    return (
        ("size", f"{numbers.width}x{numbers.height}"),
        ("fps", f"{numbers.fps:.1f}"),
        ("brightness", f"{numbers.brightness:.0f}"),
        ("burnt", f"{numbers.burnt:.2f}"),
        ("sharpness", f"{numbers.sharpness:.4f}"),
        ("eye_px", eyes),
    )
