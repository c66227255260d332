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
from kiosk.journey.reasons import ENDINGS, STAFF_AT_THE_KIOSK, Notice
from kiosk.journey.state import Stage
from kiosk.ports import ComparisonReason, KtpHint, KtpProgress, Movement
from kiosk.staff.state import Field, GuidedPart, PartTest, Shortcoming, StaffNotice
from ui import checks
from ui.contrast_check import faint_texts
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
    screens |= {"ktp_": "ktp-glare", "ikd_login": "ikd-expired", "ikd_": "ikd-code-expired"}
    own = {Notice.CODE_UNKNOWN: "card", Notice.IDENTITY_DENIED: "identity", Notice.CARD_LENGTH: "card-number"}
    own |= {Notice.KTP_TYPE_INSTEAD: "nik-typing"}
    said = [(notice, own.get(notice) or _screen_of(notice, screens)) for notice in Notice]
    said += [(Notice.NOT_FOUND, "identity"), (Notice.LOOKS_LIKE_KK, "identity"), (Notice.CODE_UNKNOWN, "identity")]
    said += [(notice, "ikd-expired") for notice in Notice if notice.value.startswith("ikd_")]
    said += [
        (Notice.CODE_UNKNOWN, "ikd-code-seen"),
        (Notice.CAMERA_LOST, "ikd-code"),
        (Notice.CAMERA_LOST, "ktp-no-card"),
    ]
    return [_saying(notice, name) for notice, name in said]


def _screen_of(notice: Notice, screens: dict[str, str]) -> str:
    return next((to for start, to in screens.items() if notice.value.startswith(start)), "attract")


def _saying(notice: Notice, name: str) -> Scene:
    values = (("left", "2"), ("number", "3174 0755 0895 0001"))
    return replace(SCENES[name], typed="", state=replace(SCENES[name].state, notice=notice, notice_values=values))


def _hints() -> list[Scene]:
    running = SCENES["face-turn"]
    before = [SCENES["ktp-no-card"], SCENES["ktp-unreadable"]]
    return [
        *(
            replace(running, progress=FaceProgress(FacePhase.CHALLENGE, hint, Movement.BLINK, 0, 3))
            for hint in FaceHint
        ),
        *(replace(scene, ktp=KtpProgress(hint, frames_read=4)) for scene in before for hint in KtpHint),
    ]


def _staff_words() -> list[Scene]:
    """Each refusal before both persons, each reason, each test's advice, at their longest."""
    first, second, test = (
        SCENES["staff-who"].staff,
        SCENES["staff-second-who"].staff,
        SCENES["test-camera-failed"].staff,
    )
    queue = SCENES["staff-queue-visit"].staff
    assert first and second and test and queue and queue.visit
    states = [replace(asked, notice=notice) for asked in (first, second) for notice in StaffNotice]
    states += [replace(second, reason_code=reason, asked=field) for reason in ComparisonReason for field in Field]
    states += [
        replace(test, test=PartTest(part, running=False, reason=reason))
        for part in GuidedPart
        for reason in Shortcoming
        if reason
    ]
    states += [replace(queue, visit=replace(queue.visit, reason=reason.value)) for reason in STAFF_AT_THE_KIOSK]
    return [Scene(SCENES["staff-who"].state, staff=state) for state in states]


@pytest.mark.parametrize("dress", [Dress(SIZES[0], large_text=True), Dress(SIZES[2], large_text=True)], ids=str)
def test_every_ending_notice_and_hint_fits_in_large_text(
    qapp: QGuiApplication, settings: Settings, dress: Dress
) -> None:
    gallery = Gallery(settings)
    gallery.dress(dress)
    found = {}
    for scene in [*_endings(), *_notices(), *_hints(), *_staff_words()]:
        gallery.put_on(scene, dress)
        if problems := gallery.problems():
            found[
                (scene.state.stage, scene.state.reason, scene.state.notice, scene.progress, scene.ktp, scene.staff)
            ] = problems
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


def test_the_contact_sheet_is_grouped_by_whose_screen_it_is(
    qapp: QGuiApplication, settings: Settings, tmp_path: Path
) -> None:
    render(settings, tmp_path, [Dress((1366, 768))], ["test-camera-passed", "staff-who", "attract"])
    sheet = (tmp_path / "index.html").read_text()
    order = [sheet.index(part) for part in ("<h1>participant", "attract.png", "<h1>supervisor", "staff-who.png")]
    assert [*order, sheet.index("<h1>technician"), sheet.index("test-camera-passed.png")] == sorted(
        [*order, sheet.index("<h1>technician"), sheet.index("test-camera-passed.png")]
    )


GROUNDS = """
import QtQuick
Rectangle {
    width: 800; height: 600; color: "white"
    component Words: Text { property int inkAlign: 1; property int inkDrop: 32; font.pixelSize: 30; x: 20 }
    Words { y: 10; text: "pale"; color: "#9a9a9a" }
    Words { y: 80; text: "gone"; color: "white" }
    Words { y: 150; text: "sound"; color: "black" }
    Words { y: 220; text: "resting"; color: "#9a9a9a"; opacity: 0.4 }
    Rectangle { y: 300; width: 400; height: 60; color: "#14231c"; Words { y: 10; text: "lost"; color: "black" } }
}
"""


def test_a_text_is_measured_against_what_is_really_behind_it(qapp: QGuiApplication) -> None:
    engine = QQmlEngine()
    component = QQmlComponent(engine)
    component.setData(GROUNDS.encode(), QUrl())
    root = component.create()
    assert isinstance(root, QQuickItem), component.errorString()
    view = QQuickView(engine, None)  # type: ignore[call-overload]
    view.resize(800, 600)
    root.setParentItem(view.contentItem())
    view.show()
    found = list(faint_texts(root, view.grabWindow(), 7.0))
    assert [problem.split("'")[1] for problem in found] == ["pale", "gone", "lost"]
    root.deleteLater()
    view.close()


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
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 400; y: 300; text: "otp.title" }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 400; y: 350; text: "in {seconds}" }
    Text { property int inkAlign: 1; property int inkDrop: 32; x: 400; y: 400; text: undefined + "!" }
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
        "a key instead of words: 'otp.title'",
        "not filled in: 'in {seconds}'",
        "not filled in: 'undefined!'",
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
