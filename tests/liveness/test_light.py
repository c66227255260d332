"""The short form of ``light``: whom the screen's colours reach is confirmed, and a film is not."""

from __future__ import annotations

import pytest

from kiosk.config import Settings
from kiosk.face.cues import Cue
from kiosk.face.engine import FaceEngine, open_engine
from tests.liveness.light import FPS, shown_to

SECONDS = 6.5


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    engine = open_engine(Settings())
    engine.load()
    return engine


def test_a_lit_person_answers_with_the_delay_that_was_put_in(engine: FaceEngine) -> None:
    seen = shown_to(engine, "plain", 1, reaches_screen=0.15, seconds=SECONDS)
    assert seen.reading.answer is Cue.CONFIRM
    assert seen.face.delay == pytest.approx((int(0.15 * FPS) + 1) / FPS, abs=0.06)


@pytest.mark.parametrize("name", ["film_on_demand", "phone_replay_obedient"])
def test_a_film_that_does_what_is_asked_does_not_answer_the_light(engine: FaceEngine, name: str) -> None:
    seen = shown_to(engine, name, 1, seconds=SECONDS)
    assert seen.reading.answer is not Cue.CONFIRM and abs(seen.reading.value) < 0.5
