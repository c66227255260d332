"""Puts the rules together around the parts of the other rooms, and opens the door to the screens."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from kiosk.config import Settings
from kiosk.face.engine import open_engine
from kiosk.face.seal import Sealer
from kiosk.health.diagnostics import KEEP_DAYS, TESTED, LastTest, last_tests
from kiosk.health.doctor import Probe
from kiosk.health.kiosk_probes import LiveParts, kiosk_probes
from kiosk.health.offered import services_offered
from kiosk.identity.codes import MachineCodeReader
from kiosk.identity.ikd.keys import PinnedKeys
from kiosk.identity.ktp.engine import open_ktp_engine
from kiosk.journey.inputs import Restarted, VisitInput
from kiosk.journey.limits import Limits
from kiosk.ports import (
    CameraIdentity,
    Clock,
    EventStore,
    PartHealth,
    ReceiptPrinter,
    Scan,
    Service,
    ServicesOffered,
    StoreUnavailable,
)
from kiosk.runtime.card_reading import CardReading
from kiosk.runtime.deferred_key import RememberedKey
from kiosk.runtime.digital_id import DigitalIdDesk, centre_time, token_policy
from kiosk.runtime.face_runner import FaceRunner
from kiosk.runtime.hands import KioskHands, ReceiptText
from kiosk.runtime.ikd_runner import IkdRunner
from kiosk.runtime.ktp_runner import KtpRunner
from kiosk.runtime.late_centre import LateCentre
from kiosk.runtime.late_desk import LateDesk
from kiosk.runtime.late_door import LateDoor
from kiosk.runtime.power import Connection, Power, Store
from kiosk.runtime.recovery import RunStore, recover
from kiosk.runtime.scan_router import ScanRouter
from kiosk.runtime.self_test import SelfTest
from kiosk.runtime.staff_assembly import StaffSide, assemble_staff
from kiosk.runtime.visit_loop import StateListener, VisitLoop
from kiosk.runtime.visit_report import VisitReport
from kiosk.runtime.warm_up import EngineWarmUp
from kiosk.runtime.worker import BackOff, ResilientWorker

log = logging.getLogger(__name__)

EXIT_BUG = 70
"""EX_SOFTWARE: whoever supervises the session starts the kiosk again."""


class KioskStore(EventStore, RunStore, Store, Protocol):
    @property
    def oldest_unsent_age(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the other rooms bring, real or simulated alike."""

    software: str
    clock: Clock
    store: KioskStore
    store_health: Callable[[], PartHealth]
    capture: Service
    scanner: Callable[[Callable[[Scan], None]], Service | None]  # given where codes go
    camera: Callable[[], CameraIdentity]
    sealer: Sealer
    ikd_keys: PinnedKeys
    printer: ReceiptPrinter
    receipt_text: ReceiptText
    connect: Callable[[], Connection]
    store_trouble: Callable[[], str] = str  # why nobody may be served though the store works; empty: they may


class _OpenDoor:
    """The visit loop as the screens see it once everything stands."""

    def __init__(
        self, loop: VisitLoop, hands: KioskHands, staff: StaffSide, offered: Callable[[], ServicesOffered]
    ) -> None:
        self._loop = loop
        self._hands = hands
        self._staff = staff
        self._offered = offered

    @property
    def services_offered(self) -> ServicesOffered:
        return self._offered()

    def post(self, visit_input: VisitInput) -> None:
        self._loop.post(visit_input)

    def subscribe(self, listener: StateListener) -> None:
        self._loop.subscribe(listener)

    def start(self) -> None:
        self._loop.start()
        self._staff.start()

    def close(self) -> None:
        self._staff.close()
        self._loop.stop()
        self._hands.close()


def assemble(
    settings: Settings, rooms: Rooms, door: LateDoor, report: VisitReport
) -> tuple[Power, Mapping[str, Probe]]:
    """Close what the last run left open, open the door, switch on. Raises StoreUnavailable."""
    centre = LateCentre(RememberedKey(settings.data_dir, rooms.sealer))
    desk, card_reader = LateDesk(), open_ktp_engine(settings)
    engine = EngineWarmUp(open_engine(settings), card_reader.load)
    scans = ScanRouter()
    scanner = rooms.scanner(scans.deliver)
    power = Power(
        store=rooms.store,
        camera=ResilientWorker(rooms.capture),
        scanner=ResilientWorker(scanner) if scanner is not None else None,
        warm_up=engine,
        centre=centre,
        desk=desk,
        connect=rooms.connect,
        sync_back_off=BackOff(longest=settings.centre.backoff_max_seconds),
        software=rooms.software,
        store_trouble=rooms.store_trouble,
    )
    face = FaceRunner(
        engine=engine.engine,
        centre=centre,
        frames=door.frames,
        progress=door.face_progress,
        camera=rooms.camera,
        settings=settings.face,
        sealer=rooms.sealer,
        software=rooms.software,
    )
    hands = KioskHands(
        centre=centre,
        centre_public_key=centre.public_key,
        card=CardReading(door.frames, MachineCodeReader, door.code_box),
        ktp=KtpRunner(card_reader, door.frames, door.ktp_progress, settings.ktp),
        ikd=IkdRunner(_digital_id(settings, rooms, centre, power), settings.ikd.poll_seconds),
        face=face,
        otp=settings.otp,
        pin=settings.pin,
        printer=rooms.printer,
        receipt_text=rooms.receipt_text,
        ring=lambda case: log.warning("staff called", extra={"case": case}),
        capture_key=lambda: centre.capture_key,
    )

    def tests() -> Mapping[str, LastTest]:
        try:
            return last_tests(rooms.store.recent(TESTED, KEEP_DAYS))
        except StoreUnavailable:  # its own probe says so
            return {}

    live = LiveParts(
        camera=power.states.camera_health,
        camera_identity=rooms.camera,
        engine=engine.health,
        store=rooms.store_health,
        centre=power.states.centre_health,
        printer=rooms.printer.health,
        scanner=power.states.scanner_health,
        backlog=rooms.store.backlog,
        oldest_unsent=lambda: rooms.store.oldest_unsent_age,
        clock_offset=power.offset,
        tests=tests,
    )
    probes = kiosk_probes(settings, live)
    self_test = SelfTest(probes, power.states.parts, rooms.store)

    def offered() -> ServicesOffered:
        return services_offered(self_test.parts())

    loop = VisitLoop(
        limits=Limits.of(settings),
        clock=rooms.clock,
        zone=ZoneInfo(settings.site.timezone),
        store=rooms.store,
        hands=hands,
        may_start=lambda: offered().verify,
        on_bug=_end_at_once,
    )
    staff = assemble_staff(
        settings,
        clock=rooms.clock,
        store=rooms.store,
        desk=desk,
        visit=loop,
        engine=engine.engine,
        frames=door.frames,
        door=door.staff,
        scans=scans,
        scanner_present=lambda: scanner is not None,
        probes=lambda: probes,
        tests=tests,
        on_bug=_end_at_once,
    )
    loop.watch(report.handled)
    if recover(rooms.store, rooms.software):
        loop.post(Restarted())
    opened = _OpenDoor(loop, hands, staff, offered)
    door.open_to(opened)
    power.on(opened)
    self_test.start()
    return power, probes


def _digital_id(settings: Settings, rooms: Rooms, centre: LateCentre, power: Power) -> DigitalIdDesk:
    return DigitalIdDesk(rooms.ikd_keys, token_policy(settings.ikd), centre, centre_time(rooms.clock, power.offset))


def _end_at_once() -> None:
    os._exit(EXIT_BUG)
