"""What a lit panel adds to the film on it, as the camera samples it: the grid of its pixels and its backlight.

Nothing here is tuned to be found. The grid is a Fourier series of the subpixel stripes, each term weakened by
pixel aperture and lens and sampled at pixel centres through the true homography, so moire arises where it would.
For phones and most tablets it does not: their grids have 3 to 6 cycles a camera pixel, over or near the lens'
cutoff of 3.7, and what is left is far below sensor noise. A screen that fills the view shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.optics import GAMMA, Matrix, band_contrast, sampled_contrast, sinc
from kiosk.vision import cv2

STRIPE = 0.28  # lit width of one colour's stripe, of the pitch: a third less the black mask
ROW = 0.82  # lit height of a row, of the pitch
STRIPE_AT = np.array([1 / 3, 0.0, -1 / 3])  # of the pitch; BGR, for a panel that is RGB from the left
HARMONICS = 3
PHASES = 256  # of one pitch; finer would change the factor by less than 2.5 % of its swing
LEAST = 1e-5  # relative amplitude that is not drawn: 0.002 grey levels at most
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PanelType:
    """``size`` lit width and height mm, ``pitch`` mm, backlight or OLED switching ``hertz`` (0: steady) with ``duty``;
    ``matte`` glass spreads reflections, ``bezel`` mm sides and top."""

    name: str
    size: tuple[float, float]
    pitch: float
    hertz: float = 0.0
    duty: float = 1.0
    matte: bool = False
    bezel: tuple[float, float] = (2.5, 5.0)


PHONES = (
    PanelType("6.1 inch OLED, 460 ppi", (64.6, 139.8), 0.0552, 240.0, 0.85),
    PanelType("6.5 inch OLED, 405 ppi", (67.8, 150.6), 0.0627, 240.0, 0.70),
    PanelType("6.6 inch LCD, 400 ppi", (68.6, 152.4), 0.0635),
    PanelType("6.7 inch OLED, 393 ppi", (69.8, 155.2), 0.0646, 480.0, 0.80),
    PanelType("5.5 inch LCD, 401 ppi", (68.5, 121.8), 0.0634, 2200.0, 0.60),
)
TABLETS = (
    PanelType("10.9 inch LCD, 264 ppi", (157.8, 227.1), 0.0962, bezel=(9.0, 9.0)),
    PanelType("11 inch LCD, 264 ppi", (160.4, 229.7), 0.0962, 11000.0, 0.70, bezel=(8.5, 8.5)),
    PanelType("8.3 inch LCD, 326 ppi", (115.9, 176.6), 0.0779, bezel=(8.0, 8.0)),
    PanelType("10.1 inch LCD, 224 ppi", (135.7, 217.1), 0.1131, 1000.0, 0.60, bezel=(10.0, 15.0)),
)
WHOLE_SCREENS = (
    PanelType("24 inch monitor, 1920x1080", (531.4, 298.9), 0.2768, matte=True),
    PanelType("23.8 inch monitor, 1920x1080", (527.0, 296.5), 0.2745, 240.0, 0.60, matte=True),
    PanelType("27 inch monitor, 2560x1440", (596.7, 335.7), 0.2331, matte=True),
    PanelType("14 inch laptop, 1920x1080", (309.4, 174.0), 0.1611, 1000.0, 0.50, matte=True),
    PanelType("15.6 inch laptop, 1920x1080", (344.2, 193.6), 0.1793, 200.0, 0.80, matte=True),
    PanelType("15.6 inch laptop, 1366x768", (344.2, 193.5), 0.2520, 220.0, 0.75, matte=True),
)


@dataclass(frozen=True, slots=True)
class Shutter:
    """``exposure`` s, ``row`` s between the starts of two rows."""

    exposure: float
    row: float


def stripe_amplitudes(cycles_per_px: float) -> list[float]:
    """Relative amplitude of each harmonic of the columns in linear light, as sampled; signed."""
    return [2 * sinc(k * STRIPE) * sampled_contrast(k * cycles_per_px) for k in range(1, HARMONICS + 1)]


def row_amplitudes(cycles_per_px: float) -> list[float]:
    return [2 * sinc(k * ROW) * sampled_contrast(k * cycles_per_px) for k in range(1, HARMONICS + 1)]


def grid_on(panel: PanelType, to_panel: Matrix, box: tuple[int, int, int, int]) -> Floats | None:
    """The sampled grid inside ``box`` (x0, y0, x1, y1) px: float32 (h, w, 3) factors on grey levels, mean 1; None when
    it is nowhere worth drawing. ``to_panel`` 3x3 from picture px to the panel's mm."""
    x0, y0, x1, y1 = box
    across, down = _cycles(to_panel, np.array([(x0 + x1) / 2, (y0 + y1) / 2, 1.0]), panel.pitch)
    x = np.arange(x0, x1, dtype=np.float32)[None]
    y = np.arange(y0, y1, dtype=np.float32)[:, None]
    matrix = to_panel.astype(np.float32)
    nearness: Floats | None = None
    out: Floats | None = None
    for axis, amplitudes in ((0, stripe_amplitudes(across)), (1, row_amplitudes(down))):
        if max(abs(a) for a in amplitudes) < LEAST:
            continue
        if nearness is None:
            scale = matrix[2, 0] * x + (matrix[2, 1] * y + matrix[2, 2])
            nearness = np.float32(PHASES / panel.pitch) / scale
        steps = (matrix[axis, 0] * x + (matrix[axis, 1] * y + matrix[axis, 2])) * nearness
        phase = steps.astype(np.int32).astype(np.uint8)  # wraps: only the fraction of a pitch matters
        factors = cv2.LUT(cv2.merge([phase] * 3), _table(amplitudes, STRIPE_AT if axis == 0 else np.zeros(3)))
        out = np.asarray(factors if out is None else cv2.multiply(out, factors), np.float32)
    return out


def _table(amplitudes: Sequence[float], colours_at: NDArray[np.float64]) -> Floats:
    """float32 (1, PHASES, 3): the factor on grey levels at every phase of one pitch."""
    turns = np.arange(PHASES)[:, None] / PHASES - colours_at
    light = sum(a * np.cos(2 * pi * k * turns) for k, a in enumerate(amplitudes, 1))
    return in_grey_levels(np.asarray(light, np.float32))[None]


def _cycles(to_panel: Matrix, at: NDArray[np.float64], pitch: float) -> tuple[float, float]:
    """Cycles a picture px of the panel's columns and rows at one px."""
    here = to_panel @ at
    found = []
    for axis in (0, 1):
        steps = [(to_panel[axis, k] - here[axis] / here[2] * to_panel[2, k]) / here[2] for k in (0, 1)]
        found.append(float(np.hypot(*steps)) / pitch)
    return found[0], found[1]


def bands_on(panel: PanelType, shutter: Shutter, at: float, rows: tuple[int, int]) -> Floats | None:
    """The backlight's residue in picture rows ``rows[0]`` .. ``rows[1]``: float32 (n, 1, 1) factors on grey levels,
    mean 1; ``at`` s is when the exposure of row 0 began. None for a steady backlight."""
    if panel.hertz <= 0:
        return None
    moment = at + shutter.row * np.arange(rows[0], rows[1])
    out = np.zeros(len(moment))
    for k in range(1, HARMONICS + 1):
        turns = k * panel.hertz * (moment + shutter.exposure / 2)
        out += band_contrast(panel.hertz, panel.duty, shutter.exposure, k) * np.cos(2 * pi * (turns % 1))
    return in_grey_levels(out.astype(np.float32))[:, None, None]


def in_grey_levels(light: Floats) -> Floats:
    """A small relative change of linear light as a factor on gamma-coded levels, to first order."""
    factor: Floats = 1 + light / np.float32(GAMMA)
    return factor
