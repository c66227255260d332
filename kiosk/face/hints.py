"""One hint at a time, long enough to be read: it changes at most once a second and not for a single odd frame."""

from __future__ import annotations

from kiosk.face.types import FaceHint

HOLD_SECONDS = 1.0  # reading a short sentence takes 0.6-0.9 s; faster changes flicker
STEADY_FRAMES = 3  # in a row: 0.1-0.2 s; a closing lid and a lost frame last one or two


class HintKeeper:
    def __init__(self) -> None:
        self.shown: FaceHint | None = None
        self._since: float | None = None
        self._wish: FaceHint | None = None
        self._wished = 0

    def show(self, hint: FaceHint | None, at: float) -> FaceHint | None:
        """The hint to show now, given the one this frame wishes for; ``at`` seconds."""
        self._wished = self._wished + 1 if hint is self._wish else 1
        self._wish = hint
        held = self._since is not None and at - self._since < HOLD_SECONDS
        if hint is not self.shown and self._wished >= STEADY_FRAMES and not held:
            self.shown = hint
            self._since = at
        return self.shown
