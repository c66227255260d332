"""The photo of the participant in the invented register: another, worse rendering than the camera's.

A card office's picture from years ago: head turned a little, lit from one side, plain red ground, small and hard
compressed. Never the texture itself, or a match would compare a picture with itself.
"""

from __future__ import annotations

import numpy as np

from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.head import HeadMesh, Pose
from hardware.camera.simulated.raster import MeshWarp
from hardware.camera.simulated.texture import load_texture
from kiosk.vision import cv2

WORKING = (960, 720)  # px; drawn at the camera's scale, then cropped and shrunk
GROUND = (52, 44, 178)  # BGR, the red of odd birth years
POSE = Pose(yaw=8.0, pitch=-3.0, roll=-1.5)
PHOTO = (240, 320)  # px, 3:4
HEAD_SHARE = 0.46  # face width, of the photo's width: 110 px, over the 64 asked of a reference
LIGHT = (1.16, 0.74)  # from the left edge of the face to the right
TINT = (0.90, 0.98, 1.08)  # BGR, an incandescent lamp
GAMMA = 1.15
BLUR, NOISE, JPEG_QUALITY = 0.7, 3.0, 70


def reference_photo() -> bytes:
    """JPEG bytes, 240x320, always the same. Raise LastingFault when the demo photo is not there."""
    width, height = WORKING
    face = framed(load_texture(), width, height, np.full((height, width, 3), GROUND, np.uint8))
    mesh = HeadMesh(face)
    image = MeshWarp(face.image, mesh).render(mesh.posed(POSE))

    low, high = face.landmarks[:468, :2].min(0), face.landmarks[:468, :2].max(0)
    crop_width = (high[0] - low[0]) / HEAD_SHARE
    scale = PHOTO[0] / crop_width
    centre = (low + high) / 2
    matrix = np.array([[scale, 0, PHOTO[0] / 2 - centre[0] * scale], [0, scale, PHOTO[1] * 0.47 - centre[1] * scale]])
    soft = cv2.GaussianBlur(image, (0, 0), 0.5 / scale)  # before shrinking, as any camera's optics would
    small = cv2.warpAffine(soft, matrix, PHOTO, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    light = np.linspace(*LIGHT, PHOTO[0])[None, :, None] * np.array(TINT)
    lit = 255 * np.clip(small / 255 * light, 0, 1) ** GAMMA
    lit = cv2.GaussianBlur(lit, (0, 0), BLUR)
    lit = lit + np.random.default_rng(3).normal(0, NOISE, lit.shape)
    _, data = cv2.imencode(".jpg", np.clip(lit, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(data)
