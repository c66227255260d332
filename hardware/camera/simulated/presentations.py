"""Everything that is put before the simulated camera to try the kiosk: attacks by species, and living people.

One entry is one way; its ``seed`` draws distance, tilt, sway, device, light and timing, so sixty seeds are sixty
presentations. ``obedient`` ones react to the movements in ``begun``; the others run on. A person whose attribute
``injected`` is True stands for a camera that was replaced: such frames go in as they are, without further noise.
All of it is rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hardware.camera.simulated import injected, living, mask_attack, print_attack, replays, swap_attack
from hardware.camera.simulated.people import Person

Maker = Callable[[int, int, int], Person]


@dataclass(frozen=True)
class Presentation:
    """``make(width, height, seed)``; raises LastingFault when the demo photo is missing."""

    name: str
    species: str
    obedient: bool
    make: Maker


def _both(species: str, make: Callable[[int, int, int, bool], Person]) -> tuple[Presentation, ...]:
    return tuple(
        Presentation(f"{species}_{word}", species, obedient, _bound(make, obedient))
        for word, obedient in (("obedient", True), ("blind", False))
    )


def _bound(make: Callable[[int, int, int, bool], Person], obedient: bool) -> Maker:
    return lambda width, height, seed: make(width, height, seed, obedient)


ATTACKS: tuple[Presentation, ...] = (
    *_both("print_flat", print_attack.print_flat),
    *_both("print_bent", print_attack.print_bent),
    Presentation("print_eyes", "print_eyes", True, mask_attack.print_eyes),
    *_both("phone_replay", replays.phone_replay),
    *_both("tablet_replay", replays.tablet_replay),
    *_both("screen_replay", replays.screen_replay),
    Presentation("frozen_frame", "frozen_frame", False, injected.frozen_frame),
    *_both("frozen_screen", replays.frozen_screen),
    Presentation("film_loop", "film_loop", False, partial(injected.film_loop, obedient=False)),
    Presentation("film_on_demand", "film_on_demand", True, partial(injected.film_loop, obedient=True)),
    Presentation("face_swap_right_first", "face_swap", True, swap_attack.right_first),
    Presentation("face_swap_wrong_first", "face_swap", True, swap_attack.wrong_first),
    Presentation("face_swap_right_first_cut", "face_swap", True, swap_attack.right_first_cut),
    Presentation("face_swap_wrong_first_cut", "face_swap", True, swap_attack.wrong_first_cut),
    Presentation("face_swap_print_last", "face_swap", True, swap_attack.print_last),
    Presentation("face_swap_phone_last", "face_swap", True, swap_attack.phone_last),
    Presentation("wrong_person", "wrong_person", True, living.wrong_person),
)
LIVE: tuple[Presentation, ...] = tuple(
    Presentation(make.__name__, "live", True, make)
    for make in (
        living.plain,
        living.dim_light,
        living.side_light,
        living.near,
        living.far,
        living.skin_darker,
        living.skin_lighter,
        living.glasses,
        living.slow_blink,
        living.small_turn,
        living.restless,
    )
)
