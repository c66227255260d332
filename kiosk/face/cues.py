"""The answer of one liveness cue. Cues are never averaged into a score: one deny decides."""

from __future__ import annotations

from enum import StrEnum


class Cue(StrEnum):
    CONFIRM = "confirm"
    ABSTAIN = "abstain"  # nothing was measured
    DENY = "deny"  # latches
