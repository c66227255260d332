"""Visits that drive themselves: what each kind of visitor is, and what the visit was supposed to end in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.events import VisitStatus
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import IdentityMethod
from kiosk.ports import SimulatedPerson

VERIFIED = VisitStatus.TERVERIFIKASI


class Scenario(StrEnum):
    HAPPY = "happy"
    IMPOSTOR = "impostor"
    PHOTO_ATTACK = "photo-attack"
    OTP_WRONG = "otp-wrong"
    PIN_WEAK = "pin-weak"
    WALK_AWAY = "walk-away"
    CENTRE_DOWN = "centre-down"
    CAMERA_UNPLUGGED = "camera-unplugged"
    STAFF_COMPARES = "staff-compares"
    IKD = "ikd"
    IKD_EXPIRED = "ikd-expired"
    KTP = "ktp"
    KTP_UNREADABLE = "ktp-unreadable"
    JKN_CARD = "jkn-card"
    NIK_NOT_FOUND = "nik-not-found"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Expected:
    statuses: tuple[VisitStatus, ...]  # every status the visit was shown in, in order
    reasons: frozenset[EndReason]  # any of these at the end; empty: a visit that was left tells none
    person: SimulatedPerson = SimulatedPerson.PARTICIPANT
    vouching: tuple[str, ...] = ()  # usernames of the two who decided
    method: IdentityMethod | None = IdentityMethod.NIK_TYPED  # by which the participant was found; None: nobody was

    def agrees(
        self,
        statuses: Sequence[VisitStatus],
        reason: EndReason | None,
        at_centre: str,
        vouching: Sequence[str] = (),
        method: IdentityMethod | None = None,
    ) -> bool:
        """Ended as it should, and the centre holds the account verified exactly when it should."""
        ended = tuple(statuses) == self.statuses and (reason in self.reasons or (not self.reasons and reason is None))
        verified = bool(self.statuses) and self.statuses[-1] is VERIFIED
        found = tuple(vouching) == self.vouching and method is self.method
        return ended and (at_centre == VERIFIED) is verified and found


_SETTLED = frozenset({EndReason.SETTLED})
_FACE = frozenset({EndReason.FACE_NO_MATCH, EndReason.FACE_STAFF_ZONE, EndReason.FACE_LIMIT, EndReason.FACE_SUSPECTED})

EXPECTED: dict[Scenario, Expected] = {
    Scenario.HAPPY: Expected((VERIFIED,), _SETTLED),
    Scenario.IMPOSTOR: Expected((VisitStatus.PERLU_PETUGAS,), _FACE, SimulatedPerson.IMPOSTOR),
    Scenario.PHOTO_ATTACK: Expected((VisitStatus.PERLU_PETUGAS,), _FACE, SimulatedPerson.PRINT),
    Scenario.OTP_WRONG: Expected((VisitStatus.PERLU_PETUGAS,), frozenset({EndReason.CODE_LIMIT})),
    Scenario.PIN_WEAK: Expected((VERIFIED,), _SETTLED),
    Scenario.WALK_AWAY: Expected((VisitStatus.DITINGGALKAN,), frozenset(), method=None),
    Scenario.CENTRE_DOWN: Expected((VisitStatus.MENUNGGU_SINKRONISASI, VERIFIED), _SETTLED),
    Scenario.CAMERA_UNPLUGGED: Expected((VERIFIED,), _SETTLED),
    Scenario.STAFF_COMPARES: Expected(
        (VERIFIED,), _SETTLED, SimulatedPerson.IMPOSTOR, vouching=("rina.contoh", "budi.contoh")
    ),
    Scenario.IKD: Expected((VERIFIED,), _SETTLED, method=IdentityMethod.IKD_LOGIN),
    Scenario.IKD_EXPIRED: Expected((VERIFIED,), _SETTLED, method=IdentityMethod.IKD_CODE),
    Scenario.KTP: Expected((VERIFIED,), _SETTLED, method=IdentityMethod.KTP_CAMERA),
    Scenario.KTP_UNREADABLE: Expected((VERIFIED,), _SETTLED),
    Scenario.JKN_CARD: Expected((VERIFIED,), _SETTLED, method=IdentityMethod.JKN_CODE),
    Scenario.NIK_NOT_FOUND: Expected((VisitStatus.PERLU_PETUGAS,), frozenset({EndReason.NOT_FOUND_LIMIT}), method=None),
    Scenario.DEFERRED: Expected((VERIFIED,), _SETTLED, method=IdentityMethod.CASE_NUMBER),  # the second visit
}
