"""The plan of one attempt as it was really played: between which moments of the camera's clock."""

from __future__ import annotations

from kiosk.face.light_plan import Colour, LightPlan, to_hex


class LightShow:
    """Started and ended by the session, read by the cue; one thread."""

    def __init__(self, plan: LightPlan) -> None:
        self.plan = plan
        self.began_at: float | None = None
        self.ended_at: float | None = None

    def begin(self, at: float) -> None:
        self.began_at = at

    def end(self, at: float) -> None:
        if self.began_at is not None and self.ended_at is None:
            self.ended_at = at

    def is_on(self, at: float) -> bool:
        """``at``: ``captured_at`` of a frame."""
        if self.began_at is None or at < self.began_at:
            return False
        return self.ended_at is None or at < self.ended_at

    def colour_at(self, at: float) -> Colour | None:
        return self.plan.colour_at(at - self.began_at) if self.began_at is not None and self.is_on(at) else None

    def hex_at(self, at: float) -> str | None:
        colour = self.colour_at(at)
        return None if colour is None else to_hex(colour)
