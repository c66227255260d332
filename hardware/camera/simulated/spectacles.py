"""Spectacles with thin rims, drawn on the enlarged photo so that they turn with the head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

RIGHT_EYE, LEFT_EYE, RIGHT_EAR, LEFT_EAR = 468, 473, 127, 356
RIMS = ((46, 44, 48), (40, 70, 120), (120, 124, 130))  # BGR: black, horn, steel
RADIUS = (0.36, 0.29)  # of the pupil distance, wide and high
RIM = 0.026
Pixels = NDArray[np.uint8]
Point = NDArray[np.float64]
LENS_LIGHT = 14  # grey levels at the brightest of the lens' own reflection


def with_spectacles(person: FaceTexture, seed: int) -> FaceTexture:
    rng = np.random.default_rng([seed, 30])
    at = person.landmarks[:, :2]
    pupils = float(np.hypot(*(at[LEFT_EYE] - at[RIGHT_EYE])))
    colour = RIMS[int(rng.integers(len(RIMS)))]
    width = max(1, round(RIM * pupils))
    round_ones = bool(rng.integers(2))
    axes = tuple(int(r * pupils * 16) for r in (RADIUS if not round_ones else (0.32, 0.31)))
    image = person.image.copy()
    shine = np.zeros_like(image)
    slope = float(np.degrees(np.arctan2(*(at[LEFT_EYE] - at[RIGHT_EYE])[::-1])))
    for eye, ear, side in ((RIGHT_EYE, RIGHT_EAR, -1.0), (LEFT_EYE, LEFT_EAR, 1.0)):
        middle = at[eye] + (side * 0.02 * pupils, 0.05 * pupils)
        centre = tuple(int(v * 16) for v in middle)
        lens = np.zeros(image.shape[:2], np.uint8)
        cv2.ellipse(lens, centre, axes, slope, 0, 360, 255, -1, cv2.LINE_AA, 4)
        rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
        across = (columns - middle[0] + 0.6 * (rows - middle[1])) / (0.16 * pupils)
        band = LENS_LIGHT * np.exp(-0.5 * (across + 0.5) ** 2) * (lens / 255)
        shine = np.maximum(shine, np.rint(band)[..., None].astype(np.uint8))
        cv2.ellipse(image, centre, axes, slope, 0, 360, colour, width, cv2.LINE_AA, 4)
        hinge = middle + np.array([side * axes[0] / 16, -0.06 * pupils])
        _line(image, hinge, at[ear] + (0.0, -0.04 * pupils), colour, width)
    inner = [
        at[eye] + (s * 0.02 * pupils - s * axes[0] / 16, -0.03 * pupils)
        for eye, s in ((RIGHT_EYE, -1.0), (LEFT_EYE, 1.0))
    ]
    _line(image, inner[0], inner[1], colour, width)
    image = np.asarray(cv2.add(image, shine), np.uint8)
    image.flags.writeable = False
    return replace(person, image=image)


def _line(image: Pixels, a: Point, b: Point, colour: tuple[int, int, int], width: int) -> None:
    ends = [tuple(int(v * 16) for v in p) for p in (a, b)]
    cv2.line(image, ends[0], ends[1], colour, width, cv2.LINE_AA, 4)
