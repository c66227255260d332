"""The movement cues of a film that nobody directed: did this head ever turn like a head, did these eyes blink.

The same neutral, limits and counts of frames as in the challenge, but no order and no deadline. A face that was
lost and found again begins anew: its neutral look may have been somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.blink import CLOSED_RATIO, BlinkState, watch_blink
from kiosk.face.challenge import CENTRE_PITCH, CENTRE_YAW, FLAT_FRAMES, MAX_TURN, SOLID_FRAMES
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.neutral import Neutral, NeutralWindow
from kiosk.face.quality import hint_for

PLANARITY, BLINK = "planarity", "blink"
MOVEMENT_CUES = (PLANARITY, BLINK)

Planarity = Callable[[TrackedFace, TrackedFace], float]


class FreeMovement:
    """One film. ``planarity`` is ``FaceEngine.planarity``: residual in % of the outer-eye distance."""

    def __init__(self, settings: FaceSettings, planarity: Planarity) -> None:
        self._settings = settings
        self._planarity = planarity
        self._window = NeutralWindow()
        self._neutral: Neutral | None = None
        self._eyes = BlinkState(was_open=True)
        self._solid = self._flat = 0
        self._turn = NOT_MEASURED
        self._blink = NOT_MEASURED

    def readings(self) -> dict[str, CueReading]:
        return {PLANARITY: self._turn, BLINK: self._blink}

    def watch(self, analysis: FrameAnalysis) -> None:
        """Frames in order; those without exactly one face count for nothing."""
        face = analysis.face
        if face is None or analysis.others:
            self._break_off()
            return
        if self._neutral is not None and self._neutral.face.track != face.track:
            self._neutral = None
            self._break_off()
        if self._neutral is None:
            self._seek_neutral(analysis)
            return
        self._judge_turn(self._neutral, analysis, face)
        self._judge_eyes(self._neutral, analysis)

    def _break_off(self) -> None:
        self._window.clear()
        self._eyes = BlinkState()
        self._solid = self._flat = 0

    def _seek_neutral(self, analysis: FrameAnalysis) -> None:
        if hint_for(analysis) is not None:
            self._window.clear()
            return
        self._neutral = self._window.add(analysis)
        if self._neutral is not None:
            self._eyes = BlinkState(was_open=True)

    def _judge_turn(self, neutral: Neutral, analysis: FrameAnalysis, face: TrackedFace) -> None:
        limit = self._settings.planarity_percent
        if not self._settings.turn_degrees <= abs(face.pose.yaw - neutral.yaw) <= MAX_TURN:
            self._solid = self._flat = 0
            return
        residual = self._planarity(neutral.face, face)
        if residual > limit:
            self._solid, self._flat = self._solid + 1, 0
        else:
            self._solid, self._flat = 0, self._flat + 1
        if self._flat >= FLAT_FRAMES:
            self._turn = CueReading(Cue.DENY, residual, limit)
        elif self._solid >= SOLID_FRAMES and self._turn.answer is Cue.ABSTAIN:
            self._turn = CueReading(Cue.CONFIRM, residual, limit)

    def _judge_eyes(self, neutral: Neutral, analysis: FrameAnalysis) -> None:
        seen = neutral.observe(analysis, None)
        if abs(seen.yaw) > CENTRE_YAW or abs(seen.pitch) > CENTRE_PITCH:
            self._eyes = BlinkState()  # lids look shut from the side and from below
            return
        self._eyes = watch_blink(self._eyes, seen.at, seen.ear_ratio, seen.blink)
        if self._eyes.done:
            self._blink = CueReading(Cue.CONFIRM, 1.0, CLOSED_RATIO)
