"""Puts the person of the photo before the kiosk: enlarged, in everyday colours, in a plain office."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.office import office
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

ZOOM_AT_720 = 2.2  # eyes 94 px apart in 1280x720: a face at about 60 cm before a 60-degree lens
HEADROOM = 14  # texture rows of office above the photo's upper edge
SHARPEN = 0.7  # the enlarged photo is softer than a camera's picture
SUIT_REDDEST, SUIT_YELLOWEST, SUIT_SATURATION = 168, 22, 70  # orange cloth, OpenCV hue 0-179
CHIN_LANDMARK, NECK = 152, 0.12  # the suit begins this part of the face's height below the chin
STRIPES, STRIPE_LIGHT, STRIPE_DARK = 9.0, 1.9, 0.7  # texture px a stripe pair; on the cloth's value
CLOTH_HUE, CLOTH_SATURATION, CLOTH_VALUE = 104, 0.42, 0.62  # muted blue


def in_plain_clothes(texture: FaceTexture, striped: bool = False) -> FaceTexture:
    """The space suit's signal orange becomes a muted blue, or a shirt with stripes."""
    hsv = cv2.cvtColor(texture.image, cv2.COLOR_BGR2HSV)
    hue = hsv[..., 0]
    suit = ((hue >= SUIT_REDDEST) | (hue <= SUIT_YELLOWEST)) & (hsv[..., 1] >= SUIT_SATURATION)
    neck = texture.landmarks[CHIN_LANDMARK, 1] + NECK * (texture.landmarks[CHIN_LANDMARK, 1] - texture.landmarks[10, 1])
    suit[: int(neck)] = False
    share = cv2.GaussianBlur(suit.astype(np.float32), (0, 0), 0.8)[..., None]
    dyed = hsv.astype(np.float32) * (0, CLOTH_SATURATION, CLOTH_VALUE) + (CLOTH_HUE, 0, 0)
    if striped:
        across = np.arange(dyed.shape[1])[None] + 0.15 * np.arange(dyed.shape[0])[:, None]
        dyed[..., 2] *= np.where(across % STRIPES < STRIPES / 2, STRIPE_LIGHT, STRIPE_DARK)
    cloth = cv2.cvtColor(np.minimum(dyed, 255).astype(np.uint8), cv2.COLOR_HSV2BGR)
    image = texture.image * (1 - share) + cloth * share
    return replace(texture, image=np.rint(image).astype(np.uint8))


def enlarged(
    texture: FaceTexture, width: int, height: int, closer: float = 1.0, aside: tuple[float, float] = (0.0, 0.0)
) -> FaceTexture:
    """The person at the size of a ``width`` x ``height`` picture, the photo's own ground still round them.

    ``closer`` enlarges about the face, 1.0 stands at 60 cm; ``aside`` px moves right and down.
    """
    usual = ZOOM_AT_720 * height / 720
    zoom = usual * closer
    centre_x, centre_y = (float(v) for v in texture.landmarks[:468, :2].mean(0))
    left = width / 2 - centre_x * zoom + aside[0]
    top = (HEADROOM + centre_y) * usual - centre_y * zoom + aside[1]
    matrix = np.array([[zoom, 0.0, left], [0.0, zoom, top]])
    image = cv2.warpAffine(
        texture.image, matrix, (width, height), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
    )
    matte = cv2.warpAffine(texture.matte, matrix, (width, height), flags=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(image, (0, 0), 0.8 * zoom)
    image = cv2.addWeighted(image, 1 + SHARPEN, soft, -SHARPEN, 0)
    landmarks = texture.landmarks * zoom
    landmarks[:, :2] += (left, top)
    return FaceTexture(_read_only(image), _read_only(matte), landmarks, texture.triangles)


def framed(
    texture: FaceTexture, width: int, height: int, background: NDArray[np.uint8] | None = None, closer: float = 1.0
) -> FaceTexture:
    """The same face in a ``width`` x ``height`` picture, in everyday clothes, landmarks moved along.

    ``background`` uint8 (height, width, 3) BGR stands behind the person; the office when None. ``closer`` as above.
    """
    return before(enlarged(in_plain_clothes(texture), width, height, closer), background)


def before(person: FaceTexture, background: NDArray[np.uint8] | None) -> FaceTexture:
    """``person`` out of ``enlarged`` in one picture with what stands behind; the office when None."""
    height, width = person.matte.shape
    share = person.matte[..., None].astype(np.float32) / 255
    behind = office(width, height) if background is None else background
    return replace(person, image=_read_only(np.rint(person.image * share + behind * (1 - share))))


def _read_only(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    out = np.ascontiguousarray(image, np.uint8)
    out.flags.writeable = False
    return out
