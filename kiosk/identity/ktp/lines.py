"""A line of text as a detector found it and a reader read it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TextLine:
    """``box`` float32 (4, 2) in px of the whole picture: upper left, upper right, lower right, lower left."""

    box: Points = field(repr=False)
    text: str = field(repr=False)
    score: float = 1.0  # the reader's own, mean over the letters, 0..1

    @property
    def left(self) -> Points:
        """Middle of the left edge, (2,)."""
        return np.asarray((self.box[0] + self.box[3]) / 2, np.float32)

    @property
    def right(self) -> Points:
        return np.asarray((self.box[1] + self.box[2]) / 2, np.float32)

    @property
    def middle(self) -> Points:
        return np.asarray(self.box.mean(0), np.float32)

    @property
    def height(self) -> float:
        return float(np.hypot(*(self.box[3] - self.box[0])) + np.hypot(*(self.box[2] - self.box[1]))) / 2
