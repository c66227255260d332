"""What stands on a card, and what of it the visit goes on with."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date

from kiosk.identity.nik import Sex
from kiosk.ports import FactSource, PersonFacts

WOMEN_DAY = 40


@dataclass(frozen=True, slots=True)
class CardFields:
    """As printed, in capitals; empty or None where it was not read. In memory until the end of the visit."""

    nik: str = field(repr=False, default="")  # as first read: whether it is believed is the vote's matter
    nama: str = field(repr=False, default="")
    tempat_lahir: str = field(repr=False, default="")
    tanggal_lahir: date | None = field(repr=False, default=None)
    jenis_kelamin: Sex | None = field(repr=False, default=None)
    gol_darah: str = field(repr=False, default="")  # A, B, AB, O, with + or -; "-" where the card says so
    alamat: str = field(repr=False, default="")
    rt_rw: str = field(repr=False, default="")  # 003/007
    kel_desa: str = field(repr=False, default="")
    kecamatan: str = field(repr=False, default="")
    agama: str = field(repr=False, default="")
    status_perkawinan: str = field(repr=False, default="")
    pekerjaan: str = field(repr=False, default="")
    kewarganegaraan: str = field(repr=False, default="")

    def merged(self, other: CardFields) -> CardFields:
        """These, with what was not read here taken from ``other``."""
        return CardFields(**{f.name: getattr(self, f.name) or getattr(other, f.name) for f in fields(self)})


def facts_of(card: CardFields, nik: str) -> PersonFacts:
    """The facts that may fill the register's gaps; ``nik`` is the one that was accepted or confirmed. The address is
    ``JL. MELATI NO. 8, RT/RW 003/007, SUKAMAJU, COBLONG``, and empty when the street was not read: half an address
    is no update. A birth date that is not the number's was read wrong and is left out."""
    parts = (card.alamat, f"RT/RW {card.rt_rw}" if card.rt_rw else "", card.kel_desa, card.kecamatan)
    return PersonFacts(
        source=FactSource.KTP,
        nik=nik,
        name=card.nama,
        birth_date=card.tanggal_lahir if _is_of(card.tanggal_lahir, nik) else None,
        address=", ".join(part for part in parts if part) if card.alamat else "",
        marital_status=card.status_perkawinan,
    )


def _is_of(born: date | None, nik: str) -> bool:
    if born is None:
        return False
    return nik[6:12] in (f"{born:%d%m%y}", f"{born.day + WOMEN_DAY:02d}{born:%m%y}")
