"""Is something over the face? Mask and dark glasses, told by colour and relief of small patches on the landmark crop.

No network: patches of the lower face are compared with patches between and beside the eyes, which no mask reaches.
Colours are Lab with a and b over L + 16, which shading leaves alone, so side light and a beard's shadow are no
cover. Nothing outside the face oval is looked at: a hijab never matters. What is too much is decided in ``quality``.

Skin-coloured masks and those under the nose are told by the mouth that is not there. Half of patterned masks, a hand
over the mouth (its fingers draw lines) and small round dark glasses escape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import Cover
from kiosk.face.landmarks import INPUT, Mesh
from kiosk.vision import cv2

# Landmarks whose mean is the middle of a patch.
_UPPER = ((9, 9), (168, 168), (229, 230), (449, 450), (143, 143), (372, 372))  # brow, nose root, under eyes, temples
_LOWER = ((4, 5), (164, 164), (18, 200), (205, 207), (425, 427))  # nose tip, upper lip, chin, right and left cheek
_LIDS = ((27, 27), (230, 230), (257, 257), (450, 450))  # above and below the right eye, then the left
_CHEEKS = ((50, 50), (205, 205), (280, 280), (425, 425))
_PATCHES = np.array(_UPPER + _LOWER + _LIDS + _CHEEKS)
_NOSE, _UPPER_LIP, _CHIN, _RIGHT_CHEEK, _LEFT_CHEEK = range(5)
_MOUTH_COLUMNS = np.array(((2, 200), (97, 201), (326, 421)))  # from under the nose over both lips to the chin
_EYE_ROWS = np.array(((33, 133), (263, 362)))  # corner to corner
_REACH = 3  # px: patches of 7 x 7, a 25th of the face's width
_MOUTH_SAMPLES, _EYE_SAMPLES = 40, 24
_GRID = np.stack(np.meshgrid(np.arange(-_REACH, _REACH + 1), np.arange(-_REACH, _REACH + 1)), -1).reshape(-1, 2)
_DOWN = np.linspace(0, 1, _MOUTH_SAMPLES)
_ACROSS = np.linspace(0.1, 0.9, _EYE_SAMPLES)
# Projects a profile on what no straight line explains: shading from nose to chin is no mouth.
_LINE = np.stack([np.ones(_MOUTH_SAMPLES), _DOWN], 1)
_BEND = np.eye(_MOUTH_SAMPLES) - _LINE @ np.linalg.pinv(_LINE)

# What counts as one unit. Uncovered faces: nose at most 0.083 in colour and 0.07 darker than the upper face; a beard
# reaches 0.44 and 1.1 everywhere but on the nose. Masks: nose from 0.11 (grey) and 0.16 (white) to 1.0 (navy).
NOSE_COLOUR, COLOUR = 0.105, 0.07
DARKER = 0.25  # in the logarithm of L + 16: a third of the light; black cloth reads 0.4-1.3
# The mouth's relief on the way from nose to chin. Uncovered: light 0.05 and more, red 0.036 and more, never both low;
# plain cloth 0.02-0.036 and 0.004-0.02.
MOUTH_LIGHT, MOUTH_RED = 0.045, 0.03


def measure_cover(mesh: Mesh) -> Cover:
    """0.17 ms."""
    points = mesh.points[:, :2] @ mesh.to_crop[:, :2].T + mesh.to_crop[:, 2]
    centres = points[_PATCHES].mean(1)
    mouth = _between(points, _MOUTH_COLUMNS, _DOWN)
    eyes = _between(points, _EYE_ROWS, _ACROSS)
    patches = np.rint(centres)[:, None] + _GRID
    lab = _lab(mesh.crop, np.concatenate([a.reshape(-1, 2) for a in (patches, mouth, eyes)]))
    of_patches, of_mouth, of_eyes = np.split(lab, (patches.size // 2, (patches.size + mouth.size) // 2))
    medians = np.partition(of_patches.reshape(len(_PATCHES), -1, 3), len(_GRID) // 2, axis=1)[:, len(_GRID) // 2]
    upper, lower, lids, cheeks = np.split(medians, np.cumsum([len(_UPPER), len(_LOWER), len(_LIDS)]))
    return Cover(
        cloth=_cloth(upper, lower),
        mouth=_mouth(of_mouth.reshape(len(_MOUTH_COLUMNS), _MOUTH_SAMPLES, 3)),
        shades=_shades(lids[:, 0], cheeks[:, 0], of_eyes[:, 0].reshape(len(_EYE_ROWS), _EYE_SAMPLES)),
    )


def _between(points: NDArray[np.float64], ends: NDArray[np.int64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    start, end = points[ends[:, 0]], points[ends[:, 1]]
    return np.asarray(np.rint(start[:, None] + (end - start)[:, None] * at[:, None]))


def _lab(crop: NDArray[np.uint8], where: NDArray[np.float64]) -> NDArray[np.float32]:
    """L + 16, a and b of single pixels, float32 (n, 3)."""
    x, y = np.clip(where, 0, INPUT - 1).astype(np.intp).T
    bgr = crop[y, x].astype(np.float32)[None] / 255
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)[0] + (16.0, 0.0, 0.0), np.float32)


def _cloth(upper: NDArray[np.float32], lower: NDArray[np.float32]) -> float:
    """How surely nose, upper lip, chin and a cheek all differ from the upper face; the least of them."""
    skin, other = upper[:, 1:] / upper[:, :1], lower[:, 1:] / lower[:, :1]
    # To the nearest of the upper patches: lit and shaded half each have their own.
    colour = np.linalg.norm(other[:, None] - skin[None], axis=2).min(1)
    darker = np.log(np.median(upper[:, 0]) / lower[:, 0])
    limits = np.full(len(lower), COLOUR)
    limits[_NOSE] = NOSE_COLOUR
    differs = np.maximum(colour / limits, darker / DARKER)
    cheek = max(differs[_RIGHT_CHEEK], differs[_LEFT_CHEEK])
    return float(min(differs[_NOSE], differs[_UPPER_LIP], differs[_CHIN], cheek))


def _mouth(columns: NDArray[np.float32]) -> float:
    """How plainly lips are seen: by light and shade or by their red, whichever tells more."""
    profile = columns.mean(0)
    light = _BEND @ np.log(profile[:, 0])
    red = _BEND @ (profile[:, 1] / profile[:, 0])
    return float(max(light.std() / MOUTH_LIGHT, red.std() / MOUTH_RED))


def _shades(lids: NDArray[np.float32], cheeks: NDArray[np.float32], eyes: NDArray[np.float32]) -> float:
    """How much darker than its cheek the brighter eye is, lids and white of the eye included; in log(L + 16)."""
    whites = np.sort(eyes, axis=1)[:, _EYE_SAMPLES * 3 // 4]  # a reflection on a lens fills less than a quarter of it
    darkness = [
        np.log(max(cheeks[2 * eye : 2 * eye + 2]) / max(*lids[2 * eye : 2 * eye + 2], whites[eye])) for eye in (0, 1)
    ]
    return float(min(darkness))
