"""The loop records before it shows, drops stale answers and survives a broken store."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from kiosk.config import Settings
from kiosk.events import Event, VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.effects import Lookup, VisitEffect
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import IdentityMethod, Stage, VisitState
from kiosk.ports import LookupAnswer, LookupStatus, OpenVisit, StoreUnavailable
from kiosk.runtime.visit_loop import Answer, VisitLoop
from tests.journey.support import NIK, VISIT_ID

OTHER_VISIT = "00000000-0000-4000-8000-000000000001"


class Clock:
    def monotonic(self) -> float:
        return 100.0

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 3, tzinfo=UTC)


class Store:
    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.broken = False
        self.visits: list[str] = []

    def record(self, visit_id: str, events: Sequence[Event], payloads: Sequence[tuple[str, bytes]] = ()) -> None:
        if self.broken:
            raise StoreUnavailable("disk_full")
        self.visits += [visit_id] * len(events)
        self.log += [f"event:{event.type}" for event in events]
        self.log += [f"payload:{kind}" for kind, _ in payloads]

    def open_visit(self) -> OpenVisit | None:
        return None

    def backlog(self) -> int:
        return 0


class Hands:
    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.answers: list[Answer] = []

    def carry_out(self, effect: VisitEffect, answer: Answer) -> None:
        self.log.append(f"effect:{type(effect).__name__}")
        if isinstance(effect, Lookup):
            self.answers.append(answer)


def make_loop(may_start: bool = True) -> tuple[VisitLoop, Store, Hands, list[str]]:
    log: list[str] = []
    store, hands = Store(log), Hands(log)
    loop = VisitLoop(
        limits=Limits.of(Settings()), clock=Clock(), zone=UTC, store=store, hands=hands, may_start=lambda: may_start
    )
    loop.subscribe(lambda state: log.append(f"shown:{state.stage.value}"))
    return loop, store, hands, log


def walk_to_lookup(loop: VisitLoop) -> None:
    for visit_input in (
        i.Start(VISIT_ID),
        i.AnswerConsent(True, "1", "ab" * 32),
        i.ChooseMethod(IdentityMethod.NIK_TYPED),
        i.SubmitNumber(NIK),
    ):
        loop.handle(visit_input)


def test_a_step_is_recorded_before_its_effects_run_and_before_it_is_shown() -> None:
    loop, _, _, log = make_loop()
    walk_to_lookup(loop)
    tail = log[log.index("event:identity_read") :]
    assert tail == ["event:identity_read", "effect:Lookup", "shown:lookup"]


def test_a_step_that_cannot_be_recorded_is_not_shown_and_its_effects_do_not_run() -> None:
    loop, store, _, log = make_loop()
    loop.handle(i.Start(VISIT_ID))
    store.broken = True
    loop.handle(i.AnswerConsent(True, "1", "ab" * 32))
    assert loop.state.stage is Stage.ENDED
    assert "shown:identity" not in log
    assert "effect:WipeVisit" in log


def defer(loop: VisitLoop) -> None:
    walk_to_lookup(loop)
    captured = FaceResult(FaceOutcome.CAPTURED, {"capture": "ab"}, b"jpeg")
    for visit_input in (
        i.CentreFailed(may_defer=True),
        i.Defer(),
        i.SkipPhone(),
        i.BeginFace(),
        i.FaceReady(),
        i.FaceFinished(captured),
    ):
        loop.handle(visit_input)


def test_a_sealed_capture_is_kept_with_the_events_that_name_it_before_the_end_is_shown() -> None:
    loop, _, _, log = make_loop()
    defer(loop)
    before = len(log)
    loop.handle(i.CaptureSealed(b"sealed", "ab" * 32, "key"))
    kept = ["event:visit_deferred", "event:visit_ended", "payload:capture"]
    assert log[before : before + 3] == kept
    assert "effect:KeepSealed" not in log
    assert log[-1] == "shown:ended"


def test_a_capture_that_cannot_be_kept_is_not_said_to_be_saved() -> None:
    loop, store, _, _ = make_loop()
    defer(loop)
    store.broken = True
    loop.handle(i.CaptureSealed(b"sealed", "ab" * 32, "key"))
    assert loop.state.reason is EndReason.STORE_FAULT
    assert loop.state.status is VisitStatus.PERLU_PETUGAS


def test_an_answer_of_an_earlier_visit_is_dropped() -> None:
    loop, _, hands, _ = make_loop()
    loop.start()
    shown = threading.Event()
    loop.subscribe(lambda state: shown.set() if state.stage is Stage.LOOKUP else None)
    for visit_input in (
        i.Start(VISIT_ID),
        i.AnswerConsent(True, "1", "ab" * 32),
        i.ChooseMethod(IdentityMethod.NIK_TYPED),
        i.SubmitNumber(NIK),
    ):
        loop.post(visit_input)
    assert shown.wait(10)
    stale = hands.answers[0]
    again = threading.Event()

    def second_visit(state: VisitState) -> None:
        if state.stage is Stage.LOOKUP and state.visit_id == OTHER_VISIT:
            again.set()

    loop.subscribe(second_visit)
    for visit_input in (
        i.AskCancel(),
        i.AnswerCancel(True),
        i.Start(OTHER_VISIT),
        i.AnswerConsent(True, "1", "ab" * 32),
        i.ChooseMethod(IdentityMethod.NIK_TYPED),
        i.SubmitNumber(NIK),
    ):
        loop.post(visit_input)
    assert again.wait(10)
    stale(i.LookupDone(LookupAnswer(LookupStatus.FOUND, "old-ticket", "X. Y.")))
    loop.stop()
    assert loop.state.stage is Stage.LOOKUP
    assert loop.state.ticket == ""


def test_events_of_a_cancelled_visit_keep_its_visit_id() -> None:
    loop, store, _, _ = make_loop()
    for visit_input in (i.Start(VISIT_ID), i.AskCancel(), i.AnswerCancel(True)):
        loop.handle(visit_input)
    assert loop.state.stage is Stage.ATTRACT
    assert set(store.visits) == {VISIT_ID}


def test_a_kiosk_that_is_not_ready_starts_no_visit() -> None:
    loop, _, _, log = make_loop(may_start=False)
    loop.handle(i.Start(VISIT_ID))
    assert loop.state.stage is Stage.ATTRACT
    assert "event:visit_started" not in log


def test_a_bug_ends_the_program_instead_of_freezing_the_screen() -> None:
    log: list[str] = []
    ended = threading.Event()
    store, hands = Store(log), Hands(log)
    loop = VisitLoop(limits=Limits.of(Settings()), clock=Clock(), zone=UTC, store=store, hands=hands, on_bug=ended.set)

    def broken(state: VisitState) -> None:
        if state.stage is Stage.CONSENT:
            raise RuntimeError("bug")

    loop.subscribe(broken)
    loop.start()
    loop.post(i.Start(VISIT_ID))
    assert ended.wait(10)
    loop.stop()
