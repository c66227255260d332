"""A technician at a kiosk of real parts: real window and clicks, real store, camera pipeline, centre and staff job."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyotp
import pytest
from PySide6.QtGui import QGuiApplication

from db.central.demo_staff import LEFT, RINA, TONO
from db.central.demo_staff_seed import seed_staff
from db.central.staff_client import StaffClient
from db.central.staff_desk import StaffDeskJob
from db.local.store import LocalStore
from hardware.camera import CaptureService
from hardware.camera.simulated import SimulatedCamera, Simulation
from hardware.printer.escpos import SimulatedPrinter
from hardware.scanner import ScanService
from hardware.scanner.simulated import ScannerLevers, SimulatedScanner
from kiosk.config import CentreSettings, Settings
from kiosk.events import Event
from kiosk.face.seal import one_off_sealer
from kiosk.identity.ikd.keys import PinnedKeys
from kiosk.journey.state import Language
from kiosk.ports import DemoStaff, PartHealth, PartState, RecordedEvent, Scan, Service
from kiosk.runtime import power as power_module
from kiosk.runtime.assemble import Rooms, assemble
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.late_door import LateDoor
from kiosk.runtime.power import Connection
from kiosk.runtime.visit_report import VisitReport
from tests.db.local.support import KEY as STORE_KEY
from tests.db.local.support import KIOSK, SIGNER
from tests.db.support import CentralForTest, KioskForTest
from tests.runtime.support import KEY, FakeCentre
from tests.runtime.test_assemble import QuietSync
from ui.app import KioskWindow
from ui.app import assemble as make_window
from ui.autopilot import Autopilot
from ui.checks import is_text, walk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

WAIT_SECONDS = 30.0
HOLD_SECONDS = 3.4


class Site:
    """One kiosk before the technician, with the centre that knows the staff."""

    def __init__(self, folder: Path, weights_dir: Path, centre: CentralForTest, kiosk: KioskForTest) -> None:
        settings = Settings(data_dir=folder, weights_dir=weights_dir)
        self.centre = centre
        self.store = LocalStore(folder, KIOSK, STORE_KEY, SIGNER, SystemClock())
        self.simulation, self.scanner = Simulation(), ScannerLevers()
        camera = SimulatedCamera(self.simulation, fps=15)
        door = LateDoor(Language.INDONESIAN, demo=True)
        desk = StaffClient(
            kiosk.dsn,
            CentreSettings(call_seconds=10.0),
            kiosk.kiosk_id,
            kiosk.signer.sign,
            lambda: centre.centre.keys.box_public_key,
        )

        def scan_service(deliver: Callable[[Scan], None]) -> Service:
            return ScanService(SimulatedScanner(self.scanner), deliver)

        rooms = Rooms(
            software="test",
            clock=SystemClock(),
            store=self.store,
            store_health=lambda: PartHealth("store", PartState.READY),
            capture=CaptureService(camera, door.frames),
            camera=lambda: camera.identity,
            sealer=one_off_sealer(kiosk.kiosk_id),
            ikd_keys=PinnedKeys(),
            scanner=scan_service,
            printer=SimulatedPrinter(),
            receipt_text=lambda effect: ([effect.case_number], effect.visit_id),
            connect=lambda: Connection(
                FakeCentre(), desk, lambda: KEY, QuietSync(), None, None, [desk.close], lambda _: False, lambda _: None
            ),
        )
        self.window: KioskWindow = make_window(door, settings)
        self.window.show((1080, 1920))
        self.power, self.probes = assemble(settings, rooms, door, VisitReport())
        self.pilot = Autopilot(self.window)
        self.until(lambda: door.services_offered.verify, "the service is not offered")

    def until(self, true: Callable[[], bool], complaint: str) -> None:
        self.pilot.wait_until(true, WAIT_SECONDS, complaint)

    def says(self, part: str) -> bool:
        items = walk(self.window.view.contentItem())
        return any(part in str(item.property("text")) for item in items if is_text(item))

    def there(self, name: str) -> None:
        self.until(lambda: self.pilot.look(name) is not None, f"no {name}")

    def type_secrets(self, member: DemoStaff, code: str = "") -> None:
        self.there("key0")
        self.pilot.type_digits(member.pin)
        self.there("key0")
        self.pilot.type_digits(code or pyotp.TOTP(member.totp_secret).now())

    def sign_in_by_gesture(self, member: DemoStaff, code: str = "") -> None:
        self.pilot.hold("staffMark", HOLD_SECONDS)
        self.there("submitUsername")
        for letter in member.username:
            self.pilot.click(f"char{letter}")
        self.pilot.click("submitUsername")
        self.type_secrets(member, code)

    def recorded(self, *types: str) -> list[Event]:
        kept: list[RecordedEvent] = list(self.store.recent(types, 1))
        return [one.event for one in kept]

    def close(self) -> None:
        self.window.close()
        self.power.off()
        self.store.close()


@pytest.fixture
def site(
    qapp: QGuiApplication,
    tmp_path: Path,
    weights_dir: Path,
    central: CentralForTest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    monkeypatch.setattr(power_module, "DRAIN_SECONDS", 0.1)  # nothing is ever taken from this outbox
    kiosk = central.kiosk()
    with central.admin() as conn:
        seed_staff(conn, central.centre.keys)
    stop, ready = threading.Event(), threading.Event()
    job = StaffDeskJob(central.centre.staff_dsn, central.centre.keys)
    thread = threading.Thread(target=job.run, args=(stop, ready.set), name="staff-desk", daemon=True)
    thread.start()
    try:
        assert ready.wait(WAIT_SECONDS)
        site = Site(tmp_path, weights_dir, central, kiosk)
        yield site
        site.close()
    finally:  # a job left running keeps the whole test run from ending
        stop.set()
        thread.join(WAIT_SECONDS)


def test_a_technician_sees_every_part_and_tests_camera_and_scanner(site: Site) -> None:
    site.scanner.scan(TONO.badge)
    site.type_secrets(TONO)
    site.there("test_camera")
    site.pilot.click("test_camera")
    site.there("testAgain")
    site.pilot.click("backButton")
    site.there("test_scanner")
    site.pilot.click("test_scanner")
    site.pilot.process(0.5)
    site.scanner.scan("0001234567890")
    site.there("testAgain")
    assert not site.says("0001234567890"), "whose code it was is nobody's business"
    site.pilot.click("signOut")
    site.there("startButton")
    tested = {event.part: event.passed for event in site.recorded("part_tested")}  # type: ignore[union-attr]
    assert tested == {"camera": True, "scanner": True}
    shown: Mapping[str, str] = site.probes["camera"]().detail
    assert shown["last_test"].startswith("passed ")
    assert shown["last_test"].endswith("by tono.contoh")
    types = [event.type for event in site.recorded("staff_signed_in", "staff_signed_out")]
    assert types == ["staff_signed_in", "staff_signed_out"]


def test_a_camera_that_is_unplugged_is_seen_and_does_not_pass(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.runtime.part_tests.CAMERA_SECONDS", 1.0)
    site.sign_in_by_gesture(TONO)
    site.there("test_camera")
    site.simulation.unplug()
    site.until(lambda: site.power.states.camera_health().state is PartState.FAULT, "the fault is not seen")
    site.pilot.click("test_camera")
    site.there("testAgain")
    (tested,) = site.recorded("part_tested")
    assert (tested.passed, tested.reason) == (False, "no_picture")  # type: ignore[union-attr]


def test_a_code_that_was_used_and_a_person_who_left_are_refused_and_recorded_on_both_sides(site: Site) -> None:
    code = pyotp.TOTP(TONO.totp_secret).now()
    site.sign_in_by_gesture(TONO, code)
    site.there("test_camera")
    site.pilot.click("signOut")
    site.there("startButton")
    site.sign_in_by_gesture(TONO, code)
    site.there("submitUsername")
    assert [event.reason for event in site.recorded("staff_refused")] == ["replayed"]  # type: ignore[union-attr]
    for letter in LEFT.username:
        site.pilot.click(f"char{letter}")
    site.pilot.click("submitUsername")
    site.type_secrets(LEFT)
    site.until(lambda: len(site.recorded("staff_refused")) == 2, "not recorded")
    assert site.recorded("staff_refused")[-1].reason == "disabled"  # type: ignore[union-attr]
    outcomes = site.centre.one("SELECT array_agg(outcome ORDER BY history_id) FROM store.staff_history")
    assert outcomes[-2:] == ["replayed", "disabled"]


def test_a_supervisor_sees_the_queue_and_no_diagnostics(site: Site) -> None:
    site.sign_in_by_gesture(RINA)
    site.until(lambda: site.says(RINA.name), "nobody is greeted")
    assert site.pilot.look("test_camera") is None
    site.pilot.click("signOut")
    site.there("startButton")
