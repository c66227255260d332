"""Lines to rows to fields. The risk: what is printed under the portrait, or in the next row, ends in a field."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.labels import Label
from kiosk.identity.ktp.layout import BLOOD_X, COLUMN_END, LABEL_AT, VALUE_X
from kiosk.identity.ktp.lines import TextLine
from kiosk.identity.ktp.place import find_card
from kiosk.identity.ktp.rows import Row, fields_of, missing_row, rows_of, strip_of, value_in
from kiosk.identity.ktp.values import number_of
from kiosk.identity.nik import Sex
from tests.identity.ktp.support import FLAT, LETTER, NIK, PRINTED, card_lines, line, tilted

SITI = CardFields(
    nik=NIK, nama="SITI CONTOH RAHMAWATI", tempat_lahir="BANDUNG", tanggal_lahir=date(1995, 8, 15),
    jenis_kelamin=Sex.FEMALE, gol_darah="AB", alamat="JL. MELATI NO. 12", rt_rw="003/007", kel_desa="SUKAMAJU",
    kecamatan="COBLONG", agama="ISLAM", status_perkawinan="BELUM KAWIN", pekerjaan="KARYAWAN SWASTA",
    kewarganegaraan="WNI",
)  # fmt: skip


def texts(lines: list[TextLine]) -> dict[Label, str]:
    place = find_card(lines)
    assert place is not None
    return {label: row.text for label, row in rows_of(place, lines).items()}


@pytest.mark.parametrize("matrix", [FLAT, tilted(), tilted(-6, -0.05)], ids=["flat", "tilted", "tilted back"])
def test_every_field_is_read_and_what_is_under_the_portrait_is_left_out(matrix: NDArray[np.float64]) -> None:
    assert fields_of(texts(card_lines(matrix))) == SITI


def test_a_label_and_its_value_in_one_box_are_parted() -> None:
    whole = (Label.STATUS_PERKAWINAN, Label.TEMPAT_TGL_LAHIR, Label.JENIS_KELAMIN)
    lines = card_lines(
        printed={label: value for label, value in PRINTED.items() if label not in whole},
        labels={label: f"{label.value}{PRINTED[label]}" for label in whole},
    )
    assert fields_of(texts(lines)) == SITI


def test_sex_and_blood_group_in_one_box_are_parted() -> None:
    printed = {**PRINTED, Label.JENIS_KELAMIN: ": LAKI-LAKI Gol. Darah : O"}
    del printed[Label.GOL_DARAH]
    fields = fields_of(texts(card_lines(printed=printed)))
    assert fields.jenis_kelamin is Sex.MALE


def test_a_value_in_two_boxes_is_put_together_in_order() -> None:
    y = LABEL_AT[Label.PEKERJAAN][1]
    printed = {label: value for label, value in PRINTED.items() if label is not Label.PEKERJAAN}
    halves = [line("SWASTA", VALUE_X + 12 * LETTER, y), line(": KARYAWAN", VALUE_X, y)]
    assert fields_of(texts(card_lines(printed=printed) + halves)).pekerjaan == "KARYAWAN SWASTA"


def test_a_label_that_could_not_be_read_is_no_value() -> None:
    lines = card_lines(labels={Label.AGAMA: "Xqz", Label.PEKERJAAN: "P##"})
    assert fields_of(texts(lines)).agama == "ISLAM"
    assert fields_of(texts(lines)).pekerjaan == "KARYAWAN SWASTA"


def test_a_card_without_values_has_no_fields() -> None:
    assert fields_of(texts(card_lines(printed={}))) == CardFields()


def test_a_strip_ends_with_its_value_and_before_the_blood_group_and_the_portrait() -> None:
    lines = card_lines()
    place = find_card(lines)
    assert place is not None
    rows = rows_of(place, lines)
    for label, row in rows.items():
        shares = place.to_card(strip_of(place, label, row))
        last = BLOOD_X if label is Label.JENIS_KELAMIN else 0.73 if label is Label.NIK else COLUMN_END
        assert shares[:, 0].max() <= last + 0.01
        assert shares[0, 0] < row.begin and shares[1, 0] > min(row.end, last) - 0.01
    whole = missing_row(Label.AGAMA)
    assert whole is not None and place.to_card(strip_of(place, Label.AGAMA, whole))[1, 0] > BLOOD_X - 0.02
    assert missing_row(Label.GOL_DARAH) is None


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        (Label.TEMPAT_TGL_LAHIR, "ir: BANDUNG, 15-08-1995", " BANDUNG, 15-08-1995"),
        (Label.NAMA, ": SITI", " SITI"),
        (Label.ALAMAT, "JL. MELATI BLOK: A", "JL. MELATI BLOK: A"),
        (Label.GOL_DARAH, "Gol. Darah : O", " : O"),
        (Label.JENIS_KELAMIN, ": LAKI-LAKI Gol", " LAKI-LAKI "),
    ],
)
def test_the_end_of_a_label_in_its_values_strip_is_cut_off(label: Label, text: str, value: str) -> None:
    assert value_in(label, text) == value


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*Label]), st.text(max_size=30), max_size=14))
def test_no_text_of_a_row_raises(read: dict[Label, str]) -> None:
    fields = fields_of(read)
    assert fields.nik == number_of(read.get(Label.NIK, ""))
    assert all(value_in(label, text) in text for label, text in read.items())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_noise_below_a_card_changes_no_row(noise: list[str]) -> None:
    below = [line(text, 0.1 + 0.05 * number, 1.3 + 0.06 * number) for number, text in enumerate(noise)]
    assert fields_of(texts(card_lines() + below)) == SITI


def test_rows_and_fields_tell_nothing_in_their_repr() -> None:
    assert "SITI" not in repr(SITI) and NIK not in repr(SITI) and "1995" not in repr(SITI)
    assert "SITI" not in repr(Row("SITI", 0.2, 0.3, 0.5))
