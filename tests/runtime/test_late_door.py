"""The door before the rules stand. The risk: a tap that is kept and acts later, a screen that hears nothing."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

from kiosk.journey.inputs import Start, Touched, VisitInput
from kiosk.journey.state import Language, Stage, VisitState
from kiosk.ports import ServicesOffered
from kiosk.runtime.late_door import LateDoor, StateListener
from tests.journey.support import VISIT_ID

REAL = VisitState(stage=Stage.CONSENT, visit_id=VISIT_ID)


class Door:
    def __init__(self) -> None:
        self.posted: list[VisitInput] = []
        self.listeners: list[StateListener] = []
        self.services_offered = ServicesOffered()

    def post(self, visit_input: VisitInput) -> None:
        self.posted.append(visit_input)

    def subscribe(self, listener: StateListener) -> None:
        self.listeners.append(listener)
        listener(REAL)


def test_taps_before_the_opening_go_nowhere_and_later_ones_through() -> None:
    late, door = LateDoor(Language.INDONESIAN, demo=True), Door()
    late.post(Start(VISIT_ID))
    late.open_to(door)
    assert door.posted == []
    late.post(Touched())
    assert door.posted == [Touched()]


def test_a_screen_sees_the_first_state_in_its_language_and_then_the_real_ones() -> None:
    late, door = LateDoor(Language.ENGLISH, demo=False), Door()
    seen: list[VisitState] = []
    late.subscribe(seen.append)
    assert seen == [VisitState(language=Language.ENGLISH)]
    late.open_to(door)
    assert seen[1:] == [REAL]
    door.listeners[0](replace(REAL, large_text=True))
    assert seen[-1].large_text
    after: list[VisitState] = []
    late.subscribe(after.append)
    assert after == [REAL], "no first state once the door is open"


def test_the_service_is_starting_then_what_the_rules_say() -> None:
    late, door = LateDoor(Language.INDONESIAN, demo=True), Door()
    assert late.services_offered == ServicesOffered(verify=False, reason="starting")
    late.open_to(door)
    assert late.services_offered.verify
    door.services_offered = ServicesOffered(verify=False, reason="camera")
    assert late.services_offered.reason == "camera"


def test_a_door_that_stays_closed_says_why() -> None:
    late = LateDoor(Language.INDONESIAN, demo=True)
    late.stay_closed("store")
    assert late.services_offered == ServicesOffered(verify=False, reason="store")
    late.post(Start(VISIT_ID))


def test_a_door_that_opens_while_someone_subscribes_lets_the_first_state_come_first() -> None:
    late, door = LateDoor(Language.INDONESIAN, demo=True), Door()
    seen: list[VisitState] = []
    opening = threading.Thread(target=late.open_to, args=(door,))

    def slow(state: VisitState) -> None:
        if not opening.ident:
            opening.start()
            opening.join(0.2)  # it must wait for this subscription to be done
        seen.append(state)

    late.subscribe(slow)
    opening.join(10)
    assert seen == [VisitState(language=Language.INDONESIAN), REAL]


def test_no_listener_is_lost_however_subscribing_and_opening_meet() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(60):
            late, door = LateDoor(Language.INDONESIAN, demo=True), Door()
            heard: list[list[VisitState]] = [[] for _ in range(8)]
            together = threading.Barrier(len(heard) + 1)

            def subscribe(
                seen: list[VisitState], late: LateDoor = late, together: threading.Barrier = together
            ) -> None:
                together.wait(10)
                late.subscribe(seen.append)

            threads = [threading.Thread(target=subscribe, args=(seen,)) for seen in heard]
            for thread in threads:
                thread.start()
            together.wait(10)
            late.open_to(door)
            for thread in threads:
                thread.join(10)
            assert [seen[-1] for seen in heard] == [REAL] * len(heard)
            assert len(door.listeners) == len(heard)
    finally:
        sys.setswitchinterval(before)
