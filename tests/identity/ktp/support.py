"""A card as lines of text, without a picture: what a detector and a reader would say of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kiosk.identity.ktp.labels import Label
from kiosk.identity.ktp.layout import BLOOD_X, HEADER_X, HEADER_Y, LABEL_AT, ROW_PITCH, VALUE_X
from kiosk.identity.ktp.lines import TextLine

NIK = "3174075508950001"
PRINTED: Mapping[Label, str] = {
    Label.NIK: f": {NIK}",
    Label.NAMA: ": SITI CONTOH RAHMAWATI",
    Label.TEMPAT_TGL_LAHIR: ": BANDUNG, 15-08-1995",
    Label.JENIS_KELAMIN: ": PEREMPUAN",
    Label.GOL_DARAH: "Gol. Darah : AB",
    Label.ALAMAT: ": JL. MELATI NO. 12",
    Label.RT_RW: ": 003/007",
    Label.KEL_DESA: ": SUKAMAJU",
    Label.KECAMATAN: ": COBLONG",
    Label.AGAMA: ": ISLAM",
    Label.STATUS_PERKAWINAN: ": BELUM KAWIN",
    Label.PEKERJAAN: ": KARYAWAN SWASTA",
    Label.KEWARGANEGARAAN: ": WNI",
    Label.BERLAKU_HINGGA: ": SEUMUR HIDUP",
}
FLAT = np.array([[800.0, 0, 240], [0, 504.0, 108], [0, 0, 1]])
"""A card of 800 px in the middle of 1280x720, held straight."""
LETTER = 0.014  # of the card's width


def tilted(degrees: float = 4.0, bend: float = 0.06) -> NDArray[np.float64]:
    """The same card, turned and leaning away at its right."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    middle = np.array([[1, 0, 640], [0, 1, 360], [0, 0, 1.0]])
    lean = np.array([[1, 0, 0], [0, 1, 0], [bend, 0, 1]])
    return np.asarray(middle @ turn @ np.linalg.inv(middle) @ FLAT @ lean)


def line(text: str, x: float, y: float, matrix: NDArray[np.float64] = FLAT) -> TextLine:
    """Beginning at ``x``, in the middle of ``y``, in shares of the card."""
    end, half = x + LETTER * max(len(text), 1), 0.36 * ROW_PITCH
    corners = np.array([[x, y - half, 1], [end, y - half, 1], [end, y + half, 1], [x, y + half, 1]])
    seen = corners @ matrix.T
    return TextLine(np.asarray(seen[:, :2] / seen[:, 2:], np.float32), text)


def card_lines(
    matrix: NDArray[np.float64] = FLAT,
    printed: Mapping[Label, str] = PRINTED,
    labels: Mapping[Label, str] | None = None,
) -> list[TextLine]:
    """Header, labels (``labels`` respells them, "" leaves one out), values, and what is under the portrait."""
    found = []
    for text, y in zip(("PROVINSI JAWA BARAT", "KOTA BANDUNG"), HEADER_Y, strict=True):
        found.append(line(text, HEADER_X - LETTER * len(text) / 2, y, matrix))
    for label, (x, y) in LABEL_AT.items():
        if spelt := (labels or {}).get(label, label.value):
            found.append(line(spelt, x, y, matrix))
        if label in printed:
            found.append(line(printed[label], VALUE_X, y, matrix))
    if Label.GOL_DARAH in printed:
        found.append(line(printed[Label.GOL_DARAH], BLOOD_X, LABEL_AT[Label.JENIS_KELAMIN][1], matrix))
    found.append(line("KOTA BANDUNG", 0.76, LABEL_AT[Label.STATUS_PERKAWINAN][1], matrix))
    found.append(line("12-03-2018", 0.78, LABEL_AT[Label.PEKERJAAN][1], matrix))
    return found
