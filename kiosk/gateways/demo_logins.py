"""The demo issuer's device authorizations (RFC 8628): who asked, who agreed, and who asks too often."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

VALID_SECONDS, INTERVAL_SECONDS = 120, 1
SLOWER_SECONDS = 5
MAX_LOGINS = 100
EARLY = 0.8
"""Of the interval: the asker's clock and the way here differ a little."""

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628, 6.1: no vowels, so that no code is a word."""


@dataclass
class Login:
    """``nik`` once somebody agreed."""

    device_code: str = field(repr=False)
    user_code: str
    until: float  # monotonic
    next_poll_at: float = 0.0
    interval: float = INTERVAL_SECONDS
    nik: str = field(repr=False, default="")
    denied: bool = False


class DemoLogins:
    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._logins: dict[str, Login] = {}  # by device code, oldest first

    def open(self) -> Login:
        code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        login = Login(secrets.token_urlsafe(32), f"{code[:4]}-{code[4:]}", self._monotonic() + VALID_SECONDS)
        with self._lock:
            self._logins[login.device_code] = login
            while len(self._logins) > MAX_LOGINS:
                del self._logins[next(iter(self._logins))]
        return login

    def answer(self, user_code: str, nik: str) -> bool:
        """The phone's: this person agrees, empty: denies. False when no such login waits."""
        with self._lock:
            for login in self._logins.values():
                if self._waits(login) and hmac.compare_digest(login.user_code.encode(), user_code.encode()):
                    login.nik, login.denied = nik, not nik
                    return True
        return False

    def newest(self) -> str:
        """User code of the login opened last that still waits; empty without one."""
        with self._lock:
            waiting = [login.user_code for login in self._logins.values() if self._waits(login)]
        return waiting[-1] if waiting else ""

    def redeem(self, device_code: str) -> tuple[str, str]:
        """(NIK, error of RFC 8628, 3.5); one of them is empty. What ends a login ends it once."""
        with self._lock:
            login = self._logins.get(device_code)
            if login is None:
                return "", "invalid_grant"
            error = self._standing(login)
            if error not in ("authorization_pending", "slow_down"):
                del self._logins[device_code]
        return ("", error) if error else (login.nik, "")

    def _waits(self, login: Login) -> bool:
        return not login.nik and not login.denied and self._monotonic() < login.until

    def _standing(self, login: Login) -> str:
        now = self._monotonic()
        if login.denied:
            return "access_denied"
        if now >= login.until:
            return "expired_token"
        if now < login.next_poll_at:
            login.interval += SLOWER_SECONDS
            return "slow_down"
        login.next_poll_at = now + login.interval * EARLY
        return "" if login.nik else "authorization_pending"
