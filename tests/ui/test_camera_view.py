"""The live picture: newest frame only, mirrored, and gone when nobody looks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF

from kiosk.ports import Frame, Mailbox
from tests.ui.conftest import Bench
from ui.camera_feed import CameraFeed
from ui.camera_view import CameraView
from ui.checks import walk
from ui.gallery_states import SCENES


def half_red(sequence: int = 1) -> Frame:
    """Left half red, right half blue, BGR."""
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[:, :160] = (0, 0, 255)
    pixels[:, 160:] = (255, 0, 0)
    return Frame(pixels, sequence, 0.0, "test")


def test_an_unchanged_mailbox_repaints_nothing(bench: Bench) -> None:
    frames: Mailbox[Frame] = Mailbox()
    feed = CameraFeed(frames)
    changes: list[int] = []
    feed.changed.connect(lambda: changes.append(1))
    frames.put(half_red())
    feed.peek()
    feed.peek()
    assert len(changes) == 1
    frames.put(half_red(2))
    feed.peek()
    assert len(changes) == 2


def test_the_array_outlives_its_frame(bench: Bench) -> None:
    frames: Mailbox[Frame] = Mailbox()
    feed = CameraFeed(frames)
    frames.put(half_red())
    feed.peek()
    frames.put(None)
    image = feed.image
    assert image is not None and image.pixelColor(10, 10).red() == 255
    feed.peek()
    assert feed.image is None


def test_the_face_picture_is_mirrored_and_the_card_picture_is_not(bench: Bench) -> None:
    bench.door.frames.put(half_red())
    left_is_blue = {}
    for name in ("face-ready", "card"):
        bench.show(SCENES[name].state)
        bench.pilot.breathe()
        view = next(item for item in walk(bench.window.view.contentItem()) if isinstance(item, CameraView))
        at = view.mapToScene(QPointF(view.width() * 0.3, view.height() * 0.5)).toPoint()
        left_is_blue[name] = bench.window.grab().pixelColor(at).blue() > 200
    assert left_is_blue == {"face-ready": True, "card": False}


def test_a_picture_that_is_hidden_and_shown_again_is_live_again(bench: Bench) -> None:
    """Items made by QML once never heard of their own visibility: the diagnostics stayed without a picture."""
    bench.door.frames.put(half_red())
    bench.show(SCENES["card"].state)
    view = next(item for item in walk(bench.window.view.contentItem()) if isinstance(item, CameraView))
    view.setVisible(False)
    assert bench.window.feed.image is None
    view.setVisible(True)
    assert bench.window.feed.image is not None


def test_the_feed_rests_when_no_screen_shows_it(bench: Bench) -> None:
    bench.door.frames.put(half_red())
    bench.show(SCENES["face-ready"].state)
    assert bench.window.feed.image is not None
    bench.show(SCENES["confirm"].state)
    bench.pilot.process(0.1)
    assert bench.window.feed.image is None
