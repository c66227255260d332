from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.challenge import (
    FLAT_FRAMES,
    ChallengeOutcome,
    ChallengeRules,
    ChallengeState,
    Observation,
    advance,
    begin,
    movements_of,
)
from kiosk.face.cues import Cue
from kiosk.ports import Movement

RULES = ChallengeRules(turn_degrees=16.0, planarity_percent=4.0, movement_seconds=8.0, total_seconds=20.0)
NONCE = b"visit:1" + bytes(16)
SIGN = {Movement.TURN_LEFT: 1, Movement.TURN_RIGHT: -1}


def seed_for(*movements: Movement) -> bytes:
    return next(
        s for s in (bytes([n, m]) * 8 for n in range(256) for m in (0, 1)) if movements_of(NONCE, s) == movements
    )


def start(*movements: Movement) -> ChallengeState:
    return begin(NONCE, seed_for(*movements), RULES, 0.0)


def at(n: int, **values: object) -> Observation:
    return Observation(at=n / 15, usable=True, **values)  # type: ignore[arg-type]


def play(state: ChallengeState, *seen: Observation) -> ChallengeState:
    for one in seen:
        state = advance(state, one)
    return state


def turning(n: int, sign: int, residual: float = 6.0) -> list[Observation]:
    yaws = (0, 6, 12, 18, 22, 22, 18, 12, 6, 0)
    return [at(n + k, yaw=float(sign * yaw), residual=residual if yaw >= 16 else None) for k, yaw in enumerate(yaws)]


def blinking(n: int) -> list[Observation]:
    ratios = (1.0, 0.7, 0.2, 0.2, 0.7, 1.0)
    return [at(n + k, ear_ratio=r, blink=0.5 if r < 0.5 else 0.1) for k, r in enumerate(ratios)]


def doing(n: int, movement: Movement) -> list[Observation]:
    return blinking(n) if movement is Movement.BLINK else turning(n, SIGN[movement])


@settings(deadline=None)  # other work shares the machine
@given(st.binary(min_size=8, max_size=64), st.binary(min_size=8, max_size=32))
def test_the_order_is_reproducible_and_always_holds_a_turn(nonce: bytes, seed: bytes) -> None:
    movements = movements_of(nonce, seed)
    assert movements == movements_of(nonce, seed)
    assert len(set(movements)) == 2
    assert set(movements) & {Movement.TURN_LEFT, Movement.TURN_RIGHT}


def test_all_six_orders_come_about_equally_often() -> None:
    counts = Counter(movements_of(NONCE, n.to_bytes(8, "big")) for n in range(6000))
    assert len(counts) == 6
    assert min(counts.values()) > 850  # 1,000 expected, deviation 29


def test_another_nonce_gives_another_challenge_so_a_recording_does_not_fit() -> None:
    seed = bytes(16)
    assert len({movements_of(n.to_bytes(8, "big"), seed) for n in range(100)}) == 6


@settings(deadline=None)  # other work shares the machine
@given(st.sampled_from([movements_of(NONCE, n.to_bytes(2, "big") * 8) for n in range(60)]))
def test_doing_both_movements_in_order_is_enough(movements: tuple[Movement, ...]) -> None:
    state = start(*movements)
    state = play(state, *doing(1, movements[0]), *doing(20, movements[1]))
    assert state.outcome is ChallengeOutcome.DONE
    assert state.done == movements
    assert state.planarity is Cue.CONFIRM


def test_the_wrong_direction_does_not_count() -> None:
    state = play(start(Movement.TURN_LEFT, Movement.TURN_RIGHT), *turning(1, -1), *turning(20, -1))
    assert state.outcome is ChallengeOutcome.RUNNING
    assert state.done == ()


def test_the_second_movement_done_first_does_not_count() -> None:
    state = play(start(Movement.BLINK, Movement.TURN_LEFT), *turning(1, 1), *turning(20, 1))
    assert state.done == ()


def test_a_turn_that_reads_flat_denies_and_stays_denied() -> None:
    state = play(start(Movement.TURN_LEFT, Movement.BLINK), *turning(1, 1, residual=3.4))
    assert (state.outcome, state.planarity) == (ChallengeOutcome.DENIED, Cue.DENY)
    assert play(state, *turning(20, 1), *blinking(40)) == state


def test_a_flat_turn_the_wrong_way_denies_too() -> None:
    state = play(start(Movement.TURN_LEFT, Movement.BLINK), *turning(1, -1, residual=1.0))
    assert state.outcome is ChallengeOutcome.DENIED


def test_one_bad_mesh_does_not_deny_a_person() -> None:
    seen = turning(1, 1)
    seen[3] = replace(seen[3], residual=2.0)
    assert play(start(Movement.TURN_LEFT, Movement.BLINK), *seen).done == (Movement.TURN_LEFT,)
    assert FLAT_FRAMES > 1


def test_a_turn_without_planarity_measured_does_not_count() -> None:
    seen = [replace(s, residual=None) for s in turning(1, 1)]
    assert play(start(Movement.TURN_LEFT, Movement.BLINK), *seen).done == ()


def test_a_small_turn_does_not_count() -> None:
    seen = [replace(s, yaw=s.yaw * 0.7) for s in turning(1, 1)]
    assert play(start(Movement.TURN_LEFT, Movement.BLINK), *seen).done == ()


def test_a_second_photo_of_a_turned_head_held_up_at_once_does_not_count() -> None:
    jump = [at(1), at(2), *[at(3 + k, yaw=25.0, residual=8.0) for k in range(20)]]
    assert play(start(Movement.TURN_LEFT, Movement.BLINK), *jump).done == ()


def test_a_turn_begun_by_one_face_and_ended_by_another_track_does_not_count() -> None:
    seen = turning(1, 1)
    seen = [replace(s, track=1 if k < 3 else 2) for k, s in enumerate(seen)]
    assert play(start(Movement.TURN_LEFT, Movement.BLINK), *seen).done == ()


def test_the_next_movement_is_asked_for_only_when_the_head_is_back() -> None:
    state = play(start(Movement.TURN_LEFT, Movement.BLINK), *turning(1, 1)[:6])
    assert state.done == (Movement.TURN_LEFT,)
    assert state.wanted is None
    assert play(state, at(8, yaw=3.0)).wanted is Movement.BLINK


def test_closed_eyes_that_never_open_are_no_blink() -> None:
    shut = [at(1 + k, ear_ratio=0.2, blink=0.5) for k in range(60)]
    assert play(start(Movement.BLINK, Movement.TURN_LEFT), at(0), *shut).done == ()
    late = play(start(Movement.BLINK, Movement.TURN_LEFT), at(0), *shut, at(70))
    assert late.done == ()


def test_eyes_that_look_like_closed_while_the_head_is_turned_are_no_blink() -> None:
    seen = [replace(s, yaw=14.0) for s in blinking(5)]
    assert play(start(Movement.BLINK, Movement.TURN_LEFT), at(1), *seen).done == ()


def test_a_blink_at_once_after_the_prompt_counts() -> None:
    assert play(start(Movement.BLINK, Movement.TURN_LEFT), *blinking(1)[1:]).done == (Movement.BLINK,)


def test_a_movement_not_done_in_time_ends_the_challenge() -> None:
    state = play(start(Movement.BLINK, Movement.TURN_LEFT), *[at(n) for n in range(15 * 9)])
    assert state.outcome is ChallengeOutcome.TIMED_OUT


def test_a_second_face_stops_the_movement_clock_but_not_the_attempt() -> None:
    alone = [Observation(n / 15, usable=False) for n in range(1, 15 * 12)]
    waiting = play(start(Movement.BLINK, Movement.TURN_LEFT), *alone)
    assert waiting.outcome is ChallengeOutcome.RUNNING
    assert play(waiting, *blinking(15 * 12)).done == (Movement.BLINK,)
    assert play(waiting, Observation(20.1, usable=False)).outcome is ChallengeOutcome.TIMED_OUT


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


@settings(deadline=None)  # other work shares the machine
@given(st.lists(observations, max_size=80), st.integers(0, 255))
def test_no_film_finishes_without_a_solid_turn_and_every_movement(film: list[Observation], seed: int) -> None:
    state = begin(NONCE, bytes([seed]) * 16, RULES, 0.0)
    seen = []
    for n, one in enumerate(film):
        seen.append(replace(one, at=n / 15))
        before = state
        state = advance(state, seen[-1])
        if before.outcome is not ChallengeOutcome.RUNNING:
            assert state == before
        if len(state.done) > len(before.done) and state.done[-1] is not Movement.BLINK:
            sign = SIGN[state.done[-1]]
            for frame in seen[-2:]:
                assert sign * frame.yaw >= RULES.turn_degrees
                assert frame.residual is not None and frame.residual > RULES.planarity_percent
    assert state.done == state.movements[: len(state.done)]
    if state.outcome is ChallengeOutcome.DONE:
        assert state.planarity is Cue.CONFIRM
        if Movement.BLINK in state.movements:
            assert any(s.ear_ratio < 0.6 or s.blink >= 0.4 for s in seen)
