"""Puts the staff door together: its loop and hands, badges, diagnostics, guided tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.config import Settings
from kiosk.face.engine import FaceEngine
from kiosk.health.diagnostics import LastTest
from kiosk.health.doctor import Probe
from kiosk.identity.codes import MachineCodeReader
from kiosk.journey.state import VisitState
from kiosk.ports import Clock, EventStore, Frame, Mailbox, StaffDesk
from kiosk.runtime.code_watch import CodeWatch
from kiosk.runtime.diagnostics_watch import DiagnosticsWatch
from kiosk.runtime.late_staff_door import LateStaffDoor
from kiosk.runtime.part_tests import PartTester
from kiosk.runtime.picture_meter import PictureMeter
from kiosk.runtime.scan_router import ScanRouter
from kiosk.runtime.staff_hands import StaffHands
from kiosk.runtime.staff_loop import StaffLoop
from kiosk.runtime.visit_loop import VisitLoop
from kiosk.staff.brief import brief_of
from kiosk.staff.inputs import VisitSeen
from kiosk.staff.state import VisitBrief


class StaffSide:
    """The staff door with everything behind it. It is told of every change of the visit that staff may see."""

    def __init__(self, loop: StaffLoop, hands: StaffHands, visit: VisitLoop) -> None:
        self._loop = loop
        self._hands = hands
        self._visit = visit
        self._brief: VisitBrief | None = None

    def start(self) -> None:
        self._loop.start()
        self._visit.subscribe(self._seen)

    def close(self) -> None:
        self._loop.stop()
        self._hands.close()

    def _seen(self, state: VisitState) -> None:
        brief = brief_of(state)
        if brief != self._brief:
            self._brief = brief
            self._loop.post(VisitSeen(brief))


def assemble_staff(
    settings: Settings,
    *,
    clock: Clock,
    store: EventStore,
    desk: StaffDesk,
    visit: VisitLoop,
    engine: FaceEngine,
    frames: Mailbox[Frame],
    door: LateStaffDoor,
    scans: ScanRouter,
    scanner_present: Callable[[], bool],
    probes: Callable[[], Mapping[str, Probe]],
    tests: Callable[[], Mapping[str, LastTest]],
    on_bug: Callable[[], None],
) -> StaffSide:
    def new_meter() -> PictureMeter:
        return PictureMeter(engine)

    hands = StaffHands(
        desk=desk,
        store=store,
        queue_days=settings.staff.queue_days,
        badges=CodeWatch("badge-reading", frames, MachineCodeReader),
        parts=DiagnosticsWatch(
            probes=probes,
            tests=tests,
            frames=frames,
            new_meter=new_meter,
            diagnostics=door.diagnostics,
            picture=door.picture,
        ),
        tests=PartTester(frames=frames, new_meter=new_meter, scans=scans, scanner_present=scanner_present),
        tell_visit=visit.post,
    )
    loop = StaffLoop(limits=settings.staff, clock=clock, store=store, hands=hands, on_bug=on_bug)
    scans.connect(to_visit=visit.post, to_staff=loop.post)
    door.open_to(loop)
    return StaffSide(loop, hands, visit)
