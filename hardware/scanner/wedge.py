"""Whole codes out of key strokes, by their rhythm. Pure: characters and times in, texts out.

A scanner writes faster than any hand. Whatever is slower, even in one place, is dropped to its end: it is somebody
typing, or a code with a part missing, which can be somebody else's number.
"""

from __future__ import annotations

from hardware.scanner.lines import MAX_BYTES

GAP_SECONDS = 0.035
LEAST_CHARACTERS = 6
"""reading.md: with these 2000 of 2000 scans are known and none of 2000 typings is taken for one."""
SILENCE_SECONDS = 0.15
"""What comes after such a pause is a new beginning (as on a serial line); after a shorter one, the rest of what broke
off."""
ENDS = frozenset("\n\t")


class KeyRhythm:
    def __init__(self) -> None:
        self._begun: list[str] = []
        self._broken = False
        self._last_at = float("-inf")

    def key(self, character: str | None, at: float) -> str | None:
        """A key went down at ``at`` seconds; the code that ends with it, if one does. None: a key that no code is
        written with."""
        pause = at - self._last_at
        self._last_at = at
        if pause >= SILENCE_SECONDS:
            self._begin()
        elif not 0 <= pause <= GAP_SECONDS:
            self.break_off()
        if character is None or len(self._begun) >= MAX_BYTES:
            self.break_off()
        elif character in ENDS:
            text = "".join(self._begun).strip()
            self._begin()
            return text if len(text) >= LEAST_CHARACTERS else None
        elif not self._broken:
            self._begun.append(character)
        return None

    def break_off(self) -> None:
        """Something was lost: what has begun is no whole code, and neither is its rest."""
        self._begun, self._broken = [], True

    def _begin(self) -> None:
        self._begun, self._broken = [], False
