"""What the visit takes from a card. The risk: half an address or a misread date as an update of the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.identity.ktp.fields import CardFields, facts_of
from kiosk.ports import FactSource
from tests.identity.ktp.support import NIK
from tests.identity.ktp.test_rows import SITI


def test_the_facts_are_the_cards_with_the_address_in_one_line() -> None:
    facts = facts_of(SITI, NIK)
    assert (facts.source, facts.nik, facts.name) == (FactSource.KTP, NIK, "SITI CONTOH RAHMAWATI")
    assert facts.address == "JL. MELATI NO. 12, RT/RW 003/007, SUKAMAJU, COBLONG"
    assert (facts.birth_date, facts.marital_status) == (date(1995, 8, 15), "BELUM KAWIN")


def test_without_the_street_there_is_no_address() -> None:
    assert facts_of(replace(SITI, alamat=""), NIK).address == ""


def test_what_was_not_read_between_the_street_and_the_end_is_left_out() -> None:
    assert facts_of(replace(SITI, rt_rw="", kel_desa=""), NIK).address == "JL. MELATI NO. 12, COBLONG"


def test_a_birth_date_that_is_not_the_numbers_is_left_out() -> None:
    assert facts_of(replace(SITI, tanggal_lahir=date(1995, 8, 16)), NIK).birth_date is None
    assert facts_of(SITI, "3174071508950001").birth_date == date(1995, 8, 15), "a man's number"
    assert facts_of(SITI, "").birth_date is None


def test_merging_fills_gaps_and_changes_nothing_that_was_read() -> None:
    part = CardFields(nama="SITI", agama="ISLAM")
    other = CardFields(nama="OTHER", pekerjaan="GURU")
    assert part.merged(other) == CardFields(nama="SITI", agama="ISLAM", pekerjaan="GURU")
