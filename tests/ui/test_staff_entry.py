"""The quiet way in, and what is under the staff's screen. The risk: a participant who falls into the staff door, or
staff who read what a participant typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from kiosk.journey.state import Stage, VisitState
from kiosk.ports import Identifier, IdentifierKind
from kiosk.staff import inputs as s
from kiosk.staff.state import Entry, StaffState
from tests.ui.conftest import Bench
from tests.ui.test_privacy import all_texts, heard
from ui.gallery_states import PERSON, SCENES

HOLD, TOO_SHORT = 3.2, 2.0
OPEN = s.Open(Entry.GESTURE)


@pytest.mark.parametrize(
    "scene", ["attract", "nik-typing", "help", "cancel", "idle", "done-verified", "out-of-service"]
)
def test_the_mark_held_for_three_seconds_asks_for_the_door_on_any_screen(bench: Bench, scene: str) -> None:
    bench.show(SCENES[scene].state)
    bench.pilot.hold("staffMark", HOLD)
    assert bench.staff_posted(s.Open) == [OPEN]


def test_two_seconds_do_nothing_and_neither_do_two_times_two(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.hold("staffMark", TOO_SHORT)
    bench.pilot.hold("staffMark", TOO_SHORT)
    bench.pilot.process(1.2)
    assert not bench.staff_posted(s.Open)


def test_a_finger_held_anywhere_else_does_nothing(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    mark = bench.pilot.find("staffMark")
    beside = mark.mapToScene(QPointF(mark.width() + 40, mark.height() / 2)).toPoint()
    button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(bench.window.view, button, modifier, beside)
    bench.pilot.process(HOLD)
    QTest.mouseRelease(bench.window.view, button, modifier, beside)
    assert not bench.staff_posted(s.Open)


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1366, 768)])
def test_the_mark_is_big_enough_for_a_thumb(bench: Bench, size: tuple[int, int]) -> None:
    bench.window.show(size)
    bench.pilot.breathe()
    mark = bench.pilot.find("staffMark")
    assert min(mark.width(), mark.height()) >= bench.window.theme.touch_target
    assert mark.mapToScene(QPointF(0, 0)).x() < size[0] / 4


def test_nothing_on_the_screen_tells_of_the_gesture(bench: Bench) -> None:
    mark = bench.pilot.find("staffMark")
    assert not [item for item in mark.childItems() if item.inherits("QQuickText") or item.inherits("QQuickRectangle")]
    assert not mark.property("touchTarget")


def test_what_a_participant_was_typing_is_forgotten_when_staff_open_the_door(bench: Bench) -> None:
    for scene, vm, shown in (
        ("nik-empty", "number", "digits"),
        ("otp", "code", "count"),
        ("pin-choose", "pin", "count"),
    ):
        bench.show(SCENES[scene].state)
        bench.pilot.type_digits("4071")
        bench.show_staff(SCENES["staff-who"].staff)
        bench.show_staff(StaffState())
        assert bench.window.vm.property(vm).property(shown) in ("", 0), scene


def test_the_participant_finds_the_step_again_when_staff_leave(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.show_staff(SCENES["staff-who"].staff)
    assert bench.pilot.look("key1") is None and bench.pilot.look("helpButton") is None
    bench.show_staff(StaffState())
    bench.pilot.type_digits("3174")
    assert bench.window.vm.property("number").property("digits") == "3174"


PLANTED = ("Siti", "Rahayu", PERSON.nik, "3174 0755", "0001234567890", "0812-xxxx-890", "0812", "592748", "407193")


def planted(stage: Stage) -> VisitState:
    """A visit that holds everything a visit can hold."""
    return replace(
        SCENES["otp"].state,
        stage=stage,
        profile=PERSON,
        identifier=Identifier(IdentifierKind.NIK, PERSON.nik),
        initials="S. R.",
        pin_first="592748",
        notice_values=(("number", "3174 0755 0895 0001"),),
        help_open=True,
    )


@pytest.mark.parametrize("stage", [Stage.NIK, Stage.CONFIRM, Stage.OTP, Stage.PIN, Stage.DONE, Stage.WITH_STAFF])
def test_nothing_of_the_participant_is_left_under_the_staffs_screen(bench: Bench, stage: Stage) -> None:
    for name, scene in SCENES.items():
        if scene.staff is None:
            continue
        bench.show_staff(StaffState())
        bench.show(planted(stage))
        bench.show_staff(scene.staff)
        root = bench.window.view.contentItem()
        found = [text for text in (*all_texts(root), *heard(root)) if any(part in text for part in PLANTED)]
        assert not found, (name, found)


def test_a_staff_pin_is_nowhere_in_the_item_tree_and_gone_with_the_door(bench: Bench) -> None:
    bench.show_staff(SCENES["staff-pin"].staff)
    bench.pilot.type_digits("48291")
    root = bench.window.view.contentItem()
    assert not [text for text in (*all_texts(root), *heard(root)) if "48291" in text]
    bench.show_staff(StaffState())
    bench.show_staff(SCENES["staff-pin"].staff)
    assert bench.window.staff.property("signIn").property("count") == 0


def test_a_username_is_not_left_for_the_next_person(bench: Bench) -> None:
    bench.show_staff(SCENES["staff-who"].staff)
    bench.type_letters("rina")
    bench.show_staff(StaffState())
    bench.show_staff(SCENES["staff-who"].staff)
    assert bench.window.staff.property("signIn").property("username") == ""


def test_a_state_from_the_staffs_thread_reaches_the_screen(bench: Bench) -> None:
    import threading

    thread = threading.Thread(target=bench.door.staff.show, args=(SCENES["staff-who"].staff,))
    thread.start()
    thread.join()
    assert not bench.window.staff.state.open, "it must wait for the GUI thread"
    bench.pilot.wait_until(lambda: bench.window.staff.state.open, 5)
