"""The rules put together around real parts: store, simulated camera, face models. The risk is in the seams."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from db.local.store import LocalStore
from hardware.camera import CaptureService
from hardware.camera.simulated import SimulatedCamera, Simulation, reference_photo
from hardware.printer.escpos import SimulatedPrinter
from kiosk.config import PinSettings, Settings
from kiosk.events import StaffCompared, VisitEnded, VisitStatus
from kiosk.face.seal import one_off_sealer
from kiosk.identity.ikd.keys import PinnedKeys
from kiosk.journey import inputs as i
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Language, Stage, VisitState, Waiting
from kiosk.ports import (
    BADGE_PREFIX,
    ComparisonReason,
    LastingFault,
    PartHealth,
    PartState,
    Scan,
    ServicesOffered,
    SimulatedPerson,
)
from kiosk.runtime import power as power_module
from kiosk.runtime.assemble import Rooms, assemble
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.demo_control import DemoControl
from kiosk.runtime.late_door import LateDoor
from kiosk.runtime.power import Connection, Power
from kiosk.runtime.visit_report import VisitReport
from kiosk.staff import inputs as s
from kiosk.staff.state import Field, StaffScreen, StaffState
from tests.db.local.support import KEY as STORE_KEY
from tests.db.local.support import KIOSK, SIGNER, STARTED, open_store
from tests.journey.support import NIK, PIN, VISIT_ID
from tests.runtime.support import KEY, FakeCentre, FakeDesk
from tests.staff.support import BUDI, RINA

STEP_SECONDS = 30.0
OLD_VISIT = "00000000-0000-4000-8000-000000000001"


class QuietSync:
    """Sends nothing: events stay in the outbox for the test to read."""

    name = "centre"
    clock_offset: float | None = 0.0

    def set_up(self) -> None: ...

    def work(self) -> None:
        threading.Event().wait(0.01)

    def tear_down(self) -> None: ...

    def detail(self) -> Mapping[str, str]:
        return {}


class Kiosk:
    def __init__(self, folder: Path, weights_dir: Path) -> None:
        self.settings = Settings(
            data_dir=folder, weights_dir=weights_dir, pin=PinSettings(argon2_memory_kib=64, argon2_time=1)
        )
        self.centre = FakeCentre(photo=reference_photo())
        self.desk = FakeDesk()
        self.store = LocalStore(folder, KIOSK, STORE_KEY, SIGNER, SystemClock())
        self.simulation = Simulation()
        camera = SimulatedCamera(self.simulation, fps=10)
        self.door = LateDoor(Language.INDONESIAN, demo=True)
        self.report = VisitReport()
        self.states: queue.SimpleQueue[VisitState] = queue.SimpleQueue()
        self.state = VisitState()
        self.door.subscribe(self.states.put)
        self.rooms = Rooms(
            software="test",
            clock=SystemClock(),
            store=self.store,
            store_health=lambda: PartHealth("store", PartState.READY),
            capture=CaptureService(camera, self.door.frames),
            camera=lambda: camera.identity,
            sealer=one_off_sealer("kiosk-1"),
            ikd_keys=PinnedKeys(),
            printer=SimulatedPrinter(),
            receipt_text=lambda effect: ([effect.case_number], effect.visit_id),
            scanner=self._scanner,
            connect=lambda: Connection(
                self.centre, self.desk, lambda: KEY, QuietSync(), None, None, [], lambda fault: False, lambda told: None
            ),
        )
        self.power: Power | None = None

    def _scanner(self, deliver: Callable[[Scan], None]) -> None:
        self.deliver = deliver

    def switch_on(self) -> None:
        self.power, self.probes = assemble(self.settings, self.rooms, self.door, self.report)

    def until(self, true: Callable[[VisitState], bool]) -> VisitState:
        """Follow the shown states until one is as wanted."""
        while not true(self.state):
            self.state = self.states.get(timeout=STEP_SECONDS)
        return self.state

    def reach(self, stage: Stage) -> VisitState:
        return self.until(lambda state: state.stage is stage)

    def open_for_service(self) -> None:
        for _ in range(int(STEP_SECONDS / 0.02)):
            if self.door.services_offered.verify:
                return
            threading.Event().wait(0.02)
        raise AssertionError(self.door.services_offered)

    def walk_to_face(self) -> None:
        self.open_for_service()
        self.door.post(i.Start(VISIT_ID))
        self.reach(Stage.CONSENT)
        self.door.post(i.AnswerConsent(True, "1", "ab" * 32))
        self.door.post(i.ChooseMethod(IdentityMethod.NIK_TYPED))
        self.door.post(i.SubmitNumber(NIK))
        self.reach(Stage.CONFIRM)
        self.door.post(i.ConfirmIdentity(True))
        self.reach(Stage.FACE)

    def off(self) -> None:
        if self.power is not None:
            self.power.off()
        self.power = None


@pytest.fixture
def kiosk(tmp_path: Path, weights_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    monkeypatch.setattr(power_module, "DRAIN_SECONDS", 0.1)  # nothing is ever taken from this outbox
    kiosk = Kiosk(tmp_path, weights_dir)
    yield kiosk
    kiosk.off()
    kiosk.store.close()


def test_a_visit_goes_from_the_start_to_the_centres_hands_on_real_parts(kiosk: Kiosk, tmp_path: Path) -> None:
    control = DemoControl()
    control.attach_devices(kiosk.simulation, None)
    control.cooperate(kiosk.door.face_progress)
    kiosk.switch_on()
    kiosk.walk_to_face()
    kiosk.door.post(i.BeginFace())
    state = kiosk.until(lambda s: s.stage is Stage.OTP and s.waiting is None)
    assert state.profile is not None
    kiosk.door.post(i.SubmitCode(kiosk.centre.codes[-1][2]))
    kiosk.reach(Stage.PIN)
    kiosk.door.post(i.SubmitPin(PIN))
    kiosk.door.post(i.SubmitPin(PIN))
    state = kiosk.reach(Stage.SETTLING)
    assert state.waiting is Waiting.SETTLING
    assert kiosk.centre.photos_asked == 1
    links = [link for link in kiosk.store.pending(1000) if link.body["visit_id"] == VISIT_ID]
    assert [link.event.type for link in links] == [
        "visit_started",
        "consent_given",
        "identity_read",
        "lookup_answered",
        "identity_confirmed",
        "face_matched",
        "code_sent",
        "code_verified",
        "pin_accepted",
    ]
    assert not [link for link in links if NIK in link.payload or PIN in link.payload]
    assert [step["name"] for step in kiosk.report.steps()][-2:] == ["pin", "done"]
    kiosk.off()
    again = open_store(tmp_path)
    left = again.open_visit()
    assert left is not None, "a visit in the centre's hands is closed by the next start"
    assert left.all_steps_done
    assert again.verify_chain().intact
    again.close()


def test_what_the_last_run_left_is_closed_before_anyone_is_served_and_said_on_the_screen(kiosk: Kiosk) -> None:
    kiosk.store.begin_run("test")
    kiosk.store.record(OLD_VISIT, [STARTED])
    kiosk.switch_on()
    assert kiosk.until(lambda state: state.notice is not None).notice is Notice.RESTARTED
    (ended,) = [link.event for link in kiosk.store.pending(1000) if isinstance(link.event, VisitEnded)]
    assert ended.status is VisitStatus.DITINGGALKAN


def test_missing_weights_close_the_service_and_no_visit_begins(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.settings = kiosk.settings.model_copy(update={"weights_dir": tmp_path / "none"})
    kiosk.switch_on()
    for _ in range(int(STEP_SECONDS / 0.02)):
        if kiosk.door.services_offered.reason == "face":
            break
        threading.Event().wait(0.02)
    assert kiosk.door.services_offered.reason == "face"
    kiosk.door.post(i.Start(VISIT_ID))
    kiosk.door.post(i.SetLargeText(True))
    assert kiosk.until(lambda state: state.large_text).stage is Stage.ATTRACT
    assert kiosk.probes["weights"]().state is PartState.FAULT


def test_weights_that_vanish_after_the_start_pass_nobody(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The service is offered as soon as the files are checked; the models load behind it."""

    def gone(_engine: object) -> None:
        raise LastingFault("weights_missing")

    monkeypatch.setattr("kiosk.face.engine.FaceEngine._load", gone)
    monkeypatch.setattr("kiosk.runtime.assemble.services_offered", lambda parts: ServicesOffered())
    kiosk.switch_on()
    kiosk.walk_to_face()
    kiosk.door.post(i.BeginFace())
    kiosk.reach(Stage.WITH_STAFF)
    kiosk.door.post(i.GoToCounter())
    state = kiosk.reach(Stage.ENDED)
    assert state.status is VisitStatus.PERLU_PETUGAS
    assert kiosk.centre.codes == []


def test_two_of_the_staff_take_a_refused_face_to_the_code_and_both_are_on_record(kiosk: Kiosk) -> None:
    """A badge opens the door during the visit; the visit is parked, vouched for, and handed back."""
    control = DemoControl()
    control.attach_devices(kiosk.simulation, None)
    control.choose_person(SimulatedPerson.IMPOSTOR)
    control.cooperate(kiosk.door.face_progress)
    kiosk.switch_on()
    kiosk.walk_to_face()
    for attempt in (1, 2):
        kiosk.door.post(i.BeginFace())
        kiosk.until(lambda s, n=attempt: s.face_no_matches == n)  # type: ignore[misc]
    kiosk.reach(Stage.WITH_STAFF)
    shown: queue.SimpleQueue[StaffState] = queue.SimpleQueue()
    kiosk.door.staff.subscribe(shown.put)

    def until(true: Callable[[StaffState], bool]) -> None:
        while not true(shown.get(timeout=STEP_SECONDS)):
            pass

    kiosk.deliver(Scan(BADGE_PREFIX + "q8Zt3-demo-token-0001", 1.0, "serial#1"))
    until(lambda s: s.open and s.asked is Field.PIN)
    for one in (s.SubmitPin(PIN), s.SubmitTotp("114477")):
        kiosk.door.staff.post(one)
    until(lambda s: s.screen is StaffScreen.QUEUE)
    for one in (s.OpenVisit(), s.ChooseReason(ComparisonReason.OLD_PHOTO), s.AskSecond()):
        kiosk.door.staff.post(one)
    for one in (s.SubmitUsername(BUDI.username), s.SubmitPin(PIN), s.SubmitTotp("114477")):
        kiosk.door.staff.post(one)
    until(lambda s: s.screen is StaffScreen.DECIDED)
    kiosk.door.staff.post(s.Back())
    kiosk.until(lambda s: s.stage is Stage.OTP and s.waiting is None)
    types = [link.event.type for link in kiosk.store.pending(1000) if link.body["visit_id"] == VISIT_ID]
    assert types[-5:] == ["staff_needed", "visit_parked", "staff_compared", "visit_resumed", "code_sent"]
    (compared,) = [link.event for link in kiosk.store.pending(1000) if isinstance(link.event, StaffCompared)]
    assert (compared.first_name, compared.second_name) == (RINA.name, BUDI.name)
