"""The one-time codes of one visit and one purpose.

HOTP (RFC 4226) with a secret drawn for the visit; the counter is the number of the sending, so asking
again for the same sending gives the same code and a repeated request to the centre cannot make phone
and kiosk disagree. Only the newest code is valid; it is good for one success. What is compared is an
HMAC bound to visit, purpose and counter. The secret itself lives in this object alone, until ``forget``.

Left out: expiry, wrong entries, waiting times. The journey counts them, with time as an input.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp

SECRET_BYTES = 20
"""160 bits, the length RFC 4226 recommends for HMAC-SHA-1."""


class OtpVault:
    def __init__(self, visit_id: str, purpose: str, digits: int = 6) -> None:
        self._binding = f"{visit_id}\x00{purpose}".encode()
        self._digits = digits
        self._hotp: pyotp.HOTP | None = pyotp.HOTP(
            base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode(), digits=digits
        )
        self._key = secrets.token_bytes(32)
        self._verifiers: dict[int, bytes] = {}  # by send number; the highest is the valid one

    def issue(self, send_no: int) -> str:
        """The code of sending ``send_no`` (1, 2, ..). It replaces every older one. Asked for again, it is the
        same code. Raises ValueError for a number below the newest or after ``forget``."""
        if self._hotp is None:
            raise ValueError("the vault is empty")
        if send_no < max(self._verifiers, default=1):
            raise ValueError("an older code cannot come back")
        code = self._hotp.at(send_no)
        self._verifiers[send_no] = self._verifier(send_no, code)
        return code

    def withdraw(self, send_no: int) -> None:
        """Code ``send_no`` was never sent: the one before it, which the person may hold, is valid again."""
        self._verifiers.pop(send_no, None)

    def check(self, code: str) -> int | None:
        """Send number of the valid code if ``code`` is it, else None. A success uses every code up."""
        newest = max(self._verifiers, default=0)
        expected = self._verifiers.get(newest, b"\x00" * 32)
        # The verifier is computed whatever was typed, so that the time taken tells nothing.
        right = hmac.compare_digest(self._verifier(newest, code), expected)
        if not right or newest == 0:
            return None
        self._verifiers.clear()
        self._hotp = None
        return newest

    def forget(self) -> None:
        self._hotp = None
        self._verifiers.clear()
        self._key = secrets.token_bytes(32)

    def _verifier(self, send_no: int, code: str) -> bytes:
        message = b"\x00".join((self._binding, str(send_no).encode(), code.encode("utf-8", "replace")))
        return hmac.digest(self._key, message, hashlib.sha256)
