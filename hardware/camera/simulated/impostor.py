"""Somebody else who stands before the kiosk with the participant's number: a morph of the participant.

The values were found by an evolution strategy that lowered the SFace similarity to the participant and
to the register's photo, kept every feature near the middle of its range, and demanded one clearly
detected face; a person then looked at the outcome. Measured (SFace, camera frames): 0.12 to the
register's photo and 0.15 to the participant looking straight, at most 0.20 turned; review starts at 0.28.
"""

from __future__ import annotations

from hardware.camera.simulated.morph import Features, morphed
from hardware.camera.simulated.texture import FaceTexture

IMPOSTOR = Features(
    eye_gap=0.088,
    eye_height=0.109,
    eye_size=-0.080,
    eye_slant=0.146,
    brow_height=0.082,
    nose_length=-0.082,
    nose_width=0.157,
    mouth_height=-0.051,
    mouth_width=-0.186,
    lip_fullness=-0.181,
    jaw_width=0.198,
    cheek_width=0.117,
    chin_length=0.137,
    temple_width=-0.060,
    forehead_height=0.280,
    skin_light=-15.3,
    skin_red=-0.5,
    skin_yellow=1.7,
    brow_shade=0.412,
    brow_thickness=-0.047,
    beard_shade=0.099,
    hair_shade=0.680,
    lip_red=-2.2,
    smooth=0.368,
)


def impostor_of(participant: FaceTexture) -> FaceTexture:
    return morphed(participant, IMPOSTOR)
