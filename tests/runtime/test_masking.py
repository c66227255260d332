"""Personal numbers and addresses do not survive, however they are written. All values are invented."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.runtime.masking import MAX_TEXT, mask_text, mask_value

NIK = "3174075508950001"
SEPARATORS = ["", " ", "-", ".", " - ", "/", "_", "\u00a0", "\u2013"]


@pytest.mark.parametrize(
    "planted",
    [
        NIK,
        "3174 0755 0895 0001",
        "3174.0755.0895.0001",
        "3174-0755-0895-0001",
        "317407 550895 0001",
        f"nik{NIK}x",
        f"{NIK}{NIK}",
        f"{NIK}.0",
        "0001234567890",
        "000 1234 567 890",
        "081234567890",
        "0812-3456-7890",
        "+6281234567890",
        "+62 812 3456 7890",
        "62812 3456 7890",
        "(0812) 3456-7890",
        "0812 - 3456 - 7890",
        "812345678",
    ],
)
def test_no_digit_group_of_a_planted_number_is_left(planted: str) -> None:
    masked = mask_text(f"peserta {planted} tidak ditemukan")
    assert not re.search(r"\d", masked)
    assert masked.startswith("peserta ")
    assert masked.endswith("tidak ditemukan")


@pytest.mark.parametrize(
    "planted", ["siti.aminah@example.go.id", "a+b@example.com", "<siti_1990@mail.example.co.id>", "x%40example.com"]
)
def test_no_part_of_an_address_is_left(planted: str) -> None:
    masked = mask_text(f"to={planted} sent")
    assert "example" not in masked
    assert "siti" not in masked


@given(st.text(st.sampled_from("0123456789"), min_size=9, max_size=40), st.lists(st.sampled_from(SEPARATORS)))
def test_any_long_run_of_digits_goes_however_it_is_grouped(digits: str, between: list[str]) -> None:
    text = "".join(digit + (between[at] if at < len(between) else "") for at, digit in enumerate(digits))
    assert not re.search(r"\d{3}", mask_text(f"a {text} b").replace("[number]", ""))


@given(st.text(max_size=300))
def test_masking_never_fails_and_masking_twice_is_masking_once(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-11-23 10:15:30,123 ready",
        "2026-11-23T10:15:30+00:00",
        "seq 12345678",
        "7 of 12 in 0.1234 s, 1280x720 at 29.97 fps",
        "127.0.0.1:5432",
        "visit 6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    ],
)
def test_what_a_technician_needs_stays_readable(harmless: str) -> None:
    assert mask_text(harmless) == harmless


def test_passwords_in_urls_and_settings_go() -> None:
    assert "hunter" not in mask_text("postgresql://kiosk:hunter2@db.internal/centre")
    assert "hunter" not in mask_text("host=db password=hunter2 user=kiosk")
    assert "123456" not in mask_text("pin=123456 otp: 123456")


def test_nested_values_keys_numbers_bytes_and_objects_are_masked() -> None:
    class Thing:
        def __str__(self) -> str:
            return f"Thing({NIK})"

    class Broken:
        def __str__(self) -> str:
            raise ValueError(NIK)

    planted = {
        NIK: "key",
        "deep": [{"a": ({"b": f"x {NIK}"},)}],
        "number": int(NIK),
        "float": float(NIK),
        "bytes": NIK.encode(),
        "groups": ["3174", "0755", "0895", "0001"],
        "thing": Thing(),
        "broken": Broken(),
        "pin": "123456",
        "Code": "123456",
        "kept": [1, 2.5, True, None, "words"],
    }
    masked = mask_value(planted)
    assert not re.search(r"3174|0895|123456", repr(masked))
    assert masked["kept"] == [1, 2.5, True, None, "words"]
    assert masked["broken"] == "[unprintable ValueError]"


def test_a_value_that_holds_itself_does_not_hang() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert mask_value(loop)


@pytest.mark.parametrize("shift", range(0, 24, 3))
def test_a_number_that_the_cut_of_a_long_text_splits_does_not_show(shift: int) -> None:
    masked = mask_text("x" * (MAX_TEXT - shift) + f" 3174 0755 0895 0001 {NIK}")
    assert not re.search(r"\d", masked)
    assert len(masked) < MAX_TEXT
