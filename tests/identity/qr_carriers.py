"""What carries a code in front of the camera: a phone with an app on it, or a plastic card. Drawn here, all invented.

A carrier is drawn flat and large; ``qr_camera`` holds it before the lens.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import segno
from numpy.typing import NDArray

from kiosk.vision import cv2

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
FONT = cv2.FONT_HERSHEY_SIMPLEX
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
TOKEN_BYTES = (300, 700)
"""Of the whole text, at error correction level L: reading.md."""


class Payload(StrEnum):
    CARD = "card"  # 13 digits
    DIGITS = "digits"  # 16 digits; no province is 99
    JWS = "jws"  # compact, three base64url parts
    CWT = "cwt"  # base45, which a QR code packs tighter


class Style(StrEnum):
    CARD = "card"  # printed on plastic
    LIGHT = "light"  # phone
    DARK = "dark"  # phone, dark theme, the code on a white tile
    INVERTED = "inverted"  # phone, dark theme, light modules on the dark ground


@dataclass(frozen=True, slots=True)
class Carrier:
    """``picture`` uint8 (h, w, 3) BGR, ``module`` px a module; the code with its quiet zone at ``box`` (x, y, w, h)."""

    picture: Pixels = field(repr=False)
    module: int
    box: tuple[int, int, int, int]
    emits: bool  # a screen gives its own light, a card is lit by the room


def draw_text(kind: Payload, rng: np.random.Generator) -> str:
    match kind:
        case Payload.CARD:
            return "000" + _digits(10, rng)
        case Payload.DIGITS:
            return "99" + _digits(14, rng)
        case Payload.JWS:
            return _jws(int(rng.integers(*TOKEN_BYTES)), rng)
        case Payload.CWT:
            return "IKD1:" + "".join(rng.choice(list(BASE45), int(rng.integers(*TOKEN_BYTES)) - 5))


def modules_of(text: str, level: str, quiet: int) -> Pixels:
    """uint8 (n, n): 0 dark, 255 light, one pixel a module, with a quiet zone of ``quiet`` modules."""
    dark = np.array(segno.make(text, error=level, micro=False, boost_error=False).matrix, np.uint8)
    return np.pad(255 * (1 - dark), quiet, constant_values=255).astype(np.uint8)


def draw_carrier(modules: Pixels, style: Style, module: int, rng: np.random.Generator) -> Carrier:
    """``modules`` as from ``modules_of``, at ``module`` px each."""
    return _card(modules, module, rng) if style is Style.CARD else _phone(modules, style, module, rng)


def _card(modules: Pixels, module: int, rng: np.random.Generator) -> Carrier:
    side = modules.shape[0] * module
    height = int(side / rng.uniform(0.58, 0.78))
    width = int(height * 85.60 / 53.98)
    face = np.full((height, width, 3), (246, 249, 249), np.uint8)
    cv2.rectangle(face, (0, 0), (width, int(0.17 * height)), (86, 140, 30), -1)
    size = height / 620
    _write(face, "CONTOH", (0.06, 0.90), 3.2 * size, (222, 228, 226))
    _write(face, "KARTU PESERTA", (0.05, 0.125), 1.5 * size, (255, 255, 255))
    _write(face, "PESERTA CONTOH", (0.05, 0.32), 0.9 * size, (60, 54, 50))
    x, y = width - side - int(0.03 * width), height - side - int(0.03 * height)
    ink, paper = np.array((46, 42, 40.0)), np.array((246, 249, 249.0))
    face[y : y + side, x : x + side] = _coloured(modules, module, ink, paper)
    return Carrier(face, module, (x, y, side, side), emits=False)


def _phone(modules: Pixels, style: Style, module: int, rng: np.random.Generator) -> Carrier:
    side = modules.shape[0] * module
    screen = int(side / rng.uniform(0.66, 0.92))
    rim, tall = max(4, int(0.03 * screen)), int(screen * 2.0)
    picture = np.full((tall + 2 * rim, screen + 2 * rim, 3), (22, 20, 18), np.uint8)
    light = style is Style.LIGHT
    ground: Colour = (250, 247, 245) if light else (28, 24, 20)
    ink: Colour = (60, 52, 48) if light else (205, 210, 212)
    display = picture[rim:-rim, rim:-rim]
    display[:] = ground
    _app(display, ink, rng)
    x, y = (screen - side) // 2, int(rng.uniform(0.18, 0.30) * tall)
    white, black = np.array((252, 253, 253.0)), np.array((24, 22, 20.0))
    dark, bright = (white * 0.9, np.array(ground, float)) if style is Style.INVERTED else (black, white)
    display[y : y + side, x : x + side] = _coloured(modules, module, dark, bright)
    return Carrier(picture, module, (x + rim, y + rim, side, side), emits=True)


def _app(display: Pixels, ink: Colour, rng: np.random.Generator) -> None:
    """Status bar, notch, headline, lines of text and a button."""
    tall, wide = display.shape[:2]
    size = wide / 480
    notch = int(wide * rng.uniform(0.06, 0.2))
    cv2.ellipse(display, (wide // 2, 0), (notch, int(0.03 * tall)), 0, 0, 180, (14, 14, 14), -1)
    _write(display, f"{rng.integers(8, 16)}:{rng.integers(10, 60)}", (0.06, 0.03), 0.6 * size, ink)
    _write(display, "IDENTITAS CONTOH", (0.10, 0.10), 0.9 * size, ink)
    _write(display, "Tunjukkan kode ini", (0.16, 0.14), 0.8 * size, ink)
    for line in range(5):
        y = int((0.80 + 0.026 * line) * tall)
        cv2.line(display, (int(0.1 * wide), y), (int((0.9 - 0.1 * (line % 3)) * wide), y), ink, max(1, wide // 90))
    cv2.rectangle(display, (int(0.1 * wide), int(0.94 * tall)), (int(0.9 * wide), int(0.98 * tall)), (150, 110, 40), -1)


def _coloured(modules: Pixels, module: int, dark: NDArray[np.float64], bright: NDArray[np.float64]) -> Pixels:
    large = np.repeat(np.repeat(modules, module, 0), module, 1)[..., None] / 255
    return np.rint(dark * (1 - large) + bright * large).astype(np.uint8)


def _write(face: Pixels, text: str, at: tuple[float, float], size: float, colour: Colour) -> None:
    place = (int(at[0] * face.shape[1]), int(at[1] * face.shape[0]))
    cv2.putText(face, text, place, FONT, size, colour, max(1, round(2 * size)), cv2.LINE_AA)


def _digits(count: int, rng: np.random.Generator) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, count))


def _jws(length: int, rng: np.random.Generator) -> str:
    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    header = part(json.dumps({"alg": "ES256", "kid": "contoh-1", "typ": "JWT"}).encode())
    signature = part(rng.bytes(64))
    room = length - len(header) - len(signature) - 2
    return f"{header}.{part(rng.bytes(room * 3 // 4))}.{signature}"
