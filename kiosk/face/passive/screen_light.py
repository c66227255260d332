"""Cue: does the face answer the slow colours of the kiosk's own screen?

Living skin does, and so do prints and masks, since they are lit as skin is: this cue never outvotes another's denial.
A film that is fed in answers nothing, a replay's panel shines by itself and only its glass mirrors a little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.light_show import LightShow
from kiosk.face.passive.light_answer import LONGEST_LAG, Answer, Floats, answer_of, log_light, opponent
from kiosk.face.passive.region import FacePlace, place_of
from kiosk.ports import Frame

PATCHES = (151, 50, 280)  # landmarks: forehead, right and left cheek
PATCH = 0.07  # half a side, face widths
FRONTAL_DEGREES = 20.0  # beyond, a cheek's patch leaves the cheek
LEAST_FACE_PX = 60.0
DARKEST, BRIGHTEST = 12.0, 245.0  # mean code values of a channel between which a patch can answer
ROWS, COLUMNS, GRAIN = 6, 8, 8  # cells of the picture, each GRAIN x GRAIN px of it
BESIDE = 0.6  # face widths beside the face the background begins
LEAST_SECONDS, LEAST_FRAMES = 4.0, 30

# Rendered by formula, see docs/screen-light.md: lit people and prints read correlations of 0.65 to 0.98 up to 1000 lx,
# their gain 12 deviations and more at 500 lx and 7 at 1000 lx (medians); films, replays and people without light read
# 0.51 at most, their gain 0.014.
ANSWERED, CORRELATED = 5.0, 0.6
CELL_CORRELATED, LEAST_CELL_GAIN = 0.8, 0.02
SHARE_OF_CELL = 0.2  # of what another surface answered; a face twice as far away still gets a quarter
# Half of what a face answers in 1000 lx, by formula; it answers that little in 2000 lx. With more on the faces, as in
# direct sun, the cue must not be enforced.
LEAST_EXPECTED = 0.01


class ScreenLight:
    """``PassiveCue``. Looks at every frame while ``show`` is on; the value is the correlation."""

    name = "screen_light"

    def __init__(self, show: LightShow) -> None:
        self._show = show
        self._seconds: list[float] = []
        self._colours: list[Floats] = []  # (1 + 1 + cells, 3) mean codes: face, background, cells
        self._pose: list[tuple[float, float, float]] = []
        self._covered = np.zeros((ROWS, COLUMNS), bool)  # by the face, at any time
        self._beside: NDArray[np.bool_] | None = None
        self._judged = 0
        self._reading = NOT_MEASURED
        self.face = Answer()
        self.elsewhere = Answer()  # of the surface that answers best, by correlation

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        face, place = analysis.face, place_of(analysis.face)
        began = self._show.began_at
        if began is None or not self._show.is_on(frame.captured_at) or face is None or place is None:
            return
        if frame.captured_at - began < LONGEST_LAG:  # the screen may still be white
            return
        if not abs(face.pose.yaw) <= FRONTAL_DEGREES or place.width < LEAST_FACE_PX:
            return
        skin, cells = skin_of(frame.pixels, face, place), cells_of(frame.pixels)
        if skin is None or cells is None:
            return
        over = self._cells_of_face(frame.pixels.shape, face, place)
        if self._beside is None:
            self._beside = over[1]
        self._covered |= over[0]
        background = cells[self._beside].mean(0) if self._beside.any() else np.full(3, np.nan)
        self._seconds.append(frame.captured_at - began)
        self._colours.append(np.vstack([skin, background, cells.reshape(-1, 3)]))
        self._pose.append((face.pose.yaw, abs(face.pose.yaw), face.pose.pitch))

    @staticmethod
    def _cells_of_face(
        shape: tuple[int, ...], face: TrackedFace, place: FacePlace
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """bool (ROWS, COLUMNS): cells that the face touches, and cells of the background beside it."""
        x = (np.arange(COLUMNS) + 0.5) / COLUMNS * shape[1]
        y = (np.arange(ROWS) + 0.5) / ROWS * shape[0]
        half_x, half_y = shape[1] / COLUMNS / 2, shape[0] / ROWS / 2
        x0, y0, x1, y1 = face.box
        touches_x = (x + half_x > x0 - 0.2 * place.width) & (x - half_x < x1 + 0.2 * place.width)
        touches_y = (y + half_y > y0 - 0.5 * place.width) & (y - half_y < y1 + 0.2 * place.width)
        away = (x + half_x < x0 - BESIDE * place.width) | (x - half_x > x1 + BESIDE * place.width)
        above = y < place.chin
        return touches_y[:, None] & touches_x[None], above[:, None] & away[None]

    @property
    def reading(self) -> CueReading:
        if len(self._seconds) != self._judged and self._reading.answer is not Cue.DENY:
            self._judged = len(self._seconds)
            self._reading = self._judge()
        return self._reading

    def _judge(self) -> CueReading:
        if len(self._seconds) < LEAST_FRAMES or self._seconds[-1] - self._seconds[0] < LEAST_SECONDS:
            return NOT_MEASURED
        seconds = np.array(self._seconds)
        logs = opponent(log_light(np.stack(self._colours)))
        if self._beside is None or not self._beside.any():
            return NOT_MEASURED
        seen = logs - logs[:, 1:2]  # the camera's white balance changes both alike
        cells = np.flatnonzero(~(self._covered | self._beside)) + 2
        answers = answer_of(self._show.plan, seconds, seen[:, [0, *cells]], np.array(self._pose))
        self.face = answers[0]
        self.elsewhere = max(answers[1:], key=lambda a: a.correlation, default=Answer())
        return decide(self.face, self.elsewhere)


def decide(face: Answer, elsewhere: Answer) -> CueReading:
    """Confirms when the face answered. Denies when another surface did and the face got none of it, or when even the
    least light any room of ours leaves would have been seen. Abstains otherwise: daylight, a dark panel, a restless
    head."""

    def read(answer: Cue) -> CueReading:
        return CueReading(answer, face.correlation, CORRELATED)

    if face.correlation >= CORRELATED and face.gain >= ANSWERED * face.noise:
        return read(Cue.CONFIRM)
    arrived = elsewhere.correlation >= CELL_CORRELATED and elsewhere.gain >= max(
        ANSWERED * elsewhere.noise, LEAST_CELL_GAIN
    )
    if arrived and face.upper < SHARE_OF_CELL * elsewhere.gain:
        return read(Cue.DENY)
    return read(Cue.DENY if face.upper < LEAST_EXPECTED else Cue.ABSTAIN)


def skin_of(pixels: NDArray[np.uint8], face: TrackedFace, place: FacePlace) -> Floats | None:
    """Mean RGB codes of forehead and cheeks; None when they are out of the picture, burnt or black."""
    height, width = pixels.shape[:2]
    half = max(2, int(PATCH * place.width))
    means = []
    for index in PATCHES:
        x, y = (int(v) for v in face.points[index, :2])
        if not (half <= x < width - half and half <= y < height - half):
            return None
        patch = pixels[y - half : y + half : 2, x - half : x + half : 2]
        means.append(patch.reshape(-1, 3).mean(0)[::-1])
    codes: Floats = np.asarray(np.mean(means, 0), np.float64)
    return codes if codes.min() >= DARKEST and codes.max() <= BRIGHTEST else None


def cells_of(pixels: NDArray[np.uint8]) -> Floats | None:
    """float64 (ROWS, COLUMNS, 3) mean RGB codes of a coarse grid over the picture; None for a picture too small."""
    height, width = pixels.shape[:2]
    down, across = height // (ROWS * GRAIN), width // (COLUMNS * GRAIN)
    if down < 1 or across < 1:
        return None
    sparse = pixels[down // 2 :: down, across // 2 :: across][: ROWS * GRAIN, : COLUMNS * GRAIN]
    blocks = sparse.reshape(ROWS, GRAIN, COLUMNS, GRAIN, 3)
    cells: Floats = blocks.mean((1, 3))[..., ::-1]
    return cells
