"""Lines laid into the card's rows, and rows into fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.labels import Label, labelled
from kiosk.identity.ktp.layout import BLOOD_X, COLUMN_END, LABEL_AT, NUMBER_END, PORTRAIT_TOP, ROW_PITCH, VALUE_X
from kiosk.identity.ktp.lines import Points, TextLine
from kiosk.identity.ktp.place import CardPlace
from kiosk.identity.ktp.values import (
    NATIONALITIES,
    RELIGIONS,
    STATUSES,
    birth_of,
    blood_of,
    letters_of,
    name_of,
    nearest,
    number_of,
    rt_rw_of,
    sex_of,
    street_of,
)

SAME_ROW = 0.5 * ROW_PITCH
FAR_LEFT = 0.6 * VALUE_X
"""What begins left of this is a label, read or not."""
ROOM = 0.6 * ROW_PITCH
"""Half the height of a value's strip. Names read right of 99: 76 at 0.38, 88 at 0.43, 91 at 0.5, 95 at 0.63."""
LABEL_END = 6
"""Letters of a label that may be left in its value's strip."""
RIM = 0.008
"""Of the card's width, beyond the last letter."""


@dataclass(frozen=True, slots=True)
class Row:
    """A label's value: its text as read, and where it ends, in shares of the card's width."""

    text: str = field(repr=False)
    middle: float  # share of the card's height
    begin: float
    end: float


def rows_of(place: CardPlace, lines: Sequence[TextLine]) -> dict[Label, Row]:
    """The rows in which a value was found. Text under the portrait is left out although it stands in line with two."""
    labels = {id(line): label for label, line in place.rows.items()}
    parts: dict[Label, list[tuple[float, float, float, str]]] = {}
    for line in lines:
        (left, y0), (right, y1) = (tuple(float(v) for v in end) for end in place.to_card([line.left, line.right]))
        y = (y0 + y1) / 2
        if left > COLUMN_END and y > PORTRAIT_TOP:
            continue
        label = labels.get(id(line)) or _row_at(y)
        if label is None:
            continue
        found = labelled(line.text)
        text = line.text
        begin = left
        if left < FAR_LEFT:
            if found is None:
                continue
            text, begin = found.rest, VALUE_X
        elif found is not None and found.label is Label.GOL_DARAH:
            label, text, begin = Label.GOL_DARAH, found.rest, BLOOD_X
        elif label is Label.JENIS_KELAMIN and abs(left - BLOOD_X) < ROW_PITCH / 2:
            label, begin = Label.GOL_DARAH, BLOOD_X
        if text.strip(" :.;"):
            parts.setdefault(label, []).append((begin, right, y, text))
    return {label: _joined(label, found) for label, found in parts.items()}


def strip_of(place: CardPlace, label: Label, row: Row) -> Points:
    """The value's strip, (4, 2) px, from its colon to its last letter."""
    top, bottom = row.middle - ROOM, row.middle + ROOM
    last = BLOOD_X if label is Label.JENIS_KELAMIN else NUMBER_END if label is Label.NIK else COLUMN_END
    left, right = row.begin - RIM, min(row.end + RIM, last)
    return place.to_picture([(left, top), (right, top), (right, bottom), (left, bottom)])


def missing_row(label: Label) -> Row | None:
    """Where a value must be that the detector did not find: the whole of its row. Not worth it for the blood group."""
    if label is Label.GOL_DARAH:
        return None
    _, y = LABEL_AT[label]
    return Row("", y, VALUE_X, BLOOD_X)


def value_in(label: Label, text: str) -> str:
    """The value in what was read in its strip: without the end of the label, which a strip may begin with."""
    before, colon, value = text.partition(":")
    if label is Label.GOL_DARAH and (found := labelled(text)):
        return found.rest
    if colon and len(before) <= LABEL_END:
        text = value
    return _before_blood(text) if label is Label.JENIS_KELAMIN else text


def fields_of(texts: Mapping[Label, str]) -> CardFields:
    """The fields that ``texts`` (a row's label to its value as read) say. Never raises."""
    place, day = birth_of(texts.get(Label.TEMPAT_TGL_LAHIR, ""))
    return CardFields(
        nik=number_of(texts.get(Label.NIK, "")),
        nama=name_of(texts.get(Label.NAMA, "")),
        tempat_lahir=place,
        tanggal_lahir=day,
        jenis_kelamin=sex_of(texts.get(Label.JENIS_KELAMIN, "")),
        gol_darah=blood_of(texts.get(Label.GOL_DARAH, "")),
        alamat=street_of(texts.get(Label.ALAMAT, "")),
        rt_rw=rt_rw_of(texts.get(Label.RT_RW, "")),
        kel_desa=letters_of(texts.get(Label.KEL_DESA, "")),
        kecamatan=letters_of(texts.get(Label.KECAMATAN, "")),
        agama=nearest(texts.get(Label.AGAMA, ""), RELIGIONS),
        status_perkawinan=nearest(texts.get(Label.STATUS_PERKAWINAN, ""), STATUSES),
        pekerjaan=letters_of(texts.get(Label.PEKERJAAN, "")),
        kewarganegaraan=nearest(texts.get(Label.KEWARGANEGARAAN, ""), NATIONALITIES),
    )


def _row_at(y: float) -> Label | None:
    label, (_, at) = min(LABEL_AT.items(), key=lambda item: abs(item[1][1] - y))
    return label if abs(at - y) < SAME_ROW else None


def _joined(label: Label, parts: list[tuple[float, float, float, str]]) -> Row:
    parts.sort()
    text = " ".join(text for _, _, _, text in parts)
    if label is Label.JENIS_KELAMIN:
        text = _before_blood(text)
    return Row(text, sum(y for _, _, y, _ in parts) / len(parts), parts[0][0], max(right for _, right, _, _ in parts))


def _before_blood(text: str) -> str:
    return text.partition("Gol")[0]
