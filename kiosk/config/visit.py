"""A visit's limits: codes, PIN, clocks, staff."""

from __future__ import annotations

from pydantic import Field

from kiosk.config.section import Section


class OtpSettings(Section):
    digits: int = Field(6, description="Digits of a code (ASVS 5.0 6.5).")
    valid_seconds: float = Field(300.0, ge=60, le=600, description="Life of a code, s, monotonic.")
    wrong_entries: int = Field(3, description="Wrong entries a visit; a new code does not reset them.")
    resend_seconds: float = Field(60.0, description="Wait before another code, s.")
    codes_per_visit: int = Field(3, description="Codes a visit.")
    codes_per_phone_day: int = Field(5, description="Codes a phone a day, counted at the centre.")


class PinSettings(Section):
    digits: int = Field(6, ge=6, le=8, description="Length of the PIN.")
    refusals: int = Field(5, description="Refused choices before staff are called.")
    argon2_memory_kib: int = Field(65536, description="argon2id memory, KiB (64 MiB).")
    argon2_time: int = Field(3, description="argon2id passes.")
    argon2_lanes: int = Field(1, description="argon2id lanes.")


class VisitSettings(Section):
    idle_warning_seconds: float = Field(45.0, description="Without a touch for this long: warning.")
    idle_end_seconds: float = Field(60.0, description="Without a touch for this long: wiped.")
    idle_end_seconds_large_text: float = Field(120.0, description="The same with large text.")
    whole_visit_seconds: float = Field(600.0, description="Whole visit, s.")
    identifiers: int = Field(3, description="Different identifiers a visit.")
    identity_refusals: int = Field(6, description="Structurally refused entries a visit before staff.")
    card_hint_seconds: float = Field(20.0, description="Without a read code for this long: typing is suggested.")
    camera_losses: int = Field(3, description="Camera losses during the face step before a technician is called.")
    face_no_matches: int = Field(
        2, description="Clear or doubtful non-matches a visit, then staff (journey: stop after two)."
    )
    face_suspicions: int = Field(2, description="Suspected attacks a visit, then staff.")
    waiting_seconds: float = Field(30.0, description="An answer that takes longer counts as none.")
    lookup_retries: int = Field(3, description="Tries to reach the centre before the visit is handed over.")
    settle_wait_seconds: float = Field(
        12.0, description="Wait for the centre to settle before the visit ends as waiting."
    )
    staff_wait_seconds: float = Field(
        180.0, description="Wait for staff at the kiosk after a step failed for good; then the counter, by case number."
    )
    parked_seconds: float = Field(1800.0, description="Longest time staff may keep a visit parked, s.")
    done_seconds: float = Field(90.0, description="How long the last screen stays without a touch.")


class StaffSettings(Section):
    idle_seconds: float = Field(300.0, ge=60, le=300, description="Without a touch for this long a session ends, s.")
    idle_warning_seconds: float = Field(270.0, description="Without a touch for this long: warning, s.")
    sign_in_seconds: float = Field(60.0, description="An unfinished sign-in closes after this long without a touch, s.")
    keep_alive_seconds: float = Field(20.0, description="The centre hears of a session in use this often, s.")
    queue_days: int = Field(1, ge=1, le=7, description="Visits of so many days are in the help queue.")
