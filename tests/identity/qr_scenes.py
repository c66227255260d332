"""What is in the picture besides a code: rooms, people, and scenes without a code that look as if they held one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from hardware.camera.simulated.people import People
from hardware.camera.simulated.rooms import ROOMS, room_for
from kiosk.ports import SimulatedPerson
from kiosk.vision import cv2
from tests.identity.qr_camera import HEIGHT, WIDTH, Hold, take
from tests.identity.qr_carriers import Pixels, Style, draw_carrier

MOMENTS = 4
Scene = Callable[[np.random.Generator], Pixels]


def background(number: int) -> Pixels:
    """uint8 (720, 1280, 3) BGR, not to be written to: a room, in half of them with the person who holds the code."""
    return _person(number // 2 % MOMENTS) if number % 2 else _room(number // 2 % len(ROOMS))


@cache
def _room(number: int) -> Pixels:
    return room_for(WIDTH, HEIGHT, number)


@cache
def _person(moment: int) -> Pixels:
    people = People(WIDTH, HEIGHT, seed=1)
    chosen = SimulatedPerson.PARTICIPANT if moment % 2 else SimulatedPerson.IMPOSTOR
    return people.get(chosen).render(float(moment), ())


def empty_scene(number: int, rng: np.random.Generator) -> Pixels:
    """A new frame, uint8 (720, 1280, 3) BGR; the kinds come in turn, a third of them only room and person."""
    scenes: tuple[Scene, ...] = (
        _bare, _phone_without, _page, _bare, _card_without, _stripes, _bare, _tiles, _rings
    )  # fmt: skip
    return scenes[number % len(scenes)](rng)


def _bare(rng: np.random.Generator) -> Pixels:
    behind = background(int(rng.integers(1 << 30)))
    return _with_noise(behind * float(rng.uniform(0.3, 1.2)), rng)


def _held(style: Style, rng: np.random.Generator) -> Pixels:
    """Where the code would be is blank."""
    blank = np.full((29, 29), 255, np.uint8)
    hold = Hold(
        module=float(rng.uniform(3, 9)),
        centre=(float(rng.uniform(400, 880)), float(rng.uniform(250, 470))),
        roll=float(rng.normal(0, 20)),
        yaw=float(rng.normal(0, 15)),
        focus=float(rng.uniform(0, 0.3)),
        noise=float(rng.uniform(1.5, 9)),
    )
    return take(background(int(rng.integers(1 << 30))), draw_carrier(blank, style, 8, rng), hold, rng)


def _phone_without(rng: np.random.Generator) -> Pixels:
    return _held(Style(rng.choice((Style.LIGHT, Style.DARK))), rng)


def _card_without(rng: np.random.Generator) -> Pixels:
    return _held(Style.CARD, rng)


def _page(rng: np.random.Generator) -> Pixels:
    """Print, as on a letter that is held up."""
    page = np.full((HEIGHT, WIDTH, 3), 225, np.uint8)
    size, words = float(rng.uniform(0.4, 1.0)), ("surat", "contoh", "peserta", "nomor", "0123", "kantor", "JKN")
    for line in range(int(HEIGHT / (34 * size))):
        text = " ".join(rng.choice(words, 14))
        cv2.putText(page, text, (20, int(30 * size) + int(34 * size) * line), 0, size, (40, 40, 40), 1, cv2.LINE_AA)
    return _with_noise(_held_up(page, rng), rng)


def _stripes(rng: np.random.Generator) -> Pixels:
    """A shirt or a blind: bars that carry nothing."""
    widths = rng.integers(2, 9, 400)
    line = np.repeat(np.where(np.arange(400) % 2, 60, 210), widths)[:WIDTH].astype(np.uint8)
    page = np.ascontiguousarray(np.broadcast_to(line[None, :, None], (HEIGHT, len(line), 3)))
    return _with_noise(_held_up(page, rng), rng)


def _tiles(rng: np.random.Generator) -> Pixels:
    """Random squares like a code's, without its corners."""
    side = int(rng.integers(3, 9))
    tiles = rng.integers(0, 2, (HEIGHT // side + 1, WIDTH // side + 1)).astype(np.uint8) * 170 + 40
    page = np.repeat(np.repeat(tiles, side, 0), side, 1)[:HEIGHT, :WIDTH]
    return _with_noise(_held_up(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), rng), rng)


def _rings(rng: np.random.Generator) -> Pixels:
    """Square rings like a code's corners, with nothing between them."""
    page = background(int(rng.integers(1 << 30))).copy()
    for _ in range(int(rng.integers(3, 12))):
        unit = int(rng.integers(3, 10))
        x, y = int(rng.integers(0, WIDTH - 9 * unit)), int(rng.integers(0, HEIGHT - 9 * unit))
        for inset, colour in ((0, 235), (1, 25), (2, 235), (3, 25)):
            corner = (x + 9 * unit - inset * unit, y + 9 * unit - inset * unit)
            cv2.rectangle(page, (x + inset * unit, y + inset * unit), corner, (colour,) * 3, -1)
    return _with_noise(page, rng)


def _held_up(page: Pixels, rng: np.random.Generator) -> Pixels:
    """A part of ``page``, the size of a sheet or of a shirt, askew and a little out of focus before a room."""
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), float(rng.normal(0, 15)), float(rng.uniform(0.8, 1.3)))
    turned = cv2.warpAffine(page, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(turned, (0, 0), float(rng.uniform(0.3, 2.0)))
    wide, high = int(rng.integers(360, 640)), int(rng.integers(300, 520))
    x, y = int(rng.integers(0, WIDTH - wide)), int(rng.integers(0, HEIGHT - high))
    scene = background(int(rng.integers(1 << 30))).copy()
    scene[y : y + high, x : x + wide] = soft[y : y + high, x : x + wide]
    return scene


def _with_noise(picture: np.ndarray, rng: np.random.Generator) -> Pixels:
    noisy = picture + rng.normal(0, float(rng.uniform(1.5, 9)), picture.shape[:2])[..., None]
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
