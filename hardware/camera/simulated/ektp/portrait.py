"""The portrait on a card: one of a few invented people, straight, on the ground of their year of birth.

The faces are morphs of the simulated participant, as the impostor is; a morph takes a second, so each is made once.
They are there to be found, not to be told apart: by SFace they are as near to one another as 0.25 to 0.84.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.ektp.people import KtpPerson
from hardware.camera.simulated.ektp.seeds import rng_of
from hardware.camera.simulated.framing import enlarged, in_plain_clothes
from hardware.camera.simulated.morph import Features, morphed
from hardware.camera.simulated.texture import FaceTexture, load_texture
from kiosk.vision import cv2

Picture = NDArray[np.uint8]

ODD, EVEN = (42, 36, 190), (176, 70, 34)  # BGR: red for odd years of birth, blue for even
FACE_SHARE = 0.50  # the face's width, of the portrait's
FACE_MIDDLE = 0.50  # of the portrait's height
WORKING = (960, 720)

# Moderate steps away from the participant, so that every one still is a face; the second is the bearded kind.
WOMEN = (
    Features(eye_gap=0.05, nose_width=0.10, jaw_width=0.10, skin_light=-34.0, skin_yellow=3.0, hair_shade=0.75,
             brow_shade=0.25, forehead_height=-0.05),
    Features(eye_gap=-0.04, eye_slant=0.10, mouth_width=0.10, cheek_width=-0.08, chin_length=0.08, skin_light=-18.0,
             skin_yellow=4.0, hair_shade=0.60, smooth=0.5),
    Features(eye_size=0.08, nose_length=-0.06, cheek_width=0.14, jaw_width=0.06, lip_fullness=0.15, skin_light=-48.0,
             skin_yellow=2.0, hair_shade=0.80, brow_shade=0.30),
)  # fmt: skip
MEN = (
    Features(eye_gap=0.088, eye_height=0.05, brow_height=0.06, nose_width=0.157, mouth_width=-0.12, lip_fullness=-0.18,
             jaw_width=0.198, cheek_width=0.10, chin_length=0.13, forehead_height=0.26, skin_light=-28.0,
             skin_yellow=3.0, brow_shade=0.42, beard_shade=0.16, hair_shade=0.72, lip_red=-4.0),
    Features(eye_slant=0.08, nose_width=0.10, nose_length=0.06, jaw_width=0.24, chin_length=0.06, forehead_height=0.20,
             skin_light=-52.0, skin_yellow=2.0, brow_shade=0.50, brow_thickness=0.03, beard_shade=0.30,
             hair_shade=0.82, lip_red=-5.0, lip_fullness=-0.10),
    Features(eye_gap=-0.03, brow_height=0.05, nose_width=0.06, mouth_width=0.08, jaw_width=0.14, chin_length=0.18,
             temple_width=-0.06, forehead_height=0.30, skin_light=-14.0, skin_yellow=3.0, brow_shade=0.36,
             beard_shade=0.10, hair_shade=0.66, lip_red=-4.0, lip_fullness=-0.15),
)  # fmt: skip


@cache
def _face(female: bool, which: int) -> FaceTexture:
    features = (WOMEN if female else MEN)[which]
    return enlarged(morphed(in_plain_clothes(load_texture(), striped=which == 1), features), *WORKING)


@cache
def participant() -> FaceTexture:
    """Who stands before the simulated camera. LastingFault when the demo photo is not there."""
    return enlarged(in_plain_clothes(load_texture()), *WORKING)


def portrait(person: KtpPerson, width: int, height: int, sitter: FaceTexture | None = None) -> Picture:
    """uint8 (height, width, 3) BGR, of one of the invented people, or of ``sitter``, ``enlarged`` to WORKING.
    LastingFault when the demo photo is not there."""
    rng = rng_of("portrait", person.nik)
    which = int(rng.integers(len(WOMEN)))
    face = _face(person.female, which) if sitter is None else sitter
    ground = np.array(ODD if person.tanggal_lahir.year % 2 else EVEN, np.float32) * rng.uniform(0.85, 1.1)
    oval = face.landmarks[:468, :2]
    middle, across = oval.mean(0), float(np.ptp(oval[:, 0]))
    scale = FACE_SHARE * width / across
    shift = (rng.uniform(-0.02, 0.02) * width, rng.uniform(-0.02, 0.02) * height)
    matrix = np.array(
        [
            [scale, 0, width / 2 - middle[0] * scale + shift[0]],
            [0, scale, FACE_MIDDLE * height - middle[1] * scale + shift[1]],
        ]
    )
    image = cv2.warpAffine(face.image, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    matte = cv2.warpAffine(face.matte, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = matte[..., None].astype(np.float32) / 255
    fall = np.linspace(1.06, 0.92, height, dtype=np.float32)[:, None, None]
    lit = (image * share + ground * fall * (1 - share)) * rng.uniform(0.86, 1.06)
    if rng.random() < 0.5:
        lit = lit[:, ::-1]
    return np.ascontiguousarray(np.clip(lit, 0, 255), np.uint8)
