from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.prompts import movements_of
from kiosk.face.seal import SEAL, Sealer, one_off_sealer, seal_holds
from kiosk.face.verify import EvidenceRefusal, verify_evidence
from kiosk.ports import Movement
from tests.face.looks import frames_of
from tests.face.test_session import HAPPY, LEFT_BLINK, NONCE, SEALER, session_on


def good() -> dict[str, Any]:
    session = session_on(HAPPY, LEFT_BLINK)
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


def verdict(evidence: Mapping[str, Any], **context: Any) -> EvidenceRefusal | None:
    return verify_evidence(evidence, **{"public_key": SEALER.public_key, "device": "kiosk-1", **context})


def resealed(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """As a kiosk with its own key would sign it: what the check must see beside the seal."""
    return SEALER.seal({name: value for name, value in evidence.items() if name != SEAL})


def changed(path: str, value: object) -> dict[str, Any]:
    evidence = deepcopy(GOOD)
    *parents, last = path.split(".")
    at: Any = evidence
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[int(last) if isinstance(at, list) else last] = value
    return evidence


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every leaf of nested JSON, by its path."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for key, inner in inside for place in places(inner, (*path, key))]
    return found or [path]


def test_evidence_of_a_match_holds_also_after_a_trip_through_json() -> None:
    assert verdict(GOOD) is None
    assert verdict(json.loads(json.dumps(GOOD))) is None


def test_evidence_holds_no_embedding_and_no_picture() -> None:
    assert len(json.dumps(GOOD)) < 6000


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("version", 1, "version"),
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
        ("cues.timing", "abstain", "cue_missing"),
        ("cues.moire", "deny", "cue_denied"),
        ("modes.planarity", "recorded", "cue_missing"),
        ("doubts", ["screen_edges"], "cue_doubted"),
        ("declined", ["nod"], "movements"),
        ("declined", ["turn_left", "turn_right"], "movements"),
        ("slips", 2, "movements"),
        ("prompted_at.0", 0.0, "prompts"),
        ("prompted_at.1", 0.0, "prompts"),
        ("done_at.0", GOOD["prompted_at"][0] + 0.05, "prompts"),
        ("prompted_at", [], "prompts"),
        ("reference.kind", "card", "reference"),
        ("reference.kind", "letter", "malformed"),
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
def test_a_changed_field_is_refused_by_name_even_under_the_kiosks_own_seal(path: str, value: object, word: str) -> None:
    assert verdict(changed(path, value)) in {EvidenceRefusal.SEAL, EvidenceRefusal.MALFORMED}
    try:
        sealed = resealed(changed(path, value))
    except ValueError:  # NaN has no canonical text: no kiosk can seal it
        assert value != value  # noqa: PLR0124
        return
    assert verdict(sealed) == word


@pytest.mark.parametrize("name", sorted(set(GOOD) - {SEAL, "portrait", "readings", "quality"}))
def test_a_missing_field_is_refused(name: str) -> None:
    evidence = deepcopy(GOOD)
    del evidence[name]
    assert verdict(evidence) is EvidenceRefusal.SEAL
    assert verdict(resealed(evidence)) is not None


def test_a_missing_seal_is_refused() -> None:
    assert verdict({name: value for name, value in GOOD.items() if name != SEAL}) is EvidenceRefusal.MALFORMED


def test_the_same_frame_used_twice_is_refused() -> None:
    twice = changed("frames.1.sha256", GOOD["frames"][0]["sha256"])
    assert verdict(resealed(twice)) is EvidenceRefusal.FRAME_HASH


def test_probes_taken_before_the_movements_are_refused() -> None:
    evidence = deepcopy(GOOD)
    evidence["frames"] = [evidence["frames"][0], *evidence["frames"][3:], *evidence["frames"][1:3]]
    assert verdict(resealed(evidence)) is EvidenceRefusal.FRAME_ORDER


def test_a_simulated_camera_passes_only_where_a_demo_allows_it() -> None:
    simulated = resealed(changed("camera.simulated", True))
    assert verdict(simulated, allow_simulated=True) is None
    assert verdict(simulated) is EvidenceRefusal.SIMULATED
    assert verdict(GOOD) is None


def test_evidence_of_another_visit_is_refused() -> None:
    assert verdict(GOOD, visit_id="visit") is None
    assert verdict(GOOD, visit_id="other") is EvidenceRefusal.VISIT


def test_evidence_of_another_kiosk_is_refused_whoever_signed_it() -> None:
    assert verdict(GOOD, device="kiosk-2") is EvidenceRefusal.DEVICE
    other = one_off_sealer("kiosk-1")
    assert verdict(other.seal({k: v for k, v in GOOD.items() if k != SEAL})) is EvidenceRefusal.SEAL
    assert verdict(GOOD, public_key=other.public_key) is EvidenceRefusal.SEAL


def test_a_network_the_site_has_not_approved_is_refused() -> None:
    approved = dict(GOOD["models"])
    assert verdict(GOOD, models=approved) is None
    assert verdict(GOOD, models={**approved, "embedder": "00" * 32}) is EvidenceRefusal.MODELS
    assert verdict(GOOD, models={}) is EvidenceRefusal.MODELS


def test_a_seal_is_no_signature_over_anything_else_the_kiosk_signs() -> None:
    signed: list[bytes] = []
    Sealer("kiosk-1", bytes(32), lambda message: signed.append(message) or bytes(64)).seal({"a": 1})
    assert signed[0].startswith(b"bpjs-face-evidence-2\n")


def test_only_what_was_asked_can_have_been_declined() -> None:
    """Or a kiosk could name any movement and so choose what is asked."""
    asked = (Movement.TURN_LEFT, Movement.BLINK)
    seed = next(
        seed
        for seed in (bytes([n, m]) * 8 for n in range(256) for m in range(8))
        if movements_of(NONCE, seed, [Movement.NOD]) == asked and Movement.NOD not in movements_of(NONCE, seed)
    )
    assert verdict(resealed({**GOOD, "seed": seed.hex(), "declined": ["nod"]})) is EvidenceRefusal.MOVEMENTS


@pytest.mark.parametrize("path", places({k: v for k, v in GOOD.items() if k != SEAL}), ids=str)
def test_every_single_value_is_under_the_seal(path: tuple[str | int, ...]) -> None:
    evidence = deepcopy(GOOD)
    at: Any = evidence
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = "x" if at[path[-1]] != "x" else "y"
    assert not seal_holds(evidence, SEALER.public_key)
    assert verdict(evidence) is EvidenceRefusal.SEAL


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_of_the_evidence_breaks_the_seal(data: st.DataObject) -> None:
    text = bytearray(json.dumps(GOOD).encode())
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[at]))
    try:
        evidence = json.loads(bytes(text))
    except ValueError:
        return  # no JSON any more: the event that would carry it cannot be read
    if evidence != GOOD:
        assert verdict(evidence) is not None


@settings(deadline=None)
@given(st.permutations(range(len(GOOD["frames"]))))
def test_any_other_order_of_frames_breaks_the_seal(order: list[int]) -> None:
    evidence = {**GOOD, "frames": [GOOD["frames"][n] for n in order]}
    if order != sorted(order):
        assert verdict(evidence) is EvidenceRefusal.SEAL
        assert verdict(resealed(evidence)) is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)  # other work shares the machine
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), json_values))
def test_no_json_makes_the_check_raise_and_none_of_it_passes(overrides: dict[str, Any]) -> None:
    evidence = {**deepcopy(GOOD), **overrides}
    if verdict(evidence) is None:
        assert evidence == GOOD
    assert verdict(overrides) is not None
    try:
        sealed = resealed(evidence)
    except (ValueError, TypeError):
        return  # not a number, or no JSON: no kiosk can seal it
    if verdict(sealed) is None:
        fixed = ("movements", "cues", "frames", "models", "seed", "nonce", "device", "turn", "prompted_at", "done_at")
        assert all(sealed[name] == GOOD[name] for name in fixed)
