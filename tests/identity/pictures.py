"""Camera-like pictures of machine codes, drawn here: no photograph of any real card."""

from __future__ import annotations

import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray

from kiosk.vision import cv2

Picture = NDArray[np.uint8]


def qr(text: str, module: int = 6, invert: bool = False) -> Picture:
    """Grey QR code with its quiet zone, ``module`` px a module."""
    rows = segno.make(text, error="m", micro=False).matrix_iter(scale=module, border=4)
    code = np.array([[0 if dark else 255 for dark in row] for row in rows], np.uint8)
    return 255 - code if invert else code


def bars(text: str, module: int = 3, height: int = 110) -> Picture:
    """Grey Code 128 with a quiet zone, ``module`` px a module."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    line = np.array(barcode.to_image(scale=-1, add_quiet_zones=False))[:1]
    code = np.repeat(np.repeat(line, height, axis=0), module, axis=1)
    return cv2.copyMakeBorder(code, 20, 20, 12 * module, 12 * module, cv2.BORDER_CONSTANT, value=255)


def scene(code: Picture | None, angle: float = 0.0, blur: float = 0.0, noise: float = 4.0) -> Picture:
    """BGR 720 x 1280 frame with ``code`` in the middle of a plain wall, or the wall alone."""
    rng = np.random.default_rng(7)
    frame = np.full((720, 1280), 170, np.uint8)
    if code is not None:
        height, width = code.shape
        top, left = (720 - height) // 2, (1280 - width) // 2
        frame[top : top + height, left : left + width] = code
        turn = cv2.getRotationMatrix2D((640, 360), angle, 1.0)
        frame = cv2.warpAffine(frame, turn, (1280, 720), borderValue=170)
    if blur:
        frame = cv2.GaussianBlur(frame, (0, 0), blur)
    noisy = frame * 0.85 + 15 + rng.normal(0, noise, frame.shape)
    return cv2.cvtColor(np.clip(noisy, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def glare(frame: Picture, x: int, y: int, radius: int) -> Picture:
    """A round reflection that burns out a part of the picture."""
    light = np.zeros(frame.shape[:2], np.float32)
    cv2.circle(light, (x, y), radius, 255.0, -1)
    light = cv2.GaussianBlur(light, (0, 0), radius / 4)
    return np.clip(frame.astype(np.float32) + light[..., None], 0, 255).astype(np.uint8)
