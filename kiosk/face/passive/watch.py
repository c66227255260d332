"""The passive cues of one attempt, each shown every frame; none of them knows of another.

A cue looks at as many frames as it can afford and keeps its own answer. What a denial does is decided by the cue's
mode, in the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import CueReading
from kiosk.ports import Frame


class PassiveCue(Protocol):
    """One instance an attempt; confined to the analysis thread. Never raises for a picture, however odd."""

    @property
    def name(self) -> str:
        """Its field in ``CueSettings``."""

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        """Take one frame. ``analysis.face`` may be None; frames come in order, not necessarily all of them."""

    @property
    def reading(self) -> CueReading:
        """The answer so far. A deny never goes away."""


class PassiveWatch:
    def __init__(self, cues: Iterable[PassiveCue]) -> None:
        self._cues = tuple(cues)

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        for cue in self._cues:
            cue.watch(frame, analysis)

    def readings(self) -> Mapping[str, CueReading]:
        return {cue.name: cue.reading for cue in self._cues}
