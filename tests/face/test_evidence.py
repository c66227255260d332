from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.challenge import movements_of
from kiosk.face.evidence import verify_evidence
from kiosk.face.session import FaceSession
from tests.face.looks import CAMERA, ScriptedEngine, frames_of, reference
from tests.face.test_session import HAPPY, LEFT_BLINK, NONCE, SETTINGS


def good() -> dict[str, Any]:
    session = FaceSession(ScriptedEngine(HAPPY), SETTINGS, reference(), NONCE, LEFT_BLINK, CAMERA, "1.0")
    for frame in frames_of(HAPPY):
        session.observe(frame)
    assert session.result is not None
    return dict(session.result.evidence)


GOOD = good()
OTHER_NONCE = next(
    nonce.hex()
    for nonce in (bytes([n]) * 24 for n in range(256))
    if movements_of(nonce, LEFT_BLINK) != movements_of(NONCE, LEFT_BLINK)
)


def changed(path: str, value: object) -> dict[str, Any]:
    evidence = deepcopy(GOOD)
    *parents, last = path.split(".")
    at: Any = evidence
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[int(last) if isinstance(at, list) else last] = value
    return evidence


def test_evidence_of_a_match_holds_also_after_a_trip_through_json() -> None:
    assert verify_evidence(GOOD) is None
    assert verify_evidence(json.loads(json.dumps(GOOD))) is None


def test_evidence_holds_no_embedding_and_no_picture() -> None:
    assert len(json.dumps(GOOD)) < 4000


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("version", 2, "version"),
        ("outcome", "no_match", "outcome"),
        ("seed", "00" * 16, "movements"),
        ("nonce", OTHER_NONCE, "movements"),
        ("nonce", "zz", "nonce"),
        ("movements", ["blink", "turn_left"], "movements"),
        ("movements_done", ["turn_left"], "movements"),
        ("cues.planarity", "deny", "cue_denied"),
        ("cues.planarity", "abstain", "cue_missing"),
        ("cues.blink", "abstain", "cue_missing"),
        ("cues.continuity", "deny", "cue_denied"),
        ("cues.frame_order", "abstain", "cue_missing"),
        ("cues.planarity", "sure", "malformed"),
        ("turn.residual_percent", 3.0, "planarity"),
        ("turn.limit_percent", 0.1, "planarity"),
        ("turn.yaw", 2.0, "planarity"),
        ("continuity", 0.1, "continuity"),
        ("similarity", 0.39, "similarity"),
        ("similarity", 7.0, "similarity"),
        ("similarity", "0.9", "malformed"),
        ("similarity", float("nan"), "malformed"),
        ("threshold", 0.2, "threshold"),
        ("zone", "staff", "similarity"),
        ("frames.0.sha256", "00", "frame_hash"),
        ("frames.1.captured_at", 0.0, "frame_order"),
        ("frames.1.sequence", 0, "frame_order"),
        ("frames.0.role", "probe", "frames_missing"),
        ("models", {}, "models"),
        ("models.embedder", "unknown", "models"),
        ("reference.sha256", "", "reference"),
        ("camera.source", "", "camera"),
        ("camera.simulated", "no", "camera"),
        ("software", "", "software"),
    ],
)
def test_a_changed_field_is_refused_by_name(path: str, value: object, word: str) -> None:
    assert verify_evidence(changed(path, value)) == word


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_field_is_refused(name: str) -> None:
    evidence = deepcopy(GOOD)
    del evidence[name]
    assert verify_evidence(evidence) is not None


def test_the_same_frame_used_twice_is_refused() -> None:
    assert verify_evidence(changed("frames.1.sha256", GOOD["frames"][0]["sha256"])) == "frame_hash"


def test_probes_taken_before_the_movements_are_refused() -> None:
    evidence = deepcopy(GOOD)
    evidence["frames"] = [evidence["frames"][0], *evidence["frames"][3:], *evidence["frames"][1:3]]
    assert verify_evidence(evidence) == "frame_order"


def test_a_simulated_camera_passes_only_where_a_demo_allows_it() -> None:
    simulated = changed("camera.simulated", True)
    assert verify_evidence(simulated, allow_simulated=True) is None
    assert verify_evidence(simulated) == "simulated"
    assert verify_evidence(GOOD) is None


def test_evidence_of_another_visit_is_refused() -> None:
    assert verify_evidence(GOOD, visit_id="visit") is None
    assert verify_evidence(GOOD, visit_id="other") == "visit"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)  # other work shares the machine
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), json_values))
def test_no_json_makes_the_check_raise_and_none_of_it_passes(overrides: dict[str, Any]) -> None:
    evidence = {**deepcopy(GOOD), **overrides}
    word = verify_evidence(evidence)
    if word is None:
        assert all(evidence[name] == GOOD[name] for name in ("movements", "cues", "frames", "models", "seed", "nonce"))
    assert verify_evidence(overrides) is not None
