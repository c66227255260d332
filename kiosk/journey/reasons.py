"""Everything a visit can say and every way it can end: closed sets, one remedy each, as data.

Words live in the translation catalogue under ``notice.<value>`` and ``end.<value>``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from kiosk.events import VisitStatus


class Notice(StrEnum):
    """A sentence with a remedy on the present screen; the visit goes on."""

    # identity
    NIK_LENGTH = "nik_length"
    NIK_DATE = "nik_date"
    NIK_SERIAL = "nik_serial"
    NIK_FUTURE = "nik_future"
    LOOKS_LIKE_KK = "looks_like_kk"
    LOOKS_LIKE_VA = "looks_like_va"
    CARD_LENGTH = "card_length"
    CODE_UNKNOWN = "code_unknown"  # a QR or barcode that is no JKN card
    CARD_NOT_READ = "card_not_read"
    KTP_UNREADABLE = "ktp_unreadable"
    KTP_TYPE_INSTEAD = "ktp_type_instead"  # two cards in vain: the NIK screen
    IKD_NOT_READ = "ikd_not_read"
    IKD_EXPIRED = "ikd_expired"
    IKD_USED = "ikd_used"  # this code was shown before
    IKD_NOT_ACTIVE = "ikd_not_active"
    IKD_NOT_ACCEPTED = "ikd_not_accepted"  # not signed by the issuer, not meant for us, or damaged
    IKD_LOGIN_EXPIRED = "ikd_login_expired"
    IKD_LOGIN_DENIED = "ikd_login_denied"
    IKD_UNAVAILABLE = "ikd_unavailable"  # issuer, centre or our own clock: another way
    NOT_FOUND = "not_found"
    CASE_LENGTH = "case_length"
    CASE_DIGITS = "case_digits"  # the check digit says that it was mistyped
    CASE_NOT_USABLE = "case_not_usable"  # one sentence for unknown, not matched, expired, used
    PHONE_NOT_A_NUMBER = "phone_not_a_number"
    PHONE_LENGTH = "phone_length"
    PHONE_LANDLINE = "phone_landline"
    IDENTITY_DENIED = "identity_denied"  # "not me": another identifier
    CENTRE_BUSY = "centre_busy"
    CAMERA_LOST = "camera_lost"
    # face
    FACE_TRY_AGAIN = "face_try_again"  # movement not read, neutral also for a suspected attack
    FACE_NOT_USABLE = "face_not_usable"
    FACE_NO_MATCH = "face_no_match"
    # code
    CODE_WRONG = "code_wrong"  # values: left
    CODE_EXPIRED = "code_expired"
    CODE_NOT_SENT = "code_not_sent"
    CODE_SENT_AGAIN = "code_sent_again"
    # pin
    PIN_DIFFERENT = "pin_different"  # the two entries differ
    PIN_LENGTH = "pin_length"
    PIN_BIRTH_DATE = "pin_birth_date"
    PIN_ANY_DATE = "pin_any_date"
    PIN_IDENTITY_DIGITS = "pin_identity_digits"  # part of NIK, card, phone
    PIN_SEQUENCE = "pin_sequence"
    PIN_REPEAT = "pin_repeat"
    PIN_KEYPAD = "pin_keypad"
    PIN_COMMON = "pin_common"
    # program
    RESTARTED = "restarted"  # "Kios dimulai ulang. ..." on the start screen


class Handoff(StrEnum):
    """Where the person goes next."""

    NONE = "none"
    SUPERVISOR = "supervisor"
    COUNTER = "counter"
    TECHNICIAN = "technician"
    CARE_CENTRE = "care_centre"
    GUARDIAN = "guardian"


class EndReason(StrEnum):
    SETTLED = "settled"
    ALREADY_VERIFIED = "already_verified"
    WAITING_FOR_CENTRE = "waiting_for_centre"
    DEFERRED = "deferred"
    CONSENT_REFUSED = "consent_refused"
    WISH_FOR_STAFF = "wish_for_staff"
    IDENTITY_LIMIT = "identity_limit"
    NOT_FOUND_LIMIT = "not_found_limit"
    CENTRE_UNREACHABLE = "centre_unreachable"
    RECORD_NEEDS_STAFF = "record_needs_staff"
    MINOR = "minor"
    BUSY_ELSEWHERE = "busy_elsewhere"
    TOO_MANY_FAILED_VISITS = "too_many_failed_visits"
    KIOSK_ALLOWANCE_SPENT = "kiosk_allowance_spent"
    FACE_LIMIT = "face_limit"
    FACE_NO_MATCH = "face_no_match"
    FACE_STAFF_ZONE = "face_staff_zone"
    FACE_SUSPECTED = "face_suspected"
    FACE_UNAVAILABLE = "face_unavailable"
    CAMERA_FAULT = "camera_fault"
    NO_CONTACT = "no_contact"
    CODE_LIMIT = "code_limit"
    CODE_SEND_LIMIT = "code_send_limit"
    PIN_LIMIT = "pin_limit"
    CENTRE_REFUSED = "centre_refused"
    STORE_FAULT = "store_fault"
    CANCELLED = "cancelled"
    WALKED_AWAY = "walked_away"
    VISIT_TOO_LONG = "visit_too_long"
    STAFF_REJECTED = "staff_rejected"
    PROGRAM_DIED = "program_died"


class Ending(NamedTuple):
    status: VisitStatus
    handoff: Handoff


_STAFF = Ending(VisitStatus.PERLU_PETUGAS, Handoff.SUPERVISOR)
_LEFT = Ending(VisitStatus.DITINGGALKAN, Handoff.NONE)

ENDINGS: dict[EndReason, Ending] = {
    EndReason.SETTLED: Ending(VisitStatus.TERVERIFIKASI, Handoff.NONE),
    EndReason.ALREADY_VERIFIED: Ending(VisitStatus.TERVERIFIKASI, Handoff.NONE),
    EndReason.WAITING_FOR_CENTRE: Ending(VisitStatus.MENUNGGU_SINKRONISASI, Handoff.CARE_CENTRE),
    EndReason.DEFERRED: Ending(VisitStatus.DITUNDA, Handoff.CARE_CENTRE),
    EndReason.CONSENT_REFUSED: _STAFF,
    EndReason.WISH_FOR_STAFF: _STAFF,
    EndReason.IDENTITY_LIMIT: _STAFF,
    EndReason.NOT_FOUND_LIMIT: Ending(VisitStatus.PERLU_PETUGAS, Handoff.COUNTER),
    EndReason.CENTRE_UNREACHABLE: Ending(VisitStatus.PERLU_PETUGAS, Handoff.CARE_CENTRE),
    EndReason.RECORD_NEEDS_STAFF: _STAFF,
    EndReason.MINOR: Ending(VisitStatus.PERLU_PETUGAS, Handoff.GUARDIAN),
    EndReason.BUSY_ELSEWHERE: _STAFF,
    EndReason.TOO_MANY_FAILED_VISITS: _STAFF,
    EndReason.KIOSK_ALLOWANCE_SPENT: _STAFF,
    EndReason.FACE_LIMIT: _STAFF,
    EndReason.FACE_NO_MATCH: _STAFF,
    EndReason.FACE_STAFF_ZONE: _STAFF,
    EndReason.FACE_SUSPECTED: _STAFF,
    EndReason.FACE_UNAVAILABLE: _STAFF,
    EndReason.CAMERA_FAULT: Ending(VisitStatus.PERLU_PETUGAS, Handoff.TECHNICIAN),
    EndReason.NO_CONTACT: _STAFF,
    EndReason.CODE_LIMIT: _STAFF,
    EndReason.CODE_SEND_LIMIT: _STAFF,
    EndReason.PIN_LIMIT: _STAFF,
    EndReason.CENTRE_REFUSED: Ending(VisitStatus.DITOLAK, Handoff.SUPERVISOR),
    EndReason.STORE_FAULT: Ending(VisitStatus.PERLU_PETUGAS, Handoff.TECHNICIAN),
    EndReason.CANCELLED: _LEFT,
    EndReason.WALKED_AWAY: _LEFT,
    EndReason.VISIT_TOO_LONG: _STAFF,
    EndReason.STAFF_REJECTED: Ending(VisitStatus.DITOLAK, Handoff.COUNTER),
    EndReason.PROGRAM_DIED: _LEFT,
}
"""Status and hand-off of every way a visit ends."""

STAFF_AT_THE_KIOSK = frozenset(
    {
        EndReason.FACE_LIMIT,
        EndReason.FACE_NO_MATCH,
        EndReason.FACE_STAFF_ZONE,
        EndReason.FACE_SUSPECTED,
        EndReason.FACE_UNAVAILABLE,
    }
)
"""Failures that staff can mend by comparing face and card in person, so the visit waits for them."""
