"""Do the frames come as a live camera gives them: one after another, in time, without a pause to swap something in?

Always enforced. Pure: numbers and times in, a state out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import Cue, CueReading
from kiosk.ports import Frame

# Rules, not measurements. The slowest camera that is still served gives 3 frames a second, so 1 s is three frames
# lost in a row; in 3 s a sheet is lifted and another person stands there.
STEADY_SECONDS = 1.0
LONGEST_SECONDS = 3.0
ENOUGH_FRAMES = 10


@dataclass(frozen=True, slots=True)
class TimingState:
    frames: int = 0
    sequence: int = 0
    at: float = 0.0  # seconds
    longest: float = 0.0  # gap so far, s
    denied: bool = False
    denied_gap: float = 0.0  # s; 0 and below: time or numbers did not go on


def next_frame(state: TimingState, sequence: int, at: float) -> TimingState:
    """One frame further. A denial stays, with the gap that caused it."""
    if state.denied:
        return state
    if state.frames == 0:
        bad = at != at  # noqa: PLR0124  not a number
        return TimingState(frames=1, sequence=sequence, at=at, denied=bad)
    gap = at - state.at
    goes_on = sequence > state.sequence and gap > 0  # also False for a time that is not a number
    if not goes_on or gap > LONGEST_SECONDS:
        kept = gap if goes_on else 0.0
        return replace(state, denied=True, denied_gap=kept, longest=max(state.longest, kept))
    return replace(state, frames=state.frames + 1, sequence=sequence, at=at, longest=max(state.longest, gap))


def judge(state: TimingState) -> CueReading:
    """``value`` is the longest gap, s. A denial without a gap over the limit means that time or numbers went back."""
    if state.denied:
        return CueReading(Cue.DENY, state.denied_gap, LONGEST_SECONDS)
    steady = state.frames >= ENOUGH_FRAMES and state.longest <= STEADY_SECONDS
    return CueReading(Cue.CONFIRM if steady else Cue.ABSTAIN, state.longest, STEADY_SECONDS)


class Timing:
    """The passive cue "timing"."""

    name = "timing"

    def __init__(self) -> None:
        self._state = TimingState()

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        self._state = next_frame(self._state, frame.sequence, frame.captured_at)

    @property
    def reading(self) -> CueReading:
        return judge(self._state)
