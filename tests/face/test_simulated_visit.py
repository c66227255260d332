"""Whole attempts on rendered people: the real models, the real session, the simulated camera."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from hardware.camera.simulated.camera import SimulatedCamera
from hardware.camera.simulated.control import Simulation
from hardware.camera.simulated.reference import reference_photo
from kiosk.config import FaceSettings
from kiosk.face.attempt import Attempt
from kiosk.face.engine import FaceEngine
from kiosk.face.kept import Engine
from kiosk.face.prompts import TURNS, movements_of
from kiosk.face.reference import Reference
from kiosk.face.seal import one_off_sealer
from kiosk.face.session import FaceSession
from kiosk.face.types import FaceOutcome, FaceProgress, FaceResult
from kiosk.face.verify import EvidenceRefusal, verify_evidence
from kiosk.ports import Frame, Movement, SimulatedPerson

NONCE = b"visit:1" + bytes(16)
ORDERS = [order for order in permutations(Movement, 2) if TURNS & set(order)]
FPS = 10  # a busy two-core machine; 15 in the demo
REACTION = 0.4  # s; a person reads first
SHORT = FaceSettings(movement_seconds=3.0, find_seconds=4.0)
SEALER = one_off_sealer("kiosk-1")

Act = Callable[[Simulation, FaceProgress], None]


@pytest.fixture(scope="module")
def reference(loaded_engine: FaceEngine) -> Reference:
    return loaded_engine.embed_reference(reference_photo())


def seed_for(movements: tuple[Movement, ...]) -> bytes:
    return next(s for s in (bytes([n]) * 16 for n in range(256)) if movements_of(NONCE, s) == movements)


def attempt(
    engine: Engine,
    reference: Reference | None,
    person: SimulatedPerson,
    movements: tuple[Movement, ...] = ORDERS[0],
    *,
    act: Act | None = None,
    settings: FaceSettings = SHORT,
) -> FaceResult:
    """One attempt by someone who does each movement as soon as it is asked for."""
    now = [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    simulation = Simulation(lambda: now[0])
    simulation.choose_person(person)
    camera = SimulatedCamera(simulation, fps=FPS, monotonic=lambda: now[0], sleep=sleep)
    camera.open()
    subject = Attempt(reference, NONCE, seed_for(movements), camera.identity, SEALER, "test")
    session = FaceSession(engine, settings, subject)
    due: float | None = None
    wanted: Movement | None = None
    number = 0
    while session.result is None:
        picture = camera.read()
        now[0] += 0.001
        number += 1
        shown = session.observe(Frame(picture, number, now[0], "simulated-1", simulated=True))
        if act is not None:
            act(simulation, shown)
        if shown.movement is not wanted:
            wanted = shown.movement
            due = now[0] + REACTION if wanted is not None else None
        if wanted is not None and due is not None and now[0] >= due:
            simulation.perform(wanted)
            due = None
    return session.result


@pytest.mark.parametrize("movements", ORDERS, ids="-".join)
def test_the_participant_passes_every_challenge(
    engine: FaceEngine, reference: Reference, movements: tuple[Movement, ...]
) -> None:
    result = attempt(engine, reference, SimulatedPerson.PARTICIPANT, movements)
    assert result.outcome is FaceOutcome.MATCHED
    context = {"public_key": SEALER.public_key, "device": SEALER.device}
    assert verify_evidence(result.evidence, **context, allow_simulated=True) is None
    assert verify_evidence(result.evidence, **context) is EvidenceRefusal.SIMULATED, "nowhere but in a demo"
    assert result.evidence["similarity"] > 0.5
    assert result.evidence["turn"]["residual_percent"] > 4.5


def test_the_impostor_passes_liveness_and_does_not_match(engine: FaceEngine, reference: Reference) -> None:
    result = attempt(engine, reference, SimulatedPerson.IMPOSTOR)
    assert result.outcome is FaceOutcome.NO_MATCH
    assert result.evidence["similarity"] < 0.28


@pytest.mark.parametrize("movements", ORDERS[:4], ids="-".join)
def test_a_print_of_the_right_person_never_matches(
    engine: FaceEngine, reference: Reference, movements: tuple[Movement, ...]
) -> None:
    result = attempt(engine, reference, SimulatedPerson.PRINT, movements)
    assert result.outcome in (FaceOutcome.LIVENESS_FAILED, FaceOutcome.ATTACK_SUSPECTED)


@pytest.mark.parametrize("movements", ORDERS[:3], ids="-".join)
def test_a_film_on_a_phone_that_turns_as_it_likes_never_matches(
    engine: FaceEngine, reference: Reference, movements: tuple[Movement, ...]
) -> None:
    result = attempt(engine, reference, SimulatedPerson.PHONE, movements, settings=FaceSettings())
    assert result.outcome in (FaceOutcome.LIVENESS_FAILED, FaceOutcome.ATTACK_SUSPECTED)


def test_an_empty_room_is_no_usable_face(engine: FaceEngine, reference: Reference) -> None:
    assert attempt(engine, reference, SimulatedPerson.NOBODY).outcome is FaceOutcome.NO_USABLE_FACE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SimulatedPerson.IMPOSTOR, SimulatedPerson.PARTICIPANT),
        (SimulatedPerson.IMPOSTOR, SimulatedPerson.PRINT),
        (SimulatedPerson.PARTICIPANT, SimulatedPerson.IMPOSTOR),
    ],
)
def test_a_swap_after_the_movements_is_found_out(
    engine: FaceEngine, reference: Reference, first: SimulatedPerson, second: SimulatedPerson
) -> None:
    def swap(simulation: Simulation, shown: FaceProgress) -> None:
        if shown.done_movements == 2:
            simulation.choose_person(second)

    assert attempt(engine, reference, first, act=swap).outcome is not FaceOutcome.MATCHED
