"""Two people share one attempt: somebody steps aside between the movements, or holds up a picture at the end."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.film import on_demand
from hardware.camera.simulated.living import plain, wrong_person
from hardware.camera.simulated.motion import Begun, duration
from hardware.camera.simulated.panel import PHONES
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.print_attack import held_sheet
from hardware.camera.simulated.replays import handheld
from hardware.camera.simulated.rooms import room_for
from hardware.camera.simulated.standing import Standing

AFTER = 0.1  # s from the end of the last movement to the first step
EXCHANGE = (0.25, 1.2)  # s; a rehearsed pair takes about one
RAISE = 0.45  # s
ASIDE = 0.85  # of the picture's width: out of view
BELOW_MM = 420.0  # out of view
Pixels = NDArray[np.uint8]


class HeldUp(Protocol):
    def draw(
        self, picture: Pixels, at: float, begun: Sequence[Begun], lower: float = 0.0, light: PanelLight | None = None
    ) -> None: ...


class _Watching:
    """When the ``movements``-th asked movement is over; remembers movements the caller has dropped."""

    def __init__(self, movements: int) -> None:
        self._movements = movements
        self._seen: dict[float, Begun] = {}

    def since(self, at: float, begun: Sequence[Begun]) -> float:
        """Seconds since the exchange began; negative before it."""
        self._seen.update((one.at, one) for one in begun)
        if len(self._seen) < self._movements:
            return -1.0
        last = self._seen[sorted(self._seen)[self._movements - 1]]
        return at - (last.at + duration(last.movement) + AFTER)


class Exchange:
    """``first`` stands there for ``movements`` movements, then ``second``; ``seconds`` 0.0 is a cut."""

    def __init__(  # noqa: PLR0917
        self, first: Standing, second: Standing, room: Pixels, movements: int, seconds: float, side: float
    ) -> None:  # fmt: skip
        self._first, self._second, self._room = first, second, room
        self._seconds, self._side = seconds, side
        self._watching = _Watching(movements)

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        since = self._watching.since(at, begun)
        if since < 0:
            return self._first.render(at, begun, light)
        if since >= self._seconds:
            return self._second.render(at, begun, light)
        picture = self._room.copy() if light is None else light.on_room(self._room)
        away = self._side * ASIDE * picture.shape[1]
        gone, come = _ease(since / (0.7 * self._seconds)), _ease((since / self._seconds - 0.3) / 0.7)
        self._second.draw(picture, at, begun, -away * (1 - come), light)
        self._first.draw(picture, at, begun, away * gone, light)
        return picture


class PictureAtTheEnd:
    """``person`` does ``movements`` movements and then raises ``picture`` before the face."""

    def __init__(self, person: Standing, held: HeldUp, movements: int) -> None:
        self._person, self._held = person, held
        self._watching = _Watching(movements)

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        since = self._watching.since(at, begun)
        picture = self._person.render(at, begun, light)
        if since >= 0:
            self._held.draw(picture, at, (), BELOW_MM * (1 - _ease(since / RAISE)), light)
        return picture


def right_first(width: int, height: int, seed: int) -> Exchange:
    return _exchange(width, height, seed, right_first=True, movements=1)


def wrong_first(width: int, height: int, seed: int) -> Exchange:
    return _exchange(width, height, seed, right_first=False, movements=1 + seed % 2)


def right_first_cut(width: int, height: int, seed: int) -> Exchange:
    return _exchange(width, height, seed, right_first=True, movements=1, cut=True)


def wrong_first_cut(width: int, height: int, seed: int) -> Exchange:
    return _exchange(width, height, seed, right_first=False, movements=1 + seed % 2, cut=True)


def print_last(width: int, height: int, seed: int) -> PictureAtTheEnd:
    return PictureAtTheEnd(wrong_person(width, height, seed), held_sheet(height, seed), 1 + seed % 2)


def phone_last(width: int, height: int, seed: int) -> PictureAtTheEnd:
    phone = handheld(PHONES, on_demand(seed), width, height, seed)
    return PictureAtTheEnd(wrong_person(width, height, seed), phone, 1 + seed % 2)


def _exchange(width: int, height: int, seed: int, *, right_first: bool, movements: int, cut: bool = False) -> Exchange:
    rng = np.random.default_rng([seed, 50])
    right, wrong = plain(width, height, seed), wrong_person(width, height, seed)
    first, second = (right, wrong) if right_first else (wrong, right)
    seconds = 0.0 if cut else float(rng.uniform(*EXCHANGE))
    return Exchange(first, second, room_for(width, height, seed), movements, seconds, float(rng.choice([-1.0, 1.0])))


def _ease(share: float) -> float:
    return (1 - cos(pi * min(max(share, 0.0), 1.0))) / 2
