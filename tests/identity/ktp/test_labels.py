"""Labels among what readers make of them. The risk: a name taken for a label, a label taken for none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.ktp.labels import Label, labelled


@pytest.mark.parametrize("label", Label)
def test_every_label_is_known_in_its_own_spelling_and_without_blanks_and_points(label: Label) -> None:
    for spelt in (label.value, label.value.upper(), label.value.replace(" ", "").replace(".", "").replace("/", "")):
        found = labelled(f"{spelt} : VALUE")
        assert found is not None and found.label is label
        assert found.rest.strip(" :") == "VALUE"


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("Status PerkawinaBELUM KAWIN", Label.STATUS_PERKAWINAN, "BELUM KAWIN"),
        ("KewarganegaraanWNI", Label.KEWARGANEGARAAN, "WNI"),
        ("TempatTglLahir:BANDUNG", Label.TEMPAT_TGL_LAHIR, ":BANDUNG"),
        ("Pekorjaan : GURU", Label.PEKERJAAN, " : GURU"),
        ("Ker/Desa", Label.KEL_DESA, ""),
        ("NIK:3174075508950001", Label.NIK, ":3174075508950001"),
    ],
)
def test_a_label_read_badly_or_run_into_its_value_is_still_cut_off(text: str, label: Label, rest: str) -> None:
    found = labelled(text)
    assert found is not None and (found.label, found.rest) == (label, rest)


@pytest.mark.parametrize("text", ["", "3174075508950001", "SUKAMAJU", "ISLAM", "PEREMPUAN", "CONTOHARJO", "WNI", "::"])
def test_values_are_no_labels(text: str) -> None:
    assert labelled(text) is None


@given(st.text(max_size=60))
def test_whatever_was_read_the_rest_is_a_part_of_it(text: str) -> None:
    found = labelled(text)
    assert found is None or text.endswith(found.rest)
