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
CLOTH_HUE, CLOTH_SATURATION, CLOTH_VALUE = 104, 0.42, 0.62  # muted blue


def in_plain_clothes(texture: FaceTexture) -> FaceTexture:
    """The space suit's signal orange becomes a muted blue."""
    hsv = cv2.cvtColor(texture.image, cv2.COLOR_BGR2HSV)
    hue = hsv[..., 0]
    suit = ((hue >= SUIT_REDDEST) | (hue <= SUIT_YELLOWEST)) & (hsv[..., 1] >= SUIT_SATURATION)
    neck = texture.landmarks[CHIN_LANDMARK, 1] + NECK * (texture.landmarks[CHIN_LANDMARK, 1] - texture.landmarks[10, 1])
    suit[: int(neck)] = False
    share = cv2.GaussianBlur(suit.astype(np.float32), (0, 0), 0.8)[..., None]
    dyed = hsv.astype(np.float32) * (0, CLOTH_SATURATION, CLOTH_VALUE) + (CLOTH_HUE, 0, 0)
    cloth = cv2.cvtColor(dyed.astype(np.uint8), cv2.COLOR_HSV2BGR)
    image = texture.image * (1 - share) + cloth * share
    return replace(texture, image=np.rint(image).astype(np.uint8))


def framed(texture: FaceTexture, width: int, height: int, background: NDArray[np.uint8] | None = None) -> FaceTexture:
    """The same face in a ``width`` x ``height`` picture, face in the middle, landmarks moved along.

    ``background`` uint8 (height, width, 3) BGR stands behind the person; the office when None.
    """
    zoom = ZOOM_AT_720 * height / 720
    centre_x = float(texture.landmarks[:468, 0].mean())
    left, top = width / 2 - centre_x * zoom, HEADROOM * zoom
    matrix = np.array([[zoom, 0.0, left], [0.0, zoom, top]])
    texture = in_plain_clothes(texture)
    image = cv2.warpAffine(
        texture.image, matrix, (width, height), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
    )
    matte = cv2.warpAffine(texture.matte, matrix, (width, height), flags=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(image, (0, 0), 0.8 * zoom)
    image = cv2.addWeighted(image, 1 + SHARPEN, soft, -SHARPEN, 0)
    share = matte[..., None].astype(np.float32) / 255
    behind = office(width, height) if background is None else background
    image = np.rint(image * share + behind * (1 - share))
    landmarks = texture.landmarks * zoom
    landmarks[:, :2] += (left, top)
    return FaceTexture(_read_only(image), _read_only(matte), landmarks, texture.triangles)


def _read_only(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    out = np.ascontiguousarray(image, np.uint8)
    out.flags.writeable = False
    return out
