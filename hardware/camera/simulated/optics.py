"""The simulated camera as an instrument: focal length, lens, pixel aperture, rolling shutter. Pure formulas.

One webcam stands for all: 3.67 mm focal length at f/2.0, 78 degrees across the diagonal, pixels of 4.05 um in the
1280x720 picture. It samples once, at the picture's own pixels, each colour at each pixel: a colour mosaic and the
scaler of a larger sensor, which a real webcam adds, would only mix in further alias patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, exp, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import Pose, rotation

FOCAL = 1.26  # of the picture's height: 907 px at 720, so 63 mm between eyes at 600 mm are 95 px, as in ``framing``
GAMMA = 2.2  # of panel and camera alike
PIXEL_MM = 3.67 / 907
# Diffraction alone ends every contrast here: 1 / (0.55 um x 2.0) = 909 cycles a mm of sensor, 3.7 a pixel.
CUTOFF = PIXEL_MM / (0.55e-3 * 2.0)
# Aberrations after Johnson, exp(-(f/fc)^n). Small lenses are sold with half contrast at about 120 cycles a mm, which
# is 0.5 cycles a pixel; n = 1.2 keeps the long tail of real lenses, a Gaussian (n = 2) would hide every grid.
HALF_CONTRAST, FALL = 0.5, 1.2

Matrix = NDArray[np.float64]


def focal_px(height: int) -> float:
    return FOCAL * height


def sinc(x: float) -> float:
    return 1.0 if x == 0 else sin(pi * x) / (pi * x)


def lens_mtf(cycles_per_px: float) -> float:
    """Contrast the lens leaves of a pattern with so many cycles a pixel, 1 .. 0."""
    share = cycles_per_px / CUTOFF
    if share >= 1:
        return 0.0
    diffraction = 2 / pi * (acos(share) - share * sqrt(1 - share * share))
    critical = HALF_CONTRAST / np.log(2) ** (1 / FALL)
    return diffraction * exp(-((cycles_per_px / critical) ** FALL))


def sampled_contrast(cycles_per_px: float) -> float:
    """Lens and square pixel together; signed, since beyond one cycle a pixel the aperture turns bright to dark."""
    return lens_mtf(cycles_per_px) * sinc(cycles_per_px)


@dataclass(frozen=True, slots=True)
class Placed:
    """A flat thing: its middle ``place`` (3,) mm before the lens (x right, y down, z away), turned by ``pose``."""

    place: NDArray[np.float64]
    pose: Pose

    @property
    def normal(self) -> NDArray[np.float64]:
        """(3,), away from the camera."""
        return rotation(self.pose)[:, 2]


def plane_to_picture(picture: tuple[int, int], plane: Placed) -> Matrix:
    """3x3 from a plane's own mm (x right, y down, origin its middle) to px of a ``picture`` (width, height)."""
    width, height = picture
    turned = rotation(plane.pose)
    focal = focal_px(height)
    lens = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    matrix: Matrix = lens @ np.column_stack([turned[:, 0], turned[:, 1], plane.place])
    return matrix


def project(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) through a 3x3."""
    through = np.c_[points, np.ones(len(points))] @ matrix.T
    out: NDArray[np.float64] = through[:, :2] / through[:, 2:]
    return out


def band_contrast(hertz: float, duty: float, exposure: float, harmonic: int = 1) -> float:
    """Amplitude, relative to the mean light, of what is left of a light switched on for ``duty`` of every period after
    an exposure of ``exposure`` s: 2 sinc(k duty) x sinc(k hertz exposure). Signed."""
    return 2 * sinc(harmonic * duty) * sinc(harmonic * hertz * exposure)
