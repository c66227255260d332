"""The drawn frames that the reader is measured on. The risk: figures of a set that is easy, or has changed since."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import segno

from kiosk.identity.card import identifier_from_code
from kiosk.identity.code_kinds import looks_like_token
from kiosk.identity.rescues import decode
from kiosk.vision import cv2
from tests.identity.qr_camera import HEIGHT, WIDTH
from tests.identity.qr_carriers import TOKEN_BYTES, Payload, Style, draw_carrier, draw_text, modules_of
from tests.identity.qr_frames import (
    FRAMES,
    ITEMS,
    LEVELS,
    PREFIXES,
    Hardship,
    _rng,
    draw_empties,
    draw_item,
    held_frames,
    write_set,
)
from tests.identity.qr_glass import LEFT_FOR_THE_CAMERA, MENDS, _spoilt, behind_cracked_glass


def grey(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)


def test_the_sets_are_what_they_were_when_they_were_frozen() -> None:
    """A figure is worth nothing when the pictures behind it have moved; change the prefixes with the generator."""
    item = draw_item("tune-1", 3)
    assert (item.name, item.hardship, item.text) == ("tune-1-003", Hardship.TILT, "9991145998602661")
    assert item.hold.yaw == pytest.approx(-32.8557976775851)
    first = next(iter(held_frames("tune-1", 3)))
    assert float(first.mean()) == pytest.approx(172.468, abs=0.2)
    assert PREFIXES == {"tune": "tune-1", "report": "report-3"}


def test_no_item_of_the_report_was_tuned_on() -> None:
    tuned, reported = ({draw_item(prefix, n).text for n in range(24)} for prefix in PREFIXES.values())
    assert not tuned & reported


def test_every_hardship_and_every_payload_is_in_a_set_in_its_part() -> None:
    items = [draw_item("tune-1", number) for number in range(ITEMS)]
    assert set(Counter(item.hardship for item in items).values()) == {ITEMS // len(Hardship)}
    tokens = sum(looks_like_token(item.text) for item in items)
    numbers = sum(identifier_from_code(item.text) is not None for item in items)
    assert numbers > tokens > 0.2 * ITEMS
    assert numbers + tokens == ITEMS
    assert ITEMS * FRAMES >= 400


def test_hard_frames_are_hard_and_differ_within_an_item() -> None:
    read, seen = 0, 0
    for number in range(len(Hardship)):
        text = draw_item("tune-1", number).text
        frames = list(held_frames("tune-1", number))
        assert len(frames) == FRAMES
        assert all(frame.shape == (HEIGHT, WIDTH, 3) for frame in frames)
        assert not any(np.array_equal(frames[0], frame) for frame in frames[1:])
        read += sum(any(code.text == text for code in decode(grey(frame), whole=True)) for frame in frames)
        seen += FRAMES
    assert 0.5 * seen < read < 0.9 * seen, "zxing-cpp alone; 0.75 on the whole set"


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("payload", Payload)
def test_what_a_carrier_shows_is_the_code_and_can_be_read_before_the_lens_spoils_it(
    payload: Payload, style: Style
) -> None:
    rng = _rng(f"carrier/{payload}/{style}")
    text = draw_text(payload, rng)
    carrier = draw_carrier(modules_of(text, LEVELS[payload], quiet=4), style, 4, rng)
    assert [code.text for code in decode(grey(carrier.picture), whole=True)] == [text]


@pytest.mark.parametrize("payload", [Payload.JWS, Payload.CWT])
def test_tokens_have_the_size_of_ours(payload: Payload) -> None:
    for number in range(20):
        text = draw_text(payload, _rng(f"size/{number}"))
        assert TOKEN_BYTES[0] - 3 <= len(text) <= TOKEN_BYTES[1]
        assert segno.make(text, error="l").version <= 18


@pytest.mark.parametrize("payload", [Payload.CARD, Payload.JWS])
def test_cracked_glass_leaves_the_code_within_its_error_correction(payload: Payload) -> None:
    rng = _rng(f"glass/{payload}")
    level = LEVELS[payload]
    carrier = draw_carrier(modules_of(draw_text(payload, rng), level, quiet=4), Style.DARK, 6, rng)
    cracked = behind_cracked_glass(carrier, level, rng)
    assert np.any(cracked.picture != carrier.picture)
    assert _spoilt(carrier, cracked.picture) <= LEFT_FOR_THE_CAMERA * MENDS[level] / 8


def test_a_written_set_is_labelled_item_by_item_with_empty_scenes_last(tmp_path: Path) -> None:
    write_set(tmp_path, "tune-1", items=2, empties=3)
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 2 * FRAMES + 3
    assert all((tmp_path / row["file"]).stat().st_size > 10_000 for row in rows)
    assert [row["item"] for row in rows] == ["tune-1-000"] * FRAMES + ["tune-1-001"] * FRAMES + [""] * 3
    assert {row["text"] for row in rows[FRAMES : 2 * FRAMES]} == {draw_item("tune-1", 1).text}
    assert [row["text"] for row in rows[2 * FRAMES :]] == [""] * 3


def test_empty_scenes_hold_no_code() -> None:
    for name, frame in draw_empties("tune-1", 9):
        assert decode(grey(frame), whole=True) == [], name
