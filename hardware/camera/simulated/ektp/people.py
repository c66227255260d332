"""Invented people: everything a card says of one of them, drawn from a text and agreeing with itself.

The surnames exist nowhere ("UMPAMANTO", "CONTOHARJO"): nobody carries one of these names by accident.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np

from hardware.camera.simulated.ektp import names
from hardware.camera.simulated.ektp.regions import REGIONS, Region
from hardware.camera.simulated.ektp.seeds import rng_of
from kiosk.ports import KtpCard

T = TypeVar("T")

MALE, FEMALE = "LAKI-LAKI", "PEREMPUAN"
FOR_LIFE = "SEUMUR HIDUP"
WOMEN_DAY = 40
OLDEST, YOUNGEST = 1938, 2007  # years of birth: nobody under 17 carries a card
COMPOUND_GIVEN = 0.35


@dataclass(frozen=True, slots=True, repr=False)
class KtpPerson:
    """What is printed, letter by letter as it is printed, but for dates (printed dd-mm-yyyy)."""

    nik: str
    provinsi: str
    kabupaten: str  # the whole second line
    nama: str
    tempat_lahir: str
    tanggal_lahir: date
    jenis_kelamin: str
    gol_darah: str
    alamat: str
    rt_rw: str
    kel_desa: str
    kecamatan: str
    agama: str
    status_perkawinan: str
    pekerjaan: str
    kewarganegaraan: str
    berlaku_hingga: str
    tempat_terbit: str
    tanggal_terbit: date

    @property
    def female(self) -> bool:
        return self.jenis_kelamin == FEMALE


def printed(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def invent(seed: str) -> KtpPerson:
    """The same person for the same seed."""
    rng = rng_of("person", seed)
    region = _pick(rng, REGIONS)
    female = bool(rng.random() < 0.5)
    born = _day(rng, int(rng.integers(OLDEST, YOUNGEST + 1)))
    day = born.day + (WOMEN_DAY if female else 0)
    serial = int(rng.integers(1, 60)) if rng.random() < 0.9 else int(rng.integers(1, 10000))
    nik = f"{region.code}{day:02d}{born:%m%y}{serial:04d}"
    return _printed_facts(nik, region, female, born, rng)


def from_card(card: KtpCard) -> KtpPerson:
    """A demo participant's card: what ``card`` does not say is drawn from its number. ``card.nik`` needs 16 digits,
    else ValueError."""
    if not re.fullmatch(r"[0-9]{16}", card.nik):
        raise ValueError("a NIK has 16 digits")
    known = {region.code: region for region in REGIONS}
    rng = rng_of("card", card.nik)
    region = known.get(card.nik[:6], REGIONS[int(card.nik[:6]) % len(REGIONS)])
    female = int(card.nik[6:8]) > WOMEN_DAY
    person = _printed_facts(card.nik, region, female, card.birth_date, rng)
    person = replace(person, nama=card.name.upper(), berlaku_hingga=FOR_LIFE)
    if card.marital_status:
        person = replace(person, status_perkawinan=card.marital_status.upper())
    return _living_at(person, card.address.upper()) if card.address else person


def _printed_facts(nik: str, region: Region, female: bool, born: date, rng: np.random.Generator) -> KtpPerson:
    issued = _day(rng, max(int(rng.integers(2012, 2026)), born.year + 17))
    for_life = rng.random() < 0.88
    work = [name for name in names.WORK if female or name not in names.WOMENS_WORK]
    return KtpPerson(
        nik=nik,
        provinsi=f"PROVINSI {region.province}",
        kabupaten=region.regency,
        nama=_name(rng, female),
        tempat_lahir=region.town if rng.random() < 0.6 else _pick(rng, REGIONS).town,
        tanggal_lahir=born,
        jenis_kelamin=FEMALE if female else MALE,
        gol_darah=_pick(rng, names.BLOOD),
        alamat=_street(rng),
        rt_rw=f"{int(rng.integers(1, 25)):03d}/{int(rng.integers(1, 16)):03d}",
        kel_desa=_pick(rng, names.VILLAGES),
        kecamatan=region.district,
        agama=str(rng.choice(names.RELIGIONS, p=names.RELIGION_SHARES)),
        status_perkawinan=str(rng.choice(names.STATUS, p=names.STATUS_SHARES)),
        pekerjaan=_pick(rng, work),
        kewarganegaraan="WNI",
        berlaku_hingga=FOR_LIFE if for_life else printed(_anniversary(born, issued.year + 5)),
        tempat_terbit=region.regency,
        tanggal_terbit=issued,
    )


def _name(rng: np.random.Generator, female: bool) -> str:
    given = names.WOMEN if female else names.MEN
    words = [_pick(rng, given)]
    if rng.random() < COMPOUND_GIVEN:
        second = _pick(rng, given)
        words += [second] if second != words[0] else []
    if not female and rng.random() < 0.08:
        words[0] = "M."
        words.insert(1, _pick(rng, given))
    words.append(_pick(rng, names.FAMILY))
    return " ".join(words)


def _street(rng: np.random.Generator) -> str:
    kind = rng.random()
    number = int(rng.integers(1, 180))
    if kind < 0.45:
        return f"JL. {_pick(rng, names.STREETS)} NO. {number}"
    if kind < 0.60:
        return f"JL {_pick(rng, names.STREETS)} NO {number}"
    if kind < 0.72:
        return f"GG. {_pick(rng, names.STREETS)} {_pick(rng, ('I', 'II', 'III', 'IV'))} NO. {number}"
    if kind < 0.86:
        return f"{_pick(rng, ('DUSUN', 'KP.', 'LINGK.'))} {_pick(rng, names.HAMLETS)}"
    return f"PERUM {_pick(rng, names.ESTATES)} BLOK {_pick(rng, tuple('ABCDEF'))}-{int(rng.integers(1, 40))}"


def _living_at(person: KtpPerson, address: str) -> KtpPerson:
    """``address`` as the register has it: street, RT/RW, Kel/Desa, Kecamatan in one line, any of them missing."""
    parts = [part.strip() for part in address.split(",") if part.strip()]
    rest = []
    for part in parts:
        if found := re.fullmatch(r"(?:RT/RW|RT)?[ .]*(\d{3})[ ]*/[ ]*(?:RW)?[ .]*(\d{3})", part):
            person = replace(person, rt_rw=f"{found[1]}/{found[2]}")
        elif found := re.fullmatch(r"KEC(?:AMATAN|\.)?[ ]+(.+)", part):
            person = replace(person, kecamatan=found[1])
        elif found := re.fullmatch(r"(?:KEL(?:URAHAN|/DESA|\.)?|DESA)[ ]+(.+)", part):
            person = replace(person, kel_desa=found[1])
        else:
            rest.append(part)
    if len(rest) > 1:  # without prefixes: street, village, district
        person = replace(person, kel_desa=rest[1])
    if len(rest) > 2:
        person = replace(person, kecamatan=rest[2])
    return replace(person, alamat=rest[0]) if rest else person


def _pick(rng: np.random.Generator, among: Sequence[T]) -> T:
    return among[int(rng.integers(len(among)))]


def _day(rng: np.random.Generator, year: int) -> date:
    month = int(rng.integers(1, 13))
    return date(year, month, int(rng.integers(1, monthrange(year, month)[1] + 1)))


def _anniversary(born: date, year: int) -> date:
    return born.replace(year=year, day=min(born.day, 28))
