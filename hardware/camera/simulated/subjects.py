"""The people of the presentations as textures in everyday clothes, each made once: a morph takes a second."""

from __future__ import annotations

from functools import cache

from hardware.camera.simulated.framing import in_plain_clothes
from hardware.camera.simulated.impostor import impostor_of
from hardware.camera.simulated.morph import Features, morphed
from hardware.camera.simulated.texture import FaceTexture, load_texture

DARKER = Features(skin_light=-62.0, skin_yellow=2.0)
LIGHTER = Features(skin_light=22.0, skin_red=-1.0)


@cache
def right(striped: bool = False) -> FaceTexture:
    """The participant. All of these raise LastingFault when the demo photo is missing."""
    return in_plain_clothes(load_texture(), striped)


@cache
def wrong(striped: bool = False) -> FaceTexture:
    """The impostor."""
    return in_plain_clothes(impostor_of(load_texture()), striped)


@cache
def shaded(features: Features, striped: bool = False) -> FaceTexture:
    """The participant with another skin."""
    return in_plain_clothes(morphed(load_texture(), features), striped)
