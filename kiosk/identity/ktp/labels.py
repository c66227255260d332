"""The words that are printed on every card: which of them a line begins with, and what follows.

Cards are found and laid out by these words, because the card's border is what pictures show worst (34 of 40). A
detector cuts a row in two boxes (label, value) or leaves it whole; readers drop blanks and colons and mistake single
letters, so a label is the nearest one at ``LIKENESS`` or better.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz.fuzz import ratio

LIKENESS = 70.0
"""Measured on 40 cards: labels of one letter read wrong stay above, values stay below."""

_SLACK = 4  # one letter in so many may have been gained or lost, two at most


class Label(StrEnum):
    """In the order of the rows; ``GOL_DARAH`` stands in the row of ``JENIS_KELAMIN``."""

    NIK = "NIK"
    NAMA = "Nama"
    TEMPAT_TGL_LAHIR = "Tempat/Tgl Lahir"
    JENIS_KELAMIN = "Jenis Kelamin"
    GOL_DARAH = "Gol. Darah"
    ALAMAT = "Alamat"
    RT_RW = "RT/RW"
    KEL_DESA = "Kel/Desa"
    KECAMATAN = "Kecamatan"
    AGAMA = "Agama"
    STATUS_PERKAWINAN = "Status Perkawinan"
    PEKERJAAN = "Pekerjaan"
    KEWARGANEGARAAN = "Kewarganegaraan"
    BERLAKU_HINGGA = "Berlaku Hingga"


_BARE = {label: "".join(c for c in label.value.upper() if c.isalnum()) for label in Label}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that begins with a label; ``rest`` is what follows it, colon and all."""

    label: Label
    likeness: float  # 0..100
    rest: str = field(repr=False)


def labelled(text: str) -> Labelled | None:
    """The label that ``text`` begins with, if any. Never raises."""
    places = [i for i, letter in enumerate(text) if letter.isalnum()]
    letters = "".join(text[i] for i in places).upper()
    best: Labelled | None = None
    for label, bare in _BARE.items():
        slack = min(len(bare) // _SLACK, 2)
        # The label's own length first: of equal likeness it is the better cut.
        for length in sorted(range(len(bare) - slack, len(bare) + slack + 1), key=lambda n: abs(n - len(bare))):
            if length > len(letters):
                continue
            likeness = ratio(bare, letters[:length])
            if likeness >= LIKENESS and (best is None or likeness > best.likeness):
                end = places[length - 1] + 1
                best = Labelled(label, likeness, text[end:])
    return best
