"""Which frames a cue measures: the first that can be, then one in so many, each cue at a place of its own.

One picture must be answered at once, and over a film no frame may pay for all cues.
"""

from __future__ import annotations


class Turns:
    def __init__(self, every: int, first: int) -> None:
        """``first`` of every ``every`` frames; what is beyond ``every`` counts on from 0."""
        self._every, self._first = every, first % every
        self._seen = 0
        self._owed = True

    def come(self) -> bool:
        """Call once a frame: whether a measurement is due now, or still owed."""
        self._owed = self._owed or self._seen % self._every == self._first
        self._seen += 1
        return self._owed

    def taken(self) -> None:
        self._owed = False
