from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from kiosk.config import CueMode, FaceSettings
from kiosk.face.attempt import Attempt
from kiosk.face.cues import Cue, CueReading
from kiosk.face.light_plan import plan_of, to_hex
from kiosk.face.passive.watch import PassiveCue
from kiosk.face.prompts import movements_of
from kiosk.face.reference import Reference, ReferenceKind
from kiosk.face.seal import one_off_sealer
from kiosk.face.session import FaceSession
from kiosk.face.types import FaceHint, FaceOutcome, FacePhase, FaceProgress, FaceResult
from kiosk.face.verify import EvidenceRefusal, verify_evidence
from kiosk.ports import Frame, LastingFault, Movement
from tests.face.looks import CAMERA, STRAIGHT, Look, ScriptedEngine, blink, frames_of, nod, reference, turn

NONCE = b"visit:1" + bytes(16)
SETTINGS = FaceSettings()
NEUTRAL = [STRAIGHT] * 10
PAUSE = [STRAIGHT] * 30  # 2 s: whatever the pause, the prompt has come and was read
REST = [STRAIGHT] * 20
SEALER = one_off_sealer("kiosk-1")


def seed_for(*movements: Movement) -> bytes:
    return next(s for s in (bytes([n]) * 16 for n in range(256)) if movements_of(NONCE, s) == movements)


LEFT_BLINK = seed_for(Movement.TURN_LEFT, Movement.BLINK)
BLINK_RIGHT = seed_for(Movement.BLINK, Movement.TURN_RIGHT)


def session_on(
    looks: Sequence[Look],
    seed: bytes,
    limits: FaceSettings = SETTINGS,
    cues: Sequence[PassiveCue] = (),
    **changed: Any,
) -> FaceSession:
    attempt = Attempt(reference(), NONCE, seed, CAMERA, SEALER, "1.0")
    return FaceSession(ScriptedEngine(looks, cues), limits, replace(attempt, **changed))


def holds(evidence: Mapping[str, Any]) -> EvidenceRefusal | None:
    return verify_evidence(evidence, public_key=SEALER.public_key, device="kiosk-1")


def watch(
    looks: Sequence[Look], seed: bytes = LEFT_BLINK, limits: FaceSettings = SETTINGS
) -> tuple[FaceResult | None, list[FaceProgress]]:
    session = session_on(looks, seed, limits)
    shown = []
    for frame in frames_of(looks):
        shown.append(session.observe(frame))
        if session.result is not None:
            break
    return session.result, shown


def outcome(looks: Sequence[Look], seed: bytes = LEFT_BLINK, limits: FaceSettings = SETTINGS) -> FaceOutcome | None:
    result, _ = watch(looks, seed, limits)
    return result.outcome if result else None


HAPPY = [*NEUTRAL, *PAUSE, *turn(1), *PAUSE, *blink(), *REST]


def test_the_right_person_who_does_the_movements_matches_with_evidence_that_holds() -> None:
    result, shown = watch(HAPPY)
    assert result is not None and result.outcome is FaceOutcome.MATCHED
    assert holds(json.loads(json.dumps(result.evidence))) is None
    assert shown[-1].phase is FacePhase.DONE
    assert {p.phase for p in shown} == set(FacePhase) - {FacePhase.FIND}
    assert max(p.done_movements for p in shown) == 2


def test_another_person_is_no_match() -> None:
    stranger = [replace(look, likeness=0.1, person=3) for look in HAPPY]
    assert outcome(stranger) is FaceOutcome.NO_MATCH


def test_a_doubtful_likeness_goes_to_staff() -> None:
    assert outcome([replace(look, likeness=0.33) for look in HAPPY]) is FaceOutcome.STAFF_ZONE


def test_someone_who_holds_up_the_right_photo_after_the_movements_is_found_out() -> None:
    stranger = [replace(look, likeness=0.1, person=3) for look in HAPPY[:-20]]
    assert outcome([*stranger, *REST]) is FaceOutcome.FACE_CHANGED


def test_the_right_person_handing_over_after_the_movements_does_not_pass() -> None:
    assert outcome([*HAPPY[:-20], *[replace(s, likeness=0.2, person=3) for s in REST]]) is FaceOutcome.FACE_CHANGED


def test_a_flat_turn_is_an_attack() -> None:
    flat = [replace(look, residual=2.0) for look in HAPPY]
    assert outcome(flat) is FaceOutcome.ATTACK_SUSPECTED


def test_a_print_that_cannot_blink_fails_liveness() -> None:
    assert outcome([*NEUTRAL, *[STRAIGHT] * 200], BLINK_RIGHT) is FaceOutcome.LIVENESS_FAILED


def test_nobody_ends_after_the_finding_limit() -> None:
    empty = [Look(face=False, step=0.5)] * 70
    result, shown = watch(empty)
    assert result is not None and result.outcome is FaceOutcome.NO_USABLE_FACE
    assert shown[2].hint is FaceHint.NO_FACE


def test_two_people_never_get_past_finding() -> None:
    result, shown = watch([replace(look, others=1, step=0.3) for look in [STRAIGHT] * 110])
    assert result is not None and result.outcome is FaceOutcome.NO_USABLE_FACE
    assert {p.hint for p in shown[2:-1]} == {FaceHint.SECOND_FACE}


def test_a_replugged_camera_ends_the_attempt() -> None:
    swapped = [*HAPPY[:12], *[replace(look, source="cam-2") for look in HAPPY[12:]]]
    assert outcome(swapped) is FaceOutcome.CAMERA_LOST


def test_time_that_runs_backwards_ends_the_attempt() -> None:
    session = session_on(HAPPY, LEFT_BLINK)
    frames = frames_of(HAPPY)
    for frame in frames[:12]:
        session.observe(frame)
    session.observe(replace(frames[12], captured_at=frames[3].captured_at))
    assert session.result is not None and session.result.outcome is FaceOutcome.CAMERA_LOST
    assert session.result.evidence["cues"]["frame_order"] == "deny"


def test_the_same_frame_twice_changes_nothing() -> None:
    session = session_on(HAPPY, LEFT_BLINK)
    for frame in frames_of(HAPPY):
        first = session.observe(frame)
        assert session.observe(frame) == first


def test_identical_pictures_are_one_probe() -> None:
    looks = [*HAPPY[:-20], *[STRAIGHT] * 200]
    frames = frames_of(looks)
    still = frames[len(HAPPY) - 20].pixels
    session = session_on(looks, LEFT_BLINK)
    for n, frame in enumerate(frames):
        session.observe(frame if n < len(HAPPY) - 20 else replace(frame, pixels=still))
    assert session.result is not None and session.result.outcome is FaceOutcome.NO_USABLE_FACE


def test_after_the_end_nothing_is_taken_and_nothing_personal_is_left() -> None:
    session = session_on(HAPPY, LEFT_BLINK)
    for frame in frames_of(HAPPY):
        session.observe(frame)
    result = session.result
    assert result is not None
    session.observe(Frame(np.zeros((2, 2, 3), np.uint8), 9999, 1e6, "other"))
    assert session.result is result
    kept = vars(session._kept)
    assert not kept["_earlier"] and not kept["_probes"]
    assert session._movements is not None and session._movements._neutral is None
    assert session._before is None
    assert not session._watch.readings()


def test_a_threshold_set_below_the_floor_never_passes() -> None:
    careless = FaceSettings(threshold=0.1, review_threshold=0.05)
    assert outcome([replace(look, likeness=0.3) for look in HAPPY], limits=careless) is FaceOutcome.STAFF_ZONE


def test_an_engine_that_breaks_ends_in_staff_not_in_a_pass() -> None:
    class Broken(ScriptedEngine):
        def analyse(self, frame: Frame) -> None:  # type: ignore[override]
            raise LastingFault("face_runtime")

    attempt = Attempt(reference(), NONCE, LEFT_BLINK, CAMERA, SEALER, "1.0")
    session = FaceSession(Broken(HAPPY), SETTINGS, attempt)
    session.observe(frames_of(HAPPY)[0])
    assert session.result is not None and session.result.outcome is FaceOutcome.ENGINE_UNAVAILABLE


def test_hints_change_at_most_once_a_second() -> None:
    restless = [replace(STRAIGHT, median=10.0 if n % 2 else 120.0, yaw=30.0 if n % 3 else 0.0) for n in range(300)]
    looks = [*restless, *HAPPY]
    session = session_on(looks, LEFT_BLINK)
    changes, last = [], None
    for frame in frames_of(looks):
        shown = session.observe(frame)
        if session.result is not None:
            break
        if shown.hint is not last:
            changes.append(frame.captured_at)
            last = shown.hint
    assert len(changes) > 3
    assert min(b - a for a, b in pairwise(changes)) >= 1.0


SEGMENTS = {
    "straight": [STRAIGHT] * 6,
    "pause": PAUSE,
    "left": [*turn(1), STRAIGHT],
    "right": [*turn(-1), STRAIGHT],
    "flat left": [*turn(1, replace(STRAIGHT, residual=1.2)), STRAIGHT],
    "blink": blink(),
    "stranger": [replace(STRAIGHT, likeness=0.1, person=4)] * 6,
    "stranger left": [*turn(1, replace(STRAIGHT, likeness=0.1, person=4)), STRAIGHT],
    "doubtful": [replace(STRAIGHT, likeness=0.39, person=0)] * 6,
    "two": [replace(STRAIGHT, others=1)] * 4,
    "nobody": [Look(face=False)] * 4,
    "new track": [replace(STRAIGHT, track=2)] * 6,
    "jump": [replace(STRAIGHT, yaw=25.0)] * 5,
    "dark": [replace(STRAIGHT, median=12.0)] * 4,
}
HELPFUL = st.sampled_from(["pause", "left", "blink", "pause", "right"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(HELPFUL, HELPFUL, st.sampled_from(sorted(SEGMENTS))), min_size=4, max_size=18), st.booleans())
def test_no_film_matches_without_movements_planarity_and_likeness(names: list[str], left: bool) -> None:
    looks = [look for name in ["straight", "pause", *names] for look in SEGMENTS[name]]
    seed = LEFT_BLINK if left else BLINK_RIGHT
    result, shown = watch(looks, seed)
    event(result.outcome.value if result else "running")
    seen = looks[: len(shown)]
    sign = 1 if left else -1
    if result is not None and result.outcome is FaceOutcome.MATCHED:
        assert holds(result.evidence) is None
        solid = [k for k, s in enumerate(seen) if sign * s.yaw >= 16 and s.residual > 4.0 and s.others == 0]
        shut = [k for k, s in enumerate(seen) if s.ear < 0.18]
        assert solid and shut
        assert (min(solid) < max(shut)) if left else (min(shut) < max(solid))
        probes = [f["sequence"] for f in result.evidence["frames"] if f["role"] == "probe"]
        assert np.mean([seen[n].likeness for n in probes]) >= SETTINGS.threshold
        assert all(seen[f["sequence"]].person == 0 for f in result.evidence["frames"])
    elif result is not None:
        assert holds(result.evidence) is not None


def test_the_property_above_does_reach_a_match() -> None:
    names = ["straight", "pause", "left", "pause", "blink", *["straight"] * 3]
    assert outcome([look for name in names for look in SEGMENTS[name]]) is FaceOutcome.MATCHED


@pytest.mark.parametrize("missing", ["left", "blink"])
def test_leaving_out_a_movement_never_matches(missing: str) -> None:
    names = ["straight", "straight", "left", "straight", "blink", *["straight"] * 40]
    looks = [look for name in names if name != missing for look in SEGMENTS[name]]
    assert outcome(looks) is FaceOutcome.LIVENESS_FAILED


class Script:
    """A passive cue that says what it is told from its n-th frame on."""

    def __init__(self, name: str, answer: Cue, from_frame: int = 1, doubt: bool = False) -> None:
        self.name = name
        self._says = CueReading(answer, 1.0, 2.0, doubt)
        self._left = from_frame

    def watch(self, frame: Frame, analysis: object) -> None:
        self._left -= 1

    @property
    def reading(self) -> CueReading:
        return self._says if self._left <= 0 else CueReading()


def cue_outcome(name: str, answer: Cue, limits: FaceSettings = SETTINGS) -> FaceResult:
    session = session_on(HAPPY, LEFT_BLINK, limits, [Script(name, answer)])
    for frame in frames_of(HAPPY):
        session.observe(frame)
    assert session.result is not None
    return session.result


def test_an_enforced_cue_that_denies_ends_the_attempt_whatever_else_was_fine() -> None:
    result = cue_outcome("moire", Cue.DENY)
    assert result.outcome is FaceOutcome.ATTACK_SUSPECTED
    assert result.evidence["movements_done"] == result.evidence["movements"]
    assert result.evidence["similarity"] > SETTINGS.threshold
    assert result.evidence["cues"]["moire"] == "deny"
    assert result.evidence["readings"]["moire"] == [1.0, 2.0]


def test_a_recorded_cue_that_denies_is_written_down_and_blocks_nobody() -> None:
    recording = SETTINGS.model_copy(update={"cues": SETTINGS.cues.model_copy(update={"moire": CueMode.RECORDED})})
    result = cue_outcome("moire", Cue.DENY, recording)
    assert result.outcome is FaceOutcome.MATCHED
    assert (result.evidence["cues"]["moire"], result.evidence["modes"]["moire"]) == ("deny", "recorded")
    assert holds(result.evidence) is None


@pytest.mark.parametrize("answer", [Cue.CONFIRM, Cue.ABSTAIN])
def test_no_cue_makes_a_match_of_what_is_none_and_none_is_needed(answer: Cue) -> None:
    assert cue_outcome("moire", answer).outcome is FaceOutcome.MATCHED
    strangers = [replace(look, likeness=0.1) for look in HAPPY]
    session = session_on(strangers, LEFT_BLINK, SETTINGS, [Script("moire", answer)])
    for frame in frames_of(strangers):
        session.observe(frame)
    assert session.result is not None and session.result.outcome is FaceOutcome.NO_MATCH


@pytest.mark.parametrize(
    ("mode", "expected"), [(CueMode.ENFORCED, FaceOutcome.LIVENESS_FAILED), (CueMode.RECORDED, FaceOutcome.MATCHED)]
)
def test_a_doubt_lets_nobody_pass_and_suspects_nobody(mode: CueMode, expected: FaceOutcome) -> None:
    limits = SETTINGS.model_copy(update={"cues": SETTINGS.cues.model_copy(update={"screen_edges": mode})})
    session = session_on(HAPPY, LEFT_BLINK, limits, [Script("screen_edges", Cue.ABSTAIN, doubt=True)])
    for frame in frames_of(HAPPY):
        session.observe(frame)
    assert session.result is not None and session.result.outcome is expected
    assert session.result.evidence["doubts"] == ["screen_edges"]


def test_a_cue_the_settings_do_not_know_is_enforced() -> None:
    assert cue_outcome("something_new", Cue.DENY).outcome is FaceOutcome.ATTACK_SUSPECTED


def test_a_denial_shows_at_the_end_only_so_that_nobody_learns_what_gave_them_away() -> None:
    session = session_on(HAPPY, LEFT_BLINK, SETTINGS, [Script("moire", Cue.DENY)])
    for frame in frames_of(HAPPY)[: len(HAPPY) - len(REST)]:
        session.observe(frame)
        assert session.result is None


def test_the_portrait_on_a_card_can_never_decide() -> None:
    card = Reference(reference().embedding, 110, reference().sha256, ReferenceKind.CARD)
    session = session_on(HAPPY, LEFT_BLINK, reference=card)
    for frame in frames_of(HAPPY):
        session.observe(frame)
    assert session.result is not None and session.result.outcome is FaceOutcome.STAFF_ZONE
    assert session.result.evidence["zone"] == "staff"


@pytest.mark.parametrize(("likeness", "advice"), [(0.8, "supports"), (0.1, "abstains")])
def test_the_portrait_on_a_card_is_advice_beside_the_registers_photo(likeness: float, advice: str) -> None:
    own = np.zeros(128, np.float32)
    own[1] = 1.0
    card = Reference(own, 110, reference().sha256, ReferenceKind.CARD)
    looks = [replace(look, likeness=float(np.sqrt(1 - likeness**2))) for look in HAPPY]
    session = session_on(looks, LEFT_BLINK, card=card)
    for frame in frames_of(looks):
        session.observe(frame)
    assert session.result is not None
    assert session.result.outcome is (FaceOutcome.MATCHED if likeness < 0.9 else FaceOutcome.NO_MATCH)
    assert session.result.evidence["portrait"] == advice


FILM_OF = {Movement.BLINK: blink(), Movement.NOD: nod(), Movement.TURN_LEFT: turn(1), Movement.TURN_RIGHT: turn(-1)}


def declining_at(done_first: int) -> FaceResult:
    """Somebody who does what is asked, but asks again and again for another movement once ``done_first`` are done."""
    looks = [STRAIGHT] * 600
    session = session_on(looks, BLINK_RIGHT)
    engine, frames = session._engine, frames_of(looks)
    assert isinstance(engine, ScriptedEngine)
    asked, declined, at = None, False, 0
    while session.result is None:
        shown = session.observe(frames[at])
        at += 1
        if shown.movement is None:
            asked = None
        elif shown.done_movements == done_first and not declined:
            assert shown.may_decline
            session.decline_movement()
            declined = True
        elif asked is None and not (declined and shown.may_decline):
            asked = shown.movement
            if declined:
                session.decline_movement()  # a second wish changes nothing, or it would choose what is asked
            engine.looks[at + 5 : at + 5 + len(FILM_OF[asked])] = FILM_OF[asked]
    return session.result


@pytest.mark.parametrize(("done_first", "declined"), [(0, "blink"), (1, "turn_right")])
def test_who_cannot_do_a_movement_asks_for_another_once_and_passes(done_first: int, declined: str) -> None:
    result = declining_at(done_first)
    assert result.outcome is FaceOutcome.MATCHED
    assert result.evidence["declined"] == [declined]
    assert [f["role"] for f in result.evidence["frames"]].count("movement") == 2, "what was done before counts no more"
    assert holds(result.evidence) is None


def test_the_wrong_turn_is_said_kindly_and_the_same_is_asked_again() -> None:
    looks = [*NEUTRAL, *PAUSE, *turn(-1), *PAUSE, *turn(1), *PAUSE, *blink(), *REST]
    result, shown = watch(looks)
    assert result is not None and result.outcome is FaceOutcome.MATCHED
    assert FaceHint.WRONG_MOVEMENT in {p.hint for p in shown}
    assert result.evidence["slips"] == 1


def test_a_camera_that_hung_a_moment_ends_in_another_try_not_in_a_match() -> None:
    looks = [*HAPPY[:20], replace(HAPPY[20], step=1.5), *HAPPY[21:]]
    assert outcome(looks) is FaceOutcome.CAMERA_LOST


def test_a_stranger_who_looked_in_while_probes_were_taken_is_found_out_though_that_frame_was_not_the_best() -> None:
    stranger = replace(STRAIGHT, likeness=0.1, person=3, sharpness=0.01)
    looks = [*HAPPY[: -len(REST)], *[STRAIGHT] * 3, stranger, *REST]
    assert outcome(looks) is FaceOutcome.FACE_CHANGED


def test_a_hole_of_some_seconds_in_the_film_never_ends_in_a_match() -> None:
    looks = [*HAPPY[:60], replace(HAPPY[60], step=3.5), *HAPPY[61:]]
    assert outcome(looks) is not FaceOutcome.MATCHED


def test_the_colours_run_from_the_first_movement_to_the_last_and_follow_from_nonce_and_seed() -> None:
    result, shown = watch(HAPPY)
    assert result is not None
    lit = [p.light for p in shown if p.phase is FacePhase.CHALLENGE]
    assert lit[0] == to_hex(plan_of(NONCE, LEFT_BLINK).colour_at(0.0)) and len(set(lit)) > 3
    assert all(lit) and not any(p.light for p in shown if p.phase is not FacePhase.CHALLENGE)


@pytest.mark.parametrize("off", ["person", "site"])
def test_whoever_wants_no_colours_sees_none_and_matches_all_the_same(off: str) -> None:
    limits = FaceSettings.model_validate({"cues": {"screen_light": "off"}}) if off == "site" else SETTINGS
    session = session_on(HAPPY, LEFT_BLINK, limits, light=off != "person")
    shown = []
    for frame in frames_of(HAPPY):
        shown.append(session.observe(frame).light)
    assert not any(shown)
    assert session.result is not None and session.result.outcome is FaceOutcome.MATCHED
    assert "screen_light" not in session.result.evidence["cues"] and holds(session.result.evidence) is None
