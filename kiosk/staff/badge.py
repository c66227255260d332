"""The code on a staff badge: a prefix and a random token, nothing of the person."""

from __future__ import annotations

import re

from kiosk.ports import BADGE_PREFIX

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)
"""URL-safe base64 of at least 96 random bits."""


def badge_token(code: str) -> str | None:
    """The token in a decoded code; None when it is no badge."""
    if not code.startswith(BADGE_PREFIX):
        return None
    token = code.removeprefix(BADGE_PREFIX)
    return token if _TOKEN.fullmatch(token) else None
