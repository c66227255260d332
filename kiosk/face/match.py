"""Probes against the reference: one similarity, three zones.

Every picture is embedded as it is and mirrored, and is held as the mean of both, not brought back to length 1. So a
similarity is the plain mean of the cosines of all pairs, and a threshold fitted to single pairs stays good: a mean
is never above its greatest part. Bringing means back to length 1 lifts every score, impostors' too.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

ODD_ONE = 0.15  # below the medoid's mean agreement: a blurred or half-covered frame


class Zone(StrEnum):
    MATCH = "match"
    STAFF = "staff"  # a person compares
    NO_MATCH = "no_match"


class Advice(StrEnum):
    """What the portrait printed on a card can say: it may support, it never decides."""

    SUPPORTS = "supports"
    ABSTAINS = "abstains"


def similarity_of(probes: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    """``probes`` float32 (n, d) and ``reference`` (d,), each of length 1 or less; -1.0 .. 1.0, -1.0 for no probe.

    Probes far from the others are left out: a blurred frame would pull the mean down.
    """
    if not len(probes):
        return -1.0
    agreement = (probes @ probes.T).mean(1)
    kept = probes[agreement >= agreement.max() - ODD_ONE]
    return float((kept @ reference).mean())


def zone_of(similarity: float, threshold: float, review_threshold: float) -> Zone:
    """Anything that is no number is no match."""
    if similarity >= threshold:
        return Zone.MATCH
    return Zone.STAFF if similarity >= review_threshold else Zone.NO_MATCH


def advice_of(similarity: float, threshold: float) -> Advice:
    """A forged card would show the visitor's own face beside another's number, so likeness alone proves nothing."""
    return Advice.SUPPORTS if similarity >= threshold else Advice.ABSTAINS
