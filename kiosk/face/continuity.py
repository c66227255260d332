"""Is it one face from the neutral look through the movements to the match?

Someone could do the movements and hold up another's picture for the match. So frames of the neutral
look and of each movement are embedded too and must belong to the face of the probes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.face.cues import NOT_MEASURED, Cue, CueReading

# Same sitting, turned 20-28 degrees, eyes shut: 0.77-0.90 to the own photo; another person 0.19 at most (EER of
# SFace on 24,090 pairs lies at 0.3-0.4).
SAME_FACE = 0.40


def judge_continuity(earlier: Sequence[NDArray[np.float32]], probes: NDArray[np.float32]) -> CueReading:
    """``earlier`` embeddings of neutral and movements, ``probes`` float32 (n, d); of length 1 or less.

    The value is the lowest cosine of any pair of a probe with an earlier frame or another probe. Pairs, not a mean:
    the mean of probes of two people is like both. Abstains only when there is nothing to compare, which never passes.
    """
    if not len(earlier) or not len(probes):
        return NOT_MEASURED
    rows = np.vstack([*earlier, probes])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    lowest = float((rows @ rows[len(earlier) :].T).min())
    return CueReading(Cue.CONFIRM if lowest >= SAME_FACE else Cue.DENY, lowest, SAME_FACE)
