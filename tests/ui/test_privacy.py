"""Nothing of a person stays on the glass, in the item tree, or in what a screen reader says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from kiosk.journey.state import VisitState
from tests.ui.conftest import Bench
from ui.checks import walk
from ui.gallery_identity import LOGIN
from ui.gallery_states import CASE, PERSON, SCENES, VISIT
from ui.still_door import drawn_frame

PERSONAL = (
    "Siti", "Rahayu", "S. R.", "0001", "3174", "0755", "0812-xxxx-890", CASE, VISIT, VISIT[:8].upper(),
    "MELATI", "KENANGA", "KAWIN", LOGIN.uri, LOGIN.user_code, LOGIN.login_id,
)  # fmt: skip


def everything(item: QQuickItem) -> Iterator[QQuickItem]:
    yield item
    for child in item.childItems():
        yield from everything(child)


def all_texts(root: QQuickItem) -> list[str]:
    """Also of items that are not visible."""
    names = ("text", "content", "digits", "spoken", "spokenName", "title", "subtitle", "notice")
    found = []
    for item in everything(root):
        found += [value for name in names if isinstance(value := item.property(name), str)]
    return found


def heard(root: QQuickItem) -> list[str]:
    """What a screen reader would say of the screen."""
    said = []
    for item in walk(root):
        voice = QAccessible.queryAccessibleInterface(item)
        if voice is not None:
            said += [voice.text(QAccessible.Text.Name), voice.text(QAccessible.Text.Value)]
    return [text for text in said if text]


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene.state.visit_id])
def test_after_a_wipe_nothing_personal_is_left_anywhere(bench: Bench, name: str) -> None:
    scene = SCENES[name]
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(scene.state)
    for digit in scene.typed:
        for vm in ("number", "code", "pin"):
            if bench.window.vm.property(vm).state is not None:
                bench.window.vm.property(vm).press(digit)
    bench.show(VisitState())
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = all_texts(bench.window.view.contentItem())
    assert not [text for text in left if any(part in text for part in PERSONAL)]
    assert bench.window.feed.image is None
    for vm in ("number", "ktp", "ktpCheck", "ikd", "code", "pin", "confirm", "done", "ended"):
        assert not values_of(bench.window.vm.property(vm))


def values_of(vm: QObject) -> list[str]:
    meta = vm.metaObject()
    values = [vm.property(str(meta.property(at).name())) for at in range(meta.propertyOffset(), meta.propertyCount())]
    return [str(value) for value in values if any(part in str(value) for part in PERSONAL)]


def test_a_screen_reader_says_how_many_digits_and_never_which(bench: Bench) -> None:
    for name in ("otp", "pin-choose"):
        bench.show(SCENES[name].state)
        bench.pilot.type_digits("4071")
        said = heard(bench.window.view.contentItem())
        assert any("4 dari 6 angka terisi, disembunyikan" in text for text in said)
        shown = [text for text in said if any(c.isdigit() for c in text)]
        assert not [text for text in shown if "407" in text or "4071" in text]


def test_a_secret_is_nowhere_in_the_item_tree(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    bench.pilot.type_digits("40719")
    assert not [text for text in all_texts(bench.window.view.contentItem()) if "40719" in text]


def test_every_text_and_button_is_heard(bench: Bench) -> None:
    for name in (
        "attract",
        "consent",
        "nik-empty",
        "ktp-check",
        "ikd",
        "ikd-code",
        "otp",
        "done-verified",
        "ended-face",
    ):
        bench.show(SCENES[name].state)
        for item in walk(bench.window.view.contentItem()):
            if item.property("touchTarget"):
                voice = QAccessible.queryAccessibleInterface(item)
                assert voice is not None and voice.role() == QAccessible.Role.Button
                assert voice.text(QAccessible.Text.Name), item.objectName()
            elif item.inherits("QQuickText"):
                assert QAccessible.queryAccessibleInterface(item) is not None


def test_the_name_is_not_shown_before_the_match(bench: Bench) -> None:
    for name in ("confirm", "face-ready", "otp", "pin-choose"):
        bench.show(SCENES[name].state)
        assert not [text for text in all_texts(bench.window.view.contentItem()) if PERSON.name in text]


def test_newer_data_are_named_and_never_shown(bench: Bench) -> None:
    """Others look on: which field it is helps the person, what is in it would help anybody."""
    bench.show(SCENES["done-updates"].state)
    assert bench.says("alamat, status perkawinan")
    values = [text for update in SCENES["done-updates"].state.updates for text in (update.brought, update.registered)]
    everywhere = all_texts(bench.window.view.contentItem()) + heard(bench.window.view.contentItem())
    assert len(values) == 4 and not [text for text in everywhere if any(value in text for value in values)]
