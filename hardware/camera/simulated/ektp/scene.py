"""A drawn card before a camera: held, lit, seen through a lens, compressed. FROZEN (see ``face``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.ektp.conditions import Conditions, Finger, Ground, Side
from hardware.camera.simulated.ektp.seeds import rng_of
from hardware.camera.simulated.finish import Noise
from hardware.camera.simulated.head import Pose, rotation
from hardware.camera.simulated.office import office
from kiosk.vision import cv2

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]

FOCAL = 1.1  # of the picture's width: a 50-degree lens
MARGIN = 6  # px kept between the card's corners and the picture's edge
CORNER = 3.18 / 85.60  # ISO 7810 corner radius, of the card's width
THUMB = 0.165  # of the card's width: 14 mm of a thumb's tip
DARK_SKIN, LIGHT_SKIN = np.array([70, 98, 142.0]), np.array([158, 182, 216.0])  # BGR
FULL = 16  # fixed point of cv2's drawing, 4 bits


@dataclass(frozen=True, slots=True)
class Shot:
    """``picture`` uint8 (h, w, 3) BGR; ``corners`` float32 (4, 2) px of the card: upper left, upper right, lower right,
    lower left as it is printed."""

    picture: Picture
    corners: Points
    conditions: Conditions


def photograph(card: Picture, conditions: Conditions, seed: str) -> Shot:
    """``card`` uint8 (h, w, 3) BGR out of ``draw_card``. The same for the same seed."""
    rng = rng_of("photo", seed)
    corners = _corners(conditions)
    bare = _ground(conditions.ground, *conditions.size)
    picture = np.asarray(cv2.convertScaleAbs(bare, alpha=float(rng.uniform(0.6, 1.05))), np.uint8)
    for finger in conditions.fingers:
        _palm(picture, corners, finger, conditions.card_width)
    _lay(picture, _lit(card, conditions), corners)
    for finger in conditions.fingers:
        _thumb(picture, corners, finger, conditions.card_width)
    return Shot(_through_lens(picture, conditions, rng), corners, conditions)


def _corners(conditions: Conditions) -> Points:
    width, height = conditions.size
    half = np.array([conditions.card_width, conditions.card_width * 53.98 / 85.60]) / 2
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turned = np.hstack([flat, np.zeros((4, 1))]) @ rotation(Pose(conditions.yaw, conditions.pitch, conditions.roll)).T
    distance = FOCAL * width
    seen = turned[:, :2] * (distance / (distance + turned[:, 2:]))
    seen += np.array([width, height]) * (0.5 + np.array(conditions.shift))
    size = np.array([width, height])
    seen += np.maximum(MARGIN - seen.min(0), 0)
    seen -= np.maximum(seen.max(0) - (size - MARGIN), 0)
    return seen.astype(np.float32)


def _lit(card: Picture, conditions: Conditions) -> Picture:
    """The card at about the size it is seen, with what light does on its surface."""
    width = round(conditions.card_width * 1.1)
    height = round(width * card.shape[0] / card.shape[1])
    small = cv2.resize(card, (width, height), interpolation=cv2.INTER_AREA)
    if not conditions.glare and conditions.hologram <= 0:
        return np.asarray(small, np.uint8)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.zeros((height, width, 3), np.float32)
    if conditions.hologram > 0:
        angle = conditions.hologram_angle
        along = (xs * np.float32(np.cos(angle)) + ys * np.float32(np.sin(angle))) / width
        bands = np.clip(np.sin(2 * np.pi * (along * 1.7 + conditions.hologram_phase)) - 0.35, 0, None) / 0.65
        fine = 0.8 + 0.2 * np.sin(2 * np.pi * along * 34)
        for channel, turn in enumerate((0.0, 0.33, 0.67)):
            colour = 0.55 + 0.45 * np.cos(2 * np.pi * (along * 5 + turn))
            light[..., channel] += conditions.hologram * 74 * bands * fine * colour
    for spot in conditions.glare:
        dx = (xs / width - spot.x) / spot.radius
        dy = (ys - spot.y * height) / width / (spot.radius * spot.flat)
        fall = np.exp(-((dx * dx + dy * dy) ** 0.8))
        light += (spot.strength * 235 * fall)[..., None]
    return np.clip(small + light, 0, 255).astype(np.uint8)


def _lay(picture: Picture, face: Picture, corners: Points) -> None:
    """Into ``picture``, with round corners and the shadow a held card throws."""
    height, width = face.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    shape = np.zeros((height, width), np.uint8)
    radius = round(CORNER * width)
    cv2.rectangle(shape, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(shape, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(shape, (x, y), radius, 255, -1, cv2.LINE_AA)
    size = (picture.shape[1], picture.shape[0])
    alpha = cv2.warpPerspective(shape, matrix, size, flags=cv2.INTER_LINEAR)
    drop = np.roll(cv2.GaussianBlur(alpha, (0, 0), 0.012 * width), (round(0.01 * width), round(0.006 * width)), (0, 1))
    laid = cv2.warpPerspective(face, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    through = cv2.cvtColor(255 - alpha, cv2.COLOR_GRAY2BGR)
    shade = cv2.cvtColor(cv2.convertScaleAbs(drop, alpha=-0.38, beta=0), cv2.COLOR_GRAY2BGR)
    behind = cv2.multiply(picture, 255 - shade, scale=1 / 255)
    picture[:] = cv2.add(cv2.multiply(laid, 255 - through, scale=1 / 255), cv2.multiply(behind, through, scale=1 / 255))


def _grip(corners: Points, finger: Finger) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the finger comes over the edge, px, and its unit direction onto the card."""
    upper_left, upper_right, lower_right, lower_left = corners.astype(np.float64)
    match finger.side:
        case Side.LEFT:
            at, inwards = upper_left + finger.along * (lower_left - upper_left), upper_right - upper_left
        case Side.RIGHT:
            at, inwards = upper_right + finger.along * (lower_right - upper_right), upper_left - upper_right
        case Side.BOTTOM:
            at, inwards = lower_left + finger.along * (lower_right - lower_left), upper_left - lower_left
    return at, inwards / np.hypot(*inwards)


def _skin(finger: Finger) -> NDArray[np.float64]:
    return np.asarray(DARK_SKIN + finger.tone * (LIGHT_SKIN - DARK_SKIN))


def _capsule(
    picture: Picture, a: NDArray[np.float64], b: NDArray[np.float64], thick: float, colour: NDArray[np.float64]
) -> None:
    """A rounded bar, darker at its rim."""
    steps = 8
    for step in range(steps):
        part = step / (steps - 1)
        tone = colour * (0.62 + 0.38 * part)
        width = max(1, round(thick * (1 - 0.62 * part)))
        ends = [
            tuple(int(v) for v in np.rint((point - np.array([0.0, 0.1 * thick * part])) * FULL)) for point in (a, b)
        ]
        cv2.line(picture, ends[0], ends[1], tuple(float(v) for v in tone), width, cv2.LINE_AA, 4)


def _palm(picture: Picture, corners: Points, finger: Finger, width: float) -> None:
    at, inwards = _grip(corners, finger)
    across = np.array([-inwards[1], inwards[0]])
    skin = _skin(finger)
    _capsule(
        picture,
        at - inwards * 0.16 * width,
        at - inwards * 0.9 * width + across * 0.1 * width,
        0.50 * width,
        skin * 0.7,
    )
    for place in (-0.19, -0.02, 0.15):  # the fingers behind
        root = at + across * place * width
        _capsule(picture, root - inwards * 0.12 * width, root + inwards * 0.08 * width, 0.15 * width, skin * 0.82)


def _thumb(picture: Picture, corners: Points, finger: Finger, width: float) -> None:
    at, inwards = _grip(corners, finger)
    across = np.array([-inwards[1], inwards[0]])
    thick = THUMB * width
    tip = at + inwards * (finger.reach * width - thick / 2)
    root = at - inwards * 0.42 * width + across * 0.06 * width
    shade = np.zeros(picture.shape[:2], np.uint8)
    ends = [tuple(int(v) for v in np.rint((point + thick * 0.06) * FULL)) for point in (root, tip)]
    cv2.line(shade, ends[0], ends[1], 90, round(thick * 1.04), cv2.LINE_AA, 4)
    shade = np.asarray(cv2.blur(shade, (round(thick * 0.12) | 1, round(thick * 0.12) | 1)), np.uint8)
    picture[:] = cv2.multiply(picture, cv2.cvtColor(255 - shade, cv2.COLOR_GRAY2BGR), scale=1 / 255)
    _capsule(picture, root, tip, thick, _skin(finger))
    nail = tip - inwards * thick * 0.02
    _capsule(picture, nail, nail + inwards * thick * 0.16, thick * 0.5, np.minimum(_skin(finger) * 1.12 + 12, 245))


def _through_lens(picture: Picture, conditions: Conditions, rng: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    gain = np.array(conditions.cast) * conditions.exposure
    if conditions.shadow > 0:
        ys, xs = np.mgrid[0:height:8, 0:width:8].astype(np.float32)
        along = (xs / width - 0.5) * np.cos(conditions.shadow_angle) + (ys / height - 0.5) * np.sin(
            conditions.shadow_angle
        )
        fall = 1 / (1 + np.exp(-(along - conditions.shadow_at) / 0.05))
        light = cv2.resize((1 - conditions.shadow * fall).astype(np.float32), (width, height))
        picture = np.clip(picture * (light[..., None] * gain.astype(np.float32)), 0, 255).astype(np.uint8)
    else:
        picture = np.clip(picture * gain.astype(np.float32), 0, 255).astype(np.uint8)
    if conditions.defocus > 0.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), conditions.defocus), np.uint8)
    if conditions.motion > 1:
        picture = np.asarray(cv2.filter2D(picture, -1, _smear(conditions.motion, conditions.motion_angle)), np.uint8)
    picture = np.ascontiguousarray(picture)
    Noise(width, height, conditions.noise, rng).add(picture, rng)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, conditions.jpeg])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _smear(length: float, angle: float) -> NDArray[np.float32]:
    side = int(np.ceil(length)) // 2 * 2 + 3
    kernel = np.zeros((side, side), np.float32)
    half = length / 2 * np.array([np.cos(angle), np.sin(angle)])
    for part in np.linspace(-1, 1, 4 * side):
        x, y = side // 2 + part * half
        x0, y0 = int(np.floor(x)), int(np.floor(y))
        for dx in (0, 1):
            for dy in (0, 1):
                kernel[y0 + dy, x0 + dx] += (1 - abs(x - x0 - dx)) * (1 - abs(y - y0 - dy))
    return np.asarray(kernel / kernel.sum(), np.float32)


@cache
def _ground(kind: Ground, width: int, height: int) -> Picture:
    match kind:
        case Ground.OFFICE:
            return office(width, height)
        case Ground.DESK:
            return _desk(width, height)
        case Ground.CLOTH:
            return _cloth(width, height)


def _desk(width: int, height: int) -> Picture:
    rng = rng_of("desk")
    grain = rng.normal(0, 1, (height, width // 24 + 1)).astype(np.float32)
    grain = np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 1.2), np.float32)
    wood = np.array([72, 112, 158], np.float32) + grain[..., None] * np.array([9, 12, 15], np.float32)
    fall = np.linspace(1.08, 0.8, width, dtype=np.float32)[None, :, None]
    return np.asarray(np.clip(wood * fall, 0, 255), np.uint8)


def _cloth(width: int, height: int) -> Picture:
    rng = rng_of("cloth")
    folds = np.asarray(
        cv2.resize(rng.normal(0, 1, (5, 8)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC),
        np.float32,
    )
    ys, xs = np.mgrid[0:height, 0:width]
    weave = ((xs // 2 + ys // 2) % 2).astype(np.float32) * 5
    cloth = np.array([96, 74, 58], np.float32) + (folds * 14 + weave)[..., None]
    return np.asarray(np.clip(cloth, 0, 255), np.uint8)
