"""Replays of the right person on a phone, a tablet, or a screen that fills the view; the seed draws which and how."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated import subjects
from hardware.camera.simulated.device import Device
from hardware.camera.simulated.film import Film, Script, blind_loop, on_demand, still
from hardware.camera.simulated.framing import before, enlarged
from hardware.camera.simulated.glass import Lamp, lamp_seen_at
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.optics import Placed
from hardware.camera.simulated.panel import PHONES, TABLETS, WHOLE_SCREENS, PanelType, Shutter
from hardware.camera.simulated.rooms import room_for
from hardware.camera.simulated.screen import Hold, Screen, px_per_mm

FILM_WALL = (214, 216, 214)
EXPOSURES = (1 / 100, 1 / 50, 1 / 30)  # s; automatic exposure keeps to whole half-waves of the mains
ROW_SECONDS = (28e-6, 44e-6)  # 720 rows in 20-32 ms
EYES_ON_HANDHELD = (88.0, 112.0)  # px at 720, where the attacker holds it: as large as a face at the kiosk
WHOLE_VIEW = (0.72, 0.93)  # of the panel's width is in the view
WOBBLE_DEGREES = 4.0
MIRRORS_A_LAMP = 0.5  # of the seeds; the other attackers keep their glass away from lamps
GAINS, LIFTS = (0.88, 1.14), (6.0, 20.0)  # automatic exposure takes most of a screen's glow away


def phone_replay(width: int, height: int, seed: int, obedient: bool) -> Screen:
    script = on_demand(seed) if obedient else blind_loop(seed)
    return handheld(PHONES, script, width, height, seed)


def tablet_replay(width: int, height: int, seed: int, obedient: bool) -> Screen:
    script = on_demand(seed) if obedient else blind_loop(seed)
    return handheld(TABLETS, script, width, height, seed)


def frozen_screen(width: int, height: int, seed: int, obedient: bool) -> Screen:
    """A still on a phone; asked for a movement, the obedient hand tilts it."""
    return handheld(PHONES, still(seed), width, height, seed, tilt=30.0 if obedient else 0.0)


def handheld(
    kinds: tuple[PanelType, ...], script: Script, width: int, height: int, seed: int,
    *, wobble: float = 0.0, tilt: float = 0.0,
) -> Screen:  # fmt: skip
    rng = np.random.default_rng([seed, 7])
    panel = kinds[int(rng.integers(len(kinds)))]
    # The body nearly fills the picture's height; how large the face is then depends on the film's framing.
    body = panel.size[1] + 2 * panel.bezel[1]
    distance = px_per_mm(height, 1.0) * body / (height * float(rng.uniform(0.80, 0.97)))
    scale = px_per_mm(height, distance)
    film_size = (round(panel.size[0] * scale), round(panel.size[1] * scale))
    eyes_at_rest = 94.0 * film_size[1] / 720
    closer = float(rng.uniform(*EYES_ON_HANDHELD)) * height / 720 / eyes_at_rest
    face = before(enlarged(subjects.right(), *film_size, closer), _wall(film_size))
    place = (float(rng.uniform(-12, 12)), float(rng.uniform(-9, 3)), distance)
    pose = Pose(float(rng.uniform(-7, 7)), float(rng.uniform(-7, 7)), float(rng.uniform(-3, 3)))
    hold = Hold(place, pose, float(rng.uniform(0.8, 2.4)), float(rng.uniform(0.8, 3.0)), wobble, tilt)
    # A lamp over the middle of the face spoils the replay (cosine 0.53), so its image begins beside or below.
    turn = float(rng.uniform(-0.25, 1.25)) * np.pi
    across, down = film_size[0] * 0.55 * float(np.cos(turn)), film_size[1] * 0.42 * float(np.sin(turn))
    seen = (width / 2 + across, height / 2 + down)
    lamp = (
        None
        if rng.uniform() >= MIRRORS_A_LAMP
        else lamp_seen_at((width, height), seen, Placed(np.array(place), pose), rng, panel.matte)
    )
    return Screen(
        Film(face, script), panel, hold, _shutter(rng), behind=room_for(width, height, seed), seed=seed,
        device=Device(panel, scale), lamp=lamp,
        gain=float(rng.uniform(*GAINS)), lift=float(rng.uniform(*LIFTS)),
    )  # fmt: skip


def screen_replay(width: int, height: int, seed: int, obedient: bool) -> Screen:
    """A monitor on a stand (steady) or a laptop in two hands, so near that its frame is out of view."""
    rng = np.random.default_rng([seed, 8])
    panel = WHOLE_SCREENS[int(rng.integers(len(WHOLE_SCREENS)))]
    share = float(rng.uniform(*WHOLE_VIEW))
    distance = share * panel.size[0] * px_per_mm(height, 1.0) / width
    face = before(enlarged(subjects.right(), width, height, share * float(rng.uniform(0.95, 1.2))), None)
    pose = Pose(float(rng.uniform(-3, 3)), float(rng.uniform(-3, 3)), float(rng.uniform(-1, 1)))
    in_hands = "laptop" in panel.name
    hold = Hold((0.0, 0.0, distance), pose, 0.5 if in_hands else 0.0, 1.0 if in_hands else 0.0)
    seen = (float(rng.uniform(0, width)), float(rng.uniform(-0.2, 1.0) * height))
    lamp = (
        None
        if rng.uniform() >= MIRRORS_A_LAMP
        else lamp_seen_at((width, height), seen, Placed(np.array(hold.place), pose), rng, panel.matte)
    )
    script = on_demand(seed) if obedient else blind_loop(seed)
    return Screen(
        Film(face, script), panel, hold, _shutter(rng), behind=np.zeros((height, width, 3), np.uint8), seed=seed,
        lamp=lamp, gain=float(rng.uniform(*GAINS)), lift=float(rng.uniform(*LIFTS)),
    )  # fmt: skip


def _lamp(
    picture: tuple[int, int], seen: tuple[float, float], glass: Placed, panel: PanelType, rng: np.random.Generator
) -> Lamp | None:
    lamp = lamp_seen_at(picture, seen, glass, rng, panel.matte)
    return lamp if rng.uniform() < MIRRORS_A_LAMP else None


def _shutter(rng: np.random.Generator) -> Shutter:
    return Shutter(EXPOSURES[int(rng.integers(len(EXPOSURES)))], float(rng.uniform(*ROW_SECONDS)))


def _wall(size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), FILM_WALL, np.uint8)
