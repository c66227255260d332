"""Cue: the straight outline of a phone, tablet or sheet that hides the body behind it.

A background line ends at a living person's shoulders. A device's edges run on below them (``before``), or are joined
across the chest by its lower edge (``outline``). See ``outline`` for how both are measured.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.passive.outline import Outline, outline_of, shrunk_region
from kiosk.face.passive.region import place_of
from kiosk.face.passive.turns import Turns
from kiosk.ports import Frame

# Rendered living people before doors, windows, posters, tiles, slats and columns, a third of them in striped cloth, 48
# films: sides before the body <= 0.49, joined outline <= 0.65, sum <= 0.94 in any frame (99 %: 0.33, 0.56, 0.81).
# Rendered phones, 16 films: median 0.50, 0.67, 1.12; tablets and prints 0.2-0.4, 0.81-0.82, 1.0-1.2.
BEFORE_LIMIT, OUTLINE_LIMIT, BOTH_LIMIT = 0.50, 0.66, 1.00
# In limits. 282 rendered living films: highest frame 0.99. Two real photos with 7 faces, shrunk, enlarged, recoded and
# with noise, 720 pictures measured: 0.83.
STRONG = 1.12  # one frame is enough
AGREEING = 3  # frames at the limit
CLEAR = 0.85
DOUBT = 0.95  # 60 rendered films of phones: the three that are not denied read 0.99, 1.03 and 1.12
EVERY, FIRST = 7, 0  # 5 ms a measurement, 8 with an outline to follow
FRONTAL_DEGREES = 15.0  # beyond, the middle of the face is no longer the middle of the body
LEAST_FACE_PX, LEAST_LIGHT = 60.0, 25.0


def share_of(outline: Outline) -> float:
    """The plainest sign over its limit; of two side lines the weaker counts. Living people sometimes show one sign
    faintly, but hardly both in one frame, so their sum is a third."""
    before = min(line.weight for line in outline.before_body)
    joined = min(*(line.beside for line in outline.sides), outline.bottom.between)
    return max(before / BEFORE_LIMIT, joined / OUTLINE_LIMIT, (before + joined) / BOTH_LIMIT)


def decide(shares: Sequence[float]) -> CueReading:
    """``shares`` of the measured frames in order. Denies for one strong frame or ``AGREEING`` frames at the limit;
    confirms while no frame came near it."""
    if not shares:
        return NOT_MEASURED
    highest = max(shares)
    if highest >= STRONG or sum(share >= 1 for share in shares) >= AGREEING:
        return CueReading(Cue.DENY, highest, 1.0)
    return CueReading(Cue.CONFIRM if highest < CLEAR else Cue.ABSTAIN, highest, 1.0, doubt=highest >= DOUBT)


class ScreenEdges:
    """``PassiveCue``. Measures the first frame that can be, then one in ``EVERY``."""

    name = "screen_edges"

    def __init__(self, every: int = EVERY) -> None:
        self._turns = Turns(every, FIRST)
        self._shares: list[float] = []
        self._reading = NOT_MEASURED

    @property
    def reading(self) -> CueReading:
        return self._reading

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        due = self._turns.come()
        face = analysis.face
        place = place_of(face)
        if not due or self._reading.answer is Cue.DENY or face is None or place is None:
            return
        if abs(face.pose.yaw) > FRONTAL_DEGREES or place.width < LEAST_FACE_PX or face.light.median < LEAST_LIGHT:
            return
        region = shrunk_region(frame.pixels, place)
        if region is None:
            return
        self._turns.taken()
        self._shares.append(share_of(outline_of(region)))
        self._reading = decide(self._shares)
