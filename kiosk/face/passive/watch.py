"""The passive cues of one attempt, each shown every frame; none of them knows of another.

A cue looks at as many frames as it can afford and keeps its own answer. What a denial does is decided by the cue's
mode, in the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite
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
        """By name. A number that is none stays out: evidence is JSON, and an attempt must not fail over it."""
        return {cue.name: _numbered(cue.reading) for cue in self._cues}


def _numbered(reading: CueReading) -> CueReading:
    finite = isfinite(reading.value) and isfinite(reading.limit)
    return reading if finite else replace(reading, value=0.0, limit=0.0)
