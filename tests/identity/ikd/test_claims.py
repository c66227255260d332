"""Facts out of claims. The risk: an issuer's text that breaks the screen, or is taken for what it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.ikd.claims import MARITAL_STATUSES, facts_of
from kiosk.ports import DigitalIdRefused, PersonFacts

TODAY = date(2026, 11, 23)
NIK = "3174075508950001"


def facts(**claims: Any) -> PersonFacts:
    return facts_of({"nik": NIK, **claims}, "nik", TODAY)


def test_the_name_of_the_nik_claim_is_the_sites() -> None:
    assert facts_of({"id_number": NIK}, "id_number", TODAY).nik == NIK


def test_an_address_is_one_line_also_when_it_comes_as_openid_says() -> None:
    written = "JL. CONTOH NO. 8\nRT 003/RW 005\r\nCIPETE UTARA"
    for address in (written, {"formatted": written, "country": "ID"}):
        assert facts(address=address).address == "JL. CONTOH NO. 8, RT 003/RW 005, CIPETE UTARA"
    assert facts(address={"street": "x"}).address == ""


def test_control_and_direction_signs_do_not_reach_the_screen() -> None:
    assert facts(name="SITI\u202e\x00\x1b[31m RAH\u200bMA\tWATI").name == "SITI[31m RAHMAWATI"


@pytest.mark.parametrize("status", MARITAL_STATUSES)
def test_marital_statuses_of_the_card_are_taken_in_any_case(status: str) -> None:
    assert facts(marital_status=status.lower()).marital_status == status


def test_anything_else_is_left_empty_and_never_guessed() -> None:
    read = facts(name=7, birthdate="15-08-1995", address=["x"], marital_status="MARRIED")
    assert (read.name, read.birth_date, read.address, read.marital_status) == ("", None, "", "")
    for written in ("1995-02-30", "19950230", "1995-8-15", "١٩٩٥-٠٨-١٥", "1995-W33-2", "", 19950815):
        assert facts(birthdate=written).birth_date is None, written


@pytest.mark.parametrize("written", ["1995-08-15", "19950815"])
def test_a_birth_date_in_either_form(written: str) -> None:
    assert facts(birthdate=written).birth_date == date(1995, 8, 15)


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400) | st.binary(max_size=8)
ANY = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.text(max_size=9) | st.just("formatted"), LEAF, max_size=3)
CLAIMS = ("name", "birthdate", "address", "marital_status", "active")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CLAIMS, ANY)))
def test_whatever_a_claim_holds_the_facts_are_short_printable_lines(claims: dict[str, Any]) -> None:
    try:
        read = facts(**claims)
    except DigitalIdRefused:
        assert claims["active"] is not True
        return
    for line, limit in ((read.name, 100), (read.address, 300)):
        assert len(line) <= limit
        assert line.isprintable()
        assert line == line.strip()
