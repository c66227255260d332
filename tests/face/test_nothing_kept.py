"""After a visit no frame, crop or embedding is in any file of the kiosk: not raw, not encoded, not as numbers."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from db.local.store import LocalStore
from hardware.camera.simulated.reference import reference_photo
from kiosk.events import FaceMatched
from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.engine import FaceEngine
from kiosk.face.light_show import LightShow
from kiosk.face.passive.watch import PassiveWatch
from kiosk.face.types import FaceOutcome
from kiosk.ports import Frame, SimulatedPerson
from kiosk.runtime.logs import JsonLineFormatter
from tests.db.local.support import FakeClock, open_store
from tests.face.test_simulated_visit import attempt

VISIT = "visit"
SAMPLE = 48  # bytes of a picture's row or an embedding: long enough to be no accident


class Spy:
    """The real engine; remembers a sample of everything personal that passes through it."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self.samples: set[bytes] = set()

    def _remember(self, values: NDArray[Any]) -> None:
        flat = np.ascontiguousarray(values)
        middle = flat[flat.shape[0] // 2].ravel() if flat.ndim > 1 else flat
        for kind in ("<f4", ">f4", "<f8") if flat.dtype.kind == "f" else (flat.dtype.str,):
            raw = middle.astype(kind).tobytes()
            start = len(raw) // 2 // 8 * 8
            self.samples.add(raw[start : start + SAMPLE] if flat.ndim > 1 else raw[:SAMPLE])

    def reset(self) -> None:
        self._engine.reset()

    def analyse(self, frame: Frame) -> FrameAnalysis:
        self._remember(frame.pixels)
        return self._engine.analyse(frame)

    def planarity(self, neutral: TrackedFace, turned: TrackedFace) -> float:
        return self._engine.planarity(neutral, turned)

    def aligned_face(self, frame: Frame, face: TrackedFace) -> NDArray[np.uint8] | None:
        crop = self._engine.aligned_face(frame, face)
        if crop is not None:
            self._remember(crop)
        return crop

    def embed(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        rows = self._engine.embed(aligned)
        for row in rows:
            self._remember(row)
        return rows

    def embed_mirrored(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        rows = self._engine.embed_mirrored(aligned)
        for row in rows:
            self._remember(row)
        return rows

    def model_hashes(self) -> dict[str, str]:
        return self._engine.model_hashes()

    def new_watch(self, light: LightShow | None = None) -> PassiveWatch:
        return self._engine.new_watch(light)


_opened: list[str] = []
_watching = False


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        _opened.append(str(arguments[0]))


sys.addaudithook(_hear)  # Python has no way to take it off again


@pytest.fixture
def opened_for_writing() -> Iterator[list[str]]:
    global _watching  # noqa: PLW0603
    _opened.clear()
    _watching = True
    yield _opened
    _watching = False


def encodings(sample: bytes) -> Iterator[bytes]:
    yield sample
    yield sample.hex().encode()
    for shift in range(3):  # base64 of the same bytes looks different at each of three places
        yield base64.b64encode(sample[shift : shift + (len(sample) - shift) // 3 * 3])


def numbers_in_a_row(value: Any) -> int:
    """The longest list of numbers anywhere in this JSON."""
    if isinstance(value, dict):
        return max((numbers_in_a_row(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        own = len(value) if all(isinstance(v, int | float) for v in value) else 0
        return max([own, *(numbers_in_a_row(inner) for inner in value)])
    return 0


def longest_text(value: Any) -> int:
    if isinstance(value, dict):
        return max((longest_text(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        return max((longest_text(inner) for inner in value), default=0)
    return len(value) if isinstance(value, str) else 0


def test_no_frame_crop_or_embedding_is_in_any_file_after_a_visit(
    engine: FaceEngine, tmp_path: Path, opened_for_writing: list[str]
) -> None:
    spy = Spy(engine)
    reference = engine.embed_reference(reference_photo())
    log = logging.FileHandler(tmp_path / "kiosk.jsonl")
    log.setFormatter(JsonLineFormatter())
    logging.getLogger("kiosk").addHandler(log)
    try:
        logging.getLogger("kiosk.face").warning("attempt begins", extra={"reference": reference})
        opened_for_writing.clear()
        result = attempt(spy, reference, SimulatedPerson.PARTICIPANT)
    finally:
        logging.getLogger("kiosk").removeHandler(log)
        log.close()
    assert result.outcome is FaceOutcome.MATCHED
    assert opened_for_writing == [], "the face step opens no file for writing"

    store = open_store(tmp_path, FakeClock())
    store.record(VISIT, [FaceMatched(attempt=1, ticket="ticket-1", evidence=result.evidence)])
    payloads = _payloads(store)
    store.close()

    spy._remember(reference.embedding)
    assert len(spy.samples) > 100
    everything = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(map(len, everything)) > 10_000
    for raw in [*everything, *(text.encode() for text in payloads), json.dumps(result.evidence).encode()]:
        assert not any(code in raw for sample in spy.samples for code in encodings(sample))
        assert b"\xff\xd8\xff" not in raw[:3] and not raw.startswith(b"\x89PNG")
    for text in [*payloads, json.dumps(result.evidence)]:
        assert numbers_in_a_row(json.loads(text)) <= 2, "as numbers an embedding would be a long list"
        assert longest_text(json.loads(text)) <= 128, "a signature is the longest"


def test_the_search_above_does_find_what_is_there(engine: FaceEngine) -> None:
    spy = Spy(engine)
    row = np.linspace(-1, 1, 128, dtype=np.float32)
    spy._remember(row)
    hidden = [row.tobytes(), row.tobytes().hex().encode(), base64.b64encode(b"x" + row.tobytes())]
    for raw in hidden:
        assert any(code in raw for sample in spy.samples for code in encodings(sample))
    assert numbers_in_a_row({"a": [{"b": row.tolist()}]}) == 128


def _payloads(store: LocalStore) -> list[str]:
    return [link.payload for link in store.pending(1000)]
