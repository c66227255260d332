"""Can a photo on record serve as the reference? Wide limits: registry photos are small, old and hard compressed.

Refuses what the embedder would turn into an answer about nothing: a handful of pixels, a black or burnt-out picture, a
blot, a profile. Glasses, a closed eye, a smile or a tilted head are no reason.

The figures are those of the demonstration's photo on record (240 x 320, face 110 px), changed step by step: cosine to
the same person before the camera, 0.91 as it is, review from 0.28.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from kiosk.face.analysis import Light
from kiosk.face.light import measure_light
from kiosk.face.pose import HeadPose, PoseFit
from kiosk.face.quality import PITCH_OF_STRAIGHT

if TYPE_CHECKING:
    from kiosk.face.landmarks import Mesh

NO_MESH = 0.5  # presence; every face tried reads 0.97 and more
BLACK_MEDIAN = 15.0  # at 20 0.76, at 13 0.70, on a picture of 2-20 grey levels
BURNT_OUT = 0.45  # share of pixels: with 0.33 0.74, 0.52 0.58, 0.66 0.39
BLOT = 0.002  # sharpness: blurred by 2 px 0.0026 and 0.77, by 3 px 0.0017 and 0.66, by 4 px 0.0016 and 0.42
PROFILE_YAW = 35.0  # rendered at 28 degrees reads 22, and 0.88; a half-profile of the test pictures 32, a profile 47
TILTED_PITCH = 35.0  # from a straight look; rendered 25 up and down reads 25-27 from it, 0.82 and 0.74


class PhotoProblem(StrEnum):
    """Why a photo cannot serve; in the order they are looked for."""

    FACE_TOO_SMALL = "face_too_small"
    NO_FACE_MESH = "no_face_mesh"
    TOO_DARK = "too_dark"
    BURNT_OUT = "burnt_out"
    NOT_SHARP = "not_sharp"
    TURNED_AWAY = "turned_away"


@dataclass(frozen=True, slots=True)
class PhotoLook:
    """What is measured on a photo. ``face_px`` the shorter side of the face in px of the photo as stored."""

    face_px: float
    presence: float
    light: Light
    pose: HeadPose


def look_at_photo(mesh: Mesh, fit: PoseFit, face_px: float) -> PhotoLook:
    """0.5 ms; ``mesh`` of the upright photo, taken a second time from its own landmarks."""
    return PhotoLook(face_px, mesh.presence, measure_light(mesh), fit.fit(mesh.points))


def assess_reference(look: PhotoLook, min_face_px: float) -> PhotoProblem | None:
    """The first thing that keeps a photo from serving, or None."""
    if not look.face_px >= min_face_px:
        return PhotoProblem.FACE_TOO_SMALL
    return next((problem for problem, fails in _LIMITS.items() if fails(look)), None)


# Written as "not within", so that what is not a number is refused.
_LIMITS: Mapping[PhotoProblem, Callable[[PhotoLook], bool]] = MappingProxyType(
    {
        PhotoProblem.NO_FACE_MESH: lambda look: not look.presence >= NO_MESH,
        PhotoProblem.TOO_DARK: lambda look: not look.light.median >= BLACK_MEDIAN,
        PhotoProblem.BURNT_OUT: lambda look: not look.light.burnt <= BURNT_OUT,
        PhotoProblem.NOT_SHARP: lambda look: not look.light.sharpness >= BLOT,
        PhotoProblem.TURNED_AWAY: lambda look: (
            not (abs(look.pose.yaw) <= PROFILE_YAW and abs(look.pose.pitch - PITCH_OF_STRAIGHT) <= TILTED_PITCH)
        ),
    }
)
