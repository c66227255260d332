"""The code on a staff badge: a prefix and a random token, nothing of the person."""

from __future__ import annotations

from kiosk.ports import BADGE_PREFIX, BADGE_TOKEN


def badge_token(code: str) -> str | None:
    """The token in a decoded code; None when it is no badge."""
    if not code.startswith(BADGE_PREFIX):
        return None
    token = code.removeprefix(BADGE_PREFIX)
    return token if BADGE_TOKEN.fullmatch(token) else None
