"""Is this frame good enough to measure a face on? One hint for the first thing that is not.

Components follow ISO/IEC 29794-5: one face, size, position, light and its evenness, sharpness, pose, eyes
open. Limits are wide: they keep out what the match cannot use, not what is merely less than perfect.
A hijab never has to come off; nothing here looks outside the face.
"""

from __future__ import annotations

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.types import FaceHint

# Eye distance over the picture's longer side. 63 mm before lenses of 60-78 degrees: 0.14-0.10 at 40 cm, 0.09-0.065
# at 60 cm, 0.068-0.049 at 80 cm.
FAR_EYES = 0.045
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

OPEN_EAR = 0.12  # narrow open eyes read 0.18 and more; closed 0.04-0.07
OPEN_SHAPE = 0.45


def hint_for(analysis: FrameAnalysis) -> FaceHint | None:
    """What the person should do next, or None when the frame can be used."""
    face = analysis.face
    if face is None:
        return FaceHint.NO_FACE
    if analysis.others:
        return FaceHint.SECOND_FACE
    return _placed(analysis, face) or _lit(face) or _posed(face)


def _placed(analysis: FrameAnalysis, face: TrackedFace) -> FaceHint | None:
    share = face.eye_px / max(analysis.width, analysis.height)
    if share < FAR_EYES or face.eye_px < MIN_EYE_PX:
        return FaceHint.TOO_FAR
    if share > CLOSE_EYES:
        return FaceHint.TOO_CLOSE
    x0, y0, x1, y1 = face.box
    off_x = abs((x0 + x1) / 2 / analysis.width - 0.5)
    off_y = abs((y0 + y1) / 2 / analysis.height - 0.5)
    cut = x0 < 0 or y0 < 0 or x1 > analysis.width or y1 > analysis.height
    return FaceHint.CENTRE_FACE if cut or off_x > OFF_CENTRE_X or off_y > OFF_CENTRE_Y else None


def _lit(face: TrackedFace) -> FaceHint | None:
    light = face.light
    if light.median < DARK_MEDIAN or light.unevenness > UNEVEN:
        return FaceHint.TOO_DARK
    if light.median > BRIGHT_MEDIAN or light.burnt > BURNT_SHARE:
        return FaceHint.TOO_BRIGHT
    return FaceHint.NOT_SHARP if light.sharpness < BLURRED else None


def _posed(face: TrackedFace) -> FaceHint | None:
    pose = face.pose
    if (
        abs(pose.yaw) > STRAIGHT_YAW
        or abs(pose.pitch - PITCH_OF_STRAIGHT) > STRAIGHT_PITCH
        or abs(pose.roll) > STRAIGHT_ROLL
    ):
        return FaceHint.LOOK_STRAIGHT
    return FaceHint.EYES_OPEN if face.ear < OPEN_EAR or face.blink > OPEN_SHAPE else None


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
