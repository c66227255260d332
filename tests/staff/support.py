"""The staff door driven by hand, and two invented members of the staff."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.config import StaffSettings
from kiosk.events import Event
from kiosk.ports import ComparisonGranted, ComparisonReason, StaffMember, StaffRole, StaffSession
from kiosk.staff import inputs as i
from kiosk.staff.effects import Record, StaffEffect
from kiosk.staff.machine import step
from kiosk.staff.state import StaffState, VisitBrief

RINA = StaffMember("rina.contoh", "RINA CONTOH", StaffRole.SUPERVISOR)
BUDI = StaffMember("budi.contoh", "BUDI CONTOH", StaffRole.BRANCH_HEAD)
TONO = StaffMember("tono.contoh", "TONO CONTOH", StaffRole.TECHNICIAN)
RINA_SESSION = StaffSession("session-rina", RINA)
TONO_SESSION = StaffSession("session-tono", TONO)
GRANT = ComparisonGranted("decision-1", RINA, BUDI)
VISIT = VisitBrief(
    visit_id="5f0c6c9e-6f0e-4a43-9a39-8f1d2c3b4a59",
    step="face",
    reason="face_no_match",
    case_number="BW66-S7KF",
    initials="S. C.",
    masked_identifier="xxxx xxxx xxxx 0001",
    ticket="ticket-1",
    decidable=True,
)
LIMITS = StaffSettings()
PIN, TOTP = "285713", "114477"


@dataclass
class Door:
    """Keeps state, time, events and effects of the staff door."""

    state: StaffState = field(default_factory=StaffState)
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    effects: list[StaffEffect] = field(default_factory=list)

    def send(self, *staff_inputs: i.StaffInput) -> StaffState:
        for staff_input in staff_inputs:
            self.state, effects = step(self.state, staff_input, self.now, LIMITS)
            self.effects += [effect for effect in effects if not isinstance(effect, Record)]
            self.events += [effect.event for effect in effects if isinstance(effect, Record)]
        return self.state

    def wait(self, seconds: float) -> StaffState:
        self.now += seconds
        return self.send(i.Tick())

    @property
    def event_types(self) -> list[str]:
        return [event.type for event in self.events]

    def did(self, kind: type) -> int:
        return sum(isinstance(effect, kind) for effect in self.effects)

    # ---- to a screen

    def type_credentials(self, username: str) -> StaffState:
        return self.send(i.SubmitUsername(username), i.SubmitPin(PIN), i.SubmitTotp(TOTP))

    def to_queue(self, visit: VisitBrief | None = VISIT) -> StaffState:
        self.send(i.VisitSeen(visit), i.Open())
        self.type_credentials(RINA.username)
        return self.send(i.SignedIn(RINA_SESSION))

    def to_compare(self) -> StaffState:
        self.to_queue()
        return self.send(i.OpenVisit())

    def to_second(self) -> StaffState:
        self.to_compare()
        return self.send(i.ChooseReason(ComparisonReason.OLD_PHOTO), i.AskSecond())

    def to_decided(self) -> StaffState:
        self.to_second()
        self.type_credentials(BUDI.username)
        return self.send(i.Granted(GRANT))

    def to_diagnostics(self) -> StaffState:
        self.send(i.Open())
        self.type_credentials(TONO.username)
        return self.send(i.SignedIn(TONO_SESSION))
