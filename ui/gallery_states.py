"""Every screen by name, as states with invented people: what the gallery draws and the tests walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kiosk.events import VisitStatus
from kiosk.face.types import FaceHint, FacePhase, FaceProgress
from kiosk.health.readiness import OfferNotice
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import PinPhase, Stage, VisitState, Waiting
from kiosk.ports import Identifier, IdentifierKind, Movement
from ui.gallery_scene import CASE, NOW, PERSON, VISIT, Scene, at
from ui.gallery_staff import STAFF_SCENES, WAITING_VISIT
from ui.ports import ServicesOffered

__all__ = ["CASE", "NOW", "PERSON", "SCENES", "VISIT", "Scene"]


def _waiting(stage: Stage, waiting: Waiting, seconds: float = 2.0, **changes: object) -> VisitState:
    return at(stage, waiting=waiting, waiting_since=NOW - seconds, **changes)


_OTP = at(Stage.OTP, profile=PERSON, sends=1, code_expires_at=NOW + 280, resend_at=NOW + 42)
_PIN = at(Stage.PIN, profile=PERSON)
_DONE = at(Stage.DONE, profile=PERSON, status=VisitStatus.TERVERIFIKASI, reason=EndReason.SETTLED)
_FACE = at(Stage.FACE, face_running=True, face_attempt=1)
_TURN = FaceProgress(FacePhase.CHALLENGE, FaceHint.DO_TURN_LEFT, Movement.TURN_LEFT, done_movements=1, all_movements=2)
_NOD = FaceProgress(FacePhase.CHALLENGE, FaceHint.DO_NOD, Movement.NOD, all_movements=2, may_decline=True)

SCENES: Mapping[str, Scene] = {
    "attract": Scene(VisitState()),
    "attract-restarted": Scene(VisitState(notice=Notice.RESTARTED)),
    "attract-not-offered": Scene(VisitState(), offered=ServicesOffered(verify=False, reason="camera")),
    "attract-news": Scene(
        VisitState(), offered=ServicesOffered(notices=(OfferNotice.CENTRE_DOWN.value, OfferNotice.CARD_BY_TYPING.value))
    ),
    "attract-help": Scene(VisitState(), desk_help=True),
    "consent": Scene(at(Stage.CONSENT)),
    "identity": Scene(at(Stage.IDENTITY)),
    "identity-denied": Scene(at(Stage.IDENTITY, notice=Notice.IDENTITY_DENIED)),
    "nik-empty": Scene(at(Stage.NIK)),
    "nik-typing": Scene(at(Stage.NIK), typed="317407550"),
    "nik-complete": Scene(at(Stage.NIK), typed=PERSON.nik),
    "nik-refused": Scene(
        at(
            Stage.NIK,
            notice=Notice.NIK_DATE,
            may_force_nik=True,
            identifier=Identifier(IdentifierKind.NIK, "3174079908950001"),
        )
    ),
    "nik-not-found": Scene(at(Stage.NIK, notice=Notice.NOT_FOUND, notice_values=(("number", "3174 0755 0895 0001"),))),
    "card": Scene(at(Stage.CARD), camera=True),
    "card-unknown": Scene(at(Stage.CARD, notice=Notice.CODE_UNKNOWN), camera=True),
    "card-number": Scene(at(Stage.CARD_NUMBER), typed="00012345"),
    "lookup": Scene(_waiting(Stage.LOOKUP, Waiting.LOOKING_UP)),
    "lookup-slow": Scene(_waiting(Stage.LOOKUP, Waiting.LOOKING_UP, seconds=17)),
    "lookup-busy": Scene(at(Stage.LOOKUP, notice=Notice.CENTRE_BUSY)),
    "confirm": Scene(at(Stage.CONFIRM, initials="S. R.")),
    "face-ready": Scene(at(Stage.FACE), camera=True),
    "face-again": Scene(at(Stage.FACE, face_attempt=1, notice=Notice.FACE_TRY_AGAIN), camera=True),
    "face-preparing": Scene(_waiting(Stage.FACE, Waiting.PREPARING_FACE, face_attempt=1), camera=True),
    "face-dark": Scene(_FACE, camera=True, progress=FaceProgress(FacePhase.FIND, FaceHint.TOO_DARK)),
    "face-covered": Scene(_FACE, camera=True, progress=FaceProgress(FacePhase.FIND, FaceHint.UNCOVER_FACE)),
    "face-turn": Scene(_FACE, camera=True, progress=_TURN),
    "face-lit": Scene(_FACE, camera=True, progress=replace(_TURN, light="#78cdff")),
    "face-lit-warm": Scene(_FACE, camera=True, progress=replace(_NOD, light="#ffb378")),
    "face-nod": Scene(_FACE, camera=True, progress=_NOD),
    "face-wrong-movement": Scene(
        _FACE, camera=True, progress=replace(_NOD, hint=FaceHint.WRONG_MOVEMENT, movement=None)
    ),
    "face-wait": Scene(_FACE, camera=True, progress=replace(_TURN, hint=FaceHint.WAIT_FOR_PROMPT, movement=None)),
    "face-matched": Scene(
        _waiting(Stage.FACE, Waiting.LOADING_PROFILE, face_attempt=1, face_matched=True), camera=True
    ),
    "with-staff": Scene(WAITING_VISIT),
    "otp-sending": Scene(_waiting(Stage.OTP, Waiting.SENDING_CODE, profile=PERSON)),
    "otp": Scene(_OTP),
    "otp-typing": Scene(_OTP, typed="407"),
    "otp-wrong": Scene(
        replace(_OTP, notice=Notice.CODE_WRONG, notice_values=(("left", "2"),), resend_at=NOW - 1, code_failures=1)
    ),
    "pin-choose": Scene(_PIN, typed="40"),
    "pin-refused": Scene(replace(_PIN, notice=Notice.PIN_IDENTITY_DIGITS)),
    "pin-repeat": Scene(replace(_PIN, pin_phase=PinPhase.REPEAT), typed="4071"),
    "pin-sealing": Scene(replace(_PIN, waiting=Waiting.SEALING_PIN, waiting_since=NOW - 1)),
    "settling": Scene(_waiting(Stage.SETTLING, Waiting.SETTLING)),
    "done-verified": Scene(_DONE),
    "done-inactive": Scene(replace(_DONE, profile=replace(PERSON, membership="TIDAK_AKTIF_TUNGGAKAN"))),
    "done-waiting": Scene(
        replace(
            _DONE,
            status=VisitStatus.MENUNGGU_SINKRONISASI,
            reason=EndReason.WAITING_FOR_CENTRE,
            case_number=CASE,
            due=date(2026, 11, 23),
        )
    ),
    "done-already": Scene(
        replace(_DONE, reason=EndReason.ALREADY_VERIFIED, profile=replace(PERSON, verified_since=date(2026, 3, 2)))
    ),
    "ended-face": Scene(
        at(Stage.ENDED, status=VisitStatus.PERLU_PETUGAS, reason=EndReason.FACE_NO_MATCH, case_number=CASE)
    ),
    "ended-consent": Scene(
        at(Stage.ENDED, status=VisitStatus.PERLU_PETUGAS, reason=EndReason.CONSENT_REFUSED, case_number=CASE)
    ),
    "ended-unreachable": Scene(
        at(Stage.ENDED, status=VisitStatus.PERLU_PETUGAS, reason=EndReason.CENTRE_UNREACHABLE, case_number=CASE)
    ),
    "out-of-service": Scene(at(Stage.OUT_OF_SERVICE)),
    "help": Scene(at(Stage.NIK, help_open=True), typed="3174"),
    "help-called": Scene(at(Stage.NIK, help_open=True, staff_called_at=NOW, case_number=CASE), typed="3174"),
    "cancel": Scene(replace(_OTP, cancel_open=True)),
    "idle": Scene(at(Stage.NIK, idle_seconds_left=15), typed="317407"),
    "ended-rejected": Scene(
        at(Stage.ENDED, status=VisitStatus.DITOLAK, reason=EndReason.STAFF_REJECTED, case_number=CASE)
    ),
    **STAFF_SCENES,
}
