"""Hard frames of held codes, drawn: what the reader is tuned on and what it is reported on.

An item is one code held before the camera; its frames are a tenth of a second apart, the hand sways, the focus hunts,
a reflection wanders. Every item has one hardship in full and at times a second one mildly; how hard was set by
zxing-cpp alone, which reads three quarters of the frames, before any rescue was tried. One thing was changed after the
first look at the tuning set: glass cracked beyond a code's own error correction is drawn anew. Seeds that begin with
"tune-1" are for tuning, those with "report-3" for the figures of a report, which is drawn once; the ones before
served readers that came before. Synthetic throughout: expect worse on real ones.

``python -m tests.identity.qr_frames FOLDER --set report`` writes JPEG frames and labels.csv (``file,text,item``),
with empty scenes after the items.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import numpy as np

from kiosk.vision import cv2
from tests.identity.qr_camera import HEIGHT, WIDTH, Hold, take
from tests.identity.qr_carriers import Carrier, Payload, Pixels, Style, draw_carrier, draw_text, modules_of
from tests.identity.qr_glass import behind_cracked_glass
from tests.identity.qr_scenes import background, empty_scene

PREFIXES = {"tune": "tune-1", "report": "report-3"}
FRAMES = 5
ITEMS, EMPTIES = 120, 60
JPEG_QUALITY = (62, 95)  # a webcam's own compression
LEVELS = {Payload.CARD: "m", Payload.DIGITS: "m", Payload.JWS: "l", Payload.CWT: "l"}
GLARE_WANDERS = 0.3
"""Sides of the code. A reflection turns twice as far as the glass: the 2.5 degrees of ``_swayed`` move it 22 mm at a
quarter of a metre, and a code on a phone is 30 mm wide; a hand does half of that within these frames."""
DENSE = (Payload.JWS, Payload.CWT)


class Hardship(StrEnum):
    FOCUS = "focus"
    MOTION = "motion"
    SMALL = "small"
    TILT = "tilt"
    DARK = "dark"
    BURNT = "burnt"
    GLARE = "glare"
    SHADOW = "shadow"
    INVERTED = "inverted"
    DIM = "dim"
    GRID = "grid"
    CRACKED = "cracked"


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    hardship: Hardship
    text: str = field(repr=False)
    carrier: Carrier = field(repr=False)
    hold: Hold


def draw_item(prefix: str, number: int) -> Item:
    """Hardships come in turn, so that every set holds them in equal parts."""
    rng = _rng(f"{prefix}/{number}")
    hardship = list(Hardship)[number % len(Hardship)]
    payload = Payload(rng.choice(list(Payload), p=(0.4, 0.3, 0.15, 0.15)))
    text = draw_text(payload, rng)
    modules = modules_of(text, LEVELS[payload], quiet=int(rng.choice((4, 4, 2))))
    hold = _harder(_easy(payload, modules.shape[0], rng), hardship, rng, 1.0)
    if rng.uniform() < 0.5:
        hold = _harder(hold, Hardship(rng.choice(list(Hardship))), rng, 0.4)
    style = _style(hardship, rng)
    carrier = draw_carrier(modules, style, max(4, round(2 * hold.module)), rng)
    if hardship is Hardship.CRACKED:
        carrier = behind_cracked_glass(carrier, LEVELS[payload], rng)
    return Item(f"{prefix}-{number:03}", hardship, text, carrier, hold)


def draw_frames(item: Item) -> Iterator[Pixels]:
    """``FRAMES`` frames, uint8 (720, 1280, 3) BGR."""
    rng = _rng(f"{item.name}/sway")
    behind = background(int(rng.integers(1 << 30)))
    for _ in range(FRAMES):
        yield take(behind, item.carrier, _swayed(item.hold, rng), rng)


def _easy(payload: Payload, modules: int, rng: np.random.Generator) -> Hold:
    low, high = (3.0, 4.2) if payload in DENSE else (3.0, 7.0)
    module = min(float(rng.uniform(low, high)), 620 / modules)
    free = np.maximum((np.array([WIDTH, HEIGHT]) - modules * module * 1.15) / 2, 0) * (0.7, 0.8)
    centre = np.array([WIDTH, HEIGHT]) / 2 + rng.uniform(-1, 1, 2) * free
    roll = float(rng.uniform(-180, 180)) if rng.uniform() < 0.4 else float(rng.normal(0, 15))
    yaw, pitch = (float(v) for v in np.clip(rng.normal(0, 10, 2), -25, 25))
    return Hold(module, (float(centre[0]), float(centre[1])), roll, yaw, pitch, noise=float(rng.uniform(1.5, 4)))


def _harder(hold: Hold, hardship: Hardship, rng: np.random.Generator, much: float) -> Hold:
    """``much`` 1.0: in full."""

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    match hardship:
        case Hardship.FOCUS:
            return replace(hold, focus=hold.focus + much * between(0.22, 0.46))
        case Hardship.MOTION:
            return replace(hold, motion=hold.motion + much * between(0.9, 2.2), motion_angle=between(0, 180))
        case Hardship.SMALL:
            return replace(hold, module=min(hold.module, between(1.6, 2.4) / (0.4 + 0.6 * much)))
        case Hardship.TILT:
            yaw, pitch = (float(rng.choice((-1, 1))) * much * between(32, 50) for _ in range(2))
            return replace(hold, yaw=yaw, pitch=0.7 * pitch)
        case Hardship.DARK:
            return replace(hold, exposure=1 - much * between(0.55, 0.85), noise=hold.noise + much * between(3, 7))
        case Hardship.BURNT:
            return replace(hold, exposure=1 + much * between(0.5, 1.4), bloom=much * between(0.1, 0.35), veil=10 * much)
        case Hardship.GLARE:
            place = (between(-0.45, 0.45), between(-0.45, 0.45))
            return replace(
                hold, glare=(much * between(80, 240), *place, between(0.12, 0.3)), shadow_angle=between(0, 180)
            )
        case Hardship.SHADOW:
            return replace(hold, shadow=1 - much * between(0.6, 0.85), shadow_angle=between(0, 360))
        case Hardship.INVERTED:
            return replace(
                hold, level=hold.level * (1 - much * between(0.2, 0.7)), veil=hold.veil + much * between(0, 40)
            )
        case Hardship.DIM:
            return replace(
                hold, level=hold.level * (1 - much * between(0.7, 0.9)), veil=hold.veil + much * between(15, 60)
            )
        case Hardship.GRID:
            return replace(
                hold, grid=much * between(0.1, 0.35), grid_period=between(2.5, 16), bands=much * between(0.2, 0.6)
            )
        case Hardship.CRACKED:
            return hold  # the carrier's own: see ``draw_item``


def _style(hardship: Hardship, rng: np.random.Generator) -> Style:
    if hardship is Hardship.INVERTED:
        return Style.INVERTED
    phones = (Style.LIGHT, Style.DARK, Style.INVERTED)
    if hardship in (Hardship.DIM, Hardship.GRID, Hardship.CRACKED):
        return Style(rng.choice(phones, p=(0.4, 0.4, 0.2)))
    return Style(rng.choice((Style.CARD, *phones), p=(0.4, 0.25, 0.25, 0.1)))


def _swayed(hold: Hold, rng: np.random.Generator) -> Hold:
    """A tremor of the hand is several times as fast as the frames: each catches it at another speed."""
    shift = rng.normal(0, 9, 2)
    strength, dx, dy, size = hold.glare
    return replace(
        hold,
        module=hold.module * float(rng.uniform(0.96, 1.04)),
        centre=(hold.centre[0] + float(shift[0]), hold.centre[1] + float(shift[1])),
        roll=hold.roll + float(rng.normal(0, 2)),
        yaw=hold.yaw + float(rng.normal(0, 2.5)),
        pitch=hold.pitch + float(rng.normal(0, 2.5)),
        focus=hold.focus * float(rng.uniform(0.75, 1.15)) + float(rng.uniform(0.1, 0.25)),
        motion=hold.motion * float(rng.uniform(0.2, 1.2)) + float(rng.uniform(0, 0.3)),
        motion_angle=hold.motion_angle + float(rng.normal(0, 25)),
        glare=(strength, dx + float(rng.normal(0, GLARE_WANDERS)), dy + float(rng.normal(0, GLARE_WANDERS)), size),
    )


def _rng(seed: str) -> np.random.Generator:
    return np.random.default_rng(list(sha256(seed.encode()).digest()))


def draw_empties(prefix: str, count: int) -> Iterator[tuple[str, Pixels]]:
    """(name, frame) of scenes without a code: rooms, people, print, stripes, a phone and a card that show none."""
    for number in range(count):
        yield f"{prefix}-empty-{number:03}", empty_scene(number, _rng(f"{prefix}/empty/{number}"))


def compressed(frame: Pixels, name: str) -> bytes:
    quality = int(_rng(f"{name}/jpeg").integers(*JPEG_QUALITY))
    return cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def held_frames(prefix: str, number: int) -> Iterator[Pixels]:
    """The frames of an item as they come out of their files, uint8 (720, 1280, 3) BGR."""
    item = draw_item(prefix, number)
    for index, frame in enumerate(draw_frames(item)):
        raw = np.frombuffer(compressed(frame, f"{item.name}-{index}"), np.uint8)
        yield np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8)


def write_set(folder: Path, prefix: str, items: int = ITEMS, empties: int = EMPTIES) -> None:
    """Frames and ``labels.csv`` into ``folder``; an item's name tells its number, from which its hardship follows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, str, str]] = []

    def keep(name: str, frame: Pixels, text: str, item: str) -> None:
        (folder / f"{name}.jpg").write_bytes(compressed(frame, name))
        rows.append((f"{name}.jpg", text, item))

    for number in range(items):
        item = draw_item(prefix, number)
        for index, frame in enumerate(draw_frames(item)):
            keep(f"{item.name}-{index}", frame, item.text, item.name)
    for name, frame in draw_empties(prefix, empties):
        keep(name, frame, "", "")
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("file", "text", "item"), *rows])


def main() -> None:
    arguments = argparse.ArgumentParser(description="hard frames of held codes, with labels.csv")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--set", choices=PREFIXES, default="tune")
    arguments.add_argument("--items", type=int, default=ITEMS)
    arguments.add_argument("--empties", type=int, default=EMPTIES)
    given = arguments.parse_args()
    write_set(given.folder, PREFIXES[given.set], given.items, given.empties)


if __name__ == "__main__":
    main()
