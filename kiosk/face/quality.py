"""Is this frame good enough to measure a face on? Every component with its value and limit; one remedy for the first
that fails.

Components follow ISO/IEC 29794-5. Limits are wide: they keep out what the match cannot use, not what is merely less
than perfect. A hijab never has to come off; nothing here looks outside the face.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.types import FaceHint

# Eye distance over the picture's longer side. Eyes 54-70 mm apart before lenses of 60-78 degrees: 0.083-0.152 at 40 cm,
# 0.042-0.076 at 80 cm.
FAR_EYES = 0.040
CLOSE_EYES = 0.16
MIN_EYE_PX = 40.0  # the embedder's template has 35 px between the eyes; less would be enlarged
OFF_CENTRE_X, OFF_CENTRE_Y = 0.22, 0.28  # of width and height, middle of face to middle of picture

# Rendered participant, cosine to the photo on record: median 178 as is 0.98, 53 0.94, 35 0.93, 21 0.87, 14 0.76.
DARK_MEDIAN = 30.0
# 227 with 22 % burnt 0.89, 252 with 56 % burnt 0.59.
BRIGHT_MEDIAN = 235.0
BURNT_SHARE = 0.35
UNEVEN = 0.8  # one half at 30 % of the light reads 0.90, a lamp at the side 0.1-0.5

# Sharp frames 0.044-0.065; blurred by 2 px 0.010 (cosine 0.98), 3 px 0.0044 (0.93), 4 px 0.0026 (0.86), 6 px 0.0016
# (0.71).
BLURRED = 0.003

PITCH_OF_STRAIGHT = 7.0  # what a straight look reads: the canonical face looks up a little
STRAIGHT_YAW, STRAIGHT_PITCH, STRAIGHT_ROLL = 12.0, 20.0, 20.0  # pitch is wide: short and tall people, one camera

# Bare faces, 309 variants of 8 pictures of people turned at most 18 degrees (dark and light skin, one-sided and
# coloured light, beards, moustaches, lipstick, hijabs, clear glasses): at most 0.79, in a JPEG of quality 10 0.99.
# Drawn masks of one colour: 195 of 196 found by this or the next, skin-coloured ones 25 of 25; patterned ones 39 of 72,
# those that leave the nose free 32 of 46.
CLOTH = 1.15
# The same bare faces: 1.23 and more in accepted light, lips painted over with skin colour 1.0; cloth of one colour,
# black apart, at most 0.73.
NO_MOUTH = 0.85
# Bare eyes and clear glasses at most 0.13, lenses tinted by 30 % 0.28; dark glasses 0.42-1.3 (143 of 145 found), small
# round ones from 0 (12 of 24).
DARK_EYES = 0.45

OPEN_EAR = 0.12  # narrow open eyes read 0.18 and more; closed 0.04-0.07
OPEN_SHAPE = 0.45
# Closed lips 0.03-0.09 of the eye distance, a smile that shows the teeth 0.14-0.20, a jaw dropped by a third 0.26-0.48.
OPEN_MOUTH = 0.32

MARGIN = 0.08  # of its limit: what has failed must clear its limit by this much; light and pose wander by 2-5 % at rest


class Component(StrEnum):
    """In order of importance: the first that fails is the one that is said."""

    FACE = "face"
    SINGLE_FACE = "single_face"  # how many there are
    EYE_SHARE = "eye_share"  # distance of the eyes over the picture's longer side
    EYE_DISTANCE = "eye_distance"  # px
    EYE_SHARE_NEAR = "eye_share_near"  # the same, from above
    INSIDE = "inside"  # 1 + the gap to the picture's edge, in eye distances
    POSITION_X = "position_x"
    POSITION_Y = "position_y"
    BRIGHTNESS = "brightness"
    EVENNESS = "evenness"
    GLARE = "glare"  # median from above
    BURNT = "burnt"
    SHARPNESS = "sharpness"
    YAW = "yaw"
    PITCH = "pitch"
    ROLL = "roll"
    CLOTH = "cloth"
    MOUTH_SEEN = "mouth_seen"
    EYES_SEEN = "eyes_seen"
    EYES_OPEN = "eyes_open"
    LIDS = "lids"  # eyeBlink blendshape
    MOUTH_CLOSED = "mouth_closed"


REMEDY: Mapping[Component, FaceHint] = MappingProxyType(
    {
        Component.FACE: FaceHint.NO_FACE,
        Component.SINGLE_FACE: FaceHint.SECOND_FACE,
        Component.EYE_SHARE: FaceHint.TOO_FAR,
        Component.EYE_DISTANCE: FaceHint.TOO_FAR,
        Component.EYE_SHARE_NEAR: FaceHint.TOO_CLOSE,
        Component.INSIDE: FaceHint.CENTRE_FACE,
        Component.POSITION_X: FaceHint.CENTRE_FACE,
        Component.POSITION_Y: FaceHint.CENTRE_FACE,
        Component.BRIGHTNESS: FaceHint.TOO_DARK,
        Component.EVENNESS: FaceHint.UNEVEN_LIGHT,
        Component.GLARE: FaceHint.TOO_BRIGHT,
        Component.BURNT: FaceHint.TOO_BRIGHT,
        Component.SHARPNESS: FaceHint.NOT_SHARP,
        Component.YAW: FaceHint.LOOK_STRAIGHT,
        Component.PITCH: FaceHint.LOOK_STRAIGHT,
        Component.ROLL: FaceHint.LOOK_STRAIGHT,
        Component.CLOTH: FaceHint.UNCOVER_FACE,
        Component.MOUTH_SEEN: FaceHint.UNCOVER_FACE,
        Component.EYES_SEEN: FaceHint.UNCOVER_FACE,
        Component.EYES_OPEN: FaceHint.EYES_OPEN,
        Component.LIDS: FaceHint.EYES_OPEN,
        Component.MOUTH_CLOSED: FaceHint.MOUTH_CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One component: passes when ``value`` is at least ``limit``, or at most it where ``upper`` says so."""

    component: Component
    value: float
    limit: float
    upper: bool

    @property
    def passed(self) -> bool:
        return self.clears(0.0)

    def clears(self, margin: float) -> bool:
        """Whether it passes with ``margin`` (a share of the limit) to spare. Not a number never passes."""
        if self.upper:
            return self.value <= self.limit * (1 - margin)
        return self.value >= self.limit * (1 + margin)


@dataclass(frozen=True, slots=True)
class Quality:
    """What could be measured, in order of importance; without a face that is one reading."""

    readings: tuple[Reading, ...]
    failed: Component | None  # the first

    @property
    def hint(self) -> FaceHint | None:
        """The one remedy, or None when the frame can be used."""
        return None if self.failed is None else REMEDY[self.failed]

    @property
    def components(self) -> Mapping[str, float]:
        """Measured values by name."""
        return {reading.component.value: reading.value for reading in self.readings}


def assess(analysis: FrameAnalysis, failing: Component | None = None) -> Quality:
    """Every component of a frame. ``failing`` failed in the frame before and has to clear its limit by a margin."""
    readings = tuple(_readings(analysis))
    failed = next((r.component for r in readings if not r.clears(MARGIN if r.component is failing else 0.0)), None)
    return Quality(readings, failed)


def hint_for(analysis: FrameAnalysis) -> FaceHint | None:
    """What the person should do next, or None when the frame can be used."""
    return assess(analysis).hint


class SteadyQuality:
    """Remembers what failed last, so that a value near its limit does not go to and fro."""

    def __init__(self) -> None:
        self._failing: Component | None = None

    def assess(self, analysis: FrameAnalysis) -> Quality:
        quality = assess(analysis, self._failing)
        self._failing = quality.failed
        return quality


def _readings(analysis: FrameAnalysis) -> Iterator[Reading]:
    face = analysis.face
    yield _at_least(Component.FACE, 0.0 if face is None else 1.0, 0.5)
    if face is None:
        return
    yield _at_most(Component.SINGLE_FACE, 1.0 + analysis.others, 1.5)
    yield from _placed(analysis, face)
    light, pose, cover = face.light, face.pose, face.cover
    yield _at_least(Component.BRIGHTNESS, light.median, DARK_MEDIAN)
    yield _at_most(Component.EVENNESS, light.unevenness, UNEVEN)
    yield _at_most(Component.GLARE, light.median, BRIGHT_MEDIAN)
    yield _at_most(Component.BURNT, light.burnt, BURNT_SHARE)
    yield _at_least(Component.SHARPNESS, light.sharpness, BLURRED)
    yield _at_most(Component.YAW, abs(pose.yaw), STRAIGHT_YAW)
    yield _at_most(Component.PITCH, abs(pose.pitch - PITCH_OF_STRAIGHT), STRAIGHT_PITCH)
    yield _at_most(Component.ROLL, abs(pose.roll), STRAIGHT_ROLL)
    yield _at_most(Component.CLOTH, cover.cloth, CLOTH)
    yield _at_least(Component.MOUTH_SEEN, cover.mouth, NO_MOUTH)
    yield _at_most(Component.EYES_SEEN, cover.shades, DARK_EYES)
    yield _at_least(Component.EYES_OPEN, face.ear, OPEN_EAR)
    yield _at_most(Component.LIDS, face.blink, OPEN_SHAPE)
    yield _at_most(Component.MOUTH_CLOSED, face.mouth_gap, OPEN_MOUTH)


def _placed(analysis: FrameAnalysis, face: TrackedFace) -> Iterator[Reading]:
    share = face.eye_px / max(analysis.width, analysis.height)
    x0, y0, x1, y1 = face.box
    edge = min(x0, y0, analysis.width - x1, analysis.height - y1) / max(face.eye_px, 1.0)
    yield _at_least(Component.EYE_SHARE, share, FAR_EYES)
    yield _at_least(Component.EYE_DISTANCE, face.eye_px, MIN_EYE_PX)
    yield _at_most(Component.EYE_SHARE_NEAR, share, CLOSE_EYES)
    yield _at_least(Component.INSIDE, 1.0 + edge, 1.0)
    yield _at_most(Component.POSITION_X, abs((x0 + x1) / 2 / analysis.width - 0.5), OFF_CENTRE_X)
    yield _at_most(Component.POSITION_Y, abs((y0 + y1) / 2 / analysis.height - 0.5), OFF_CENTRE_Y)


def _at_least(component: Component, value: float, limit: float) -> Reading:
    return Reading(component, value, limit, upper=False)


def _at_most(component: Component, value: float, limit: float) -> Reading:
    return Reading(component, value, limit, upper=True)


STILL_EYES_PER_SECOND = 1.5  # a standing person sways by 0.1-0.3 eye distances a second
STILL_DEGREES_PER_SECOND = 35.0


def is_still(before: FrameAnalysis, now: FrameAnalysis) -> bool:
    """Whether the same face hardly moved between two frames."""
    a, b = before.face, now.face
    if a is None or b is None or a.track != b.track:
        return False
    seconds = max(now.captured_at - before.captured_at, 1e-3)
    shift = max(abs(p - q) for p, q in zip(a.box, b.box, strict=True)) / max(b.eye_px, 1.0)
    # Landmarks shake by about 0.02 eye distances and 1 degree whatever the frame rate.
    return (
        shift <= 0.03 + STILL_EYES_PER_SECOND * seconds
        and abs(a.pose.yaw - b.pose.yaw) <= 1.5 + STILL_DEGREES_PER_SECOND * seconds
    )
