"""The face of a card: ID-1, twenty pixels a millimetre, after the public layout and marked CONTOH.

Our own drawing throughout: a plain light-blue ground with a pattern of waves, no crest, no map, no artwork of a real
card. FROZEN together with ``wear``, ``conditions`` and ``scene`` before any reported card was drawn: a change
here makes every figure that was reported on these cards another one's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from hardware.camera.simulated.ektp import fonts
from hardware.camera.simulated.ektp.people import KtpPerson, printed
from hardware.camera.simulated.ektp.portrait import portrait
from hardware.camera.simulated.ektp.seeds import rng_of
from hardware.camera.simulated.ektp.wear import Wear, worn
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 1712, 1080  # 85.60 x 53.98 mm
SPECIMEN = "CONTOH"
HEADER_ROWS = (0.068, 0.130)  # middles, of the height
NUMBER_ROW = 0.214
FIRST_ROW, ROW_PITCH = 0.292, 0.0530
LABELS_AT, INDENT, COLON_AT, VALUES_AT, VALUES_END = 0.034, 0.030, 0.240, 0.256, 0.695
BLOOD_AT, BLOOD_VALUE_AT = 0.520, 0.655
PORTRAIT = (0.722, 0.262, 0.952, 0.716)  # x0, y0, x1, y1
ISSUE_ROWS = (0.765, 0.812)
SIGNATURE = (0.75, 0.850, 0.93, 0.945)
PATTERNS = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How one card was printed."""

    text: str
    number: str
    header: str
    size: float  # of the text, 1 is usual
    ink: tuple[int, int, int]  # RGB
    tint: tuple[int, int, int]  # RGB of the ground
    pattern: int
    wear: Wear

    @classmethod
    def draw(cls, seed: str) -> Look:
        rng = rng_of("look", seed)
        dark = int(rng.integers(18, 62))
        return cls(
            text=str(rng.choice(list(fonts.TEXT_FACES), p=(0.34, 0.20, 0.14, 0.22, 0.10))),
            number=str(rng.choice(list(fonts.NUMBER_FACES), p=(0.5, 0.25, 0.25))),
            header=str(rng.choice(fonts.HEADER_FACES)),
            size=float(rng.uniform(0.94, 1.05)),
            ink=(dark, dark, dark + int(rng.integers(0, 16))),
            tint=(int(rng.integers(172, 200)), int(rng.integers(208, 226)), int(rng.integers(230, 246))),
            pattern=int(rng.integers(PATTERNS)),
            wear=Wear.draw(rng),
        )


def draw_card(person: KtpPerson, look: str, style: Look | None = None, sitter: FaceTexture | None = None) -> Picture:
    """uint8 (1080, 1712, 3) BGR, the corners not yet rounded. ``look`` is a seed, of the style as well when there is
    none; ``sitter`` as in ``portrait``. LastingFault when the demo photo that portraits are made of is not there."""
    style = style or Look.draw(look)
    ground = Image.fromarray(_ground(style.pattern, style.tint))
    _mark(ground, style)
    pen = _Pen(ground, style)
    _header(pen, person)
    _number(pen, person.nik)
    _details(pen, person)
    _issued(pen, person)
    face = np.asarray(ground)[..., ::-1].copy()
    x0, y0, x1, y1 = _box(PORTRAIT)
    face[y0:y1, x0:x1] = portrait(person, x1 - x0, y1 - y0, sitter)
    _sign(face, look)
    return worn(face, style.wear, rng_of("wear", look))


class _Pen:
    def __init__(self, image: Image.Image, style: Look) -> None:
        self.image, self.style = image, style
        self.canvas = ImageDraw.Draw(image)
        self.size = round(0.0405 * HEIGHT * style.size * (0.92 if "mono" in style.text else 1.0))
        self.text = fonts.font(fonts.TEXT_FACES[style.text], self.size)

    def write(
        self, at: tuple[float, float], words: str, room: float, font: ImageFont.FreeTypeFont | None = None
    ) -> None:
        """Left and middle at ``at``, in shares of the card; squeezed to ``room`` when it is longer."""
        font = font or self.text
        x, y, room = at[0] * WIDTH, at[1] * HEIGHT, room * WIDTH
        length = font.getlength(words)
        if length <= room:
            self.canvas.text((x, y), words, font=font, fill=self.style.ink, anchor="lm")
            return
        size = (int(length) + 4, 2 * int(font.size))
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).text((0, font.size), words, font=font, fill=255, anchor="lm")
        mask = mask.resize((int(room), size[1]), Image.Resampling.LANCZOS)
        self.image.paste(self.style.ink, (int(x), int(y - font.size)), mask)


def _box(shares: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = shares
    return int(x0 * WIDTH), int(y0 * HEIGHT), int(x1 * WIDTH), int(y1 * HEIGHT)


def _header(pen: _Pen, person: KtpPerson) -> None:
    font = fonts.font(fonts.TEXT_FACES[pen.style.header], round(0.052 * HEIGHT))
    for row, words in zip(HEADER_ROWS, (person.provinsi, person.kabupaten), strict=True):
        pen.canvas.text((WIDTH / 2, row * HEIGHT), words, font=font, fill=pen.style.ink, anchor="mm", stroke_width=1,
                        stroke_fill=pen.style.ink)  # fmt: skip


def _number(pen: _Pen, nik: str) -> None:
    label = fonts.font(fonts.TEXT_FACES[pen.style.text], round(0.058 * HEIGHT))
    pen.write((LABELS_AT, NUMBER_ROW), "NIK", 0.2, label)
    pen.write((COLON_AT - 0.012, NUMBER_ROW), ":", 0.02, label)
    if pen.style.number != fonts.STROKES:
        font = fonts.font(fonts.NUMBER_FACES[pen.style.number], round(0.068 * HEIGHT))
        pen.write((VALUES_AT, NUMBER_ROW), nik, VALUES_END - VALUES_AT, font)
        return
    cell, wide, high = 0.0262 * WIDTH, 0.0155 * WIDTH, 0.0475 * HEIGHT
    left, top = VALUES_AT * WIDTH, NUMBER_ROW * HEIGHT - high / 2
    for place, digit in enumerate(nik):
        for line in fonts.DIGITS[digit]:
            points = [(left + place * cell + x / fonts.GRID[0] * wide, top + y / fonts.GRID[1] * high) for x, y in line]
            pen.canvas.line(points, fill=pen.style.ink, width=7, joint="curve")
            for x, y in points:
                pen.canvas.ellipse((x - 3, y - 3, x + 3, y + 3), fill=pen.style.ink)


def _details(pen: _Pen, person: KtpPerson) -> None:
    rows = (
        ("Nama", person.nama),
        ("Tempat/Tgl Lahir", f"{person.tempat_lahir}, {printed(person.tanggal_lahir)}"),
        ("Jenis Kelamin", person.jenis_kelamin),
        ("Alamat", person.alamat),
        (" RT/RW", person.rt_rw),
        (" Kel/Desa", person.kel_desa),
        (" Kecamatan", person.kecamatan),
        ("Agama", person.agama),
        ("Status Perkawinan", person.status_perkawinan),
        ("Pekerjaan", person.pekerjaan),
        ("Kewarganegaraan", person.kewarganegaraan),
        ("Berlaku Hingga", person.berlaku_hingga),
    )
    for number, (label, value) in enumerate(rows):
        y = FIRST_ROW + number * ROW_PITCH
        x = LABELS_AT + (INDENT if label.startswith(" ") else 0.0)
        pen.write((x, y), label.strip(), COLON_AT - x - 0.004)
        pen.write((COLON_AT, y), ":", 0.02)
        end = BLOOD_AT - 0.01 if label == "Jenis Kelamin" else VALUES_END
        pen.write((VALUES_AT, y), value, end - VALUES_AT)
    y = FIRST_ROW + 2 * ROW_PITCH
    pen.write((BLOOD_AT, y), "Gol. Darah", BLOOD_VALUE_AT - BLOOD_AT - 0.012)
    pen.write((BLOOD_VALUE_AT - 0.010, y), f": {person.gol_darah}", 0.06)


def _issued(pen: _Pen, person: KtpPerson) -> None:
    middle = (PORTRAIT[0] + PORTRAIT[2]) / 2 * WIDTH
    font = fonts.font(fonts.TEXT_FACES[pen.style.text], round(0.034 * HEIGHT))
    place = person.tempat_terbit
    while font.getlength(place) > (PORTRAIT[2] - PORTRAIT[0] + 0.03) * WIDTH and font.size > 18:
        font = fonts.font(fonts.TEXT_FACES[pen.style.text], int(font.size) - 2)
    for row, words in zip(ISSUE_ROWS, (place, printed(person.tanggal_terbit)), strict=True):
        pen.canvas.text((middle, row * HEIGHT), words, font=font, fill=pen.style.ink, anchor="mm")


def _sign(face: Picture, seed: str) -> None:
    rng = rng_of("signature", seed)
    x0, y0, x1, y1 = _box(SIGNATURE)
    count = int(rng.integers(6, 11))
    xs = np.linspace(x0, x1, count) + rng.normal(0, 0.04 * (x1 - x0), count)
    ys = rng.uniform(y0, y1, count)
    along = np.linspace(0, count - 1, 220)
    kernel = np.hanning(31) / np.hanning(31).sum()
    xs, ys = (np.convolve(np.pad(np.interp(along, range(count), v), 15, "edge"), kernel, "valid") for v in (xs, ys))
    points = np.rint(np.stack([xs, ys], 1) * 16).astype(np.int32)
    cv2.polylines(face, [points], False, (70, 44, 36), 4, cv2.LINE_AA, 4)


def _mark(image: Image.Image, style: Look) -> None:
    """CONTOH from corner to corner, under the print and a little darker than the ground."""
    font = fonts.font(fonts.BOLD, 330)
    mask = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(mask).text((WIDTH / 2, HEIGHT * 0.55), SPECIMEN, font=font, fill=255, anchor="mm")
    mask = mask.rotate(24, Image.Resampling.BILINEAR).point(lambda v: v * 0.5)
    image.paste(tuple(int(v * 0.82) for v in style.tint), (0, 0), mask)


@cache
def _waves(pattern: int) -> NDArray[np.float32]:
    """(HEIGHT, WIDTH) 0..1: fine crossing lines that bend."""
    rng = rng_of("pattern", pattern)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    lines = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(3):
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(17, 30)
        bend, reach = rng.uniform(20, 70), rng.uniform(160, 420)
        across = xs * np.float32(np.cos(angle)) + ys * np.float32(np.sin(angle))
        along = ys * np.float32(np.cos(angle)) - xs * np.float32(np.sin(angle))
        phase = (across + np.float32(bend) * np.sin(along / np.float32(reach))) * np.float32(2 * np.pi / pitch)
        lines += np.clip(np.sin(phase) * 3 - 2, 0, 1)
    return np.clip(lines, 0, 1)


def _ground(pattern: int, tint: tuple[int, int, int]) -> Picture:
    """uint8 (HEIGHT, WIDTH, 3) RGB."""
    fall = np.linspace(1.03, 0.97, HEIGHT, dtype=np.float32)[:, None, None]
    base = np.array(tint, np.float32) * fall * (1 - 0.09 * _waves(pattern)[..., None])
    return np.clip(base, 0, 255).astype(np.uint8)
