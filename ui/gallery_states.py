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
from kiosk.participants.updates import FactField, FactUpdate
from kiosk.ports import FactSource, Movement
from ui.gallery_identity import IDENTITY_SCENES
from ui.gallery_scene import CASE, NOW, PERSON, VISIT, Scene, at, waiting_at
from ui.gallery_staff import STAFF_SCENES, WAITING_VISIT
from ui.ports import ServicesOffered
from ui.still_door import drawn_frame

__all__ = ["CASE", "NOW", "PERSON", "SCENES", "VISIT", "Scene"]


_OTP = at(Stage.OTP, profile=PERSON, sends=1, code_expires_at=NOW + 280, resend_at=NOW + 42)
_PIN = at(Stage.PIN, profile=PERSON)
_DONE = at(Stage.DONE, profile=PERSON, status=VisitStatus.TERVERIFIKASI, reason=EndReason.SETTLED)
_UPDATED = replace(
    _DONE,
    updates=(
        FactUpdate(FactSource.IKD, FactField.ADDRESS, "JL MELATI NO 8 RT 004/RW 002", "JL KENANGA NO 3"),
        FactUpdate(FactSource.IKD, FactField.MARITAL_STATUS, "KAWIN", "BELUM KAWIN"),
    ),
)
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
    **IDENTITY_SCENES,
    "face-ready": Scene(at(Stage.FACE), camera=drawn_frame),
    "face-again": Scene(at(Stage.FACE, face_attempt=1, notice=Notice.FACE_TRY_AGAIN), camera=drawn_frame),
    "face-preparing": Scene(waiting_at(Stage.FACE, Waiting.PREPARING_FACE, face_attempt=1), camera=drawn_frame),
    "face-dark": Scene(_FACE, camera=drawn_frame, progress=FaceProgress(FacePhase.FIND, FaceHint.TOO_DARK)),
    "face-covered": Scene(_FACE, camera=drawn_frame, progress=FaceProgress(FacePhase.FIND, FaceHint.UNCOVER_FACE)),
    "face-turn": Scene(_FACE, camera=drawn_frame, progress=_TURN),
    "face-lit": Scene(_FACE, camera=drawn_frame, progress=replace(_TURN, light="#78cdff")),
    "face-lit-warm": Scene(_FACE, camera=drawn_frame, progress=replace(_NOD, light="#ffb378")),
    "face-nod": Scene(_FACE, camera=drawn_frame, progress=_NOD),
    "face-wrong-movement": Scene(
        _FACE, camera=drawn_frame, progress=replace(_NOD, hint=FaceHint.WRONG_MOVEMENT, movement=None)
    ),
    "face-wait": Scene(
        _FACE, camera=drawn_frame, progress=replace(_TURN, hint=FaceHint.WAIT_FOR_PROMPT, movement=None)
    ),
    "face-matched": Scene(
        waiting_at(Stage.FACE, Waiting.LOADING_PROFILE, face_attempt=1, face_matched=True), camera=drawn_frame
    ),
    "defer-face-ready": Scene(at(Stage.DEFER_FACE), camera=drawn_frame),
    "defer-face-again": Scene(at(Stage.DEFER_FACE, face_attempt=1, notice=Notice.FACE_TRY_AGAIN), camera=drawn_frame),
    "defer-face-turn": Scene(
        at(Stage.DEFER_FACE, face_running=True, face_attempt=1), camera=drawn_frame, progress=_TURN
    ),
    "defer-face-sealing": Scene(
        waiting_at(Stage.DEFER_FACE, Waiting.SEALING_CAPTURE, face_attempt=1), camera=drawn_frame
    ),
    "with-staff": Scene(WAITING_VISIT),
    "otp-sending": Scene(waiting_at(Stage.OTP, Waiting.SENDING_CODE, profile=PERSON)),
    "otp": Scene(_OTP),
    "otp-typing": Scene(_OTP, typed="407"),
    "otp-wrong": Scene(
        replace(_OTP, notice=Notice.CODE_WRONG, notice_values=(("left", "2"),), resend_at=NOW - 1, code_failures=1)
    ),
    "pin-choose": Scene(_PIN, typed="40"),
    "pin-refused": Scene(replace(_PIN, notice=Notice.PIN_IDENTITY_DIGITS)),
    "pin-repeat": Scene(replace(_PIN, pin_phase=PinPhase.REPEAT), typed="4071"),
    "pin-sealing": Scene(replace(_PIN, waiting=Waiting.SEALING_PIN, waiting_since=NOW - 1)),
    "settling": Scene(waiting_at(Stage.SETTLING, Waiting.SETTLING)),
    "done-verified": Scene(_DONE),
    "done-inactive": Scene(replace(_DONE, profile=replace(PERSON, membership="TIDAK_AKTIF_TUNGGAKAN"))),
    "done-updates": Scene(_UPDATED),
    "done-inactive-updates": Scene(replace(_UPDATED, profile=replace(PERSON, membership="TIDAK_AKTIF_TUNGGAKAN"))),
    "done-waiting": Scene(
        replace(
            _DONE,
            status=VisitStatus.MENUNGGU_SINKRONISASI,
            reason=EndReason.WAITING_FOR_CENTRE,
            case_number=CASE,
            due=date(2026, 11, 23),
        )
    ),
    "done-inactive-waiting": Scene(
        replace(
            _DONE,
            status=VisitStatus.MENUNGGU_SINKRONISASI,
            reason=EndReason.WAITING_FOR_CENTRE,
            profile=replace(PERSON, membership="TIDAK_AKTIF"),
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
    "ended-deferred": Scene(
        at(
            Stage.ENDED,
            status=VisitStatus.DITUNDA,
            reason=EndReason.DEFERRED,
            case_number="4821-0937-55628",
            due=date(2026, 11, 23),
        )
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
