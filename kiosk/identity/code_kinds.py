"""Whether a machine code is a token, by its look alone: nothing is checked, nothing believed."""

from __future__ import annotations

import base64
import binascii
import json
import re

CWT_PREFIX = "IKD1:"
MAX_TOKEN_CHARS = 4096
"""Our tokens have 300 to 700; the check of a token has a limit of its own. A QR code holds 4,296 at most."""
MAX_HEADER_CHARS = 1024
"""A header names a key and an algorithm; one that is longer is not taken apart."""

_JWS = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def looks_like_token(text: str) -> bool:
    """A JWS in compact form or a CWT of ours, that is, something to check: three words with dots between them, of
    which the first says an algorithm, or what stands after ``IKD1:``."""
    if len(text) > MAX_TOKEN_CHARS:
        return False
    if text.startswith(CWT_PREFIX):
        return len(text) > len(CWT_PREFIX)
    parts = _JWS.fullmatch(text)
    return parts is not None and _names_algorithm(parts[1])


def _names_algorithm(header: str) -> bool:
    if len(header) > MAX_HEADER_CHARS:
        return False
    try:
        said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(said, dict) and isinstance(said.get("alg"), str)
