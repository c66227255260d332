"""Around every screen: help, cancel, idle, language, text size, contrast, back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.journey import inputs as i
from kiosk.journey.state import Language, Stage, VisitState
from kiosk.ports import Identifier, IdentifierKind
from tests.ui.conftest import Bench
from tests.ui.pictures import pixels_of
from ui.checks import scene_rect, walk
from ui.gallery_states import SCENES
from ui.viewmodels.kiosk import TICK_MS


def _shown(bench: Bench, name: str) -> QQuickItem:
    """Also one that is out of use, which the autopilot does not find."""
    return next(item for item in walk(bench.window.view.contentItem()) if item.objectName() == name)


def test_help_keeps_the_step_and_can_call_staff(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.type_digits("3174")
    bench.pilot.click("helpButton")
    assert bench.door.posted[-1] == i.OpenHelp()
    bench.show(replace(SCENES["nik-empty"].state, help_open=True))
    assert bench.pilot.look("key1") is None, "the screen below a panel cannot be pressed"
    bench.pilot.click("callStaff")
    bench.pilot.click("closeHelp")
    assert bench.door.posted[-2:] == [i.CallStaff(), i.CloseHelp()]
    bench.show(SCENES["nik-empty"].state)
    assert bench.window.vm.property("number").property("digits") == "3174"


def test_help_opens_outside_a_visit_too(bench: Bench) -> None:
    bench.pilot.click("helpButton")
    assert bench.posted(i.OpenHelp) == []
    assert bench.pilot.look("callStaff") is None
    bench.pilot.click("closeHelp")
    assert bench.pilot.look("startButton") is not None


def test_cancelling_is_asked_before_it_is_done(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    bench.pilot.click("cancelButton")
    assert bench.door.posted[-1] == i.AskCancel()
    bench.show(SCENES["cancel"].state)
    bench.pilot.click("cancelNo")
    bench.pilot.click("cancelYes")
    assert bench.posted(i.AnswerCancel) == [i.AnswerCancel(sure=False), i.AnswerCancel(sure=True)]


def test_the_idle_warning_counts_and_is_answered(bench: Bench) -> None:
    bench.show(SCENES["idle"].state)
    assert bench.says("Sesi berakhir dalam 15 detik.")
    bench.pilot.click("stillHere")
    assert i.Touched() in bench.door.posted


def test_touches_are_reported_at_most_once_a_second(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.clock.now += 10
    bench.door.posted.clear()
    bench.pilot.type_digits("3174")
    assert bench.posted(i.Touched) == [i.Touched()]
    bench.clock.now += 1.0
    bench.pilot.type_digits("0")
    assert len(bench.posted(i.Touched)) == 2


def test_a_touch_beside_every_button_is_a_sign_of_life(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.clock.now += 10
    bench.door.posted.clear()
    corner = bench.window.view.geometry().topLeft() - bench.window.view.geometry().topLeft()
    QTest.mouseClick(bench.window.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner)
    assert bench.door.posted == [i.Touched()]


def test_the_language_switches_live_and_everywhere(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.type_digits("3174")
    bench.pilot.click("languageButton")
    assert bench.door.posted[-1] == i.SetLanguage(Language.ENGLISH)
    bench.show(replace(SCENES["nik-empty"].state, language=Language.ENGLISH))
    assert bench.says("Type your NIK") and bench.says("Next") and bench.says("Identity")
    assert not bench.says("Ketik NIK Anda") and not bench.says("Bantuan")
    assert bench.window.vm.property("number").property("digits") == "3174"


def test_text_size_and_contrast_switch(bench: Bench) -> None:
    bench.pilot.click("textSizeButton")
    assert bench.door.posted[-1] == i.SetLargeText(large=True)
    bench.show(VisitState(large_text=True))
    assert bench.window.theme.property("largeText")
    bench.pilot.click("contrastButton")
    assert bench.window.theme.is_high_contrast


@pytest.mark.parametrize("high", [False, True])
def test_a_button_out_of_use_looks_different_from_one_that_works(bench: Bench, high: bool) -> None:
    """In high contrast both are black with white words: only the frame tells."""
    bench.show(SCENES["card-number"].state)
    bench.window.theme.use(high_contrast=high)
    bench.pilot.breathe()
    pixels = pixels_of(bench.window.grab())
    looks = []
    for button in _shown(bench, "backButton"), _shown(bench, "submitNumber"):
        place = scene_rect(button)
        edge = pixels[round(place.center().y()), round(place.left()) : round(place.left()) + 12]
        looks.append(edge.max(axis=0).tolist() if high else edge[-1].tolist())
    assert _shown(bench, "backButton").isEnabled() and not _shown(bench, "submitNumber").isEnabled()
    assert looks[0] != looks[1]


def test_the_next_person_starts_with_the_plain_screen(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.click("contrastButton")
    bench.show(VisitState())
    assert not bench.window.theme.is_high_contrast


def test_back_is_offered_until_a_step_is_final(bench: Bench) -> None:
    offered = {}
    for name in (
        "consent",
        "identity",
        "nik-empty",
        "card",
        "ktp-no-card",
        "ktp-check",
        "ikd",
        "ikd-expired",
        "ikd-code",
        "confirm",
        "face-ready",
        "otp",
        "pin-choose",
        "pin-repeat",
    ):
        bench.show(SCENES[name].state)
        offered[name] = bench.pilot.look("backButton") is not None
    assert [name for name, there in offered.items() if not there] == ["identity", "face-ready", "otp", "pin-choose"]


def test_the_bar_is_on_every_screen(bench: Bench) -> None:
    for name, scene in SCENES.items():
        if scene.state.help_open or scene.state.cancel_open or scene.state.idle_seconds_left or scene.desk_help:
            continue
        bench.show(replace(SCENES["out-of-service"].state))
        bench.show(scene.state)
        for button in ("helpButton", "languageButton", "textSizeButton", "contrastButton"):
            assert bench.pilot.look(button) is not None, (name, button)


def test_demo_is_written_on_every_screen(bench: Bench) -> None:
    for scene in SCENES.values():
        bench.show(scene.state)
        assert "DEMO" in bench.texts()


def test_a_state_from_another_thread_reaches_the_screen(bench: Bench) -> None:
    import threading

    visit = threading.Thread(target=bench.door.show, args=(SCENES["consent"].state,))
    visit.start()
    visit.join()
    assert bench.window.state.stage is Stage.ATTRACT, "it must wait for the GUI thread"
    bench.pilot.wait_stage(Stage.CONSENT, 5)


def test_a_ticking_visit_does_not_redraw_what_is_the_same(bench: Bench) -> None:
    assert TICK_MS >= 200
    bench.show(SCENES["nik-empty"].state)
    changes: list[int] = []
    bench.window.vm.changed.connect(lambda: changes.append(1))
    bench.show(replace(SCENES["nik-empty"].state))
    assert not changes


def test_a_forced_search_shows_the_kept_number_only(bench: Bench) -> None:
    kept = Identifier(IdentifierKind.NIK, "3174079908950001")
    bench.show(replace(SCENES["nik-empty"].state, identifier=kept))
    assert bench.window.vm.property("number").property("digits") == ""
