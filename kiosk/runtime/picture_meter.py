"""Measures the camera's pictures for the technician: pace, light, sharpness, and a face if there is one."""

from __future__ import annotations

from kiosk.face.engine import FaceEngine
from kiosk.face.picture import measure_picture
from kiosk.health.diagnostics import PictureNumbers
from kiosk.ports import Frame, LastingFault

PACE_SECONDS = 2.0
"""Pictures are counted over this long: at 3 a second the figure is right to a third."""


class PictureMeter:
    """For one thread. Give it every picture that is looked at; sequence numbers tell those between."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._seen: list[tuple[float, int]] = []
        self._source = ""

    def measure(self, frame: Frame) -> PictureNumbers:
        """About 10 ms with a face."""
        fps = self._pace(frame)
        height, width = frame.pixels.shape[:2]
        try:
            face = self._engine.analyse(frame).face
        except LastingFault:
            face = None
        if face is None:
            light = measure_picture(frame.pixels)
            return PictureNumbers(width, height, fps, light.brightness, light.burnt, light.sharpness)
        of_face = face.light
        return PictureNumbers(width, height, fps, of_face.median, of_face.burnt, of_face.sharpness, face.eye_px)

    def _pace(self, frame: Frame) -> float:
        if frame.source != self._source:  # another camera, or the same one after a re-plug
            self._source, self._seen = frame.source, []
            self._engine.reset()
        self._seen.append((frame.captured_at, frame.sequence))
        while frame.captured_at - self._seen[0][0] > PACE_SECONDS:
            self._seen.pop(0)
        first_at, first = self._seen[0]
        seconds = frame.captured_at - first_at
        return (frame.sequence - first) / seconds if seconds > 0 else 0.0
