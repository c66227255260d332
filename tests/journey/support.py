"""A visit driven by hand: answers for every effect, chosen by the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kiosk.config import Settings
from kiosk.events import Event
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record, VisitEffect
from kiosk.journey.limits import Limits
from kiosk.journey.machine import step
from kiosk.journey.state import IdentityMethod, Moment, VisitState
from kiosk.ports import CentreVisitStatus, LookupAnswer, LookupStatus, Profile, SendStatus

VISIT_ID = "5f0c6c9e-6f0e-4a43-9a39-8f1d2c3b4a59"
NIK = "3174075508950001"
TODAY = date(2026, 11, 20)  # a Friday
PROFILE = Profile(
    name="SITI CONTOH",
    birth_date=date(1995, 8, 15),
    nik=NIK,
    card_number="0001234567890",
    masked_phone="0812-xxxx-890",
    membership="AKTIF",
)
PIN = "592748"
LIMITS = Limits.of(Settings())

MATCHED = FaceResult(FaceOutcome.MATCHED, {"zone": "match"})


@dataclass
class Walk:
    """Keeps state, time, events and effects of one visit."""

    state: VisitState = field(default_factory=VisitState)
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    effects: list[VisitEffect] = field(default_factory=list)

    def send(self, *visit_inputs: i.VisitInput) -> VisitState:
        for visit_input in visit_inputs:
            self.state, effects = step(self.state, visit_input, Moment(self.now, TODAY), LIMITS)
            self.effects += [effect for effect in effects if not isinstance(effect, Record)]
            self.events += [effect.event for effect in effects if isinstance(effect, Record)]
        return self.state

    def wait(self, seconds: float) -> VisitState:
        self.now += seconds
        return self.send(i.Tick())

    @property
    def event_types(self) -> list[str]:
        return [event.type for event in self.events]

    # ---- to the door of a step

    def to_consent(self) -> VisitState:
        return self.send(i.Start(VISIT_ID))

    def to_identity(self) -> VisitState:
        self.to_consent()
        return self.send(i.AnswerConsent(True, "1", "ab" * 32))

    def to_nik(self) -> VisitState:
        self.to_identity()
        return self.send(i.ChooseMethod(IdentityMethod.NIK_TYPED))

    def to_lookup(self) -> VisitState:
        self.to_nik()
        return self.send(i.SubmitNumber(NIK))

    def to_confirm(self) -> VisitState:
        self.to_lookup()
        return self.send(i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")))

    def to_face(self) -> VisitState:
        self.to_confirm()
        return self.send(i.ConfirmIdentity(True))

    def face_ends(self, result: FaceResult) -> VisitState:
        return self.send(i.BeginFace(), i.FaceReady(), i.FaceFinished(result))

    def to_otp(self) -> VisitState:
        self.to_face()
        self.face_ends(MATCHED)
        return self.send(i.ProfileLoaded(PROFILE), i.CodeSendDone(1, SendStatus.SENT))

    def to_pin(self) -> VisitState:
        self.to_otp()
        return self.send(i.SubmitCode("123456"), i.CodeChecked(1, True))

    def to_settling(self) -> VisitState:
        self.to_pin()
        return self.send(i.SubmitPin(PIN), i.SubmitPin(PIN), i.PinSealed("c2VhbGVk", "key"))

    def to_done(self) -> VisitState:
        self.to_settling()
        return self.send(i.SettlementSeen(CentreVisitStatus.SETTLED))
