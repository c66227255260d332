"""Under what a card is photographed: distance, pose, light, hand and lens, one draw a frame.

FROZEN (see ``face``). The bounds were set by looking: at ``hard`` 1 a person still
reads most of the frames; a number that is covered in one frame is not covered in the next, because the hand moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

NARROWEST, WIDEST = 480, 1080  # px across the card
USUAL, LARGE = (1280, 720), (1920, 1080)
FITS_USUAL = 880  # px: a wider card, turned a little, leaves a 720-line picture
SHAKEN = 0.15  # share of the frames taken while the hand moves


class Ground(StrEnum):
    OFFICE = "office"
    DESK = "desk"
    CLOTH = "cloth"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Finger:
    side: Side
    along: float  # 0..1 on that edge
    reach: float  # over the card, in card widths
    tone: float  # 0 dark .. 1 light


@dataclass(frozen=True, slots=True)
class Glare:
    x: float  # shares of the card
    y: float
    radius: float  # of the card's width
    flat: float  # height of the spot by its width
    strength: float  # 1 burns out


@dataclass(frozen=True, slots=True)
class Conditions:
    size: tuple[int, int] = USUAL
    card_width: float = 800.0  # px
    shift: tuple[float, float] = (0.0, 0.0)  # of the card's middle from the picture's, in parts of its size
    yaw: float = 0.0  # degrees
    pitch: float = 0.0
    roll: float = 0.0
    ground: Ground = Ground.OFFICE
    fingers: tuple[Finger, ...] = ()
    shadow: float = 0.0  # 0..1, how dark
    shadow_angle: float = 0.0  # radians
    shadow_at: float = 0.0  # -0.5..0.5, its edge across the picture
    glare: tuple[Glare, ...] = ()
    hologram: float = 0.0  # 0..1
    hologram_angle: float = 0.8
    hologram_phase: float = 0.0
    defocus: float = 0.0  # px, sigma
    motion: float = 0.0  # px
    motion_angle: float = 0.0
    exposure: float = 1.0
    noise: float = 1.5  # grey levels
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)  # BGR
    jpeg: int = 92

    @classmethod
    def draw(cls, rng: np.random.Generator, hard: float, width: float | None = None) -> Conditions:
        """``hard`` 0..1. ``width`` px across the card, drawn when None."""
        width = float(rng.uniform(NARROWEST, WIDEST)) if width is None else width
        large = width > FITS_USUAL or (width > 700 and rng.random() < 0.3)
        dim = rng.random() < 0.15 + 0.25 * hard
        exposure = float(rng.uniform(0.32, 0.6) if dim else rng.uniform(0.75, 1.12))
        warm = float(rng.uniform(-0.08, 0.10))
        return cls(
            size=LARGE if large else USUAL,
            card_width=width,
            shift=(float(rng.normal(0, 0.03)), float(rng.normal(0, 0.03))),
            yaw=float(rng.normal(0, 2 + 6 * hard)),
            pitch=float(rng.normal(0, 2 + 6 * hard)),
            roll=float(rng.normal(0, 1 + 2 * hard)),
            ground=Ground(str(rng.choice([g.value for g in Ground]))),
            fingers=_fingers(rng, hard),
            shadow=float(rng.uniform(0, 0.55)) * hard if rng.random() < 0.6 else 0.0,
            shadow_angle=float(rng.uniform(0, 2 * np.pi)),
            shadow_at=float(rng.uniform(-0.3, 0.3)),
            glare=_glare(rng, hard),
            hologram=float(rng.uniform(0.1, 0.9)) * (0.3 + 0.7 * hard) if rng.random() < 0.5 else 0.0,
            hologram_angle=float(rng.uniform(0.3, 1.3)),
            hologram_phase=float(rng.uniform(0, 1)),
            defocus=width * float(rng.uniform(0.0004, 0.0012 + 0.0012 * hard)),
            motion=width * float(rng.uniform(0, 0.0012 + 0.0024 * hard)),
            motion_angle=float(rng.uniform(0, np.pi)),
            exposure=exposure,
            noise=float(rng.uniform(1.2, 2.5)) + 6.0 * max(0.0, 0.75 - exposure) * float(rng.uniform(0.5, 1.6)),
            cast=(1 - warm, 1.0, 1 + warm),
            jpeg=int(rng.integers(94 - int(28 * hard), 97)),
        )

    def again(self, rng: np.random.Generator) -> Conditions:
        """The next frame of the same card in the same hand."""
        shaken = rng.random() < SHAKEN
        return replace(
            self,
            card_width=self.card_width * float(rng.uniform(0.97, 1.03)),
            shift=(self.shift[0] + float(rng.normal(0, 0.012)), self.shift[1] + float(rng.normal(0, 0.012))),
            yaw=self.yaw + float(rng.normal(0, 1.8)),
            pitch=self.pitch + float(rng.normal(0, 1.8)),
            roll=self.roll + float(rng.normal(0, 0.8)),
            fingers=tuple(replace(f, along=f.along + float(rng.normal(0, 0.01))) for f in self.fingers),
            shadow_at=self.shadow_at + float(rng.normal(0, 0.03)),
            glare=tuple(
                replace(
                    spot,
                    x=spot.x + float(rng.normal(0, 0.09)),
                    y=spot.y + float(rng.normal(0, 0.09)),
                    strength=spot.strength * float(rng.uniform(0.6, 1.15)),
                )
                for spot in self.glare
            ),
            hologram_phase=self.hologram_phase + float(rng.normal(0, 0.2)),
            defocus=self.defocus * float(rng.uniform(0.7, 1.5)),
            motion=self.motion * float(rng.uniform(0.2, 1.5)) + (self.card_width * 0.008 if shaken else 0.0),
            motion_angle=float(rng.uniform(0, np.pi)),
        )


def film(rng: np.random.Generator, hard: float, frames: int, width: float | None = None) -> list[Conditions]:
    """``frames`` pictures of one card as a hand holds it."""
    held = Conditions.draw(rng, hard, width)
    return [held.again(rng) for _ in range(frames)]


def _fingers(rng: np.random.Generator, hard: float) -> tuple[Finger, ...]:
    """Thumbs as cards are held: over labels, portrait's rim or the lower edge, not over what a value says."""
    tone = float(rng.random())
    found = []
    sides = rng.permutation([side.value for side in Side])[: 1 + int(rng.random() < 0.3)]
    if rng.random() < 0.15:
        return ()
    for side in (Side(str(name)) for name in sides):
        if side is Side.BOTTOM:
            along, reach = float(rng.uniform(0.06, 0.94)), float(rng.uniform(0.01, 0.034))
        else:
            along = float(rng.uniform(0.30, 0.90))
            reach = float(rng.uniform(0.02, 0.045 + 0.05 * hard))
        found.append(Finger(side, along, reach, tone))
    return tuple(found)


def _glare(rng: np.random.Generator, hard: float) -> tuple[Glare, ...]:
    count = int(rng.random() < 0.25 + 0.45 * hard) + int(rng.random() < 0.25 * hard)
    return tuple(
        Glare(
            x=float(rng.uniform(0, 1)),
            y=float(rng.uniform(0, 1)),
            radius=float(rng.uniform(0.025, 0.06 + 0.05 * hard)),
            flat=float(rng.uniform(0.35, 1.0)),
            strength=float(rng.uniform(0.4, 1.2)),
        )
        for _ in range(count)
    )
