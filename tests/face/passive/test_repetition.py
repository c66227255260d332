"""Repetition: a film that begins again is found, a person who does the same thing twice never is."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware.camera.simulated.finish import Finish
from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.people import People
from kiosk.face.cues import Cue, CueReading
from kiosk.face.engine import FaceEngine
from kiosk.face.passive import repetition
from kiosk.face.passive.repetition import (
    CLEAR_DEGREES,
    FROZEN_FRAMES,
    FROZEN_SECONDS,
    LOOP_DEGREES,
    LOOP_DEGREES_LONG,
    RETURNS,
    Loop,
    Repetition,
    Returned,
    Track,
    begins_again,
    find_loop,
    judge_digests,
    next_digest,
    thumbprint,
)
from kiosk.ports import Frame, Movement, SimulatedPerson
from tests.face.looks import STRAIGHT, Look, analysis_of, face_of

# ------------------------------------------------------------------ pictures


def digests(shown: str, step: float = 0.1) -> CueReading | None:
    """One letter a picture."""
    state, known = Returned(), set[bytes]()
    for number, letter in enumerate(shown):
        digest = letter.encode()
        state = next_digest(state, digest, number * step, digest in known)
        known.add(digest)
    return judge_digests(state)


def test_pictures_of_a_sensor_are_all_different() -> None:
    assert digests("abcdefghijklmnopqrstuvwxyz") is None


def test_a_buffer_handed_out_twice_is_a_driver_not_an_attack() -> None:
    assert digests("aabbccddeeffgghhiijjkk") is None
    assert digests("abcdaefgh") is None


def test_a_stream_that_stands_still_denies() -> None:
    frames = round(FROZEN_SECONDS / 0.1) + 1
    assert digests("xyz" + "a" * (frames - 1)) is None
    reading = digests("xyz" + "a" * frames)
    assert reading is not None
    assert reading.answer is Cue.DENY
    assert reading.value >= FROZEN_SECONDS


def test_a_slow_camera_that_stutters_is_not_frozen() -> None:
    assert digests("abc" + "d" * (FROZEN_FRAMES - 1), step=0.3) is None


def test_pictures_that_come_back_deny() -> None:
    reading = digests("abcdefg" + "abc"[:RETURNS])
    assert reading == CueReading(Cue.DENY, float(RETURNS), float(RETURNS))


# ------------------------------------------------------------------ films, as numbers


def turn(at: NDArray[np.float64], begins: float, degrees: float = 26.0, pace: float = 1.0) -> NDArray[np.float64]:
    """Out in 0.7 s, held 0.4, back in 0.6."""
    along = np.interp((at - begins) * pace, [0, 0.7, 1.1, 1.7], [0, 1, 1, 0])
    return np.asarray(degrees * (1 - np.cos(np.pi * along)) / 2)


def blink(at: NDArray[np.float64], begins: float) -> NDArray[np.float64]:
    return np.asarray(np.interp(at - begins, [0, 0.12, 0.28, 0.44], [0, 1, 1, 0]))


def sway(at: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    phases = np.random.default_rng(seed).uniform(0, 6.28, 3)
    return np.asarray(sum(0.4 * np.sin(6.28 * hz * at + p) for hz, p in zip((0.11, 0.17, 0.23), phases, strict=True)))


Motion = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]  # yaw, lids shut 0..1


def track(motion: Motion, seconds: float, *, period: float | None = None, fps: int = 15, seed: int = 1) -> Track:
    """What would be measured, noise of the landmarks included; with a ``period`` of a film that begins again."""
    rng = np.random.default_rng(seed)
    at = np.arange(0, seconds, 1 / fps) + rng.uniform(-0.004, 0.004, len(np.arange(0, seconds, 1 / fps)))
    inner = at if period is None else at % period
    yaw, shut = motion(inner)
    rows = np.stack([yaw + sway(inner, seed), 7 + sway(inner, seed + 1), 0.31 * (1 - 0.8 * shut)], 1)
    rows += rng.normal(0, (0.10, 0.15, 0.003), rows.shape)
    face = np.linspace(60, 180, 24)[None] + np.zeros((24, 1))
    thumbs = [np.clip(np.roll(face, round(y), 1) + rng.normal(0, 2, face.shape), 0, 255).astype(np.uint8) for y in yaw]
    return Track(100 + at, rows, thumbs)


def two_things(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return turn(at, 1.7), blink(at, 0.6)


@pytest.mark.parametrize("period", [4.0, 5.03, 6.5, 9.7])
@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_film_that_was_seen_twice_is_found_with_its_period(period: float, fps: int) -> None:
    loop = find_loop(track(two_things, 2 * period + 1.5, period=period, fps=fps))
    assert loop is not None
    assert loop.exact
    assert loop.period == pytest.approx(period, abs=0.04)


@pytest.mark.parametrize("seed", range(12))
def test_a_person_asked_for_the_same_again_and_again_repeats_nothing_exactly(seed: int) -> None:
    """As steady as a person could ever be: 3 % in pace, 1 degree in 26, a tenth of a second in time."""
    rng = np.random.default_rng(seed)
    moves = [(1.5 + 3.8 * i + rng.normal(0, 0.1), rng.normal(26, 1), rng.normal(1, 0.03)) for i in range(4)]
    shut = [0.4 + 3.8 * i + rng.normal(0, 0.1) for i in range(4)]

    def again(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.sum([turn(at, *m) for m in moves], 0), np.max([blink(at, b) for b in shut], 0)

    assert Cue.DENY not in feed(Repetition(), track(again, 16.0, seed=seed))


def test_a_person_who_only_stands_or_only_blinks_is_never_claimed_to_repeat() -> None:
    def still(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.zeros_like(at), np.zeros_like(at)

    def metronome(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.zeros_like(at), np.max([blink(at, 0.5 + 2 * i) for i in range(10)], 0)

    assert find_loop(track(still, 20)) is None
    assert find_loop(track(metronome, 20)) is None
    assert find_loop(track(metronome, 20, period=4.0)) is None


def test_one_turn_is_too_little_to_claim_a_repetition() -> None:
    def once(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return turn(at, 1.0), np.zeros_like(at)

    assert find_loop(track(once, 18)) is None


def test_less_than_one_and_a_half_periods_claim_nothing() -> None:
    for periods, claimed in ((1.45, False), (1.6, True)):
        loop = find_loop(track(two_things, 9.0 * periods, period=9.0))
        assert (loop is not None and loop.exact) is claimed, f"{periods} periods"


def test_a_face_lost_for_a_moment_neither_hides_a_loop_nor_is_filled_in() -> None:
    whole = track(two_things, 22.0, period=4.4)
    there = (whole.at < 102.1) | (whole.at > 102.9)  # in the middle of a turn
    loop = find_loop(Track(whole.at[there], whole.rows[there], [whole.thumbs[i] for i in np.flatnonzero(there)]))
    assert loop is not None and loop.exact


def test_a_face_that_was_away_is_not_filled_in() -> None:
    """Across a gap nothing is compared: interpolation would draw a line that repeats."""
    whole = track(two_things, 14.0, period=4.4)
    there = (whole.at < 103) | (whole.at > 109)
    loop = find_loop(Track(whole.at[there], whole.rows[there], [whole.thumbs[i] for i in np.flatnonzero(there)]))
    assert loop is None or not loop.exact


@pytest.mark.parametrize("change", [{"degrees": 0.5}, {"lids": 0.2}, {"thumb": 0.5}])
def test_pose_lids_and_face_must_all_repeat(change: dict[str, float]) -> None:
    film = Loop(4.4, 0.2, lids=0.02, thumb=0.05)
    assert film.exact
    assert not replace(film, **change).exact


def test_a_blurred_repetition_counts_only_when_three_movements_were_compared() -> None:
    blurred = Loop(4.4, 0.45, lids=0.02, thumb=0.05)
    assert not blurred.exact
    assert replace(blurred, limit=LOOP_DEGREES_LONG).exact
    short, long = (find_loop(track(two_things, seconds, period=4.4)) for seconds in (8.6, 16.0))
    assert short is not None and long is not None
    assert (short.limit, long.limit) == (LOOP_DEGREES, LOOP_DEGREES_LONG)


def test_near_the_limit_nothing_is_said_either_way() -> None:
    def nearly(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return turn(at, 1.5) + turn(at, 5.5, 27.0) + turn(at, 9.5), np.zeros_like(at)

    cue = Repetition()
    assert feed(cue, track(nearly, 13.0))[-1] is Cue.ABSTAIN
    assert cue.reading.limit < cue.reading.value < CLEAR_DEGREES


NUMBERS = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(st.floats(0.001, 3.0), NUMBERS, NUMBERS, NUMBERS), max_size=60))
@settings(deadline=None)
def test_no_track_makes_the_search_raise(rows: list[tuple[float, float, float, float]]) -> None:
    at = np.cumsum([row[0] for row in rows])
    values = np.array([row[1:] for row in rows]).reshape(len(rows), 3)
    loop = find_loop(Track(at, values, [np.zeros((24, 24), np.uint8)] * len(rows)))
    assert loop is None or loop.degrees >= 0


# ------------------------------------------------------------------ the cue


def feed(cue: Repetition, whole: Track, start: int = 0) -> list[Cue]:
    """As from an engine; every picture differs."""
    answers = []
    for number, (at, (yaw, pitch, ear)) in enumerate(zip(whole.at, whole.rows, strict=True), start):
        pixels = np.zeros((64, 64, 3), np.uint8)
        pixels[0, 0] = (number % 256, number // 256, 7)
        look = replace(STRAIGHT, yaw=float(yaw), pitch=float(pitch), ear=float(ear))
        cue.watch(Frame(pixels, number, float(at), "c"), analysis_of(look, number, float(at)))
        answers.append(cue.reading.answer)
    return answers


def test_looks_must_agree_on_one_period() -> None:
    film, other = Loop(4.4, 0.2, lids=0.02, thumb=0.05), Loop(8.8, 0.2, lids=0.02, thumb=0.05)
    assert begins_again([other, film, film, film])
    assert not begins_again([film, film])
    assert not begins_again([film, None, film])
    assert not begins_again([film, other, film])
    assert not begins_again([film, film, replace(film, degrees=0.5)])


def test_a_loop_denies_only_after_three_looks_agree_and_then_for_good() -> None:
    cue = Repetition()
    answers = feed(cue, track(two_things, 14.0, period=4.4))
    first = answers.index(Cue.DENY)
    assert set(answers[first:]) == {Cue.DENY}
    assert answers[first - 1] is Cue.ABSTAIN, "the look before took back what the first pass had confirmed"
    assert cue.reading.value <= cue.reading.limit
    late = track(lambda at: (turn(at, 2.0) - turn(at, 6.1, 22), blink(at, 4)), 12.0, seed=5)
    assert set(feed(cue, replace(late, at=late.at + 20), 1000)) == {Cue.DENY}


def test_a_person_confirms_once_two_movements_were_compared() -> None:
    def person(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return turn(at, 1.5) - turn(at, 5.2, 24.0), np.max([blink(at, 0.5), blink(at, 8.0)], 0)

    answers = feed(Repetition(), track(person, 14.0))
    assert answers[0] is Cue.ABSTAIN
    assert answers[-1] is Cue.CONFIRM
    assert Cue.DENY not in answers


def test_a_frozen_stream_denies_through_the_cue_only_while_a_face_is_there() -> None:
    for look, answer in ((STRAIGHT, Cue.DENY), (Look(face=False), Cue.ABSTAIN)):
        cue = Repetition()
        pixels = np.full((64, 64, 3), 80, np.uint8)
        for number in range(40):
            cue.watch(Frame(pixels, number, number / 15, "c"), analysis_of(look, number, number / 15))
        assert cue.reading.answer is answer


def test_the_same_frame_looked_at_twice_is_one_frame() -> None:
    cue = Repetition()
    frame = Frame(np.full((64, 64, 3), 80, np.uint8), 5, 1.0, "c")
    for number in range(40):
        cue.watch(replace(frame, captured_at=1.0 + number / 15), analysis_of(STRAIGHT, 5, 1.0))
    assert cue.reading.answer is Cue.ABSTAIN


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e30])
@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 1, 3), (9, 2000, 3)])
def test_no_picture_and_no_measurement_makes_it_raise(value: float, shape: tuple[int, ...]) -> None:
    cue = Repetition()
    rng = np.random.default_rng(0)
    for number in range(30):
        face = face_of(replace(STRAIGHT, yaw=value, ear=value))
        face.points[:] = value
        at = value if number % 3 == 0 else number / 2
        pixels = rng.integers(0, 255, shape, dtype=np.uint8)
        cue.watch(Frame(pixels, number, at, "c"), replace(analysis_of(STRAIGHT, number, at), face=face))
    assert cue.reading.answer in Cue


def reachable_bytes(root: object) -> int:
    """Array bytes that can be reached from an object, views by what they hold alive."""
    seen: dict[int, int] = {}
    open_ends = [root]
    while open_ends:
        one = open_ends.pop()
        if id(one) in seen or isinstance(one, type):
            continue
        seen[id(one)] = one.nbytes if isinstance(one, np.ndarray) and one.base is None else 0
        if isinstance(one, np.ndarray):
            open_ends.append(one.base)
        elif isinstance(one, bytes):
            seen[id(one)] = len(one)
        else:
            open_ends += gc.get_referents(one)
    return sum(seen.values())


def test_no_frame_is_kept_and_memory_stays_small_over_the_longest_attempt() -> None:
    cue = Repetition()
    rng = np.random.default_rng(0)
    whole = track(lambda at: (3 * sway(at, 9), np.zeros_like(at)), 90.0, fps=30)
    for number, (at, row) in enumerate(zip(whole.at, whole.rows, strict=True)):
        pixels = rng.integers(0, 255, (90, 160, 3), dtype=np.uint8)
        look = replace(STRAIGHT, yaw=float(row[0]), pitch=float(row[1]), ear=float(row[2]), centre=(80, 45))
        cue.watch(Frame(pixels, number, float(at), "c"), analysis_of(look, number, float(at)))
    assert reachable_bytes(cue.__dict__) < 600_000


# ------------------------------------------------------------------ rendered


def rendered(engine: FaceEngine, render: Callable[[float], NDArray[np.uint8]], seconds: float) -> list[CueReading]:
    cue, finish, readings = Repetition(), Finish(1280, 720, 3), []
    for number in range(round(seconds * 10)):
        at = number / 10 + 0.013 * (number % 3)
        frame = Frame(finish.apply(render(at)), number, 50 + at, "simulated-1")
        cue.watch(frame, engine.analyse(frame))
        readings.append(cue.reading)
    return readings


def test_a_rendered_film_that_begins_again_is_denied_in_its_second_pass(engine: FaceEngine) -> None:
    person = People(1280, 720, 31).get(SimulatedPerson.PARTICIPANT)
    film = (Begun(Movement.BLINK, 0.5), Begun(Movement.TURN_LEFT, 1.4))
    readings = rendered(engine, lambda at: person.render(at % 3.9, film), 11.0)
    assert readings[-1].answer is Cue.DENY
    assert readings[round(3.9 * 10)].answer is not Cue.DENY


def test_a_rendered_person_who_turns_the_same_way_three_times_is_not_denied(engine: FaceEngine) -> None:
    person = People(1280, 720, 24).get(SimulatedPerson.PARTICIPANT)
    begun = tuple(Begun(Movement.TURN_LEFT, at) for at in (0.8, 3.6, 6.7))
    readings = rendered(engine, lambda at: person.render(at, begun), 9.5)
    assert readings[-1].answer is Cue.CONFIRM
    assert Cue.DENY not in {reading.answer for reading in readings}


def test_a_thumbprint_follows_the_face_over_the_picture(engine: FaceEngine) -> None:
    person = People(1280, 720, 24).get(SimulatedPerson.PARTICIPANT)
    picture = person.render(0.0, ())
    moved = np.roll(picture, (24, -60), (0, 1))
    faces = []
    for number, pixels in enumerate((picture, moved)):
        engine.reset()
        face = engine.analyse(Frame(pixels, number, float(number), "c")).face
        assert face is not None
        faces.append(thumbprint(pixels, face).astype(float))
    assert np.abs(faces[0] - faces[1]).mean() < 6
    assert np.abs(faces[0] - np.roll(faces[1], 6, 1)).mean() > 15


def test_one_exact_look_is_a_doubt_that_stays_and_three_are_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by the campaign: a looping film was over before the third look, and the right turns came by chance."""
    cue = Repetition()
    cue._keep(np.zeros((200, 200, 3), np.uint8), face_of(Look()), 0.0)
    exact, other = Loop(3.0, 0.1, lids=0.0, thumb=0.0), Loop(2.0, 5.0)
    for loop, doubted in ((other, False), (exact, True), (other, True)):
        monkeypatch.setattr(repetition, "find_loop", lambda track, loop=loop: loop)
        cue._look()
        assert cue.reading.doubt is doubted
    assert cue.reading.answer is Cue.CONFIRM
    monkeypatch.setattr(repetition, "find_loop", lambda track: exact)
    for _ in range(3):
        cue._look()
    assert cue.reading.answer is Cue.DENY and not cue.reading.doubt
