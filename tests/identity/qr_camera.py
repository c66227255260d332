"""The lens, the light and the hand between a carrier and the frame: what makes a held code hard to read.

A ``Hold`` says how one frame is taken; its lengths are in modules of the code where that is what decides whether it
can be read, else in px of the 1280x720 frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2
from tests.identity.qr_carriers import Carrier, Pixels

WIDTH, HEIGHT = 1280, 720
FOCAL = 1050.0  # px: a lens of 63 degrees
OVERSAMPLED = 2  # a pixel of the sensor gathers light over its area
LENS_SIGMA = 0.6  # px; no webcam is sharper, its colour filter alone costs half a pixel
BLACK = 6  # grey levels: no lens is without stray light
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hold:
    module: float  # px a module at the camera, before tilting
    centre: tuple[float, float]  # of the code, px
    roll: float = 0.0  # degrees, as the next two
    yaw: float = 0.0
    pitch: float = 0.0
    focus: float = 0.0  # sigma, modules
    motion: float = 0.0  # length, modules
    motion_angle: float = 0.0  # degrees
    level: float = 1.0  # light of the carrier against the room's
    exposure: float = 1.0  # of the whole picture; above 1 it burns out
    bloom: float = 0.0  # share of burnt-out light that spreads
    noise: float = 2.0  # sigma, grey levels
    glare: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # grey levels; place and size, code sides
    veil: float = 0.0  # grey levels the glass reflects all over
    shadow: float = 1.0  # light left beyond a soft edge through the code
    shadow_angle: float = 0.0
    grid: float = 0.0  # beats of the screen's pixels with the camera's: part of the light
    grid_period: float = 9.0  # px
    bands: float = 0.0  # of the screen's flicker under a rolling shutter: part of the light


def take(background: Pixels, carrier: Carrier, hold: Hold, rng: np.random.Generator) -> Pixels:
    """A new frame, uint8 (720, 1280, 3) BGR."""
    scene = background.astype(np.float32)
    matrix, low, size = _placed(carrier, hold)
    if min(size) > 0:
        light, share = _laid(carrier, hold, matrix, low, size, rng)
        x, y = low
        region = scene[y : y + size[1], x : x + size[0]]
        region[:] = region * (1 - share) + light
    scene = _lit(scene, hold, carrier.box[2] / carrier.module * hold.module)
    return _sensed(scene, hold, rng)


def _placed(carrier: Carrier, hold: Hold) -> tuple[NDArray[np.float64], tuple[int, int], tuple[int, int]]:
    """Carrier px -> frame px, and the part of the frame it takes: (x, y), (w, h)."""
    height, width = carrier.picture.shape[:2]
    x, y, side, _ = carrier.box
    middle = np.array([x + side / 2, y + side / 2])
    scale = hold.module / carrier.module
    roll, yaw, pitch = np.radians([hold.roll, hold.yaw, hold.pitch])
    turn = cv2.Rodrigues(np.array([0, 0, roll]))[0]
    turn = cv2.Rodrigues(np.array([0, yaw, 0]))[0] @ cv2.Rodrigues(np.array([pitch, 0, 0]))[0] @ turn
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    flat = np.hstack([(corners - middle) * scale, np.zeros((4, 1))]) @ turn.T
    depth = np.maximum(FOCAL + flat[:, 2], 0.2 * FOCAL)
    seen = flat[:, :2] * (FOCAL / depth)[:, None] + hold.centre
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    low = np.clip(np.floor(seen.min(0)).astype(int) - 3, 0, (WIDTH, HEIGHT))
    high = np.clip(np.ceil(seen.max(0)).astype(int) + 3, 0, (WIDTH, HEIGHT))
    return matrix, (int(low[0]), int(low[1])), (int(high[0] - low[0]), int(high[1] - low[1]))


def _laid(  # noqa: PLR0917
    carrier: Carrier,
    hold: Hold,
    matrix: NDArray[np.float64],
    low: tuple[int, int],
    size: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """The carrier's light, and how much of what is behind it covers; float32 (h, w, 3) and (h, w, 1)."""
    picture = carrier.picture
    shape = np.full(picture.shape[:2], 255, np.uint8)
    fine = np.diag([OVERSAMPLED, OVERSAMPLED, 1.0])
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]])
    to_region = fine @ shift @ matrix
    large = (size[0] * OVERSAMPLED, size[1] * OVERSAMPLED)
    laid = cv2.warpPerspective(picture, to_region, large, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(shape, to_region, large, flags=cv2.INTER_LINEAR)
    light = cv2.resize(laid, size, interpolation=cv2.INTER_AREA).astype(np.float32) * hold.level
    share = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    if carrier.emits:
        light *= _screen_light(hold, low, size, rng)[..., None]
    light += hold.veil * share
    return _softened(light, hold), np.asarray(_softened(share, hold), np.float32).reshape(*share.shape)


def _screen_light(hold: Hold, low: tuple[int, int], size: tuple[int, int], rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[low[1] : low[1] + size[1], low[0] : low[0] + size[0]].astype(np.float32)
    light = np.ones((size[1], size[0]), np.float32)
    if hold.grid:
        for angle in np.radians(hold.roll + np.array([12.0, 98.0])):
            wave = 2 * np.pi / hold.grid_period * (x * np.cos(angle) + y * np.sin(angle))
            light *= 1 - hold.grid * (0.5 + 0.5 * np.sin(wave + rng.uniform(0, 6.3)))
    if hold.bands:
        light *= 1 - hold.bands * (0.5 + 0.5 * np.sin(2 * np.pi * y / 110 + rng.uniform(0, 6.3)))
    return light


def _softened(light: Floats, hold: Hold) -> Floats:
    sigma = float(np.hypot(hold.focus * hold.module, LENS_SIGMA))
    out = np.asarray(cv2.GaussianBlur(light, (0, 0), sigma), np.float32)
    length = hold.motion * hold.module
    if length > 1.0:
        out = np.asarray(cv2.filter2D(out, -1, _streak(length, hold.motion_angle)), np.float32)
    return out


def _streak(length: float, angle: float) -> Floats:
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * length / 2
    ends = [tuple(int(v) for v in np.rint((reach + sign * along) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return kernel / kernel.sum()


def _lit(scene: Floats, hold: Hold, side: float) -> Floats:
    """Shadow and lamp, measured by the code's ``side``, px."""
    if hold.shadow < 1:
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        angle = np.radians(hold.shadow_angle)
        away = (x - hold.centre[0]) * np.cos(angle) + (y - hold.centre[1]) * np.sin(angle)
        scene = scene * (1 - (1 - hold.shadow) / (1 + np.exp(-away / 9)))[..., None]
    strength, dx, dy, share = hold.glare
    if strength:
        lamp = np.zeros((HEIGHT, WIDTH), np.float32)
        centre = (round(hold.centre[0] + dx * side), round(hold.centre[1] + dy * side))
        axes = (max(2, round(share * side)), max(2, round(0.6 * share * side)))
        cv2.ellipse(lamp, centre, axes, hold.shadow_angle, 0, 360, strength, -1)
        scene = scene + cv2.GaussianBlur(lamp, (0, 0), max(3.0, 0.25 * axes[1]))[..., None]
    return scene


def _sensed(scene: Floats, hold: Hold, rng: np.random.Generator) -> Pixels:
    light = scene * hold.exposure
    if hold.bloom:
        spill = np.maximum(light - 255, 0)
        light = light + hold.bloom * cv2.GaussianBlur(spill, (0, 0), 5.0)
    noise = hold.noise * rng.standard_normal((HEIGHT, WIDTH), np.float32)
    noisy = light + noise[..., None] + BLACK
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
