"""What the screen is told of a running attempt."""

from __future__ import annotations

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.challenge import ChallengeState
from kiosk.face.types import FaceBox, FaceHint, FacePhase, FaceProgress


def progress_of(
    phase: FacePhase,
    challenge: ChallengeState | None,
    hint: FaceHint | None = None,
    analysis: FrameAnalysis | None = None,
    light: str | None = None,
) -> FaceProgress:
    """``challenge`` None before it; ``analysis`` None once the attempt is over."""
    over = analysis is None
    return FaceProgress(
        phase=phase,
        hint=hint,
        movement=challenge.wanted if challenge and not over else None,
        done_movements=len(challenge.done) if challenge else 0,
        all_movements=len(challenge.movements) if challenge else 0,
        box=None if analysis is None else _box_of(analysis),
        may_decline=challenge is not None and not over and challenge.may_decline,
        light=light,
    )


def _box_of(analysis: FrameAnalysis) -> FaceBox | None:
    if analysis.face is None:
        return None
    x0, y0, x1, y1 = analysis.face.box
    w, h = analysis.width, analysis.height
    return FaceBox(x0 / w, y0 / h, (x1 - x0) / w, (y1 - y0) / h)
