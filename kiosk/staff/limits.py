"""The numbers the staff door obeys."""

from __future__ import annotations

from kiosk.config import StaffSettings

PIN_DIGITS = 6
TOTP_DIGITS = 6
ANSWER_SECONDS = 15.0
"""An answer that takes longer counts as none: argon2 at the centre takes 0.3 s, patience for late events 3 s."""

__all__ = ["ANSWER_SECONDS", "PIN_DIGITS", "TOTP_DIGITS", "StaffSettings"]
