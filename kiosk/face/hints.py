"""One hint at a time, long enough to be read: it changes at most once a second."""

from __future__ import annotations

from kiosk.face.types import FaceHint

HOLD_SECONDS = 1.0  # reading a short sentence takes 0.6-0.9 s; faster changes flicker


class HintKeeper:
    def __init__(self) -> None:
        self.shown: FaceHint | None = None
        self._since: float | None = None

    def show(self, hint: FaceHint | None, at: float) -> FaceHint | None:
        """The hint to show now, given the one wished for; ``at`` seconds."""
        if hint is not self.shown and (self._since is None or at - self._since >= HOLD_SECONDS):
            self.shown = hint
            self._since = at
        return self.shown
