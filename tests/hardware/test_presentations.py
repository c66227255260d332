"""Every attack must be what its species says, and every living variation an honest visitor that can be used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from hardware.camera.simulated.film import IDLE, PERIOD, Film, still
from hardware.camera.simulated.finish import watermark_box
from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.panel import PanelType, Shutter
from hardware.camera.simulated.people import Person
from hardware.camera.simulated.presentations import ATTACKS, LIVE, Presentation
from hardware.camera.simulated.screen import Hold, Screen
from hardware.camera.simulated.texture import load_texture
from kiosk.ports import Movement
from tests.hardware.conftest import Looker, Pixels

EVERY = (*ATTACKS, *LIVE)
NAMED = {one.name: one for one in EVERY}
SMALL = (320, 180)
HELD = 0.9
"""Seconds into a turn or nod, where it is held."""
MID_CLIP = 1.35
"""Of an asked clip: an attacker begins to play it up to 0.7 s late."""


def each(presentations: Sequence[Presentation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", presentations, ids=lambda one: one.name)


def asked(movement: Movement, ago: float, now: float = 100.0) -> tuple[Begun, ...]:
    return (Begun(movement, now - ago),)


def test_every_species_is_there_and_every_replay_that_can_also_obeys() -> None:
    assert len(NAMED) == len(EVERY)
    replays = {
        "phone_replay",
        "tablet_replay",
        "screen_replay",
        "frozen_screen",
        "print_flat",
        "print_bent",
    }
    others = {"print_eyes", "frozen_frame", "film_loop", "film_on_demand", "face_swap", "wrong_person"}
    assert {one.species for one in ATTACKS} == replays | others
    for species in replays:
        assert {one.obedient for one in ATTACKS if one.species == species} == {True, False}
    assert {one.name for one in LIVE} == {
        "plain", "dim_light", "side_light", "near", "far", "skin_darker", "skin_lighter", "glasses", "slow_blink",
        "small_turn", "restless",
    }  # fmt: skip
    assert all(one.obedient and one.species == "live" for one in LIVE)


@each(EVERY)
def test_a_seed_is_one_presentation_and_another_seed_another(one: Presentation) -> None:
    first = one.make(*SMALL, 4).render(100.0, ())
    assert (first.shape, first.dtype) == ((180, 320, 3), np.uint8)
    assert np.array_equal(first, one.make(*SMALL, 4).render(100.0, ()))
    assert np.abs(first.astype(int) - one.make(*SMALL, 9).render(100.0, ())).mean() > 1.0


@each(EVERY)
def test_the_obedient_react_and_the_blind_run_on(one: Presentation) -> None:
    person = one.make(*SMALL, 6)
    alone = person.render(100.0, ())
    for movement in (Movement.TURN_LEFT, Movement.NOD):
        told = one.make(*SMALL, 6).render(100.0, asked(movement, MID_CLIP if "replay" in one.name else HELD))
        if one.obedient:
            assert np.abs(told.astype(int) - alone).mean() > 0.5
        else:
            assert np.array_equal(told, alone)


def test_a_frozen_camera_sends_the_same_bits_and_a_frozen_screen_is_held_by_a_hand() -> None:
    camera, phone = NAMED["frozen_frame"].make(*SMALL, 1), NAMED["frozen_screen_blind"].make(*SMALL, 1)
    assert np.array_equal(camera.render(100.0, ()), camera.render(123.4, asked(Movement.NOD, HELD)))
    assert not np.array_equal(phone.render(100.0, ()), phone.render(103.0, ()))


def test_an_injected_loop_comes_round_bit_for_bit_or_recoded() -> None:
    exact, recoded = (NAMED["film_loop"].make(*SMALL, seed) for seed in (3, 5))
    assert np.array_equal(exact.render(100.0, ()), exact.render(100.0 + 3 * PERIOD, ()))
    assert not np.array_equal(exact.render(100.0, ()), exact.render(101.0, ()))
    once, again = recoded.render(100.0, ()).astype(int), recoded.render(100.0 + PERIOD, ())
    assert 0 < np.abs(once - again).max() < 8
    idle = NAMED["film_on_demand"].make(*SMALL, 3)
    assert np.array_equal(idle.render(100.0, ()), idle.render(100.0 + 4 * IDLE, ()))


def test_only_a_replaced_camera_is_injected_and_its_film_still_says_demo() -> None:
    x0, y0, x1, y1 = watermark_box(*SMALL)
    few = ("plain", "phone_replay_blind", "print_flat_blind", "frozen_screen_blind", "face_swap_phone_last")
    for one in EVERY:
        if one.name not in few and one.species not in ("frozen_frame", "film_loop", "film_on_demand"):
            continue
        person = one.make(*SMALL, 2)
        assert getattr(person, "injected", False) == (one.species in ("frozen_frame", "film_loop", "film_on_demand"))
        if getattr(person, "injected", False):
            stamp = person.render(100.0, ())[y0:y1, x0:x1]
            assert stamp.max() > 200 and stamp.min() < 80


@each([one for one in EVERY if one.obedient and one.species not in ("face_swap", "wrong_person")])
def test_the_right_person_is_seen(one: Presentation, look: Looker, reference: Pixels) -> None:
    picture = one.make(1280, 720, 5).render(100.1, ())
    assert look.faces(picture) == 1
    assert look.likeness(picture, reference) > 0.45


@pytest.mark.parametrize("way", ["right_first", "wrong_first", "print_last", "phone_last"])
def test_a_swap_shows_first_the_one_and_then_the_other(way: str, look: Looker, reference: Pixels) -> None:
    person = NAMED[f"face_swap_{way}"].make(1280, 720, 4)  # an even seed changes after one movement
    begun = (Begun(Movement.BLINK, 100.0),)
    before, after = person.render(99.9, ()), person.render(103.0, begun)
    likeness = look.likeness(before, reference), look.likeness(after, reference)
    right, wrong = likeness if way == "right_first" else likeness[::-1]
    assert right > 0.45
    assert wrong < 0.28


def test_a_swap_is_a_step_aside_and_not_a_morph(look: Looker) -> None:
    person = NAMED["face_swap_right_first"].make(1280, 720, 4)
    seen = [look.faces(person.render(100.0 + k / 15, (Begun(Movement.BLINK, 100.0),))) for k in range(0, 30, 2)]
    assert seen[0] == seen[-1] == 1
    assert 0 in seen or 2 in seen


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("plain", 14.0, 20.0), ("phone_replay_obedient", 12.0, 20.0), ("print_flat_obedient", 0.0, 4.0),
     ("print_bent_obedient", 0.0, 13.0)],
)  # fmt: skip
def test_a_nod_reads_as_what_nods(name: str, least: float, most: float, look: Looker) -> None:
    person = NAMED[name].make(1280, 720, 2)
    ago = MID_CLIP if "replay" in name else HELD
    rest, nodding = person.render(100.0, ()), person.render(100.0, asked(Movement.NOD, ago))
    assert least <= look.pose(nodding).pitch - look.pose(rest).pitch <= most
    assert abs(look.pose(nodding).yaw - look.pose(rest).yaw) < 5


def test_a_bent_print_turns_further_than_a_flat_one_and_still_not_as_a_head(look: Looker) -> None:
    turned = {}
    for name in ("print_flat_obedient", "print_bent_obedient"):
        person = NAMED[name].make(1280, 720, 1)
        rest, away = person.render(100.0, ()), person.render(100.0, asked(Movement.TURN_LEFT, HELD))
        turned[name] = abs(look.pose(away).yaw - look.pose(rest).yaw)
        assert look.planarity(rest, away) < 4.5
    assert turned["print_flat_obedient"] < 8 < turned["print_bent_obedient"] < 18


def test_the_eyes_behind_the_print_are_alive(look: Looker) -> None:
    person = NAMED["print_eyes"].make(1280, 720, 3)
    openness = [look.eye_openness(person.render(100.0, asked(Movement.BLINK, ago))) for ago in (-1.0, 0.2)]
    assert openness[1] < 0.65 * openness[0]


def test_a_slow_blink_lasts_and_a_small_turn_is_small(look: Looker) -> None:
    slow = NAMED["slow_blink"].make(1280, 720, 1)
    rest = look.eye_openness(slow.render(100.0, ()))
    assert all(look.eye_openness(slow.render(100.0, asked(Movement.BLINK, ago))) < 0.5 * rest for ago in (0.15, 0.58))
    small = NAMED["small_turn"].make(1280, 720, 1)
    yaw = [look.pose(small.render(100.0, begun)).yaw for begun in ((), asked(Movement.TURN_LEFT, HELD))]
    assert 16 < yaw[1] - yaw[0] < 21


def test_living_people_blink_of_their_own_accord(look: Looker) -> None:
    person = NAMED["plain"].make(640, 360, 1)
    openness = [look.eye_openness(person.render(100.0 + k / 10, ())) for k in range(60)]
    assert min(openness) < 0.5 * float(np.median(openness))


def test_a_room_stays_where_it_is_while_the_head_turns() -> None:
    person: Person = NAMED["plain"].make(1280, 720, 1)  # the doorway
    rest, turned = person.render(100.0, ()), person.render(100.0, asked(Movement.TURN_LEFT, HELD))
    frame = (slice(0, 330), slice(400, 432))  # its left post, a hand's breadth from the hair
    assert np.array_equal(rest[frame], turned[frame])
    assert np.ptp(rest[frame]) > 30


def test_a_modulation_below_half_a_grey_level_survives_the_rounding() -> None:
    """0.2 levels are rounded away on every even surface unless the rounding is dithered."""
    panel = PanelType("24 inch", (531.4, 298.9), 0.2768)
    size = (320, 180)
    film = Film(framed(load_texture(), *size), still(1))
    film.picture = lambda at, begun: np.full((180, 320, 3), 150, np.uint8)  # type: ignore[method-assign]
    hold = Hold((0.0, 0.0, 226.8 * 0.2768 * 1.75), sway=0.0, drift=0.0)
    screen = Screen(film, panel, hold, Shutter(1 / 50, 4e-5), behind=np.zeros((180, 320, 3), np.uint8), seed=1)
    mean = np.mean([screen.render(k / 15, ())[80:100, 40:280, 1] for k in range(150)], axis=(0, 1))
    assert np.ptp(mean) > 0.1
