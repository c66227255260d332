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
    """An answer with the measured number behind it and the limit it was held against, in the cue's own unit.

    ``doubt``: too little to call it an attack, more than living people show. Where the cue is enforced the attempt does
    not pass and is tried again; nobody is suspected for it.
    """

    answer: Cue = Cue.ABSTAIN
    value: float = 0.0
    limit: float = 0.0
    doubt: bool = False


NOT_MEASURED = CueReading()
