from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from kiosk.face.challenge import (
    FLAT_FRAMES,
    QUICKEST,
    SLIPS,
    ChallengeOutcome,
    ChallengeRules,
    ChallengeState,
    Observation,
    Step,
    advance,
    begin,
    decline,
)
from kiosk.face.cues import Cue
from kiosk.face.prompts import TURNS, movements_of
from kiosk.ports import Movement

RULES = ChallengeRules(
    turn_degrees=16.0, nod_degrees=10.0, planarity_percent=4.0, movement_seconds=8.0, total_seconds=25.0
)
NONCE = b"visit:1" + bytes(16)
SIGN = {Movement.TURN_LEFT: 1, Movement.TURN_RIGHT: -1}
FPS = 15
STRAIGHT = Observation(at=0.0, usable=True)


def seed_for(*movements: Movement) -> bytes:
    return next(
        s for s in (bytes([n, m]) * 8 for n in range(256) for m in (0, 1)) if movements_of(NONCE, s) == movements
    )


class Film:
    """Frames at 15 a second before the challenge; whatever is played comes after what was."""

    def __init__(self, *movements: Movement) -> None:
        self.seed = seed_for(*movements)
        self.state: ChallengeState = begin(NONCE, self.seed, RULES, 0.0)
        self.frame = 0

    def play(self, seen: Iterable[Observation]) -> Film:
        for one in seen:
            self.frame += 1
            self.state = advance(self.state, replace(one, at=self.frame / FPS))
        return self

    def rest(self, seconds: float) -> Film:
        return self.play([STRAIGHT] * round(seconds * FPS))

    def until_asked(self) -> Film:
        for _ in range(3 * FPS):
            if self.state.step is Step.ASKED:
                return self.rest(0.4)  # a person reads first
            self.play([STRAIGHT])
        raise AssertionError("never asked")

    def answer(self, seen: Iterable[Observation]) -> Film:
        return self.until_asked().play(seen)


def turning(sign: int, residual: float | None = 6.0) -> list[Observation]:
    yaws = (0, 6, 12, 18, 22, 22, 18, 12, 6, 0)
    return [replace(STRAIGHT, yaw=float(sign * yaw), residual=residual if yaw >= 16 else None) for yaw in yaws]


def blinking() -> list[Observation]:
    ratios = (1.0, 0.7, 0.2, 0.2, 0.7, 1.0)
    return [replace(STRAIGHT, ear_ratio=r, blink=0.5 if r < 0.5 else 0.1) for r in ratios]


def nodding(depth: float = 14.0) -> list[Observation]:
    return [replace(STRAIGHT, pitch=depth * k) for k in (0.0, 0.4, 0.8, 1.0, 1.0, 0.7, 0.3, 0.0)]


def doing(movement: Movement) -> list[Observation]:
    match movement:
        case Movement.BLINK:
            return blinking()
        case Movement.NOD:
            return nodding()
        case _:
            return turning(SIGN[movement])


LEFT, RIGHT, BLINK, NOD = Movement.TURN_LEFT, Movement.TURN_RIGHT, Movement.BLINK, Movement.NOD
ORDERS = sorted({movements_of(NONCE, n.to_bytes(2, "big") * 8) for n in range(300)})


@pytest.mark.parametrize("movements", ORDERS, ids="-".join)
def test_doing_both_movements_in_order_is_enough(movements: tuple[Movement, ...]) -> None:
    film = Film(*movements).answer(doing(movements[0])).answer(doing(movements[1]))
    assert film.state.outcome is ChallengeOutcome.DONE
    assert film.state.done == movements
    assert film.state.planarity is Cue.CONFIRM
    assert film.state.slips == 0
    assert len(film.state.prompted_at) == len(film.state.done_at) == 2


def test_nothing_is_asked_before_the_pause_is_over() -> None:
    film = Film(BLINK, LEFT)
    assert film.state.wanted is None
    film.rest(film.state.pauses[0] - 0.1)
    assert film.state.wanted is None
    assert film.rest(0.2).state.wanted is BLINK


def test_a_movement_done_in_the_pause_does_not_count() -> None:
    for movement in Movement:
        second = LEFT if movement is not LEFT else BLINK
        film = Film(*((movement, second) if {movement, second} & TURNS else (movement, LEFT)))
        early = [*doing(movement)][: int(film.state.pauses[0] * FPS)]
        film.play(early).rest(0.3)
        assert film.state.done == ()


def just_asked(*movements: Movement) -> Film:
    film = Film(*movements)
    while film.state.step is not Step.ASKED:
        film.play([STRAIGHT])
    return film


def test_a_blink_begun_before_anybody_could_have_read_the_prompt_is_no_answer() -> None:
    assert QUICKEST > 2 / FPS
    assert just_asked(BLINK, LEFT).play([STRAIGHT, *blinking()[2:]]).state.done == ()
    assert just_asked(BLINK, LEFT).play([STRAIGHT] * 4).play(blinking()).state.done == (BLINK,)


def test_a_chin_already_on_its_way_down_at_the_prompt_is_no_answer() -> None:
    down = [replace(STRAIGHT, pitch=14.0)] * 6
    assert just_asked(NOD, LEFT).play([*down, *[STRAIGHT] * 3]).state.done == ()


def test_a_turn_in_the_pause_is_a_slip_too() -> None:
    film = Film(BLINK, LEFT).play(turning(1))
    assert (film.state.done, film.state.slips) == ((), 1)
    assert film.answer(blinking()).answer(turning(1)).state.outcome is ChallengeOutcome.DONE


def test_a_movement_under_way_at_the_prompt_is_no_answer_to_it() -> None:
    film = Film(BLINK, LEFT).until_asked()
    asked_at = film.state.since
    begun = Film(BLINK, LEFT)
    while begun.state.step is not Step.ASKED:
        begun.play([STRAIGHT])
    begun.play(blinking()[2:])
    assert begun.state.since == asked_at
    assert begun.state.done == ()
    assert QUICKEST > 2 / FPS


def test_the_wrong_way_does_not_count_and_is_forgiven_once() -> None:
    film = Film(LEFT, RIGHT).answer(turning(-1))
    assert film.state.done == ()
    assert (film.state.outcome, film.state.slips) == (ChallengeOutcome.RUNNING, 1)
    film.answer(turning(1)).answer(turning(-1))
    assert film.state.outcome is ChallengeOutcome.DONE


def test_a_film_that_turns_as_it_likes_is_over_after_its_second_wrong_turn() -> None:
    film = Film(LEFT, BLINK).answer(turning(-1)).answer(turning(-1))
    assert film.state.outcome is ChallengeOutcome.WRONG_MOVEMENTS
    assert film.state.slips == SLIPS + 1
    ended = film.state
    assert film.play(turning(1)).state == ended


def test_after_a_slip_the_same_movement_is_asked_again_after_a_new_pause() -> None:
    film = Film(BLINK, LEFT).answer(turning(1)[:6])
    assert (film.state.step, film.state.wanted) == (Step.RETURN, None)
    assert film.play(turning(1)[6:]).state.step is Step.PAUSE
    assert film.until_asked().state.wanted is BLINK


def test_one_long_turn_is_one_slip() -> None:
    out = [replace(STRAIGHT, yaw=-22.0, residual=6.0)] * 30
    film = Film(LEFT, BLINK).answer([*turning(-1)[:5], *out])
    assert (film.state.outcome, film.state.slips) == (ChallengeOutcome.RUNNING, 1)


def test_the_turn_back_after_a_turn_that_counted_is_no_slip() -> None:
    film = Film(LEFT, RIGHT).answer(turning(1))
    assert film.state.slips == 0


def test_blinks_and_nods_nobody_asked_for_are_everyday_life() -> None:
    film = Film(LEFT, RIGHT).play(blinking()).answer([*nodding(), *blinking(), *turning(1)])
    assert (film.state.done, film.state.slips) == ((LEFT,), 0)


def test_the_second_movement_done_first_does_not_count() -> None:
    assert Film(BLINK, LEFT).answer(turning(1)).state.done == ()


def test_a_turn_that_reads_flat_denies_and_stays_denied() -> None:
    film = Film(LEFT, BLINK).answer(turning(1, residual=3.4))
    assert (film.state.outcome, film.state.planarity) == (ChallengeOutcome.DENIED, Cue.DENY)
    denied = film.state
    assert film.play([*turning(1), *blinking()]).state == denied


def test_a_flat_turn_the_wrong_way_denies_too() -> None:
    out = [replace(STRAIGHT, yaw=-22.0, residual=1.0)] * FLAT_FRAMES
    film = Film(LEFT, BLINK).answer([replace(STRAIGHT, yaw=-8.0), replace(STRAIGHT, yaw=-14.0), *out])
    assert film.state.outcome is ChallengeOutcome.DENIED


def test_a_flat_turn_in_the_pause_denies_too() -> None:
    out = [replace(STRAIGHT, yaw=22.0, residual=1.0)] * FLAT_FRAMES
    film = Film(LEFT, BLINK).play([replace(STRAIGHT, yaw=8.0), replace(STRAIGHT, yaw=14.0), *out])
    assert film.state.outcome is ChallengeOutcome.DENIED


def test_one_bad_mesh_does_not_deny_a_person() -> None:
    seen = turning(1)
    seen[3] = replace(seen[3], residual=2.0)
    assert Film(LEFT, BLINK).answer(seen).state.done == (LEFT,)
    assert FLAT_FRAMES > 1


def test_a_turn_without_planarity_measured_does_not_count() -> None:
    assert Film(LEFT, BLINK).answer(turning(1, residual=None)).state.done == ()


def test_a_small_turn_does_not_count() -> None:
    assert Film(LEFT, BLINK).answer([replace(s, yaw=s.yaw * 0.7) for s in turning(1)]).state.done == ()


def test_a_second_photo_of_a_turned_head_held_up_at_once_does_not_count() -> None:
    assert Film(LEFT, BLINK).answer([replace(STRAIGHT, yaw=25.0, residual=8.0)] * 20).state.done == ()


def test_a_turn_begun_by_one_face_and_ended_by_another_track_does_not_count() -> None:
    seen = [replace(s, track=0 if k < 3 else 2) for k, s in enumerate(turning(1))]
    assert Film(LEFT, BLINK).answer(seen).state.done == ()


def test_a_movement_across_a_hole_in_the_film_does_not_count() -> None:
    film = Film(LEFT, BLINK).answer(turning(1)[:2])
    film.frame += 2 * FPS
    assert film.play(turning(1)[3:6]).state.done == ()


def test_the_next_movement_is_asked_for_only_when_the_head_is_back() -> None:
    film = Film(LEFT, BLINK).answer(turning(1)[:6])
    assert film.state.done == (LEFT,)
    film.play([replace(STRAIGHT, yaw=12.0)] * 40)
    assert film.state.wanted is None
    assert film.until_asked().state.wanted is BLINK


def test_closed_eyes_that_never_open_are_no_blink() -> None:
    shut = [replace(STRAIGHT, ear_ratio=0.2, blink=0.5)] * 60
    assert Film(BLINK, LEFT).answer(shut).state.done == ()
    assert Film(BLINK, LEFT).answer([*shut, STRAIGHT]).state.done == ()


def test_eyes_that_look_like_closed_while_the_head_is_turned_are_no_blink() -> None:
    assert Film(BLINK, LEFT).answer([replace(s, yaw=14.0) for s in blinking()]).state.done == ()


@pytest.mark.parametrize(
    "seen",
    [
        nodding(8.0),  # not deep enough
        nodding(-14.0),  # the chin went up
        nodding()[:5],  # never came back
        [replace(STRAIGHT, pitch=14.0)] * 60 + [STRAIGHT],  # looked down for four seconds
        [replace(s, yaw=12.0) for s in nodding()],  # over the shoulder
    ],
    ids=["shallow", "up", "half", "long", "aside"],
)
def test_what_is_no_nod_does_not_count(seen: list[Observation]) -> None:
    assert Film(NOD, LEFT).answer(seen).state.done == ()


def test_a_movement_not_done_in_time_ends_the_challenge() -> None:
    assert Film(BLINK, LEFT).until_asked().rest(9.0).state.outcome is ChallengeOutcome.TIMED_OUT


def test_a_second_face_stops_the_movement_clock_but_not_the_attempt() -> None:
    film = Film(BLINK, LEFT).until_asked().play([replace(STRAIGHT, usable=False)] * (FPS * 12))
    assert film.state.outcome is ChallengeOutcome.RUNNING
    assert film.play(blinking()).state.done == (BLINK,)
    assert film.play([replace(STRAIGHT, usable=False)] * (FPS * 12)).state.outcome is ChallengeOutcome.TIMED_OUT


@pytest.mark.parametrize("movements", ORDERS, ids="-".join)
def test_who_cannot_do_one_movement_gets_another_once(movements: tuple[Movement, ...]) -> None:
    film = Film(*movements)
    assert decline(film.state, NONCE, film.seed) == film.state, "nothing is asked yet"
    film.until_asked()
    film.state = decline(film.state, NONCE, film.seed)
    assert movements[0] not in film.state.movements
    assert film.state.declined == movements[:1]
    other = film.until_asked().state
    assert decline(other, NONCE, film.seed) == other, "only once"
    first, second = film.state.movements
    assert film.answer(doing(first)).answer(doing(second)).state.outcome is ChallengeOutcome.DONE


def test_declining_wins_no_time() -> None:
    film = Film(BLINK, LEFT).until_asked().rest(7.0)
    film.state = decline(film.state, NONCE, film.seed)
    film.play([replace(STRAIGHT, usable=False)] * (FPS * 17))
    assert film.state.outcome is ChallengeOutcome.TIMED_OUT


def test_slips_are_not_forgotten_by_declining() -> None:
    film = Film(BLINK, LEFT).answer(turning(1)).until_asked()
    film.state = decline(film.state, NONCE, film.seed)
    assert film.state.slips == 1


observations = st.builds(
    Observation,
    at=st.just(0.0),
    usable=st.sampled_from([True, True, True, False]),
    track=st.sampled_from([1, 1, 1, 2]),
    yaw=st.sampled_from([0.0, 3.0, 12.0, 17.0, 24.0, -12.0, -17.0, -24.0, 70.0]),
    pitch=st.sampled_from([0.0, 0.0, 20.0]),
    ear_ratio=st.sampled_from([1.0, 1.0, 0.7, 0.2]),
    blink=st.sampled_from([0.05, 0.05, 0.5]),
    residual=st.sampled_from([None, 0.5, 3.9, 4.0, 4.1, 8.0]),
)


OBEY = "obey"  # rest until something is asked, then do it
pieces = st.one_of(
    st.just(OBEY),
    st.just(OBEY),
    observations.map(lambda one: [one]),
    st.sampled_from(Movement).map(doing),
    st.integers(5, 30).map(lambda n: [STRAIGHT] * n),
)


def film_of(pieces: list[list[Observation] | str], state: Callable[[], ChallengeState]) -> Iterator[Observation]:
    for piece in pieces:
        if not isinstance(piece, str):
            yield from piece
            continue
        for _ in range(40):
            if state().wanted is None:
                yield STRAIGHT
        yield from [STRAIGHT] * 5
        if (wanted := state().wanted) is not None:
            yield from doing(wanted)


@settings(deadline=None, max_examples=300)  # other work shares the machine
@given(st.lists(pieces, max_size=10), st.integers(0, 255))
def test_no_film_finishes_without_a_solid_turn_and_every_movement(
    pieces: list[list[Observation] | str], seed: int
) -> None:
    state = begin(NONCE, bytes([seed]) * 16, RULES, 0.0)
    seen: list[Observation] = []
    for n, one in enumerate(film_of(pieces, lambda: state)):  # noqa: B023  the film is to see the newest state
        seen.append(replace(one, at=n / 15))
        before = state
        state = advance(state, seen[-1])
        if before.outcome is not ChallengeOutcome.RUNNING:
            assert state == before
        if len(state.done) > len(before.done):
            assert before.wanted is state.done[-1]
            assert seen[-1].at - before.since >= QUICKEST
        if len(state.done) > len(before.done) and state.done[-1] in TURNS:
            sign = SIGN[state.done[-1]]
            for frame in seen[-2:]:
                assert sign * frame.yaw >= RULES.turn_degrees
                assert frame.residual is not None and frame.residual > RULES.planarity_percent
    event(state.outcome.value)
    assert state.slips <= SLIPS + 1
    assert state.done == state.movements[: len(state.done)]
    if state.outcome is ChallengeOutcome.DONE:
        assert state.planarity is Cue.CONFIRM
        if Movement.BLINK in state.movements:
            assert any(s.ear_ratio < 0.6 or s.blink >= 0.4 for s in seen)
        if Movement.NOD in state.movements:
            assert any(s.pitch >= RULES.nod_degrees for s in seen)
