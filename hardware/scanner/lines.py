"""Whole codes out of a scanner's byte stream. Pure: bytes in, texts out; whoever waits for bytes tells of silence.

Whatever may be a part of a code is dropped, never repaired: a shortened number can be somebody else's.
"""

from __future__ import annotations

import re

MAX_BYTES = 4096
"""The largest QR code (version 40, level L) holds 2,953 bytes: more is noise, or another speed."""

_END = re.compile(rb"[\r\n]")


class CodeLines:
    """Codes end with CR, LF or CRLF; several may come in one burst. What is no UTF-8 is dropped."""

    def __init__(self) -> None:
        self._begun = b""
        self._too_long = False

    def feed(self, received: bytes) -> list[str]:
        """The whole codes that ended within ``received``, in order."""
        *ended, begun = _END.split(self._begun + received)
        texts = []
        for line in ended:
            if not self._too_long and (text := _text(line)):
                texts.append(text)
            self._too_long = False
        self._too_long = self._too_long or len(begun) > MAX_BYTES
        self._begun = b"" if self._too_long else begun
        return texts

    def silence(self) -> None:
        """Nothing came for longer than a scanner pauses within a code: what has begun is half a code. The rest of
        one that was too long still ends with its terminator only."""
        self._begun = b""


def _text(line: bytes) -> str:
    if len(line) > MAX_BYTES:
        return ""
    try:
        return line.decode("utf-8").strip()
    except UnicodeDecodeError:
        return ""
