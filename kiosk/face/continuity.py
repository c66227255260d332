"""Is it one face from the neutral look through the movements to the match?

Someone could do the movements and hold up another's picture for the match. So frames of the neutral
look and of each movement are embedded too and must belong to the face of the probes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.face.cues import Cue

# Same sitting, turned 20-28 degrees, eyes shut: 0.77-0.90 to the own photo; another person 0.19 at most (EER of
# SFace on 24,090 pairs lies at 0.3-0.4).
SAME_FACE = 0.40


def judge_continuity(earlier: Sequence[NDArray[np.float32]], probes: NDArray[np.float32]) -> tuple[Cue, float]:
    """``earlier`` embeddings of neutral and movements, ``probes`` float32 (n, 128); all of length 1.

    Returns the answer and the lowest cosine seen, between any earlier frame and the probes and among the
    probes themselves. Abstains only when there is nothing to compare, which never passes.
    """
    if not len(earlier) or not len(probes):
        return Cue.ABSTAIN, 0.0
    middle = probes.mean(0)
    middle = middle / max(float(np.linalg.norm(middle)), 1e-9)
    lowest = min(float(e @ middle) for e in (*earlier, *probes))
    return (Cue.CONFIRM if lowest >= SAME_FACE else Cue.DENY), lowest
