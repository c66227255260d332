"""The staff door's loop and hands. The risk: something decided that is not on record, or a secret on its way out."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.config import StaffSettings
from kiosk.events import Event, VisitEnded, VisitStatus
from kiosk.journey import inputs as visit
from kiosk.ports import (
    BADGE_PREFIX,
    CentreUnreachable,
    Frame,
    Mailbox,
    RecordedEvent,
    StaffDenied,
    StaffRefusal,
    StoreUnavailable,
)
from kiosk.runtime.code_watch import CodeWatch
from kiosk.runtime.late_desk import LateDesk
from kiosk.runtime.staff_hands import StaffHands
from kiosk.runtime.staff_loop import StaffLoop
from kiosk.staff import inputs as i
from kiosk.staff.state import GuidedPart, PartTest, StaffNotice, StaffScreen, StaffState
from tests.runtime.support import WAIT_SECONDS, FakeDesk, FramesByHand
from tests.staff.support import BUDI, PIN, RINA, TOTP, VISIT

TOKEN = "q8Zt3-demo-token-0001"


class Clock:
    def monotonic(self) -> float:
        return 100.0

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 3, tzinfo=UTC)


class Store:
    def __init__(self) -> None:
        self.broken = ""
        self.events: list[Event] = []
        self.kept: list[RecordedEvent] = []

    def record(self, visit_id: str, events: Sequence[Event]) -> None:
        if self.broken:
            raise StoreUnavailable(self.broken)
        assert visit_id == "", "what staff do at the door belongs to no visit"
        self.events += events

    def recent(self, types: Sequence[str], days: float) -> Sequence[RecordedEvent]:
        if self.broken:
            raise StoreUnavailable(self.broken)
        return self.kept


class Quiet:
    def __init__(self) -> None:
        self.calls: list[Any] = []

    def start(self, *arguments: Any) -> None:
        self.calls.append(("start", *arguments[:1]))
        if len(arguments) == 2:
            arguments[1](PartTest(GuidedPart.CAMERA, running=False, passed=True))

    def stop(self) -> None:
        self.calls.append(("stop",))


class Reader:
    def read(self, pixels: Any) -> Sequence[str]:
        return ["0001234567890", BADGE_PREFIX + TOKEN]


class Rig:
    def __init__(self) -> None:
        self.desk, self.store, self.frames = FakeDesk(), Store(), FramesByHand()
        self.told: list[visit.VisitInput] = []
        self.parts, self.tests = Quiet(), Quiet()
        self.states: queue.SimpleQueue[StaffState] = queue.SimpleQueue()
        self.hands = StaffHands(
            desk=self.desk,
            store=self.store,  # type: ignore[arg-type]
            queue_days=1,
            badges=CodeWatch("badges", self.frames.mailbox, Reader),
            parts=self.parts,
            tests=self.tests,
            tell_visit=self.told.append,
        )
        self.loop = StaffLoop(limits=StaffSettings(), clock=Clock(), store=self.store, hands=self.hands)  # type: ignore[arg-type]
        self.loop.subscribe(self.states.put)
        self.loop.start()

    def until(self, true: Any) -> StaffState:
        while True:
            state = self.states.get(timeout=WAIT_SECONDS)
            if true(state):
                return state

    def sign_in(self) -> None:
        for one in (i.Open(), i.SubmitUsername(RINA.username), i.SubmitPin(PIN), i.SubmitTotp(TOTP)):
            self.loop.post(one)

    def close(self) -> None:
        self.loop.stop()
        self.hands.close()


@pytest.fixture
def rig():  # type: ignore[no-untyped-def]
    rig = Rig()
    yield rig
    rig.close()


def test_a_supervisor_signs_in_sees_the_queue_and_the_visit_stands_still(rig: Rig) -> None:
    ended = VisitEnded(status=VisitStatus.PERLU_PETUGAS, reason="face_limit", case_number="7K2Q-9XMD")
    rig.store.kept = [RecordedEvent("v", datetime(2026, 11, 25, tzinfo=UTC), ended)]
    rig.sign_in()
    state = rig.until(lambda state: state.queue)
    assert state.screen is StaffScreen.QUEUE
    assert state.queue[0].case_number == "7K2Q-9XMD"
    assert rig.told == [visit.Park()]
    assert [event.type for event in rig.store.events] == ["staff_signed_in"]
    assert (rig.desk.signed_in[0].username, rig.desk.signed_in[0].pin, rig.desk.signed_in[0].totp) == (
        RINA.username,
        PIN,
        TOTP,
    )


def test_a_badge_before_the_camera_answers_the_first_question_and_a_card_does_not(rig: Rig) -> None:
    rig.loop.post(i.Open())
    rig.until(lambda state: state.open)
    rig.frames.show()
    assert rig.until(lambda state: state.badge).badge == TOKEN


@pytest.mark.parametrize(
    ("fault", "notice"),
    [
        (StaffDenied(StaffRefusal.LOCKED), StaffNotice.LOCKED),
        (CentreUnreachable(), StaffNotice.CENTRE_AWAY),
        (RuntimeError("pin 285713"), StaffNotice.CENTRE_AWAY),
    ],
)
def test_whatever_goes_wrong_lets_nobody_in_and_is_said(
    rig: Rig, fault: Exception, notice: StaffNotice, caplog: pytest.LogCaptureFixture
) -> None:
    rig.desk.session = fault
    rig.sign_in()
    state = rig.until(lambda state: state.notice)
    assert (state.notice, state.session) == (notice, None)
    assert PIN not in caplog.text


def test_a_decision_reaches_the_visit_and_the_screen_is_given_back(rig: Rig) -> None:
    rig.loop.post(i.VisitSeen(VISIT))
    rig.sign_in()
    rig.until(lambda state: state.screen is StaffScreen.QUEUE)
    from kiosk.ports import ComparisonReason

    for one in (i.OpenVisit(), i.ChooseReason(ComparisonReason.OLD_PHOTO), i.AskSecond()):
        rig.loop.post(one)
    for one in (i.SubmitUsername(BUDI.username), i.SubmitPin(PIN), i.SubmitTotp(TOTP)):
        rig.loop.post(one)
    rig.until(lambda state: state.screen is StaffScreen.DECIDED)
    rig.loop.post(i.Back())
    rig.until(lambda state: not state.open)
    assert [type(one) for one in rig.told] == [visit.Park, visit.StaffVouched, visit.Unpark]
    assert rig.desk.compared[0].ticket == VISIT.ticket


def test_staff_who_cannot_be_recorded_decide_nothing(rig: Rig) -> None:
    rig.store.broken = "disk_full"
    rig.sign_in()
    rig.until(lambda state: state.waiting)
    state = rig.until(lambda state: not state.open)
    assert state.session is None
    assert rig.told == [visit.Park(), visit.Unpark()]


def test_a_guided_test_is_carried_out_and_recorded(rig: Rig) -> None:
    from tests.staff.support import TONO_SESSION

    rig.desk.session = TONO_SESSION
    rig.sign_in()
    rig.until(lambda state: state.screen is StaffScreen.DIAGNOSTICS)
    rig.loop.post(i.StartTest(GuidedPart.CAMERA))
    assert rig.until(lambda state: state.test and not state.test.running).test.passed  # type: ignore[union-attr]
    assert rig.store.events[-1].type == "part_tested"
    rig.loop.post(i.SignOut())
    rig.until(lambda state: not state.open)
    assert rig.parts.calls == [("start",), ("stop",)]


def test_before_the_first_connection_the_desk_is_unreachable() -> None:
    desk = LateDesk()
    with pytest.raises(CentreUnreachable):
        desk.sign_out("s")
    fake = FakeDesk()
    desk.connect(fake)
    desk.sign_out("s")
    assert fake.ended == ["s"]


def test_frames_are_not_searched_once_the_door_is_closed() -> None:
    frames: Mailbox[Frame] = Mailbox()
    seen: list[str] = []
    watch = CodeWatch("badges", frames, Reader)
    watch.start(seen.append)
    watch.stop()
    by_hand = FramesByHand()
    by_hand.mailbox = frames
    by_hand.show()
    assert seen == []
