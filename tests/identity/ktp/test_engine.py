"""The reader with its real models. The risk: a wrong number, a download, a word of a person's card in a log."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kiosk.config import KtpSettings, Settings
from kiosk.face.weights import Manifest, WeightsStore, load_manifest
from kiosk.identity.ktp.engine import SLOTS, KtpEngine
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.guide import WHOLE, Guide, guide_for
from kiosk.identity.ktp.reading import NikReading
from kiosk.identity.ktp.rule import CardVote, KtpVerdict
from kiosk.ports import LastingFault
from kiosk.vision import cv2
from tests.identity.ktp_sets import Specimen

ROOT = Path(__file__).resolve().parents[3]
Picture = NDArray[np.uint8]


def guide(picture: Picture) -> Guide:
    return guide_for(picture.shape[1], picture.shape[0])


def test_cards_in_the_hand_are_read_to_the_last_field(engine: KtpEngine, specimens: Sequence[Specimen]) -> None:
    right = wrong = 0
    for specimen in specimens:
        vote = CardVote(KtpSettings())
        for shot in specimen.shots:
            decision = vote.add(engine.read(shot.picture, guide(shot.picture)))
            if decision.verdict is KtpVerdict.ACCEPTED:
                break
        assert (decision.verdict, decision.nik) == (KtpVerdict.ACCEPTED, specimen.person.nik)
        for name in ("nama", "tanggal_lahir", "rt_rw", "kel_desa", "kecamatan", "agama", "status_perkawinan"):
            right += getattr(decision.fields, name) == getattr(specimen.person, name)
            wrong += getattr(decision.fields, name) != getattr(specimen.person, name)
    assert wrong <= 1, f"{right} of {right + wrong}"


def test_the_number_comes_without_the_fields_and_the_fields_without_another_detection(
    engine: KtpEngine, specimens: Sequence[Specimen], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = specimens[-1].shots[0].picture
    begun = engine.read_nik(picture, guide(picture))
    assert begun.full == begun.strip == specimens[-1].person.nik
    assert 0 < begun.seconds < 30
    models = engine._models
    assert models is not None
    monkeypatch.setattr(models.finder, "find", None)  # a second detection would raise
    fields = engine.read_fields(picture, guide(picture), begun)
    assert fields.nama == specimens[-1].person.nama


def test_a_bare_card_is_read_whole(engine: KtpEngine, specimens: Sequence[Specimen]) -> None:
    shot = specimens[-1].shots[0]
    size = (1000, 630)
    square = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    bare = cv2.warpPerspective(shot.picture, cv2.getPerspectiveTransform(shot.corners, square), size)
    reading = engine.read_nik(np.asarray(bare, np.uint8), WHOLE)
    assert reading.full == reading.strip == specimens[-1].person.nik


@pytest.mark.parametrize("size", [(720, 1280), (2, 2), (40, 3000)])
def test_a_picture_without_a_card_says_nothing(engine: KtpEngine, size: tuple[int, int]) -> None:
    blank = np.full((*size, 3), 127, np.uint8)
    frame = engine.read(blank, guide(blank))
    assert (frame.nik.full, frame.nik.strip, frame.place, frame.background) == ("", "", None, None)
    assert frame.fields == CardFields()


def test_a_number_without_a_card_around_it_is_one_reading_and_not_two(engine: KtpEngine) -> None:
    note = np.full((200, 900, 3), 235, np.uint8)
    cv2.putText(note, "3174075508950001", (40, 120), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (20, 20, 20), 4, cv2.LINE_AA)
    reading = engine.read_nik(note, WHOLE)
    assert (reading.strip, reading.place) == ("", None)
    assert CardVote(KtpSettings(frames=1)).add(engine.read(note, WHOLE)).verdict is not KtpVerdict.ACCEPTED


def test_loading_and_reading_open_no_socket(specimens: Sequence[Specimen], monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object, **__: object) -> None:
        raise AssertionError("a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, no)
    engine = KtpEngine(WeightsStore(load_manifest(Settings().weights_manifest), Settings().weights_dir))
    engine.load()
    picture = specimens[-1].shots[0].picture
    assert engine.read_nik(picture, guide(picture)).full == specimens[-1].person.nik


@pytest.mark.parametrize("slot", SLOTS)
def test_a_missing_or_altered_model_is_a_lasting_fault_before_anything_is_loaded(slot: str, tmp_path: Path) -> None:
    real = load_manifest(Settings().weights_manifest)
    for name in SLOTS:
        if name != slot:
            (tmp_path / real.slots[name].file).symlink_to(Settings().weights_dir / real.slots[name].file)
    manifest = Manifest(wheels=real.wheels, slots={name: real.slots[name] for name in SLOTS})
    with pytest.raises(LastingFault, match=f"ocr_missing:{slot}"):
        KtpEngine(WeightsStore(manifest, tmp_path)).load()
    (tmp_path / real.slots[slot].file).write_bytes(b"other bytes")
    with pytest.raises(LastingFault, match=f"ocr_damaged:{slot}"):
        KtpEngine(WeightsStore(manifest, tmp_path)).load()


def test_nothing_of_a_card_is_logged_or_left_in_the_engine(
    engine: KtpEngine,
    specimens: Sequence[Specimen],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    person, picture = specimens[-1].person, specimens[-1].shots[0].picture
    frame = engine.read(picture, guide(picture))
    assert frame.nik.full == person.nik and frame.fields.nama == person.nama
    printed, shouted = capfd.readouterr()
    for said in (caplog.text, printed, shouted, repr(frame), repr(vars(engine))):
        assert person.nik not in said and person.nama not in said
    assert set(vars(engine)) == {"_weights", "_lock", "_models"}


def test_telemetry_is_off_and_the_library_is_quiet_wherever_it_is_loaded_first() -> None:
    program = (
        "import logging, os; logging.basicConfig(level=logging.DEBUG);"
        "from kiosk.config import Settings; from kiosk.identity.ktp.engine import open_ktp_engine;"
        "import sys; assert 'onnxruntime' not in sys.modules and 'rapidocr' not in sys.modules, 'screens load this';"
        "open_ktp_engine(Settings()).load();"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], 'rapidocr' in sys.modules)"
    )
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == ["1", "True"]
    assert "RapidOCR" not in outcome.stderr


def test_the_two_readings_come_from_two_models(engine: KtpEngine, specimens: Sequence[Specimen]) -> None:
    picture = specimens[-1].shots[0].picture
    models = engine._models
    assert models is not None and models.fast is not models.second
    asked: list[str] = []
    fast, second = models.fast.read, models.second.read
    models.fast.read = lambda lines: asked.append("fast") or fast(lines)  # type: ignore[method-assign,func-returns-value]
    models.second.read = lambda lines: asked.append("second") or second(lines)  # type: ignore[method-assign,func-returns-value]
    try:
        reading = engine.read_nik(picture, guide(picture))
    finally:
        models.fast.read, models.second.read = fast, second  # type: ignore[method-assign]
    assert asked == ["fast", "second"] and isinstance(reading, NikReading)
