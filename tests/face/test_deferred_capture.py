"""A live face that is compared later: every check but the match, and one picture bound to its evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hardware.camera.simulated.camera import SimulatedCamera
from hardware.camera.simulated.control import Simulation
from hardware.camera.simulated.reference import reference_photo
from kiosk.config import Settings
from kiosk.face.deferred_capture import LONGEST_SIDE, crop_face, encode_probe
from kiosk.face.deferred_match import capture_check, capture_matcher
from kiosk.face.engine import FaceEngine
from kiosk.face.seal import one_off_sealer
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.face.verify import EvidenceRefusal, verify_capture, verify_evidence
from kiosk.ports import MAX_PROBE_BYTES, CaptureMatch, Frame, SimulatedPerson
from kiosk.vision import cv2
from tests.face.looks import Look, frames_of
from tests.face.test_session import HAPPY, LEFT_BLINK, REST, SEALER, session_on
from tests.face.test_simulated_visit import SEALER as SIMULATED_SEALER
from tests.face.test_simulated_visit import attempt


def pictures(looks: Sequence[Look]) -> list[Frame]:
    """Frames with something in them, each different."""
    made = []
    for frame in frames_of(looks):
        pixels = np.full((720, 1280, 3), 90, np.uint8)
        pixels[:, :, 0] = frame.sequence % 200
        pixels[::7] = 160
        made.append(Frame(pixels, frame.sequence, frame.captured_at, frame.source))
    return made


def captured(looks: Sequence[Look] = HAPPY) -> FaceResult:
    session = session_on(looks, LEFT_BLINK, reference=None)
    for frame in pictures(looks):
        session.observe(frame)
    assert session.result is not None
    return session.result


def holds(result: FaceResult, **changed: Any) -> EvidenceRefusal | None:
    known: dict[str, Any] = {
        "probe_sha256": hashlib.sha256(result.probe).hexdigest(),
        "public_key": SEALER.public_key,
        "device": "kiosk-1",
        "visit_id": "visit",
    }
    return verify_capture(json.loads(json.dumps(result.evidence)), **(known | changed))


@pytest.fixture(scope="module")
def result() -> FaceResult:
    return captured()


def test_a_live_person_leaves_one_picture_and_evidence_that_names_it(result: FaceResult) -> None:
    assert result.outcome is FaceOutcome.CAPTURED
    assert 0 < len(result.probe) <= MAX_PROBE_BYTES
    assert holds(result) is None
    assert "probe" not in repr(result)


def test_a_capture_is_no_match_and_a_match_is_no_capture(result: FaceResult) -> None:
    known = {"public_key": SEALER.public_key, "device": "kiosk-1"}
    assert verify_evidence(result.evidence, **known) is EvidenceRefusal.OUTCOME
    session = session_on(HAPPY, LEFT_BLINK)
    for frame in frames_of(HAPPY):
        session.observe(frame)
    assert session.result is not None and session.result.outcome is FaceOutcome.MATCHED
    assert session.result.probe == b""
    refusal = verify_capture(session.result.evidence, probe_sha256="ab" * 32, **known)
    assert refusal in {EvidenceRefusal.MALFORMED, EvidenceRefusal.CAPTURE}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"probe_sha256": "ab" * 32}, EvidenceRefusal.CAPTURE),
        ({"probe_sha256": ""}, EvidenceRefusal.CAPTURE),
        ({"device": "kiosk-2"}, EvidenceRefusal.DEVICE),
        ({"visit_id": "other"}, EvidenceRefusal.VISIT),
        ({"public_key": one_off_sealer("kiosk-1").public_key}, EvidenceRefusal.SEAL),
        ({"models": {"detector": "00" * 32}}, EvidenceRefusal.MODELS),
    ],
)
def test_evidence_of_another_picture_visit_kiosk_or_network_does_not_hold(
    result: FaceResult, changed: dict[str, Any], refusal: EvidenceRefusal
) -> None:
    assert holds(result, **changed) is refusal


@pytest.mark.parametrize("outcome", ["matched", "no_usable_face", "attack_suspected"])
def test_a_signed_attempt_that_ended_otherwise_is_no_capture(result: FaceResult, outcome: str) -> None:
    bare = {name: value for name, value in result.evidence.items() if name != "seal"}
    resealed = FaceResult(FaceOutcome.CAPTURED, SEALER.seal(bare | {"outcome": outcome}), result.probe)
    assert holds(resealed) is EvidenceRefusal.OUTCOME


def test_whoever_changes_places_after_the_movements_leaves_nothing() -> None:
    stranger = [replace(look, likeness=0.1, person=3) for look in HAPPY[:-20]]
    changed = captured([*stranger, *REST])
    assert (changed.outcome, changed.probe) == (FaceOutcome.FACE_CHANGED, b"")


def test_without_the_movements_nothing_is_left() -> None:
    session = session_on([*HAPPY[:10]] * 60, LEFT_BLINK, reference=None)
    for frame in frames_of([*HAPPY[:10]] * 60):
        session.observe(frame)
    assert session.result is not None
    assert (session.result.outcome, session.result.probe) == (FaceOutcome.LIVENESS_FAILED, b"")


def test_the_crop_is_the_face_and_little_round_it_inside_the_picture() -> None:
    pixels = np.zeros((720, 1280, 3), np.uint8)
    assert crop_face(pixels, (600, 300, 700, 440)).shape == (280, 280, 3)
    assert crop_face(pixels, (-20, -20, 120, 120)).shape == (190, 190, 3)
    assert encode_probe(crop_face(pixels, (2000, 2000, 2100, 2100))) == b""


def test_even_noise_fits_the_limit_without_metadata() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (900, 900, 3), np.uint8)
    jpeg = encode_probe(noise)
    assert 0 < len(jpeg) <= MAX_PROBE_BYTES
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (LONGEST_SIDE, LONGEST_SIDE, 3)
    assert b"Exif" not in jpeg


def test_the_centre_knows_the_right_person_again_and_nobody_else(engine: FaceEngine) -> None:
    settings = Settings()
    match, check = capture_matcher(engine, settings.face), capture_check(settings)
    result = attempt(engine, None, SimulatedPerson.PARTICIPANT)
    assert result.outcome is FaceOutcome.CAPTURED
    key = SIMULATED_SEALER.public_key
    assert check(result.evidence, result.probe, "visit", "kiosk-1", key) is None
    assert check(result.evidence, b"other", "visit", "kiosk-1", key) is EvidenceRefusal.CAPTURE
    assert match(result.probe, reference_photo()) is CaptureMatch.MATCH
    assert match(_still(SimulatedPerson.IMPOSTOR), reference_photo()) is CaptureMatch.NO_MATCH
    assert match(result.probe, b"no picture") is CaptureMatch.UNUSABLE
    assert match(b"no picture", reference_photo()) is CaptureMatch.UNUSABLE


def _still(person: SimulatedPerson) -> bytes:
    simulation = Simulation(lambda: 100.0)
    simulation.choose_person(person)
    camera = SimulatedCamera(simulation, fps=10, monotonic=lambda: 100.0, sleep=lambda seconds: None)
    camera.open()
    return encode_probe(camera.read())
