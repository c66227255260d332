from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.engine import FaceEngine
from kiosk.face.reference import (
    TEMPLATE_MAGIC,
    ReferenceKind,
    ReferenceProblem,
    ReferenceRefused,
    is_template,
    read_template,
    write_template,
)

EMBEDDER = "ab" * 32
UNIT = np.full(128, 1 / np.sqrt(128), np.float32)


def problem_of(data: bytes, embedder: str = EMBEDDER) -> str:
    with pytest.raises(ReferenceRefused) as refused:
        read_template(data, embedder)
    return refused.value.problem


def test_a_template_of_the_register_comes_back_as_it_was_written() -> None:
    reference = read_template(write_template(UNIT, EMBEDDER), EMBEDDER)
    assert np.array_equal(reference.embedding, UNIT)
    assert (reference.kind, reference.face_px) == (ReferenceKind.TEMPLATE, 0)


def test_a_template_of_another_network_is_refused_because_its_numbers_mean_nothing_here() -> None:
    assert problem_of(write_template(UNIT, "cd" * 32)) == ReferenceProblem.OTHER_EMBEDDER


@pytest.mark.parametrize(
    "vector",
    [
        np.zeros(128, np.float32),
        UNIT * 20,  # every probe would be a match
        np.full(128, np.nan, np.float32),
        np.full(128, np.inf, np.float32),
        np.zeros(0, np.float32),
    ],
    ids=["zeros", "long", "nan", "inf", "empty"],
)
def test_a_vector_that_is_no_direction_is_refused(vector: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    assert problem_of(write_template(vector, EMBEDDER)) == ReferenceProblem.TEMPLATE_BROKEN


def test_a_torn_template_is_refused() -> None:
    assert problem_of(write_template(UNIT, EMBEDDER)[:-3]) == ReferenceProblem.TEMPLATE_BROKEN


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_a_template_that_was_not_written(tail: bytes) -> None:
    assert problem_of(TEMPLATE_MAGIC + tail)


def test_a_photo_is_no_template(astronaut: bytes) -> None:
    assert not is_template(astronaut)


def test_the_engine_takes_a_template_of_its_own_network_where_it_takes_a_photo(
    engine: FaceEngine, astronaut: bytes
) -> None:
    photo = engine.embed_reference(astronaut)
    template = engine.embed_reference(write_template(photo.embedding, engine.model_hashes()["embedder"]))
    assert np.array_equal(template.embedding, photo.embedding)
    with pytest.raises(ReferenceRefused):
        engine.embed_reference(write_template(photo.embedding, EMBEDDER))


def test_a_photo_is_held_as_the_mean_of_itself_and_its_mirror_image(engine: FaceEngine, astronaut: bytes) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (112, 112, 3)).astype(np.uint8)
    plain, mirrored = engine.embed([pixels, np.ascontiguousarray(pixels[:, ::-1])])
    assert np.allclose(engine.embed_mirrored([pixels])[0], (plain + mirrored) / 2, atol=1e-6)
    assert 0.9 < float(np.linalg.norm(engine.embed_reference(astronaut).embedding)) < 1.0
