"""The ZBar path on its own. Skipped where the library is missing, as on a kiosk without libzbar0."""

from __future__ import annotations

from ctypes.util import find_library

import numpy as np
import pytest
import segno

from kiosk.identity.codes import MachineCodeReader
from kiosk.identity.zbar import ZbarReader
from kiosk.ports import PartState
from kiosk.vision import cv2
from tests.identity.pictures import bars, qr, scene

CARD = "0001234567890"

needs_library = pytest.mark.skipif(find_library("zbar") is None, reason="libzbar0 is not installed")


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


@needs_library
def test_zbar_reads_qr_codes_and_bars() -> None:
    reader = ZbarReader()
    assert reader.read(grey(scene(qr(CARD)))) == [CARD]
    assert reader.read(grey(scene(bars(CARD)))) == [CARD]
    assert reader.read(grey(scene(bars(CARD)))[:, ::-1][:, ::-1]) == [CARD]
    assert reader.read(grey(scene(None))) == []
    assert reader.fault == ""


@needs_library
def test_known_cost_zbar_reads_no_inverted_code() -> None:
    assert ZbarReader().read(grey(scene(qr(CARD, invert=True)))) == []


@needs_library
def test_a_code_that_is_no_text_is_left_out() -> None:
    rows = segno.make(b"\xff\xfe\x80\x81", mode="byte", micro=False).matrix_iter(scale=6, border=4)
    picture = np.array([[0 if dark else 255 for dark in row] for row in rows], np.uint8)
    texts = ZbarReader().read(picture)
    assert all(isinstance(text, str) for text in texts)


@needs_library
def test_with_the_library_the_reader_is_ready_and_names_its_versions() -> None:
    health = MachineCodeReader().health()
    assert (health.state, health.last_fault) == (PartState.READY, "")
    assert health.version.startswith("zxing-cpp 3.")
    assert health.detail["zbar"] == "pyzbar 0.1.9"


@pytest.mark.parametrize("failure", [ImportError, OSError])
def test_a_machine_without_the_library_tries_once_and_answers_nothing(failure: type[Exception]) -> None:
    tries = 0

    def load() -> None:
        nonlocal tries
        tries += 1
        raise failure("zbar")

    reader = ZbarReader(load=load)  # type: ignore[arg-type]
    for _ in range(3):
        assert reader.read(grey(scene(qr(CARD)))) == []
    assert tries == 1
