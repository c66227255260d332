"""The answer of one liveness cue. Cues are never averaged into a score: one deny decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cue(StrEnum):
    CONFIRM = "confirm"
    ABSTAIN = "abstain"  # nothing was measured
    DENY = "deny"  # latches


@dataclass(frozen=True, slots=True)
class CueReading:
    """An answer with the measured number behind it and the limit it was held against, in the cue's own unit."""

    answer: Cue = Cue.ABSTAIN
    value: float = 0.0
    limit: float = 0.0


NOT_MEASURED = CueReading()
