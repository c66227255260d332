"""All screens, drawn and measured; and the measuring itself, shown what it must find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickItem, QQuickView

from kiosk.config import Settings
from kiosk.events import VisitStatus
from kiosk.face.types import FaceHint, FacePhase, FaceProgress
from kiosk.journey.reasons import ENDINGS, Notice
from kiosk.journey.state import Stage
from kiosk.ports import Movement
from ui import checks
from ui.gallery import SIZES, Dress, Gallery, every_dress, render, short_dresses
from ui.gallery_states import SCENES, Scene


@pytest.mark.parametrize("dress", short_dresses(), ids=lambda dress: dress.name)
def test_every_screen_fits(qapp: QGuiApplication, settings: Settings, dress: Dress) -> None:
    pictures = render(settings, None, [dress])
    assert len(pictures) == len(SCENES)
    assert not {picture.scene: picture.problems for picture in pictures if picture.problems}


def _endings() -> list[Scene]:
    base = SCENES["ended-face"].state
    return [
        Scene(replace(base, reason=reason, status=ending.status))
        for reason, ending in ENDINGS.items()
        if ending.status in (VisitStatus.PERLU_PETUGAS, VisitStatus.DITOLAK)
    ]


def _notices() -> list[Scene]:
    """Each notice on the screen where it is said."""
    screens = {"nik_": "nik-empty", "looks": "nik-empty", "not_f": "nik-empty", "code_": "otp", "pin_": "pin-choose"}
    screens |= {"face_": "face-again", "camera": "face-again", "card_": "card", "centre": "face-again"}
    own = {Notice.CODE_UNKNOWN: "card", Notice.IDENTITY_DENIED: "identity", Notice.CARD_LENGTH: "card-number"}
    scenes = []
    for notice in Notice:
        name = own.get(notice) or next(
            (to for start, to in screens.items() if notice.value.startswith(start)), "attract"
        )
        values = (("left", "2"), ("number", "3174 0755 0895 0001"))
        scenes.append(
            replace(SCENES[name], typed="", state=replace(SCENES[name].state, notice=notice, notice_values=values))
        )
    return scenes


def _hints() -> list[Scene]:
    running = SCENES["face-turn"]
    return [
        replace(running, progress=FaceProgress(FacePhase.CHALLENGE, hint, Movement.BLINK, 0, 3)) for hint in FaceHint
    ]


@pytest.mark.parametrize("dress", [Dress(SIZES[0], large_text=True), Dress(SIZES[2], large_text=True)], ids=str)
def test_every_ending_notice_and_hint_fits_in_large_text(
    qapp: QGuiApplication, settings: Settings, dress: Dress
) -> None:
    gallery = Gallery(settings)
    gallery.dress(dress)
    found = {}
    for scene in [*_endings(), *_notices(), *_hints()]:
        gallery.put_on(scene, dress)
        if problems := gallery.problems():
            found[(scene.state.reason, scene.state.notice, scene.progress)] = problems
    gallery.close()
    assert not found


def test_the_full_matrix_is_complete() -> None:
    assert len(list(every_dress())) == 3 * 2 * 2 * 2
    assert {scene.state.stage for scene in SCENES.values()} == set(Stage)


def test_pictures_and_a_contact_sheet_are_written(qapp: QGuiApplication, settings: Settings, tmp_path: Path) -> None:
    render(settings, tmp_path, [Dress((1366, 768))], ["attract", "otp"])
    folder = tmp_path / "1366x768-id-normal-100"
    assert sorted(path.name for path in folder.iterdir()) == ["attract.png", "otp.png"]
    assert "1366x768-id-normal-100/otp.png" in (tmp_path / "index.html").read_text()


BAD = """
import QtQuick
Item {
    width: 800; height: 600
    Component { id: words; Text { property int inkAlign: 1; property int inkDrop: 32 } }
    Item { objectName: "tiny"; property bool touchTarget: true; width: 20; height: 20; x: 700; y: 10 }
    Item { property bool touchTarget: true; width: 100; height: 100; x: 10; y: 400 }
    Item { objectName: "near"; property bool touchTarget: true; width: 100; height: 100; x: 112; y: 400 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 10; y: 10; text: "one over"; font.pixelSize: 30 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 20; y: 14; text: "the other"; font.pixelSize: 30 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 10; y: 100; width: 60; text: "wide as a house"
           font.pixelSize: 30 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 10; y: 150; width: 60; elide: Text.ElideRight
           text: "elided away"; font.pixelSize: 30 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 760; y: 200; text: "leaving"; font.pixelSize: 30 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 30; y: 430; text: "on it"; font.pixelSize: 30 }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 300; y: 300; text: "hidden"; font.pixelSize: 30 }
    Rectangle { x: 290; y: 290; width: 60; height: 60; color: "white" }
}
"""


@pytest.mark.parametrize(
    "complaint",
    [
        "too small to touch: tiny",
        "a touch target without a name",
        "too close to each other",
        "text over text: 'one over' and 'the other'",
        "wider than its place: 'wide as a house'",
        "cut short: 'elided away'",
        "off the screen: 'leaving'",
        "text over a button: 'on it'",
        "covered: 'hidden'",
    ],
)
def test_the_checks_see_what_is_wrong(qapp: QGuiApplication, complaint: str) -> None:
    engine = QQmlEngine()
    component = QQmlComponent(engine)
    component.setData(BAD.encode(), QUrl())
    root = component.create()
    assert isinstance(root, QQuickItem), component.errorString()
    view = QQuickView(engine, None)  # type: ignore[call-overload]
    root.setParentItem(view.contentItem())
    found = checks.problems(root, 88, QRectF(0, 0, 800, 600))
    assert [problem for problem in found if problem.startswith(complaint)], found
    root.deleteLater()
